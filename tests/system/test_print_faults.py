"""T14 and T15: a printing thread beside a selling one, real sockets, thousands of papers, every way to fail."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter as Tally

import pytest

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.printing.config import PrinterConfig
from shopdesk.printing.devices import Printer
from shopdesk.printing.documents import Document
from shopdesk.printing.escpos import kick_drawer
from shopdesk.printing.network_printer import NetworkPrinter
from shopdesk.printing.trouble import PrinterDied, PrinterHangs, PrinterOff
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleLine
from shopdesk.sales.tills import SetPrinter, set_printer
from shopdesk.system.print_desk import PrintDesk
from shopdesk.system.print_queue import PrintJobRow, print_jobs_of, print_status
from tests.printing.papers import receipt
from tests.printing.sinks import Manner, sink

CONFIG = PrinterConfig(kind="network", address="127.0.0.1", mode="raster", opens_drawer=True)


def desk_at(shop: Shop, actor: Actor, printer: Printer) -> PrintDesk:
    """The printing thread's work at the actor's till."""
    assert actor.till_id is not None

    def build(job: PrintJobRow) -> Document:
        return receipt(20, number=job.number)

    return PrintDesk(shop, actor, [actor.till_id], lambda _: (CONFIG, printer), build)


def sell(shop: Shop, actor: Actor, tender: str = "cash") -> str:
    """A soap, of which a shop may sell more than it has; only cash opens the drawer."""
    paid = (PaymentGiven(tender, 249),)
    command = CommitSale(key=uuid7(), lines=(SaleLine(sku="SOAP"),), payments=paid)
    return shop.execute(commit_sale, command, actor).number


@pytest.fixture
def with_printer(shop: Shop, actor: Actor) -> Shop:
    """The corner shop with a printer at the actor's till."""
    assert actor.till_id is not None
    shop.execute(set_printer, SetPrinter(actor.till_id, 1, CONFIG), actor)
    return shop


@pytest.mark.parametrize("manner", ["never_reads", "resets", "dies"])
def test_a_bad_printer_never_holds_a_sale_up(
    with_printer: Shop, actor: Actor, clock: ManualClock, manner: Manner
) -> None:
    shop = with_printer
    number = sell(shop, actor, "card")
    with sink(manner) as bad:
        printer = NetworkPrinter("127.0.0.1", bad.port, name="kitchen", patience=0.8)
        thread = threading.Thread(target=desk_at(shop, actor, printer).run_print_jobs, args=(1,))
        thread.start()
        slowest = 0.0
        sold = [number]
        while thread.is_alive() and len(sold) < 20:
            before = time.monotonic()
            sold.append(sell(shop, actor, "card"))
            slowest = max(slowest, time.monotonic() - before)
        thread.join()
    assert len(sold) > 2
    assert slowest < 0.5
    assert actor.till_id is not None
    assert "kitchen" in str(shop.ask(print_status, [actor.till_id]).trouble)
    with sink("prints") as good:
        clock.advance(seconds=60)
        desk_at(shop, actor, NetworkPrinter("127.0.0.1", good.port, name="kitchen")).run_print_jobs(2 * len(sold))
    assert [job.state for number in sold for job in shop.ask(print_jobs_of, number)] == ["done"] * len(sold)


class Unreliable:
    """Fails in every way there is, at random; counts the bytes of drawer kicks that left the program."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.printed: Tally[bytes] = Tally()
        self.kicks = 0

    def send(self, data: bytes) -> None:
        """Print, or not, or half, or print and then be cut off, or take the whole program along."""
        dice = self._random.random()
        if dice < 0.2:
            raise PrinterOff("kitchen")
        if dice < 0.3:
            raise PrinterDied("kitchen", may_have_printed=True)
        if dice < 0.33:
            raise KeyboardInterrupt  # the program was killed before a byte left
        if data == kick_drawer(2):
            self.kicks += 1
        else:
            self.printed[data] += 1
        if dice < 0.36:
            raise KeyboardInterrupt  # killed after the paper, before anything was written down
        if dice < 0.4:
            raise PrinterHangs("kitchen", may_have_printed=True)


def _through_the_storm(shop: Shop, actor: Actor, clock: ManualClock, sales: int, seed: int) -> Unreliable:
    printer = Unreliable(seed)
    desk = desk_at(shop, actor, printer)
    numbers = []
    idle = 0
    while idle < 3:
        if len(numbers) < sales:
            numbers.append(sell(shop, actor))
        clock.advance(seconds=20)
        try:
            came = desk.run_print_jobs(4)
        except KeyboardInterrupt:
            desk, came = desk_at(shop, actor, printer), 1  # a new program
        assert actor.till_id is not None
        waiting = shop.ask(print_status, [actor.till_id]).waiting
        idle = idle + 1 if not came and not waiting and len(numbers) == sales else 0
    unprinted = [
        number
        for number in numbers
        for job in shop.ask(print_jobs_of, number)
        if job.document == "receipt" and job.state != "done"
    ]
    assert unprinted == [], f"seed {seed}"
    assert len(printer.printed) == sales, f"seed {seed}"
    assert printer.kicks <= sales, f"seed {seed}"
    return printer


def test_a_storm_of_faults_loses_no_receipt_and_doubles_no_kick(
    with_printer: Shop, actor: Actor, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plain_papers(monkeypatch)
    _through_the_storm(with_printer, actor, clock, sales=40, seed=20261120)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_ten_thousand_receipts_through_the_storm(
    with_printer: Shop, actor: Actor, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plain_papers(monkeypatch)
    for round_ in range(10):
        seed = random.randrange(2**32)
        print(f"seed {seed}")
        _through_the_storm(with_printer, actor, clock, sales=1000, seed=seed + round_)


def _plain_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers without a layout: this is about the queue, and drawing ten thousand pictures would take minutes."""
    monkeypatch.setattr(
        "shopdesk.system.print_desk.printer_bytes", lambda document, _config: document.number.encode("ascii")
    )
