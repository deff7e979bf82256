"""The printing thread's work: what waits at this machine's tills is drawn, sent and written down, one job at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.db.shop import Shop
from shopdesk.printing.config import PrinterConfig
from shopdesk.printing.devices import Printer
from shopdesk.printing.documents import Document
from shopdesk.printing.escpos import kick_drawer
from shopdesk.printing.receipt import printer_bytes
from shopdesk.printing.trouble import PrinterError
from shopdesk.system.print_queue import (
    Ending,
    EndPrintJob,
    PrintJobRow,
    TakePrintJob,
    end_print_job,
    startable_print_job,
    take_print_job,
)

_log = logging.getLogger(__name__)

PrinterForTill = Callable[[int], "tuple[PrinterConfig, Printer] | None"]
"""Where a till's papers go, by its id; None for a till without a printer. A ShopError keeps the job waiting."""
BuildDocument = Callable[[PrintJobRow], Document]
"""The document of a job, read anew; raises a ShopError for one that cannot be printed."""


class PrintDesk:
    """Prints for some tills. Kept by the thread that calls ``run_print_jobs`` again and again.

    ``actor`` is who the rows are changed as. An ending that the database could not take is kept and told first the next
    time, so that paper which came out is not printed again.
    """

    def __init__(
        self,
        shop: Shop,
        actor: Actor,
        till_ids: Sequence[int],
        printer_for_till: PrinterForTill,
        build_document: BuildDocument,
    ) -> None:
        self._shop = shop
        self._actor = actor
        self._till_ids = tuple(till_ids)
        self._printer_for_till = printer_for_till
        self._build_document = build_document
        self._untold: list[EndPrintJob] = []

    def run_print_jobs(self, at_most: int = 100) -> int:
        """Print what is due now and return how many papers came out; ends early when nothing is due.

        Each printer takes seconds at most. Raises ShopError only when the database cannot be used.
        """
        printed = 0
        for _attempt in range(at_most):
            self._tell()
            ready = self._shop.ask(startable_print_job, self._till_ids)
            if ready is None:
                break
            job = self._shop.execute(take_print_job, TakePrintJob(ready.id), self._actor)
            if job is None:
                continue  # too late for it, or another process was quicker
            ending, error = self._print(job)
            self._untold.append(EndPrintJob(job.id, job.attempts, ending, error))
            printed += ending == "printed"
        self._tell()
        return printed

    def _tell(self) -> None:
        while self._untold:
            self._shop.execute(end_print_job, self._untold[0], self._actor)
            del self._untold[0]

    def _print(self, job: PrintJobRow) -> tuple[Ending, str | None]:
        try:
            found = self._printer_for_till(job.till_id)
        except ShopError as error:
            return "refused", str(error)
        if found is None:
            return "unsent", _("This till has no printer.")
        config, printer = found
        drawer = job.life.is_drawer
        if drawer and not config.opens_drawer:
            return "unsent", _("No cash drawer hangs on this till's printer.")
        try:
            data = kick_drawer(config.drawer_pin) if drawer else printer_bytes(self._build_document(job), config)
        except ShopError as error:
            return "hopeless", str(error)
        except Exception:
            _log.exception("print job %s (%s) could not be drawn", job.id, job.document)
            return "hopeless", _("This paper could not be drawn; the log file says why.")
        try:
            printer.send(data)
        except PrinterError as error:
            return "refused", str(error)
        except Exception:
            _log.exception("print job %s (%s) could not be sent", job.id, job.document)
            return "refused", _("The printer failed in an unexpected way; the log file says how.")
        return "printed", None
