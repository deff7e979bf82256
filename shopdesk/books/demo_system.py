"""The demo shop's background work: what the program does by itself was done last night."""

from __future__ import annotations

from datetime import timedelta

from shopdesk.core.i18n import N_
from shopdesk.db.shop import Shop
from shopdesk.marketing.tidying import run_tidying
from shopdesk.system.jobs_routines import Routine
from shopdesk.system.jobs_run import JobWorker


def fill_system(shop: Shop) -> None:
    """Do the daily tidying, as an open window would have."""
    routine = Routine(N_("Daily tidying"), timedelta(days=1))
    JobWorker(shop, {"tidy": run_tidying}, routines={"tidy": routine}).run_due()
