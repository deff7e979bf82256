"""Counting stock by scanning while sales go on (R7): every scan is kept at once, with who, when and the place in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from shopdesk.catalogue.models import Category
from shopdesk.catalogue.saving import save_row
from shopdesk.core.errors import BadAmount, BadField, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import MACHINE, canonical_uuid, uuid7
from shopdesk.core.money import MAX_CENTS, MAX_MILLI, MILLI
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.count_models import (
    COUNT_SCOPES,
    StockCount,
    StockCountEntry,
    StockCountGoods,
    StockCountRecount,
)
from shopdesk.inventory.goods import StockGoods, counted_goods, place_named, places, variant_of
from shopdesk.inventory.models import StockLevel
from shopdesk.system.records import KeyReused, audit_office

DEFAULT_LIMIT_CENTS = 2_000
"""Differences worth more than this are counted again unless the count says otherwise."""


class CountClosed(ShopError):
    """The count was booked or given up."""

    code = "count_closed"
    sentence = N_("This count is over. Start a new one to count on.")


class NothingToUndo(ShopError):
    """The person has no scan in this count that still counts."""

    code = "nothing_to_undo"
    sentence = N_("There is no scan of yours to take back.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCount:
    """A count of a warehouse: ``scope`` all, category, list (``variant_ids``) or free (whatever is scanned)."""

    warehouse_id: int
    scope: str = "all"
    name: str = ""
    category_id: int | None = None
    variant_ids: tuple[int, ...] = ()
    is_blind: bool = False
    limit_cents: int = DEFAULT_LIMIT_CENTS
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCount:
    """A scan or a figure: of a code or a variant, so many thousandths more (``add``) or altogether (``set``) in an area.

    Without a quantity it is what the code stands for: a piece, a pack, a printed weight. ``key`` makes it count once.
    """

    key: str
    count_id: int
    code: str = ""
    variant_id: int | None = None
    quantity_milli: int | None = None
    mode: Literal["add", "set"] = "add"
    area: str = ""


@dataclass(frozen=True, slots=True)
class CountRecorded:
    """What was counted, and where the person stands with it in this area and round; thousandths."""

    entry_id: int
    variant_id: int
    sku: str
    name: str
    unit: str
    added_milli: int
    tally_milli: int
    round: int


@dataclass(frozen=True, slots=True)
class UndoScan:
    """Take one's own last scan in a count back; ``key`` makes it happen once."""

    key: str
    count_id: int


@dataclass(frozen=True, slots=True)
class CountAgain:
    """Have variants counted once more; what was counted of them before no longer decides."""

    count_id: int
    variant_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CancelCount:
    """Give a count up; nothing is booked."""

    count_id: int


def start_count(uow: UnitOfWork, command: StartCount) -> int:
    """Begin a count and return its id. Raises BadField, unknown warehouse or product, NotTracked, NotFound."""
    uow.require(Permission.STOCK_COUNT)
    place = place_named(places(uow), command.warehouse_id, "warehouse_id")
    if command.scope not in COUNT_SCOPES:
        raise BadField("scope", _("is none of the ways to count."))
    if type(command.limit_cents) is not int or not 0 <= command.limit_cents <= MAX_CENTS:
        raise BadAmount("limit_cents")
    category = command.category_id if command.scope == "category" else None
    if command.scope == "category":
        found = uow.connection.execute(sa.select(Category.name).where(Category.id == category)).scalar()
        if found is None:
            raise BadField("category_id", _("choose what is counted."))
    listed = tuple(dict.fromkeys(command.variant_ids)) if command.scope == "list" else ()
    if command.scope == "list" and not listed:
        raise BadField("variant_ids", _("name the goods of the list."))
    counted_goods(uow, listed)
    values: dict[str, object] = {
        "uid": uuid7(),
        "name": checked_text(command.name, field="name", longest=80) or place,
        "warehouse_id": command.warehouse_id,
        "scope": command.scope,
        "category_id": category,
        "is_blind": command.is_blind,
        "limit_cents": command.limit_cents,
        "state": "open",
        "notes": checked_text(command.notes, field="notes"),
    }
    count_id = save_row(uow, StockCount, None, 1, values, name="")
    if listed:
        rows = [{"count_id": count_id, "variant_id": variant} for variant in listed]
        uow.connection.execute(sa.insert(StockCountGoods), rows)
    details = {"warehouse": command.warehouse_id, "scope": command.scope}
    audit_office(uow, "count.start", target_type="count", target_id=str(count_id), details=details)
    uow.changed("StockCount")
    return count_id


def record_count(uow: UnitOfWork, command: RecordCount) -> CountRecorded:
    """Keep a scan or a figure. Raises CountClosed, unknown product, NotTracked, BadAmount, KeyReused."""
    uow.require(Permission.STOCK_COUNT)
    key = _key(command.key)
    count = _open_count(uow, command.count_id)
    if command.variant_id is not None:
        good, said = counted_goods(uow, [command.variant_id])[command.variant_id], MILLI
    else:
        good, said = variant_of(uow, command.code)
    area = checked_text(command.area, field="area", longest=40)
    quantity = said if command.quantity_milli is None else command.quantity_milli
    least = 0 if command.mode == "set" else -MAX_MILLI
    if type(quantity) is not int or not least <= quantity <= MAX_MILLI:
        raise BadAmount("quantity_milli")
    number = _round(uow, command.count_id, good.variant_id)
    mine = _mine(uow, command.count_id, good.variant_id, area, number)
    known = _by_key(uow, key, command.count_id, good.variant_id)
    if known is None:
        added = quantity - mine if command.mode == "set" else quantity
        if mine + added < 0:
            raise BadField("quantity_milli", _("takes away more than you counted here."))
        entry_id = _write(uow, key, count, good, (area, number, added, None))
        mine += added
    else:
        entry_id, added = known
    return CountRecorded(entry_id, good.variant_id, good.sku, good.name, good.unit, added, mine, number)


def undo_scan(uow: UnitOfWork, command: UndoScan) -> CountRecorded:
    """Take the person's own last scan back. Raises NothingToUndo, CountClosed."""
    uow.require(Permission.STOCK_COUNT)
    key = _key(command.key)
    count = _open_count(uow, command.count_id)
    entry, undone = StockCountEntry.__table__, StockCountEntry.__table__.alias("undone")
    found = uow.connection.execute(
        sa.select(entry.c.id, entry.c.variant_id, entry.c.area, entry.c.round, entry.c.quantity)
        .where(
            entry.c.count_id == command.count_id,
            entry.c.user_id == uow.actor.user_id,
            entry.c.undoes_id.is_(None),
            ~sa.exists(sa.select(undone.c.id).where(undone.c.undoes_id == entry.c.id)),
        )
        .order_by(entry.c.id.desc())
        .limit(1)
    ).first()
    done = uow.connection.execute(
        sa.select(entry.c.id, entry.c.variant_id, entry.c.area, entry.c.round, entry.c.quantity).where(
            entry.c.uid == key
        )
    ).first()
    if done is not None:
        found = done
    if found is None:
        raise NothingToUndo
    good = counted_goods(uow, [found.variant_id])[found.variant_id]
    entry_id, taken = found.id, found.quantity
    if done is None:
        taken = -found.quantity
        entry_id = _write(uow, key, count, good, (found.area, found.round, taken, found.id))
    left = _mine(uow, command.count_id, good.variant_id, found.area, found.round)
    return CountRecorded(entry_id, good.variant_id, good.sku, good.name, good.unit, taken, left, found.round)


def count_again(uow: UnitOfWork, command: CountAgain) -> int:
    """Begin another round for variants that were counted; returns for how many. Raises CountClosed."""
    uow.require(Permission.STOCK_COUNT)
    _open_count(uow, command.count_id, alone=True)
    counted = set(
        uow.connection.execute(
            sa.select(StockCountEntry.variant_id)
            .where(
                StockCountEntry.count_id == command.count_id,
                StockCountEntry.variant_id.in_(command.variant_ids),
            )
            .distinct()
        ).scalars()
    )
    rows = [
        {
            "count_id": command.count_id,
            "variant_id": variant,
            "round": _round(uow, command.count_id, variant) + 1,
            "user_id": uow.actor.user_id,
            "created_at": uow.clock.now(),
        }
        for variant in dict.fromkeys(command.variant_ids)
        if variant in counted
    ]
    if rows:
        uow.connection.execute(sa.insert(StockCountRecount), rows)
        details = {"goods": len(rows)}
        audit_office(uow, "count.again", target_type="count", target_id=str(command.count_id), details=details)
        uow.changed("StockCountEntry")
    return len(rows)


def cancel_count(uow: UnitOfWork, command: CancelCount) -> None:
    """Give a count up; its scans stay readable. Raises CountClosed."""
    uow.require(Permission.STOCK_COUNT)
    version = _open_count(uow, command.count_id, alone=True)[1]
    save_row(uow, StockCount, command.count_id, version, {"state": "cancelled"}, name=_("The count"))
    audit_office(uow, "count.cancel", target_type="count", target_id=str(command.count_id))
    uow.changed("StockCount")


def _key(key: str) -> str:
    try:
        return canonical_uuid(key)
    except ValueError:
        raise BadField("key", _("must be a UUID.")) from None


def _open_count(uow: UnitOfWork, count_id: int, *, alone: bool = False) -> tuple[int, int, int]:
    """Id, version and warehouse of a count that is open, held against being booked; raises CountClosed."""
    row = uow.connection.execute(
        sa.select(StockCount.state, StockCount.version, StockCount.warehouse_id)
        .where(StockCount.id == count_id)
        .with_for_update(read=not alone)
    ).first()
    if row is None:
        raise NotFound(_("Count"), count_id)
    if row.state != "open":
        raise CountClosed
    return count_id, row.version, row.warehouse_id


def _round(uow: UnitOfWork, count_id: int, variant_id: int) -> int:
    newest = sa.select(sa.func.max(StockCountRecount.round)).where(
        StockCountRecount.count_id == count_id, StockCountRecount.variant_id == variant_id
    )
    return int(uow.connection.execute(newest).scalar() or 1)


def _mine(uow: UnitOfWork, count_id: int, variant_id: int, area: str, number: int) -> int:
    """What the person counted of a variant in an area and round; what was taken back is in the sum."""
    counted = sa.select(sa.func.sum(StockCountEntry.quantity)).where(
        StockCountEntry.count_id == count_id,
        StockCountEntry.variant_id == variant_id,
        StockCountEntry.area == area,
        StockCountEntry.round == number,
        StockCountEntry.user_id == uow.actor.user_id,
    )
    return int(uow.connection.execute(counted).scalar() or 0)


def _by_key(uow: UnitOfWork, key: str, count_id: int, variant_id: int) -> tuple[int, int] | None:
    row = uow.connection.execute(
        sa.select(
            StockCountEntry.id, StockCountEntry.quantity, StockCountEntry.count_id, StockCountEntry.variant_id
        ).where(StockCountEntry.uid == key)
    ).first()
    if row is None:
        return None
    if (row.count_id, row.variant_id) != (count_id, variant_id):
        raise KeyReused
    return row.id, row.quantity


def _write(
    uow: UnitOfWork,
    key: str,
    count: tuple[int, int, int],
    good: StockGoods,
    what: tuple[str, int, int, int | None],
) -> int:
    """Add an entry at the place where the variant's ledger stands now."""
    count_id, _version, warehouse_id = count
    area, number, quantity, undoes = what
    level = uow.connection.execute(
        sa.select(StockLevel.on_hand, StockLevel.ledger_seq).where(
            StockLevel.variant_id == good.variant_id, StockLevel.warehouse_id == warehouse_id
        )
    ).first()
    on_hand, seq = (level.on_hand, level.ledger_seq) if level is not None else (0, 0)
    made = uow.connection.execute(
        sa.insert(StockCountEntry).values(
            uid=key,
            count_id=count_id,
            variant_id=good.variant_id,
            area=area,
            round=number,
            quantity=quantity,
            undoes_id=undoes,
            on_hand=on_hand,
            ledger_seq=seq,
            user_id=uow.actor.user_id,
            machine=MACHINE,
            created_at=uow.clock.now(),
        )
    )
    uow.changed("StockCountEntry")
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])
