"""Whose sale this is: found by typing, or made on the spot."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QStackedWidget, QWidget

from shopdesk.core.i18n import _
from shopdesk.parties.customers import CreateCustomer, create_customer
from shopdesk.parties.queries import FEWEST_LETTERS, FoundCustomer, find_customers
from shopdesk.ui.dialogs.customer_new import DoubleWatch
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import TextField
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.pickers import Picker
from shopdesk.ui.kit.widgets import Label, named, vbox
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font

_FIELDS = ("first_name", "last_name", "company", "email", "phone")


class CustomerDialog(Dialog):
    """Finds a customer or makes one; ``on_customer`` gets the id, or None for a sale without a customer."""

    def __init__(
        self,
        parent: QWidget | None,
        desk: Desk,
        *,
        has_customer: bool,
        may_make: bool,
        on_customer: Callable[[int | None], object],
    ) -> None:
        super().__init__(parent, "customer_dialog", _("Customer"), till=True)
        self.setMinimumSize(640, 480)
        self._desk = desk
        self._on_customer = on_customer
        self.pages = named(QStackedWidget(), "customer_pages")
        self.body.addWidget(self.pages, 1)
        actor = desk.actor
        self.picker = Picker(
            desk,
            lambda reader, text: find_customers(reader, text, actor),
            _words,
            "customer_picker",
            _("Name, mail, phone, card, town or sale number"),
            till=True,
            least=FEWEST_LETTERS,
        )
        self.picker.picked.connect(lambda found: self._take(found.id))
        page = named(QWidget(), "customer_find")
        column = vbox(page, spacing=tokens.SPACE_12)
        column.addWidget(self.picker)
        hint = _("Type at least three letters. Enter takes the first hit.")
        column.addWidget(Label(hint, "customer_hint", tone="secondary", font=text_font(tokens.TILL_TEXT)))
        column.addStretch(1)
        self.pages.addWidget(page)
        self.fields = {name: TextField(name, words, till=True) for name, words in _labels().items()}
        self.pages.addWidget(self._form())
        watch = DoubleWatch(self, desk, self._typed, _("Use that customer"), self._take)
        for field in self.fields.values():
            field.edited.connect(watch.start)
        self.cancel = self.add_cancel()
        if has_customer:
            self.add_button(_("No customer"), "no_customer", lambda: self._take(None))
        self.make = self.add_button(_("New customer"), "new_customer", self.show_form, role="primary")
        self.make.setVisible(may_make)
        self.open()
        self.picker.setFocus()

    def show_form(self) -> None:
        """Ask for a new customer's particulars; what was typed is taken for the name."""
        if self.pages.currentIndex() == 1:
            self._make()
            return
        typed = self.picker.line.text().strip()
        if "@" in typed:
            self.fields["email"].set_value(typed)
        elif typed.lstrip("+").replace(" ", "").isdigit():
            self.fields["phone"].set_value(typed)
        else:
            first, _space, last = typed.partition(" ")
            self.fields["first_name"].set_value(first)
            self.fields["last_name"].set_value(last)
        self.picker.clear()
        self.pages.setCurrentIndex(1)
        self.make.setText(_("Add customer"))
        self.make.setDefault(True)
        self.fields["first_name"].setFocus()

    def show_error(self, field: str, sentence: str) -> bool:
        """Mark the field at fault and say why."""
        if field not in self.fields:
            return False
        self.fields[field].mark_wrong(True)
        self.fields[field].setFocus()
        self.messages.refuse(sentence)
        return True

    def _form(self) -> QWidget:
        page = named(QWidget(), "customer_make")
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(tokens.SPACE_8)
        grid.setHorizontalSpacing(tokens.SPACE_16)
        for place, (name, words) in enumerate(_labels().items()):
            label = Label(words, f"{name}_label", font=text_font(tokens.TILL_TEXT))
            label.setBuddy(self.fields[name])
            grid.addWidget(label, place, 0)
            grid.addWidget(self.fields[name], place, 1)
        grid.setRowStretch(len(_FIELDS), 1)
        return page

    def _typed(self) -> CreateCustomer:
        values = {name: str(field.value()) for name, field in self.fields.items()}
        return CreateCustomer(
            first_name=values["first_name"],
            last_name=values["last_name"],
            company=values["company"],
            email=values["email"] or None,
            phone=values["phone"] or None,
        )

    def _make(self) -> None:
        for field in self.fields.values():
            field.mark_wrong(False)
        command = self._typed()
        Operation(create_customer, command, done=self._take).run(self._desk, self, form=self, hold=(self.make,))

    def _take(self, customer_id: int | None) -> None:
        if self.isVisible():
            self.accept()
            self._on_customer(customer_id)


def _labels() -> dict[str, str]:
    return {
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "company": _("Company"),
        "email": _("Mail"),
        "phone": _("Phone"),
    }


def _words(found: FoundCustomer) -> tuple[str, str, str]:
    name = found.name or found.company
    second = " · ".join(part for part in (found.company if found.name else "", found.email, found.phone) if part)
    return name, second, "" if found.status == "active" else _("blocked")
