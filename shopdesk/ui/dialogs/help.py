"""The handbook: the program's own chapters from ``resources/help``, found by title or by a word in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from shopdesk.core.i18n import _, language
from shopdesk.core.paths import resource_path
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.widgets import hbox, named, vbox
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font
from shopdesk.ui.theme.icons import icon


def chapters() -> list[tuple[str, str]]:
    """Title and text of each chapter in order, in the language of the moment where it was translated."""
    folder = resource_path("help")
    translated = folder / language()
    files = sorted((translated if translated.is_dir() else folder).glob("*.md"))
    return [_chapter(file) for file in files]


def _chapter(file: Path) -> tuple[str, str]:
    text = file.read_text(encoding="utf-8")
    first = next((line for line in text.splitlines() if line.startswith("# ")), f"# {file.stem}")
    return first.removeprefix("# ").strip(), text


class _Page(QTextBrowser):
    """Shows our own text only: nothing is loaded, no link is followed."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        return None


class HelpDialog(Dialog):
    """Chapters at the left, the chosen one at the right; typing narrows the chapters."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "help", _("Handbook"))
        self.resize(960, min(720, parent.window().height() - tokens.SPACE_32))
        self._chapters = chapters()
        columns = hbox(spacing=tokens.SPACE_16)
        left = vbox(spacing=tokens.SPACE_8)
        self.search = named(QLineEdit(), "help_search", _("Search the handbook"))
        self.search.setPlaceholderText(_("Search the handbook"))
        self.search.addAction(icon("magnify", "secondary"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._narrow)
        self.list = named(QListWidget(), "help_chapters", _("Chapters"))
        self.list.setFixedWidth(240)
        self.search.setFixedWidth(240)
        self.list.currentItemChanged.connect(lambda *_items: self._show())
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        columns.addLayout(left)
        self.page = named(_Page(), "help_page", _("Chapter"))
        self.page.setOpenLinks(False)
        self.page.setFont(text_font(tokens.OFFICE_SECTION))
        self.page.document().setDocumentMargin(tokens.SPACE_24)
        columns.addWidget(self.page, 1)
        self.body.addLayout(columns, 1)
        self.add_cancel(_("Close"))
        self._narrow("")
        self.search.setFocus()

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        self.list.clear()
        for at, (title, content) in enumerate(self._chapters):
            if all(word in content.casefold() for word in words):
                item = QListWidgetItem(title)
                item.setData(Qt.ItemDataRole.UserRole, at)
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _show(self) -> None:
        if self.list.currentRow() < 0:
            self.page.clear()
            return
        at = self.list.currentItem().data(Qt.ItemDataRole.UserRole)
        self.page.setMarkdown(self._chapters[at][1])


def show_help(parent: QWidget) -> HelpDialog:
    """Open the handbook over a window."""
    dialog = HelpDialog(parent)
    dialog.open()
    return dialog
