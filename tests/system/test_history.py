"""The history of one thing: before and after in one form, sealed for customers, and only for who may see the thing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from shopdesk.catalogue.barcode_rules import SaveBarcodeRule, save_barcode_rule
from shopdesk.catalogue.price_lists import SavePriceList, SetListPrice, save_price_list, set_list_price
from shopdesk.catalogue.taxes import SaveTaxClass, SaveTaxRate, save_tax_class, save_tax_rate
from shopdesk.core.actor import Actor
from shopdesk.core.errors import NotPermitted
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.inventory.warehouses import SaveWarehouse, save_warehouse
from shopdesk.parties.customers import CreateCustomer, EditCustomer, create_customer, edit_customer
from shopdesk.parties.models import Customer
from shopdesk.sales.tenders import EditTender, edit_tender, tenders_list
from shopdesk.sales.tills import EditTill, edit_till, tills_list
from shopdesk.system.audit import record
from shopdesk.system.history import Change, HistoryRow, changes_of, history_page, sealed_change, what_changed
from shopdesk.system.models import AuditEntry
from shopdesk.system.sealed import seal, unseal
from shopdesk.system.settings import ChangeSettings, change_settings, shop_settings
from shopdesk.system.users import ChangeUser, SetUserRole, change_user, set_user_role, user_id_of
from tests.support.statements import counted

NEWEST = PageRequest(descending=True)


def history(shop: Shop, actor: Actor, kind: str, target: object) -> tuple[HistoryRow, ...]:
    """What was done to a thing, the newest first."""
    return shop.ask(history_page, NEWEST, target_type=kind, target_id=str(target), actor=actor).rows


def newest(shop: Shop, actor: Actor, kind: str, target: object) -> dict[str, tuple[object, object]]:
    """The last change by field: before and after."""
    return {one.field: (one.before, one.after) for one in history(shop, actor, kind, target)[0].changes}


def test_only_what_differs_is_told_and_equal_spellings_are_equal():
    told = what_changed(
        {"name": "Tea", "price_cents": 350, "codes": ("1", "2"), "at": datetime(2026, 1, 2, tzinfo=UTC), "gone": 1},
        {"name": "Tea", "price_cents": 400, "codes": ["1", "2"], "at": datetime(2026, 1, 2, tzinfo=UTC), "new": None},
    )
    assert told == {"changed": {"price_cents": [350, 400]}}
    assert what_changed({"a": 1}, {"a": 1}) == {}
    assert what_changed({}, {"day": date(2026, 1, 2)}) == {"changed": {"day": [None, "2026-01-02"]}}
    assert what_changed({"a": 1, "b": 2}, {"a": 2, "b": 3}, veiled=("b",)) == {
        "changed": {"a": [1, 2]},
        "veiled": ["b"],
    }
    assert what_changed({"set": {"b", "a"}}, {"set": frozenset({"a", "b"})}) == {}


def test_a_part_of_the_thing_is_named_after_the_sign():
    told = what_changed({"price_cents@TEA": 350}, {"price_cents@TEA": 400})
    assert changes_of(told) == (Change("price_cents", 350, 400, "TEA"),)


def test_what_is_sealed_is_read_with_the_salt_alone():
    words = seal(b"Kim Lee", "salt of kim")
    assert b"Kim" not in words.encode()
    assert unseal(words, "salt of kim") == b"Kim Lee"
    assert unseal(words, "salt of jo") is None
    assert unseal("no base64", "salt of kim") is None
    assert unseal("", "salt of kim") is None
    assert seal(b"Kim Lee", "salt of kim") != words
    assert sealed_change({"name": "Kim"}, {"name": "Kim"}, "salt") == {}
    assert sealed_change({"name": "Kim"}, {"name": "Jo"}, None) == {"veiled": ["name"]}


def test_a_customers_names_are_in_the_history_until_the_salt_is_gone(shop: Shop, actor: Actor):
    customer = shop.execute(create_customer, CreateCustomer(first_name="Zoe", last_name="Quinn"), actor)
    shop.execute(
        edit_customer, EditCustomer(customer_id=customer, version=1, first_name="Zoe", last_name="Brandt"), actor
    )
    assert newest(shop, actor, "customer", customer)["last_name"] == ("Quinn", "Brandt")
    with shop.database.reading() as connection:
        lines = connection.execute(sa.select(AuditEntry.details).where(AuditEntry.target_type == "customer")).scalars()
        assert all("Quinn" not in line and "Brandt" not in line for line in lines)

    def forget(uow: UnitOfWork, _command: object) -> None:
        uow.connection.execute(sa.update(Customer).where(Customer.id == customer).values(salt=None))

    shop.execute(forget, None, actor)
    (edited, *_rest) = history(shop, actor, "customer", customer)
    assert [change for change in edited.changes if not change.veiled and change.field == "last_name"] == []
    assert any(change.veiled for change in edited.changes)


def test_each_edit_of_the_shops_own_tables_tells_before_and_after(shop: Shop, actor: Actor):
    rate = shop.execute(save_tax_rate, SaveTaxRate(code="eco", name="Eco", rate_ppm=50_000), actor)
    edited = SaveTaxRate(code="eco", name="Eco", rate_ppm=60_000, rate_id=rate, version=1)
    shop.execute(save_tax_rate, edited, actor)
    assert newest(shop, actor, "tax_rate", rate) == {"rate_ppm": (50_000, 60_000)}

    group = shop.execute(save_tax_class, SaveTaxClass(code="eco", name="Eco goods", rates=((rate, False),)), actor)
    shop.execute(save_tax_class, SaveTaxClass(code="eco", name="Eco", rates=(), class_id=group, version=1), actor)
    assert newest(shop, actor, "tax_class", group) == {"name": ("Eco goods", "Eco"), "rates": (["Eco"], [])}

    listed = shop.execute(save_price_list, SavePriceList(code="vip", name="VIP"), actor)
    shop.execute(save_price_list, SavePriceList(code="vip", name="Friends", price_list_id=listed, version=1), actor)
    assert newest(shop, actor, "price_list", listed) == {"name": ("VIP", "Friends")}
    shop.execute(set_list_price, SetListPrice(listed, "TEA", 300), actor)
    shop.execute(set_list_price, SetListPrice(listed, "TEA", 320), actor)
    (priced, *_older) = history(shop, actor, "price_list", listed)
    assert priced.changes == (Change("price_cents", 300, 320, "TEA"),)

    rule = SaveBarcodeRule(name="Scale", prefix="28", item_digits=5, value_digits=5, kind="weight")
    rule_id = shop.execute(save_barcode_rule, rule, actor)
    assert newest(shop, actor, "barcode_rule", rule_id)["prefix"] == (None, "28")

    house = shop.execute(save_warehouse, SaveWarehouse(name="Shed"), actor)
    shop.execute(save_warehouse, SaveWarehouse(name="Barn", warehouse_id=house, version=1), actor)
    assert newest(shop, actor, "warehouse", house)["name"] == ("Shed", "Barn")

    till = shop.ask(tills_list)[0]
    shop.execute(edit_till, EditTill(till.id, till.version, "Front", till.warehouse_id), actor)
    assert newest(shop, actor, "till", till.code) == {"name": (till.name, "Front")}

    tender = shop.ask(tenders_list)[0]
    changed = EditTender(tender.id, tender.version, "Coins", tender.description, tender.opens_drawer)
    shop.execute(edit_tender, changed, actor)
    assert newest(shop, actor, "payment_type", tender.code) == {"name": (tender.name, "Coins")}

    before = shop.ask(shop_settings)
    shop.execute(change_settings, ChangeSettings({"receipt_footer": "Thank you"}), actor)
    assert newest(shop, actor, "shop", before.shop_uid) == {"receipt_footer": (before.receipt_footer, "Thank you")}


def test_a_users_reach_is_named_but_not_told(shop: Shop, actor: Actor):
    ann = shop.ask(user_id_of, "ann")
    change = ChangeUser(ann, 1, "Ann", "Bell", email="ann@example.org")
    shop.execute(change_user, change, actor)
    (line, *_older) = history(shop, actor, "user", "ann")
    assert Change("last_name", "", "Bell") in line.changes
    assert Change("email", veiled=True) in line.changes
    shop.execute(set_user_role, SetUserRole(ann, "back_office"), actor)
    assert newest(shop, actor, "user", "ann") == {"role": ("clerk", "back_office")}


def test_costs_are_for_who_may_see_costs(shop: Shop, actor: Actor):
    def note(uow: UnitOfWork, _command: object) -> None:
        told = what_changed({"cost_cents@TEA": 100, "name": "a"}, {"cost_cents@TEA": 120, "name": "b"})
        record(uow, "product.edit", target_type="product", target_id=7, details={**told, "cost_total_cents": 5})

    shop.execute(note, None, actor)
    (line,) = history(shop, actor, "product", 7)
    assert line.changes == (Change("cost_cents", 100, 120, "TEA"), Change("name", "a", "b"))
    assert line.facts == {"cost_total_cents": 5}
    clerk = Actor(actor.user_id, "kim", "clerk", frozenset({Permission.CATALOGUE_VIEW}))
    (line,) = history(shop, clerk, "product", 7)
    assert line.changes == (Change("cost_cents", subject="TEA", veiled=True), Change("name", "a", "b"))
    assert line.facts == {}


def test_who_may_not_see_the_thing_may_not_read_its_history(shop: Shop):
    nobody = Actor(1, "nobody", "clerk", frozenset({Permission.CATALOGUE_VIEW}))
    for kind in ("customer", "user", "shop", "role", "anything else"):
        with pytest.raises(NotPermitted):
            history(shop, nobody, kind, 1)
    assert history(shop, nobody, "product", 1) is not None


def test_pages_go_back_in_time_by_the_index_of_targets(shop: Shop, actor: Actor):
    def note(uow: UnitOfWork, _command: object) -> None:
        for number in range(7):
            details = what_changed({"n": number}, {"n": number + 1})
            record(uow, "product.edit", target_type="product", target_id=9, details=details)

    shop.execute(note, None, actor)
    request, found = PageRequest(descending=True, limit=3), []
    while True:
        page = shop.ask(history_page, request, target_type="product", target_id="9", actor=actor)
        found += [row.changes[0].after for row in page.rows]
        if page.next is None:
            break
        request = PageRequest(descending=True, limit=3, after=page.next)
    assert found == [7, 6, 5, 4, 3, 2, 1]
    with counted(shop) as statements:
        history(shop, actor, "product", 9)
    assert len(statements) == 1
    if shop.database.write_engine.dialect.name == "sqlite":
        with shop.database.reading() as connection:
            plan = connection.exec_driver_sql(
                "EXPLAIN QUERY PLAN SELECT id FROM audit_log WHERE target_type = ? AND target_id = ? "
                "AND target_type <> 'order' ORDER BY id DESC LIMIT 3",
                ("product", "9"),
            ).all()
        assert "ix_audit_log_target" in str(plan)


def test_a_count_under_the_name_of_the_changes_is_a_fact(shop: Shop, actor: Actor):
    def write(uow: UnitOfWork, details: dict[str, object]) -> None:
        record(uow, "import.end", target_type="feed", target_id="7", details=details)

    shop.execute(write, {"kind": "products", "made": 2, "changed": 3}, actor)
    (row,) = history(shop, actor, "feed", 7)
    assert (row.changes, row.facts["changed"]) == ((), 3)
