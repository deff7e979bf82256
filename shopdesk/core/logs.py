"""The log of this machine: rotating JSON lines without secrets and without control characters (S37)."""

from __future__ import annotations

import json
import logging
import logging.handlers
import re
import secrets
import threading
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

from shopdesk.core.clock import iso_utc
from shopdesk.core.paths import log_folder

FILE_NAME = "shopdesk.log"
MAX_BYTES = 2_000_000
KEPT_FILES = 5
HIDDEN = "[hidden]"

_ID_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SHORTEST_SECRET = 6
_log = logging.getLogger(__name__)
_known: set[str] = set()
_known_lock = threading.Lock()

_PATTERNS = (
    (re.compile(r"\bsd[sradk]_[A-Za-z0-9_-]{20,}"), HIDDEN),  # our own tokens and keys
    (re.compile(r"(?<=://)([^\s:/@]*):([^\s/@]+)@"), rf"\1:{HIDDEN}@"),  # the password of an address
    (re.compile(r"\$argon2\w*\$[^\s'\"]+"), HIDDEN),
    (
        re.compile(
            r"((?:password|passphrase|passwd|pwd|secret|token|api[_-]?key|pin|SHOPDESK_\w*(?:SECRET|KEY|PHRASE))"
            r"[\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;)}\]]+)",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
)


def hide(secret: str) -> None:
    """Never write this text to the log from now on (a password of an address, a typed secret that is kept)."""
    if len(secret) >= _SHORTEST_SECRET:
        with _known_lock:
            _known.add(secret)


def without_secrets(text: str) -> str:
    """The text with everything that looks like a secret, or was named by ``hide``, blanked."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for pattern, blank in _PATTERNS:
        text = pattern.sub(blank, text)
    return text


def neutral(text: str) -> str:
    r"""The text with control, formatting and other invisible characters spelt out (``\x1b``, ``\u202e``).

    So that a customer's name can neither begin a line of its own in the log nor speak to a terminal that shows it.
    """
    return "".join(
        char.encode("unicode_escape").decode()
        if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        else char
        for char in text
    )


class JsonLines(logging.Formatter):
    """One JSON object a line: ``at``, ``level``, ``logger``, ``message``, and ``trace`` (a list of lines) if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line: dict[str, object] = {
            "at": iso_utc(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname,
            "logger": record.name,
            "message": neutral(without_secrets(record.getMessage())),
        }
        if error_id := getattr(record, "error_id", None):
            line["error_id"] = error_id
        if record.exc_info:
            trace = without_secrets(self.formatException(record.exc_info))
            line["trace"] = [neutral(part) for part in trace.splitlines()]
        return json.dumps(line, ensure_ascii=True)


def start_logging(folder: Path | None = None, *, level: int = logging.INFO) -> Path:
    """Write the program's log records to a rotating file that only its owner can read; returns the file.

    Called again it changes the file. Nothing is printed: what a person must know is said on the screen.
    """
    folder = folder or log_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / FILE_NAME
    handler = _OwnerOnly(path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    stop_logging()
    root.addHandler(handler)
    root.setLevel(level)
    return path


def stop_logging() -> None:
    """Close the log file, if one is written."""
    root = logging.getLogger()
    for handler in [known for known in root.handlers if isinstance(known, _OwnerOnly)]:
        root.removeHandler(handler)
        handler.close()


def new_error_id() -> str:
    """A short word that a clerk can read out and that stands in the log (``E-7K2QX9``)."""
    return "E-" + "".join(secrets.choice(_ID_LETTERS) for _ in range(6))


def report(error: BaseException, where: str) -> str:
    """Log an unexpected error with its trace; returns the id to show in place of details."""
    error_id = new_error_id()
    _log.error(
        "%s: %s in %s",
        error_id,
        type(error).__name__,
        where,
        exc_info=(type(error), error, error.__traceback__),
        extra={"error_id": error_id},
    )
    return error_id


class _OwnerOnly(logging.handlers.RotatingFileHandler):
    """A rotating file made with rights for its owner alone."""

    def _open(self):  # type: ignore[no-untyped-def]  # the base class's own stream type has no public name
        Path(self.baseFilename).touch(mode=0o600)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base class's name
        """A log that cannot be written (a full disk) stays silent: nobody at a till reads tracebacks."""
