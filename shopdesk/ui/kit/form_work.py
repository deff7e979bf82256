"""A form at work: reads its fields, runs the use case, shows refusals, and settles what two people saved at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QPushButton, QWidget

from shopdesk.core.errors import ChangedMeanwhile, ShopError
from shopdesk.db.paging import Page, PageRequest
from shopdesk.system.history import HistoryRow, history_page
from shopdesk.ui.kit.conflict import Clash, ConflictDialog
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_spec import Form, Fresh, Shown
from shopdesk.ui.kit.form_view import FormView
from shopdesk.ui.kit.messages import bar_of
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.tasks import Ticket


class FormWork:
    """The work behind a form's button. ``finished`` gets the use case's result.

    ``fresh`` says how to look at the thing again after somebody else saved it: the person then chooses field by field
    and the choice is saved on top of the other's work; without it the refusal is shown as it is.
    """

    def __init__(
        self,
        widget: QWidget,
        desk: Desk,
        view: FormView,
        form: Form,
        act: QPushButton,
        finished: Callable[[Any], object],
        *,
        values: Mapping[str, object],
        given: Mapping[str, object],
        fresh: Fresh | None = None,
        entity_id: object = None,
    ) -> None:
        self.form = form
        self._widget = widget
        self._desk = desk
        self._view = view
        self._act = act
        self._finished = finished
        self._base = dict(values)
        self._given = dict(given)
        self._fresh = fresh
        self._entity_id = entity_id
        self._ticket: Ticket | None = None

    def stand_on(self, shown: Shown) -> None:
        """What the thing is now: the ground that later changes are compared with."""
        self._base = dict(shown.values)
        self._given = dict(shown.given) or self._given
        self.form = shown.form or self.form

    def submit(self) -> None:
        """Read the fields and run the use case; errors are shown beside their fields."""
        if self._ticket is not None and not self._ticket.finished:
            return
        bar = bar_of(self._widget)
        if bar is not None:
            bar.clear()
        try:
            every = {**self._view.values(), **self._given}
            command = self.form.make(every) if self.form.make is not None else self.form.command(**every)
        except ShopError as error:
            shown = error.field is not None and self._view.show_error(error.field, error.message)
            if not shown and bar is not None:
                bar.refuse(error.message)
            return
        operation = Operation(
            self.form.use_case, command, done=self._finished, refused=self._refused, slow=self.form.slow
        )
        self._ticket = operation.run(self._desk, self._widget, form=self._view, hold=(self._act,))

    def _refused(self, error: ShopError) -> bool:
        if self._fresh is None or not isinstance(error, ChangedMeanwhile):
            return False
        fresh = self._fresh
        self._desk.ask(
            fresh.query,
            *fresh.args,
            done=lambda answer: self._meet(fresh.read(answer)),
            failed=question_failed(self._widget),
            owner=self._widget,
        )
        return True

    def _meet(self, theirs: Shown) -> None:
        """Compare three: what was shown, what the other made of it, what stands in the fields."""
        mine = self._view.values()
        clashes = []
        for field in self._view.fields:
            was, other, own = self._base.get(field.key), theirs.values.get(field.key), mine[field.key]
            if not _same(was, other) and not _same(other, own):
                clashes.append(Clash(field, was, other, own, touched=not _same(was, own)))
        self.stand_on(theirs)
        if not clashes:
            self.submit()
            return
        last = PageRequest(descending=True, limit=1)
        entity, ident = self.form.entity, self._entity_id
        if entity and ident is not None:
            self._desk.ask(
                history_page,
                last,
                target_type=entity,
                target_id=str(ident),
                actor=self._desk.actor,
                done=lambda page: self._choose(clashes, page),
                failed=lambda _error: self._choose(clashes, None),  # who may not read who did it still chooses
                owner=self._widget,
            )
        else:
            self._choose(clashes, None)

    def _choose(self, clashes: list[Clash], page: Page[HistoryRow] | None) -> None:
        last = page.rows[0] if page is not None and page.rows else None
        ConflictDialog(self._widget, self._view, self._desk.formats, clashes, last, self._take).open()

    def _take(self, values: Mapping[str, object]) -> None:
        self._view.set_values(values)
        self._view.dirty = True
        self.submit()


def _same(one: object, other: object) -> bool:
    return one == other or (one in (None, "", ()) and other in (None, "", ()))
