"""The history of one thing on the glass: who, when, and each field before and after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QPushButton, QScrollArea, QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.db.paging import Page, PageRequest
from shopdesk.system.history import Change, HistoryRow, history_page
from shopdesk.system.history_names import FIELD_NAMES
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.formats import Formats, yes_no
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.widgets import Label, button, card, hbox, leading, named, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

_PAGE = 30
_WIDEST = 860  # before and after are read side by side


class HistoryView(QWidget):
    """What was done to one thing, the newest first; further back by a button."""

    def __init__(self, desk: Desk, entity: str, entity_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "history_view", _("History of changes"))
        self._desk = desk
        self._entity = entity
        self._entity_id = entity_id
        self.rows: list[HistoryRow] = []
        self._next: tuple[object, ...] | None = None
        outer = vbox(self)
        inner = named(QWidget(), "history_list", _("History of changes"))
        self._column = vbox(inner, spacing=tokens.SPACE_12)
        self._column.setContentsMargins(tokens.SPACE_4, tokens.SPACE_4, tokens.SPACE_8, tokens.SPACE_4)
        inner.setMaximumWidth(_WIDEST)
        self._said = Label(_("Loading..."), "history_said", tone="secondary")
        self._column.addWidget(self._said)
        self._more: QPushButton = button(_("Further back"), "history_more", self._ask)
        self._more.hide()
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(1)
        scroll = named(QScrollArea(), "history_scroll", _("History of changes"))
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        outer.addWidget(scroll, 1)
        self._ask()

    def show_record(self, _record: Any) -> None:
        """Read it again from the newest."""
        self._next = None
        self._ask()

    def take_focus(self) -> None:
        """The keyboard goes to the list, which scrolls."""
        area = self.findChild(QScrollArea, "history_scroll")
        if area is not None:
            area.setFocus()

    def _ask(self) -> None:
        request = PageRequest(sort="created_at", descending=True, after=self._next, limit=_PAGE)
        self._desk.ask(
            history_page,
            request,
            target_type=self._entity,
            target_id=self._entity_id,
            actor=self._desk.actor,
            done=partial(self._show, fresh=self._next is None),
            failed=self._failed,
            owner=self,
            key="history",
        )

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, ShopError):
            raise error
        self._said.setText(error.message)
        self._said.show()

    def _show(self, page: Page[HistoryRow], *, fresh: bool) -> None:
        if fresh:
            while self._column.count() > 3:
                item = self._column.takeAt(1)
                if item is not None and (old := item.widget()) is not None:
                    old.hide()
                    old.deleteLater()
            self.rows.clear()
        self.rows += page.rows
        self._next = page.next
        self._said.setText(_("Nothing was written down about this yet."))
        self._said.setVisible(not self.rows)
        for row in page.rows:
            self._column.insertWidget(self._column.count() - 2, entry(row, self._desk.formats))
        self._more.setVisible(page.next is not None)


class HistoryDialog(Dialog):
    """The history of a thing over its form."""

    def __init__(self, parent: QWidget, desk: Desk, entity: str, entity_id: str, of: str) -> None:
        super().__init__(parent, "history", _("History: {of}").format(of=of))
        self.view = HistoryView(desk, entity, entity_id)
        self.body.addWidget(self.view, 1)
        self.add_button(_("Close"), "close", self.accept, role="primary", default=True)
        self.resize(640, 520)


def entry(row: HistoryRow, formats: Formats) -> QWidget:
    """One thing that was done: its head, then a line a changed field."""
    made = card("history_entry")
    made.setAccessibleName(
        _("{what}, {who}, {time}").format(
            what=row.action_name, who=row.actor or _("the program"), time=formats.full_moment(row.created_at)
        )
    )
    column = vbox(made, margin=tokens.SPACE_12, spacing=tokens.SPACE_8)
    head = hbox(spacing=tokens.SPACE_12)
    head.addWidget(Label(row.action_name, "history_action", font=text_font(weight=tokens.SEMIBOLD)))
    head.addWidget(Label(row.actor or _("the program"), "history_actor"))
    head.addStretch(1)
    head.addWidget(Label(formats.moment(row.created_at), "history_time", tone="secondary", font=number_font()))
    column.addLayout(head)
    lines = [change_words(change, formats) for change in row.changes]
    lines += [(name_of(name), "", value_words(name, value, formats)) for name, value in row.facts.items()]
    lines = [line for line in lines if line[1] or line[2]]
    if lines:
        column.addLayout(_grid(lines))
    return made


def change_words(change: Change, formats: Formats) -> tuple[str, str, str]:
    """A change as (field, before, after) in words."""
    field = name_of(change.field) if change.field else _("Personal details")
    if change.subject:
        field = _("{field} of {part}").format(field=field, part=change.subject)
    if change.veiled:
        return field, "", _("changed")
    nothing = _("nothing")
    before = value_words(change.field, change.before, formats) or nothing
    return field, before, value_words(change.field, change.after, formats) or nothing


def name_of(field: str) -> str:
    """A field's name in words; one that has none is shown as it is written."""
    known = FIELD_NAMES.get(field)
    if known is not None:
        return _(known)
    for ending in ("_cents", "_milli", "_ppm", "_id", "_at"):
        field = field.removesuffix(ending)
    return field.replace("_", " ").strip().capitalize()


def value_words(field: str, value: object, formats: Formats) -> str:
    """A value as people read it: by its field's ending money, a quantity, a rate, a moment; a list with commas."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, int):
        if field.endswith("_cents"):
            return formats.money(value)
        if field.endswith("_milli"):
            return formats.quantity(value)
        return formats.percent(value) if field.endswith("_ppm") else str(value)
    if isinstance(value, str) and field.endswith("_at"):
        try:
            return formats.moment(datetime.fromisoformat(value))
        except ValueError:
            return value
    if isinstance(value, (list, tuple)):
        return ", ".join(filter(None, (value_words(field, one, formats) for one in value)))
    if isinstance(value, dict):
        return ", ".join(f"{name_of(str(name))}: {value_words(str(name), one, formats)}" for name, one in value.items())
    return str(value)


def _grid(lines: Sequence[tuple[str, str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(tokens.SPACE_12)
    grid.setVerticalSpacing(tokens.SPACE_4)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(3, 1)
    top = Qt.AlignmentFlag.AlignTop
    mirrored = QApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
    arrow = "\N{LEFTWARDS ARROW}" if mirrored else "\N{RIGHTWARDS ARROW}"
    for at, (field, before, after) in enumerate(lines):
        name = Label(field, "history_field", tone="secondary", font=text_font(tokens.OFFICE_SECONDARY))
        name.setMinimumWidth(128)
        grid.addWidget(name, at, 0, top)
        if before:
            old = leading(wrapped(Label(before, "history_before", tone="secondary")))
            grid.addWidget(old, at, 1, top)
            grid.addWidget(Label(arrow, "history_arrow", tone="secondary"), at, 2, top)
            grid.addWidget(leading(wrapped(Label(after, "history_after"))), at, 3, top)
        else:
            grid.addWidget(leading(wrapped(Label(after, "history_after"))), at, 1, 1, 3, top)
    return grid
