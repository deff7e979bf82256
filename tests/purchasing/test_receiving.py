"""Receiving: what a delivery books, what refuses it, and that nothing is booked twice."""

from __future__ import annotations

import pytest

from shopdesk.core.errors import ChangedMeanwhile
from shopdesk.core.ids import uuid7
from shopdesk.inventory.stock import OutOfStock
from shopdesk.purchasing.placing import CancelOrder, cancel_order
from shopdesk.purchasing.receive import CostNeeded, MoreThanOrdered, ReceivedLine, ReceivedMeanwhile
from shopdesk.purchasing.reverse import ReversedAlready, ReverseReceipt, SentBackAlready, reverse_receipt
from shopdesk.purchasing.send_back import MoreThanCame, SendBack, SentBackLine, send_back
from shopdesk.purchasing.steps import OrderNotSo


def test_a_delivery_in_two_parts_fills_the_order(buying):
    order = buying.ordered(("TEA", 24_000), ("MUG", 5_000))
    first = buying.receive(order, ("TEA", 12_000), delivery_note="DN 7")
    assert (first.number, first.status, first.total_cents) == ("T1-G000001", "part_received", 2400)
    assert (buying.on_hand("TEA"), buying.on_hand("MUG")) == (1_012_000, 10_000)
    last = buying.receive(order, ("TEA", 12_000), ("MUG", 5_000))
    assert last.status == "received"
    card = buying.card(order)
    assert [(line.sku, line.received_milli, line.state) for line in card.lines] == [
        ("TEA", 24_000, "received"),
        ("MUG", 5_000, "received"),
    ]
    assert [step.event for step in card.steps] == ["created", "ordered", "received", "received"]
    assert buying.on_hand("MUG") == 15_000
    buying.sound()


def test_the_average_cost_moves_with_the_delivery(buying):
    order = buying.ordered(("MUG", 10_000))
    buying.receive(order, ("MUG", 10_000))
    assert buying.cost("MUG") == 310  # nothing known before: the delivery alone says it
    second = buying.ordered(("MUG", 20_000))
    buying.receive(
        second, ("MUG", 20_000), lines=(ReceivedLine(sku="MUG", quantity_milli=20_000, pack_cost_cents=350),)
    )
    assert buying.cost("MUG") == 330  # 20 at 3.10 and 20 at 3.50
    buying.sound()
