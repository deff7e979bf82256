"""Writing stock documents: numbered, journalled, with their moves in the ledger; the use cases and the bulk paths call this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import canonical_uuid, uuid7
from shopdesk.db.batch import Prepared, insert_into
from shopdesk.db.keys import reserve_ids
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.digests import ADJUSTMENT, ADJUSTMENT_LINE, TRANSFER, TRANSFER_LINE, stock_digest
from shopdesk.inventory.models import StockAdjustment, StockAdjustmentLine, StockTransfer, StockTransferLine
from shopdesk.inventory.stock import StockBook, lock_stock
from shopdesk.system.records import FIND_ANSWER, Book, open_book, request_hash, stored_answer


class UnknownWarehouse(ShopError):
    """No warehouse in use has this name."""

    code = "unknown_warehouse"
    sentence = N_("There is no warehouse {name}.")


class UnknownStockTill(ShopError):
    """No till in use has this code."""

    code = "unknown_till"
    sentence = N_("There is no till {name}.")


class UnknownStockProduct(ShopError):
    """No product has this SKU."""

    code = "unknown_product"
    sentence = N_("Unknown product: {name}")


class NotTracked(ShopError):
    """The variant's stock is not counted."""

    code = "not_tracked"
    sentence = N_("The stock of {name} is not counted.")


@dataclass(frozen=True, slots=True)
class StockMove:
    """A variant of a document and how much of it moves, in thousandths; ``name`` is for refusals."""

    variant_id: int
    quantity_milli: int
    name: str
    may_go_negative: bool = False


@dataclass(frozen=True, slots=True)
class StockRequest:
    """A request that holds its till's lock. ``answer`` is what was answered before, None for a new one."""

    book: Book
    key: str
    use_case: str
    content_hash: str
    answer: dict[str, object] | None
    warehouses: Mapping[str, int]
    variant: StockMove


_TILL = Prepared(
    sqlite="SELECT id, code FROM tills WHERE is_active AND (:code IS NULL OR code = :code) "
    "AND (:id IS NULL OR id = :id) ORDER BY id LIMIT 1",
    postgresql="SELECT id, code FROM tills WHERE is_active AND (CAST(:code AS text) IS NULL OR code = :code) "
    "AND (CAST(:id AS bigint) IS NULL OR id = :id) ORDER BY id LIMIT 1",
)
_WAREHOUSES = Prepared(
    sqlite="SELECT name, id FROM warehouses WHERE is_active",
    postgresql="SELECT name, id FROM warehouses WHERE is_active",
)
_VARIANT_TEXT = (
    "SELECT v.id, p.title, v.name, v.track_stock, v.inventory_policy FROM product_variants v "
    "JOIN products p ON p.id = v.product_id WHERE v.sku = :sku AND p.deleted_at IS NULL"
)
_VARIANT = Prepared(sqlite=_VARIANT_TEXT, postgresql=_VARIANT_TEXT)
_ADD_ADJUSTMENT = insert_into(StockAdjustment, *ADJUSTMENT)
_ADD_ADJUSTMENT_LINES = insert_into(StockAdjustmentLine, *ADJUSTMENT_LINE)
_ADD_TRANSFER = insert_into(StockTransfer, *TRANSFER)
_ADD_TRANSFER_LINES = insert_into(StockTransferLine, *TRANSFER_LINE)


def stock_till(uow: UnitOfWork, code: str | None = None) -> tuple[int, str]:
    """Id and code of the till whose journal keeps a stock document: the named one, the actor's, else the shop's first."""
    batch = uow.batch()
    own = uow.actor.till_id if code is None else None
    found = batch.add(_TILL, {"code": code, "id": own})
    batch.send()
    if found.one is None:
        raise UnknownStockTill(name=code or "")
    return found.one[0], found.one[1]


def begin_stock(
    uow: UnitOfWork, use_case: str, key: str, sku: str, till: str | None, content: Mapping[str, object]
) -> StockRequest:
    """Lock the till's book and read what a stock document of one variant needs; looks the key up behind the lock.

    Raises UnknownTill, UnknownProduct, NotTracked, KeyReused, and BadField for a key that is no UUID.
    """
    try:
        key = canonical_uuid(key)
    except ValueError:
        raise BadField("key", _("must be a UUID.")) from None
    book = open_book(uow, *stock_till(uow, till))
    hashed = request_hash(use_case, {**content, "sku": sku, "till": till or ""})
    batch = uow.batch()
    answered = batch.add(FIND_ANSWER, {"key": key})
    warehouses = batch.add(_WAREHOUSES)
    variant = batch.add(_VARIANT, {"sku": sku})
    batch.send()
    answer = stored_answer(answered, use_case, hashed)
    move = _move(variant.one, sku) if answer is None else StockMove(0, 0, "")
    return StockRequest(book, key, use_case, hashed, answer, dict(warehouses.rows), move)


def warehouse_id(request: StockRequest, name: str) -> int:
    """The id of a warehouse by its name; raises UnknownWarehouse."""
    found = request.warehouses.get(name)
    if found is None:
        raise UnknownWarehouse(name=name)
    return found


def post_adjustment(
    uow: UnitOfWork,
    book: Book,
    warehouse: int,
    moves: Sequence[StockMove],
    *,
    reason: str,
    notes: str = "",
    key: str | None = None,
) -> tuple[str, StockBook]:
    """Queue an adjustment with its moves and its journal entry; returns its number and the stock as it will be.

    The caller sends the book and checks the stock. Raises OutOfStock.
    """
    stock = lock_stock(uow, (move.variant_id for move in moves), [warehouse])
    document_id = reserve_ids(uow, "stock_adjustments", 1)[0]
    line_ids = reserve_ids(uow, "stock_adjustment_lines", len(moves))
    document: dict[str, Any] = {
        "id": document_id,
        "uid": key or uuid7(),
        "number": book.number("A"),
        "warehouse_id": warehouse,
        "till_id": book.till_id,
        "reason": reason,
        "notes": notes,
        "user_id": uow.actor.user_id,
        "created_at": to_micros(book.now),
    }
    lines: list[dict[str, object]] = []
    for line_id, move in zip(line_ids, moves, strict=True):
        lines.append(
            {
                "id": line_id,
                "adjustment_id": document_id,
                "variant_id": move.variant_id,
                "quantity_change": move.quantity_milli,
            }
        )
        stock.move(
            move.variant_id,
            warehouse,
            move.quantity_milli,
            type="adjust",
            reference_type="adjustment",
            reference_id=document_id,
            line_id=line_id,
            name=move.name,
            may_go_negative=move.may_go_negative,
            reason=reason,
        )
    book.batch.add(_ADD_ADJUSTMENT, document)
    book.batch.add(_ADD_ADJUSTMENT_LINES, lines)
    stock.queue(book.batch)
    _journal(book, "stock_adjustment", document, lines)
    return document["number"], stock


def post_transfer(
    uow: UnitOfWork,
    book: Book,
    source: int,
    target: int,
    moves: Sequence[StockMove],
    *,
    notes: str = "",
    key: str | None = None,
) -> tuple[str, StockBook]:
    """Queue a transfer with its moves and its journal entry, as ``post_adjustment`` does."""
    stock = lock_stock(uow, (move.variant_id for move in moves), [source, target])
    document_id = reserve_ids(uow, "stock_transfers", 1)[0]
    line_ids = reserve_ids(uow, "stock_transfer_lines", len(moves))
    document: dict[str, Any] = {
        "id": document_id,
        "uid": key or uuid7(),
        "number": book.number("M"),
        "from_warehouse_id": source,
        "to_warehouse_id": target,
        "till_id": book.till_id,
        "notes": notes,
        "user_id": uow.actor.user_id,
        "created_at": to_micros(book.now),
    }
    lines: list[dict[str, object]] = []
    for line_id, move in zip(line_ids, moves, strict=True):
        lines.append(
            {
                "id": line_id,
                "transfer_id": document_id,
                "variant_id": move.variant_id,
                "quantity": move.quantity_milli,
            }
        )
        for warehouse, change, kind in ((source, -1, "transfer_out"), (target, 1, "transfer_in")):
            stock.move(
                move.variant_id,
                warehouse,
                change * move.quantity_milli,
                type=kind,
                reference_type="transfer",
                reference_id=document_id,
                line_id=line_id,
                name=move.name,
                may_go_negative=move.may_go_negative,
            )
    book.batch.add(_ADD_TRANSFER, document)
    book.batch.add(_ADD_TRANSFER_LINES, lines)
    stock.queue(book.batch)
    _journal(book, "stock_transfer", document, lines)
    return document["number"], stock


def open_stock(
    uow: UnitOfWork,
    stock: Sequence[tuple[int, int, int]],
    *,
    reason: str = "Opening stock",
    till: str | None = None,
    chunk: int = 2_000,
) -> None:
    """Book first stock as adjustments: (variant id, warehouse id, thousandths); rows of nothing are left out.

    Asks for no permission: callers found a shop or fill one. One document a warehouse and ``chunk`` of variants.
    """
    till_id, till_code = stock_till(uow, till)
    for warehouse in sorted({row[1] for row in stock}):
        rows = [row for row in stock if row[1] == warehouse and row[2]]
        for start in range(0, len(rows), chunk):
            book = open_book(uow, till_id, till_code)
            moves = [StockMove(row[0], row[2], str(row[0])) for row in rows[start : start + chunk]]
            number, levels = post_adjustment(uow, book, warehouse, moves, reason=reason)
            book.audit("stock.adjust", target_type="stock_adjustment", target_id=number, details={"reason": reason})
            book.send()
            levels.check()
    uow.changed("StockLevel")


def _journal(book: Book, kind: str, document: Mapping[str, object], lines: Sequence[Mapping[str, object]]) -> None:
    body = {"key": document["uid"], "rows": stock_digest(kind, document, lines), "lines": len(lines)}
    book.journal(kind, str(document["number"]), 0, body)


def _move(row: tuple[Any, ...] | None, sku: str) -> StockMove:
    if row is None:
        raise UnknownStockProduct(name=sku[:64])
    variant_id, title, variant, tracked, policy = row
    name = f"{title}, {variant}" if variant else str(title)
    if not tracked:
        raise NotTracked(name=name)
    return StockMove(variant_id, 0, name, policy == "continue")
