"""Paper and drawer as rows written in the document's transaction and done after it (SAFE-DESIGN D3)."""

from __future__ import annotations

from collections.abc import Mapping

from shopdesk.core.clock import to_micros
from shopdesk.core.ids import uuid7
from shopdesk.db.batch import Batch, insert_into
from shopdesk.db.unit import UnitOfWork
from shopdesk.sales.tills import TillAt
from shopdesk.system.models import PrintJob
from shopdesk.system.records import canonical

ADD_PRINT_JOB = insert_into(
    PrintJob, "uid", "document", "number", "options", "till_id", "state", "attempts", "next_try_at", "created_at"
)


def print_job(
    uow: UnitOfWork, till: TillAt, document: str, number: str, options: Mapping[str, object] | None = None
) -> dict[str, object]:
    """The row of a print job at a till; without a printer it is written as skipped."""
    now = to_micros(uow.clock.now())
    return {
        "uid": uuid7(),
        "document": document,
        "number": number,
        "options": canonical(options or {}),
        "till_id": till.id,
        "state": till.print_state,
        "attempts": 0,
        "next_try_at": now,
        "created_at": now,
    }


def queue_paper(
    batch: Batch,
    uow: UnitOfWork,
    till: TillAt,
    document: str,
    number: str,
    options: Mapping[str, object] | None = None,
) -> None:
    """Add a print job to a batch; ``document`` is a kind of ``print_jobs``, ``drawer`` for the kick."""
    batch.add(ADD_PRINT_JOB, print_job(uow, till, document, number, options))
    uow.changed("PrintJob")
