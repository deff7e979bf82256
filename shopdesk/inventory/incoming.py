"""What is on its way to a warehouse: ordered and not yet received, or sent from another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shopdesk.db.batch import Prepared, array
from shopdesk.db.unit import Reader

# Purchase orders belong to an area above this one: their tables are named here, their module is not imported.
INCOMING = (
    "SELECT l.variant_id, o.warehouse_id, l.quantity - l.received - l.cancelled AS quantity, o.expected_on AS expected, "
    "coalesce(o.number, '') AS number, 'purchase' AS kind FROM purchase_order_lines l "
    "JOIN purchase_orders o ON o.id = l.purchase_order_id AND o.status IN ('ordered', 'part_received') "
    "WHERE l.variant_id {these} AND l.quantity > l.received + l.cancelled "
    "UNION ALL SELECT l.variant_id, d.to_warehouse_id, l.quantity, '', d.number, 'transfer' FROM transfer_document_lines l "
    "JOIN transfer_documents d ON d.id = l.document_id AND d.state = 'sent' WHERE l.variant_id {these} AND l.is_sent"
)
THESE = {"sqlite": "IN (SELECT value FROM json_each(:variants))", "postgresql": "= ANY(:variants)"}
"""The question for some variants, whose ``{these}`` is one of THESE."""
_FIND = Prepared(sqlite=INCOMING.format(these=THESE["sqlite"]), postgresql=INCOMING.format(these=THESE["postgresql"]))


@dataclass(frozen=True, slots=True)
class Incoming:
    """Thousandths of a variant that a warehouse waits for; ``expected_on`` is an ISO date, empty for a transfer."""

    variant_id: int
    warehouse_id: int
    quantity_milli: int
    expected_on: str
    number: str
    kind: str


def incoming(reader: Reader, variants: Sequence[int]) -> tuple[Incoming, ...]:
    """What variants are waited for; one statement."""
    batch = reader.batch()
    found = batch.add(_FIND, {"variants": array(batch.dialect, list(variants))})
    batch.send()
    return tuple(Incoming(*row) for row in found.rows)


def incoming_sums(reader: Reader, variants: Sequence[int]) -> dict[tuple[int, int], int]:
    """The same by variant and warehouse, added up."""
    sums: dict[tuple[int, int], int] = {}
    for row in incoming(reader, variants) if variants else ():
        place = (row.variant_id, row.warehouse_id)
        sums[place] = sums.get(place, 0) + row.quantity_milli
    return sums
