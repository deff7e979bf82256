"""Ways of sending goods: what the shop offers, to which countries and at which rates, and what each costs for an order."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MAX_CENTS, checked_cents
from shopdesk.core.permissions import Permission
from shopdesk.db.saving import save_row, values_now
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.orders.commands import OrderContent
from shopdesk.orders.models import ShippingOption, ShippingRate
from shopdesk.orders.pricing import agree, offered, weight_of
from shopdesk.orders.shipping_rates import sends_to
from shopdesk.orders.writing import customer_of, kept_address
from shopdesk.parties.models import Country
from shopdesk.sales.tills import till_at
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office
from shopdesk.system.settings import shop_settings

BASES = ("flat", "weight", "value")
MOST_STEPS = 50


class ShippingOptionTaken(ShopError):
    """Two ways of sending with one name."""

    code = "shipping_option_taken"
    sentence = N_("There is already a way of sending called {name}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveShippingOption:
    """A new way of sending (``option_id`` None), or one as it should be.

    ``basis`` is flat, weight or value; ``steps`` are (from grams or cents, cost in cents), below the first one ``rate_cents``
    holds. ``countries`` are codes with blanks between them, empty for everywhere.
    """

    name: str
    description: str = ""
    carrier: str = "manual"
    service: str = ""
    basis: str = "flat"
    rate_cents: int = 0
    steps: tuple[tuple[int, int], ...] = ()
    free_from_cents: int | None = None
    countries: str = ""
    estimated_days: str = ""
    position: int = 0
    is_active: bool = True
    option_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class RetireShippingOption:
    """The way of sending that is not offered any more; ``version`` is what was seen."""

    option_id: int
    version: int


@dataclass(frozen=True, slots=True)
class ShippingOptionRow:
    """A way of sending as the list and the form show it."""

    id: int
    name: str
    description: str
    carrier: str
    service: str
    basis: str
    rate_cents: int
    free_from_cents: int | None
    countries: str
    estimated_days: str
    position: int
    is_active: bool
    version: int
    steps: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ShippingOffer:
    """What a way of sending costs for an order."""

    id: int
    name: str
    rate_cents: int
    estimated_days: str


def shipping_options(reader: Reader) -> tuple[ShippingOptionRow, ...]:
    """Every way of sending in the order in which they are offered; two statements."""
    names = [name for name in ShippingOptionRow.__dataclass_fields__ if name != "steps"]
    columns = [getattr(ShippingOption, name) for name in names]
    steps: dict[int, list[tuple[int, int]]] = {}
    rates = sa.select(ShippingRate.shipping_option_id, ShippingRate.from_value, ShippingRate.rate_cents)
    for option_id, start, cost in reader.connection.execute(rates.order_by(ShippingRate.from_value)):
        steps.setdefault(option_id, []).append((start, cost))
    rows = reader.connection.execute(sa.select(*columns).order_by(ShippingOption.position, ShippingOption.id))
    return tuple(ShippingOptionRow(**row._mapping, steps=tuple(steps.get(row.id, ()))) for row in rows)


def shipping_offers(reader: Reader, content: OrderContent, actor: Actor) -> tuple[ShippingOffer, ...]:
    """The ways of sending that serve where an order goes, each with its cost for these goods, as ``create_order`` reckons it.

    Without goods, or with nowhere to send to, there are none. Raises UnknownCustomer, UnknownProduct, BadLine.
    """
    party = customer_of(reader, content.customer)
    address = content.shipping or kept_address(reader, party, "shipping")
    if address is None or not content.lines:
        return ()
    options = [one for one in offered(reader) if sends_to(one.countries, address.country_code)]
    if not options:
        return ()
    agreed = agree(
        reader,
        replace(content, shipping_option_id=None, shipping_cents=None),
        shop_settings(reader),
        customer_id=party.id,
        exempt=party.tax_exempt,
        warehouse_id=till_at(reader, None, actor).warehouse_id,
        country=address.country_code,
    )
    weight = weight_of(reader, agreed.goods, agreed.inputs)
    value = agreed.basket.due_cents
    return tuple(ShippingOffer(one.id, one.name, one.rate(weight, value), one.estimated_days) for one in options)


def save_shipping_option(uow: UnitOfWork, command: SaveShippingOption) -> int:
    """Write a way of sending and return its id. Raises ShippingOptionTaken, ChangedMeanwhile, BadField."""
    uow.require(Permission.SHIPPING_EDIT)
    values = _checked(uow, command)
    name = str(values["name"])
    same = sa.select(ShippingOption.id).where(
        ShippingOption.name == name, ShippingOption.id != (command.option_id or 0)
    )
    if uow.connection.execute(same).first() is not None:
        raise ShippingOptionTaken(field="name", name=name)
    steps = _checked_steps(command)
    before = values_now(uow, ShippingOption, command.option_id, values)
    if command.option_id is not None and not before:
        raise NotFound(_("Shipping option"), command.option_id)
    option_id = save_row(uow, ShippingOption, command.option_id, command.version, values, name=name)
    old_steps = _keep_steps(uow, option_id, steps)
    if command.option_id is not None:
        before["steps"] = _told(old_steps)
    _tell(uow, "shipping_option.save", option_id, name, before, {**values, "steps": _told(steps)})
    return option_id


def retire_shipping_option(uow: UnitOfWork, command: RetireShippingOption) -> None:
    """Offer a way of sending no longer; orders that have it keep it. Raises NotFound, ChangedMeanwhile."""
    uow.require(Permission.SHIPPING_EDIT)
    before = values_now(uow, ShippingOption, command.option_id, ("name", "is_active"))
    if not before:
        raise NotFound(_("Shipping option"), command.option_id)
    name = str(before.pop("name"))
    save_row(uow, ShippingOption, command.option_id, command.version, {"is_active": False}, name=name)
    _tell(uow, "shipping_option.retire", command.option_id, name, before, {"is_active": False})


def _tell(
    uow: UnitOfWork, action: str, option_id: int, name: str, before: dict[str, object], after: dict[str, object]
) -> None:
    details = {"name": name, **what_changed(before, after)}
    audit_office(uow, action, target_type="shipping_option", target_id=str(option_id), details=details)
    uow.changed("ShippingOption")


def _checked(reader: Reader, command: SaveShippingOption) -> dict[str, object]:
    if command.basis not in BASES:
        raise BadField("basis", _("is one of {names}.").format(names=", ".join(BASES)))
    return {
        "name": _line(command.name, "name", required=True),
        "description": checked_text(command.description, field="description", longest=500),
        "carrier": _line(command.carrier, "carrier") or "manual",
        "service": _line(command.service, "service"),
        "basis": command.basis,
        "rate_cents": _cost(command.rate_cents, "rate_cents"),
        "free_from_cents": None
        if command.free_from_cents is None
        else _cost(command.free_from_cents, "free_from_cents"),
        "countries": _countries(reader, command.countries),
        "estimated_days": _line(command.estimated_days, "estimated_days"),
        "position": _position(command.position),
        "is_active": command.is_active,
    }


def _line(text: str, field: str, *, required: bool = False) -> str:
    cleaned = checked_text(text, field=field, longest=64, required=required).strip()
    if any(ord(letter) < 32 for letter in cleaned):
        raise BadField(field, _("must be plain text."))
    return cleaned


def _cost(cents: int, field: str) -> int:
    if checked_cents(cents, field=field) < 0:
        raise BadField(field, _("must not be negative."))
    return cents


def _position(position: int) -> int:
    if type(position) is not int or not 0 <= position <= 10_000:
        raise BadField("position", _("must be 0 to {most}.").format(most=10_000))
    return position


def _countries(reader: Reader, text: str) -> str:
    codes = sorted(set(text.upper().replace(",", " ").split()))
    known = set(reader.connection.execute(sa.select(Country.code).where(Country.code.in_(codes))).scalars())
    for code in codes:
        if code not in known:
            raise BadField("countries", _("{code} is no country.").format(code=code[:16]))
    return " ".join(codes)


def _checked_steps(command: SaveShippingOption) -> tuple[tuple[int, int], ...]:
    if command.basis == "flat":
        if command.steps:
            raise BadField("steps", _("a flat rate has no steps."))
        return ()
    if len(command.steps) > MOST_STEPS:
        raise BadField("steps", _("are {most} at most.").format(most=MOST_STEPS))
    for start, cost in command.steps:
        if type(start) is not int or not 0 < start <= MAX_CENTS:
            raise BadField("steps", _("each begins above nothing."))
        _cost(cost, "steps")
    if len({start for start, _cost_cents in command.steps}) != len(command.steps):
        raise BadField("steps", _("two begin at the same place."))
    return tuple(sorted(command.steps))


def _keep_steps(uow: UnitOfWork, option_id: int, steps: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Write an option's steps if they differ; returns those before."""
    of = ShippingRate.shipping_option_id == option_id
    asked = sa.select(ShippingRate.from_value, ShippingRate.rate_cents).where(of).order_by(ShippingRate.from_value)
    before = tuple((row[0], row[1]) for row in uow.connection.execute(asked))
    if before != steps:
        uow.connection.execute(sa.delete(ShippingRate).where(of))
        if steps:
            rows = [{"shipping_option_id": option_id, "from_value": start, "rate_cents": cost} for start, cost in steps]
            uow.connection.execute(sa.insert(ShippingRate), rows)
    return before


def _told(steps: tuple[tuple[int, int], ...]) -> str:
    return ", ".join(f"{start}: {cost}" for start, cost in steps)
