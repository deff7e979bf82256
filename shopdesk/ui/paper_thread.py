"""Prints what the tills of this machine have to print, in a thread of its own, while the window is open."""

from __future__ import annotations

import logging
import threading

from shopdesk.core.errors import ShopError
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader
from shopdesk.sales.paper_desk import paper_desk
from shopdesk.sales.tills import tills_list
from shopdesk.system.enrolment import ThisTill
from shopdesk.system.proof import gate_actor

_log = logging.getLogger(__name__)
LOOK_EVERY_S = 2.0


class PaperThread(threading.Thread):
    """Looks for papers every two seconds, and at once when it is woken.

    A machine that is a till prints for that till. One that is none prints for all tills of a local shop file, where no
    other machine could; for a shop on a server it prints nothing.
    """

    def __init__(self, shop: Shop, till: ThisTill | None) -> None:
        super().__init__(name="shopdesk-paper", daemon=True)
        self._shop = shop
        self._wake = threading.Event()
        self._stopping = False
        self.till = till

    def wake(self, names: frozenset[str] = frozenset({"PrintJob"})) -> None:
        """Look now, if what changed may be a paper; called from any thread."""
        if names & {"PrintJob", "Till", "*"}:
            self._wake.set()

    def stop(self, wait_s: float = 5.0) -> None:
        """End after the paper in hand."""
        self._stopping = True
        self._wake.set()
        if self.is_alive():
            self.join(wait_s)

    def run(self) -> None:
        desk, tills = None, None
        while not self._stopping:
            try:
                now = self._tills()
                if desk is None or now != tills:
                    tills = now
                    desk = paper_desk(self._shop, gate_actor(self._shop, now[0] if now else None), now)
                if tills:
                    desk.run_print_jobs()
            except ShopError as error:
                _log.info("papers wait: %s", error.code)
            except Exception:
                _log.exception("the printing thread met something unexpected and goes on")
            self._wake.wait(LOOK_EVERY_S)
            self._wake.clear()

    def _tills(self) -> tuple[int, ...]:
        if self.till is not None:
            return (self.till.till_id,)
        return self._shop.ask(_active_tills) if self._shop.database.dialect == "sqlite" else ()


def _active_tills(reader: Reader) -> tuple[int, ...]:
    return tuple(till.id for till in tills_list(reader) if till.is_active)
