"""What stock tells the areas above it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StockRanLow:
    """A move took what is free of a variant in a warehouse to its threshold or below it; thousandths."""

    variant_id: int
    warehouse_id: int
    on_hand_milli: int
    threshold_milli: int
