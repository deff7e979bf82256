"""The handbook of ``resources/help``: pages at the left, text at the right, found by any word."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from shopdesk.core.i18n import _
from shopdesk.core.paths import resource_path
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.widgets import hbox, named, vbox
from shopdesk.ui.theme import tokens


@dataclass(frozen=True, slots=True)
class HelpPage:
    """A page: the name of its file without the number, its title, its text in Markdown (the program's own, never data)."""

    key: str
    title: str
    text: str


@lru_cache(maxsize=1)
def help_pages() -> tuple[HelpPage, ...]:
    """All pages in their order."""
    pages = []
    for file in sorted(resource_path("help").glob("*.md")):
        text = file.read_text(encoding="utf-8")
        title = text.partition("\n")[0].removeprefix("# ").strip()
        pages.append(HelpPage(file.stem.partition("-")[2], title, text))
    return tuple(pages)


class Handbook(Dialog):
    """The handbook, open at a page; typing finds pages that hold all the words."""

    def __init__(self, parent: QWidget | None, page: str = "") -> None:
        super().__init__(parent, "handbook", _("Handbook"))
        self.resize(900, 600)
        self.search = named(QLineEdit(), "handbook_search", _("Search the handbook"))
        self.search.setPlaceholderText(_("Search the handbook"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._fill)
        self.pages = named(QListWidget(), "handbook_pages", _("Pages"))
        self.pages.setFixedWidth(220)
        self.pages.currentItemChanged.connect(self._show)
        self.text = named(QTextBrowser(), "handbook_text", _("Text"))
        self.text.setOpenLinks(False)
        left = vbox(spacing=tokens.SPACE_8)
        left.addWidget(self.search)
        left.addWidget(self.pages, 1)
        row = hbox(spacing=tokens.SPACE_16)
        row.addLayout(left)
        row.addWidget(self.text, 1)
        self.body.addLayout(row, 1)
        self.add_button(_("Close"), "close", self.accept, role="primary", default=True)
        self._fill("")
        self.turn_to(page)
        self.search.setFocus()

    def turn_to(self, key: str) -> None:
        """Show a page by its key; the first for an unknown one."""
        for row in range(self.pages.count()):
            if self.pages.item(row).data(Qt.ItemDataRole.UserRole) == key:
                self.pages.setCurrentRow(row)
                return
        self.pages.setCurrentRow(0)

    def _fill(self, words: str) -> None:
        wanted = words.casefold().split()
        row = self.pages.currentRow()
        kept = self.pages.item(row).data(Qt.ItemDataRole.UserRole) if row >= 0 else ""
        self.pages.clear()
        for page in help_pages():
            text = page.text.casefold()
            if all(word in text for word in wanted):
                item = QListWidgetItem(page.title)
                item.setData(Qt.ItemDataRole.UserRole, page.key)
                self.pages.addItem(item)
        self.turn_to(kept)
        if not self.pages.count():
            self.text.setPlainText(_("No page holds all of these words."))

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            key = item.data(Qt.ItemDataRole.UserRole)
            page = next(page for page in help_pages() if page.key == key)
            self.text.setMarkdown(page.text)


def open_handbook(parent: QWidget | None, page: str = "") -> Handbook:
    """Open the handbook at a page; returns at once."""
    book = Handbook(parent, page)
    book.open()
    return book
