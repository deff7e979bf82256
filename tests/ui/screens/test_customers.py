"""The people's screens in the hands of somebody: added with a warning, changed, merged, exported, erased; groups, sellers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.marketing.wish_favourites import favourites_of
from shopdesk.marketing.wish_lists import AddWish, add_wish, wishes_of
from shopdesk.parties.addresses import addresses_of
from shopdesk.parties.customers import (
    ChangeCustomers,
    CreateCustomer,
    EditCustomer,
    change_customers,
    create_customer,
    edit_customer,
)
from shopdesk.parties.groups import SaveGroup, groups_of, save_group
from shopdesk.parties.notes import consents_in_force, notes_of
from shopdesk.parties.payment_methods import payment_methods_of
from shopdesk.parties.queries import customer_card
from shopdesk.parties.sellers import seller_card
from shopdesk.sales.cart_queries import held_carts
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.record_page import RecordPage
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.specs import ListScreen
from shopdesk.ui.screens.customer_page import CUSTOMER
from shopdesk.ui.screens.customer_reviews import REVIEWS
from shopdesk.ui.screens.customers import CUSTOMERS, DOUBLES
from shopdesk.ui.screens.groups import GROUP, GROUPS
from shopdesk.ui.screens.product_page import PRODUCT
from shopdesk.ui.screens.sellers import SELLERS, use_logo


class Ground(QWidget):
    """What stands in the office's place: it keeps the pages that are opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[RecordView] = []

    def open_page(self, page: RecordView) -> None:
        """Keep a page."""
        self.opened.append(page)
        page.setParent(self)
        page.show()


class Hands:
    """Somebody who works with pages and lists."""

    def __init__(self, desk: Desk, memory: Memory, qtbot: QtBot) -> None:
        self.desk, self.memory, self.qtbot = desk, memory, qtbot
        self.ground = Ground()
        qtbot.addWidget(self.ground)
        self.ground.resize(1366, 768)
        self.ground.show()

    def list(self, spec: ListScreen) -> ListView:
        """Open a list."""
        return self._show(ListView(spec, self.desk, self.memory, self.ground))

    def page(self, spec: RecordPage, record_id: int, tab: str = "") -> RecordView:
        """Open a page, at one of its tabs."""
        view = RecordView(spec, record_id, self.desk, self.memory, self.ground)
        if tab:
            view.open_tab(tab)
        return self._show(view)

    def tab(self, page: RecordView, key: str) -> Any:
        """Open a tab of a page and wait for it."""
        page.open_tab(key)
        self.settle()
        return page.tab(key)

    def dialog(self) -> Any:
        """The dialog on top."""
        return next(one for one in reversed(self.ground.findChildren(QDialog)) if one.isVisible())

    def fill(self, **values: object) -> Any:
        """Fill the fields of the form on top."""
        dialog = self.dialog()
        for key, value in values.items():
            field = dialog.view.input(key)
            field.set_value(value)
            field.edited.emit()
            self.settle()
        return dialog

    def press(self, name: str = "act") -> None:
        """Press a button of the dialog on top."""
        self.dialog().findChild(QWidget, name).click()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way."""
        for _time in range(3):
            self.qtbot.wait(1)
            self.qtbot.waitUntil(lambda: self.desk.lanes.busy == 0, timeout=10_000)

    def until(self, ready: Callable[[], object]) -> None:
        """Wait for something."""
        self.qtbot.waitUntil(lambda: bool(ready()), timeout=10_000)

    def _show(self, view: Any) -> Any:
        view.resize(1366, 768)
        view.show()
        self.settle()
        return view


@pytest.fixture
def hands(desk: Desk, memory: Memory, qtbot: QtBot) -> Hands:
    return Hands(desk, memory, qtbot)


def pick(hands: Hands, name: str, text: str) -> None:
    """Type into the picker on top and take the first hit."""
    picker = hands.dialog().findChild(QWidget, name)
    picker.line.setText(text)
    picker.line.textEdited.emit(text)
    hands.until(lambda: picker.rows)
    hands.settle()
    picker.picked.emit(picker.rows[0])
    hands.settle()


def test_a_new_customer_is_warned_of_and_the_same_mail_leads_to_who_has_it(hands: Hands, busy_shop: Shop) -> None:
    view = hands.list(CUSTOMERS)
    view.run("new")
    dialog = hands.fill(first_name="Kim", last_name="Lee")
    hands.until(lambda: dialog.messages.text)
    assert dialog.messages.text == "Kim Lee may be the same person."
    hands.fill(email="kim@example.org")
    hands.until(lambda: "already has" in dialog.messages.text)
    dialog.messages.findChild(QWidget, "open_double").click()
    hands.settle()
    (page,) = hands.ground.opened
    assert page.heading == "Kim Lee"
    assert len(view.model.rows) == 2


def test_a_customer_is_added_changed_and_comes_back_after_a_delete(hands: Hands, busy_shop: Shop, actor: Actor) -> None:
    view = hands.list(CUSTOMERS)
    view.run("new")
    hands.fill(first_name="Nora", last_name="Vale", email="nora@example.org")
    hands.press()
    (page,) = hands.ground.opened
    assert page.heading == "Nora Vale"
    form = hands.tab(page, "details")
    form.view.input("phone").set_value("+49 30 555")
    form.view.input("is_blocked").set_value(True)
    form.view.dirty = True
    form.submit()
    hands.settle()
    assert form.view.error("block_reason")
    form.view.input("block_reason").set_value("owes us")
    form.submit()
    hands.settle()
    card = busy_shop.ask(customer_card, 3, actor)
    assert (card.customer.phone, card.status, card.block_reason) == ("+4930555", "blocked", "owes us")
    page.run("delete")
    hands.settle()
    assert "no longer" in page._gone.text() or "does not exist" in page._gone.text()
    page.messages.findChild(QWidget, "undo").click()
    hands.settle()
    assert busy_shop.ask(customer_card, 3, actor).name == "Nora Vale"


def test_two_people_edit_one_customer_and_the_second_chooses(hands: Hands, busy_shop: Shop, actor: Actor) -> None:
    page = hands.page(CUSTOMER, 1)
    form = hands.tab(page, "details")
    form.view.input("phone").set_value("+49 30 1111")
    form.view.dirty = True
    card = busy_shop.ask(customer_card, 1, actor)
    other = EditCustomer(
        customer_id=1, version=card.version, first_name="Kim", last_name="Other", email="kim@example.org"
    )
    busy_shop.execute(edit_customer, other, actor)
    hands.settle()
    form.submit()
    hands.settle()
    assert hands.dialog() is not None
    assert busy_shop.ask(customer_card, 1, actor).customer.last_name == "Other"


def test_what_is_kept_for_a_customer_is_entered_on_the_page(hands: Hands, busy_shop: Shop, actor: Actor) -> None:
    page = hands.page(CUSTOMER, 1, "addresses")
    hands.tab(page, "addresses").run("add")
    hands.settle()
    dialog = hands.dialog()
    hands.until(lambda: dialog.view.input("country_code").value() == "DE")
    hands.until(lambda: len(dialog.view.input("state").options) == 17)
    hands.fill(line1="Home 1", city="Berlin", state="BE")
    hands.fill(country_code="VA")
    assert not dialog.view.input("state").isEnabled()
    hands.fill(country_code="US")
    hands.until(lambda: len(dialog.view.input("state").options) > 50)
    hands.fill(state="NY", postal_code="10001", city="New York")
    hands.press()
    (address,) = busy_shop.ask(addresses_of, 1)
    assert (address.country_code, address.state, address.is_default) == ("US", "NY", True)
    hands.tab(page, "payment_methods").run("add")
    hands.settle()
    dialog = hands.fill(payment_type_id=2, token="4111 1111 1111 1111", last4="1111")
    hands.press()
    assert "card number" in dialog.view.error("token")
    hands.fill(token="tok_8", billing_address_id=address.id)
    hands.press()
    (method,) = busy_shop.ask(payment_methods_of, 1)
    assert (method.token, method.last4, method.billing_address_id) == ("tok_8", "1111", address.id)
    hands.tab(page, "notes").run("add")
    hands.fill(text="Likes tea")
    hands.press()
    assert [note.text for note in busy_shop.ask(notes_of, 1)] == ["Likes tea"]
    hands.tab(page, "consents").run("record")
    hands.fill(kind="news_by_mail")
    hands.press()
    assert set(busy_shop.ask(consents_in_force, 1)) == {"news_by_mail"}
    hands.tab(page, "favourites").run("mark")
    pick(hands, "goods_picker", "mug")
    assert [row.sku for row in busy_shop.ask(favourites_of, 1)] == ["MUG"]


def test_wishes_become_a_held_sale(hands: Hands, busy_shop: Shop, actor: Actor) -> None:
    busy_shop.execute(add_wish, AddWish(1, 2), actor)
    page = hands.page(CUSTOMER, 1)
    wishes = hands.tab(page, "wishes")
    wishes.run("add")
    pick(hands, "goods_picker", "tea")
    assert len(busy_shop.ask(wishes_of, 1)) == 2
    hands.until(lambda: len(wishes.model.rows) == 2)
    wishes.table.selectAll()
    assert wishes.run("move")
    hands.settle()
    assert busy_shop.ask(wishes_of, 1) == ()
    (held,) = busy_shop.ask(held_carts)
    assert (held.customer, held.lines, held.total_cents) == ("Kim Lee", 2, 350 + 799)


def test_two_likely_doubles_are_merged_field_by_field(hands: Hands, busy_shop: Shop, actor: Actor) -> None:
    twin = busy_shop.execute(
        create_customer, CreateCustomer(first_name="Kim", last_name="Lee", phone="+49 30 777"), actor
    )
    view = hands.list(DOUBLES)
    (pair,) = view.model.rows
    assert (pair.first_id, pair.second_id) == (1, twin)
    view.table.selectRow(0)
    view.run("merge")
    hands.settle()
    dialog = hands.dialog()
    assert dialog.taken == ("phone",)
    assert set(dialog.choices) == {"email", "phone"}
    hands.press("swap")
    assert dialog.taken == ("email",)
    hands.press("swap")
    hands.press()
    hands.until(lambda: not view.model.rows)
    card = busy_shop.ask(customer_card, twin, actor)
    assert (card.id, card.customer.phone) == (1, "+4930777")


def test_two_people_are_not_shown_again_until_that_is_taken_back(hands: Hands, busy_shop: Shop, actor: Actor) -> None:
    busy_shop.execute(create_customer, CreateCustomer(first_name="Kim", last_name="Lee"), actor)
    view = hands.list(DOUBLES)
    view.table.selectRow(0)
    view.run("distinct")
    hands.until(lambda: not view.model.rows)
    view.messages.findChild(QWidget, "undo").click()
    hands.until(lambda: len(view.model.rows) == 1)


def test_a_customer_is_exported_and_erased(hands: Hands, busy_shop: Shop, actor: Actor, tmp_path: Path) -> None:
    page = hands.page(CUSTOMER, 1)
    for format, start in (("json", b"{"), ("pdf", b"%PDF")):
        page.run("export")
        hands.dialog().write(tmp_path / f"kim.{format}", format)
        hands.settle()
        hands.until((tmp_path / f"kim.{format}").exists)
        assert (tmp_path / f"kim.{format}").read_bytes().startswith(start)
    told = json.loads((tmp_path / "kim.json").read_text())
    assert told["customers"][0]["email"] == "kim@example.org"
    assert len(told["orders"]) == 3
    assert {line["sku"] for line in told["order_items"]} == {"TEA", "MUG", "BOOK", "SOAP"}
    page.run("erase")
    hands.settle()
    assert "Erase Kim Lee" in hands.dialog().findChild(QWidget, "act").text()
    assert "3 sales stay" in hands.dialog().findChild(QWidget, "erase_1").text()
    hands.press()
    hands.until(lambda: page.record is None)
    with busy_shop.database.reading() as connection:
        assert connection.execute(sa.text("SELECT status FROM customers WHERE id = 1")).scalar() == "erased"


def test_a_group_gets_a_member_and_is_removed(hands: Hands, busy_shop: Shop) -> None:
    groups = hands.list(GROUPS)
    groups.run("new")
    hands.fill(code="club", name="Wine club")
    hands.press()
    hands.until(lambda: len(groups.model.rows) == 1)
    page = hands.page(GROUP, 1)
    members = hands.tab(page, "members")
    members.run("put_in")
    pick(hands, "member_picker", "mül")
    assert busy_shop.ask(groups_of, 2) == ((1, "Wine club"),)
    hands.until(lambda: [row.name for row in members.model.rows] == ["Zoë Müller"])
    page.run("remove")
    hands.press()
    hands.until(lambda: not groups.model.rows)
    assert busy_shop.ask(groups_of, 2) == ()


def test_several_customers_are_changed_at_once(hands: Hands, busy_shop: Shop, actor: Actor) -> None:
    busy_shop.execute(save_group, SaveGroup(code="club", name="Club"), actor)
    report = busy_shop.execute(
        change_customers, ChangeCustomers(customer_ids=(1, 2, 99), group_id=1, tax_exempt=True), actor
    )
    assert (report.changed, [one.name for one in report.refused]) == (2, ["Customer 99"])
    assert busy_shop.ask(customer_card, 2, actor).customer.tax_exempt
    assert busy_shop.ask(groups_of, 2) == ((1, "Club"),)


def test_a_seller_is_entered_approved_and_gets_a_logo(hands: Hands, busy_shop: Shop, tmp_path: Path) -> None:
    view = hands.list(SELLERS)
    view.run("new")
    hands.fill(store_name="Clay & Kiln", business_email="clay@example.org", commission_ppm=300_000, is_verified=True)
    hands.press()
    hands.until(lambda: len(view.model.rows) == 1)
    view.table.selectRow(0)
    view.run("approve")
    hands.settle()
    seller = busy_shop.ask(seller_card, 1)
    assert (seller.slug, seller.status, seller.commission_ppm) == ("clay-kiln", "approved", 300_000)
    Image.new("RGB", (40, 40), "red").save(tmp_path / "logo.png")
    use_logo(view, 1, tmp_path / "logo.png")
    hands.until(lambda: busy_shop.ask(seller_card, 1).logo_blob_id is not None)
    hands.settle()
    view.run("edit")
    hands.settle()
    hands.fill(store_name="Clay and Kiln")
    hands.press()
    assert busy_shop.ask(seller_card, 1).store_name == "Clay and Kiln"


def test_a_review_of_what_was_bought_is_approved_and_averaged(hands: Hands, busy_shop: Shop) -> None:
    page = hands.page(CUSTOMER, 1)
    reviews = hands.tab(page, "reviews")
    reviews.run("write")
    hands.settle()
    dialog = hands.dialog()
    words = [word for _value, word in dialog.view.input("product_id").options]
    assert words == ["Green tea", "Mug", "Soap"], "the book was taken back"
    hands.fill(product_id=1, rating=4, title="Good")
    hands.press()
    hands.until(lambda: len(reviews.model.rows) == 1)
    listed = hands.list(REVIEWS)
    listed.table.selectRow(0)
    listed.run("approve")
    hands.until(lambda: listed.model.rows[0].status == "approved")
    product = hands.page(PRODUCT, 1, "reviews")
    shown = hands.tab(product, "reviews")
    hands.until(lambda: shown.average.text() == "4.0 of 5 stars, from 1 approved review")
