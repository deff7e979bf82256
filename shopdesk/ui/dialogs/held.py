"""A list to choose one thing from at the till: held sales, last sales; arrows, Enter, a finger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QPushButton, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.widgets import Label, named, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font

ROW_HEIGHT = 60
_WIDTH = 680


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """A row: what it stands for, its words, and the figure at the right."""

    value: object
    words: str
    figure: str


@dataclass(frozen=True, slots=True)
class Act:
    """A button of the list: its words, what it does with the chosen row, and whether Enter presses it."""

    name: str
    words: str
    run: Callable[[object], object]
    main: bool = False
    ready: Callable[[object], bool] | None = None


class ChoiceDialog(Dialog):
    """Shows rows and acts on the chosen one. An act closes the dialog before it runs, unless ``stay`` is set."""

    def __init__(
        self, parent: QWidget | None, name: str, title: str, rows: Sequence[ChoiceRow], acts: Sequence[Act], empty: str
    ) -> None:
        super().__init__(parent, name, title, till=True)
        self._rows = list(rows)
        self._acts = list(acts)
        self.list = named(QListWidget(), f"{name}_list", title)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMinimumSize(QSize(_WIDTH, min(max(len(rows), 2), 6) * ROW_HEIGHT + tokens.SPACE_8))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for row in rows:
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.words}, {row.figure}")
            item.setSizeHint(QSize(_WIDTH, ROW_HEIGHT))
            self.list.addItem(item)
            self.list.setItemWidget(item, _row_widget(row))
        self.body.addWidget(self.list)
        if not rows:
            self.list.hide()
            self.body.addWidget(wrapped(Label(empty, f"{name}_empty", font=text_font(tokens.TILL_TEXT))))
        self.add_cancel(_("Close"))
        self._buttons: list[tuple[Act, QPushButton]] = []
        for act in acts:
            role = "primary" if act.main else ""
            made = self.add_button(act.words, act.name, partial(self._run, act), role=role, default=act.main)
            self._buttons.append((act, made))
        self.list.currentRowChanged.connect(lambda _at: self._enable())
        self.list.itemDoubleClicked.connect(lambda _item: self._run_main())
        self.list.itemActivated.connect(lambda _item: self._run_main())
        if rows:
            self.list.setCurrentRow(0)
        self._enable()
        self.open()
        self.list.setFocus()

    @property
    def chosen(self) -> object | None:
        """What the chosen row stands for."""
        at = self.list.currentRow()
        return self._rows[at].value if 0 <= at < len(self._rows) else None

    def _enable(self) -> None:
        chosen = self.chosen
        for act, made in self._buttons:
            made.setEnabled(chosen is not None and (act.ready is None or act.ready(chosen)))

    def _run_main(self) -> None:
        main = next((act for act in self._acts if act.main), None)
        if main is not None:
            self._run(main)

    def _run(self, act: Act) -> None:
        chosen = self.chosen
        if chosen is None or not self.isVisible() or (act.ready is not None and not act.ready(chosen)):
            return
        self.accept()
        act.run(chosen)


def _row_widget(row: ChoiceRow) -> QWidget:
    from shopdesk.ui.kit.widgets import hbox
    from shopdesk.ui.theme.fonts import number_font

    holder = named(QWidget(), "choice_row")
    line = hbox(holder, spacing=tokens.SPACE_16)
    line.setContentsMargins(tokens.SPACE_12, 0, tokens.SPACE_16, 0)
    words = Label(row.words, "choice_words", font=text_font(tokens.TILL_TEXT))
    figure = Label(row.figure, "choice_figure", font=number_font(tokens.TILL_LINE, tokens.SEMIBOLD))
    line.addWidget(words, 1)
    line.addWidget(figure)
    return holder
