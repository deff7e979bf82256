"""A receipt printer in the network: raw bytes to a port, with bounded patience."""

from __future__ import annotations

import socket
import time
from typing import Final

from shopdesk.printing.trouble import (
    PrinterDied,
    PrinterHangs,
    PrinterNotReady,
    PrinterOff,
    PrinterOutOfPaper,
)

CONNECT_SECONDS: Final = 2.0
PATIENCE: Final = 2.0  # seconds without progress after which a printer hangs
LONGEST_PRINT: Final = 60.0  # seconds for one paper, however alive the printer seems
_SETTLE: Final = 0.2  # a printer that broke off says so within this time
_CHUNK: Final = 4096
_SEND_BUFFER: Final = 8192  # small, so that progress is the printer's and not the kernel's

_ASK_READY: Final = b"\x10\x04\x01"
_ASK_PAPER: Final = b"\x10\x04\x04"
_ASK_AT_END: Final = b"\x1dr\x01"  # answered in turn, so everything before it was printed
_REAL_TIME: Final = 0x10  # set in answers to the first two, clear in the last one's
_OFFLINE: Final = 0x08
_PAPER_END_NOW: Final = 0x60
_PAPER_END: Final = 0x0C


class NetworkPrinter:
    """Sends each paper over a connection of its own."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        name: str,
        ask_status: bool = False,
        patience: float = PATIENCE,
    ) -> None:
        self._place = (host, port)
        self._name = name
        self._ask_status = ask_status
        self._patience = patience

    def send(self, data: bytes) -> None:
        """Hand over all bytes; raises PrinterOff, PrinterHangs, PrinterDied, PrinterOutOfPaper, PrinterNotReady."""
        with self._connect() as connection:
            if self._ask_status:
                self._check_ready(connection)
            end = time.monotonic() + LONGEST_PRINT
            self._push(connection, data, end)
            if self._ask_status:
                self._await_end(connection, end)
            else:
                self._settle(connection)

    def _connect(self) -> socket.socket:
        end = time.monotonic() + CONNECT_SECONDS
        try:
            for family, kind, protocol, _, place in socket.getaddrinfo(*self._place, type=socket.SOCK_STREAM):
                connection = socket.socket(family, kind, protocol)
                try:
                    connection.settimeout(max(end - time.monotonic(), 0.05))
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
                    connection.connect(place)
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    connection.settimeout(self._patience)
                except OSError:
                    connection.close()
                    continue
                return connection
        except OSError as error:
            raise PrinterOff(self._name) from error
        raise PrinterOff(self._name)

    def _check_ready(self, connection: socket.socket) -> None:
        if self._ask(connection, _ASK_PAPER) & _PAPER_END_NOW == _PAPER_END_NOW:
            raise PrinterOutOfPaper(self._name)
        if self._ask(connection, _ASK_READY) & _OFFLINE:
            raise PrinterNotReady(self._name)

    def _ask(self, connection: socket.socket, question: bytes) -> int:
        try:
            connection.sendall(question)
            answer = connection.recv(1)
        except TimeoutError as error:
            raise PrinterHangs(self._name) from error
        except OSError as error:
            raise PrinterDied(self._name) from error
        if not answer:
            raise PrinterDied(self._name)
        return answer[0]

    def _push(self, connection: socket.socket, data: bytes, end: float) -> None:
        sent = 0
        while sent < len(data):
            if time.monotonic() > end:
                raise PrinterHangs(self._name, may_have_printed=True)
            try:
                sent += connection.send(data[sent : sent + _CHUNK])
            except TimeoutError as error:
                raise PrinterHangs(self._name, may_have_printed=True) from error
            except OSError as error:
                raise PrinterDied(self._name, may_have_printed=sent > 0) from error

    def _await_end(self, connection: socket.socket, end: float) -> None:
        """Wait for the answer that comes after the last line, as long as the printer shows that it lives."""
        try:
            connection.sendall(_ASK_AT_END)
            connection.settimeout(self._patience / 4)
            alive = time.monotonic()
            while True:
                try:
                    answer = connection.recv(64)
                except TimeoutError:
                    now = time.monotonic()
                    if now - alive >= self._patience or now > end:
                        raise PrinterHangs(self._name, may_have_printed=True) from None
                    connection.sendall(_ASK_READY)
                    continue
                if not answer:
                    raise PrinterDied(self._name, may_have_printed=True)
                alive = time.monotonic()
                for byte in answer:
                    if byte & _REAL_TIME:
                        continue
                    if byte & _PAPER_END == _PAPER_END:
                        raise PrinterOutOfPaper(self._name, may_have_printed=True)
                    return
        except OSError as error:
            raise PrinterDied(self._name, may_have_printed=True) from error

    def _settle(self, connection: socket.socket) -> None:
        """Wait until the printer's side has acknowledged every byte, and see whether it broke off."""
        end = time.monotonic() + self._patience
        while _unacknowledged(connection):
            if time.monotonic() > end:
                raise PrinterHangs(self._name, may_have_printed=True)
            time.sleep(0.005)
        try:
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(_SETTLE)
            while connection.recv(64):
                pass  # unasked status bytes mean nothing here
        except TimeoutError:
            pass  # most printers keep the connection open
        except OSError as error:
            raise PrinterDied(self._name, may_have_printed=True) from error


def _unacknowledged(connection: socket.socket) -> int:
    """Bytes that the other side's kernel has not confirmed; 0 where the system does not tell."""
    try:
        import fcntl
        import termios
    except ImportError:  # Windows
        return 0
    counted = bytearray(4)
    try:
        fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, counted)
    except OSError:
        return 0
    return int.from_bytes(counted, "little")
