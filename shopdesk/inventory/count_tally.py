"""What a count says of each variant: areas added, people compared, and what must be counted again.

Two people in one area counted the same goods, so their figures must agree; what lies in two areas is added. Expected is the
level at the moment of the last scan, so that what was sold since is not missing. Where goods moved between the first scan and
the last, nobody can know on which side they were counted: that is one of the reasons to count again. Only the newest round of a
variant decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shopdesk.inventory.costing import stock_value


@dataclass(frozen=True, slots=True)
class Scan:
    """An entry of a count, as it is stored; thousandths."""

    id: int
    variant_id: int
    area: str
    round: int
    quantity: int
    undoes_id: int | None
    on_hand: int
    ledger_seq: int
    user_id: int


@dataclass(slots=True)
class Tally:
    """What was counted of a variant in its newest round. ``counted`` is None while a recount waits to be made."""

    variant_id: int
    round: int
    by_area: dict[str, dict[int, int]] = field(default_factory=dict)
    expected: int = 0
    ledger_seq: int = 0
    moved: bool = False

    @property
    def counted(self) -> int | None:
        """The areas' figures together; where people differ, that of whoever counted last there."""
        if not self.by_area:
            return None
        return sum(list(people.values())[-1] for people in self.by_area.values())

    @property
    def differ(self) -> bool:
        """Whether two people counted the same area otherwise."""
        return any(len(set(people.values())) > 1 for people in self.by_area.values())

    @property
    def counters(self) -> frozenset[int]:
        """The ids of those who counted it."""
        return frozenset(user for people in self.by_area.values() for user in people)

    @property
    def confirmed(self) -> bool:
        """Whether it was counted again, or by two people in every area, with one result."""
        return not self.differ and (self.round > 1 or all(len(people) > 1 for people in self.by_area.values()))

    @property
    def change(self) -> int:
        """How much more or less there was than expected."""
        counted = self.counted
        return 0 if counted is None else counted - self.expected

    def value(self, average_micro: int | None) -> int:
        """The difference at an average cost, in minor units; 0 where no cost is known."""
        return stock_value(self.change, average_micro or 0)

    def prompt(self, worth_micro: int, limit_cents: int) -> str:
        """Why it must be counted again: ``waiting``, ``differ``, ``moved``, ``large``, or nothing."""
        if self.counted is None:
            return "waiting"
        if self.differ:
            return "differ"
        if self.change and self.moved:
            return "moved"
        if not self.confirmed and abs(stock_value(self.change, worth_micro)) > limit_cents:
            return "large"
        return ""


def tallied(scans: Iterable[Scan], recounts: Mapping[int, int]) -> dict[int, Tally]:
    """Every variant's tally from a count's entries in order; ``recounts`` holds the newest round of those counted again."""
    entries = list(scans)
    undone = {scan.undoes_id for scan in entries if scan.undoes_id is not None}
    tallies = {variant: Tally(variant, number) for variant, number in recounts.items()}
    for scan in entries:
        if scan.undoes_id is not None or scan.id in undone:
            continue
        tally = tallies.get(scan.variant_id)
        if tally is None:
            tally = tallies[scan.variant_id] = Tally(scan.variant_id, 1)
        if scan.round != tally.round:
            continue
        people = tally.by_area.setdefault(scan.area, {})
        if tally.counters and scan.ledger_seq != tally.ledger_seq:
            tally.moved = True
        people[scan.user_id] = people.pop(scan.user_id, 0) + scan.quantity  # whoever scanned last comes last
        tally.expected, tally.ledger_seq = scan.on_hand, scan.ledger_seq
    return tallies
