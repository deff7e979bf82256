"""Words for work in the background: ``jobs [list|run|retry|cancel]``."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Annotated

import typer

from shopdesk.cli.people import call_for, show_table
from shopdesk.core.clock import iso_utc
from shopdesk.core.errors import DatabaseTrouble
from shopdesk.core.i18n import _, ngettext
from shopdesk.core.permissions import Permission

if TYPE_CHECKING:
    from shopdesk.system.jobs_list import JobRow

LOOK_EVERY_S = 1.0
LISTED = 200

jobs_app = typer.Typer(
    help="Work in the background: listed, done here, repeated, cancelled.", no_args_is_help=False, rich_markup_mode=None
)
Context = typer.Context


def mount(app: typer.Typer) -> None:
    """Add these words to the program's."""
    app.add_typer(jobs_app, name="jobs")


@jobs_app.callback(invoke_without_command=True)
def jobs(context: Context) -> None:
    """List the newest work, if no other word is given."""
    if context.invoked_subcommand is None:
        list_jobs(context)


@jobs_app.command("list")
def list_jobs(
    context: Context,
    state: Annotated[str | None, typer.Option(help="queued, running, done, failed, cancelled or open")] = None,
) -> None:
    """List the newest work."""
    from shopdesk.db.paging import PageRequest
    from shopdesk.system.jobs_list import jobs_page

    call, _actor = call_for(context, Permission.JOB_VIEW)
    filters = () if state is None else (("state", state),)
    page = call.shop().ask(jobs_page, PageRequest(sort="newest", descending=True, filters=filters, limit=LISTED))
    show_table(
        call,
        ("id", "kind", "title", "state", "attempts", "by", "created_at", "error"),
        [_cells(row) for row in page.rows],
    )


@jobs_app.command("run")
def run_jobs(
    context: Context,
    follow: Annotated[bool, typer.Option("--follow", help="go on and wait for more")] = False,
) -> None:
    """Do the work that is due; without ``--follow`` until none is left."""
    from shopdesk.app import job_worker

    call, _actor = call_for(context, Permission.JOB_VIEW)
    worker = job_worker(call.shop())
    done = worker.run_due()
    try:
        while follow:
            time.sleep(LOOK_EVERY_S)
            with contextlib.suppress(DatabaseTrouble):  # the server comes back
                done += worker.run_due()
    except KeyboardInterrupt:
        worker.stop()
    said = ngettext("{count} piece of work was begun.", "{count} pieces of work were begun.", done)
    call.print(said.format(count=done), ok=True, begun=done)


@jobs_app.command("retry")
def retry(context: Context, job_ids: list[int]) -> None:
    """Begin failed or cancelled work anew, waiting work at once."""
    from shopdesk.system.jobs_list import PickJobs, retry_jobs

    call, actor = call_for(context, Permission.JOB_VIEW)
    count = call.shop().execute(retry_jobs, PickJobs(tuple(job_ids)), actor)
    call.print(_("To be done again: {count}.").format(count=count), ok=True, count=count)


@jobs_app.command("cancel")
def cancel(context: Context, job_ids: list[int]) -> None:
    """Cancel waiting work; running work is asked to stop."""
    from shopdesk.system.jobs_list import PickJobs, cancel_jobs

    call, actor = call_for(context, Permission.JOB_VIEW)
    count = call.shop().execute(cancel_jobs, PickJobs(tuple(job_ids)), actor)
    call.print(_("Cancelled: {count}.").format(count=count), ok=True, count=count)


def _cells(row: JobRow) -> tuple[object, ...]:
    return row.id, row.kind, row.title, row.state, row.attempts, row.by, iso_utc(row.created_at), row.error
