"""A day at a till, on paper: every kind of document goes from the books through the queue to a printer and is read back."""

from __future__ import annotations

from collections import Counter as Tally

import pytest

from shopdesk.core.actor import Actor
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.printing.config import PrinterConfig
from shopdesk.printing.devices import MemoryPrinter, simulator
from shopdesk.printing.escpos import kick_drawer
from shopdesk.printing.escpos_decoder import decode
from shopdesk.printing.preview import preview_png_pages
from shopdesk.sales.basket import Discount
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.paper_desk import paper_desk
from shopdesk.sales.reprint import (
    PrintGiftReceipt,
    PrintTestPage,
    Reprint,
    print_gift_receipt,
    print_test_page,
    reprint,
)
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleLine
from shopdesk.sales.shifts import CloseShift, OpenShift, PrintXReport, close_shift, open_shift, print_x_report
from shopdesk.sales.tills import SetPrinter, set_printer
from shopdesk.sales.training import sell_training
from shopdesk.sales.void import VoidSale, void_sale
from shopdesk.system.print_queue import print_status
from tests.printing.papers import codes_in, printed_text


class Paper:
    """The till's printer and what came out of it since one last looked."""

    def __init__(self, shop: Shop, actor: Actor, mode: str) -> None:
        assert actor.till_id is not None
        name = f"day {uuid7()}"
        self.config = PrinterConfig(kind="memory", address=name, mode=mode, opens_drawer=True)
        shop.execute(set_printer, SetPrinter(actor.till_id, 1, self.config), actor)
        self.printer: MemoryPrinter = simulator(name)
        self.desk = paper_desk(shop, actor, [actor.till_id])

    def since(self) -> tuple[list[bytes], int]:
        """Papers and drawer kicks since the last look."""
        self.desk.run_print_jobs()
        came = list(self.printer.papers)
        self.printer.papers.clear()
        papers = [data for data in came if data != kick_drawer(2)]
        return papers, len(came) - len(papers)

    def words(self) -> str:
        """The one paper that came since, as words; checks that its codes can be scanned."""
        (data,), _ = self.since()
        return self.read(data)

    def read(self, data: bytes) -> str:
        """A paper's words; its codes must be readable."""
        (picture,) = preview_png_pages(data, self.config.profile)
        assert codes_in(picture)
        return " ".join(printed_text(decode(data), self.config.code_page).split())


@pytest.fixture
def paper(shop: Shop, actor: Actor) -> Paper:
    return Paper(shop, actor, "text")


def sale(*lines: SaleLine, **more: object) -> CommitSale:
    """A sale of its own key."""
    return CommitSale(key=uuid7(), lines=lines, **more)


def test_a_whole_day_comes_out_on_paper(shop: Shop, actor: Actor, paper: Paper) -> None:
    shop.execute(open_shift, OpenShift(uuid7(), 10_000), actor)
    paper.since()

    tea = SaleLine(2000, sku="TEA", discount=Discount(cents=50))
    paid = (PaymentGiven("card", 500), PaymentGiven("cash", 1000))
    sold = shop.execute(commit_sale, sale(tea, SaleLine(sku="MUG"), payments=paid, note="For Kim"), actor)
    (receipt,), kicks = paper.since()
    assert kicks == 1
    words = paper.read(receipt)
    for piece in ("Corner shop", sold.number, "Green tea", "2 × 3.50", "-0.50 Discount", "Mug", "7.99", "Cash", "10.00",
                  "Change", "0.51", "TOTAL EUR 14.49", "VAT 19%", "Reduced VAT 7%", "Note: For Kim"):  # fmt: skip
        assert piece in words, piece
    head = str(sold.fields["head"]).split(":")[2]
    assert f"Journal {head[:16]}" in words
    assert head[:16].upper() in codes_in(preview_png_pages(receipt, paper.config.profile)[0])["QR Code"]

    shop.execute(reprint, Reprint(sold.number), actor)
    (copy,), kicks = paper.since()
    assert kicks == 0
    assert [word for word in paper.read(copy).split() if word != "COPY" and word.strip("*")] == [
        word for word in words.split() if word.strip("*")
    ]
    assert paper.read(copy).count("COPY") == 2

    shop.execute(print_gift_receipt, PrintGiftReceipt(sold.number), actor)
    gift = paper.words()
    assert "GIFT RECEIPT" in gift
    assert "3.50" not in gift
    assert "14.49" not in gift

    trained = shop.execute(sell_training, sale(SaleLine(sku="TEA")), actor)
    training = paper.words()
    assert training.count("TRAINING") == 2
    assert trained.number in training

    void = shop.execute(void_sale, VoidSale(uuid7(), sold.number, "Wrong tea"), actor)
    (voided,), kicks = paper.since()
    words = paper.read(voided)
    assert kicks == 1
    for piece in ("VOID", void.number, f"Voids receipt {sold.number}", "Reason: Wrong tea", "EUR -14.49", "-7.00"):
        assert piece in words, piece

    shop.execute(print_x_report, PrintXReport(), actor)
    x_report = paper.words()
    assert "X report" in x_report
    assert "EUR 0.00" in x_report

    shop.execute(close_shift, CloseShift(uuid7(), counted_cents=9_900, reason="A coin is missing"), actor)
    z_report = paper.words()
    for piece in ("Z report", "T1-Z000001", "Opening float 100.00", "Counted 99.00", "A coin is missing"):
        assert piece in z_report, piece

    shop.execute(print_test_page, PrintTestPage(), actor)
    assert "Printer test" in paper.words()
    assert actor.till_id is not None
    assert shop.ask(print_status, [actor.till_id]).waiting == 0


def test_the_same_day_in_pictures(sqlite_shop: Shop, actor: Actor) -> None:
    paper = Paper(sqlite_shop, actor, "raster")
    sold = sqlite_shop.execute(commit_sale, sale(SaleLine(sku="TEA")), actor)
    (receipt,), kicks = paper.since()
    assert kicks == 1
    assert codes_in(preview_png_pages(receipt, paper.config.profile)[0])["Code 128"] == sold.number
    assert set(Tally(command.name for command in decode(receipt))) == {
        "initialise", "single_bytes", "code_page", "raster", "cut",
    }  # fmt: skip
