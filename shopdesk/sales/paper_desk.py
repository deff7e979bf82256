"""The printing thread of a machine put together: its tills' printers, and the documents from the books."""

from __future__ import annotations

from collections.abc import Sequence

from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.printing.config import PrinterConfig
from shopdesk.printing.devices import Printer, printer_from_settings
from shopdesk.printing.documents import Document
from shopdesk.sales.documents import PaperJob, document_of
from shopdesk.sales.tills import printer_of
from shopdesk.system.print_desk import PrintDesk
from shopdesk.system.print_queue import PrintJobRow


def paper_desk(shop: Shop, actor: Actor, till_ids: Sequence[int]) -> PrintDesk:
    """What a background thread runs again and again: prints what waits at these tills, on the printers set for them.

    A printer's settings are read anew for each paper, so that a change in the settings counts at once.
    """

    def printer_for_till(till_id: int) -> tuple[PrinterConfig, Printer] | None:
        config = shop.ask(printer_of, till_id)
        return None if config is None else (config, printer_from_settings(config))

    def build_document(job: PrintJobRow) -> Document:
        return shop.ask(document_of, PaperJob(job.document, job.number, job.till_id, job.options))

    return PrintDesk(shop, actor, till_ids, printer_for_till, build_document)
