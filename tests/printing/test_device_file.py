"""A device file takes every byte unchanged, or the till hears within seconds why not."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopdesk.printing.device_file import DeviceFilePrinter
from shopdesk.printing.profile import PrinterProfile
from shopdesk.printing.receipt import receipt_escpos
from shopdesk.printing.trouble import PrinterDied, PrinterHangs, PrinterOff, PrinterRefused
from tests.printing.papers import receipt

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="device files are a thing of POSIX systems")

PAPER = receipt_escpos(receipt(3), PrinterProfile(mode="raster", dots=384)) + bytes(range(256))


@pytest.fixture
def serial_line() -> Iterator[tuple[int, str]]:
    """A pseudo terminal: the printer's end, and the path of the till's end."""
    ours, theirs = os.openpty()
    yield ours, os.ttyname(theirs)
    os.close(theirs)
    os.close(ours)


class Reader(threading.Thread):
    """The printer at the other end of a line."""

    def __init__(self, line: int, count: int) -> None:
        super().__init__(daemon=True)
        self._line = line
        self._count = count
        self.got = b""

    def run(self) -> None:
        """Read until everything came."""
        while len(self.got) < self._count:
            self.got += os.read(self._line, 4096)


def test_a_serial_line_carries_every_byte_unchanged(serial_line: tuple[int, str]) -> None:
    line, path = serial_line
    reader = Reader(line, len(PAPER))
    reader.start()
    DeviceFilePrinter(path, baud=115200).send(PAPER)
    reader.join(2)
    assert reader.got == PAPER


def test_a_line_that_takes_no_more_hangs_and_is_closed_at_once(serial_line: tuple[int, str]) -> None:
    _, path = serial_line
    before = time.monotonic()
    with pytest.raises(PrinterHangs) as caught:
        DeviceFilePrinter(path, patience=0.3).send(PAPER)
    assert time.monotonic() - before < 1.5
    assert caught.value.may_have_printed


def test_a_line_that_breaks_off_died() -> None:
    ours, theirs = os.openpty()
    path = os.ttyname(theirs)

    def hang_up() -> None:
        os.read(ours, 1000)
        os.close(ours)

    other_end = threading.Thread(target=hang_up)
    other_end.start()
    with pytest.raises((PrinterDied, PrinterHangs)) as caught:
        DeviceFilePrinter(path, patience=0.5).send(PAPER)
    other_end.join(2)
    os.close(theirs)
    assert caught.value.may_have_printed


def test_a_pipe_without_a_reader_and_a_missing_device_are_off(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lp0")
    for path in (tmp_path / "lp0", tmp_path / "missing"):
        with pytest.raises(PrinterOff):
            DeviceFilePrinter(str(path)).send(PAPER)


def test_a_pipe_carries_a_paper(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lp0")
    line = os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(line, True)
    reader = Reader(line, len(PAPER))
    reader.start()
    DeviceFilePrinter(str(tmp_path / "lp0")).send(PAPER)
    reader.join(2)
    os.close(line)
    assert reader.got == PAPER


def test_an_ordinary_file_is_never_written_to(tmp_path: Path) -> None:
    precious = tmp_path / "books.db"
    precious.write_bytes(b"precious")
    with pytest.raises(PrinterRefused, match="not a device"):
        DeviceFilePrinter(str(precious)).send(PAPER)
    assert precious.read_bytes() == b"precious"
