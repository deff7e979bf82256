"""Places of the shop's own machinery: audit, paper, keys."""

from __future__ import annotations

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.ui.navigation import Entry
from shopdesk.ui.screens.place import SYSTEM, listed


def _waiting_papers(reader: Reader) -> int:
    from shopdesk.ui.screens.printing import unfinished_jobs

    return len(unfinished_jobs(reader))


def _failed_jobs(reader: Reader) -> int:
    from shopdesk.system.jobs_list import failed_jobs

    return failed_jobs(reader)


PLACES = (
    Entry(
        "notifications",
        N_("Notifications"),
        "bell-outline",
        SYSTEM,
        None,
        listed("notifications", "NOTIFICATIONS"),
    ),
    Entry(
        "jobs",
        N_("Background work"),
        "cog-outline",
        SYSTEM,
        Permission.JOB_VIEW,
        listed("jobs", "JOBS"),
        waiting=_failed_jobs,
        waits_on=frozenset({"Job"}),
    ),
    Entry("approvals", N_("Approvals"), "stamper", SYSTEM, Permission.AUDIT_VIEW, listed("approvals", "APPROVALS")),
    Entry("audit", N_("Audit log"), "history", SYSTEM, Permission.AUDIT_VIEW, listed("audit", "AUDIT")),
    Entry(
        "print_jobs",
        N_("Print jobs"),
        "printer-outline",
        SYSTEM,
        Permission.SELL,
        listed("printing", "PRINT_JOBS"),
        waiting=_waiting_papers,
        waits_on=frozenset({"PrintJob"}),
    ),
    Entry("api_keys", N_("API keys"), "key-outline", SYSTEM, Permission.API_KEY, listed("api_keys", "API_KEYS")),
)
