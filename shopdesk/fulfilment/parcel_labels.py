"""The labels of parcels: made from the parcel as it stands, kept as stored bytes by their checksum."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import sqlalchemy as sa

from shopdesk.catalogue.pictures import forget_blob, store_blob
from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.fulfilment.commands import UnknownShipment
from shopdesk.orders.commands import AddressGiven, WrongStep
from shopdesk.orders.models import OrderPlan, Shipment, ShipmentItem, ShippingOption
from shopdesk.orders.pricing import weight_grams
from shopdesk.parties.models import Country, Customer
from shopdesk.parties.postal import postal_lines
from shopdesk.printing.figures import figures
from shopdesk.printing.label_zpl import ZplDots
from shopdesk.printing.parcel_label import PARCEL_FORMATS, ParcelLabel, parcels_pdf, parcels_zpl
from shopdesk.sales.models import Order, OrderItem
from shopdesk.system.records import audit_office
from shopdesk.system.settings import ShopSettings, shop_settings

LabelKind = Literal["pdf", "zpl"]
LABEL_KINDS: Final[tuple[LabelKind, ...]] = ("pdf", "zpl")
USUAL_SIZE: Final[dict[LabelKind, str]] = {"pdf": "a6", "zpl": "4x6"}
MOST_AT_ONCE: Final = 500
_CONTENT_TYPES: Final[dict[LabelKind, str]] = {"pdf": "application/pdf", "zpl": "application/zpl"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeLabels:
    """The labels of parcels, named by number or tracking code; ``size`` is a key of PARCEL_FORMATS, "" the usual one."""

    shipments: tuple[str, ...]
    kind: LabelKind = "pdf"
    size: str = ""
    dots: ZplDots = 203


@dataclass(frozen=True, slots=True)
class LabelsMade:
    """One print with a label for each parcel, as bytes; ``pdf`` is the same as pages to look at."""

    data: bytes
    pdf: bytes
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeepLabels:
    """The bytes of parcels' labels: (parcel's number, label)."""

    labels: tuple[tuple[str, bytes], ...]
    kind: LabelKind


def parcel_labels(reader: Reader, shipments: Sequence[str]) -> list[tuple[str, ParcelLabel]]:
    """Number and label of each parcel, in this order; raises UnknownShipment, WrongStep for one that was unpacked."""
    if not 0 < len(shipments) <= MOST_AT_ONCE:
        raise BadField("shipments", _("must be 1 to {most}.").format(most=MOST_AT_ONCE))
    settings = shop_settings(reader)
    asked = (
        sa.select(
            Shipment.__table__,
            Order.number.label("order_number"),
            Customer.first_name,
            Customer.last_name,
            sa.func.coalesce(sa.func.nullif(ShippingOption.service, ""), ShippingOption.name, "").label("agreed"),
        )
        .join(Order, Order.id == Shipment.order_id)
        .outerjoin(OrderPlan, OrderPlan.order_id == Order.id)
        .outerjoin(ShippingOption, ShippingOption.id == OrderPlan.shipping_option_id)
        .outerjoin(Customer, Customer.id == Order.customer_id)
        .where(sa.or_(Shipment.number.in_(shipments), Shipment.tracking.in_(shipments)))
    )
    found: dict[str, Any] = {}  # Any: rows of a parcel's columns
    rows = reader.connection.execute(asked).all()
    for row in rows:
        found[row.tracking or row.number] = row
    found.update({row.number: row for row in rows})
    for name in shipments:
        if name not in found:
            raise UnknownShipment(name)
        if found[name].status == "cancelled":
            raise WrongStep(found[name].number, found[name].status)
    countries = {row.code: row.name for row in reader.connection.execute(sa.select(Country.code, Country.name))}
    chosen = list({found[name].id: found[name] for name in shipments}.values())
    return [(row.number, _label(reader, row, settings, countries)) for row in chosen]


def make_labels(shop: Shop, command: MakeLabels, actor: Actor) -> LabelsMade:
    """Make labels, keep each with its parcel, and give them as one print.

    Raises NotPermitted, UnknownShipment, WrongStep for a parcel that was unpacked, BadField.
    """
    actor.require(Permission.ORDER_SHIP)
    if command.kind not in LABEL_KINDS:
        raise BadField("format", _("is pdf or zpl."))
    size = command.size or USUAL_SIZE[command.kind]
    if size not in PARCEL_FORMATS:
        raise BadField("size", _("is one of {names}.").format(names=", ".join(PARCEL_FORMATS)))
    labels = shop.ask(parcel_labels, command.shipments)

    def drawn(some: Sequence[ParcelLabel]) -> bytes:
        return parcels_pdf(some, size) if command.kind == "pdf" else parcels_zpl(some, size, dots=command.dots)

    kept = tuple((number, drawn([label])) for number, label in labels)
    shop.execute(keep_labels, KeepLabels(kept, command.kind), actor)
    every = [label for _number, label in labels]
    pdf = parcels_pdf(every, size)
    data = pdf if command.kind == "pdf" else b"".join(content for _number, content in kept)
    return LabelsMade(data, pdf, tuple(number for number, _content in kept))


def keep_labels(uow: UnitOfWork, command: KeepLabels) -> None:
    """Keep the bytes of parcels' labels; one that is the same as before is kept once. Raises UnknownShipment."""
    uow.require(Permission.ORDER_SHIP)
    asked = sa.select(Shipment.id, Shipment.number, Shipment.label_blob_id).where(
        Shipment.number.in_([number for number, _content in command.labels])
    )
    before = {row.number: row for row in uow.connection.execute(asked.order_by(Shipment.id).with_for_update())}
    for number, content in command.labels:
        if number not in before:
            raise UnknownShipment(number)
        blob_id = store_blob(uow, content, _CONTENT_TYPES[command.kind])
        old = before[number].label_blob_id
        if blob_id == old:
            continue
        uow.connection.execute(
            sa.update(Shipment).where(Shipment.id == before[number].id).values(label_blob_id=blob_id)
        )
        if old is not None:
            forget_blob(uow, old)
        audit_office(uow, "shipment.label", target_type="shipment", target_id=number, details={"kind": command.kind})
    uow.changed("Shipment")


def _label(reader: Reader, row: Any, settings: ShopSettings, countries: dict[str, str]) -> ParcelLabel:  # Any: a parcel
    kept = json.loads(row.address)
    abroad = bool(kept) and kept.get("country_code") != settings.country
    sender = [settings.name, *(line.strip() for line in settings.address.splitlines())]
    if abroad:
        sender.append(countries.get(settings.country, settings.country).upper())
    write = figures(settings.language, settings.currency)
    weight, what = row.weight_grams, N_("Weight")
    if not weight:
        items = reader.connection.execute(
            sa.select(OrderItem.variant_id, ShipmentItem.quantity)
            .join(OrderItem, OrderItem.id == ShipmentItem.order_item_id)
            .where(ShipmentItem.shipment_id == row.id, OrderItem.variant_id.is_not(None))
        )
        goods = [(item[0], item[1]) for item in items if item[0] is not None]
        weight, what = weight_grams(reader, goods), N_("Weight of the goods")
    facts = [(N_("Order"), row.order_number), (N_("Parcel"), row.number)]
    if weight:
        facts.append((what, write.quantity(weight, "kg")))
    return ParcelLabel(
        sender=tuple(line for line in sender if line),
        recipient=_recipient(row, kept, countries, abroad=abroad),
        code=row.tracking or row.number,
        service=row.service or row.agreed or _carrier(row.carrier),
        facts=tuple(facts),
        language=settings.language,
    )


def _carrier(carrier: str) -> str:
    return "" if carrier in ("manual", "pickup") else carrier


def _recipient(row: Any, kept: dict[str, str], countries: dict[str, str], *, abroad: bool) -> tuple[str, ...]:
    """Company, person, then the address as the post of its country wants it; for what is fetched the customer's name."""
    customer = f"{row.first_name or ''} {row.last_name or ''}".strip()
    if not kept:
        return (customer,)
    address = AddressGiven(**kept)
    person = f"{address.first_name} {address.last_name}".strip()
    name = [one for one in (address.company, person) if one] or [customer]
    country = countries.get(address.country_code, address.country_code) if abroad else ""
    return (*name, *postal_lines(address, country=country))
