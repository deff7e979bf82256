"""What waits for a printer, and what could not be printed."""

from __future__ import annotations

from collections.abc import Sequence

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.sales.tills import tills_list
from shopdesk.system.print_queue import (
    PRINT_JOB_NAMES,
    PickPrintJobs,
    PrintJobRow,
    open_print_jobs,
    retry_print_jobs,
    skip_print_jobs,
)
from shopdesk.ui.kit.columns import State, moment, number, state, text
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick
from shopdesk.ui.kit.whole import whole

STATES = {
    "queued": State(N_("Waits"), "", "timer-sand"),
    "printing": State(N_("Printing"), "", "printer-outline"),
    "failed": State(N_("Failed"), "danger", "printer-alert"),
}
PAPERS = {kind: State(words, "", "receipt-text-outline") for kind, words in PRINT_JOB_NAMES.items()}
_MOST = 200


def unfinished_jobs(reader: Reader) -> tuple[PrintJobRow, ...]:
    """Everything at any till that is not on paper yet."""
    return open_print_jobs(reader, tuple(till.id for till in tills_list(reader)), _MOST)


def again(view: ListView, rows: Sequence[PrintJobRow]) -> None:
    """Try jobs at once."""
    command = PickPrintJobs(tuple(row.id for row in rows))
    Operation(retry_print_jobs, command, said=N_("Tried again at once.")).run(view.desk, view)


def give_up(view: ListView, rows: Sequence[PrintJobRow]) -> None:
    """Do not print jobs any more."""
    command = PickPrintJobs(tuple(row.id for row in rows))
    Operation(skip_print_jobs, command, said=N_("Given up; the papers can be printed again from their lists.")).run(
        view.desk, view
    )


PRINT_JOBS = ListScreen(
    key="system.print_jobs",
    title=N_("Print jobs"),
    glyph="printer-outline",
    needs=Permission.SELL,
    page=whole(unfinished_jobs),
    row=PrintJobRow,
    sort="created_at",
    descending=True,
    columns=(
        moment("created_at", N_("Since"), sort=True),
        state("document", N_("Paper"), PAPERS, width=152),
        text("number", N_("Number"), width=144, sort=True),
        state("state", N_("State"), STATES, sort=True),
        number("attempts", N_("Tries"), width=72),
        moment("next_try_at", N_("Next try")),
        text("error", N_("What is wrong"), stretch=True),
    ),
    commands=(
        Command("again", N_("Try now"), again, "refresh", Permission.SELL, "Ctrl+R", Pick.MANY),
        Command("give_up", N_("Give up"), give_up, "cancel", Permission.SELL, "Ctrl+Del", Pick.MANY, danger=True),
    ),
    minor=("next_try_at", "attempts"),
    refresh_on={"PrintJob", "Order", "Void", "Shift"},
    empty=Empty("printer-outline", N_("Nothing waits for a printer.")),
)
