"""A form inside a page: its fields, and Save and Discard at the bottom right, which wake with the first change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QScrollArea, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_spec import Fresh, Shown
from shopdesk.ui.kit.form_view import FormView
from shopdesk.ui.kit.form_work import FormWork
from shopdesk.ui.kit.messages import Voice, bar_of
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.widgets import button, hbox, named, vbox
from shopdesk.ui.theme import tokens

_ONE_COLUMN, _TWO_COLUMNS = 640, 1400


class FormPanel(QWidget):
    """The form of ``shown`` as a part of a page. ``saved`` is sent with the use case's result.

    ``reread`` says what the form shows of a record that was read again; ``dirty`` whether something is not saved.
    """

    saved = Signal(object)
    edited = Signal()

    def __init__(
        self,
        desk: Desk,
        shown: Shown,
        *,
        fresh: Fresh | None = None,
        reread: Callable[[Any], Shown] | None = None,
        done: Callable[[Any], object] | None = None,
        entity_id: object = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if shown.form is None:
            raise ValueError("a form in a page needs its form")
        form = shown.form
        named(self, form.key.replace(".", "_"), _(form.title))
        self._desk = desk
        self._reread = reread
        self._fresh = fresh
        self._done = done
        self._shown = shown
        self.view = FormView(form.fields, desk, shown.values)
        outer = vbox(self, spacing=tokens.SPACE_12)
        scroll = named(QScrollArea(), "form_scroll", _(form.title))
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inset = named(QWidget(), "form_inset")
        row = hbox(inset, spacing=0)
        row.setContentsMargins(tokens.SPACE_4, tokens.SPACE_4, tokens.SPACE_12, tokens.SPACE_4)
        row.addWidget(self.view, 1)
        row.addStretch(0)
        scroll.setWidget(inset)
        outer.addWidget(scroll, 1)
        buttons = hbox(spacing=tokens.SPACE_8)
        buttons.addStretch(1)
        self._discard = button(_("Discard changes"), "discard", self.discard)
        self._act = button(
            _(form.act), "act", self.submit, role="primary", tip=_("{act} (Ctrl+Enter)").format(act=_(form.act))
        )
        buttons.addWidget(self._discard)
        buttons.addWidget(self._act)
        outer.addLayout(buttons)
        self.work = FormWork(
            self,
            desk,
            self.view,
            form,
            self._act,
            self._finished,
            values=shown.values,
            given=shown.given,
            fresh=fresh,
            entity_id=entity_id,
        )
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+S"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.submit)
        self.view.edited.connect(self._wake)
        self.view.edited.connect(self.edited)
        self._wake()

    @property
    def dirty(self) -> bool:
        """Whether something stands in the fields that is not saved."""
        return self.view.dirty

    def submit(self) -> None:
        """Save; nothing happens while nothing was changed."""
        if self.view.dirty:
            self.work.submit()

    def discard(self) -> None:
        """Show again what is saved."""
        self.view.clear_errors()
        self.view.set_values({field.key: self._shown.values.get(field.key) for field in self.view.fields})
        self._wake()

    def show_record(self, record: Any) -> None:
        """Show a record that was read again; what the person has typed stays, and is compared when it is saved."""
        if self._reread is None or self.view.dirty:
            return
        self._shown = self._reread(record)
        self.work.stand_on(self._shown)
        self.discard()

    def take_focus(self) -> None:
        """The keyboard goes to the first field."""
        self.view.focus_first()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() - 2 * tokens.SPACE_16 >= tokens.TWO_COLUMNS_FROM and len(self.view.groups) > 1
        self.view.setMaximumWidth(_TWO_COLUMNS if wide else _ONE_COLUMN)

    def _wake(self) -> None:
        self._discard.setEnabled(self.view.dirty)
        self._act.setEnabled(self.view.dirty)

    def _finished(self, result: Any) -> None:
        self.view.dirty = False
        self._shown = Shown({**self._shown.values, **self.view.values()}, self._shown.given, self.work.form)
        self._wake()
        self._look_again()
        bar = bar_of(self)
        if bar is not None and self.work.form.said:
            bar.say(_(self.work.form.said), Voice.SUCCESS)
        self.saved.emit(result)
        if self._done is not None:
            self._done(result)

    def _look_again(self) -> None:
        """Stand on what was just saved, so that the next change is compared with it and not with what was before."""
        if self._fresh is None:
            return
        fresh = self._fresh

        def stand(answer: Any) -> None:
            shown = fresh.read(answer)
            self.work.stand_on(shown)
            self._shown = shown
            if not self.view.dirty:
                self.discard()

        self._desk.ask(fresh.query, *fresh.args, done=stand, failed=question_failed(self), owner=self, key="look")
