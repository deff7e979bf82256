"""From what a person types to a place in a list's order: the cursor of a keyset page."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from shopdesk.core.errors import ShopError
from shopdesk.core.money import parse_quantity
from shopdesk.ui.kit.columns import Kind
from shopdesk.ui.kit.formats import Formats

Cursor = tuple[object, ...]
_HIGHEST = 2**62
_LAST_LETTER = "\U0010ffff"
_BEFORE_HALVES, _AFTER_HALVES = 0xD7FF, 0xE000
"""Between them are halves of letters, which no database takes."""


def place_of(words: str, like: Cursor | None, kind: Kind, formats: Formats, *, try_only: bool = False) -> Cursor | None:
    """The cursor before the first row at or after what was typed, made like another one of the same order.

    None where the order's first column does not hold what its column shows (a time sorted by its number), where the words
    are no value of it, or everything is in the window already. ``try_only`` asks whether there can be one at all.
    """
    if like is None:
        return None
    first = like[0]
    fits = (
        (isinstance(first, str) and kind is Kind.TEXT)
        or (type(first) is int and kind in (Kind.MONEY, Kind.QUANTITY, Kind.NUMBER))
        or (isinstance(first, datetime) and kind is Kind.MOMENT)
        or (isinstance(first, date) and not isinstance(first, datetime) and kind is Kind.DAY)
    )
    if not fits:
        return None
    value = first if try_only else _value(words.strip(), kind, formats)
    if value is None:
        return None
    rest = tuple(_lowest(part) for part in like[1:])
    # A cursor lies after its row: the place just before a value is after the lowest of the parts behind it, or, where the
    # value stands alone, after the value that comes just before.
    return (value, *rest) if rest else (_before(value),)


def highest(cursor: Cursor) -> Cursor:
    """The same place for an order that runs downwards."""
    first = cursor[0]
    if len(cursor) == 1:
        return (first + _LAST_LETTER,) if isinstance(first, str) else (_after(first),)
    end = first + _LAST_LETTER if isinstance(first, str) else first
    return (end, *(_highest(part) for part in cursor[1:]))


def _value(words: str, kind: Kind, formats: Formats) -> object | None:
    try:
        match kind:
            case Kind.TEXT:
                return words or None
            case Kind.MONEY:
                return formats.parse_amount(words)
            case Kind.QUANTITY:
                return parse_quantity(words)
            case Kind.NUMBER:
                return int(words)
            case Kind.DAY:
                return date.fromisoformat(words)
            case _:
                return datetime.combine(date.fromisoformat(words), time(), ZoneInfo(formats.timezone))
    except (ShopError, ValueError):
        return None


def _before(value: object) -> object:
    """The highest value of the same type below one, as far as it matters for a list."""
    if isinstance(value, str):
        last = max(ord(value[-1]) - 1, 1)
        letter = chr(_BEFORE_HALVES if _BEFORE_HALVES < last < _AFTER_HALVES else last)
        return value[:-1] + letter + _LAST_LETTER
    return value - 1 if isinstance(value, int) else value


def _after(value: object) -> object:
    return value + 2 if isinstance(value, int) else value


def _lowest(part: object) -> object:
    if isinstance(part, str):
        return ""
    return -1 if isinstance(part, int) else part


def _highest(part: object) -> object:
    if isinstance(part, str):
        return _LAST_LETTER
    return _HIGHEST if isinstance(part, int) else part
