"""A network printer may refuse, hang, die or crawl: it is told apart within two seconds and no byte is invented."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shopdesk.printing.network_printer import NetworkPrinter
from shopdesk.printing.profile import PrinterProfile
from shopdesk.printing.receipt import receipt_escpos
from shopdesk.printing.trouble import (
    PrinterDied,
    PrinterError,
    PrinterHangs,
    PrinterNotReady,
    PrinterOff,
    PrinterOutOfPaper,
)
from tests.printing.papers import receipt
from tests.printing.sinks import Sink, sink

PAPER = receipt_escpos(receipt(20), PrinterProfile(mode="raster"))
SMALL = receipt_escpos(receipt(), PrinterProfile(mode="text"))


def printer(at: Sink | int, **changes: object) -> NetworkPrinter:
    """The printer at a port, with less patience than in a shop."""
    port = at if isinstance(at, int) else at.port
    facts: dict[str, object] = {"name": "kitchen", "patience": 0.4}
    return NetworkPrinter("127.0.0.1", port, **{**facts, **changes})


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fails if the block takes longer."""
    before = time.monotonic()
    yield
    assert time.monotonic() - before < seconds


@pytest.mark.parametrize("data", [PAPER, SMALL], ids=["raster", "text"])
@pytest.mark.parametrize("manner", ["prints", "reads_slowly"])
def test_every_byte_arrives_once_and_in_order(manner: str, data: bytes) -> None:
    with sink(manner) as bad:
        printer(bad).send(data)
        printer(bad).send(data)
        bad.wait_for_papers(2)
    assert bad.papers == [data, data]


def test_a_printer_that_is_off_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with within(2), pytest.raises(PrinterOff, match="The printer kitchen cannot be reached") as caught:
        printer(port).send(PAPER)
    assert not caught.value.may_have_printed


def test_a_name_that_leads_nowhere_is_off() -> None:
    with pytest.raises(PrinterOff):
        NetworkPrinter("printer.invalid", 9100, name="kitchen").send(SMALL)


def test_a_printer_that_takes_no_bytes_hangs() -> None:
    with sink("never_reads") as bad, within(2), pytest.raises(PrinterHangs) as caught:
        printer(bad).send(PAPER)
    assert caught.value.may_have_printed


def test_the_patience_of_a_shop_is_two_seconds() -> None:
    with sink("never_reads") as bad, within(2.5), pytest.raises(PrinterHangs):
        NetworkPrinter("127.0.0.1", bad.port, name="kitchen").send(PAPER)


@pytest.mark.parametrize("manner", ["dies", "resets"])
@pytest.mark.parametrize("bytes_until_death", [1, 1000, 20_000])
def test_a_printer_that_dies_in_the_middle_is_told_from_one_that_printed(manner: str, bytes_until_death: int) -> None:
    with sink(manner, bytes_until_death=bytes_until_death) as bad, within(2), pytest.raises(PrinterDied) as caught:
        printer(bad).send(PAPER)
    assert caught.value.may_have_printed
    assert PAPER.startswith(bad.papers[0])


def test_a_small_print_that_breaks_off_is_noticed_too() -> None:
    with sink("resets", bytes_until_death=100) as bad, pytest.raises(PrinterDied):
        printer(bad).send(SMALL)


@pytest.mark.parametrize(
    ("facts", "error"),
    [({"paper": 0x72}, PrinterOutOfPaper), ({"ready": 0x1A}, PrinterNotReady)],
    ids=["no paper", "cover open"],
)
def test_a_printer_that_is_asked_says_what_it_lacks_before_anything_is_sent(
    facts: dict[str, int], error: type[PrinterError]
) -> None:
    with sink("answers", **facts) as bad, pytest.raises(error) as caught:
        printer(bad, ask_status=True).send(PAPER)
    assert not caught.value.may_have_printed
    assert bad.papers == [b""]


def test_a_printer_that_is_asked_confirms_the_end() -> None:
    with sink("answers") as bad:
        printer(bad, ask_status=True).send(PAPER)
    assert bad.papers == [PAPER]


def test_paper_that_runs_out_in_the_middle_is_reported() -> None:
    with sink("answers") as bad:
        bad.end = 0x0C
        with pytest.raises(PrinterOutOfPaper) as caught:
            printer(bad, ask_status=True).send(PAPER)
    assert caught.value.may_have_printed


def test_a_printer_that_never_confirms_hangs_even_if_its_buffer_took_everything() -> None:
    with sink("never_reads") as bad, within(2), pytest.raises(PrinterHangs):
        printer(bad, ask_status=True).send(SMALL)


def test_a_printer_that_prints_long_but_answers_is_waited_for() -> None:
    with sink("answers") as bad:
        bad.prints_for = 1.0
        before = time.monotonic()
        printer(bad, ask_status=True).send(PAPER)
        assert time.monotonic() - before >= 1.0
    assert bad.papers == [PAPER]
