"""A printer behind a device file: USB (/dev/usb/lp0), parallel, serial line, or a port name on Windows."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from typing import Final

from shopdesk.core.i18n import _
from shopdesk.printing.trouble import (
    PrinterDied,
    PrinterError,
    PrinterHangs,
    PrinterOff,
    PrinterOutOfPaper,
    PrinterRefused,
)

PATIENCE: Final = 2.0  # seconds without progress after which a printer hangs
_CHUNK: Final = 4096
_ABSENT: Final = frozenset({errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.ENOTDIR})


class DeviceFilePrinter:
    """Writes each paper to the device and waits until the line is empty."""

    def __init__(self, path: str, *, baud: int = 0, patience: float = PATIENCE) -> None:
        self._path = path
        self._baud = baud
        self._patience = patience

    def send(self, data: bytes) -> None:
        """Hand over all bytes; raises PrinterOff, PrinterHangs, PrinterDied, PrinterOutOfPaper, PrinterRefused."""
        if sys.platform == "win32":
            self._send_to_port(data)
        else:
            self._send_to_device(data)

    def _trouble(self, error: OSError, *, may_have_printed: bool) -> PrinterError:
        if error.errno == errno.ENOSPC:  # Linux' usblp says so when the paper has run out
            return PrinterOutOfPaper(self._path, may_have_printed=may_have_printed)
        if error.errno in _ABSENT and not may_have_printed:
            return PrinterOff(self._path)
        if error.errno in (errno.EACCES, errno.EPERM):
            return PrinterRefused(self._path, _("this user may not write to it."))
        if error.errno == errno.EBUSY:
            return PrinterRefused(self._path, _("another program is using it."))
        return PrinterDied(self._path, may_have_printed=may_have_printed)

    if sys.platform == "win32":

        def _send_to_port(self, data: bytes) -> None:
            """Windows writes to ports without a time limit, so a thread does it and is left behind if it hangs."""
            import threading

            failed: list[OSError] = []

            def write() -> None:
                try:
                    with open(rf"\\.\{self._path.rstrip(':')}", "wb", buffering=0) as port:
                        port.write(data)
                except OSError as error:
                    failed.append(error)

            writer = threading.Thread(target=write, daemon=True)
            writer.start()
            writer.join(self._patience + len(data) / 1000)
            if writer.is_alive():
                raise PrinterHangs(self._path, may_have_printed=True)
            if failed:
                raise self._trouble(failed[0], may_have_printed=False)

    else:

        def _send_to_device(self, data: bytes) -> None:
            try:
                line = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
            except OSError as error:
                raise self._trouble(error, may_have_printed=False) from error
            try:
                mode = os.fstat(line).st_mode
                if not (stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)):
                    raise PrinterRefused(self._path, _("it is not a device."))
                terminal = os.isatty(line)
                if terminal:
                    self._make_raw(line)
                self._write(line, data)
                if terminal:
                    self._drain(line)
            finally:
                os.close(line)

        def _write(self, line: int, data: bytes) -> None:
            import select

            sent = 0
            while sent < len(data):
                _readable, writable, _broken = select.select([], [line], [], self._patience)
                if not writable:
                    self._forget(line)
                    raise PrinterHangs(self._path, may_have_printed=sent > 0)
                try:
                    sent += os.write(line, data[sent : sent + _CHUNK])
                except BlockingIOError:
                    time.sleep(0.005)
                except OSError as error:
                    raise self._trouble(error, may_have_printed=sent > 0) from error

        def _make_raw(self, line: int) -> None:
            """Without this a terminal line would turn every line feed of a picture into two bytes."""
            import termios

            try:
                settings = termios.tcgetattr(line)
                settings[0] &= ~(termios.IXON | termios.IXOFF)
                settings[1] &= ~termios.OPOST
                settings[2] = settings[2] & ~(termios.CSIZE | termios.PARENB) | termios.CS8 | termios.CLOCAL
                settings[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG)
                if self._baud:
                    settings[4] = settings[5] = getattr(termios, f"B{self._baud}")
                termios.tcsetattr(line, termios.TCSANOW, settings)
            except termios.error as error:
                raise PrinterRefused(self._path, str(error.args[-1])) from error

        def _drain(self, line: int) -> None:
            """Wait until a serial line has sent everything, as long as it makes progress."""
            left = _waiting(line)
            end = time.monotonic() + self._patience
            while left:
                time.sleep(0.005)
                now_left = _waiting(line)
                if now_left < left:
                    left, end = now_left, time.monotonic() + self._patience
                elif time.monotonic() > end:
                    self._forget(line)
                    raise PrinterHangs(self._path, may_have_printed=True)

        def _forget(self, line: int) -> None:
            """Drop what a hanging line still holds, or closing it would wait for half a minute."""
            import termios

            if os.isatty(line):
                try:
                    termios.tcflush(line, termios.TCOFLUSH)
                except termios.error:
                    return


if sys.platform != "win32":

    def _waiting(line: int) -> int:
        import fcntl
        import termios

        counted = bytearray(4)
        try:
            fcntl.ioctl(line, termios.TIOCOUTQ, counted)
        except OSError:
            return 0
        return int.from_bytes(counted, "little")
