"""Booking what a count found: differences against the moment of counting, priced, approved, journalled (R7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from shopdesk.catalogue.saving import save_row
from shopdesk.core.errors import NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared, array
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.inventory.categories import variants_below
from shopdesk.inventory.costing import MICRO, average_in_force
from shopdesk.inventory.count_models import (
    StockCount,
    StockCountEntry,
    StockCountGoods,
    StockCountLine,
    StockCountRecount,
)
from shopdesk.inventory.count_tally import Scan, Tally, tallied
from shopdesk.inventory.counting import CountClosed
from shopdesk.inventory.freezing import journal_grown
from shopdesk.inventory.goods import begin_document, goods_by_id
from shopdesk.inventory.models import StockLevel
from shopdesk.inventory.stock import lock_stock

NOBODY = 0
"""Who counted what nobody counted."""


class RecountNeeded(ShopError):
    """Something must be counted again before the count can be booked."""

    code = "recount_needed"
    sentence = N_("{count} of the goods must be counted again first: {names}.")


class RestUndecided(ShopError):
    """Goods that should be there were never counted, and nobody said whether they are gone."""

    code = "rest_undecided"
    sentence = N_("{count} of the goods were not counted. Say whether they are gone or stay as they are.")


class SecondPersonNeeded(ShopError):
    """The differences are above the limit and the person who approves is the one who counted them."""

    code = "second_person"
    sentence = N_("The differences are above the limit. Somebody else than the person who counted must approve them.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCount:
    """Book a count. ``rest`` says what happens to goods nobody counted; ``despite_prompts`` accepts large differences as they
    are (never two people who differ). ``key`` is the idempotency key."""

    key: str
    count_id: int
    rest: Literal["", "leave", "zero"] = ""
    despite_prompts: bool = False
    notes: str = ""
    till: str | None = None


@dataclass(frozen=True, slots=True)
class CountPosted:
    """The count's number, how many goods were booked otherwise than expected, and what that is worth in minor units."""

    number: str
    differences: int
    value_cents: int


@dataclass(frozen=True, slots=True)
class Worth:
    """What a variant's stock is valued at: its average cost (None: unknown), and the price where no cost is known."""

    average_micro: int | None
    price_cents: int

    @property
    def micro(self) -> int:
        """Millionths of a minor unit for limits: the cost, or at least the price."""
        return self.price_cents * MICRO if self.average_micro is None else self.average_micro


def post_count(uow: UnitOfWork, command: PostCount) -> CountPosted:
    """Book a count's differences. Raises CountClosed, recount_needed, rest_undecided, second_person, KeyReused.

    What was sold since a variant was counted is in the level already, so that only the difference of that moment is booked.
    """
    uow.require(Permission.STOCK_COUNT_APPROVE)
    notes = checked_text(command.notes, field="notes")
    content = {"count": command.count_id, "rest": command.rest, "despite": command.despite_prompts, "notes": notes}
    begun = begin_document(uow, "post_count", command.key, command.till, content)
    if begun.answer is not None:
        known = begun.answer
        return CountPosted(str(known["number"]), int(str(known["differences"])), int(str(known["value_cents"])))
    count = uow.connection.execute(
        sa.select(StockCount.__table__).where(StockCount.id == command.count_id).with_for_update()
    ).first()
    if count is None:
        raise NotFound(_("Count"), command.count_id)
    if count.state != "open":
        raise CountClosed
    tallies = read_tallies(uow, count.id)
    rest = uncounted(uow, count)
    if rest and not command.rest:
        raise RestUndecided(field="rest", count=len(rest))
    if command.rest == "zero":
        for variant, (on_hand, seq) in rest.items():
            tallies[variant] = Tally(variant, 1, {"": {NOBODY: 0}}, on_hand, seq)
    worths = worth_of(uow, tallies)
    _refuse_prompts(uow, tallies, worths, count.limit_cents, despite=command.despite_prompts)
    value = _approve(uow, tallies, worths, count.limit_cents)
    book = begun.book
    number = book.number("K")
    goods = goods_by_id(uow, tallies)
    stock = lock_stock(uow, tallies, [count.warehouse_id])
    rows = []
    for line_id, (variant, tally) in zip(
        reserve_ids(uow, "stock_count_lines", len(tallies)), sorted(tallies.items()), strict=True
    ):
        rows.append(_line(count.id, line_id, tally, worths[variant]))
        if tally.change:
            stock.move(
                variant,
                count.warehouse_id,
                tally.change,
                type="count",
                reference_type="count",
                reference_id=count.id,
                line_id=line_id,
                name=goods[variant].name if variant in goods else str(variant),
                may_go_negative=True,  # what was sold since cannot be refused any more: it is listed instead
            )
    if rows:
        uow.connection.execute(sa.insert(StockCountLine), rows)
    stamps = {"number": number, "till_id": book.till_id, "posted_at": book.now, "posted_by": uow.actor.user_id or None}
    values = {"state": "posted", "rest": command.rest, "notes": notes or count.notes, **stamps}
    save_row(uow, StockCount, count.id, count.version, values, name=_("The count"))
    done = CountPosted(number, sum(bool(tally.change) for tally in tallies.values()), value)
    stock.queue(book.batch)
    journal_grown(book, "stock_count", count.id, number)
    details = {"goods": len(rows), "differences": done.differences, "value_cents": value}
    book.audit("count.post", target_type="stock_count", target_id=number, details=details)
    begun.keep({"number": number, "differences": done.differences, "value_cents": value})
    book.send()
    stock.check()
    uow.changed("StockCount", "StockLevel")
    return done


def select_scans(count_id: int) -> sa.Select[Any]:  # Any: the columns of a Scan, then the variant's newest round
    """The entries of a count in order."""
    entry, again = StockCountEntry, StockCountRecount
    newest = (
        sa.select(sa.func.max(again.round))
        .where(again.count_id == count_id, again.variant_id == entry.variant_id)
        .scalar_subquery()
    )
    return (
        sa.select(
            entry.id,
            entry.variant_id,
            entry.area,
            entry.round,
            entry.quantity,
            entry.undoes_id,
            entry.on_hand,
            entry.ledger_seq,
            entry.user_id,
            newest,
        )
        .where(entry.count_id == count_id)
        .order_by(entry.id)
    )


def tallies_of(rows: Sequence[Any]) -> dict[int, Tally]:
    """The tallies from the rows of ``select_scans``."""
    return tallied((Scan(*row[:9]) for row in rows), {row[1]: row[9] for row in rows if row[9] is not None})


def read_tallies(reader: Reader, count_id: int) -> dict[int, Tally]:
    """The tallies of a count; one statement."""
    return tallies_of(reader.connection.execute(select_scans(count_id)).all())


def select_uncounted(
    count: sa.Row[*tuple[object, ...]],
) -> Any:  # Any: a selection of variant, on hand and place, or None
    """Goods that a count should have met and that nobody counted; None for a count of what is scanned."""
    mapped = count._mapping
    scope, count_id = mapped["scope"], mapped["id"]
    if scope == "free":
        return None
    undone = sa.select(StockCountEntry.undoes_id).where(
        StockCountEntry.count_id == count_id, StockCountEntry.undoes_id.is_not(None)
    )
    counted = sa.select(StockCountEntry.variant_id).where(
        StockCountEntry.count_id == count_id,
        StockCountEntry.undoes_id.is_(None),
        StockCountEntry.id.not_in(undone),
    )
    selected = sa.select(StockLevel.variant_id, StockLevel.on_hand, StockLevel.ledger_seq).where(
        StockLevel.warehouse_id == mapped["warehouse_id"],
        StockLevel.on_hand != 0,
        StockLevel.variant_id.not_in(counted),
    )
    if scope == "category":
        selected = selected.where(StockLevel.variant_id.in_(variants_below(mapped["category_id"])))
    elif scope == "list":
        listed = sa.select(StockCountGoods.variant_id).where(StockCountGoods.count_id == count_id)
        selected = selected.where(StockLevel.variant_id.in_(listed))
    return selected


def uncounted(reader: Reader, count: sa.Row[*tuple[object, ...]]) -> dict[int, tuple[int, int]]:
    """The same: variant to what is on hand and its place in the ledger; one statement."""
    selected = select_uncounted(count)
    if selected is None:
        return {}
    rows = reader.connection.execute(selected.order_by(StockLevel.variant_id))
    return {row.variant_id: (row.on_hand, row.ledger_seq) for row in rows}


_WORTH = (
    "SELECT v.id, v.cost_cents, c.average_micro, v.price_cents FROM product_variants v "
    "LEFT JOIN variant_costs c ON c.variant_id = v.id WHERE v.id "
)
_FIND_WORTH = Prepared(
    sqlite=_WORTH + "IN (SELECT value FROM json_each(:variants))", postgresql=_WORTH + "= ANY(:variants)"
)


def worth_of(reader: Reader, variants: Iterable[int]) -> dict[int, Worth]:
    """What variants are valued at; one statement."""
    batch = reader.batch()
    found = batch.add(_FIND_WORTH, {"variants": array(reader.dialect, sorted(variants))})
    batch.send()
    return {row[0]: Worth(average_in_force(row[1], row[2]), row[3]) for row in found.rows}


def _refuse_prompts(
    uow: UnitOfWork, tallies: Mapping[int, Tally], worths: Mapping[int, Worth], limit: int, *, despite: bool
) -> None:
    grave = {"waiting", "differ"} if despite else {"waiting", "differ", "moved", "large"}
    again = [variant for variant, tally in tallies.items() if tally.prompt(worths[variant].micro, limit) in grave]
    if again:
        names = goods_by_id(uow, again[:5])
        told = ", ".join(good.name for good in names.values())
        raise RecountNeeded(field="count_id", count=len(again), names=told)


def _approve(uow: UnitOfWork, tallies: Mapping[int, Tally], worths: Mapping[int, Worth], limit: int) -> int:
    """The differences' value; above the limit, what the approver alone counted is not theirs to approve."""
    total = risk = 0
    alone = False
    everybody = frozenset[int]().union(*(tally.counters for tally in tallies.values())) - {NOBODY}
    for variant, tally in tallies.items():
        worth = worths[variant]
        total += tally.value(worth.average_micro)
        risk += abs(tally.value(worth.micro))
        people = everybody if tally.counters == {NOBODY} else tally.counters
        alone = alone or bool(tally.change and people <= {uow.actor.user_id})
    if risk > limit and alone:
        raise SecondPersonNeeded(field="count_id")
    return total


def _line(count_id: int, line_id: int, tally: Tally, worth: Worth) -> dict[str, object]:
    return {
        "id": line_id,
        "count_id": count_id,
        "variant_id": tally.variant_id,
        "counted": tally.counted,
        "expected": tally.expected,
        "ledger_seq": tally.ledger_seq,
        "quantity_change": tally.change,
        "value_cents": tally.value(worth.average_micro),
    }
