"""A manager's yes on the spot: somebody else's PIN for one action and amount, while the clerk stays signed in (S14)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.core.permissions import PERMISSION_NAMES, Permission
from shopdesk.core.secrets import secret_store
from shopdesk.db.shop import Shop
from shopdesk.system.approvals import Approve, approve
from shopdesk.system.enrolment import this_till
from shopdesk.system.people import PersonChoice, approvers
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import SecretField
from shopdesk.ui.kit.keypads import PinPad
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.widgets import Label, button, hbox, named, set_flag, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font

MOST_PEOPLE = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be approved: the permission, the cart, sale, shift or request it is about, the amount, and the words."""

    action: Permission
    subject_uid: str
    amount_cents: int
    words: str = ""


class ApprovalDialog(Dialog):
    """Who approves, then their PIN (or password). ``on_yes`` gets the approval's uid; Esc leaves without one."""

    def __init__(
        self,
        parent: QWidget | None,
        desk: Desk,
        asked: Asked,
        on_yes: Callable[[str], object],
        on_no: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(parent, "approval_dialog", _("A manager is needed"), till=True)
        self._desk = desk
        self._asked = asked
        self._on_yes = on_yes
        self._people: list[PersonChoice] = []
        self._chips: list[QPushButton] = []
        self._chosen = -1
        self._proving = False
        words = asked.words or _(PERMISSION_NAMES[asked.action])
        self.body.addWidget(wrapped(Label(words, "approval_words", font=text_font(tokens.TILL_LINE, tokens.SEMIBOLD))))
        columns = hbox(spacing=tokens.SPACE_24)
        holder = named(QWidget(), "approval_people", _("Who approves"))
        holder.setMinimumWidth(260)
        self._column = vbox(holder, spacing=tokens.SPACE_8)
        self._column.addWidget(
            Label(_("Who approves? (arrow keys)"), "approval_who", tone="secondary", font=text_font(tokens.TILL_TEXT))
        )
        self._column.addStretch(1)
        columns.addWidget(holder, 1)
        right = vbox(spacing=tokens.SPACE_12)
        self.pin = PinPad()
        self.pin.entered.connect(lambda pin: self._prove(pin, "pin"))
        self.password = SecretField("approval_password", _("Password"), till=True)
        self.password.returnPressed.connect(self._by_password)
        self.password.hide()
        right.addWidget(self.pin)
        right.addWidget(self.password)
        right.addStretch(1)
        columns.addLayout(right)
        self.body.addLayout(columns)
        self.add_cancel()
        self.other_way = self.add_button(_("By password"), "by_password", self._change_way)
        if on_no is not None:
            self.rejected.connect(on_no)
        desk.ask(approvers, asked.action, done=self._show_people, failed=question_failed(self), owner=self)
        self.open()
        self.pin.setFocus()

    @property
    def ready(self) -> bool:
        """Whether it is known who may approve."""
        return bool(self._people)

    def choose(self, place: int) -> None:
        """Somebody of the list approves."""
        if 0 <= place < len(self._people):
            self._chosen = place
            for at, chip in enumerate(self._chips):
                set_flag(chip, "on", at == place)
            self.pin.clear()
            self._aim()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None:
            self.choose(self._chosen + step)
            return
        super().keyPressEvent(event)

    def _show_people(self, people: Sequence[PersonChoice]) -> None:
        mine = self._desk.actor.user_id
        self._people = [person for person in people if person.user_id != mine][:MOST_PEOPLE]
        for place, person in enumerate(self._people):
            chip = button(person.display_name, f"approver_{person.username}", role="chip", till=True)
            chip.setAccessibleName(f"{person.display_name}, {person.role_name}")
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda _checked=False, place=place: self.choose(place))
            self._column.insertWidget(self._column.count() - 1, chip)
            self._chips.append(chip)
        if self._people:
            self.choose(0)
        else:
            self.messages.refuse(_("Nobody else in this shop may approve this."))

    def _change_way(self) -> None:
        by_pin = self.password.isVisible()
        self.password.setVisible(not by_pin)
        self.pin.setVisible(by_pin)
        self.other_way.setText(_("By password") if by_pin else _("By PIN"))
        self._aim()

    def _aim(self) -> None:
        (self.password if self.password.isVisible() else self.pin).setFocus()

    def _by_password(self) -> None:
        secret = str(self.password.value())
        if secret:
            self._prove(secret, "password")

    def _prove(self, secret: str, by: str) -> None:
        if self._proving or not 0 <= self._chosen < len(self._people):
            return
        self.messages.clear()
        self._proving = True  # one proof at a time: each wrong one counts
        shop, actor, asked = cast(Shop, self._desk.shop), self._desk.actor, self._asked
        approver = self._people[self._chosen].username
        self._desk.lanes.read(
            lambda: _approved(shop, actor, asked, approver, secret, by), self._yes, failed=self._no, owner=self
        )

    def _yes(self, uid: str) -> None:
        self.accept()
        self._on_yes(uid)

    def _no(self, error: BaseException) -> None:
        self._proving = False
        if not isinstance(error, ShopError):
            raise error
        self.password.clear()
        self.pin.clear()
        self.messages.refuse(error.message)
        self._aim()


def _approved(shop: Shop, actor: Actor, asked: Asked, approver: str, secret: str, by: str) -> str:
    """Prove the approver and write their yes; slow, on a lane."""
    till = this_till(shop, secret_store()) if by == "pin" else None
    return approve(
        shop,
        Approve(
            action=asked.action,
            subject_uid=asked.subject_uid,
            amount_cents=asked.amount_cents,
            approver=approver,
            secret=secret,
            by=by,
            device=None if till is None else till.device,
        ),
        actor,
    )


def ask_approval(
    parent: QWidget | None,
    desk: Desk,
    asked: Asked,
    on_yes: Callable[[str], object],
    on_no: Callable[[], object] | None = None,
) -> ApprovalDialog:
    """Ask for a manager's yes; returns at once."""
    return ApprovalDialog(parent, desk, asked, on_yes, on_no)
