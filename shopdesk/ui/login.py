"""The door: signing in by name and password, or by PIN where one has been before; also what covers a locked window."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLayout, QPushButton, QWidget

if TYPE_CHECKING:
    from shopdesk.ui.kit.keypads import PinPad

from shopdesk.core.i18n import _
from shopdesk.ui.kit.texts import CheckField, SecretField, TextField
from shopdesk.ui.kit.widgets import ALIGN_HCENTER, ALIGN_VCENTER, Label, button, card, hbox, named, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import mono_font, text_font

_WIDTH = 420


class Person(NamedTuple):
    """Somebody who may come in here: the name they sign in with, how they are called, and their role in words."""

    username: str
    display_name: str
    role: str = ""
    by_pin: bool = False


class DemoSecret(NamedTuple):
    """The secrets of a person of the demo shop; shown for no other shop."""

    username: str
    role: str
    password: str
    pin: str


class EntryPage(QWidget):
    """Signing in, and the cover of a locked window; painted before the shop's database is open.

    ``password_given`` is sent with name, password and whether to stay signed in; ``pin_given`` with name and PIN;
    ``left`` when the locked person's session is to end. Until ``open_for`` is called nothing can be sent.
    """

    password_given = Signal(str, str, bool)
    pin_given = Signal(str, str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "entry_page", _("Sign in"))
        self._people: tuple[Person, ...] = ()
        self._person: Person | None = None
        self._locked = False
        self._ready = False
        self._pin_asked = False
        outer = vbox(self, margin=tokens.SPACE_24)
        outer.addStretch(1)
        self._row = hbox(spacing=tokens.SPACE_24)
        self._row.addStretch(1)
        self._row.addWidget(self._make_card())
        self._demo = self._make_demo_card()
        beside = vbox()
        beside.addStretch(1)
        beside.addWidget(self._demo)
        beside.addStretch(1)
        self._row.addLayout(beside)
        self._row.addStretch(1)
        outer.addLayout(self._row)
        outer.addStretch(1)
        self._status = Label("", "entry_status", tone="secondary")
        self._status.setProperty("alignment", ALIGN_HCENTER | ALIGN_VCENTER)
        outer.addWidget(self._status)
        self._show_password(True)
        self._allow(False)

    # What the window calls

    def set_shop_name(self, name: str) -> None:
        """The shop's name above the fields."""
        self._shop_name.setText(name)

    def set_status(self, text: str) -> None:
        """What is going on at the foot of the page."""
        self._status.setText(text)

    def open_for(self, people: Sequence[Person], demo: Sequence[DemoSecret] = ()) -> None:
        """The shop is open: who may come in by PIN here, and in the demo shop everybody's secrets."""
        from shopdesk.ui.kit.pictures import Picture

        self._keep.show()
        if self._logo.layout() is None:
            hbox(self._logo).addWidget(
                Picture("logo_picture", "ShopDesk", tokens.SPACE_32, "storefront-outline", "accent")
            )
        self.set_people(people)
        self._fill_demo(demo)
        self._allow(True)
        self._aim()

    def set_people(self, people: Sequence[Person]) -> None:
        """Who may come in by PIN at this till."""
        self._people = tuple(people)
        self._fill_people()

    def show_sign_in(self) -> None:
        """Nobody is signed in."""
        self._locked = False
        self._person = None
        self._allow(True)
        self._head.setText(_("Sign in"))
        self._leave.hide()
        self._clear()
        self._show_password(True)

    def show_locked(self, person: Person) -> None:
        """Cover a session: its person comes back by PIN or password, others may take over."""
        self._locked = True
        self._person = person
        self._allow(True)
        self._head.setText(_("Locked: {name}").format(name=person.display_name))
        self._name.setText(person.username)
        self._leave.show()
        self._clear()
        self._show_password(not person.by_pin)

    def refuse(self, sentence: str) -> None:
        """Say why somebody was not let in; the secret is forgotten."""
        self._allow(True)
        if self._pin_asked:
            self._pin_pad().clear(sentence)
            self._pin_pad().setFocus()
        else:
            self._error.setText(sentence)
            self._error.show()
            self._password.clear()
            self._password.setFocus()

    def password_needed(self, sentence: str) -> None:
        """The PIN does not do: show the password's field."""
        self._show_password(True)
        self.refuse(sentence)

    @property
    def error(self) -> str:
        """The sentence of the last refusal."""
        return self._pin_pad().error if self._pin_asked else self._error.text()

    # Building

    def _make_card(self) -> QWidget:
        ground = card("entry_card")
        ground.setFixedWidth(_WIDTH)
        layout = vbox(ground, margin=tokens.SPACE_32, spacing=tokens.SPACE_12)
        top = hbox(spacing=tokens.SPACE_12)
        self._shop_name = Label("ShopDesk", "shop_name", font=text_font(tokens.OFFICE_TITLE, tokens.SEMIBOLD))
        self._logo = Label("", "logo")
        self._logo.setAccessibleName("ShopDesk")
        self._logo.setFixedSize(tokens.SPACE_32, tokens.SPACE_32)
        top.addWidget(self._logo)
        top.addWidget(self._shop_name, 1)
        layout.addLayout(top)
        self._head = Label(_("Sign in"), "entry_head", tone="secondary", font=text_font(tokens.OFFICE_SECTION))
        layout.addWidget(self._head)
        self._people_box = named(QWidget(), "people", _("People at this till"))
        self._people_row = vbox(self._people_box, spacing=tokens.SPACE_4)
        layout.addWidget(self._people_box)
        self._by_password = self._make_password()
        layout.addWidget(self._by_password)
        self._pin: PinPad | None = None
        self._ways = layout
        self._other = button("", "other_way", self._turn, role="quiet")
        self._leave = button(_("Sign out"), "sign_out", self.left.emit, role="quiet")
        self._leave.hide()
        layout.addWidget(self._other)
        layout.addWidget(self._leave)
        return ground

    def _make_password(self) -> QWidget:
        page = named(QWidget(), "password_way", _("By password"))
        layout = vbox(page, spacing=tokens.SPACE_4)
        self._name = TextField("username", _("Name"), max_length=100, till=True)
        self._password = SecretField("password", _("Password"), till=True)
        for words, field in ((_("Name"), self._name), (_("Password"), self._password)):
            head = Label(words, f"{field.objectName()}_label", tone="secondary")
            head.setBuddy(field)
            layout.addWidget(head)
            layout.addWidget(field)
            layout.addSpacing(tokens.SPACE_8)
        self._keep = CheckField("keep", _("Keep this till signed in"))
        # Seen once the shop is open, in its place from the start: painting it is no part of the first paint.
        room = self._keep.sizePolicy()
        room.setRetainSizeWhenHidden(True)
        self._keep.setSizePolicy(room)
        self._keep.hide()
        layout.addWidget(self._keep)
        self._error = wrapped(Label("", "entry_error", tone="danger"))
        self._error.hide()
        layout.addWidget(self._error)
        layout.addSpacing(tokens.SPACE_8)
        self._enter = button(_("Sign in"), "sign_in", self._send_password, role="primary", till=True)
        layout.addWidget(self._enter)
        self._name.returnPressed.connect(self._password.setFocus)
        self._password.returnPressed.connect(self._send_password)
        return page

    def _pin_pad(self) -> PinPad:
        if self._pin is None:
            # Made when first wanted: its dozen keys are no part of the first paint.
            from shopdesk.ui.kit.keypads import PinPad

            self._pin = PinPad()
            self._pin.entered.connect(self._send_pin)
            self._ways.insertWidget(self._ways.indexOf(self._by_password) + 1, self._pin)
        return self._pin

    def _make_demo_card(self) -> QWidget:
        ground = card("demo_card")
        ground.setFixedWidth(340)
        self._demo_rows = vbox(ground, margin=tokens.SPACE_24, spacing=tokens.SPACE_8)
        ground.hide()
        return ground

    def _fill_people(self) -> None:
        _empty(self._people_row)
        for person in self._people:
            if person.by_pin:
                words = f"{person.display_name} · {person.role}" if person.role else person.display_name
                made = button(words, f"person_{person.username}", partial(self._choose, person), role="chip")
                made.setCheckable(True)
                made.setProperty("username", person.username)
                self._people_row.addWidget(made)
        self._mark_person()

    def _fill_demo(self, demo: Sequence[DemoSecret]) -> None:
        from PySide6.QtCore import Qt

        _empty(self._demo_rows)
        if demo:
            font = text_font(tokens.OFFICE_SECTION, tokens.SEMIBOLD)
            self._demo_rows.addWidget(wrapped(Label(_("Demo shop: who may come in"), "demo_title", font=font)))
        for secret in demo:
            made = button(secret.role, f"demo_{secret.username}", partial(self._take_demo, secret), till=True)
            words = _("Name      {name}\nPassword  {password}\nPIN       {pin}").format(
                name=secret.username, password=secret.password, pin=secret.pin or "-"
            )
            self._demo_rows.addWidget(made)
            shown = wrapped(Label(words, f"demo_{secret.username}_secrets", tone="secondary", font=mono_font(12)))
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._demo_rows.addWidget(shown)
            self._demo_rows.addSpacing(tokens.SPACE_4)
        self._demo.setVisible(bool(demo))

    # Doing

    def _take_demo(self, secret: DemoSecret) -> None:
        self._show_password(True)
        self._name.setText(secret.username)
        self._password.setText(secret.password)
        self._send_password()

    def _choose(self, person: Person) -> None:
        self._person = person
        self._name.setText(person.username)
        self._show_password(False)

    def _turn(self) -> None:
        self._show_password(self._pin_asked)

    def _show_password(self, password: bool) -> None:
        self._pin_asked = not password
        if self._by_password.isHidden() == password:  # asking for what is so already costs 5 ms of the start
            self._by_password.setVisible(password)
        if not password or self._pin is not None:
            self._pin_pad().setVisible(not password)
        self._other.setText(_("Use the PIN") if password else _("Use the password"))
        self._other.setVisible(self._person is not None and self._person.by_pin)
        self._mark_person()
        self._aim()

    def _mark_person(self) -> None:
        chosen = self._person.username if self._person is not None else ""
        for made in self._people_box.findChildren(QPushButton):
            made.setChecked(made.property("username") == chosen)
        self._people_box.setVisible(bool(self._people_row.count()))

    def _send_password(self) -> None:
        name, password = self._name.text().strip(), self._password.text()
        if not self._ready:
            return
        if not name or not password:
            (self._password if name else self._name).setFocus()
            return
        self._error.hide()
        self._allow(False)
        self.password_given.emit(name, password, self._keep.isChecked())

    def _send_pin(self, pin: str) -> None:
        if self._ready and self._person is not None:
            self._allow(False)
            self.pin_given.emit(self._person.username, pin)

    def _allow(self, ready: bool) -> None:
        self._ready = ready
        self._enter.setEnabled(ready)

    def _clear(self) -> None:
        self._password.clear()
        if self._pin is not None:
            self._pin.clear()
        self._error.setText("")
        self._error.hide()
        if not self._locked:
            self._name.clear()

    def _aim(self) -> None:
        if not self.isVisible():
            return
        if self._pin_asked:
            self._pin_pad().setFocus()
        else:
            (self._password if self._name.text() else self._name).setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self._aim)


def _empty(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
