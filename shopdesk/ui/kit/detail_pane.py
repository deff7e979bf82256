"""The pane beside a table: what the chosen row is, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.columns import Column
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.widgets import Label, hbox, icon_button, leading, named, section, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

if TYPE_CHECKING:
    from shopdesk.ui.kit.list_view import ListView

R = TypeVar("R")
WIDTH = 380


class DetailPane(QFrame):
    """Shows one widget at a time with a row of buttons above; ``closed`` is sent when the person closes it."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "detail_pane", _("Details"))
        self.setMinimumWidth(WIDTH - 60)
        outer = vbox(self, margin=tokens.SPACE_16, spacing=tokens.SPACE_12)
        head = hbox()
        self._title = leading(wrapped(section("", "detail_title")))
        head.addWidget(self._title, 1)
        head.addWidget(icon_button("close", "detail_close", _("Close the details (Esc)"), self.closed.emit))
        outer.addLayout(head)
        self._buttons = QGridLayout()
        self._buttons.setSpacing(tokens.SPACE_8)
        outer.addLayout(self._buttons)
        self._scroll = named(QScrollArea(), "detail_scroll", _("Details"))
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(self._scroll, 1)
        self.hide()

    def present(self, title: str, content: QWidget, buttons: Sequence[QPushButton]) -> None:
        """Show a row's content under its title."""
        self._title.setText(title)
        while (item := self._buttons.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        half = (WIDTH - 2 * tokens.SPACE_16 - tokens.SPACE_8) // 2
        place = 0
        for made in buttons:
            wide = made.sizeHint().width() > half
            place += place % 2 if wide else 0
            self._buttons.addWidget(made, place // 2, place % 2, 1, 2 if wide else 1)
            place += 2 if wide else 1
        content.setAutoFillBackground(False)
        self._scroll.setWidget(content)
        self._scroll.viewport().setAutoFillBackground(False)
        self.show()


def facts(pairs: Sequence[tuple[str, str]], name: str = "facts") -> QWidget:
    """Words and their values, one under the other; values can be marked and copied."""
    made = named(QWidget(), name)
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(tokens.SPACE_16)
    grid.setVerticalSpacing(tokens.SPACE_8)
    grid.setColumnStretch(1, 1)
    for line, (words, value) in enumerate(pairs):
        key = Label(words, f"fact_{line}_name", tone="secondary", font=text_font(tokens.OFFICE_SECONDARY))
        grid.addWidget(key, line, 0, Qt.AlignmentFlag.AlignTop)
        shown = leading(wrapped(Label(value, f"fact_{line}_value", font=number_font())))
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(shown, line, 1)
    grid.setRowStretch(len(pairs), 1)
    return made


def later(
    view: ListView, query: Callable[..., R], *args: Any, fill: Callable[[R, QVBoxLayout], object], name: str = "detail"
) -> QWidget:
    """A widget whose content is asked for: ``fill`` puts it into the column when the answer is here."""
    made = named(QWidget(), name, _("Details"))
    column = vbox(made, spacing=tokens.SPACE_12)

    def show(answer: R) -> None:
        fill(answer, column)
        column.addStretch(1)

    view.desk.ask(query, *args, done=show, failed=question_failed(view), owner=made)
    return made


def row_facts(columns: Sequence[Column], row: object, formats: Formats) -> QWidget:
    """Every column of a row in full, the hidden ones as well, the empty ones left out."""
    pairs = [(_(column.title), column.tip(row, formats)) for column in columns]
    return facts([pair for pair in pairs if pair[1]])
