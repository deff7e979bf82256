"""Purchase orders: drafts, placing, sending, cancelling, copying, and that their steps are the allowed ones."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from shopdesk.core.errors import BadAmount, BadField, ChangedMeanwhile, NotFound, ShopError
from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.inventory.posting import UnknownStockProduct
from shopdesk.purchasing.order_queries import late_orders, open_order_choices, orders_page
from shopdesk.purchasing.orders import (
    DuplicateOrder,
    NoteOnOrder,
    OrderLineFields,
    SaveOrder,
    SupplierNotUsed,
    duplicate_order,
    note_on_order,
    save_order,
)
from shopdesk.purchasing.paper import order_pdf
from shopdesk.purchasing.placing import (
    BelowMinimum,
    CancelOrder,
    MarkSent,
    NothingOpen,
    NothingOrdered,
    PlaceOrder,
    cancel_order,
    mark_sent,
    place_order,
)
from shopdesk.purchasing.steps import LEGAL, OrderNotSo
from shopdesk.purchasing.supplier_items import SaveSupplierItem, save_supplier_item
from shopdesk.purchasing.suppliers import SaveSupplier, SetSupplierActive, save_supplier, set_supplier_active
from tests.purchasing.conftest import Buying
from tests.support.small_shop import actor_of
from tests.support.statements import counted


def cancel(buying: Buying, order_id: int, reason: str = "too late", **more: object) -> str:
    version = buying.card(order_id).version
    return str(buying.do(cancel_order, CancelOrder(order_id=order_id, version=version, reason=reason, **more)))  # type: ignore[arg-type]


# ------------------------------------------------------------------ drafts


def test_a_draft_is_priced_as_the_supplier_sells(buying: Buying) -> None:
    card = buying.card(buying.draft(("TEA", 30_000), ("MUG", 5_000), ("SOAP", 1_000)))
    assert [(one.sku, one.supplier_code, one.pack_milli, one.pack_cents) for one in card.lines] == [
        ("TEA", "TH-TEA", 12_000, 2400),
        ("MUG", "TH-MUG", 1_000, 310),
        ("SOAP", "TH-SOAP", 1_000, 0),
    ]
    assert card.total_cents == 6_000 + 1_550
    assert (card.number, card.name, card.expected_on) == ("", f"Draft {card.id}", date(2026, 11, 25))
    buying.sound()


def test_a_draft_is_saved_over_the_version_that_was_shown(buying: Buying) -> None:
    order = buying.draft(("TEA", 12_000))
    shown = buying.card(order)
    lines = (OrderLineFields(sku="MUG", quantity_milli=2_000, pack_cost_cents=300),)
    change = SaveOrder(
        order_id=order, version=shown.version, supplier_id=buying.supplier, warehouse_id=2, lines=lines, notes="by van"
    )
    assert buying.do(save_order, change).total_cents == 600
    with pytest.raises(ChangedMeanwhile):
        buying.do(save_order, change)
    assert [line.sku for line in buying.card(order).lines] == ["MUG"]
    buying.place(order)
    with pytest.raises(OrderNotSo):
        buying.do(save_order, replace(change, version=buying.card(order).version))


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (OrderLineFields(sku="MUG", quantity_milli=0), BadAmount),
        (OrderLineFields(sku="MUG", quantity_milli=10**12), BadAmount),
        (OrderLineFields(sku="MUG", quantity_milli=1, pack_cost_cents=-1), BadAmount),
        (OrderLineFields(sku="MUG", quantity_milli=10**9, pack_cost_cents=10**12), BadAmount),
        (OrderLineFields(sku="MUG", quantity_milli=1, pack_quantity_milli=0), BadAmount),
        (OrderLineFields(sku="NOPE", quantity_milli=1), UnknownStockProduct),
    ],
)
def test_bad_lines_are_refused(buying: Buying, line: OrderLineFields, error: type[ShopError]) -> None:
    with pytest.raises(error):
        buying.do(save_order, SaveOrder(supplier_id=buying.supplier, warehouse_id=1, lines=(line,)))
    assert buying.value("SELECT count(*) FROM purchase_orders") == 0


def test_goods_stand_on_an_order_once_and_suppliers_in_use_only(buying: Buying) -> None:
    with pytest.raises(BadField, match="twice"):
        buying.draft(("MUG", 1_000), ("MUG", 2_000))
    with pytest.raises(NotFound):
        buying.draft(("MUG", 1_000), warehouse_id=99)
    order = buying.draft(("MUG", 1_000))
    buying.do(set_supplier_active, SetSupplierActive(buying.supplier, False))
    with pytest.raises(SupplierNotUsed):
        buying.draft(("MUG", 1_000))
    with pytest.raises(SupplierNotUsed):
        buying.place(order)


# ------------------------------------------------------------------ placing


def test_a_placed_order_is_numbered_frozen_and_journalled(buying: Buying) -> None:
    order = buying.draft(("TEA", 12_000), notes="ring at the back")
    assert buying.place(order) == "T1-P000001"
    content = json.loads(buying.value("SELECT content FROM purchase_order_papers"))
    assert (content["number"], content["total_cents"], content["notes"]) == ("T1-P000001", 2400, "ring at the back")
    assert content["supplier"]["name"] == "Tea House"
    buying.do(save_supplier, SaveSupplier(supplier_id=buying.supplier, version=1, name="Another name"))
    assert json.loads(buying.value("SELECT content FROM purchase_order_papers")) == content
    assert buying.value("SELECT kind FROM journal WHERE number = 'T1-P000001'") == "purchase_order"
    assert [(step.event, step.status) for step in buying.card(order).steps] == [
        ("created", "draft"),
        ("ordered", "ordered"),
    ]
    buying.sound()


def test_placing_twice_is_placing_once(buying: Buying) -> None:
    order = buying.draft(("TEA", 12_000))
    key, version = uuid7(), buying.card(order).version
    first = buying.place(order, key=key)
    assert buying.place(order, key=key, version=version) == first
    with pytest.raises(OrderNotSo, match="is ordered"):
        buying.place(order)
    assert buying.place(buying.draft(("TEA", 12_000))) == "T1-P000002"


def test_two_who_place_the_same_draft_make_one_order(buying: Buying) -> None:
    order = buying.draft(("TEA", 12_000))
    version, together, done, refused = buying.card(order).version, Barrier(2), [], []

    def place(actor: object) -> None:
        together.wait()
        try:
            command = PlaceOrder(key=uuid7(), order_id=order, version=version)
            done.append(buying.shop.execute(place_order, command, actor))  # type: ignore[arg-type]
        except OrderNotSo as error:
            refused.append(error)

    threads = [Thread(target=place, args=(who,)) for who in (buying.actor, actor_of(buying.shop, "bo", "T2"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), len(refused)) == (1, 1)
    buying.sound()


def test_an_empty_and_a_small_order_are_not_placed(buying: Buying) -> None:
    with pytest.raises(NothingOrdered):
        buying.place(buying.draft())
    buying.do(
        save_supplier, SaveSupplier(supplier_id=buying.supplier, version=1, name="Tea House", minimum_order_cents=5_000)
    )
    order = buying.draft(("TEA", 12_000))
    with pytest.raises(BelowMinimum) as refused:
        buying.place(order)
    assert (refused.value.values["total_cents"], refused.value.values["minimum_cents"]) == (2_400, 5_000)
    assert buying.place(order, below_minimum=True) == "T1-P000001"  # no number was lost on the way
    buying.sound()


def test_a_stale_draft_is_not_placed(buying: Buying) -> None:
    order = buying.draft(("TEA", 12_000))
    with pytest.raises(ChangedMeanwhile):
        buying.place(order, version=7)


# ------------------------------------------------------------------ afterwards


def test_sending_is_noted_with_date_and_place(buying: Buying) -> None:
    order = buying.draft(("TEA", 12_000))
    with pytest.raises(OrderNotSo):
        buying.do(mark_sent, MarkSent(order, "orders@teahouse.example"))
    buying.place(order)
    buying.do(mark_sent, MarkSent(order, "orders@teahouse.example"))
    card = buying.card(order)
    assert (card.sent_to, card.sent_at) == ("orders@teahouse.example", buying.shop.clock.now())
    assert (card.steps[-1].event, card.steps[-1].note, card.status) == ("sent", "orders@teahouse.example", "ordered")
    buying.sound()


def test_an_order_says_late_when_its_day_is_over(buying: Buying) -> None:
    order = buying.ordered(("TEA", 12_000), expected_on=date(2026, 11, 20))
    assert not buying.card(order).late
    buying.shop.clock.advance(days=1)  # type: ignore[attr-defined]
    assert buying.card(order).state == "late"
    assert buying.shop.ask(late_orders) == 1
    (row,) = buying.shop.ask(orders_page, PageRequest(filters=(("late", True),))).rows
    assert (row.id, row.state) == (order, "late")
    note = NoteOnOrder(order_id=order, version=buying.card(order).version, expected_on=date(2026, 12, 1))
    buying.do(note_on_order, note)
    assert buying.shop.ask(late_orders) == 0
    buying.sound()


def test_cancelling_gives_up_only_what_has_not_come(buying: Buying) -> None:
    draft = buying.draft(("TEA", 12_000))
    assert cancel(buying, draft, reason="") == "cancelled"
    order = buying.ordered(("TEA", 24_000), ("MUG", 2_000))
    buying.receive(order, ("TEA", 12_000))
    with pytest.raises(BadField, match="reason"):
        cancel(buying, order, reason="")
    assert cancel(buying, order) == "received"
    states = {line.sku: (line.received_milli, line.cancelled_milli) for line in buying.card(order).lines}
    assert states == {"TEA": (12_000, 12_000), "MUG": (0, 2_000)}
    untouched = buying.ordered(("MUG", 2_000))
    assert cancel(buying, untouched) == "cancelled"
    for closed in (draft, order, untouched):
        with pytest.raises(OrderNotSo):
            cancel(buying, closed)
    buying.sound()


def test_single_lines_can_be_given_up(buying: Buying) -> None:
    order = buying.ordered(("TEA", 24_000), ("MUG", 2_000))
    tea, mug = (line.id for line in buying.card(order).lines)
    assert cancel(buying, order, line_ids=(mug,)) == "ordered"
    with pytest.raises(NothingOpen):
        cancel(buying, order, line_ids=(mug,))
    assert cancel(buying, order, line_ids=(tea,)) == "cancelled"
    buying.sound()


def test_an_order_again_takes_todays_costs(buying: Buying) -> None:
    order = buying.ordered(("TEA", 24_000), ("SOAP", 2_000))
    item = buying.value("SELECT id FROM supplier_items WHERE supplier_code = 'TH-TEA'")
    buying.do(
        save_supplier_item,
        SaveSupplierItem(supplier_id=buying.supplier, item_id=item, pack_quantity_milli=10_000, pack_cost_cents=2_500),
    )
    copy = buying.do(duplicate_order, DuplicateOrder(order)).order_id
    card = buying.card(copy)
    assert (card.status, card.number) == ("draft", "")
    assert [(one.sku, one.quantity_milli, one.pack_milli, one.pack_cents) for one in card.lines] == [
        ("TEA", 24_000, 10_000, 2_500),
        ("SOAP", 2_000, 1_000, 0),
    ]


def test_the_paper_is_a_pdf_of_what_was_sent(buying: Buying) -> None:
    order = buying.draft(("TEA", 12_000))
    draft = buying.shop.ask(order_pdf, order)
    buying.place(order)
    sent = buying.shop.ask(order_pdf, order)
    assert draft[:5] == sent[:5] == b"%PDF-"
    assert draft != sent
    buying.do(save_supplier, SaveSupplier(supplier_id=buying.supplier, version=1, name="Another name"))
    assert buying.shop.ask(order_pdf, order) == sent


# ------------------------------------------------------------------ questions


def test_lists_take_few_statements_and_find(buying: Buying) -> None:
    first = buying.ordered(("TEA", 12_000))
    buying.draft(("MUG", 1_000))
    with counted(buying.shop) as statements:
        rows = buying.shop.ask(orders_page, PageRequest(sort="newest", descending=True)).rows
    assert len(statements) <= 3
    assert [row.status for row in rows] == ["draft", "ordered"]
    with counted(buying.shop) as statements:
        buying.card(first)
    assert len(statements) <= 3
    for text, many in (("P000001", 1), ("tea h", 2), ("nobody", 0)):
        assert len(buying.shop.ask(orders_page, PageRequest(search=text)).rows) == many
    assert [row[0] for row in buying.shop.ask(open_order_choices)] == [first]


def test_the_walk_through_pages_meets_each_order_once(buying: Buying) -> None:
    made = [buying.draft(("MUG", 1_000), expected_on=date(2026, 12, 1 + n % 2)) for n in range(7)]
    for sort in ("newest", "expected"):
        for descending in (False, True):
            seen, request = [], PageRequest(sort=sort, descending=descending, limit=2)
            while True:
                page = buying.shop.ask(orders_page, request)
                seen += [row.id for row in page.rows]
                if page.next is None:
                    break
                request = replace(request, after=page.next)
            assert sorted(seen) == made


def test_no_step_leads_out_of_cancelled_and_none_skips(buying: Buying) -> None:
    assert LEGAL["cancelled"] == frozenset()
    assert "received" not in LEGAL["draft"]
    order = buying.ordered(("MUG", 1_000))
    with buying.shop.database.writing() as connection, connection.begin(), pytest.raises(sa.exc.DBAPIError):
        connection.exec_driver_sql(f"DELETE FROM purchase_order_history WHERE purchase_order_id = {order}")
