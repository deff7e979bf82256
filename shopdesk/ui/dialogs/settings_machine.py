"""What holds for this machine only: light or dark, sounds, which till it is, where its secrets are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.sales.tills import tills_list
from shopdesk.system.enrolment import ThisTill, enrol_this_till, leave_till
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import CheckField, ChoiceField
from shopdesk.ui.kit.messages import MessageBar, Voice
from shopdesk.ui.kit.operations import question_failed, show_refusal
from shopdesk.ui.kit.widgets import Label, button, card, hbox, named, section, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.till.machine import TillMachine


def active_tills(reader: Reader) -> tuple[tuple[object, str], ...]:
    """Tills in use, by id."""
    return tuple((till.id, f"{till.code} {till.name}".strip()) for till in tills_list(reader) if till.is_active)


class MachinePage(QWidget):
    """Each choice holds at once."""

    def __init__(self, house: House, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "machine_settings", _("This machine"))
        self._house = house
        self._desk = desk
        self.messages = MessageBar(self)
        outer = vbox(self, spacing=tokens.SPACE_12)
        outer.setContentsMargins(tokens.SPACE_24, tokens.SPACE_8, tokens.SPACE_24, tokens.SPACE_24)
        outer.addWidget(self.messages)
        ground = card("machine_card")
        ground.setMaximumWidth(640)
        column = vbox(ground, margin=tokens.SPACE_24, spacing=tokens.SPACE_8)
        column.addWidget(section(_("Appearance"), "appearance"))
        looks = (("system", _("As the desktop is")), ("light", _("Light")), ("dark", _("Dark")))
        self.look = ChoiceField("look", _("Light or dark"), looks)
        self.look.set_value(house.memory.get("appearance", "system"))
        self.look.edited.connect(lambda: house.set_appearance(str(self.look.value())))
        column.addWidget(self.look)
        self.sounds = CheckField("sounds", _("Sounds for scans and refusals"))
        self.sounds.setChecked(house.sounds.enabled)
        self.sounds.edited.connect(self._set_sounds)
        column.addWidget(self.sounds)
        column.addSpacing(tokens.SPACE_16)
        column.addWidget(section(_("Till"), "till_of_machine"))
        self.standing = wrapped(Label("", "till_standing", tone="secondary"))
        column.addWidget(self.standing)
        row = hbox()
        self.till = ChoiceField("till", _("This machine is the till"))
        row.addWidget(self.till, 1)
        self.enrol = button(_("Make this machine the till"), "enrol", self._enrol, role="primary")
        self.leave = button(_("No till any more"), "leave_till", self._leave)
        row.addWidget(self.enrol)
        row.addWidget(self.leave)
        column.addLayout(row)
        column.addSpacing(tokens.SPACE_16)
        column.addWidget(TillMachine(house.memory))
        column.addSpacing(tokens.SPACE_16)
        column.addWidget(section(_("Secrets"), "secrets"))
        column.addWidget(wrapped(Label(house.secrets.description, "secrets_place", tone="secondary")))
        scroll = named(QScrollArea(), "machine_scroll", _("This machine"))
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = named(QWidget(), "machine_inner")
        rows = vbox(inner)
        rows.addWidget(ground)
        rows.addStretch(1)
        scroll.setWidget(inner)
        outer.addWidget(scroll, 1)
        self._show_till()
        desk.ask(active_tills, done=self.till.set_options, failed=question_failed(self), owner=self, key="tills")

    def _set_sounds(self) -> None:
        on = self.sounds.isChecked()
        self._house.sounds.enabled = on
        self._house.memory.put("sounds", on)

    def _show_till(self) -> None:
        till = self._house.till
        if till is None:
            self.standing.setText(_("This machine is no till: people sign in by password, and the office lock holds."))
        else:
            self.standing.setText(_("This machine is till {code}: PINs work here.").format(code=till.code))
        self.leave.setVisible(till is not None)
        may = self._desk.may(Permission.TILL_EDIT)
        self.enrol.setEnabled(may)
        self.leave.setEnabled(may)

    def _enrol(self) -> None:
        till_id = self.till.value()
        if not isinstance(till_id, int):
            self.messages.refuse(_("Choose the till first."))
            return
        house, actor = self._house, self._desk.actor
        self._desk.lanes.write(
            lambda: enrol_this_till(house.shop, house.secrets, till_id, actor),
            self._enrolled,
            failed=self._failed,
            owner=self,
        )

    def _leave(self) -> None:
        house, actor = self._house, self._desk.actor
        self._desk.lanes.write(
            lambda: leave_till(house.shop, house.secrets, actor),
            lambda _nothing: self._enrolled(None),
            failed=self._failed,
            owner=self,
        )

    def _enrolled(self, till: ThisTill | None) -> None:
        self._house.till = till
        self._house.set_till(till)
        self._show_till()
        self.messages.say(_("It holds from the next sign-in on."), Voice.SUCCESS)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, ShopError):
            raise error
        show_refusal(self, error)
