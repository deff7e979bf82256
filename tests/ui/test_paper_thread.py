"""The window prints by itself what its till has to print, and goes on after trouble."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.core.secrets import secret_store
from shopdesk.db.shop import Shop
from shopdesk.printing.config import PrinterConfig
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.sales.shifts import OpenShift, open_shift
from shopdesk.sales.tills import SetPrinter, set_printer, tills_list
from shopdesk.system.enrolment import enrol_this_till
from shopdesk.system.print_queue import print_jobs_of
from shopdesk.ui.paper_thread import PaperThread


def sell_on_paper(shop: Shop, actor: Actor, folder: Path) -> str:
    """A sale at T1, whose printer is a folder; its number."""
    till = shop.ask(tills_list)[0]
    printer = PrinterConfig(kind="folder", address=str(folder), format="pdf", paper="80mm")
    shop.execute(set_printer, SetPrinter(till.id, till.version, printer), actor)
    shop.execute(open_shift, OpenShift(uuid7(), 10_000), actor)
    answer = shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),)), actor)
    return str(answer.fields["number"])


@pytest.mark.parametrize("enrolled", [False, True])
def test_a_receipt_comes_out_by_itself(
    sqlite_shop: Shop, actor: Actor, tmp_path: Path, qtbot: QtBot, enrolled: bool
) -> None:
    (tmp_path / "paper").mkdir()
    till = sqlite_shop.ask(tills_list)[0]
    here = enrol_this_till(sqlite_shop, secret_store(), till.id, actor) if enrolled else None
    thread = PaperThread(sqlite_shop, here)
    sqlite_shop.changes.subscribe(thread.wake)
    thread.start()
    try:
        number = sell_on_paper(sqlite_shop, actor, tmp_path / "paper")
        qtbot.waitUntil(lambda: bool(list((tmp_path / "paper").glob("*.pdf"))), timeout=10_000)
        qtbot.waitUntil(
            lambda: any(job.state == "done" for job in sqlite_shop.ask(print_jobs_of, number)), timeout=10_000
        )
    finally:
        thread.stop()
    assert not thread.is_alive()


def test_another_machines_till_is_not_printed_for(
    sqlite_shop: Shop, actor: Actor, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "paper").mkdir()
    other = sqlite_shop.ask(tills_list)[1]
    here = enrol_this_till(sqlite_shop, secret_store(), other.id, actor)
    thread = PaperThread(sqlite_shop, here)
    thread.start()
    try:
        sell_on_paper(sqlite_shop, actor, tmp_path / "paper")
        thread.wake()
        qtbot.wait(300)
        assert list((tmp_path / "paper").glob("*.pdf")) == []
    finally:
        thread.stop()
