"""The single way for data to reach paper: text without control characters, in the printer's characters, in columns."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final, Self

CODE_PAGES: Final = ("cp437", "cp850", "cp852", "cp858", "cp866", "cp1252")

_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SPACES: Final = frozenset({"Zs", "Zl", "Zp"})
_MARKS: Final = frozenset({"Mn", "Me"})
_MARKS_IN_A_ROW: Final = 3  # more only overprint the neighbouring lines
_FIRST_MARK: Final = "\u0300"


class PrinterText(str):
    """Text that may be printed: constructing it is what makes it safe (S22).

    Control, format, surrogate, private and unassigned characters are dropped (so are NUL, ESC and the bidirectional
    overrides), tabs, line breaks and exotic spaces become a space, the rest is in normal form C. With a code page every
    character has exactly one byte in it and is one column wide; what the page lacks is transliterated or ``?``.
    """

    __slots__ = ()

    def __new__(cls, value: str = "", code_page: str | None = None) -> Self:
        """Clean ``value``; ``code_page`` is one of CODE_PAGES or None for the whole of Unicode."""
        if not (value.isascii() and value.isprintable()):
            value = _clean(value)
            if code_page is not None:
                value = value.translate(_page_table(code_page))
        return super().__new__(cls, value)

    @property
    def columns(self) -> int:
        """Columns of a monospaced printer that the text takes."""
        return display_width(self)

    def clipped(self, columns: int) -> PrinterText:
        """The text cut to at most so many columns; a wide character is never halved."""
        return PrinterText(clip(self, columns))


def display_width(text: str) -> int:
    """Columns of a text: wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(map(_char_width, text))


def clip(text: str, columns: int) -> str:
    """The longest beginning that fits into so many columns."""
    if text.isascii():
        return text[: max(columns, 0)]
    room = columns
    for index, char in enumerate(text):
        room -= _char_width(char)
        if room < 0:
            return text[:index]
    return text


def code_page_bytes(text: str, code_page: str) -> bytes:
    """The bytes of a printed line in a code page: one for each column, none below 0x20 and none 0x7F."""
    return PrinterText(text, code_page).encode(code_page)


class _CleaningTable(dict[int, str | None]):
    """What becomes of a character, worked out when it is first met: itself, a space or nothing."""

    def __missing__(self, code: int) -> str | None:
        category = unicodedata.category(chr(code))
        if category in _SPACES or chr(code) in "\t\n\r":
            self[code] = " "
        else:
            self[code] = None if category in _DROPPED else chr(code)
        return self[code]


class _PageTable(dict[int, str]):
    """What a character is printed as in one code page, worked out when it is first met."""

    def __init__(self, code_page: str) -> None:
        self._code_page = code_page

    def __missing__(self, code: int) -> str:
        self[code] = _mapped(chr(code), self._code_page)
        return self[code]


_CLEANING: Final = _CleaningTable()


@lru_cache(maxsize=len(CODE_PAGES))
def _page_table(code_page: str) -> _PageTable:
    return _PageTable(code_page)


def _clean(value: str) -> str:
    value = unicodedata.normalize("NFC", value.translate(_CLEANING))
    return value if not value or max(value) < _FIRST_MARK else _few_marks(value)


def _few_marks(value: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in value:
        marks = marks + 1 if unicodedata.category(char) in _MARKS else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(char)
    return "".join(kept)


@lru_cache(maxsize=8192)
def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in _MARKS:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _mapped(char: str, code_page: str) -> str:
    """One character as characters of the code page; combining marks that found no base vanish."""
    if _fits(char, code_page):
        return char
    if unicodedata.category(char) in _MARKS:
        return ""
    plain = _SPELLED.get(char)
    if plain is None:
        lower = _SPELLED.get(char.lower())
        if lower is not None:
            plain = lower.capitalize()
        else:
            decomposed = unicodedata.normalize("NFKD", char)
            plain = "".join(part for part in decomposed if unicodedata.category(part) not in _MARKS)
    if plain and all(_fits(part, code_page) for part in plain):
        return plain
    return "?"


def _fits(char: str, code_page: str) -> bool:
    try:
        code = char.encode(code_page)
    except UnicodeEncodeError:
        return False
    return len(code) == 1 and code[0] >= 0x20 and code[0] != 0x7F


# What a code page lacks, spelled with letters that every page has. Lower case only: capitals follow from it.
_SPELLED: Final[dict[str, str]] = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₽": "RUB", "₺": "TRY", "₹": "INR", "₴": "UAH", "₩": "KRW", "₪": "ILS",
    "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‹": "'", "›": "'",
    "–": "-", "—": "-", "‒": "-", "−": "-", "‐": "-", "‑": "-", "…": "...", "•": "*", "·": ".", "×": "x",
    "©": "(c)", "®": "(r)", "™": "(tm)", "°": "o", "№": "No", "½": "1/2", "¼": "1/4", "¾": "3/4", "µ": "u",
    "ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue", "æ": "ae", "œ": "oe", "ø": "o", "å": "a", "đ": "d", "ð": "d",
    "þ": "th", "ł": "l", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ſ": "s",
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "'", "ы": "y", "ь": "'", "э": "e", "ю": "yu",
    "я": "ya", "є": "ye", "і": "i", "ї": "yi", "ґ": "g", "ў": "u", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c",
    "ђ": "d", "џ": "dz", "ѓ": "g", "ќ": "k", "ѕ": "z",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
    "χ": "ch", "ψ": "ps", "ω": "o", "ά": "a", "έ": "e", "ή": "i", "ί": "i", "ό": "o", "ύ": "y", "ώ": "o",
}  # fmt: skip
