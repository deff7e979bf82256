"""A new customer in the office: whoever may be the same person is shown while the form is filled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.parties.customer_fields import CustomerFields
from shopdesk.parties.customers import CreateCustomer, create_customer
from shopdesk.parties.doubles import SAME_CARD, SAME_MAIL, SAME_PHONE, LikelyDouble, likely_doubles
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_dialog import Form, FormDialog, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.messages import Action, Dialog, Voice
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.theme import tokens

PERSON = (
    Field("first_name", N_("First name"), group=N_("Person"), max_length=100),
    Field("last_name", N_("Last name"), group=N_("Person"), max_length=100),
    Field("company", N_("Company"), group=N_("Person"), max_length=100),
    Field("email", N_("E-mail"), group=N_("Reached by"), max_length=254, none_if_empty=True),
    Field("phone", N_("Phone"), group=N_("Reached by"), max_length=40, none_if_empty=True),
    Field("card_number", N_("Customer card"), group=N_("Reached by"), max_length=40, none_if_empty=True),
)
NEW = Form(
    key="customers.new",
    title=N_("New customer"),
    command=CreateCustomer,
    use_case=create_customer,
    fields=(
        *PERSON,
        Field("tax_exempt", N_("Buys without tax"), Holds.YES, group=N_("Terms")),
        Field("notes", N_("Remark"), Holds.LONG, group=N_("Terms")),
    ),
    act=N_("Add customer"),
    said=N_("The customer was added."),
)


def open_new_customer(
    parent: QWidget,
    desk: Desk,
    *,
    show: Callable[[int], object],
    done: Callable[[Any], object] | None = None,
) -> FormDialog:
    """Ask for a new customer; ``show`` opens the page of one who is there already, ``done`` gets the new one's id."""
    dialog = open_form(parent, desk, NEW, done=done)

    def typed() -> CustomerFields:
        words = {field.key: str(dialog.view.input(field.key).value() or "") for field in PERSON}
        return CustomerFields(**words)  # type: ignore[arg-type]  # only the fields of PERSON, which are words

    def leave(customer_id: int) -> None:
        dialog.view.dirty = False
        dialog.reject()
        show(customer_id)

    watch = DoubleWatch(dialog, desk, typed, _("Open that customer"), leave)
    dialog.view.edited.connect(watch.start)
    return dialog


def double_words(double: LikelyDouble) -> str:
    """Why somebody may be the one who is being typed, as a sentence."""
    person = double.customer
    name = person.name or person.company or person.email or person.phone
    match double.reason:
        case reason if reason == SAME_MAIL:
            return _("{name} already has this e-mail address.").format(name=name)
        case reason if reason == SAME_CARD:
            return _("{name} already has this customer card.").format(name=name)
        case reason if reason == SAME_PHONE:
            return _("{name} has this phone number.").format(name=name)
        case _any:
            return _("{name} may be the same person.").format(name=name)


class DoubleWatch(QTimer):
    """Looks for likely doubles a moment after it was last started, and says the likeliest in the dialog's bar.

    ``typed`` reads the form; ``act`` is the button beside the sentence, ``take`` what it does with who was found.
    """

    def __init__(
        self,
        dialog: Dialog,
        desk: Desk,
        typed: Callable[[], CustomerFields],
        act: str,
        take: Callable[[int], object],
    ) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._desk = desk
        self._typed = typed
        self._act = act
        self._take = take
        self._said = ""
        self.setSingleShot(True)
        self.setInterval(2 * tokens.SEARCH_WAIT_MS)
        self.timeout.connect(self.look)

    def look(self) -> None:
        """Ask with what is typed so far."""
        self._desk.ask(
            likely_doubles,
            self._typed(),
            self._desk.actor,
            done=self._found,
            failed=question_failed(self._dialog),
            owner=self._dialog,
            key="doubles",
        )

    def _found(self, doubles: tuple[LikelyDouble, ...]) -> None:
        bar = self._dialog.messages
        if not doubles:
            if self._said and bar.text == self._said:
                bar.clear()
            self._said = ""
            return
        first = doubles[0]
        sentence = double_words(first)
        if sentence == self._said:
            return
        self._said = sentence
        actions = [Action(self._act, lambda: self._take(first.customer.id), "open_double")]
        if first.refused:
            bar.refuse(sentence, actions)
        else:
            bar.say(sentence, Voice.WARNING, actions)
