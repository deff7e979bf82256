"""The composition root: puts a shop together from its address; nothing else assembles."""

from __future__ import annotations

from shopdesk import wiring
from shopdesk.core.clock import Clock
from shopdesk.db.database import Database
from shopdesk.db.shop import Shop
from shopdesk.system.audit import note_denied
from shopdesk.system.jobs_run import JobWorker
from shopdesk.system.rights import rights_now


def open_shop(address: str, *, clock: Clock | None = None) -> Shop:
    """A shop behind its two doors; the schema is not looked at here (migrations.check does)."""
    return Shop(Database(address), authorise=rights_now, handlers=wiring.HANDLERS, clock=clock, note_denied=note_denied)


def job_worker(shop: Shop) -> JobWorker:
    """Somebody who does the shop's background work, of every kind there is."""
    return JobWorker(shop, wiring.JOBS, routines=wiring.ROUTINES)
