"""Background work: what waits, runs with its progress, failed with its reason, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.system.jobs_list import SORTS, JobRow, PickJobs, cancel_jobs, jobs_page, retry_jobs
from shopdesk.ui.kit.columns import State, moment, number, state, text
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.record_window import host_of
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice

STATES = {
    "queued": State(N_("Queued"), "", "timer-sand"),
    "again": State(N_("Waits to be tried again"), "warning", "timer-sand"),
    "running": State(N_("Running"), "", "cog-outline"),
    "stopping": State(N_("Stopping"), "warning", "cancel"),
    "done": State(N_("Done"), "success", "check"),
    "failed": State(N_("Failed"), "danger", "alert-circle-outline"),
    "cancelled": State(N_("Cancelled"), "secondary", "cancel"),
}


RESULT_WORDS = {
    "made": N_("New"),
    "changed": N_("Changed"),
    "unchanged": N_("Unchanged"),
    "refused": N_("Refused rows"),
    "undone": N_("Taken back"),
    "kept": N_("Kept"),
    "rows": N_("Rows"),
    "released": N_("Given back"),
}
"""What results call their figures, in words."""


def state_of(row: JobRow) -> str:
    """A job's state as it is shown: waiting for another try and stopping are told apart."""
    if row.state == "queued" and row.attempts:
        return "again"
    return "stopping" if row.state == "running" and row.cancel_wanted else row.state


def _may_repeat(row: JobRow) -> bool:
    return row.state in ("failed", "cancelled", "queued")


def _may_cancel(row: JobRow) -> bool:
    return row.state in ("queued", "running") and not row.cancel_wanted


def _leads_somewhere(row: JobRow) -> bool:
    return _target(row) is not None


def _target(row: JobRow) -> tuple[str, str] | None:
    """What a job's result says it is about."""
    target = (row.result or {}).get("target")
    return (str(target[0]), str(target[1])) if isinstance(target, list) and len(target) == 2 else None


def again(view: ListView, rows: Sequence[JobRow]) -> None:
    """Begin work anew."""
    command = PickJobs(tuple(row.id for row in rows))
    Operation(retry_jobs, command, said=N_("It is begun again.")).run(view.desk, view)


def cancel(view: ListView, rows: Sequence[JobRow]) -> None:
    """Stop work."""
    command = PickJobs(tuple(row.id for row in rows))
    Operation(cancel_jobs, command, said=N_("Waiting work is cancelled; running work stops at its next step.")).run(
        view.desk, view
    )


def open_result(view: ListView, rows: Sequence[JobRow]) -> None:
    """Show what came out of it."""
    target, host = _target(rows[0]), host_of(view)
    if target is not None and host is not None and (show := getattr(host, "open_target", None)) is not None:
        show(*target)


def job_detail(view: ListView, row: JobRow) -> QWidget:
    """A job with everything that is known of it."""
    formats = view.desk.formats
    pairs = [
        (_("Work"), row.title),
        (_("State"), row.state_name),
        (_("Progress"), row.progress),
        (_("What is wrong"), row.error or ""),
        (_("Asked for by"), row.by),
        (_("Asked for"), formats.full_moment(row.created_at)),
        (_("Begun"), formats.full_moment(row.started_at) if row.started_at else ""),
        (_("Ended"), formats.full_moment(row.ended_at) if row.ended_at else ""),
        (_("Next try"), formats.full_moment(row.retry_at) if state_of(row) == "again" else ""),
        (_("Tries"), _("{made} of {most}").format(made=row.attempts, most=row.max_attempts) if row.attempts else ""),
    ]
    told = {key: value for key, value in (row.result or {}).items() if key not in ("target", "quiet", "state")}
    pairs += [
        (_(RESULT_WORDS.get(key, key)), value if isinstance(value, str) else json.dumps(value))
        for key, value in told.items()
    ]
    return facts([pair for pair in pairs if pair[1]])


JOBS = ListScreen(
    key="system.jobs",
    title=N_("Background work"),
    glyph="cog-outline",
    needs=Permission.JOB_VIEW,
    page=jobs_page,
    row=JobRow,
    sorts=SORTS,
    sort="newest",
    descending=True,
    search="",
    columns=(
        state("state", N_("State"), STATES, width=176, read=state_of),
        text("title", N_("Work"), stretch=True),
        text("progress", N_("Progress"), width=208),
        text("by", N_("Asked for by"), width=112),
        moment("created_at", N_("Asked for"), sort="newest"),
        moment("ended_at", N_("Ended")),
        number("attempts", N_("Tries"), width=72),
        text("error", N_("What is wrong"), width=288),
    ),
    filters=(
        choice(
            "state",
            N_("State"),
            (
                ("open", N_("Not over")),
                ("queued", N_("Queued")),
                ("running", N_("Running")),
                ("failed", N_("Failed")),
                ("done", N_("Done")),
                ("cancelled", N_("Cancelled")),
            ),
        ),
    ),
    commands=(
        Command("open", N_("Show result"), open_result, "arrow-right", None, "Ctrl+O", ready=_leads_somewhere),
        Command(
            "again", N_("Begin again"), again, "refresh", Permission.JOB_VIEW, "Ctrl+R", Pick.MANY, ready=_may_repeat
        ),
        Command(
            "cancel", N_("Cancel"), cancel, "cancel", Permission.JOB_VIEW, "Ctrl+Del", Pick.MANY, ready=_may_cancel
        ),
    ),
    on_open="open",
    minor=("attempts", "by", "ended_at", "created_at", "error"),
    refresh_on={"Job"},
    detail=job_detail,
    empty=Empty("cog-outline", N_("Imports and other long work run here, beside everything else.")),
)
