"""One form for many rows: its filled fields go to all of them, a hundred rows at a time, with a report of the refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QListWidget, QProgressBar, QScrollArea, QWidget

from shopdesk.core.bulk_report import BulkReport
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.ui.kit.commanding import Commanding
from shopdesk.ui.kit.form_view import Field, FormView, Holds
from shopdesk.ui.kit.messages import Action, Dialog, Voice
from shopdesk.ui.kit.operations import show_refusal
from shopdesk.ui.kit.specs import BulkEdit
from shopdesk.ui.kit.tasks import Ticket
from shopdesk.ui.kit.widgets import Label, button, named, wrapped

CHUNK = 100
_LEFT = ((True, N_("Yes")), (False, N_("No")))


class BulkDialog(Dialog):
    """The form of a ``BulkEdit`` over its list. Closing it stops after the hundred rows that are being written."""

    def __init__(self, host: Commanding, bulk: BulkEdit, rows: Sequence[Any]) -> None:
        super().__init__(host, "bulk_dialog", _(bulk.title))
        self._host = host
        self._bulk = bulk
        self._rows = list(rows)
        self._values: Mapping[str, Any] = {}
        self.report = BulkReport(0)
        self._at = 0
        self._ticket: Ticket | None = None
        self._stopped = False
        count = len(self._rows)
        words = ngettext("{count} chosen row is changed.", "{count} chosen rows are changed.", count)
        said = f"{words.format(count=count)} {_(bulk.help)}"
        self.body.addWidget(wrapped(Label(said, "bulk_text")))
        self.view = FormView([_optional(field) for field in bulk.fields], host.desk, say_optional=False)
        scroll = named(QScrollArea(), "form_scroll", _(bulk.title))
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.view)
        self.body.addWidget(scroll, 1)
        self._bar = named(QProgressBar(), "bulk_progress", _("Progress"))
        self._bar.setRange(0, count)
        self._bar.setTextVisible(False)
        self._bar.hide()
        self.body.addWidget(self._bar)
        self._cancel = self.add_cancel()
        self._act = self.add_button(_(bulk.act), "act", self.submit, role="primary", default=True)
        self._act.setToolTip(_("{act} (Ctrl+Enter)").format(act=_(bulk.act)))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.submit)
        self.resize(520, min(260 + self.view.sizeHint().height(), 700))
        self.view.focus_first()

    def submit(self) -> None:
        """Read the filled fields and begin."""
        if self._ticket is not None:
            return
        self.messages.clear()
        try:
            values = {name: value for name, value in self.view.values().items() if value not in (None, "")}
            if not values:
                self.messages.refuse(_("Fill in at least one field."))
                return
            self._bulk.make(self._rows[:1], values)  # what cannot be built is told before anything is written
        except ShopError as error:
            if error.field is None or not self.view.show_error(error.field, error.message):
                self.messages.refuse(error.message)
            return
        self._values = values
        self._act.setEnabled(False)
        self.view.setEnabled(False)
        self._bar.setVisible(len(self._rows) > CHUNK)
        self._next()

    def reject(self) -> None:
        """Close; rows that were not begun stay as they were."""
        if self._ticket is None:
            super().reject()
        else:
            self._stopped = True
            self._cancel.setEnabled(False)

    def _next(self) -> None:
        rows = self._rows[self._at : self._at + CHUNK]
        if not rows or self._stopped:
            self._finish()
            return
        command = self._bulk.make(rows, self._values)
        self._ticket = self._host.desk.execute(
            self._bulk.use_case, command, done=self._written, failed=self._failed, owner=self
        )

    def _written(self, report: BulkReport) -> None:
        self.report = self.report + report
        self._at += CHUNK
        self._bar.setValue(min(self._at, len(self._rows)))
        self._next()

    def _failed(self, error: BaseException) -> None:
        self._ticket = None
        if not isinstance(error, ShopError):
            raise error
        if self.report.changed:
            self._finish()
            show_refusal(self._host, error)
            return
        self._act.setEnabled(True)
        self._cancel.setEnabled(True)
        self.view.setEnabled(True)
        self._bar.hide()
        show_refusal(self, error, form=self.view)

    def _finish(self) -> None:
        self._ticket = None
        self.view.dirty = False
        self.accept()
        say_report(self._host, self.report)


class RefusedDialog(Dialog):
    """What was refused and why, a line each; the lines can be copied."""

    def __init__(self, parent: QWidget, report: BulkReport) -> None:
        super().__init__(parent, "refused", _("What stayed as it was"))
        self._lines = [f"{one.name}\t{one.sentence}" for one in report.refused]
        shown = named(QListWidget(), "refused_list", _("Refused"))
        shown.setProperty("roomy", True)
        shown.setWordWrap(True)
        for one in report.refused:
            shown.addItem(f"{one.name}: {one.sentence}")
        self.body.addWidget(shown, 1)
        self.buttons.insertWidget(0, button(_("Copy"), "copy_refused", self._copy, glyph="content-copy"))
        self.add_button(_("Close"), "close", self.accept, role="primary", default=True)
        self.resize(560, 420)

    def _copy(self) -> None:
        QApplication.clipboard().setText("\n".join(self._lines))


def say_report(host: Commanding, report: BulkReport) -> None:
    """Say on a page how many rows were changed, and offer those that were refused."""
    done = ngettext("{count} row was changed.", "{count} rows were changed.", report.changed)
    words = done.format(count=report.changed)
    if not report.refused:
        host.messages.say(words, Voice.SUCCESS)
        return
    refused = ngettext("{count} stayed as it was.", "{count} stayed as they were.", len(report.refused))
    show: Callable[[], object] = lambda: RefusedDialog(host, report).open()  # noqa: E731 - one line for a button
    actions = [Action(_("Show which and why"), show, "show_refused")]
    host.messages.say(f"{words} {refused.format(count=len(report.refused))}", Voice.WARNING, actions)


def _optional(field: Field) -> Field:
    """The field as one that may be left alone: a yes or no becomes a choice of which nothing is chosen."""
    return replace(field, holds=Holds.CHOICE, options=_LEFT) if field.holds is Holds.YES else field
