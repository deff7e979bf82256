"""What a use case answers that changes many things at once: how many it changed, and which were refused and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BulkRefusal:
    """One thing that stayed as it was: its name as people know it, and the sentence that says why."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class BulkReport:
    """``changed`` counts what was written; the refused ones stayed as they were."""

    changed: int
    refused: tuple[BulkRefusal, ...] = ()

    def __add__(self, other: BulkReport) -> BulkReport:
        return BulkReport(self.changed + other.changed, self.refused + other.refused)
