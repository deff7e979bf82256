"""The code of a label: EAN-13, EAN-8, Code 128 or QR as plain modules, the best one that the room allows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from shopdesk.printing.codes import QUIET_SQUARE, code128_modules, qr_rows

CodeKind = Literal["auto", "ean13", "code128", "qr", "none"]
CODE_KINDS: Final[tuple[CodeKind, ...]] = ("auto", "ean13", "code128", "qr", "none")
_LEFT: Final = (
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
)
_MIRRORED: Final = tuple("".join("10"[int(bar)] for bar in reversed(digit)) for digit in _LEFT)
_RIGHT: Final = tuple("".join("10"[int(bar)] for bar in digit) for digit in _LEFT)
_PARITY: Final = ("000000", "001011", "001101", "001110", "010011", "011001", "011100", "010101", "010110", "011010")
_QUIET_EAN: Final = 11
_QUIET_128: Final = 10


@dataclass(frozen=True, slots=True)
class LabelCode:
    """A code ready to draw: rows of dark (1) and light modules, one row for bars; ``quiet`` modules stay white around it."""

    text: str
    rows: tuple[str | bytes, ...]
    quiet: int
    is_square: bool = False

    @property
    def width(self) -> int:
        """Modules across, without the quiet zones."""
        return len(self.rows[0])


@lru_cache(maxsize=1024)
def bar_code(text: str, kind: CodeKind) -> LabelCode | None:
    """The bars of a code, None where it is none: a GTIN as EAN, anything else in ASCII as Code 128.

    ``ean13`` makes bars of a GTIN alone; ``auto`` and ``code128`` of everything.
    """
    if kind in ("auto", "ean13") and is_gtin(text):
        if len(text) == 8:
            return LabelCode(text, (_ean8(text),), _QUIET_EAN)
        if len(text) in (12, 13):
            return LabelCode(text, (_ean13(text.rjust(13, "0")),), _QUIET_EAN)
    if kind == "ean13":
        return None
    modules = code128_modules(text)
    return LabelCode(text, (modules,), _QUIET_128) if modules else None


@lru_cache(maxsize=1024)
def square_code(text: str) -> LabelCode | None:
    """The QR code of a text, None where it is empty or too long."""
    rows = qr_rows(text)
    return LabelCode(text, rows, QUIET_SQUARE, is_square=True) if rows else None


def is_gtin(text: str) -> bool:
    """Whether a text is a GTIN-8, -12, -13 or -14 with its right check digit."""
    if len(text) not in (8, 12, 13, 14) or not (text.isascii() and text.isdigit()):
        return False
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text)))
    return total % 10 == 0


def _ean13(digits: str) -> str:
    parity = _PARITY[int(digits[0])]
    left = "".join(
        (_MIRRORED if odd == "1" else _LEFT)[int(digit)] for odd, digit in zip(parity, digits[1:7], strict=True)
    )
    return f"101{left}01010{''.join(_RIGHT[int(digit)] for digit in digits[7:])}101"


def _ean8(digits: str) -> str:
    left = "".join(_LEFT[int(digit)] for digit in digits[:4])
    return f"101{left}01010{''.join(_RIGHT[int(digit)] for digit in digits[4:])}101"
