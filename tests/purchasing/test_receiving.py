"""Receiving: what a delivery books, what refuses it, and that nothing is booked twice."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest

from shopdesk.core.errors import BadAmount, BadField, NotFound, NotPermitted, ShopError
from shopdesk.core.ids import uuid7
from shopdesk.inventory.posting import UnknownStockProduct
from shopdesk.inventory.stock import OutOfStock
from shopdesk.purchasing.attach import AttachBarcode, attach_barcode
from shopdesk.purchasing.receive import (
    CostNeeded,
    Dear,
    MoreThanOrdered,
    NothingReceived,
    ReceivedLine,
    ReceivedMeanwhile,
    ReceiveGoods,
    receive_goods,
)
from shopdesk.purchasing.reverse import ReversedAlready, ReverseReceipt, SentBackAlready, reverse_receipt
from shopdesk.purchasing.scanning import scanned
from shopdesk.purchasing.send_back import MoreThanCame, NothingToSendBack, SendBack, SentBackLine, send_back
from shopdesk.purchasing.steps import OrderNotSo
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.system.records import KeyReused
from tests.purchasing.conftest import Buying
from tests.support.small_shop import actor_of
from tests.support.statements import counted


def back(receipt_id: int | None, *lines: tuple[str, int], **more: object) -> SendBack:
    goes = tuple(SentBackLine(sku=sku, quantity_milli=milli) for sku, milli in lines)
    fields = {"key": uuid7(), "reason": "Damaged", **more}
    return SendBack(lines=goes, receipt_id=receipt_id, **fields)  # type: ignore[arg-type]


def wrong(receipt_id: int, **more: object) -> ReverseReceipt:
    fields = {"key": uuid7(), "reason": "counted twice", **more}
    return ReverseReceipt(receipt_id=receipt_id, **fields)  # type: ignore[arg-type]


# ------------------------------------------------------------------ what a delivery books


def test_a_delivery_in_two_parts_fills_the_order(buying: Buying) -> None:
    order = buying.ordered(("TEA", 24_000), ("MUG", 5_000))
    first = buying.receive(order, ("TEA", 12_000), delivery_note="DN 7")
    assert (first.number, first.order_status, first.total_cents) == ("T1-G000001", "part_received", 2400)
    assert (buying.on_hand("TEA"), buying.on_hand("MUG")) == (1_012_000, 10_000)
    last = buying.receive(order, ("TEA", 12_000), ("MUG", 5_000))
    assert last.order_status == "received"
    card = buying.card(order)
    assert [(line.sku, line.received_milli, line.state) for line in card.lines] == [
        ("TEA", 24_000, "received"),
        ("MUG", 5_000, "received"),
    ]
    assert [step.event for step in card.steps] == ["created", "ordered", "received", "received"]
    assert buying.on_hand("MUG") == 15_000
    buying.sound()


def test_the_average_cost_moves_with_the_delivery(buying: Buying) -> None:
    order = buying.ordered(("MUG", 10_000))
    buying.receive(order, ("MUG", 10_000))
    assert buying.cost("MUG") == 310  # nothing known before: the delivery alone says it
    second = buying.ordered(("MUG", 20_000))
    dearer = (ReceivedLine(sku="MUG", quantity_milli=20_000, pack_cost_cents=350),)
    buying.receive(second, lines=dearer)
    assert buying.cost("MUG") == 330  # 20 at 3.10 and 20 at 3.50
    item = (
        "SELECT last_pack_cost_cents FROM supplier_items i JOIN product_variants v ON v.id = i.variant_id WHERE sku = "
    )
    assert buying.value(item + "'MUG'") == 350
    buying.sound()


def test_a_pack_costs_exactly_what_the_supplier_says(buying: Buying) -> None:
    """A pack of 12 for 24.10 is not 12 times a rounded 2.01."""
    order = buying.ordered(("TEA", 36_000))
    came = (ReceivedLine(sku="TEA", quantity_milli=36_000, pack_quantity_milli=12_000, pack_cost_cents=2410),)
    assert buying.receive(order, lines=came).total_cents == 7230


def test_what_nobody_knows_the_cost_of_must_be_said(buying: Buying) -> None:
    order = buying.ordered(("SOAP", 6_000))
    with pytest.raises(CostNeeded) as refused:
        buying.receive(order, ("SOAP", 6_000))
    assert refused.value.field == "lines[0].pack_cost_cents"
    assert buying.on_hand("SOAP") == 3_000
    free = (ReceivedLine(sku="SOAP", quantity_milli=6_000, pack_cost_cents=0),)
    assert buying.receive(order, lines=free).total_cents == 0


def test_a_cost_above_the_price_is_told(buying: Buying) -> None:
    order = buying.ordered(("MUG", 2_000))
    dear = (ReceivedLine(sku="MUG", quantity_milli=2_000, pack_cost_cents=900),)
    (told,) = buying.receive(order, lines=dear).dear
    assert told == Dear(told.variant_id, "MUG", "Mug", 900, 799)
    for cents, dear_ones in ((671, 1), (670, 0)):  # 7.99 with 19 % tax leaves 6.71
        fresh = buying.ordered(("LAST", 1_000), ("MUG", 1_000))
        with buying.shop.database.writing() as connection, connection.begin():
            connection.exec_driver_sql("UPDATE product_variants SET cost_cents = 100 WHERE sku = 'MUG'")
        lines = (ReceivedLine(sku="MUG", quantity_milli=1_000, pack_cost_cents=cents),)
        assert len(buying.receive(fresh, lines=lines).dear) == dear_ones


def test_goods_may_go_to_another_warehouse_than_ordered(buying: Buying) -> None:
    order = buying.ordered(("MUG", 4_000))
    buying.receive(order, ("MUG", 4_000), warehouse_id=2)
    assert (buying.on_hand("MUG", 1), buying.on_hand("MUG", 2)) == (10_000, 4_000)
    buying.sound()


def test_without_an_order_goods_come_from_a_supplier_for_who_may_buy(buying: Buying) -> None:
    done = buying.receive(None, ("MUG", 3_000), supplier_id=buying.supplier, warehouse_id=1)
    assert (done.order_status, done.total_cents, buying.on_hand("MUG")) == ("", 930, 13_000)
    with pytest.raises(BadField, match="supplier_id"):
        buying.receive(None, ("MUG", 3_000), warehouse_id=1)
    with buying.shop.database.writing() as connection, connection.begin():
        connection.exec_driver_sql(
            "INSERT INTO role_permissions (role_id, permission_id) SELECT r.id, p.id FROM roles r, permissions p "
            "WHERE r.code = 'clerk' AND p.code = 'receive'"
        )
    only_receives = Buying(buying.shop, actor_of(buying.shop, "ann"))
    with pytest.raises(NotPermitted):
        only_receives.receive(None, ("MUG", 1_000), supplier_id=buying.supplier, warehouse_id=1)
    order = buying.ordered(("MUG", 1_000))
    assert only_receives.receive(order, ("MUG", 1_000)).order_status == "received"
    buying.sound()


# ------------------------------------------------------------------ more and less than ordered


def test_more_than_ordered_needs_a_word(buying: Buying) -> None:
    order = buying.ordered(("MUG", 4_000))
    with pytest.raises(MoreThanOrdered, match=r"MUG \+2, TEA \+1"):
        buying.receive(order, ("MUG", 6_000), ("TEA", 1_000))
    assert buying.on_hand("MUG") == 10_000
    done = buying.receive(order, ("MUG", 6_000), ("TEA", 1_000), accept_over=True)
    assert done.order_status == "received"
    (line,) = buying.card(order).lines
    assert (line.received_milli, line.state, line.waiting_milli) == (6_000, "over", 0)
    assert buying.on_hand("TEA") == 1_001_000
    buying.sound()


def test_less_than_ordered_stays_open_or_is_closed_short(buying: Buying) -> None:
    order = buying.ordered(("MUG", 10_000), ("TEA", 12_000))
    assert buying.receive(order, ("MUG", 4_000)).order_status == "part_received"
    done = buying.receive(order, ("MUG", 5_000), close_short=True)
    assert done.order_status == "received"
    states = {line.sku: (line.state, line.cancelled_milli) for line in buying.card(order).lines}
    assert states == {"MUG": ("short", 1_000), "TEA": ("cancelled", 12_000)}
    with pytest.raises(OrderNotSo):
        buying.receive(order, ("MUG", 1_000))
    buying.sound()


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ((), NothingReceived),
        ((("MUG", 0),), BadAmount),
        ((("MUG", -1_000),), BadAmount),
        ((("NOPE", 1_000),), UnknownStockProduct),
        ((("MUG", 1_000), ("MUG", 1_000)), BadField),
    ],
)
def test_what_cannot_be_received_changes_nothing(
    buying: Buying, lines: tuple[tuple[str, int], ...], error: type[ShopError]
) -> None:
    order = buying.ordered(("MUG", 4_000))
    with pytest.raises(error):
        buying.receive(order, *lines)
    assert buying.card(order).status == "ordered"
    assert buying.value("SELECT count(*) FROM receipts") == 0


def test_a_draft_and_nothing_are_not_received(buying: Buying) -> None:
    with pytest.raises(OrderNotSo, match="a draft"):
        buying.receive(buying.draft(("MUG", 1_000)), ("MUG", 1_000))
    with pytest.raises(NotFound):
        buying.receive(999, ("MUG", 1_000))


# ------------------------------------------------------------------ never twice


def test_the_same_request_is_booked_once(buying: Buying) -> None:
    order = buying.ordered(("MUG", 4_000))
    key = uuid7()
    first = buying.receive(order, ("MUG", 4_000), key=key)
    assert buying.receive(order, ("MUG", 4_000), key=key) == first
    assert buying.on_hand("MUG") == 14_000
    with pytest.raises(KeyReused):
        buying.receive(order, ("MUG", 3_000), key=key)


def test_of_two_who_counted_the_same_delivery_one_is_told(buying: Buying) -> None:
    """Both saw nothing received; also an allowed surplus does not let the second one through."""
    order = buying.ordered(("MUG", 4_000))
    lines = (ReceivedLine(sku="MUG", quantity_milli=4_000, seen_milli=0),)
    buying.receive(order, ("MUG", 2_000))
    with pytest.raises(ReceivedMeanwhile, match="Mug"):
        buying.receive(order, lines=lines, accept_over=True)
    assert buying.on_hand("MUG") == 12_000


def test_two_at_once_book_a_delivery_once(buying: Buying) -> None:
    order = buying.ordered(("MUG", 4_000), ("TEA", 12_000))
    together, done, refused = Barrier(2), [], []
    people = [buying.actor, actor_of(buying.shop, "bo", "T2")]

    def receive(actor: object) -> None:
        lines = tuple(
            ReceivedLine(sku=sku, quantity_milli=milli, seen_milli=0)
            for sku, milli in (("MUG", 4_000), ("TEA", 12_000))
        )
        command = ReceiveGoods(key=uuid7(), lines=lines, order_id=order)
        together.wait()
        try:
            done.append(buying.shop.execute(receive_goods, command, actor))  # type: ignore[arg-type]
        except (ReceivedMeanwhile, OrderNotSo) as error:
            refused.append(error)

    threads = [Thread(target=receive, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), len(refused)) == (1, 1)
    assert (buying.on_hand("MUG"), buying.on_hand("TEA")) == (14_000, 1_012_000)
    buying.sound()


# ------------------------------------------------------------------ taken back, sent back


def test_a_wrong_receipt_is_taken_back_by_a_document(buying: Buying) -> None:
    order = buying.ordered(("MUG", 4_000), ("TEA", 12_000))
    receipt = buying.receive(order, ("MUG", 4_000), ("TEA", 12_000))
    key = uuid7()
    taken = buying.do(reverse_receipt, wrong(receipt.receipt_id, key=key))
    assert taken.number == "T1-G000002"
    assert buying.do(reverse_receipt, wrong(receipt.receipt_id, key=key)) == taken
    assert (buying.on_hand("MUG"), buying.on_hand("TEA")) == (10_000, 1_000_000)
    card = buying.card(order)
    assert card.status == "ordered"
    assert {line.received_milli for line in card.lines} == {0}
    assert card.steps[-1].event == "reversed"
    for id in (receipt.receipt_id, taken.receipt_id):
        with pytest.raises(ReversedAlready):
            buying.do(reverse_receipt, wrong(id))
    buying.receive(order, ("MUG", 4_000), ("TEA", 12_000))
    buying.sound()


def test_what_was_sold_meanwhile_is_not_taken_back(buying: Buying) -> None:
    order = buying.ordered(("LAST", 2_000))
    came = (ReceivedLine(sku="LAST", quantity_milli=2_000, pack_cost_cents=200),)
    receipt = buying.receive(order, lines=came)
    sold = CommitSale(key=uuid7(), lines=(SaleLine(sku="LAST", quantity_milli=2_000),))
    buying.do(commit_sale, sold)
    with pytest.raises(OutOfStock):
        buying.do(reverse_receipt, wrong(receipt.receipt_id))
    assert buying.card(order).status == "received"
    with pytest.raises(BadField, match="reason"):
        buying.do(reverse_receipt, wrong(receipt.receipt_id, reason=" "))


def test_goods_of_a_delivery_go_back_up_to_what_came(buying: Buying) -> None:
    order = buying.ordered(("MUG", 6_000))
    receipt = buying.receive(order, ("MUG", 6_000))
    done = buying.do(send_back, back(receipt.receipt_id, ("MUG", 2_000)))
    assert (done.number, done.total_cents, buying.on_hand("MUG")) == ("T1-B000001", 620, 14_000)
    assert buying.cost("MUG") == 310
    with pytest.raises(MoreThanCame, match="Only 4 of Mug"):
        buying.do(send_back, back(receipt.receipt_id, ("MUG", 5_000)))
    with pytest.raises(MoreThanCame, match="Only 0"):
        buying.do(send_back, back(receipt.receipt_id, ("TEA", 1_000)))
    with pytest.raises(SentBackAlready):
        buying.do(reverse_receipt, wrong(receipt.receipt_id))
    buying.do(send_back, back(receipt.receipt_id, ("MUG", 4_000)))
    assert buying.card(order).lines[0].received_milli == 6_000  # it came, and it went: what was ordered did come
    buying.sound()


def test_goods_from_stock_go_back_too(buying: Buying) -> None:
    free = {"supplier_id": buying.supplier, "warehouse_id": 1}
    done = buying.do(send_back, back(None, ("TEA", 6_000), **free))
    assert (done.total_cents, buying.on_hand("TEA")) == (1_200, 994_000)  # half a pack of 24.00
    with pytest.raises(OutOfStock):
        buying.do(send_back, back(None, ("LAST", 2_000), **free))
    for command in (back(None, **free), back(None, ("TEA", 1_000), **{**free, "reason": ""})):
        with pytest.raises((NothingToSendBack, BadField)):
            buying.do(send_back, command)
    buying.sound()


def test_two_at_once_send_the_same_pieces_back_once(buying: Buying) -> None:
    order = buying.ordered(("MUG", 3_000))
    receipt = buying.receive(order, ("MUG", 3_000))
    together, done, refused = Barrier(2), [], []

    def send(actor: object) -> None:
        command = back(receipt.receipt_id, ("MUG", 2_000))
        together.wait()
        try:
            done.append(buying.shop.execute(send_back, command, actor))  # type: ignore[arg-type]
        except MoreThanCame as error:
            refused.append(error)

    threads = [Thread(target=send, args=(who,)) for who in (buying.actor, actor_of(buying.shop, "bo", "T2"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), len(refused), buying.on_hand("MUG")) == (1, 1, 11_000)
    buying.sound()


# ------------------------------------------------------------------ scans


def test_a_scan_counts_one_or_its_pack(buying: Buying) -> None:
    attached = AttachBarcode(variant_id=2, barcode="5012345678900", pack_quantity_milli=6_000)
    buying.do(attach_barcode, attached)
    found = {
        code: _read(buying, code) for code in ("4002385002017", "5012345678900", "MUG", "TH-TEA", "TH-MUG", "nope")
    }
    assert found == {
        "4002385002017": ("MUG", 1_000),
        "5012345678900": ("MUG", 6_000),
        "MUG": ("MUG", 1_000),
        "TH-TEA": ("TEA", 12_000),
        "TH-MUG": ("MUG", 1_000),
        "nope": None,
    }
    with counted(buying.shop) as statements:
        _read(buying, "4002385002017")
    assert len(statements) <= 3


def _read(buying: Buying, code: str) -> tuple[str, int] | None:
    known = buying.shop.ask(scanned, code, buying.supplier, 1)
    return None if known is None else (known.article.sku, known.quantity_milli)


def test_a_code_that_belongs_to_other_goods_is_refused(buying: Buying) -> None:
    with pytest.raises(ShopError, match="Green tea") as refused:
        buying.do(attach_barcode, AttachBarcode(variant_id=2, barcode="4006381333931"))
    assert refused.value.code == "code_taken"
    doubt = buying.do(attach_barcode, AttachBarcode(variant_id=2, barcode="5012345678901")).doubt
    assert "check digit" in doubt
    with pytest.raises(NotFound):
        buying.do(attach_barcode, AttachBarcode(variant_id=999, barcode="77"))


def test_a_long_delivery_takes_as_many_statements_as_a_short_one(buying: Buying) -> None:
    took = []
    for skus in (("TEA",), ("TEA", "MUG", "BOOK", "LAST")):
        lines = tuple(ReceivedLine(sku=sku, quantity_milli=1_000, pack_cost_cents=100) for sku in skus)
        order = buying.ordered(*((sku, 1_000) for sku in skus))
        with counted(buying.shop) as statements:
            buying.receive(order, lines=lines)
        took.append(len(statements))
    assert took[0] == took[1]
    assert took[0] <= 45
