"""Queues, folders and the simulator: whole papers or a sentence."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from shopdesk.printing.config import PrinterConfig
from shopdesk.printing.device_file import DeviceFilePrinter
from shopdesk.printing.devices import (
    Behaviour,
    FolderPrinter,
    MemoryPrinter,
    SystemQueuePrinter,
    printer_from_settings,
    simulator,
)
from shopdesk.printing.network_printer import NetworkPrinter
from shopdesk.printing.trouble import (
    PrinterDied,
    PrinterError,
    PrinterHangs,
    PrinterOff,
    PrinterOutOfPaper,
    PrinterRefused,
    PrinterUnsupported,
)

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="lp is CUPS's program")


def test_settings_become_printers(tmp_path: Path) -> None:
    made = {
        "network": printer_from_settings(PrinterConfig(kind="network", address="host")),
        "device": printer_from_settings(PrinterConfig(kind="device", address=str(tmp_path / "lp0"))),
        "queue": printer_from_settings(PrinterConfig(kind="queue", address="office")),
        "folder": printer_from_settings(PrinterConfig(kind="folder", address=str(tmp_path))),
        "memory": printer_from_settings(PrinterConfig(kind="memory", address="demo")),
    }
    kinds = [NetworkPrinter, DeviceFilePrinter, SystemQueuePrinter, FolderPrinter, MemoryPrinter]
    assert [type(printer) for printer in made.values()] == kinds
    assert made["memory"] is simulator("demo")


def test_a_folder_collects_whole_papers_in_order_under_its_own_names(tmp_path: Path) -> None:
    printer = FolderPrinter(str(tmp_path))
    papers = [b"first", b"%PDF second", b"first"]
    for paper in papers:
        printer.send(paper)
    files = sorted(tmp_path.iterdir())
    assert [file.read_bytes() for file in files] == papers
    assert [file.suffix for file in files] == [".escpos", ".pdf", ".escpos"]
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)


def test_a_missing_folder_is_off_and_a_locked_one_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PrinterOff):
        FolderPrinter(str(tmp_path / "missing")).send(b"paper")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(PrinterRefused, match="No space left on device"):
        FolderPrinter(str(tmp_path)).send(b"paper")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [("off", PrinterOff), ("hangs", PrinterHangs), ("dies", PrinterDied), ("out_of_paper", PrinterOutOfPaper)],
)
def test_the_simulator_fails_as_real_ones_do(behaviour: Behaviour, error: type[PrinterError]) -> None:
    printer = MemoryPrinter(behaviour=behaviour, dies_after=3)
    with pytest.raises(error):
        printer.send(b"paper")
    assert list(printer.papers) == []
    assert list(printer.scraps) == ([b"pap"] if behaviour == "dies" else [])
    printer.behaviour = "works"
    printer.send(b"paper")
    assert list(printer.papers) == [b"paper"]


@pytest.fixture
def lp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program lp that does what the test writes into it."""
    program = tmp_path / "lp"
    program.write_text('#!/bin/sh\necho "$@" > "$0.said"\ncat > "$0.got"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return program


@on_posix
def test_a_queue_gets_receipts_raw_and_pdf_as_pdf(lp: Path) -> None:
    printer = SystemQueuePrinter("office")
    printer.send(b"\x1b@receipt\x00")
    assert lp.with_name("lp.said").read_text() == "-d office -t ShopDesk -o raw\n"
    assert lp.with_name("lp.got").read_bytes() == b"\x1b@receipt\x00"
    printer.send(b"%PDF-1.3")
    assert lp.with_name("lp.said").read_text() == "-d office -t ShopDesk\n"


@on_posix
def test_a_queue_that_refuses_says_why(lp: Path) -> None:
    lp.write_text("#!/bin/sh\necho 'lp: The printer or class does not exist.' >&2\nexit 1\n")
    with pytest.raises(PrinterRefused, match="The printer or class does not exist"):
        SystemQueuePrinter("office").send(b"paper")


@on_posix
def test_a_queue_that_does_not_answer_hangs(lp: Path) -> None:
    lp.write_text("#!/bin/sh\nexec sleep 30\n")
    before = time.monotonic()
    with pytest.raises(PrinterHangs):
        SystemQueuePrinter("office", patience=0.3).send(b"paper")
    assert time.monotonic() - before < 2


def test_a_system_without_queues_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PrinterUnsupported):
        SystemQueuePrinter("office").send(b"paper")


def test_sentences_name_the_printer() -> None:
    for error in (PrinterOff, PrinterHangs, PrinterDied, PrinterOutOfPaper):
        assert "kitchen" in str(error("kitchen"))
    assert str(PrinterRefused("kitchen", "full.")) == "The printer kitchen refused the print: full."
