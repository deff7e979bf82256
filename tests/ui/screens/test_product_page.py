"""The product editor as people use it: twelve variants by keyboard, codes of others, two people at once, pictures."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QRadioButton, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.catalogue.categories import category_tree
from shopdesk.catalogue.product_fields import BarcodeFields, VariantFields
from shopdesk.catalogue.products import CreateProduct, as_edit, create_product, edit_product
from shopdesk.catalogue.queries import COPY, ProductCard, product_card, products_page
from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.screens.categories import CategoryPage
from shopdesk.ui.screens.product_editor import ProductEditor
from shopdesk.ui.screens.product_page import PRODUCT
from tests.support.small_shop import actor_of


class Host(QWidget):
    """What shows pages, as the office does."""

    def __init__(self, desk: Desk, memory: Memory) -> None:
        super().__init__()
        named(self, "host", "Host")
        self.desk, self.memory = desk, memory
        self.opened: list[RecordView] = []

    def open_page(self, page: RecordView) -> None:
        page.setParent(self)
        self.opened.append(page)
        page.show()


class Worker:
    """Somebody at a product's page."""

    def __init__(self, desk: Desk, memory: Memory, qtbot: QtBot) -> None:
        self.desk, self.memory, self.qtbot = desk, memory, qtbot
        self.host = Host(desk, memory)
        qtbot.addWidget(self.host)
        self.host.resize(1130, 700)
        self.host.show()

    def open(self, record_id: int | tuple[str, int]) -> RecordView:
        page = RecordView(PRODUCT, record_id, self.desk, self.memory, self.host)
        page.resize(1130, 700)
        page.show()
        page.activateWindow()
        self.page = page
        self.settle()
        self.qtbot.waitUntil(lambda: page.record is not None)
        return page

    @property
    def editor(self) -> ProductEditor:
        made: Any = self.page.tab("editor")
        return made  # type: ignore[no-any-return]

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.desk.lanes.busy == 0)
        QApplication.processEvents()
        self.qtbot.waitUntil(lambda: self.desk.lanes.busy == 0)

    def column(self, key: str) -> int:
        return [cell.key for cell in self.editor.variants.model.cells].index(key)

    def write(self, row: int, key: str, text: str) -> None:
        assert self.editor.variants.model.write(row, self.column(key), text)
        self.settle()

    def type(self, key: str, value: object) -> None:
        for form in (self.editor.texts, self.editor.place, self.editor.more):
            if key in form.inputs:
                form.input(key).set_value(value)
                form.input(key).edited.emit()

    def save(self) -> str:
        self.editor.save()
        self.settle()
        return self.page.messages.text

    def dialog(self) -> Any:
        return next(one for one in self.page.findChildren(QDialog) if one.isVisible())


@pytest.fixture
def worker(desk: Desk, memory: Memory, qtbot: QtBot) -> Iterator[Worker]:
    made = Worker(desk, memory, qtbot)
    yield made
    made.settle()


def picture(folder: Path, name: str, colour: str) -> Path:
    file = folder / name
    Image.new("RGB", (60, 40), colour).save(file)
    return file


def saved_product(shop: Shop, title: str) -> ProductCard:
    row = next(row for row in shop.ask(products_page, PageRequest()).rows if row.title == title)
    return shop.ask(product_card, row.id)


def press(widget: QWidget | None, text: str = "", *keys: Qt.Key) -> None:
    """Type a text and press keys where the keyboard is."""
    assert widget is not None
    if text:
        QTest.keyClicks(widget, text)
    for key in keys:
        QTest.keyClick(widget, key)


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


def test_pictures_are_dropped_moved_named_and_refused(
    worker: Worker, busy_shop: Shop, tmp_path: Path, qtbot: QtBot
) -> None:
    mug = saved_product(busy_shop, "Mug")
    worker.open(mug.id)
    editor = worker.editor.pictures
    data = QMimeData()
    files = [picture(tmp_path, "one.png", "red"), picture(tmp_path, "two.jpg", "green")]
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    drop = QDropEvent(
        QPointF(QPoint(5, 5)),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    editor.strip.dropEvent(drop)
    qtbot.waitUntil(lambda: editor.strip.count() == 2 and not editor.waiting)
    names = [editor._drafts[item.data(Qt.ItemDataRole.UserRole)].alt_text for item in editor._items()]
    editor.strip.setCurrentRow(names.index("two"))
    editor.alt.setText("A green mug")
    editor.alt.edited.emit()
    editor._make_primary()
    editor.strip.setCurrentRow(1)
    editor.strip.shift(-1)
    svg = tmp_path / "bad.svg"
    svg.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    editor.add_files([svg, tmp_path / "missing.png"])
    qtbot.waitUntil(lambda: not editor.waiting)
    assert "PNG" in editor.error.text() or "cannot be read" in editor.error.text()
    order = [editor._drafts[item.data(Qt.ItemDataRole.UserRole)].alt_text for item in editor._items()]
    assert worker.save() == "Saved."
    stored = busy_shop.ask(product_card, mug.id).images
    assert [image[2] for image in stored] == order
    assert {image[2]: image[3] for image in stored} == {"A green mug": True, "one": False}
    worker.settle()
    editor.strip.setCurrentRow(order.index("A green mug"))
    QTest.keyClick(editor.strip, Qt.Key.Key_Delete)
    assert worker.save() == "Saved."
    assert [(image[2], image[3]) for image in busy_shop.ask(product_card, mug.id).images] == [("one", True)]


def test_a_pasted_picture_goes_to_the_worker_as_it_is(worker: Worker, busy_shop: Shop, qtbot: QtBot) -> None:
    worker.open(saved_product(busy_shop, "Mug").id)
    out = io.BytesIO()
    Image.new("RGB", (9, 9), "blue").save(out, "PNG")
    data = QMimeData()
    data.setData("image/png", out.getvalue())
    pasted: list[bytes] = []
    worker.editor.pictures.strip.pasted.connect(pasted.append)
    assert worker.editor.pictures.strip.take(data)
    assert pasted == [out.getvalue()]
    qtbot.waitUntil(lambda: not worker.editor.pictures.waiting)
    assert not worker.editor.pictures.strip.take(QMimeData())


def test_categories_are_found_ticked_and_one_is_primary(worker: Worker, busy_shop: Shop) -> None:
    mug = saved_product(busy_shop, "Mug")
    worker.open(mug.id)
    tree = {row.name: row.id for row in busy_shop.ask(category_tree)}
    worker.editor.shelves.open()
    dialog = worker.dialog()
    QTest.keyClicks(dialog.search, "drin")
    shown = [item.text(0) for item in dialog._items.values() if not item.isHidden()]
    assert shown == ["Drinks"]
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.chosen == [tree["Kitchen"], tree["Drinks"]]
    dialog.tree.setCurrentItem(dialog._items[tree["Drinks"]])
    dialog.make_primary()
    dialog.findChild(QPushButton, "act").click()
    assert worker.save() == "Saved."
    assert busy_shop.ask(product_card, mug.id).product.category_ids == (tree["Drinks"], tree["Kitchen"])


def test_a_copy_begins_without_the_codes_of_the_old(worker: Worker, busy_shop: Shop) -> None:
    mug = saved_product(busy_shop, "Mug")
    page = worker.open((COPY, mug.id))
    assert page.heading == "Mug"
    assert page.tab("editor") is not None
    (variant,) = worker.editor.variants.model.variants
    assert (variant.variant_id, variant.sku, variant.barcodes, variant.price_cents) == (None, "", (), 799)
    worker.type("title", "Second mug")
    worker.write(0, "sku", "MUG-2")
    assert worker.save() == "Saved."
    assert saved_product(busy_shop, "Second mug").id != mug.id


def test_a_page_is_approved_rejected_retired_and_deleted_with_a_way_back(
    worker: Worker, busy_shop: Shop, qtbot: QtBot
) -> None:
    variant = VariantFields(sku="WAITS", price_cents=100, barcodes=(BarcodeFields("123"),))
    made = busy_shop.execute(
        create_product, CreateProduct(title="Waits", variants=(variant,)), actor_of(busy_shop, "bo")
    )
    page = worker.open(made.product_id)
    assert page.run("reject")
    dialog = worker.dialog()
    dialog.findChild(QLineEdit, "text_answer").setText("No tax.")
    dialog.findChild(QPushButton, "act").click()
    worker.settle()
    qtbot.waitUntil(lambda: page.record.product.status == "rejected")
    assert page.record.rejection_reason == "No tax."
    assert page.run("approve")
    worker.settle()
    qtbot.waitUntil(lambda: page.record.product.status == "approved")
    assert page.run("retire")
    worker.settle()
    qtbot.waitUntil(lambda: not page.record.product.is_active)
    assert page.run("delete")
    worker.settle()
    qtbot.waitUntil(lambda: page.record is None)
    undo = next(one for one in page.messages.findChildren(QPushButton) if "ndo" in one.text())
    undo.click()
    worker.settle()
    assert saved_product(busy_shop, "Waits").product.variants[0].barcodes == (BarcodeFields("123"),)


def test_who_may_only_look_changes_nothing(worker: Worker, busy_shop: Shop, clerk: Actor) -> None:
    worker.desk.set_actor(clerk)
    worker.open(saved_product(busy_shop, "Mug").id)
    editor = worker.editor
    assert not editor.act.isVisible()
    assert not editor.variants.model.write(0, 0, "x")
    keys = {cell.key for cell in editor.variants.model.cells}
    assert not keys & {"cost_cents", "margin_cents", "margin_ppm"}
    assert not editor.texts.isEnabled()


def test_the_category_tree_is_edited_by_keys_and_by_dropping(
    worker: Worker, busy_shop: Shop, memory: Memory, qtbot: QtBot
) -> None:
    page = CategoryPage(worker.desk, memory, worker.host)
    page.resize(900, 600)
    page.show()
    worker.page = page  # type: ignore[assignment]
    worker.settle()

    def paths() -> list[str]:
        worker.settle()
        return [row.path for row in busy_shop.ask(category_tree)]

    before = paths()
    tree = page.tree
    ids = {row.name: row.id for row in busy_shop.ask(category_tree)}
    assert page.choose(ids["Kitchen"])
    QTest.keyClick(tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    at = before.index("Kitchen")
    assert paths()[at - 1] == "Kitchen"
    worker.qtbot.waitUntil(lambda: page._rows[ids["Kitchen"]].version == 2)
    QTest.keyClick(tree, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert paths() == before
    worker.qtbot.waitUntil(lambda: page._rows[ids["Kitchen"]].version == 3)
    page.choose(ids["Kitchen"])
    QTest.keyClick(tree, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    nested = next(path for path in paths() if path.endswith("> Kitchen"))
    worker.qtbot.waitUntil(lambda: page._rows[ids["Kitchen"]].path == nested)
    page.choose(ids["Kitchen"])
    QTest.keyClick(tree, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert "Kitchen" in paths()
    worker.qtbot.waitUntil(lambda: page._rows[ids["Kitchen"]].depth == 0)
    over = page._items[ids["Drinks"]]
    assert tree.wanted_place(over, QTreeWidget.DropIndicatorPosition.OnItem) == (ids["Drinks"], 0)
    assert tree.wanted_place(over, QTreeWidget.DropIndicatorPosition.AboveItem) == (0, ids["Drinks"])
    assert tree.wanted_place(None, QTreeWidget.DropIndicatorPosition.OnViewport) == (0, 0)
    tree.moved.emit(ids["Kitchen"], ids["Drinks"], 0)
    assert "Drinks > Kitchen" in paths()
    worker.qtbot.waitUntil(lambda: page._rows[ids["Drinks"]].version == 1 and page._rows[ids["Kitchen"]].depth == 1)
    tree.moved.emit(ids["Drinks"], ids["Kitchen"], 0)
    worker.settle()
    assert "below itself" in page.messages.text
    page.choose(ids["Drinks"])
    assert page.run("remove")
    worker.settle()
    form = worker.dialog()
    assert form.view.input("move_to").value() is None
    form.view.input("move_to").set_value(ids["Fruit"])
    form.findChild(QPushButton, "act").click()
    assert "Fruit > Kitchen" in paths()
    assert saved_product(busy_shop, "Green tea").product.category_ids == (ids["Fruit"],)
