"""What is asked of parcels, what is answered, and how it is refused."""

from __future__ import annotations

from dataclasses import dataclass

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_


class UnknownShipment(ShopError):
    """No parcel has this number or tracking code."""

    code = "unknown_shipment"
    sentence = N_("There is no parcel {shipment}.")

    def __init__(self, shipment: object) -> None:
        super().__init__(field="shipment", shipment=str(shipment)[:64])


class ShipsTooMuch(ShopError):
    """More of a line than is left to be sent. ``values``: ``line``, ``left_milli``."""

    code = "ships_too_much"
    sentence = N_("Only {left} of {name} are left to be sent.")


class TrackingTaken(ShopError):
    """Two parcels cannot have one tracking number."""

    code = "tracking_taken"
    sentence = N_("Tracking number {tracking} already belongs to parcel {shipment}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackShipment:
    """Pack a parcel: (line, thousandths) of an order, everything that is left when none are named."""

    key: str
    order: str
    lines: tuple[tuple[int, int], ...] = ()
    carrier: str = "manual"
    service: str = ""
    tracking: str | None = None
    weight_grams: int | None = None
    cost_cents: int = 0
    notes: str = ""
    till: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipShipment:
    """A packed parcel leaves: named by its number or tracking code."""

    key: str
    shipment: str
    tracking: str | None = None
    till: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverShipment:
    """A parcel arrived, or was handed over."""

    key: str
    shipment: str
    till: str | None = None


@dataclass(frozen=True, slots=True)
class CancelShipment:
    """A packed parcel is unpacked again."""

    shipment: str


@dataclass(frozen=True, slots=True)
class TrackShipment:
    """A step on a parcel's way, as the carrier tells it."""

    shipment: str
    status: str
    details: str = ""


@dataclass(frozen=True, slots=True)
class ShipmentSaved:
    """The parcel's number and state, and the order's status then."""

    number: str
    status: str
    order_status: str
