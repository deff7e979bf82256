"""The printer at the till: how many papers wait, what ails it, and trying again; selling never waits for any of it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from shopdesk.core.i18n import _
from shopdesk.system.print_queue import (
    PickPrintJobs,
    PrintJobRow,
    PrintStatus,
    open_print_jobs,
    print_status,
    retry_print_jobs,
    skip_print_jobs,
)
from shopdesk.ui.dialogs.held import Act, ChoiceDialog, ChoiceRow
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.till.header import TillHeader
from shopdesk.ui.till.till_desk import TillDesk


class PaperWork(QObject):
    """Keeps the printer's state in the head up to date, and lists what waits when it is pressed."""

    def __init__(self, till: TillDesk, header: TillHeader) -> None:
        super().__init__(till)
        self._till = till
        self._header = header

    def look(self) -> None:
        """Read how the papers of this till stand."""
        till, standing = self._till, self._till.standing
        if standing is None:
            return

        def done(status: PrintStatus) -> None:
            self._header.show_printing(status.waiting + status.failed, status.trouble or "")

        till.desk.ask(
            print_status, (standing.till.id,), done=done, failed=till.failed, owner=till.page, key="print_status"
        )

    def jobs(self) -> None:
        """List the papers that wait or failed; the chosen one can be tried at once or given up."""
        till, standing = self._till, self._till.standing
        if standing is None:
            return

        def show(jobs: tuple[PrintJobRow, ...]) -> None:
            rows = [self._row(job) for job in jobs]
            acts = [
                Act("skip", _("Give up"), self._skip),
                Act("retry", _("Print now"), self._retry, main=True),
            ]
            ChoiceDialog(
                till.page.window(), "print_jobs_dialog", _("Papers that wait"), rows, acts, _("Everything is printed.")
            )

        till.desk.ask(open_print_jobs, (standing.till.id,), done=show, failed=till.failed, owner=till.page)

    def _row(self, job: PrintJobRow) -> ChoiceRow:
        words = f"{job.title} · {job.error}" if job.error else job.title
        return ChoiceRow(job, words, self._till.formats.time(job.created_at))

    def _retry(self, job: object) -> None:
        assert isinstance(job, PrintJobRow)

        def done(count: int) -> None:
            words = _("{paper} is tried again.") if count else _("{paper} cannot be tried again.")
            self._till.say(words.format(paper=job.title))
            self.look()

        Operation(retry_print_jobs, PickPrintJobs((job.id,)), done=done).run(self._till.desk, self._till.page)

    def _skip(self, job: object) -> None:
        assert isinstance(job, PrintJobRow)
        said = _("{paper} will not be printed.").format(paper=job.title)
        Operation(skip_print_jobs, PickPrintJobs((job.id,)), done=lambda _count: self.look(), said=said).run(
            self._till.desk, self._till.page
        )
