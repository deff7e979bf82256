"""Where bytes go: one protocol, and the printers that a shop can set."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import deque
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, Protocol

from shopdesk.core.i18n import _
from shopdesk.core.ids import uuid7
from shopdesk.printing.config import PrinterConfig, is_queue_name
from shopdesk.printing.device_file import DeviceFilePrinter
from shopdesk.printing.network_printer import NetworkPrinter
from shopdesk.printing.printer_text import PrinterText
from shopdesk.printing.trouble import (
    PrinterDied,
    PrinterHangs,
    PrinterOff,
    PrinterOutOfPaper,
    PrinterRefused,
    PrinterUnsupported,
)

QUEUE_SECONDS: Final = 2.0
_REMEMBERED: Final = 200  # papers a simulator keeps
_ENDINGS: Final = {b"%PDF": ".pdf", b"^XA": ".zpl"}

Behaviour = Literal["works", "off", "hangs", "dies", "out_of_paper"]


class Printer(Protocol):
    """Takes the bytes of one paper."""

    def send(self, data: bytes) -> None:
        """Hand over all bytes, or raise a PrinterError within seconds."""


class SystemQueuePrinter:
    """A queue of the operating system (CUPS): raw bytes for receipt printers, PDF for office printers."""

    def __init__(self, name: str, *, patience: float = QUEUE_SECONDS) -> None:
        self._name = name
        self._patience = patience

    def send(self, data: bytes) -> None:
        """Put the paper into the queue; raises PrinterUnsupported, PrinterRefused, PrinterHangs."""
        if sys.platform == "win32":
            raise PrinterUnsupported(
                self._name,
                _("system queues need CUPS. On Windows use a network printer, a port like COM3, or a folder."),
            )
        command = shutil.which("lp")
        if command is None:
            raise PrinterUnsupported(self._name, _("the program lp of CUPS is not installed."))
        raw = [] if data.startswith(b"%PDF") else ["-o", "raw"]
        try:
            done = subprocess.run(
                [command, "-d", self._name, "-t", "ShopDesk", *raw],
                input=data,
                capture_output=True,
                timeout=self._patience,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise PrinterHangs(self._name, may_have_printed=True) from error
        except OSError as error:
            raise PrinterRefused(self._name, error.strerror or str(error)) from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise PrinterRefused(self._name, PrinterText(said[0] if said else str(done.returncode)).clipped(200))


def system_queues(*, patience: float = QUEUE_SECONDS) -> tuple[str, ...]:
    """Names of the queues that this machine has, without waiting long; none where the system has no CUPS."""
    command = shutil.which("lpstat")
    if command is None:
        return ()
    try:
        told = subprocess.run([command, "-e"], capture_output=True, timeout=patience, check=False)
    except (subprocess.TimeoutExpired, OSError):
        return ()
    names = told.stdout.decode("utf-8", "replace").split()
    return tuple(name for name in names if is_queue_name(name)) if told.returncode == 0 else ()


class FolderPrinter:
    """A folder that collects papers as files with generated names; each appears whole or not at all."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def send(self, data: bytes) -> None:
        """Store the paper; raises PrinterOff where the folder is missing, PrinterRefused where it cannot be written."""
        if not self._folder.is_dir():
            raise PrinterOff(str(self._folder))
        ending = next((ending for start, ending in _ENDINGS.items() if data.startswith(start)), ".escpos")
        name = f"{uuid7()}-{sha256(data).hexdigest()[:12]}{ending}"
        unfinished = self._folder / f".{name}.part"
        try:
            try:
                with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(unfinished, self._folder / name)
            except OSError:
                unfinished.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise PrinterRefused(str(self._folder), error.strerror or str(error)) from error


class MemoryPrinter:
    """A printer that exists only in the program: for the demo shop and for tests, with every way to fail.

    ``papers`` holds what was printed whole (the last 200), ``scraps`` what came out before it died.
    """

    def __init__(self, name: str = "memory", behaviour: Behaviour = "works", *, dies_after: int = 100) -> None:
        self.name = name
        self.behaviour: Behaviour = behaviour
        self.dies_after = dies_after
        self.papers: deque[bytes] = deque(maxlen=_REMEMBERED)
        self.scraps: deque[bytes] = deque(maxlen=_REMEMBERED)

    def send(self, data: bytes) -> None:
        """Print as ``behaviour`` says."""
        match self.behaviour:
            case "works":
                self.papers.append(data)
            case "off":
                raise PrinterOff(self.name)
            case "hangs":
                raise PrinterHangs(self.name)
            case "dies":
                self.scraps.append(data[: self.dies_after])
                raise PrinterDied(self.name, may_have_printed=self.dies_after > 0)
            case "out_of_paper":
                raise PrinterOutOfPaper(self.name)


@lru_cache(maxsize=64)
def simulator(name: str) -> MemoryPrinter:
    """The simulated printer of that name: one a name, as long as the program runs."""
    return MemoryPrinter(name)


def printer_from_settings(config: PrinterConfig) -> Printer:
    """The printer that a configuration describes; it is reached only when something is sent."""
    match config.kind:
        case "network":
            host, port = config.host_and_port
            return NetworkPrinter(host, port, name=config.name, ask_status=config.ask_status)
        case "device":
            return DeviceFilePrinter(config.address, baud=config.baud)
        case "queue":
            return SystemQueuePrinter(config.address)
        case "folder":
            return FolderPrinter(config.address)
        case "memory":
            return simulator(config.name)
