"""THE table: which event wakes which functions, in order, in the publisher's own transaction; which job kind runs what."""

from __future__ import annotations

from datetime import timedelta

from shopdesk.core.i18n import N_
from shopdesk.db.unit import Handlers
from shopdesk.feeds.jobs import run_check, run_import, run_undo
from shopdesk.feeds.names import APPLY_JOB, CHECK_JOB, UNDO_JOB
from shopdesk.feeds.people_forgotten import forget_people
from shopdesk.inventory.events import StockRanLow
from shopdesk.inventory.reservations import EXPIRY_EVERY, EXPIRY_JOB, run_expiry
from shopdesk.marketing.notifications_handlers import tell_job_done, tell_job_failed, tell_low_stock
from shopdesk.marketing.tidying import run_tidying
from shopdesk.parties.events import CustomersErased
from shopdesk.system.events import JobDone, JobFailed
from shopdesk.system.jobs_routines import Routine
from shopdesk.system.jobs_run import Runner

HANDLERS: Handlers = {
    StockRanLow: (tell_low_stock,),
    CustomersErased: (forget_people,),
    JobDone: (tell_job_done,),
    JobFailed: (tell_job_failed,),
}

JOBS: dict[str, Runner] = {
    APPLY_JOB: run_import,
    CHECK_JOB: run_check,
    UNDO_JOB: run_undo,
    "tidy": run_tidying,
    EXPIRY_JOB: run_expiry,
}
"""What does each kind of job; a runner imports what is heavy when it is called."""

ROUTINES: dict[str, Routine] = {
    "tidy": Routine(N_("Daily tidying"), timedelta(days=1)),
    EXPIRY_JOB: Routine(N_("Give back what was set aside for too long"), EXPIRY_EVERY),
}
"""Jobs that come again by themselves, as the built-in user."""
