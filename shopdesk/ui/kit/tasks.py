"""Work away from the GUI thread: one write lane that keeps the order, a few read lanes, answers by signal.

The lanes are plain threads with queues: a call is never lost, the write lane is first in first out, and closing waits
for what was begun. Answers arrive on the GUI thread; one that nobody wants any more is dropped there.
"""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from shopdesk.core.errors import ShopError

_log = logging.getLogger(__name__)
R = TypeVar("R")

READ_LANES = 3
CLOSE_WAIT_S = 10.0

Done = Callable[[R], object]
Failed = Callable[[BaseException], object]


class Ticket:
    """A request under way. Cancelling drops the answer and, if the work has not begun, the work as well."""

    __slots__ = ("_cancelled", "_done", "_failed", "_owner", "finished", "key", "number", "waiters")

    def __init__(
        self, number: int, done: Callable[..., object], failed: Failed | None, owner: QObject | None, key: str
    ) -> None:
        self.number = number
        self.key = key
        self.finished = False
        self.waiters: list[Callable[[], object]] = []
        self._done = done
        self._failed = failed
        self._owner = owner
        self._cancelled = False

    @property
    def wanted(self) -> bool:
        """Whether somebody still waits for the answer: not cancelled, and the asking widget still lives."""
        return not self._cancelled and (self._owner is None or isValid(self._owner))

    def cancel(self) -> None:
        """Drop the answer."""
        if not self.finished:
            self._cancelled = True
            self._settle()

    def when_settled(self, tell: Callable[[], object]) -> None:
        """Call once when the request is answered, failed or cancelled."""
        if self.finished:
            tell()
        else:
            self.waiters.append(tell)

    def deliver(self, value: object, error: BaseException | None) -> None:
        """Hand over the outcome; on the GUI thread only."""
        wanted = self.wanted
        self._settle()
        if not wanted:
            if error is not None and not isinstance(error, ShopError):
                _log.error("nobody waits any more for work that failed", exc_info=error)
            return
        if error is None:
            self._done(value)
        elif self._failed is not None:
            self._failed(error)
        else:
            raise error

    def _settle(self) -> None:
        if self.finished:
            return
        self.finished = True
        waiters, self.waiters = self.waiters, []
        for tell in waiters:
            tell()


class Lanes(QObject):
    """The threads that talk to the database for every window of the program."""

    _answered = Signal(object, object, object)
    idle = Signal()

    def __init__(self, parent: QObject | None = None, *, readers: int = READ_LANES) -> None:
        super().__init__(parent)
        self.setObjectName("lanes")
        self._numbers = itertools.count(1)
        self._newest: dict[tuple[int, str], Ticket] = {}
        self._open: set[Ticket] = set()
        self._closed = False
        self._writes: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._reads: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._threads = [self._thread("write", self._writes)]
        self._threads += [self._thread(f"read-{number}", self._reads) for number in range(1, readers + 1)]
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> int:
        """How many requests have not been answered yet."""
        return len(self._open)

    def read(
        self,
        work: Callable[[], R],
        done: Done[R],
        *,
        failed: Failed | None = None,
        owner: QObject | None = None,
        key: str = "",
    ) -> Ticket:
        """Run on a read lane. A later request of the same owner and non-empty key makes this one's answer stale."""
        ticket = self._ticket(done, failed, owner, key)
        if key:
            place = (id(owner), key)
            if (older := self._newest.get(place)) is not None:
                older.cancel()
            self._newest[place] = ticket
            ticket.when_settled(lambda: self._forget(place, ticket))
        self._put(self._reads, ticket, work)
        return ticket

    def write(
        self,
        work: Callable[[], R],
        done: Done[R],
        *,
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> Ticket:
        """Run on the write lane, after everything put there before. Cancelling a write drops its answer only."""
        ticket = self._ticket(done, failed, owner, "")
        self._put(self._writes, ticket, work, always=True)
        return ticket

    def forget_answers(self) -> None:
        """Nobody wants the answers of what is under way any more (the person left); every write is still carried out."""
        for ticket in list(self._open):
            ticket.cancel()

    def close(self, wait_s: float = CLOSE_WAIT_S) -> bool:
        """Take no more work, let what was begun and every waiting write end; False if that took too long."""
        if not self._closed:
            self._closed = True
            self.forget_answers()
            self._writes.put(None)
            for _thread in self._threads[1:]:
                self._reads.put(None)
        until = time.monotonic() + wait_s
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _ticket(self, done: Done[R], failed: Failed | None, owner: QObject | None, key: str) -> Ticket:
        ticket = Ticket(next(self._numbers), done, failed, owner, key)
        self._open.add(ticket)
        ticket.when_settled(lambda: self._open.discard(ticket))
        return ticket

    def _put(
        self,
        lane: queue.SimpleQueue[_Job | None],
        ticket: Ticket,
        work: Callable[[], object],
        *,
        always: bool = False,
    ) -> None:
        if self._closed:
            ticket.cancel()
            return
        for thread in self._threads:
            if thread.ident is None:
                thread.start()
        lane.put((ticket, work, always))

    def _thread(self, name: str, lane: queue.SimpleQueue[_Job | None]) -> threading.Thread:
        return threading.Thread(target=self._run, args=(lane,), name=f"shopdesk-{name}", daemon=True)

    def _run(self, lane: queue.SimpleQueue[_Job | None]) -> None:
        while (job := lane.get()) is not None:
            ticket, work, always = job
            value: object = None
            error: BaseException | None = None
            if always or ticket.wanted:
                try:
                    value = work()
                except BaseException as problem:  # carried to the GUI thread, which decides
                    error = problem
            if isValid(self):
                self._answered.emit(ticket, value, error)

    @Slot(object, object, object)
    def _deliver(self, ticket: Ticket, value: object, error: BaseException | None) -> None:
        try:
            ticket.deliver(value, error)
        finally:
            if not self._open:
                self.idle.emit()

    def _forget(self, place: tuple[int, str], ticket: Ticket) -> None:
        if self._newest.get(place) is ticket:
            del self._newest[place]


_Job = tuple[Ticket, Callable[[], object], bool]
