"""What sending costs, pure: flat, by weight, by value, free from a value (the shop's own table)."""

from __future__ import annotations

from collections.abc import Sequence


def rate_of(
    basis: str,
    rate_cents: int,
    steps: Sequence[tuple[int, int]],
    free_from_cents: int | None,
    *,
    weight_grams: int,
    value_cents: int,
) -> int:
    """The cost in cents. ``steps`` are (from grams or cents, cost): the last one that is reached counts, below them the rate."""
    if free_from_cents is not None and value_cents >= free_from_cents:
        return 0
    if basis == "flat":
        return rate_cents
    measure = weight_grams if basis == "weight" else value_cents
    reached = [cost for start, cost in sorted(steps) if start <= measure]
    return reached[-1] if reached else rate_cents


def sends_to(countries: str, country_code: str) -> bool:
    """Whether an option serves a country; ``countries`` are codes with blanks between them, empty for everywhere."""
    return not countries.strip() or country_code in countries.split()
