"""What of an order is still to be sent."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.db.unit import Reader
from shopdesk.orders.models import Shipment, ShipmentItem
from shopdesk.sales.models import OrderItem
from shopdesk.sales.return_models import ReturnItem

_in_parcels = (
    sa.select(sa.cast(sa.func.coalesce(sa.func.sum(ShipmentItem.quantity), 0), sa.BigInteger))
    .join(Shipment, Shipment.id == ShipmentItem.shipment_id)
    .where(ShipmentItem.order_item_id == OrderItem.id, Shipment.status != "cancelled")
    .correlate(OrderItem)
    .scalar_subquery()
)
_came_back = (
    sa.select(sa.cast(sa.func.coalesce(sa.func.sum(ReturnItem.quantity), 0), sa.BigInteger))
    .where(ReturnItem.order_item_id == OrderItem.id)
    .correlate(OrderItem)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class LeftToSend:
    """A line of an order: what was sold, what lies in parcels, what came back without having been sent counts as sent."""

    item_id: int
    line: int
    variant_id: int | None
    name: str
    sku: str
    quantity_milli: int
    packed_milli: int
    returned_milli: int
    track_stock: bool
    warehouse_id: int | None

    @property
    def left_milli(self) -> int:
        """What may still be packed."""
        return max(0, self.quantity_milli - max(self.packed_milli, self.returned_milli))


def left_to_send(reader: Reader, order_id: int) -> tuple[LeftToSend, ...]:
    """Every line of a processed order with what is left of it; one statement."""
    asked = (
        sa.select(
            OrderItem.id,
            OrderItem.line,
            OrderItem.variant_id,
            OrderItem.product_name,
            OrderItem.variant_name,
            OrderItem.sku,
            OrderItem.quantity,
            _in_parcels,
            _came_back,
            OrderItem.track_stock,
            OrderItem.warehouse_id,
        )
        .where(OrderItem.order_id == order_id)
        .order_by(OrderItem.line)
    )
    return tuple(
        LeftToSend(
            item_id=row[0],
            line=row[1],
            variant_id=row[2],
            name=f"{row[3]}, {row[4]}" if row[4] else row[3],
            sku=row[5],
            quantity_milli=row[6],
            packed_milli=row[7],
            returned_milli=row[8],
            track_stock=bool(row[9]),
            warehouse_id=row[10],
        )
        for row in reader.connection.execute(asked)
    )
