"""The product's page beside its grid: pictures, categories, copies, approval, who may only look; the category tree."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QTreeWidget
from pytestqt.qtbot import QtBot

from shopdesk.catalogue.categories import category_tree
from shopdesk.catalogue.product_fields import BarcodeFields, VariantFields
from shopdesk.catalogue.products import CreateProduct, create_product
from shopdesk.catalogue.queries import COPY, product_card
from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.screens.categories import CategoryPage
from tests.support.small_shop import actor_of
from tests.ui.screens.product_worker import Worker, picture, saved_product


@pytest.fixture
def worker(desk: Desk, memory: Memory, qtbot: QtBot) -> Iterator[Worker]:
    made = Worker(desk, memory, qtbot)
    yield made
    made.settle()


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
