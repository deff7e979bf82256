"""Two customers who are one person: who stays, and field by field what stays of each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QScrollArea, QWidget

from shopdesk.core.actor import Actor
from shopdesk.core.i18n import N_, _
from shopdesk.db.unit import Reader
from shopdesk.parties.merging import MERGEABLE, CustomersMerged, MergeCustomers, merge_customers
from shopdesk.parties.queries import FEWEST_LETTERS, CustomerCard, FoundCustomer, customer_card, find_customers
from shopdesk.ui.dialogs.customer_erase import shortened
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.formats import Formats, yes_no
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.pickers import Picker
from shopdesk.ui.kit.widgets import Label, button, caption, hairline, named, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font

FIELDS = {
    "first_name": N_("First name"),
    "last_name": N_("Last name"),
    "company": N_("Company"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "card_number": N_("Customer card"),
    "language": N_("Language"),
    "notes": N_("Remark"),
    "price_list_id": N_("Price list"),
    "tax_exempt": N_("Buys without tax"),
    "account_limit_cents": N_("Account limit"),
    "status": N_("State"),
}


def both_cards(reader: Reader, first_id: int, second_id: int, actor: Actor) -> tuple[CustomerCard, CustomerCard]:
    """Both customers whole."""
    return customer_card(reader, first_id, actor), customer_card(reader, second_id, actor)


def pick_and_merge(parent: QWidget, desk: Desk, customer_id: int, done: Callable[[int], object]) -> Dialog:
    """Ask for the other customer, then for what stays."""
    dialog = Dialog(parent, "merge_with", _("Merge with another customer"))
    dialog.setMinimumSize(560, 420)
    actor = desk.actor
    picker = Picker(
        desk,
        lambda reader, text: [found for found in find_customers(reader, text, actor) if found.id != customer_id],
        _found_words,
        "merge_picker",
        _("Name, mail, phone, card or town"),
        least=FEWEST_LETTERS,
    )

    def picked(found: FoundCustomer) -> None:
        dialog.accept()
        open_merge(parent, desk, customer_id, found.id, done)

    picker.picked.connect(picked)
    dialog.body.addWidget(picker)
    dialog.body.addStretch(1)
    dialog.add_cancel()
    dialog.open()
    picker.setFocus()
    return dialog


def open_merge(parent: QWidget, desk: Desk, first_id: int, second_id: int, done: Callable[[int], object]) -> None:
    """Show both customers side by side; ``done`` gets the id of the one who stayed."""

    def show(cards: tuple[CustomerCard, CustomerCard]) -> None:
        MergeDialog(parent, desk, *cards, done=done).open()

    desk.ask(
        both_cards,
        first_id,
        second_id,
        desk.actor,
        done=show,
        failed=question_failed(parent),
        owner=parent,
        key="merge",
    )


class MergeDialog(Dialog):
    """Two columns, one a customer; the left one stays until they are swapped."""

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        survivor: CustomerCard,
        loser: CustomerCard,
        *,
        done: Callable[[int], object],
    ) -> None:
        super().__init__(parent, "merge_customers", _("Merge two customers"))
        self.setMinimumSize(720, 480)
        self.resize(820, 560)
        self.survivor, self.loser = survivor, loser
        self._desk = desk
        self._done = done
        self.choices: dict[str, QButtonGroup] = {}
        self._scroll = named(QScrollArea(), "merge_scroll", _("What stays"))
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(self._scroll, 1)
        self.consequence = wrapped(Label("", "merge_consequence", tone="secondary"))
        self.body.addWidget(self.consequence)
        swap = button(_("Swap the two"), "swap", self.swap, glyph="swap-horizontal")
        self.buttons.insertWidget(0, swap)
        self.add_cancel().setDefault(True)
        self.act = self.add_button("", "act", self._merge, role="danger")
        self._show()

    def swap(self) -> None:
        """The other one stays."""
        self.survivor, self.loser = self.loser, self.survivor
        self._show()

    @property
    def taken(self) -> tuple[str, ...]:
        """The fields whose value is the right one's."""
        return tuple(name for name, group in self.choices.items() if group.checkedId() == 1)

    def _show(self) -> None:
        made = named(QWidget(), "merge_fields", _("What stays"))
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, tokens.SPACE_12, 0)
        grid.setHorizontalSpacing(tokens.SPACE_24)
        grid.setVerticalSpacing(tokens.SPACE_8)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        for place, (card, words) in enumerate(((self.survivor, _("Stays")), (self.loser, _("Becomes part of it")))):
            head = vbox(spacing=0)
            head.addWidget(Label(words, f"merge_role_{place}", tone="secondary"))
            name = Label(card.name, f"merge_name_{place}", font=text_font(tokens.OFFICE_TEXT, tokens.SEMIBOLD))
            head.addWidget(wrapped(name))
            grid.addLayout(head, 0, place + 1)
        grid.addWidget(hairline(), 1, 0, 1, 3)
        self.choices = {}
        row = 2
        for field in MERGEABLE:
            values = [_value(card, field, self._desk.formats) for card in (self.survivor, self.loser)]
            if values[0] == values[1]:
                continue
            grid.addWidget(Label(_(FIELDS[field]), f"merge_{field}", tone="secondary"), row, 0)
            group = QButtonGroup(made)
            for place, value in enumerate(values):
                shown = value or _("nothing")
                one = named(
                    QRadioButton(caption(shortened(shown, 44))), f"{field}_{place}", f"{_(FIELDS[field])}: {shown}"
                )
                group.addButton(one, place)
                grid.addWidget(one, row, place + 1)
            # What only one of them has is kept, whoever stays.
            group.button(1 if not values[0] and field != "status" else 0).setChecked(True)
            self.choices[field] = group
            row += 1
        if not self.choices:
            grid.addWidget(Label(_("Both say the same of themselves."), "merge_same"), row, 0, 1, 3)
        grid.setRowStretch(row + 1, 1)
        self._scroll.setWidget(made)
        self.consequence.setText(
            _(
                "Everything of {loser} becomes part of {survivor}: sales, held sales, addresses, payment methods, notes, "
                "wishes. {loser} is no longer listed; the old mail address and card still find {survivor} at the till. "
                "This cannot be undone."
            ).format(loser=self.loser.name, survivor=self.survivor.name)
        )
        self.act.setText(caption(_("Merge into {name}").format(name=shortened(self.survivor.name))))

    def _merge(self) -> None:
        command = MergeCustomers(
            survivor_id=self.survivor.id,
            loser_id=self.loser.id,
            survivor_version=self.survivor.version,
            loser_version=self.loser.version,
            take=self.taken,
        )
        Operation(merge_customers, command, done=self._finished).run(self._desk, self, hold=(self.act,))

    def _finished(self, merged: CustomersMerged) -> None:
        self.accept()
        self._done(merged.survivor_id)


def _value(card: CustomerCard, field: str, formats: Formats) -> str:
    """A field as people read it, empty for nothing."""
    if field == "status":
        return _("Blocked: {reason}").format(reason=card.block_reason) if card.status == "blocked" else _("Active")
    if field == "price_list_id":
        return card.price_list
    value = getattr(card.customer, field)
    if field == "tax_exempt":
        return yes_no(value)
    if field == "account_limit_cents":
        return formats.money(value) if value else ""
    return str(value or "")


def _found_words(found: FoundCustomer) -> tuple[str, str, str]:
    second = " · ".join(filter(None, (found.company if found.name else "", found.email, found.phone)))
    return found.name or found.company, second, ""
