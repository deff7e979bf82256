"""A button builds an operation; the operation writes on the lane, shows its own refusal and says what is done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from shopdesk.core.errors import DatabaseTrouble, NotPermitted, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import Action, Voice, bar_of, tell
from shopdesk.ui.kit.tasks import Ticket

Undo = tuple[Callable[..., Any], object]
"""The use case that takes something back, and its command."""

C = TypeVar("C")
R = TypeVar("R")

_log = logging.getLogger(__name__)


class ShowsFieldErrors(Protocol):
    """A form that can put a sentence beside one of its fields."""

    def show_error(self, field: str, sentence: str) -> bool:
        """Show it; False when there is no such field."""


@dataclass(frozen=True, slots=True)
class Operation(Generic[C, R]):
    """One use case with its command, and what the screen does with the outcome.

    ``said`` is shown as a success when it is done. ``refused`` may take care of a refusal itself and returns True then.
    ``approve`` is asked for a refusal that a manager can lift; it gets the error and returns True if it took over.
    ``undo`` is the use case and command that take it back, or a function that makes them of the result; the success then
    stays with an Undo button. ``slow`` says that ``use_case`` takes the shop, the command and the actor, and makes its own
    transactions.
    Refusals are shown beside the form's field or in the page's bar; anything that is no ShopError goes on to the crash
    dialog.
    """

    use_case: Callable[..., R]
    command: C
    done: Callable[[R], object] | None = None
    said: str = ""
    refused: Callable[[ShopError], bool] | None = None
    approve: Callable[[NotPermitted], bool] | None = None
    slow: bool = False
    undo: Undo | Callable[[R], Undo | None] | None = None

    def run(
        self,
        desk: Desk,
        widget: QWidget,
        *,
        form: ShowsFieldErrors | None = None,
        hold: Sequence[QWidget] = (),
    ) -> Ticket:
        """Write it. ``hold`` are the buttons that stay disabled until the outcome is known (no double click)."""
        for held in hold:
            held.setEnabled(False)

        def free() -> None:
            for held in hold:
                if isValid(held):
                    held.setEnabled(True)

        def again() -> None:
            self.run(desk, widget, form=form, hold=hold)

        def done(result: R) -> None:
            bar = bar_of(widget)
            if bar is not None and self.said:
                bar.say(_(self.said), Voice.SUCCESS, self._ways_back(result, desk, widget))
            if self.done is not None:
                self.done(result)

        def failed(error: BaseException) -> None:
            if not isinstance(error, ShopError):
                raise error
            if self.refused is not None and self.refused(error):
                return
            if isinstance(error, NotPermitted) and self.approve is not None and self.approve(error):
                return
            show_refusal(widget, error, form=form, again=again)

        if self.slow:
            ticket = desk.carry_out(self.use_case, self.command, done=done, failed=failed, owner=widget)
        else:
            ticket = desk.execute(self.use_case, self.command, done=done, failed=failed, owner=widget)
        ticket.when_settled(free)
        return ticket

    def _ways_back(self, result: R, desk: Desk, widget: QWidget) -> list[Action]:
        undo = self.undo(result) if callable(self.undo) else self.undo
        if undo is None:
            return []
        use_case, command = undo
        back: Operation[Any, Any] = Operation(use_case, command, said=N_("It is as it was before."))
        return [Action(_("Undo"), lambda: back.run(desk, widget), "undo")]


def show_refusal(
    widget: QWidget,
    error: ShopError,
    *,
    form: ShowsFieldErrors | None = None,
    again: Callable[[], object] | None = None,
) -> None:
    """Say a refusal where it belongs: beside its field, else in the page's bar, else in a small dialog."""
    if form is not None and error.field and form.show_error(error.field, error.message):
        return
    if isinstance(error, DatabaseTrouble):
        _log.info("the database refused: %s", error.code)
    actions = [Action(_("Try again"), again, "try_again")] if again and isinstance(error, DatabaseTrouble) else []
    bar = bar_of(widget)
    if bar is not None:
        bar.refuse(error.message, actions)
    else:
        tell(widget.window(), _("This was not done"), error.message)


def question_failed(widget: QWidget, again: Callable[[], object] | None = None) -> Callable[[BaseException], None]:
    """What to do when a question (not a use case) fails: refusals are shown, anything else is a bug."""

    def failed(error: BaseException) -> None:
        if not isinstance(error, ShopError):
            raise error
        show_refusal(widget, error, again=again)

    return failed
