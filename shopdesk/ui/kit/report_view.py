"""A declared report on the glass: parameters in a row, the table with its totals, bars beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedLayout, QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _, ngettext
from shopdesk.core.report import Report
from shopdesk.db.paging import Page, PageRequest
from shopdesk.ui.kit.bars import Bars
from shopdesk.ui.kit.busy import Busy
from shopdesk.ui.kit.columns import Kind
from shopdesk.ui.kit.commanding import Commanding
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.empty_state import EmptyState
from shopdesk.ui.kit.form_view import FormView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import MessageBar
from shopdesk.ui.kit.operations import show_refusal
from shopdesk.ui.kit.report_screen import ReportScreen
from shopdesk.ui.kit.specs import Command, Pick
from shopdesk.ui.kit.table_model import PagedModel
from shopdesk.ui.kit.table_tools import Source, TableTools
from shopdesk.ui.kit.table_view import TableView
from shopdesk.ui.kit.tasks import Ticket
from shopdesk.ui.kit.totals_row import TotalsRow
from shopdesk.ui.kit.widgets import Label, card, hbox, leading, named, title, vbox
from shopdesk.ui.theme import tokens

_REFRESH_WAIT_MS = 250
_CHART_WIDTH = 360


class ReportView(Commanding):
    """The view of one ``ReportScreen``; ``rows`` are all of its rows, in the order shown."""

    def __init__(self, spec: ReportScreen, desk: Desk, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, spec.key.replace(".", "_"), _(spec.title))
        self.spec = spec
        self.commands = spec.commands
        self.desk = desk
        self.memory = memory
        self.report: Report[Any] = Report(())
        self._order = ("", False)
        self._rows: list[Any] = []
        self._asked = False
        self._stale = False
        self.columns = tuple(replace(column, sort=column.key) for column in spec.columns)
        self.messages = MessageBar(self)
        self.model = PagedModel(self.columns, self._slice, desk.formats, self, ident=spec.ident)
        key = f"{desk.actor.username}.{spec.key}"
        self.table = TableView(self.model, desk.formats, memory, key, self, minor=spec.minor)
        self.busy = Busy(self)
        self._actions = [self.make_action(command) for command in spec.commands]
        self.tools = TableTools(self, spec.key, _(spec.title), spec.export)
        self._build()
        self._connect()

    @property
    def rows(self) -> Sequence[Any]:
        """Every row of the report, in the order shown."""
        return self._rows

    def parameters(self) -> dict[str, object]:
        """What stands in the fields; raises ShopError after marking what cannot be read."""
        return {name: None if value == "" else value for name, value in self.form.values().items()}

    def refresh(self) -> None:
        """Make the report anew."""
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        try:
            values = self.parameters()
        except ShopError:
            return  # the field says it
        self._asked = True
        named_values = {**values, "actor": self.desk.actor} if self.spec.as_actor else values
        self.table.set_fresh(not self._rows)
        ticket = self.desk.ask(
            self.spec.report, done=self._arrived, failed=self._failed, owner=self, key="report", **named_values
        )
        self.busy.watch(ticket)

    def sort_by(self, sort: str, descending: bool) -> None:
        """Another order of the same rows."""
        self._order = (sort, descending)
        self._show()

    def export_source(self) -> Source:
        """The rows that are here as a question that can be walked to its end."""
        rows = tuple(self._rows)

        def page(_reader: object, request: PageRequest) -> Page[Any]:
            return _page_of(rows, request)

        return Source(page, PageRequest(), {})

    # Building

    def _build(self) -> None:
        outer = vbox(self, margin=tokens.SPACE_24, spacing=tokens.SPACE_12)
        head = hbox(spacing=tokens.SPACE_12)
        head.addWidget(title(_(self.spec.title)))
        self._count = Label("", "count", tone="secondary")
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self.tools)
        for command in self.spec.commands:
            if command.on is Pick.NONE:
                head.addWidget(self.make_button(command))
        outer.addLayout(head)
        defaults = self.spec.defaults
        values = defaults(self.desk) if callable(defaults) else defaults
        self.form = FormView(self.spec.parameters, self.desk, values, across=True)
        self.form.setVisible(bool(self.spec.parameters))
        outer.addWidget(self.form)
        outer.addWidget(self.messages)
        self._said = leading(Label("", "report_said", tone="secondary"))
        self._said.hide()
        outer.addWidget(self._said)
        self._chosen_bar = self.make_chosen_bar()
        outer.addWidget(self._chosen_bar)
        ground = card("report_card")
        column = vbox(ground, spacing=0)
        column.setContentsMargins(1, 1, 1, 1)
        stack_ground = named(QWidget(), "report_stack")
        self._stack = QStackedLayout(stack_ground)
        self._stack.addWidget(self.table)
        start: Command | None = None
        self._empty = EmptyState(self.spec.empty, start, self.run, lambda: None)
        self._empty.tell(narrowed=False)
        self._stack.addWidget(self._empty)
        column.addWidget(stack_ground, 1)
        self.totals = TotalsRow(self.table)
        column.addWidget(self.totals)
        split = named(QSplitter(Qt.Orientation.Horizontal), "report_split", _("Table and chart"))
        split.setHandleWidth(tokens.SPACE_8)
        split.setStyleSheet("QSplitter::handle { background: transparent; }")
        split.addWidget(ground)
        split.setStretchFactor(0, 1)
        self.bars = Bars(_(self.spec.title))
        self._chart = card("report_chart")
        vbox(self._chart, margin=tokens.SPACE_16).addWidget(self.bars)
        split.addWidget(self._chart)
        split.setSizes([1000, _CHART_WIDTH])
        self._chart.setVisible(False)
        outer.addWidget(split, 1)
        self._waiting = Label(_("Loading..."), "waiting", tone="secondary")
        self._waiting.hide()
        outer.addWidget(self._waiting)

    def _connect(self) -> None:
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(tokens.SEARCH_WAIT_MS)
        self._timer.timeout.connect(self.refresh)
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(_REFRESH_WAIT_MS)
        self._refresh_timer.timeout.connect(self.refresh)
        self.form.edited.connect(self._timer.start)
        self.table.sort_asked.connect(self.sort_by)
        self.table.opened.connect(self._open)
        self.table.chosen.connect(lambda rows: self.show_chosen(len(rows), self._chosen_bar))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self.show_row_menu)
        self.busy.shown.connect(self._waiting.setVisible)
        self.desk.changed.connect(self._something_changed)
        self.desk.formats_changed.connect(self._formats_changed)

    # The rows

    def _arrived(self, report: Report[Any]) -> None:
        self.report = report
        self.table.set_fresh(True)
        self._said.setText(report.said)
        self._said.setVisible(bool(report.said))
        self._show()

    def _show(self) -> None:
        sort, descending = self._order
        rows = list(self.report.rows)
        if sort:
            column = next(one for one in self.columns if one.key == sort)
            rows.sort(key=lambda row: _placed(column.value(row)), reverse=descending)
        self._rows = rows
        self.table.mark_sorted(sort, descending)
        self.model.ask_for(PageRequest(sort=sort, descending=descending))
        count = len(rows)
        self._count.setText(ngettext("{count} entry", "{count} entries", count).format(count=count) if count else "")
        self._stack.setCurrentIndex(0 if rows else 1)
        self.totals.show_totals(self.report.totals if rows else {}, self.desk.formats)
        chart = self.spec.chart
        if chart is not None:
            label = next(one for one in self.columns if one.key == chart.label)
            value = next(one for one in self.columns if one.key == chart.value)
            formats = self.desk.formats
            largest = sorted(
                (row for row in self.report.rows if isinstance(value.value(row), int)),
                key=lambda row: cast(int, value.value(row)),
                reverse=True,
            )[: chart.most]
            money = value.kind is Kind.MONEY
            self.bars.show_bars(
                [
                    (
                        label.show(row, formats),
                        cast(int, value.value(row)),
                        formats.money(cast(int, value.value(row))) if money else value.show(row, formats),
                    )
                    for row in largest
                ]
            )
            self._chart.setVisible(len(largest) > 1)

    def _slice(
        self, request: PageRequest, done: Callable[[Page[Any]], object], failed: Callable[[BaseException], object]
    ) -> Ticket:
        ticket = Ticket(0, done, failed, self, "")
        ticket.deliver(_page_of(self._rows, request, backwards=request.descending != self._order[1]), None)
        return ticket

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, ShopError):
            raise error
        self.table.set_fresh(True)
        show_refusal(self, error, form=self.form, again=self.refresh)

    def _open(self, row: Any) -> None:
        if self.spec.on_open:
            self.run(self.spec.on_open, [row])

    def _formats_changed(self) -> None:
        self.table.set_formats(self.desk.formats)
        self._show()

    def _something_changed(self, names: frozenset[str]) -> None:
        if names & set(self.spec.refresh_on) or "*" in names:
            self._stale = True
            if self.isVisible():
                self._refresh_timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._asked or self._stale:
            self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F5:
            self.refresh()
        elif event.key() == Qt.Key.Key_Escape and self.chosen:
            self.table.choose_none()
        else:
            super().keyPressEvent(event)


def _page_of(rows: Sequence[Any], request: PageRequest, *, backwards: bool = False) -> Page[Any]:
    """A slice of rows that are here already, from their end if ``backwards``; the cursor is the place of the next one."""
    ordered = list(reversed(rows)) if backwards else rows
    start = cast(int, request.after[0]) if request.after else 0
    end = start + request.limit
    return Page(tuple(ordered[start:end]), (end,) if end < len(ordered) else None)


def _placed(value: object) -> tuple[bool, Any]:
    if isinstance(value, str):
        return True, value.casefold()
    return value is not None, value if value is not None else 0
