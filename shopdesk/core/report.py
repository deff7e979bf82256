"""What a report's query answers: its rows, and the figures below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Report(Generic[R]):
    """Rows in the report's own order; ``totals`` by the key of a column, in its unit; ``said`` is a sentence above the table."""

    rows: Sequence[R]
    totals: Mapping[str, object] = field(default_factory=dict)
    said: str = ""
