"""A till's printer as the shop set it and as it is stored with the till."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final, Literal

import msgspec

from shopdesk.core.errors import BadField
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.printing.profile import Cut, Mode, PrinterProfile

Kind = Literal["network", "device", "queue", "folder", "memory"]
Format = Literal["escpos", "pdf"]
PaperName = Literal["80mm", "58mm", "a4"]

KINDS: Final[tuple[Kind, ...]] = ("network", "device", "queue", "folder", "memory")
BAUDS: Final = (0, 9600, 19200, 38400, 57600, 115200)
DEFAULT_PORT: Final = 9100  # where receipt printers listen for raw bytes
_TAKES_PDF: Final = frozenset({"queue", "folder", "memory"})
_QUEUE_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,126}")
_NETWORK_ADDRESS: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_][A-Za-z0-9_.\-]{0,252}))(?::([0-9]{1,5}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterConfig:
    """What kind of printer, where it is, and how it wants its bytes. Construction raises BadField, naming the field.

    ``address`` is ``host`` or ``host:port`` of a network printer, the full path of a device file or of a folder, or the
    name of a system queue; a memory printer (demo shop, tests) takes any name. ``format`` is ``pdf`` for office printers
    behind a queue and for folders that collect PDF; ``paper`` counts then. ``ask_status`` makes a network printer tell of
    paper and cover before, and of the end after each print. ``opens_drawer`` says that a cash drawer hangs on it.
    """

    kind: Kind
    address: str = ""
    format: Format = "escpos"
    paper: PaperName = "a4"
    mode: Mode = "raster"
    columns: int = 48
    dots: int = 576
    code_page: str = "cp858"
    cut: Cut = "partial"
    native_codes: bool = True
    opens_drawer: bool = False
    drawer_pin: int = 2
    ask_status: bool = False
    baud: int = 0  # of a serial line; 0 leaves it as the system set it

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadField("kind", _("must be one of {choices}.").format(choices=", ".join(KINDS)))
        if problem := _address_problem(self.kind, self.address):
            raise BadField("address", problem)
        checked_text(self.address, field="address", longest=1_000)
        if self.format not in ("escpos", "pdf"):
            raise BadField("format", _("must be escpos or pdf."))
        if self.format == "pdf" and self.kind not in _TAKES_PDF:
            raise BadField("format", _("PDF can only go to a system queue or a folder."))
        if self.paper not in ("80mm", "58mm", "a4"):
            raise BadField("paper", _("must be 80mm, 58mm or a4."))
        if self.opens_drawer and self.format == "pdf":
            raise BadField("opens_drawer", _("a cash drawer needs a receipt printer, not PDF."))
        if self.baud not in BAUDS:
            raise BadField("baud", _("must be one of {choices}.").format(choices=", ".join(map(str, BAUDS))))
        self.profile  # noqa: B018 - checks the remaining fields

    @property
    def profile(self) -> PrinterProfile:
        """How a receipt printer wants its bytes."""
        return PrinterProfile(
            mode=self.mode,
            columns=self.columns,
            dots=self.dots,
            code_page=self.code_page,
            cut=self.cut,
            native_codes=self.native_codes,
            drawer_pin=self.drawer_pin,
        )

    @property
    def name(self) -> str:
        """What the printer is called in sentences."""
        return self.address or self.kind

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Where a network printer listens."""
        found = _NETWORK_ADDRESS.fullmatch(self.address)
        if found is None:
            raise ValueError("only a network printer has a host")
        return found[1] or found[2], int(found[3] or DEFAULT_PORT)


def config_to_json(config: PrinterConfig) -> str:
    """The form in which a till keeps its printer."""
    return msgspec.json.encode(config, order="sorted").decode()


def config_from_json(text: str) -> PrinterConfig:
    """The printer that a till keeps; raises BadField for what is no printer."""
    try:
        return msgspec.json.decode(text, type=PrinterConfig)
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, BadField):
            raise error.__cause__ from None
        raise BadField("printer", str(error)) from None
    except msgspec.DecodeError as error:
        raise BadField("printer", str(error)) from None


def is_queue_name(name: str) -> bool:
    """Whether a system queue can have that name."""
    return _QUEUE_NAME.fullmatch(name) is not None


def _address_problem(kind: str, address: str) -> str | None:
    match kind:
        case "network":
            found = _NETWORK_ADDRESS.fullmatch(address)
            if found is None:
                return _("must be a host name or number, with :port if it is not 9100.")
            if not 1 <= int(found[3] or DEFAULT_PORT) <= 65535:
                return _("the port must be between 1 and 65535.")
        case "queue":
            if not is_queue_name(address):
                return _("must be the name of a printer queue: letters, digits, dots and dashes.")
        case "device" | "folder":
            if "\0" in address or not _is_full_path(address):
                return _("must be a full path.")
        case _:
            pass
    return None


def _is_full_path(address: str) -> bool:
    if os.name == "nt":
        return PureWindowsPath(address).is_absolute() or bool(re.fullmatch(r"(COM|LPT)[0-9]{1,3}:?", address, re.I))
    return PurePosixPath(address).is_absolute()
