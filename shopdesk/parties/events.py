"""News about customers for the areas above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CustomersErased:
    """These customers were erased: whatever else names them is to be forgotten in the same transaction."""

    customer_ids: tuple[int, ...]
