"""Text that people type freely: trimmed, without control characters, and never a card number (R19, S19)."""

from __future__ import annotations

import re
import unicodedata

from shopdesk.core.errors import BadField, ShopError
from shopdesk.core.i18n import N_, _

_RUN = re.compile(r"(?<![\w])\d(?:[ -]?\d){12,18}(?![\w])")
_LINE_BREAKS = "\n"


class CardNumberRefused(ShopError):
    """Somebody typed what looks like a payment card's full number."""

    code = "card_number"
    sentence = N_("This looks like a card number. The shop never keeps one; write the last four digits at most.")


def checked_text(text: str, *, field: str, longest: int = 500, required: bool = False) -> str:
    """The text without blanks around it; line breaks stay, other control characters are refused.

    Raises BadField when it is too long, holds control characters or is missing though required, and CardNumberRefused.
    """
    cleaned = text.strip()
    if required and not cleaned:
        raise BadField(field, _("must not be empty."))
    if len(cleaned) > longest:
        raise BadField(field, _("has at most {longest} characters.").format(longest=longest))
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in _LINE_BREAKS for char in cleaned):
        raise BadField(field, _("holds characters that cannot be shown."))
    if holds_card_number(cleaned):
        raise CardNumberRefused(field=field)
    return cleaned


def is_text(text: str) -> bool:
    """Whether a text can be stored at all: halves of a character (lone surrogates) and NUL are none."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def holds_card_number(text: str) -> bool:
    """Whether a run of 13 to 19 digits that stands alone (blanks or dashes between digits allowed) passes Luhn."""
    return any(_luhn(re.sub(r"[ -]", "", run)) for run in _RUN.findall(text))


def _luhn(digits: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
