"""Printers of the network that behave badly on purpose."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Literal

Manner = Literal["prints", "closes_after_print", "never_reads", "dies", "resets", "reads_slowly", "answers"]


class Sink:
    """Listens on a loopback port and treats each connection in its manner; ``papers`` holds what each one brought."""

    def __init__(self, manner: Manner, *, bytes_until_death: int = 1000, paper: int = 0x12, ready: int = 0x12) -> None:
        self.manner = manner
        self.bytes_until_death = bytes_until_death
        self.paper = paper  # answer to DLE EOT 4
        self.ready = ready  # answer to DLE EOT 1
        self.end = 0  # answer to GS r 1
        self.prints_for = 0.0  # seconds before that answer
        self._done_at: float | None = None
        self.papers: list[bytes] = []
        self._stop = threading.Event()
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(8)
        self._listener.settimeout(0.05)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and wait for the thread."""
        self._stop.set()
        self._thread.join()
        self._listener.close()

    def wait_for_papers(self, count: int) -> list[bytes]:
        """The papers, once there are so many."""
        end = time.monotonic() + 2
        while len(self.papers) < count and time.monotonic() < end:
            time.sleep(0.005)
        return self.papers

    def _serve(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = self._listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(0.05)
                    self.papers.append(b"")
                    self._treat(connection)

    def _treat(self, connection: socket.socket) -> None:
        if self.manner == "never_reads":
            self._stop.wait()
            return
        while not self._stop.is_set():
            room = 4096
            if self.manner in ("dies", "resets"):
                room = min(room, self.bytes_until_death - len(self.papers[-1]))
            if room == 0:
                if self.manner == "resets":  # no goodbye: the other side gets a reset
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                return
            if self._done_at is not None and time.monotonic() >= self._done_at:
                self._done_at = None
                connection.sendall(bytes((self.end,)))
            try:
                data = connection.recv(room)
            except TimeoutError:
                continue
            if not data:
                return
            if self.manner == "reads_slowly":
                time.sleep(0.002)
            self.papers[-1] += self._without_questions(connection, data) if self.manner == "answers" else data

    def _without_questions(self, connection: socket.socket, data: bytes) -> bytes:
        for question, answer in ((b"\x10\x04\x04", self.paper), (b"\x10\x04\x01", self.ready)):
            if question in data:
                data = data.replace(question, b"")
                connection.sendall(bytes((answer,)))
        if b"\x1dr\x01" in data:
            data = data.replace(b"\x1dr\x01", b"")
            self._done_at = time.monotonic() + self.prints_for
        return data


@contextlib.contextmanager
def sink(manner: Manner, **facts: int) -> Iterator[Sink]:
    """A bad printer for the length of a block."""
    made = Sink(manner, **facts)
    try:
        yield made
    finally:
        made.close()
