"""A whole day in the back office through its screens, from a supplier's file to the doctor (issue 3: done when 1)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from shopdesk.books.doctor import run_doctor
from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.printing.raster import pdf_pictures
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.sales.shifts import OpenShift, open_shift
from shopdesk.ui.kit.sounds import Sounds
from shopdesk.ui.theme.appearance import dress
from tests.feeds.importing import write
from tests.printing.sinks import Sink
from tests.printing.test_labels import codes, cut_out
from tests.printing.zpl import pictures
from tests.ui.back_office import CTRL, PLAIN, Staff

RETURN = Qt.Key.Key_Return
MUG, TEA = "4002385002017", "4006381333931"
FILE: list[list[object]] = [
    ["Artikel", "Bezeichnung", "VK", "EAN", "Bestand"],
    ["LAMP", "Lamp", "49,00", "4012345000016", "4"],
    ["VASE", "Vase", "twelve", "4012345000023", "2"],
    ["PLATE", "Plate", "9,90", MUG, "6"],
    ["BOWL", "Bowl", "6,50", "4012345000047", "8"],
]


@pytest.fixture
def staff(sqlite_shop: Shop, actor: Actor, clock: ManualClock, tmp_path: Path, qtbot: Any, qapp: Any,
          monkeypatch: pytest.MonkeyPatch) -> Iterator[Staff]:  # fmt: skip
    """Somebody in the office; the till has its shift."""
    monkeypatch.setattr(Sounds, "_play", lambda _self, _name: None)
    dress(qapp, "light")
    sqlite_shop.execute(open_shift, OpenShift(uuid7(), 10_000), actor)
    made = Staff(sqlite_shop, actor, clock, tmp_path, qtbot)
    yield made
    made.settle()
    assert made.lanes.close(10)


@pytest.fixture
def label_printer() -> Iterator[Sink]:
    """A label printer in the network."""
    made = Sink("prints")
    yield made
    made.close()


def ask(shop: Shop, question: str) -> list[tuple[Any, ...]]:
    """What a query gives."""
    with shop.database.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.text(question))]


def on_hand(shop: Shop, sku: str) -> dict[str, int]:
    """Whole pieces of a variant in every warehouse."""
    question = (
        "SELECT w.name, l.on_hand FROM stock_levels l JOIN warehouses w ON w.id = l.warehouse_id "
        f"JOIN product_variants v ON v.id = l.variant_id WHERE v.sku = '{sku}'"
    )
    return {name: int(pieces) // 1000 for name, pieces in ask(shop, question)}


def test_a_back_office_day(staff: Staff, sqlite_shop: Shop, label_printer: Sink, tmp_path: Path) -> None:
    the_file_comes_in(staff, tmp_path)
    codes_of_shirts = a_product_with_twelve_variants(staff, tmp_path)
    goods_are_ordered_and_received(staff, codes_of_shirts, label_printer, tmp_path)
    goods_are_moved(staff)
    goods_are_counted_while_the_till_sells(staff)
    stock_is_adjusted(staff)
    customers_are_found_merged_and_erased(staff)
    report = run_doctor(sqlite_shop.database, clock=sqlite_shop.clock)
    assert report.ok, [finding for finding in report.findings if finding.violations]


def the_file_comes_in(staff: Staff, folder: Path) -> None:
    """Two of four rows are refused, mended in the file of refused rows, and imported again."""
    refused = folder / "refused.csv"
    bring(staff, write(folder / "ware.csv", FILE, delimiter=";"), made=2)
    rows = staff.tab("refused").model.rows
    assert [(row.row, row.column) for row in rows] == [(3, "VK"), (4, "EAN")]
    staff.press("refused")
    staff.name_file("save_place", refused)
    staff.until(refused.exists)
    text = refused.read_text(encoding="utf-8-sig")
    assert "LAMP" not in text
    refused.write_text(text.replace("twelve", "12,00").replace(MUG, "4012345000030"), encoding="utf-8-sig")
    bring(staff, refused, made=2)
    question = "SELECT sku, price_cents FROM product_variants WHERE sku IN ('LAMP', 'VASE', 'PLATE', 'BOWL') ORDER BY 1"
    assert ask(staff.shop, question) == [("BOWL", 650), ("LAMP", 4900), ("PLATE", 990), ("VASE", 1200)]
    assert on_hand(staff.shop, "VASE") == {"Main": 2}


def bring(staff: Staff, file: Path, made: int) -> None:
    """Choose a file, check it, import it."""
    staff.go("imports")
    staff.press("new")
    staff.name_file("import_file", file)
    staff.until(lambda: getattr(staff.top, "spec", None) is not None and staff.top.spec.key == "imports.import")
    staff.until(lambda: staff.page.tab("columns") is not None)
    staff.settle()
    columns: Any = staff.page.tab("columns")
    meanings = {name: field.value() for name, field in columns._meanings.items() if field.value()}
    assert {"Artikel": "sku", "Bezeichnung": "title", "VK": "price", "EAN": "barcodes"}.items() <= meanings.items()
    staff.keys(RETURN, CTRL, columns.kind)
    staff.work()
    staff.until(lambda: staff.page.record.status == "checked")
    staff.press("apply")
    staff.work()
    staff.until(lambda: staff.page.record.status == "done")
    assert staff.page.record.made == made


def a_product_with_twelve_variants(staff: Staff, folder: Path) -> list[str]:
    """Size by colour, with own barcodes and two pictures; returns the codes."""
    staff.go("products")
    staff.press("new")
    staff.until(lambda: staff.page.tab("editor") is not None)
    editor: Any = staff.page.tab("editor")
    staff.write(editor.texts.input("title"), "Linen shirt")
    options = editor.variants.options
    for name, values in (("Size", "S, M, L"), ("Colour", "Red, Blue, White, Black")):
        staff.keys(Qt.Key.Key_Space, at=options._add)
        staff.write(options._lines[-1][1], name)
        staff.write(options._lines[-1][2], values)
    staff.keys(RETURN, at=options._lines[-1][2])
    table, model = editor.variants.table, editor.variants.model
    assert model.rowCount() == 12
    for key, text in (("price_cents", "29.90"), ("cost_cents", "11.00")):
        column = [cell.key for cell in model.cells].index(key)
        table.setCurrentIndex(model.index(0, column))
        QTest.keyClicks(table, text[0])
        inside = table.findChild(QWidget, "cell_editor")
        QTest.keyClicks(inside, text[1:])
        staff.keys(RETURN, at=inside)
        table.setCurrentIndex(model.index(0, column))
        staff.keys(Qt.Key.Key_D, CTRL, table)
    staff.press("make_barcodes", editor)
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)
    staff.keys(Qt.Key.Key_V, CTRL, editor.pictures.strip)
    blue = folder / "blue_shirt.png"
    Image.new("RGB", (60, 40), "blue").save(blue)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(blue))])
    drop = QDropEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, PLAIN)
    editor.pictures.strip.dropEvent(drop)
    staff.until(lambda: editor.pictures.strip.count() == 2 and not editor.pictures.waiting)
    staff.keys(Qt.Key.Key_S, CTRL, editor)
    assert staff.said == "Saved."
    question = (
        "SELECT b.barcode FROM product_variants v JOIN variant_barcodes b ON b.variant_id = v.id WHERE v.sku LIKE 'LINENSHIRT-%' "
        "AND v.price_cents = 2990 AND v.cost_cents = 1100 ORDER BY v.id"
    )
    found = [str(code) for (code,) in ask(staff.shop, question)]
    assert len(set(found)) == 12
    shown = "SELECT count(*) FROM product_images i JOIN products p ON p.id = i.product_id WHERE p.title = 'Linen shirt'"
    assert ask(staff.shop, shown) == [(2,)]
    return found


def goods_are_ordered_and_received(staff: Staff, shirts: list[str], printer: Sink, folder: Path) -> None:
    """A supplier, an order of two shirts and a mug, a delivery counted by scan, its labels on paper and on a roll."""
    staff.go("suppliers")
    staff.press("new")
    form = staff.dialog("purchasing_supplier_form")
    staff.fill(form, name="Linen House", email="orders@linen.example")
    staff.press("act", form)
    assert staff.page.heading == "Linen House"
    staff.go("purchase_orders")
    staff.press("new")
    form = staff.dialog("purchasing_new_order")
    staff.fill(form, supplier_id="Linen House", warehouse_id="Main")
    staff.press("act", form)
    staff.until(lambda: staff.page.tab("draft") is not None)
    draft: Any = staff.page.tab("draft")
    for code in (shirts[0], shirts[1], MUG):
        staff.scan(draft.goods.line, code)
    for row, (pieces, cost) in enumerate((("3", "11.00"), ("2", "11.00"), ("4", "3.20"))):
        staff.cell(draft.table, row, "quantity", pieces)
        staff.cell(draft.table, row, "cost", cost)
    staff.press("place", draft)
    staff.until(lambda: staff.page.record.number == "T1-P000001")
    before = on_hand(staff.shop, "MUG")["Main"]
    staff.press("receive")
    delivery = staff.dialog("receiving")
    for code in (shirts[0], shirts[0], shirts[0], shirts[1], shirts[1], MUG, MUG, MUG):
        staff.scan(delivery.goods.line, code)
    assert delivery.last.text() == "Mug: 3 of 4"
    staff.press("act", delivery)
    staff.until(lambda: staff.page.record.status == "part_received")
    assert on_hand(staff.shop, "LINENSHIRT-S-RED") == {"Main": 3}
    assert on_hand(staff.shop, "MUG")["Main"] == before + 3
    staff.press("labels", staff.page.messages)
    labels_are_printed(staff, [*[shirts[0]] * 3, *[shirts[1]] * 2, *[MUG] * 3], printer, folder)


def labels_are_printed(staff: Staff, wanted: list[str], printer: Sink, folder: Path) -> None:
    """On a sheet that is saved and on a roll of a printer in the network; every code is read back."""
    labels = staff.dialog("labels")
    staff.until(lambda: labels.made is not None)
    staff.press("save_labels", labels)
    sheet = folder / "labels.pdf"
    staff.name_file("save_place", sheet)
    staff.until(sheet.exists)
    format_ = labels.options.choice().format
    drawn = pdf_pictures(sheet.read_bytes())
    per_sheet = 1 if format_.is_roll else format_.per_page
    read = []
    for number in range(len(wanted)):
        picture = drawn[number // per_sheet]
        read += codes(picture if format_.is_roll else cut_out(picture, format_, number % per_sheet))
    assert read == wanted
    staff.write(labels.options.output, "Label printer, ZPL 203 dpi")
    assert labels.options.choice().output == "zpl203", labels.options.output.options
    staff.qtbot.wait(200)
    staff.settle()
    staff.write(labels.printer.kind, "Printer in the network")
    staff.write(labels.printer.address, f"127.0.0.1:{printer.port}")
    staff.press("print_labels", labels)
    staff.until(lambda: "Sent to" in labels.messages.text)
    printer.wait_for_papers(1)
    staff.until(lambda: printer.papers[0].rstrip().endswith(b"^XZ"))
    (paper,) = printer.papers
    assert [codes(picture) for picture in pictures(paper)] == [[code] for code in dict.fromkeys(wanted)]
    labels.reject()


def goods_are_moved(staff: Staff) -> None:
    """Three mugs go to the cellar; two arrive."""
    before = on_hand(staff.shop, "MUG")["Main"]
    view = staff.go("transfers")
    staff.press("new")
    packing = staff.dialog("stock_transfer")
    staff.write(packing.fields["to_warehouse_id"], "Cellar")
    for _piece in range(3):
        staff.scan(packing.goods.line, MUG)
    staff.press("act", packing)
    staff.until(lambda: view.model.rowCount() == 1 and "T1-D000001" in view.messages.text)
    staff.open_row(view)
    staff.press("receive")
    arrival = staff.dialog("stock_arrival")
    staff.scan(arrival.goods.line, MUG)
    staff.scan(arrival.goods.line, "MUG")
    staff.write(arrival.fields["reason"], "Missing")
    staff.press("act", arrival)
    staff.press("act", staff.dialog("question"))
    staff.until(lambda: staff.page.record.state == "received")
    stock = on_hand(staff.shop, "MUG")
    assert (stock["Main"], stock["Cellar"], sum(stock.values())) == (before - 3, 2, before - 1)


def goods_are_counted_while_the_till_sells(staff: Staff) -> None:
    """Mugs and lamps are scanned; between the scans and before the booking the till sells both."""
    mugs, lamps = on_hand(staff.shop, "MUG")["Main"], on_hand(staff.shop, "LAMP")["Main"]
    staff.go("counts")
    staff.press("start")
    form = staff.dialog("stock_start_count")
    staff.fill(form, name="Shelf 1")
    staff.press("act", form)
    staff.until(lambda: staff.page.tab("scan") is not None)
    scanning: Any = staff.page.tab("scan")
    staff.scan(scanning.goods.line, f"{mugs - 1}*MUG")  # one is missing
    staff.clock.advance(seconds=20)
    sale = CommitSale(key=uuid7(), lines=(SaleLine(sku="MUG", quantity_milli=2_000), SaleLine(sku="LAMP")))
    staff.at_the_till(commit_sale, sale)
    staff.clock.advance(seconds=20)
    for _lamp in range(lamps - 1):  # all that the sale has left
        staff.scan(scanning.goods.line, "4012345000016")
    staff.clock.advance(seconds=20)
    staff.at_the_till(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="LAMP"),)))
    result = {row.sku: row.change_milli for row in staff.tab("goods").model.rows}
    assert result == {"MUG": -1_000, "LAMP": 0}
    staff.press("post")
    booking = staff.dialog("post_count")
    staff.write(booking.rest, "Stay as they are")
    if booking.record.prompts:
        QTest.keyClick(booking.despite, Qt.Key.Key_Space)
    staff.press("act", booking)
    staff.until(lambda: staff.page.record.state == "posted")
    assert "T1-K000001" in staff.said
    assert (on_hand(staff.shop, "MUG")["Main"], on_hand(staff.shop, "LAMP")["Main"]) == (mugs - 3, lamps - 2)


def stock_is_adjusted(staff: Staff) -> None:
    """A bowl is broken."""
    view = staff.go("stock").view
    row = [one.sku for one in view.model.rows].index("BOWL")
    staff.choose_row(view, row)
    staff.keys(Qt.Key.Key_E, CTRL, view.table)
    dialog = staff.dialog("stock_adjust_many")
    assert dialog.reason() == "Broken"
    staff.scan(dialog.goods.line, "4012345000047")
    staff.press("act", dialog)
    staff.settle()
    assert on_hand(staff.shop, "BOWL") == {"Main": 7}
    booked = ask(staff.shop, "SELECT reason FROM stock_adjustments ORDER BY id DESC LIMIT 1")
    assert booked == [("Broken",)]


def customers_are_found_merged_and_erased(staff: Staff) -> None:
    """Kim came a second time under another mail address and bought; both become one, and Zoë is forgotten."""
    view = staff.go("customers")
    staff.press("new")
    form = staff.dialog("customers_new")
    staff.fill(form, first_name="Kimberley", last_name="Lee", email="kimberley@example.org")
    staff.press("act", form)
    twin = staff.page.record.id
    staff.at_the_till(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),), customer=twin))
    staff.go("customers")
    staff.write(view.search, "kim@exam")
    staff.until(lambda: [row.email for row in view.model.rows] == ["kim@example.org", "kimberley@example.org"])
    kim = staff.open_row(view)
    staff.press("merge")
    picking = staff.dialog("merge_with")
    picker = staff.part("merge_picker", picking)
    QTest.keyClicks(picker.line, "kimberley")
    staff.until(lambda: picker.rows)
    staff.keys(RETURN, at=picker.line)
    merging = staff.dialog("merge_customers")
    staff.press("act", merging)
    staff.until(lambda: kim.record.sales == 1)
    assert ask(staff.shop, f"SELECT status, merged_into FROM customers WHERE id = {twin}") == [
        ("merged", kim.record.id)
    ]
    staff.go("customers")
    assert staff.top is view
    staff.write(view.search, "muller")  # as somebody types who has no ü
    staff.until(lambda: [row.email for row in view.model.rows] == ["zoe@example.org"])
    zoe = staff.open_row(view)
    erased = zoe.record.id
    staff.more("erase")
    staff.press("act", staff.dialog("erase_customer"))
    staff.until(lambda: zoe.record is None)
    told = ask(staff.shop, f"SELECT status, first_name, email FROM customers WHERE id = {erased}")
    assert told == [("erased", "", None)]
