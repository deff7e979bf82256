"""Free text never keeps a card number, and what only looks like one is let through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.core.errors import BadField
from shopdesk.core.free_text import CardNumberRefused, checked_text, holds_card_number


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        "card 4111 1111 1111 1111, thanks",
        "5500-0000-0000-0004",
        "378282246310005",
        "(4222222222222)",
        "6011000990139424.",
    ],
)
def test_card_numbers_are_refused(text: str) -> None:
    with pytest.raises(CardNumberRefused) as caught:
        checked_text(text, field="note")
    assert caught.value.field == "note"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4111111111111112",  # fails Luhn
        "0041 79 123 45 67",
        "x4111111111111111",  # part of a longer word
        "41111111111111111111111",  # more than 19 digits
        "4111 1111",
        "order T1-S000001 of 2026-11-20",
    ],
)
def test_other_figures_are_let_through(text: str) -> None:
    assert checked_text(f"  {text} ", field="note") == text.strip()


def test_length_control_characters_and_emptiness() -> None:
    assert checked_text("two\nlines", field="note") == "two\nlines"
    for text, more in (("x" * 11, {"longest": 10}), ("a\x00b", {}), ("\x1b@", {}), (" ", {"required": True})):
        with pytest.raises(BadField):
            checked_text(text, field="note", **more)  # type: ignore[arg-type]


@given(st.integers(10**12, 10**18 - 1))
def test_every_number_completed_by_its_check_digit_is_seen(body: int) -> None:
    digits = f"{body}0"
    doubled = [int(char) * (2 if place % 2 else 1) for place, char in enumerate(reversed(digits))]
    check = -sum(value - 9 if value > 9 else value for value in doubled) % 10
    assert holds_card_number(f"{body}{check}")
    assert not holds_card_number(f"{body}{(check + 1) % 10}")
