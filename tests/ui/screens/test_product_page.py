"""The product editor as people use it: twelve variants by keyboard, codes of others, two people at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.catalogue.product_fields import VariantFields
from shopdesk.catalogue.products import CreateProduct, as_edit, create_product, edit_product
from shopdesk.catalogue.queries import product_card
from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.screens.product_editor import ProductEditor
from shopdesk.ui.screens.product_page import PRODUCT
from tests.ui.screens.product_worker import Worker, picture, press, saved_product


@pytest.fixture
def worker(desk: Desk, memory: Memory, qtbot: QtBot) -> Iterator[Worker]:
    made = Worker(desk, memory, qtbot)
    yield made
    made.settle()


def test_twelve_variants_with_pictures_are_made_by_keyboard(
    worker: Worker, busy_shop: Shop, tmp_path: Path, qtbot: QtBot
) -> None:
    begun = time.monotonic()
    page = worker.open(0)
    page.take_focus()
    editor = worker.editor
    press(editor.texts.input("title"), "Linen shirt")
    options = editor.variants.options
    for name, values in (("Size", "S, M, L"), ("Colour", "Red, Blue, White, Black")):
        press(options._add, "", Qt.Key.Key_Space)
        press(options._lines[-1][1], name)
        press(options._lines[-1][2], values)
    press(options._lines[-1][2], "", Qt.Key.Key_Return)
    worker.settle()
    table, model = editor.variants.table, editor.variants.model
    assert model.rowCount() == 12
    assert table.currentIndex().column() == worker.column("price_cents")
    press(table, "2")  # typing writes over what stood there
    press(table.findChild(QWidget, "cell_editor"), "9.90", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: table.currentIndex().row() == 1)
    table.setCurrentIndex(model.index(0, worker.column("price_cents")))
    QTest.keyClick(table, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    editor.variants.make_codes()
    worker.settle()
    clipboard = QGuiApplication.clipboard()
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    clipboard.setImage(image)
    QTest.keyClick(editor.pictures.strip, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    editor.pictures.add_files([picture(tmp_path, "blue_shirt.png", "blue")])
    qtbot.waitUntil(lambda: editor.pictures.strip.count() == 2 and not editor.pictures.waiting)
    QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    worker.editor.save()
    worker.settle()
    assert page.messages.text == "Saved."
    assert time.monotonic() - begun < 60
    card = saved_product(busy_shop, "Linen shirt")
    assert page.record_id == card.id
    assert len(card.product.variants) == 12
    assert {variant.price_cents for variant in card.product.variants} == {2_990}
    assert all(len(variant.barcodes) == 1 for variant in card.product.variants)
    assert card.product.variants[0].sku == "LINENSHIRT-S-RED"
    assert [image[3] for image in card.images] == [True, False]
    assert "blue shirt" in {image[2] for image in card.images}
    assert not page.dirty


def test_the_grid_holds_together(worker: Worker) -> None:
    worker.open(1)
    QAbstractItemModelTester(worker.editor.variants.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    QAbstractItemModelTester(worker.editor.facts, QAbstractItemModelTester.FailureReportingMode.Fatal)
    worker.write(0, "price_cents", "4.20")
    worker.editor.variants.model.show_retired(True)
    facts = worker.editor.facts
    facts.setData(facts.index(0, 0), "Origin")
    facts.setData(facts.index(0, 1), "Japan")
    assert facts.facts == (("Origin", "Japan", ""),)
    facts.drop(0)
    assert not worker.editor.facts.facts


def test_margins_follow_the_price_the_cost_and_the_tax(worker: Worker, busy_shop: Shop) -> None:
    worker.open(saved_product(busy_shop, "Mug").id)
    model = worker.editor.variants.model
    amount, share = worker.column("margin_cents"), worker.column("margin_ppm")
    worker.write(0, "cost_cents", "3.36")
    assert (model.text(0, amount), model.text(0, share)) == ("3.35", "49.9 %")  # 7.99 with 19 % in it is 6.71
    worker.write(0, "price_cents", "11.90")
    assert (model.text(0, amount), model.text(0, share)) == ("6.64", "66.4 %")
    worker.type("tax_class_id", None)
    assert model.text(0, amount) == "8.54"
    worker.write(0, "cost_cents", "")
    assert (model.text(0, amount), model.text(0, share)) == ("", "")


def test_what_is_not_touched_stays_as_it_is_whenever_it_is_saved(worker: Worker, busy_shop: Shop) -> None:
    mug = saved_product(busy_shop, "Mug")
    worker.open(mug.id)
    assert worker.editor.place.input("tax_class_id").value() == mug.product.tax_class_id is not None
    worker.type("badge", "New")
    assert worker.save() == "Saved."
    assert saved_product(busy_shop, "Mug").product == replace(mug.product, badge="New")
    page = RecordView(PRODUCT, mug.id, worker.desk, worker.memory, worker.host)
    early = ProductEditor(page, saved_product(busy_shop, "Mug"))  # its choices have not arrived
    assert early.values() == saved_product(busy_shop, "Mug").product
    worker.settle()
    assert early.values() == saved_product(busy_shop, "Mug").product


def test_what_is_typed_wrong_stays_in_its_cell_and_is_not_saved(worker: Worker, busy_shop: Shop) -> None:
    mug = saved_product(busy_shop, "Mug")
    worker.open(mug.id)
    editor, model = worker.editor, worker.editor.variants.model
    worker.write(0, "price_cents", "much")
    assert model.text(0, worker.column("price_cents")) == "much"
    assert editor.variants.problem.isVisible()
    assert worker.save() == ""
    assert saved_product(busy_shop, "Mug") == mug
    worker.write(0, "price_cents", "8.99")
    assert not editor.variants.problem.isVisible()
    worker.type("title", "")
    worker.save()
    assert editor.texts.error("title")
    worker.type("title", "Big mug")
    assert worker.save() == "Saved."
    assert saved_product(busy_shop, "Big mug").product.variants[0].price_cents == 899


def test_a_code_of_another_product_is_refused_with_the_way_there(worker: Worker, busy_shop: Shop) -> None:
    mug = saved_product(busy_shop, "Mug")
    worker.open(mug.id)
    variants = worker.editor.variants
    for key, code, back in (("sku", "TEA", "MUG"), ("barcodes", "4006381333931", "4002385002017")):
        worker.write(0, key, code)
        worker.qtbot.waitUntil(variants.way.isVisible)
        assert variants.problem.text() == f"{code} already belongs to Green tea."
        assert worker.save() == ""  # nothing is sent while a cell is wrong
        variants.way.click()
        assert worker.host.opened[-1].record_id == saved_product(busy_shop, "Green tea").id
        worker.write(0, key, back)
        assert not variants.way.isVisible()
    assert saved_product(busy_shop, "Mug") == mug


def test_a_code_that_somebody_takes_meanwhile_is_refused_beside_its_field(
    worker: Worker, busy_shop: Shop, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopdesk.ui.screens.product_variants.codes_in_use", lambda *_args: {})
    worker.open(saved_product(busy_shop, "Mug").id)
    worker.write(0, "sku", "TEA")
    worker.save()
    variants = worker.editor.variants
    assert variants.problem.text() == "TEA already belongs to Green tea."
    assert variants.way.isVisible()
    assert variants.table.currentIndex().column() == worker.column("sku")


def test_filling_copying_and_pasting(worker: Worker, busy_shop: Shop, actor: Actor) -> None:
    rows = tuple(VariantFields(sku=f"R{n}", price_cents=n, traits=(("No", str(n)),)) for n in range(1, 5))
    made = busy_shop.execute(create_product, CreateProduct(title="Rows", variants=rows), actor)
    worker.open(made.product_id)
    table, model = worker.editor.variants.table, worker.editor.variants.model
    price, cost, sku = worker.column("price_cents"), worker.column("cost_cents"), worker.column("sku")
    table.setCurrentIndex(model.index(1, price))
    table.fill_down()
    assert [variant.price_cents for variant in model.variants] == [1, 2, 2, 2]
    table.set_all()
    assert [variant.price_cents for variant in model.variants] == [2, 2, 2, 2]
    table.setCurrentIndex(model.index(0, sku))
    table.set_all()  # codes belong to one
    assert [variant.sku for variant in model.variants] == ["R1", "R2", "R3", "R4"]
    table.setCurrentIndex(model.index(1, price))
    table.paste("5.00\t6.00\n7.00\t8.00\nbad")
    assert [(variant.price_cents, variant.compare_at_cents) for variant in model.variants] == [
        (2, None),
        (500, 600),
        (700, 800),
        (2, None),
    ]
    assert model.problems == {(3, "price_cents"): "This is no figure that can be used here."}
    table.selectAll()
    assert table.copied().split("\n")[1].split("\t")[price:cost] == ["5.00", "6.00"]
    active = model.index(0, worker.column("is_active"))
    assert model.setData(active, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert not model.variants[0].is_active


def test_a_sold_variant_is_retired_and_its_value_brings_it_back(worker: Worker, busy_shop: Shop, actor: Actor) -> None:
    variants = tuple(
        VariantFields(sku=f"CAP-{size}", price_cents=500, track_stock=False, traits=(("Size", size),)) for size in "SML"
    )
    made = busy_shop.execute(create_product, CreateProduct(title="Cap", variants=variants), actor)
    busy_shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="CAP-M"),)), actor)
    worker.open(made.product_id)
    options = worker.editor.variants.options
    options._lines[0][2].setText("L")
    worker.editor.variants.make_grid()
    worker.settle()
    assert [variant.sku for variant in worker.editor.variants.model.variants] == ["CAP-L"]
    assert worker.save() == "Saved."
    kept = {variant.sku: variant for variant in busy_shop.ask(product_card, made.product_id).product.variants}
    assert set(kept) == {"CAP-L", "CAP-M"}
    assert not kept["CAP-M"].is_active
    assert worker.editor.variants.retired.isVisible()
    assert worker.editor.variants.model.rowCount() == 1
    options._lines[0][2].setText("S, M, L")
    worker.editor.variants.make_grid()
    worker.settle()
    assert worker.save() == "Saved."
    back = {variant.sku: variant for variant in busy_shop.ask(product_card, made.product_id).product.variants}
    assert back["CAP-M"].variant_id == kept["CAP-M"].variant_id
    assert all(variant.is_active for variant in back.values())


def test_two_people_change_different_things_and_both_stay(worker: Worker, busy_shop: Shop, actor: Actor) -> None:
    mug = saved_product(busy_shop, "Mug")
    page = worker.open(mug.id)
    page.setVisible(True)
    worker.type("badge", "Mine")
    theirs = replace(mug.product, description="Theirs")
    busy_shop.execute(edit_product, as_edit(mug.id, mug.version, theirs), actor)
    worker.settle()
    assert worker.save() == "Saved."
    both = busy_shop.ask(product_card, mug.id).product
    assert (both.badge, both.description) == ("Mine", "Theirs")


def test_two_people_change_the_same_price_and_the_second_chooses(worker: Worker, busy_shop: Shop, actor: Actor) -> None:
    for theirs_wins, theirs, wanted in ((True, 111, 111), (False, 222, 333)):
        mug = saved_product(busy_shop, "Mug")
        worker.open(mug.id)
        worker.write(0, "price_cents", "3.33")
        variant = replace(mug.product.variants[0], price_cents=theirs)
        edit = as_edit(mug.id, mug.version, replace(mug.product, variants=(variant,), badge=str(wanted)))
        busy_shop.execute(edit_product, edit, actor)
        worker.settle()
        worker.save()
        dialog = worker.dialog()
        texts = [button.text() for button in dialog.findChildren(QRadioButton)]
        assert texts == [f"{theirs / 100:.2f}", "3.33"]
        variant_id = mug.product.variants[0].variant_id
        dialog.choose(f"{variant_id}:price_cents", theirs=theirs_wins)
        dialog.findChild(QPushButton, "act").click()
        worker.settle()
        now = busy_shop.ask(product_card, mug.id).product
        assert (now.variants[0].price_cents, now.badge) == (wanted, str(wanted))


def test_news_of_other_products_does_not_disturb_who_is_typing(worker: Worker, busy_shop: Shop, actor: Actor) -> None:
    page = worker.open(saved_product(busy_shop, "Mug").id)
    table, model = worker.editor.variants.table, worker.editor.variants.model
    table.setCurrentIndex(model.index(0, worker.column("price_cents")))
    press(table, "9")
    cell = table.findChild(QWidget, "cell_editor")
    busy_shop.execute(
        create_product, CreateProduct(title="Other", variants=(VariantFields(sku="OTHER", price_cents=1),)), actor
    )
    page.refresh()
    worker.settle()
    assert table.findChild(QWidget, "cell_editor") is cell
    press(cell, ".50", Qt.Key.Key_Return)
    worker.qtbot.waitUntil(lambda: model.variants[0].price_cents == 950)


def test_five_hundred_variants_are_filled_at_once(worker: Worker) -> None:
    worker.open(0)
    worker.type("title", "Screws")
    options = worker.editor.variants.options
    options.add_line("Length", ", ".join(f"{mm} mm" for mm in range(10, 260, 10)))
    options.add_line("Head", ", ".join(f"H{head}" for head in range(20)))
    worker.editor.variants.make_grid()
    worker.settle()
    table, model = worker.editor.variants.table, worker.editor.variants.model
    assert model.rowCount() == 500
    told: list[None] = []
    model.edited.connect(lambda: told.append(None))
    model.write(0, worker.column("price_cents"), "0.20")
    table.setCurrentIndex(model.index(0, worker.column("price_cents")))
    table.set_all()
    assert len(told) == 2
    assert {variant.price_cents for variant in model.variants} == {20}
    assert worker.save() == "Saved."


def test_tab_goes_through_the_page_as_the_eye_does(worker: Worker, busy_shop: Shop, actor: Actor) -> None:
    variants = (VariantFields(sku="E", price_cents=1, traits=(("Size", "S"), ("Colour", "Red"))),)
    made = busy_shop.execute(create_product, CreateProduct(title="Eye", variants=variants), actor)
    page = worker.open(made.product_id)
    at: QWidget = worker.editor.texts.input("title")
    at.setFocus()
    names = []
    while at.objectName() not in names:
        names.append(at.objectName())
        QTest.keyClick(at, Qt.Key.Key_Tab)
        following = page.focusWidget()
        assert following is not None
        at = following
    wanted = [
        *("title", "description", "choose_categories", "tax_class_id", "remove_variants"),
        *("option_1", "values_1", "drop_option_1", "option_2", "values_2", "drop_option_2"),
        *("add_option", "pattern", "make_variants", "variant_grid", "picture_strip", "add_pictures"),
        *("attributes", "seller_id", "height_mm"),
    ]
    assert [name for name in names if name in wanted] == wanted
