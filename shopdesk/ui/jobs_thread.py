"""Does the shop's background work in a thread of its own while a window is open, whoever is signed in."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from shopdesk.core.errors import ShopError
from shopdesk.db.shop import Shop
from shopdesk.system.jobs_run import JobWorker

_log = logging.getLogger(__name__)
LOOK_EVERY_S = 3.0
MakeWorker = Callable[[Shop], JobWorker]


class JobsThread(threading.Thread):
    """Looks for work every few seconds, and at once when it is woken.

    Windows of several machines share the work: each job is taken by one of them.
    """

    def __init__(self, shop: Shop, worker: JobWorker) -> None:
        super().__init__(name="shopdesk-jobs", daemon=True)
        self._shop = shop
        self._worker = worker
        self._wake = threading.Event()
        self._stopping = False

    def wake(self, names: frozenset[str]) -> None:
        """Look now, if what changed may be a job; called from any thread."""
        if names & {"Job", "*"}:
            self._wake.set()

    def stop(self, wait_s: float = 5.0) -> None:
        """Hand back the job in hand and end; what does not stop in time is taken up after its lease."""
        self._stopping = True
        self._worker.stop()
        self._wake.set()
        if self.is_alive():
            self.join(wait_s)

    def run(self) -> None:
        forget = self._shop.changes.subscribe(self.wake)
        while not self._stopping:
            try:
                self._worker.run_due()
            except ShopError as error:
                _log.info("background work waits: %s", error.code)
            except Exception:
                _log.exception("the thread of background work met something unexpected and goes on")
                self._wake.clear()
            self._wake.wait(LOOK_EVERY_S)
            self._wake.clear()
        forget()
