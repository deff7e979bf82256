"""Labels of parcels on the glass: seen, saved and printed in one go, on paper or as ZPL; kept with their parcels."""

from __future__ import annotations

import pytest
import zxingcpp
from PySide6.QtWidgets import QApplication, QWidget

from shopdesk.core.ids import uuid7
from shopdesk.db.paging import PageRequest
from shopdesk.fulfilment.commands import CancelShipment, PackShipment
from shopdesk.fulfilment.shipping import cancel_shipment, pack_shipment
from shopdesk.orders.commands import AddressGiven, CreateOrder, OrderContent, ProcessOrder
from shopdesk.orders.parcel_queries import parcels_page
from shopdesk.orders.placing import create_order
from shopdesk.orders.processing import process_order
from shopdesk.printing.config import PrinterConfig
from shopdesk.printing.raster import pdf_pictures
from shopdesk.sales.sale_command import SaleLine
from shopdesk.ui.dialogs import printer_choice
from shopdesk.ui.dialogs.parcel_labels import open_parcel_labels
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.screens.customer_orders import PARCELS
from tests.printing.zpl import pictures

HOME = AddressGiven("Lime Street 4", "DE", first_name="Kim", last_name="Lee", city="Berlin", postal_code="10115")


@pytest.fixture(autouse=True)
def no_queues(monkeypatch):
    monkeypatch.setattr(printer_choice, "system_queues", lambda: ())


@pytest.fixture
def parcels(desk, actor) -> list[str]:
    """Two packed parcels of two orders."""
    made = []
    for _number in range(2):
        content = OrderContent(customer="kim@example.org", lines=(SaleLine(1000, sku="TEA"),), shipping=HOME)
        taken = desk.shop.execute(create_order, CreateOrder(key=uuid7(), content=content), actor)
        desk.shop.execute(process_order, ProcessOrder(key=uuid7(), order=taken.number), actor)
        packed = PackShipment(key=uuid7(), order=taken.number)
        made.append(desk.shop.execute(pack_shipment, packed, actor).number)
    return made


@pytest.fixture
def home(qtbot, memory) -> QWidget:
    page = QWidget()
    page.memory = memory
    page.resize(1366, 768)
    qtbot.addWidget(page)
    page.show()
    return page


def opened(qtbot, home, desk, numbers):
    dialog = open_parcel_labels(home, desk, numbers)
    qtbot.waitUntil(lambda: dialog.made is not None)
    return dialog


def rest(qtbot, desk) -> None:
    qtbot.wait(50)
    qtbot.waitUntil(lambda: not desk.lanes.busy)
    QApplication.processEvents()


def codes(picture) -> str:
    return zxingcpp.read_barcodes(picture)[0].text


def test_all_chosen_parcels_are_one_print_on_paper_or_as_zpl(qtbot, home, desk, parcels, tmp_path):
    dialog = opened(qtbot, home, desk, parcels)
    rest(qtbot, desk)
    assert len(dialog.pages.pages) == 2
    folder = tmp_path / "out"
    folder.mkdir()
    dialog.printer.set_value(PrinterConfig(kind="folder", address=str(folder)))
    dialog.print_now()
    qtbot.waitUntil(lambda: "Sent to" in dialog.messages.text)
    (paper,) = folder.iterdir()
    assert [codes(page) for page in pdf_pictures(paper.read_bytes())] == parcels
    dialog.output.set_value("zpl 203")
    dialog.output.edited.emit()
    qtbot.waitUntil(lambda: dialog.made is not None)
    dialog.save_to(tmp_path / "labels.zpl")
    rest(qtbot, desk)
    assert [codes(drawn) for drawn in pictures((tmp_path / "labels.zpl").read_bytes())] == parcels
    again = opened(qtbot, home, desk, parcels[:1])
    assert again.output.value() == "zpl 203"  # remembered
    dialog.reject()
    again.reject()
    rest(qtbot, desk)


def test_the_list_prints_what_is_chosen_and_refuses_what_was_unpacked(qtbot, desk, actor, memory, parcels):
    view = ListView(PARCELS, desk, memory)
    qtbot.addWidget(view)
    view.resize(1200, 700)
    view.show()
    rest(qtbot, desk)
    (label,) = [one for one in PARCELS.commands if one.key == "label"]
    rows = desk.shop.ask(parcels_page, PageRequest()).rows
    label.run(view, rows)
    found = [one for one in QApplication.topLevelWidgets() if one.objectName() == "parcel_labels" and one.isVisible()]
    assert len(found) == 1
    qtbot.waitUntil(lambda: found[0].made is not None)
    assert sorted(found[0].made.numbers) == sorted(parcels)
    found[0].reject()
    desk.shop.execute(cancel_shipment, CancelShipment(parcels[0]), actor)
    rows = desk.shop.ask(parcels_page, PageRequest()).rows
    assert label.ready is not None
    assert [label.ready(row) for row in rows if row.number == parcels[0]] == [False]
    rest(qtbot, desk)
