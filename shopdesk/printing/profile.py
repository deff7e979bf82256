"""What a receipt printer can do, as the shop set it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _
from shopdesk.printing.printer_text import CODE_PAGES
from shopdesk.printing.text_layout import COLUMN_COUNTS

Mode = Literal["raster", "text"]
Cut = Literal["none", "partial", "full"]

MODES: Final[tuple[Mode, ...]] = ("raster", "text")
CUTS: Final[tuple[Cut, ...]] = ("none", "partial", "full")
DOT_COUNTS: Final = (384, 576)
DRAWER_PINS: Final = (2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterProfile:
    """How a printer wants its bytes.

    ``raster`` draws everything (any script, any printer), ``text`` sends characters of one code page. ``columns`` counts
    in text mode, ``dots`` is the print head's width (576 on 80 mm paper, 384 on 58 mm). ``native_codes`` leaves Code 128
    and QR to the printer, else they are drawn. ``drawer_pin`` is the pin of the socket the cash drawer hangs on.
    Construction raises BadField, naming the field.
    """

    mode: Mode = "raster"
    columns: int = 48
    dots: int = 576
    code_page: str = "cp858"
    cut: Cut = "partial"
    native_codes: bool = True
    drawer_pin: int = 2

    def __post_init__(self) -> None:
        _one_of("mode", self.mode, MODES)
        _one_of("columns", self.columns, COLUMN_COUNTS)
        _one_of("dots", self.dots, DOT_COUNTS)
        _one_of("code_page", self.code_page, CODE_PAGES)
        _one_of("cut", self.cut, CUTS)
        _one_of("drawer_pin", self.drawer_pin, DRAWER_PINS)

    @property
    def paper(self) -> Literal["80mm", "58mm"]:
        """The roll that fits the print head."""
        return "80mm" if self.dots == 576 else "58mm"


def _one_of(field: str, value: object, choices: tuple[object, ...]) -> None:
    if value not in choices:
        listed = ", ".join(map(str, choices))
        raise BadField(field, _("must be one of {choices}, not {value}.").format(choices=listed, value=value))
