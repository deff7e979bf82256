"""Where this machine keeps secrets: the keyring of the desktop, else an owner-only file, said plainly."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.paths import config_folder

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "shopdesk"
_FILE_NAME = "secrets.json"
_PROBE = ".probe"
_KEEPS_NOTHING = ("keyring.backends.fail", "keyring.backends.null")
_PLAIN = ("keyrings.alt.", "keyrings.cryptfile.")
"""Backends that keep secrets in the clear or ask for a password on the terminal, which would hang a till."""


class NoSafePlace(ShopError):
    """No keyring works and an owner-only file was not agreed to."""

    code = "no_safe_place"
    sentence = N_("This machine has no keyring that works, so the secret was not kept.")


class SecretStore(Protocol):
    """Keeps secrets of this machine's user by name. ``kind`` is ``keyring`` or ``file``."""

    @property
    def kind(self) -> str:
        """``keyring`` or ``file``."""

    @property
    def description(self) -> str:
        """The sentence that Settings shows about where secrets are."""

    def get(self, name: str) -> str | None:
        """The secret, or None."""

    def put(self, name: str, secret: str) -> None:
        """Keep a secret, replacing an earlier one of the same name."""

    def forget(self, name: str) -> None:
        """Drop a secret; nothing happens when there is none."""


class KeyringStore:
    """The desktop's keyring (Keychain, Credential Manager, Secret Service)."""

    kind = "keyring"

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend

    @property
    def description(self) -> str:
        """The sentence that Settings shows about where secrets are."""
        return _("Secrets of this machine are kept in the keyring of the desktop.")

    def get(self, name: str) -> str | None:
        """The secret, or None."""
        return self._backend.get_password(SERVICE, name)

    def put(self, name: str, secret: str) -> None:
        """Keep a secret, replacing an earlier one of the same name."""
        self._backend.set_password(SERVICE, name, secret)

    def forget(self, name: str) -> None:
        """Drop a secret; nothing happens when there is none."""
        if self._backend.get_password(SERVICE, name) is not None:
            self._backend.delete_password(SERVICE, name)


class FileStore:
    """A file that only its owner may read: the last resort, and no protection from programs of the same user."""

    kind = "file"

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def description(self) -> str:
        """The sentence that Settings shows about where secrets are."""
        return _(
            "This machine has no keyring that works. Secrets are kept in the file {path}, which only you can read; "
            "any program that you run can read it too."
        ).format(path=self.path)

    def get(self, name: str) -> str | None:
        """The secret, or None."""
        return self._all().get(name)

    def put(self, name: str, secret: str) -> None:
        """Keep a secret, replacing an earlier one of the same name."""
        self._write(self._all() | {name: secret})

    def forget(self, name: str) -> None:
        """Drop a secret; nothing happens when there is none."""
        kept = self._all()
        if kept.pop(name, None) is not None:
            self._write(kept)

    def _all(self) -> dict[str, str]:
        try:
            kept: dict[str, str] = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return kept

    def _write(self, kept: dict[str, str]) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.path.with_name(self.path.name + ".new")
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()  # left by a crash, perhaps with other rights
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self.path)


def secret_store(*, allow_file: bool = True) -> SecretStore:
    """The best place there is; raises NoSafePlace when only a file is left and ``allow_file`` is False.

    A keyring is believed only after it gave back what it was given: the null backend says yes to everything and keeps
    nothing. Slow (the desktop is asked): call it off the window's start path and keep the result.
    """
    import keyring

    backend = keyring.get_keyring()
    if keeps(backend):
        return KeyringStore(backend)
    if not allow_file:
        raise NoSafePlace
    return FileStore(config_folder() / _FILE_NAME)


def keeps(backend: KeyringBackend) -> bool:
    """Whether a keyring's backend is of a safe kind and really keeps what it is given."""
    module = type(backend).__module__ + "."
    if module.startswith(tuple(f"{name}." for name in _KEEPS_NOTHING)) or module.startswith(_PLAIN):
        return False
    probe = os.urandom(8).hex()
    try:
        backend.set_password(SERVICE, _PROBE, probe)
        kept = backend.get_password(SERVICE, _PROBE) == probe
        backend.delete_password(SERVICE, _PROBE)
    except Exception:  # backends raise whatever their desktop does; none of it is a reason not to start
        return False
    return kept
