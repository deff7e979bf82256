"""Many prices of a list at once: by percent from price, cost or the list itself, copied, put back after an undo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

import sqlalchemy as sa

from shopdesk.catalogue.models import Category, PriceList, PriceListItem, Product, ProductCategory, ProductVariant
from shopdesk.catalogue.price_lists import SavePriceList, save_price_list
from shopdesk.core.errors import BadField, NotFound
from shopdesk.core.i18n import _
from shopdesk.core.money import MAX_CENTS, MAX_MILLI, PPM, checked_cents, round_half_away, round_to_step
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office

Base = Literal["price", "cost", "list"]
Rounding = Literal["none", "5", "10", "50", "100", "9", "99"]
BASES: Final[tuple[Base, ...]] = ("price", "cost", "list")
ROUNDINGS: Final[tuple[Rounding, ...]] = ("none", "5", "10", "50", "100", "9", "99")
_ENDINGS: Final[dict[str, tuple[int, int]]] = {"9": (10, 1), "99": (100, 1)}
_CHUNK: Final = 1000
_TOLD: Final = 50  # prices that the history names one by one
_MOST_CHANGE: Final = 10 * PPM
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetListPrices:
    """Prices for many goods: ``base`` plus ``change_ppm`` of it (-150,000 is 15 % less), rounded.

    ``rounding`` is a step in minor units ("5" is 0.05), or "9" and "99" for prices that end so. Without ``category_id`` all
    goods are meant, with ``only_listed`` those that the list has already.
    """

    price_list_id: int
    base: Base = "price"
    change_ppm: int = 0
    rounding: Rounding = "none"
    category_id: int | None = None
    only_listed: bool = False
    min_quantity_milli: int = 0


@dataclass(frozen=True, slots=True)
class ListPricesSet:
    """How many prices were written, were right already, and were left out because the goods have no cost."""

    written: int
    unchanged: int
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPriceList:
    """A new list with the prices of another, changed and rounded on the way; it is switched off until somebody wants it."""

    price_list_id: int
    code: str
    name: str
    change_ppm: int = 0
    rounding: Rounding = "none"


@dataclass(frozen=True, slots=True)
class PutPrice:
    """A price of a variant from a quantity upwards; ``price_cents`` None takes it out."""

    variant_id: int
    min_quantity_milli: int
    price_cents: int | None


@dataclass(frozen=True, slots=True)
class PutListPrices:
    """Some prices of a list as they should be."""

    price_list_id: int
    prices: tuple[PutPrice, ...]


def set_list_prices(uow: UnitOfWork, command: SetListPrices) -> ListPricesSet:
    """Set the prices of many goods in a list; from cost only for who may see costs."""
    uow.require(Permission.CATALOGUE_EDIT)
    if command.base == "cost":
        uow.require(Permission.COST_VIEW)
    if command.base not in BASES:
        raise BadField("base", _("must be one of {choices}.").format(choices=", ".join(BASES)))
    if not 0 <= command.min_quantity_milli <= MAX_MILLI:
        raise BadField("min_quantity_milli", _("must not be negative."))
    _checked_change(command.change_ppm, command.rounding)
    _locked(uow, command.price_list_id)
    done = _set(uow, command)
    details: dict[str, object] = {
        "base": command.base,
        "change_ppm": command.change_ppm,
        "rounding": command.rounding,
        "written": done.written,
        "from_milli": command.min_quantity_milli,
    }
    _tell(uow, "price_list.prices", command.price_list_id, details)
    return done


def copy_price_list(uow: UnitOfWork, command: CopyPriceList) -> int:
    """Make a list with the prices of another and return its id."""
    uow.require(Permission.CATALOGUE_EDIT)
    _checked_change(command.change_ppm, command.rounding)
    whose = _locked(uow, command.price_list_id)
    made = SavePriceList(
        code=command.code,
        name=command.name,
        for_everybody=whose.for_everybody,
        priority=whose.priority,
        is_active=False,
    )
    list_id = save_price_list(uow, made)
    rows = uow.connection.execute(
        sa.select(PriceListItem.variant_id, PriceListItem.min_quantity, PriceListItem.price_cents)
        .where(PriceListItem.price_list_id == command.price_list_id)
        .order_by(PriceListItem.id)
    ).all()
    new = [
        (variant_id, least, changed_price(cents, command.change_ppm, command.rounding))
        for variant_id, least, cents in rows
    ]
    _insert(uow, list_id, new)
    details = {
        "copied_from": whose.code,
        "change_ppm": command.change_ppm,
        "rounding": command.rounding,
        "written": len(new),
    }
    _tell(uow, "price_list.copy", list_id, details)
    return list_id


def put_list_prices(uow: UnitOfWork, command: PutListPrices) -> PutListPrices:
    """Write some prices and answer what takes it back."""
    uow.require(Permission.CATALOGUE_EDIT)
    code = _locked(uow, command.price_list_id).code
    for price in command.prices:
        if not 0 <= price.min_quantity_milli <= MAX_MILLI:
            raise BadField("min_quantity_milli", _("must not be negative."))
        if price.price_cents is not None and checked_cents(price.price_cents, field="price_cents") < 0:
            raise BadField("price_cents", _("must not be negative."))
    ids = sorted({price.variant_id for price in command.prices})
    skus: dict[int, str] = {}
    now: dict[tuple[int, int], int] = {}
    for part in _chunks(ids):
        skus |= {
            row[0]: row[1]
            for row in uow.connection.execute(
                sa.select(ProductVariant.id, ProductVariant.sku).where(ProductVariant.id.in_(part))
            )
        }
        listed = sa.select(PriceListItem.variant_id, PriceListItem.min_quantity, PriceListItem.price_cents).where(
            PriceListItem.price_list_id == command.price_list_id, PriceListItem.variant_id.in_(part)
        )
        now |= {(row[0], row[1]): row[2] for row in uow.connection.execute(listed)}
    for variant_id in ids:
        if variant_id not in skus:
            raise NotFound(_("Product"), variant_id)
    wanted = {(price.variant_id, price.min_quantity_milli): price.price_cents for price in command.prices}
    differing = {place: cents for place, cents in wanted.items() if now.get(place) != cents}
    _write(uow, command.price_list_id, differing, now)
    told = {
        f"price_cents@{skus[place[0]]}": (now.get(place), cents) for place, cents in list(differing.items())[:_TOLD]
    }
    before, after = ({key: pair[side] for key, pair in told.items()} for side in (0, 1))
    details = {"code": code, "written": len(differing), **what_changed(before, after)}
    _tell(uow, "price_list.prices", command.price_list_id, details)
    back = tuple(PutPrice(*place, now.get(place)) for place in differing)
    return PutListPrices(command.price_list_id, back)


def changed_price(base_cents: int, change_ppm: int, rounding: Rounding) -> int:
    """A price changed by a share of itself and rounded; never negative."""
    cents = min(round_half_away(base_cents * (PPM + change_ppm), PPM), MAX_CENTS)
    if rounding in _ENDINGS:
        step, less = _ENDINGS[rounding]
        cents = max(round_to_step(cents + less, step), step) - less
    elif rounding != "none":
        cents = round_to_step(cents, int(rounding))
    return max(cents, 0)


def _checked_change(change_ppm: int, rounding: str) -> None:
    if type(change_ppm) is not int or not -PPM < change_ppm <= _MOST_CHANGE:
        raise BadField("change_ppm", _("must be above -100 % and at most 1,000 %."))
    if rounding not in ROUNDINGS:
        raise BadField("rounding", _("must be one of {choices}.").format(choices=", ".join(ROUNDINGS)))


def _locked(uow: UnitOfWork, list_id: int) -> sa.Row[str, bool, int]:
    row = uow.connection.execute(
        sa.select(PriceList.code, PriceList.for_everybody, PriceList.priority)
        .where(PriceList.id == list_id)
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound(_("Price list"), list_id)
    return row


def _set(uow: UnitOfWork, command: SetListPrices) -> ListPricesSet:
    listed = sa.and_(
        PriceListItem.variant_id == ProductVariant.id,
        PriceListItem.price_list_id == command.price_list_id,
        PriceListItem.min_quantity == command.min_quantity_milli,
    )
    base = {"price": ProductVariant.price_cents, "cost": ProductVariant.cost_cents, "list": PriceListItem.price_cents}
    selected = (
        sa.select(ProductVariant.id, base[command.base], PriceListItem.price_cents)
        .join(Product, Product.id == ProductVariant.product_id)
        .join(PriceListItem, listed, isouter=not (command.only_listed or command.base == "list"))
        .where(ProductVariant.is_active, Product.deleted_at.is_(None))
        .order_by(ProductVariant.id)
    )
    if command.category_id is not None:
        below = sa.select(Category.id).where(Category.id == command.category_id).cte("below", recursive=True)
        below = below.union_all(sa.select(Category.id).where(Category.parent_id == below.c.id))
        inside = sa.select(ProductCategory.product_id).where(ProductCategory.category_id.in_(sa.select(below.c.id)))
        selected = selected.where(Product.id.in_(inside))
    wanted: dict[tuple[int, int], int | None] = {}
    now: dict[tuple[int, int], int] = {}
    left_out = unchanged = 0
    for variant_id, from_cents, listed_cents in uow.connection.execute(selected):
        if from_cents is None:
            left_out += 1
            continue
        cents = changed_price(from_cents, command.change_ppm, command.rounding)
        if cents == listed_cents:
            unchanged += 1
            continue
        place = (variant_id, command.min_quantity_milli)
        wanted[place] = cents
        if listed_cents is not None:
            now[place] = listed_cents
    _write(uow, command.price_list_id, wanted, now)
    return ListPricesSet(len(wanted), unchanged, left_out)


def _write(
    uow: UnitOfWork,
    list_id: int,
    wanted: dict[tuple[int, int], int | None],
    now: dict[tuple[int, int], int],
) -> None:
    """Bring the places of a list from what they hold now to what is wanted."""
    _insert(
        uow, list_id, [(*place, cents) for place, cents in wanted.items() if cents is not None and place not in now]
    )
    here = (
        PriceListItem.price_list_id == list_id,
        PriceListItem.variant_id == sa.bindparam("at_variant"),
        PriceListItem.min_quantity == sa.bindparam("at_least"),
    )
    changed = [
        {"at_variant": place[0], "at_least": place[1], "to_cents": cents}
        for place, cents in wanted.items()
        if cents is not None and place in now
    ]
    for part in _chunks(changed):
        uow.connection.execute(
            sa.update(PriceListItem).where(*here).values(price_cents=sa.bindparam("to_cents")), list(part)
        )
    gone = [
        {"at_variant": place[0], "at_least": place[1]}
        for place, cents in wanted.items()
        if cents is None and place in now
    ]
    for part in _chunks(gone):
        uow.connection.execute(sa.delete(PriceListItem).where(*here), list(part))


def _insert(uow: UnitOfWork, list_id: int, rows: Iterable[tuple[int, int, int]]) -> None:
    values = [
        {"price_list_id": list_id, "variant_id": variant_id, "min_quantity": least, "price_cents": cents}
        for variant_id, least, cents in rows
    ]
    for part in _chunks(values):
        uow.connection.execute(sa.insert(PriceListItem), list(part))


def _chunks(values: Sequence[_T]) -> Iterable[Sequence[_T]]:
    return (values[at : at + _CHUNK] for at in range(0, len(values), _CHUNK))


def _tell(uow: UnitOfWork, action: str, list_id: int, details: dict[str, object]) -> None:
    audit_office(uow, action, target_type="price_list", target_id=str(list_id), details=details)
    uow.changed("PriceList")
