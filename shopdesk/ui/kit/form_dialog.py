"""A form in a dialog: fill, Ctrl+Enter, and the dialog closes only when the use case has done its work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QScrollArea, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_spec import Form, Fresh, Shown
from shopdesk.ui.kit.form_view import FormView
from shopdesk.ui.kit.form_work import FormWork
from shopdesk.ui.kit.history_view import HistoryDialog
from shopdesk.ui.kit.messages import Dialog, Voice, ask, bar_of
from shopdesk.ui.kit.widgets import button, named, vbox
from shopdesk.ui.theme import tokens

__all__ = ["Form", "FormDialog", "Fresh", "Shown", "open_form"]


class FormDialog(Dialog):
    """The dialog of a ``Form``."""

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        form: Form,
        *,
        values: Mapping[str, object] | None = None,
        given: Mapping[str, object] | None = None,
        done: Callable[[Any], object] | None = None,
        till: bool = False,
        fresh: Fresh | None = None,
        entity_id: object = None,
    ) -> None:
        super().__init__(parent, form.key.replace(".", "_"), _(form.title), till=till)
        self.form = form
        self._desk = desk
        self._asker = parent
        self._done = done
        self.view = FormView(form.fields, desk, values, till=till)
        scroll = named(QScrollArea(), "form_scroll", _(form.title))
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inset = QWidget()
        inset.setObjectName("form_inset")
        column = vbox(inset)
        column.setContentsMargins(tokens.SPACE_4, tokens.SPACE_4, tokens.SPACE_12, tokens.SPACE_4)
        column.addWidget(self.view)
        scroll.setWidget(inset)
        self.body.addWidget(scroll)
        if form.entity and entity_id is not None:
            history = button(_("History"), "history", lambda: self._show_history(str(entity_id)), glyph="history")
            self.buttons.insertWidget(0, history)
        self._cancel = self.add_cancel()
        self._act = self.add_button(_(form.act), "act", self.submit, role="primary", default=True)
        self._act.setToolTip(_("{act} (Ctrl+Enter)").format(act=_(form.act)))
        self.work = FormWork(
            self,
            desk,
            self.view,
            form,
            self._act,
            self._finished,
            values=values or {},
            given=given or {},
            fresh=fresh,
            entity_id=entity_id,
        )
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.submit)
        wanted = self.view.sizeHint().height() + 200
        limit = parent.window().height() - 40 if parent.window().height() > 400 else 700
        self.resize(520, min(wanted, max(limit, 400)))
        self.view.focus_first()

    def submit(self) -> None:
        """Read the fields and run the use case; errors are shown beside their fields."""
        self.work.submit()

    def reject(self) -> None:
        """Leave; asks first when something was typed that would be lost."""
        if not self.view.dirty:
            super().reject()
            return
        ask(
            self,
            _("Leave without saving?"),
            _("What you changed in this form has not been saved."),
            _("Leave without saving"),
            super().reject,
            danger=True,
            till=self.till,
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.view.dirty and self.isVisible():
            event.ignore()
            self.reject()
        else:
            super().closeEvent(event)

    def _show_history(self, entity_id: str) -> None:
        HistoryDialog(self, self._desk, self.form.entity, entity_id, _(self.form.title)).open()

    def _finished(self, result: Any) -> None:
        self.view.dirty = False
        self.accept()
        if self._done is not None:
            self._done(result)
        bar = bar_of(self._asker)
        if bar is not None and self.form.said and not bar.text:
            bar.say(_(self.form.said), Voice.SUCCESS)


def open_form(
    parent: QWidget,
    desk: Desk,
    form: Form,
    *,
    values: Mapping[str, object] | None = None,
    given: Mapping[str, object] | None = None,
    done: Callable[[Any], object] | None = None,
    till: bool = False,
    fresh: Fresh | None = None,
    entity_id: object = None,
) -> FormDialog:
    """Open a form over a screen and return at once; ``done`` gets the use case's result.

    ``fresh`` lets two people edit the same thing: the second sees what the first changed and chooses. ``entity_id`` is the
    thing's id in the audit log, for a form that names its ``entity``: it offers the thing's history.
    """
    dialog = FormDialog(
        parent, desk, form, values=values, given=given, done=done, till=till, fresh=fresh, entity_id=entity_id
    )
    dialog.open()
    return dialog
