"""What a cell means: amounts, quantities, yes and no, codes and words; a sentence for what does not fit its column.

The checks are those of the forms (S35): texts that are plain pass at once, whatever is odd goes through ``checked_text``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from shopdesk.core.errors import BadField
from shopdesk.core.folding import folded
from shopdesk.core.free_text import CardNumberRefused, checked_text
from shopdesk.core.i18n import _
from shopdesk.core.money import MAX_CENTS, MAX_MILLI
from shopdesk.feeds.refusals import BadCell

Parse = Callable[[str], object]
"""From a cell's text, trimmed and never empty, to its value; raises BadCell."""

_MANY_DIGITS = re.compile(r"\d(?:[ -]?\d){12}")
_YES = frozenset({"true", "yes", "y", "1", "x", "ja", "j", "wahr", "on", "active", "aktiv"})
_NO = frozenset({"false", "no", "n", "0", "nein", "falsch", "off", "inactive", "inaktiv"})
_SIGNS = str.maketrans("", "", "\u00a0\u202f '\u2019€$£¥")
_BY_POINT = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d*))?", re.ASCII)
_BY_COMMA = re.compile(r"([+-]?)(\d{1,3}(?:\.\d{3})+|\d+)?(?:,(\d*))?", re.ASCII)
_CURRENCY = re.compile(r"\b[A-Za-z]{3}\b")
_MOST_KEPT = 20_000
_SHOWN = 40


def shown(text: str) -> str:
    """A cell as a sentence quotes it: short, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def words(field: str, longest: int, *, lines: bool = True) -> Parse:
    """A text of at most so many characters; without ``lines`` it must stand on one line."""

    def parse(text: str) -> object:
        if len(text) <= longest and text.isprintable() and not _MANY_DIGITS.search(text):
            return text
        if not lines and "\n" in text:
            raise BadCell(_("must be one line."))
        try:
            return checked_text(text, field=field, longest=longest)
        except BadField as error:
            raise BadCell(str(error.values["problem"])) from None
        except CardNumberRefused as error:
            raise BadCell(str(error)) from None

    return parse


def code(longest: int = 64) -> Parse:
    """A SKU or barcode."""

    def parse(text: str) -> object:
        if len(text) <= longest and text.isprintable():
            return text
        raise BadCell(_("must be 1 to {longest} visible characters.").format(longest=longest))

    return parse


def figure(places: int, mark: str, *, most: int = MAX_CENTS, least: int = 0) -> Parse:
    """A decimal figure as a whole number of 10^-places, with ``mark`` before its decimals and the other one between
    thousands; signs and letters of currencies are passed over. Figures come again and again: each is read once."""
    kept: dict[str, int] = {}
    pattern = _BY_COMMA if mark == "," else _BY_POINT

    def parse(text: str) -> object:
        known = kept.get(text)
        if known is None:
            known = _scaled(pattern, text, places, mark)
            if not least <= known <= most:
                raise BadCell(_("must not be negative.") if known < least == 0 else _("is out of bounds."))
            if len(kept) < _MOST_KEPT:
                kept[text] = known
        return known

    return parse


def _scaled(pattern: re.Pattern[str], text: str, places: int, mark: str) -> int:
    plain = _CURRENCY.sub("", text).translate(_SIGNS)
    found = pattern.fullmatch(plain)
    if found is None or not (found[2] or found[3]):
        other = "." if mark == "," else ","
        if other in plain and re.fullmatch(rf"[+-]?\d+\{other}\d+", plain):
            problem = _("“{text}” has its decimals behind “{other}”; this file is read with “{mark}”.")
            raise BadCell(problem.format(text=shown(text), other=other, mark=mark))
        raise BadCell(_("“{text}” is no figure.").format(text=shown(text)))
    sign, whole, part = found[1], (found[2] or "0").replace(",", "").replace(".", ""), (found[3] or "").rstrip("0")
    if len(part) > places:
        raise BadCell(_("“{text}” has more than {places} decimals.").format(text=shown(text), places=places))
    if len(whole) > 16:
        raise BadCell(_("is out of bounds."))
    value = int(whole + part.ljust(places, "0"))
    return -value if sign == "-" else value


def quantity(mark: str, *, signed: bool = False) -> Parse:
    """Thousandths of a unit."""
    return figure(3, mark, most=MAX_MILLI, least=-MAX_MILLI if signed else 0)


def yes_or_no(text: str) -> object:
    """Truth in the words of files: true and false, yes and no, 1 and 0, x."""
    plain = text.casefold()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise BadCell(_("“{text}” is neither yes nor no.").format(text=shown(text)))


def one_of_words(values: dict[str, object]) -> Parse:
    """One of some words, whatever their case."""
    kept = {folded(name): value for name, value in values.items()}

    def parse(text: str) -> object:
        try:
            return kept[folded(text)]
        except KeyError:
            if not values:
                raise BadCell(_("“{text}” is not known: the shop has none.").format(text=shown(text))) from None
            offered = ", ".join(values)
            problem = _("“{text}” is none of: {offered}.").format(text=shown(text), offered=shown(offered))
            raise BadCell(problem) from None

    return parse


# Lists in one cell: parted by " | "; a backslash takes the sign after it as it is.
_APART = re.compile(r"((?:[^\\|]|\\.)*)(?:\||$)", re.DOTALL)


def joined(parts: Sequence[str]) -> str:
    """Several texts in one cell."""
    return " | ".join(escaped(part, "|") for part in parts)


def apart(text: str, *, keep_empty: bool = False) -> list[str]:
    """The texts of a cell, trimmed, still escaped; empty ones are left out unless their places count."""
    if "|" not in text:
        return [text]
    parts = [found[1].strip() for found in _APART.finditer(text)]
    return parts if keep_empty else [part for part in parts if part]


def escaped(text: str, signs: str) -> str:
    """A text with a backslash before each sign that means something in its cell."""
    text = text.replace("\\", "\\\\")
    for sign in signs:
        text = text.replace(sign, f"\\{sign}")
    return text


def plain(text: str) -> str:
    """An escaped text as it was."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL) if "\\" in text else text
