"""Imports: files that came in, with what became of them; a file is chosen or dropped here, and exports begin here too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.feeds.queries import FeedRow, feeds_page
from shopdesk.feeds.taking import take_in
from shopdesk.feeds.targets import KINDS
from shopdesk.ui.dialogs.import_export import open_exports
from shopdesk.ui.kit.columns import moment, number, state, text
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import Voice
from shopdesk.ui.kit.operations import show_refusal
from shopdesk.ui.kit.record_view import open_record
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.screens.import_page import IMPORT
from shopdesk.ui.screens.import_words import KIND_STATES, STATES

_ENDINGS = (".csv", ".txt", ".tsv", ".xlsx")


def choose_file(view: ListView, _rows: Sequence[FeedRow]) -> None:
    """Ask for a file and take it in."""
    folder = str(view.memory.get("import.folder", "") or Path.home())
    picker = named(QFileDialog(view, _("Choose a file"), folder), "import_file", _("Choose a file"))
    picker.setFileMode(QFileDialog.FileMode.ExistingFile)
    picker.setNameFilters([_("Tables (*.csv *.txt *.tsv *.xlsx)"), _("All files (*)")])
    picker.fileSelected.connect(lambda path: take(view, path))
    picker.open()


def take(view: ListView, path: str) -> None:
    """Take a file in, in a lane, and show the page of its columns."""
    view.memory.put("import.folder", str(Path(path).parent))
    view.messages.say(_("Reading {file}...").format(file=Path(path).name), Voice.NEWS)
    shop, actor = cast(Shop, view.desk.shop), view.desk.actor

    def taken(feed_id: int) -> None:
        view.messages.clear()
        open_record(view, IMPORT, feed_id, tab="columns")

    def failed(error: BaseException) -> None:
        if not isinstance(error, ShopError):
            raise error
        show_refusal(view, error)

    ticket = view.desk.lanes.read(lambda: take_in(shop, path, actor), taken, failed=failed, owner=view, key="take")
    view.busy.watch(ticket)


def _export(view: ListView, _rows: Sequence[FeedRow]) -> None:
    open_exports(view, view.desk, view.memory)


IMPORTS = ListScreen(
    key="imports.imports",
    title=N_("Imports"),
    glyph="import",
    needs=Permission.IMPORT,
    page=feeds_page,
    row=FeedRow,
    sorts=("newest",),
    sort="newest",
    descending=True,
    columns=(
        moment("created_at", N_("Taken in"), sort="newest"),
        text("file_name", N_("File"), stretch=True),
        state("kind", N_("Holds"), KIND_STATES, width=112),
        state("status", N_("State"), STATES, width=152),
        number("rows", N_("Rows"), width=80),
        number("made", N_("New"), width=72),
        number("changed", N_("Changed"), width=88),
        number("unchanged", N_("As they were"), width=104),
        number("refused", N_("Refused"), width=80),
        number("kept", N_("Stay"), width=72, hidden=True),
        text("by", N_("By"), width=96),
        text("error", N_("What is wrong"), width=240, hidden=True),
    ),
    filters=(
        choice("kind", N_("Holds"), KINDS),
        choice("status", N_("State"), tuple((key, look.word) for key, look in STATES.items())),
    ),
    commands=(
        Command(
            "new",
            N_("Import a file..."),
            choose_file,
            "import",
            Permission.IMPORT,
            "Ctrl+N",
            Pick.NONE,
            primary=True,
        ),
        Command("export", N_("Write files..."), _export, "file-export-outline", Permission.EXPORT, "Ctrl+E", Pick.NONE),
    ),
    page_of=(IMPORT, "id"),
    minor=("unchanged", "by", "kept", "error"),
    refresh_on={"Feed"},
    empty=Empty("import", N_("Import products, customers, stock or prices from CSV or XLSX."), "new"),
)


class ImportsList(ListView):
    """The list; a file that is dropped on it is taken in."""

    def __init__(self, desk: Desk, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(IMPORTS, desk, memory, parent)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event)
        if path:
            event.acceptProposedAction()
            take(self, path)


def _dropped(event: QDropEvent) -> str:
    """The one file of this machine that is dragged, else nothing."""
    urls = event.mimeData().urls()
    path = urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else ""
    return path if path.lower().endswith(_ENDINGS) else ""
