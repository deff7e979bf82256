"""What a clerk typed into the till's field: a quantity before a star, then words or a code; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shopdesk.core.errors import BadAmount
from shopdesk.core.money import MILLI, parse_quantity

_QUANTITY = re.compile(r"\s*(\d{1,6}(?:[.,]\d{1,3})?)\s*[*×]\s*(.*)", re.DOTALL)
MAX_TYPED = 4096


@dataclass(frozen=True, slots=True)
class Typed:
    """``quantity_milli`` is 1000 unless ``3*`` stands before; ``text`` is the rest, ``given`` whether it stood there."""

    text: str
    quantity_milli: int = MILLI
    given: bool = False


def read_typed(text: str) -> Typed:
    """Take what was typed apart; a quantity of nothing is no quantity."""
    text = text[:MAX_TYPED]
    found = _QUANTITY.fullmatch(text)
    if found is not None:
        try:
            quantity = parse_quantity(found[1])
        except BadAmount:
            quantity = 0
        if quantity > 0:
            return Typed(found[2].strip(), quantity, given=True)
    return Typed(text.strip())
