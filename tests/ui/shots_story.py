"""The way through the program that the pictures are taken on: from the door through the till to the office."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QDialog

from shopdesk.app import open_shop
from shopdesk.books.demo import DEMO_PEOPLE
from shopdesk.core.ids import uuid7
from shopdesk.core.secrets import secret_store
from shopdesk.db.shop import Shop
from shopdesk.sales.shifts import OpenShift, open_shift
from shopdesk.system.actors import local_actor
from shopdesk.system.enrolment import enrol_this_till
from shopdesk.ui.dialogs.first_run import STEPS, FirstRun
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.tasks import Lanes
from shopdesk.ui.login import DemoSecret
from shopdesk.ui.main_window import MainWindow
from shopdesk.ui.opening import look_around
from shopdesk.ui.till.pay_state import Stage
from shopdesk.ui.till.screen import TillScreen
from tests.ui.shots_office import walk_office

if TYPE_CHECKING:
    from tests.ui.shots import Photographer


def tell_story(camera: Photographer, address: str) -> None:
    """Take every picture."""
    shop = open_shop(address)
    till_id = 1
    boss = replace(local_actor(shop), till_id=till_id)
    enrol_this_till(shop, secret_store(), till_id, boss)
    lanes = Lanes()
    window = MainWindow(Memory(Path(address.removeprefix("sqlite:///")).with_suffix(".window")))
    window.resize(camera.look.width, camera.look.height)
    window.show()
    _wizard(camera, window, lanes)
    people = [DemoSecret(one.username, one.title, one.password, one.pin) for one in DEMO_PEOPLE]
    window.shop_is_open(look_around(shop), lanes, people)
    camera.wait(lambda: window.faces is not None)
    window.faces.sounds.enabled = False
    camera.rest(lanes)
    camera.shoot("sign-in", window)
    _come_in(camera, window, "clerk")
    camera.wait(lambda: window.faces.till is not None and window.faces.till.till.standing is not None)
    till = window.faces.till
    assert till is not None
    camera.rest(lanes)
    if camera.look.empty:
        camera.shoot("till-empty-shop", window)
    else:
        _till(camera, window, till, shop, lanes)
    _office(camera, window, lanes)
    till.hide()
    till.card.close()
    lanes.close()
    shop.close()


def _come_in(camera: Photographer, window: MainWindow, username: str) -> None:
    person = next(one for one in DEMO_PEOPLE if one.username == username)
    assert window.presence is not None
    window.presence.refused.connect(lambda sentence: print("refused:", sentence))
    window.presence.by_password(person.username, person.password, False)
    camera.wait(lambda: window.presence.session is not None and window.presence.session.actor.username == username)


def _wizard(camera: Photographer, window: MainWindow, lanes: Lanes) -> None:
    page = FirstRun("sqlite:///nowhere.db", open_shop, lambda _address: None, lanes)
    window.show_page(page)
    camera.wait(lambda: bool(page.forms))
    camera.rest(lanes)
    for step in STEPS:
        page._show(STEPS.index(step))
        camera.shoot(f"wizard-{step}", window)
    window.stack.setCurrentWidget(window.entry)
    window.stack.removeWidget(page)
    page.deleteLater()


def _till(camera: Photographer, window: MainWindow, till: TillScreen, shop: Shop, lanes: Lanes) -> None:
    def shoot(name: str) -> None:
        camera.rest(lanes)
        camera.shoot(name, window)

    def dialog(name: str, run: Callable[[], object]) -> None:
        run()
        camera.wait(lambda: _dialog() is not None)
        camera.rest(lanes)
        found = _dialog()
        assert found is not None
        camera.shoot(name, found)
        found.reject()
        camera.rest(lanes)

    shoot("till-no-shift")
    dialog("shift-open", till.drawer_work.open_shift)
    if till.till.standing is not None and till.till.standing.shift is None:
        shop.execute(open_shift, OpenShift(uuid7(), 20_000), till.till.actor)
        till.till.look_around()
    shoot("till-empty")
    camera.wait(lambda: len(_variants(till)) >= 5)
    variants = _variants(till)
    for place, variant in enumerate(variants[:5]):
        till.selling.variant(variant, (place % 3 + 1) * 1000)
    camera.wait(lambda: not till.selling.waiting)
    till.customers.take(1)
    camera.wait(lambda: till.till.state.cart.buyer is not None)
    camera.rest(lanes)
    dialog("discount", till.lines_work.discount)
    from shopdesk.sales.basket import Discount

    line = till.till.state.cart.lines[1]
    till.till.state.set_discount(line.id, Discount(ppm=100_000, label="happy hour"))
    till.till.state.set_note("Gift wrap, please")
    shoot("till-filled")
    till.field.setText("co")
    till.selling.words_typed("co")
    camera.wait(till.view.drop.isVisible)
    shoot("till-search")
    till.field.clear()
    till.selling.words_typed("")
    camera.rest(lanes)
    till.selling.scan("9999999999994")
    camera.wait(lambda: bool(till.messages.text))
    shoot("till-unknown")
    till.messages.clear()
    product = next((tile for tile in till.goods.tiles.model.tiles if tile.variant_id is None), None)
    if product is not None:
        till.goods.tiles.pressed.emit(product)
        shoot("till-variants")
        till.goods.open(till.goods._back_to)
    for name, run in (
        ("quantity", till.lines_work.quantity),
        ("price", till.lines_work.price),
        ("why", till.lines_work.why),
        ("customer", till.customers.choose),
        ("note", till.lines_work.note),
        ("hold", till.sales_work.hold),
        ("last-sales", till.sales_work.recent),
        ("cash-out", till.drawer_work.cash_out),
        ("x-report", till.drawer_work.report),
        ("keys", till.view.show_keys),
    ):
        dialog(name, run)
    _new_customer(camera, till)
    _approval(camera, till)
    menu = till.view.actions.open_menu()
    camera.shoot("more-menu", menu)
    menu.close()
    camera.rest(lanes)
    _pay(camera, window, till, lanes)
    till.till.state.training = True
    till.drawer_work.training_changed.emit(True)
    shoot("till-training")
    till.till.state.training = False
    till.drawer_work.training_changed.emit(False)
    _close(camera, till)
    camera.rest(lanes)
    _long(camera, window, till, lanes, variants)


def _variants(till: TillScreen) -> list[int]:
    found = []
    for tile in till.goods.tiles.model.tiles:
        if tile.variant_id is not None and "/" not in tile.price:
            found.append(tile.variant_id)
    return found


def _new_customer(camera: Photographer, till: TillScreen) -> None:
    made = till.customers.choose()
    assert made is not None
    made.picker.line.setText("Kim Lee")
    made.show_form()
    camera.shoot("new-customer", made)
    made.reject()


def _approval(camera: Photographer, till: TillScreen) -> None:
    from shopdesk.core.permissions import Permission

    made = till.till.ask_manager_for(
        Permission.DISCOUNT_OVER_CAP, till.till.state.cart.uid, 300, "€3.00 off: Untaxed book", lambda _uid: None
    )
    camera.wait(lambda: made.ready)
    camera.shoot("approval", made)
    made.reject()


def _pay(camera: Photographer, window: MainWindow, till: TillScreen, lanes: Lanes) -> None:
    till.paying.open()
    camera.wait(lambda: till.paying.pay is not None)
    camera.rest(lanes)
    camera.shoot("pay", window)
    till.paying.give_cash(500)
    camera.shoot("pay-split", window)
    assert till.paying.pay is not None
    till.paying.pay.stage = Stage.CARD
    till.paying._show()
    till.view.pay.show_card("€12.00 at the card terminal", may_stop=True)
    camera.shoot("pay-card", window)
    till.paying.pay.stage = Stage.TAKING
    till.paying._show()
    till.paying.give_cash(10_000)
    camera.wait(lambda: till.paying.stage is Stage.DONE)
    camera.rest(lanes)
    camera.shoot("change-due", window)
    till.paying.finish()
    camera.rest(lanes)


def _close(camera: Photographer, till: TillScreen) -> None:
    made = till.drawer_work.close_shift()
    assert made is not None
    for cents, pieces in ((10_000, 1), (5_000, 2), (100, 7)):
        if cents in made.count.fields:
            made.count.fields[cents].set_value(pieces)
    camera.shoot("shift-close", made)
    made._close()
    camera.wait(lambda: made.difference_cents is not None)
    camera.shoot("shift-close-difference", made)
    made.reject()


def _long(camera: Photographer, window: MainWindow, till: TillScreen, lanes: Lanes, variants: list[int]) -> None:
    """Many lines, and a name of two hundred letters."""
    import msgspec

    for variant in variants:
        till.selling.variant(variant)
    camera.wait(lambda: not till.selling.waiting)
    camera.rest(lanes)
    state = till.till.state
    first = state.cart.lines[-1]
    named = msgspec.structs.replace(first.goods, product_name="Pot pourri of " + "every herb and flower " * 9)
    state._change(state.cart.change(replace(first, goods=named)))
    camera.shoot("till-many-lines", window)
    till.till.keeper.rest()
    till.till.begin_sale()
    camera.rest(lanes)


def _office(camera: Photographer, window: MainWindow, lanes: Lanes) -> None:
    assert window.faces is not None
    _come_in(camera, window, "manager")
    camera.rest(lanes)
    window.faces.show_office()
    camera.wait(lambda: window.faces.office is not None)
    office = window.faces.office
    assert office is not None
    camera.rest(lanes)
    walk_office(camera, window, office, lanes)
    assert window.presence is not None
    window.presence.lock()
    camera.rest(lanes)
    camera.shoot("locked", window)


def _dialog() -> QDialog | None:
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog) and widget.isVisible():
            return widget
    return None
