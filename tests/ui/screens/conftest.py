"""The owner's desk in a corner shop where something was sold, voided, moved, closed and could not be printed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.core.secrets import secret_store
from shopdesk.db.shop import Shop
from shopdesk.inventory.adjust import AdjustStock, adjust_stock
from shopdesk.inventory.transfer import TransferStock, transfer_stock
from shopdesk.printing.config import PrinterConfig
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.sales.shifts import CloseShift, OpenShift, close_shift, open_shift
from shopdesk.sales.tills import SetPrinter, set_printer, tills_list
from shopdesk.sales.void import VoidSale, void_sale
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.shortcuts import KeyMap
from shopdesk.ui.kit.sounds import Sounds
from shopdesk.ui.kit.tasks import Lanes
from shopdesk.ui.theme.appearance import dress
from shopdesk.ui.till.keys import KEYS


@pytest.fixture
def busy_shop(sqlite_shop: Shop, actor: Actor) -> Shop:
    """Three sales (one voided, one of soap below zero), a closed shift, stock adjusted and moved, papers that wait."""
    shop = sqlite_shop
    till = shop.ask(tills_list)[0]
    printer = PrinterConfig(kind="memory", address="nowhere")
    shop.execute(set_printer, SetPrinter(till.id, till.version, printer), actor)
    shop.execute(open_shift, OpenShift(uuid7(), 10_000), actor)
    for lines in (
        (SaleLine(sku="TEA", quantity_milli=3_000), SaleLine(sku="MUG")),
        (SaleLine(sku="BOOK"),),
        (SaleLine(sku="SOAP", quantity_milli=5_000),),
    ):
        shop.execute(commit_sale, CommitSale(key=uuid7(), lines=lines, customer="kim@example.org"), actor)
    shop.execute(void_sale, VoidSale(uuid7(), "T1-S000002", "wrong book"), actor)
    expected = 10_000 + 3 * 350 + 799 + 5 * 249
    shop.execute(close_shift, CloseShift(uuid7(), counted_cents=expected), actor)
    shop.execute(adjust_stock, AdjustStock(uuid7(), "TEA", "Main", -2_000, "torn bags"), actor)
    shop.execute(transfer_stock, TransferStock(uuid7(), "TEA", "Main", "Cellar", 10_000), actor)
    return shop


@pytest.fixture
def desk(busy_shop: Shop, actor: Actor, qapp: QApplication) -> Iterator[Desk]:
    """The owner at a desk of that shop."""
    dress(qapp, "light")
    lanes = Lanes()
    made = Desk(busy_shop, lanes, actor=actor, formats=Formats("EUR", "en", "Europe/Berlin"))
    made.listen(busy_shop.changes.subscribe)
    yield made
    assert lanes.close(10)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """An empty memory."""
    return Memory(tmp_path / "window.json")


@pytest.fixture
def house(busy_shop: Shop, memory: Memory, qapp: QApplication) -> House:
    """What hand-written screens are given."""
    chosen: list[object] = []
    made = House(
        shop=busy_shop,
        secrets=secret_store(),
        memory=memory,
        keys=KeyMap(KEYS, memory),
        sounds=Sounds(play=chosen.append),
        till=None,
        set_till=chosen.append,
        set_appearance=chosen.append,
    )
    return made
