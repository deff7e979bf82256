"""A form in a dialog: fill, Ctrl+Enter, and the dialog closes only when the use case has done its work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QScrollArea, QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_view import Field, FormView
from shopdesk.ui.kit.messages import Dialog, Voice, ask, bar_of
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.tasks import Ticket
from shopdesk.ui.kit.widgets import named, vbox
from shopdesk.ui.theme import tokens


@dataclass(frozen=True, slots=True)
class Form:
    """A form that fills one command: its fields name the command's fields, checked at import.

    ``act`` is the word on the button ("Save product"), ``said`` the sentence afterwards. What the person does not fill
    in (``given``: the names of the command's fields that the caller adds) comes with ``open_form``. Where fields and
    command do not meet one to one, ``make`` builds the command from all values and nothing is checked.
    """

    key: str
    title: str
    command: type
    use_case: Callable[..., Any]
    fields: tuple[Field, ...]
    act: str
    said: str = N_("Saved.")
    given: tuple[str, ...] = ()
    make: Callable[[dict[str, Any]], Any] | None = None
    slow: bool = False

    def __post_init__(self) -> None:
        known = (
            {one.name for one in fields(self.command)}
            if is_dataclass(self.command)
            else set(getattr(self.command, "__struct_fields__", ()))
        )
        wanted = [field.key for field in self.fields] + list(self.given)
        if self.make is None and (unknown := [name for name in wanted if name not in known]):
            raise ValueError(f"{self.key}: {self.command.__name__} has no {', '.join(unknown)}")
        if len(set(wanted)) != len(wanted):
            raise ValueError(f"{self.key}: a field stands there twice")


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
    ) -> None:
        super().__init__(parent, form.key.replace(".", "_"), _(form.title), till=till)
        self.form = form
        self._desk = desk
        self._asker = parent
        self._given = dict(given or {})
        self._done = done
        self._ticket: Ticket | None = None
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
        self._cancel = self.add_cancel()
        self._act = self.add_button(_(form.act), "act", self.submit, role="primary", default=True)
        self._act.setToolTip(_("{act} (Ctrl+Enter)").format(act=_(form.act)))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.submit)
        wanted = self.view.sizeHint().height() + 200
        limit = parent.window().height() - 40 if parent.window().height() > 400 else 700
        self.resize(520, min(wanted, max(limit, 400)))
        self.view.focus_first()

    def submit(self) -> None:
        """Read the fields and run the use case; errors are shown beside their fields."""
        if self._ticket is not None and not self._ticket.finished:
            return
        self.messages.clear()
        try:
            values = self.view.values()
            every = {**values, **self._given}
            command = self.form.make(every) if self.form.make is not None else self.form.command(**every)
        except ShopError as error:
            if error.field is None or not self.view.show_error(error.field, error.message):
                self.messages.refuse(error.message)
            return
        operation = Operation(self.form.use_case, command, done=self._finished, slow=self.form.slow)
        self._ticket = operation.run(self._desk, self, form=self.view, hold=(self._act,))

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
) -> FormDialog:
    """Open a form over a screen and return at once; ``done`` gets the use case's result."""
    dialog = FormDialog(parent, desk, form, values=values, given=given, done=done, till=till)
    dialog.open()
    return dialog
