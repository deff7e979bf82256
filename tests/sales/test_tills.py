"""Tills and ways of paying: made, edited, found, retired."""

from __future__ import annotations

import pytest

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader
from shopdesk.printing.config import PrinterConfig
from shopdesk.sales.tenders import (
    AddTender,
    EditTender,
    OrderTenders,
    add_tender,
    edit_tender,
    order_tenders,
    pay_panel,
    tenders_list,
)
from shopdesk.sales.tills import (
    CreateTill,
    EditTill,
    SetPrinter,
    TillRow,
    create_till,
    edit_till,
    printer_of,
    set_printer,
    till_at,
    tills_list,
)
from tests.support.counter_day import close, one, open_drawer_with, pay, rows, sell
from tests.support.small_shop import actor_of


def refusal(shop: Shop, use_case: object, command: object, actor: Actor) -> str:
    with pytest.raises(ShopError) as caught:
        shop.execute(use_case, command, actor)  # type: ignore[arg-type]
    return caught.value.code


def till(shop: Shop, code: str) -> TillRow:
    return next(row for row in shop.ask(tills_list) if row.code == code)


def test_a_new_till_sells_at_once_under_its_own_numbers(shop: Shop, actor: Actor) -> None:
    made = shop.execute(create_till, CreateTill("BAR.1", "Bar", warehouse="Cellar"), actor)
    assert till(shop, "BAR.1").warehouse == "Cellar"
    shop.execute(edit_till, EditTill(made.till_id, 1, "Bar", 1), actor)
    assert sell(shop, actor, till="BAR.1").number == "BAR.1-S000001"
    assert open_drawer_with(shop, actor, till="BAR.1") == 1
    assert str(sell(shop, actor, till="BAR.1").fields["head"]).startswith("BAR.1:3:")


@pytest.mark.parametrize("code", ["", "A:B", "a b", "x" * 17, "office", "OFFICE", "-A", "Ä1", "T1\n"])
def test_codes_that_would_break_numbers_and_heads_are_refused(sqlite_shop: Shop, actor: Actor, code: str) -> None:
    assert refusal(sqlite_shop, create_till, CreateTill(code), actor) == "bad_field"


def test_two_tills_never_share_a_code(shop: Shop, actor: Actor) -> None:
    assert refusal(shop, create_till, CreateTill("T1"), actor) == "till_code_taken"
    assert refusal(shop, create_till, CreateTill("t1"), actor) == "till_code_taken"
    assert refusal(shop, create_till, CreateTill("T3", warehouse="Moon"), actor) == "unknown_warehouse"


def test_a_printer_is_kept_and_decides_whether_paper_waits(shop: Shop, actor: Actor) -> None:
    sell(shop, actor)
    assert rows(shop, "SELECT DISTINCT state FROM print_jobs") == [("skipped",)]
    printer = PrinterConfig(kind="memory", address="lab", opens_drawer=True)
    row = shop.execute(set_printer, SetPrinter(1, 1, printer), actor)
    assert (row.printer, row.version) == (printer, 2)
    assert shop.ask(printer_of, 1) == printer
    sell(shop, actor)
    assert rows(shop, "SELECT DISTINCT state FROM print_jobs ORDER BY state") == [("queued",), ("skipped",)]
    assert refusal(shop, set_printer, SetPrinter(1, 1, None), actor) == "changed_meanwhile"
    shop.execute(set_printer, SetPrinter(1, 2, None), actor)
    assert shop.ask(printer_of, 1) is None


def test_a_till_with_money_in_its_drawer_and_the_last_one_stay(shop: Shop, actor: Actor) -> None:
    open_drawer_with(shop, actor, 0)
    assert refusal(shop, edit_till, EditTill(1, 1, "", 1, is_active=False), actor) == "till_has_open_shift"
    close(shop, actor, 0)
    shop.execute(edit_till, EditTill(1, 1, "", 1, is_active=False), actor)
    assert refusal(shop, edit_till, EditTill(2, 1, "", 1, is_active=False), actor) == "last_till"
    with pytest.raises(ShopError) as caught:
        sell(shop, actor, till="T1")
    assert caught.value.code == "unknown_till"
    assert refusal(shop, edit_till, EditTill(2, 1, "", 99), actor) == "unknown_warehouse"


def test_a_till_is_found_by_name_by_person_or_is_the_first(shop: Shop, actor: Actor) -> None:
    def found(reader: Reader, code: str | None, who: Actor | None) -> str:
        return till_at(reader, code, who).code

    at_t2 = actor_of(shop, "ann", "T2")
    assert shop.ask(found, None, None) == "T1"
    assert shop.ask(found, None, at_t2) == "T2"
    assert shop.ask(found, "T1", at_t2) == "T1"


def test_only_who_may_edits_tills_and_tenders(sqlite_shop: Shop, clerk: Actor) -> None:
    for use_case, command in (
        (create_till, CreateTill("T3")),
        (edit_till, EditTill(1, 1, "", 1)),
        (set_printer, SetPrinter(1, 1, None)),
        (add_tender, AddTender("voucher2", "Voucher")),
        (edit_tender, EditTender(1, 1, "Cash")),
        (order_tenders, OrderTenders((3, 2, 1))),
    ):
        assert refusal(sqlite_shop, use_case, command, clerk) == "not_permitted"


def test_the_shop_adds_orders_and_retires_its_ways_of_paying(shop: Shop, actor: Actor) -> None:
    added = shop.execute(add_tender, AddTender("meal-card", "Meal card", opens_drawer=True), actor)
    assert (added.kind, added.position) == ("other", 3)
    assert refusal(shop, add_tender, AddTender("meal-card", "Again"), actor) == "tender_taken"
    assert refusal(shop, add_tender, AddTender("Meal Card", "Again"), actor) == "bad_field"
    assert refusal(shop, add_tender, AddTender("gold", "Gold", kind="metal"), actor) == "bad_field"
    assert refusal(shop, add_tender, AddTender("nameless", " "), actor) == "bad_field"
    assert sell(shop, actor, payments=pay(**{"meal-card": 350})).change_cents == 0
    ids = {row.code: row.id for row in shop.ask(tenders_list)}
    order = (ids["card"], ids["meal-card"], ids["cash"], ids["voucher"])
    shop.execute(order_tenders, OrderTenders(order), actor)
    assert [row.code for row in shop.ask(pay_panel)] == ["card", "meal-card", "cash", "voucher"]
    assert refusal(shop, order_tenders, OrderTenders(order[:3]), actor) == "bad_field"
    shop.execute(edit_tender, EditTender(added.id, 1, "Lunch card", is_active=False), actor)
    assert [row.code for row in shop.ask(pay_panel)] == ["card", "cash", "voucher"]
    with pytest.raises(ShopError):
        sell(shop, actor, payments=pay(**{"meal-card": 350}))
    assert refusal(shop, edit_tender, EditTender(added.id, 1, "Old version"), actor) == "changed_meanwhile"
    assert refusal(shop, edit_tender, EditTender(99, 1, "Nothing"), actor) == "not_found"


def test_cash_and_card_stay_in_use(shop: Shop, actor: Actor) -> None:
    assert refusal(shop, edit_tender, EditTender(1, 1, "Cash", is_active=False), actor) == "built_in_tender"
    shop.execute(edit_tender, EditTender(1, 1, "Notes and coins", opens_drawer=True), actor)
    assert one(shop, "SELECT name FROM payment_types WHERE code = 'cash'") == "Notes and coins"
