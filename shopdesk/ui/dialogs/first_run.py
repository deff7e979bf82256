"""The first run: shop, tax, owner, till and printer in four steps, or a demo shop with one button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QScrollArea, QStackedWidget, QWidget

from shopdesk.core.actor import Actor
from shopdesk.core.clock import Clock, SystemClock
from shopdesk.core.errors import BadField, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.db.shop import Shop
from shopdesk.ui.dialogs.first_run_work import (
    Answers,
    Choices,
    check_owner,
    choices,
    found_and_open,
    make_demo_and_open,
    printer_of_answers,
    spec_of,
)
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_view import Field, FormView, Holds
from shopdesk.ui.kit.messages import MessageBar, Voice
from shopdesk.ui.kit.tasks import Lanes
from shopdesk.ui.kit.widgets import Label, button, card, hbox, named, title, vbox, wrapped
from shopdesk.ui.opening import Opened
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font

STEPS = ("shop", "taxes", "owner", "till")
_WIDTH = 560


class _NoShopYet:
    """Stands at the desk until there is a shop; no field of the first run asks it anything."""

    clock: Clock = SystemClock()

    def ask(self, query: Callable[..., Any], *args: Any, **named_args: Any) -> Any:
        raise LookupError("there is no shop yet")

    def execute(self, use_case: Callable[[Any, Any], Any], command: Any, actor: Actor) -> Any:
        raise LookupError("there is no shop yet")


def step_fields(offered: Choices) -> dict[str, tuple[Field, ...]]:
    """The fields of each step."""
    return {
        "shop": (
            Field("name", N_("Name of the shop"), required=True, max_length=100),
            Field("country", N_("Country"), Holds.CHOICE, required=True, options=offered.countries),
            Field(
                "currency",
                N_("Currency"),
                Holds.CHOICE,
                required=True,
                options=offered.currencies,
                help=N_("Cannot be changed once something was sold."),
            ),
            Field("timezone", N_("Time zone"), Holds.CHOICE, required=True, options=offered.timezones),
        ),
        "taxes": (
            Field("prices_include_tax", N_("Prices on the shelf include tax"), Holds.YES),
            Field("tax_name", N_("Name of the tax on receipts"), required=True, max_length=40),
            Field("std_ppm", N_("Usual rate in percent"), Holds.PERCENT),
            Field("red_ppm", N_("Reduced rate in percent"), Holds.PERCENT),
            Field(
                "tax_rounding",
                N_("Tax is rounded"),
                Holds.CHOICE,
                required=True,
                options=(("line", N_("line by line")), ("order", N_("once for the whole sale"))),
            ),
        ),
        "owner": (
            Field("first_name", N_("First name"), max_length=60),
            Field("last_name", N_("Last name"), max_length=60),
            Field("username", N_("Name to sign in with"), required=True, max_length=100),
            Field(
                "password",
                N_("Password"),
                Holds.SECRET,
                required=True,
                help=N_("Fifteen letters or more, or eight with a PIN; a few words are easier than signs."),
            ),
            Field("again", N_("Password once more"), Holds.SECRET, required=True),
            Field("pin", N_("PIN"), Holds.SECRET, help=N_("Six figures or more, to unlock the till quickly.")),
        ),
        "till": (
            Field(
                "code",
                N_("Code of the till"),
                required=True,
                max_length=8,
                help=N_("Stands in every receipt's number."),
            ),
            Field("till_name", N_("Name of the till"), max_length=60),
            Field(
                "kind",
                N_("Receipt printer"),
                Holds.CHOICE,
                required=True,
                options=(
                    ("none", N_("None for now")),
                    ("network", N_("In the network")),
                    ("device", N_("At this machine (device file)")),
                    ("queue", N_("A printer of the system")),
                    ("folder", N_("A folder that collects PDF files")),
                ),
            ),
            Field("address", N_("Where the printer is"), help=N_("Host and port, device file, queue name or folder.")),
            Field("opens_drawer", N_("A cash drawer hangs on it"), Holds.YES),
        ),
    }


HEADS = {
    "shop": (N_("Your shop"), N_("What it is called and where it is.")),
    "taxes": (N_("Tax"), N_("How your prices and taxes belong together. More rates can be added later.")),
    "owner": (N_("You"), N_("The owner may do everything; others get their own names later.")),
    "till": (N_("This till"), N_("This machine becomes the first till.")),
}
FIRST_VALUES: dict[str, dict[str, object]] = {
    "shop": {"country": "DE", "currency": "EUR"},
    "taxes": {"prices_include_tax": True, "tax_name": "VAT", "std_ppm": 190_000, "tax_rounding": "line"},
    "owner": {},
    "till": {"code": "T1", "kind": "none"},
}


class FirstRun(QWidget):
    """The wizard. ``founded`` is sent with the open shop; nothing is written before the last step is confirmed."""

    founded = Signal(object)

    def __init__(
        self,
        address: str,
        open_shop: Callable[[str], Shop],
        make_demo: Callable[[str], object],
        lanes: Lanes,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, "first_run", _("First run"))
        self._address = address
        self._open_shop = open_shop
        self._demo_maker = make_demo
        self._lanes = lanes
        self._desk = Desk(_NoShopYet(), lanes, parent=self)
        self.answers = Answers()
        self.forms: dict[str, FormView] = {}
        self.messages = MessageBar(self)
        outer = vbox(self, margin=tokens.SPACE_24)
        row = hbox()
        row.addStretch(1)
        self._card = card("first_run_card")
        self._card.setFixedWidth(_WIDTH)
        row.addWidget(self._card)
        row.addStretch(1)
        outer.addLayout(row, 1)
        column = vbox(self._card, margin=tokens.SPACE_32, spacing=tokens.SPACE_12)
        self._step_words = Label("", "step", tone="secondary", font=text_font(tokens.OFFICE_SECONDARY))
        self._title = title("", "step_title")
        self._sub = wrapped(Label("", "step_words", tone="secondary"))
        for label in (self._step_words, self._title, self._sub):
            column.addWidget(label)
        self._stack = named(QStackedWidget(), "steps", _("Steps"))
        column.addWidget(self._stack, 1)
        column.addWidget(self.messages)
        buttons = hbox()
        self.demo = button(_("Look at a demo shop instead"), "make_demo", self._make_demo, role="quiet")
        self.back = button(_("Back"), "back", self._go_back)
        self.next: QPushButton = button("", "next", self.advance, role="primary")
        self.next.setDefault(True)
        buttons.addWidget(self.demo)
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.next)
        column.addLayout(buttons)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.advance)
        self._busy(True)
        lanes.read(choices, self._build, owner=self)

    @property
    def step(self) -> str:
        """The key of the step that is shown."""
        return STEPS[max(0, self._stack.currentIndex())]

    def advance(self) -> None:
        """Check the step and go on; at the last one make the shop."""
        if not self.forms or not self.next.isEnabled():
            return
        self.messages.clear()
        try:
            values = self.forms[self.step].values()
            setattr(self.answers, self.step, values)
            self._check(values)
        except ShopError as error:
            self._refuse(error)
            return
        if self.step == STEPS[-1]:
            self._found()
        else:
            self._show(STEPS.index(self.step) + 1)

    def _check(self, values: dict[str, Any]) -> None:
        if self.step == "owner":
            check_owner(values)
        elif self.step == "till":
            if values["kind"] != "none" and not values["address"]:
                raise BadField("address", _("is needed for this printer."))
            printer_of_answers(values)
            spec_of(self.answers)

    def _build(self, offered: Choices) -> None:
        for key, fields in step_fields(offered).items():
            values = dict(FIRST_VALUES[key])
            if key == "shop":
                values["timezone"] = offered.timezone
            form = FormView(fields, self._desk, values)
            self.forms[key] = form
            scroll = named(QScrollArea(), f"step_{key}", _(HEADS[key][0]))
            scroll.setWidgetResizable(True)
            scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            inset = named(QWidget(), f"inset_{key}")
            space = vbox(inset)
            space.setContentsMargins(tokens.SPACE_4, tokens.SPACE_4, tokens.SPACE_12, tokens.SPACE_4)
            space.addWidget(form)
            scroll.setWidget(inset)
            self._stack.addWidget(scroll)
        self._busy(False)
        self._show(0)

    def _show(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        head, words = HEADS[STEPS[place]]
        self._step_words.setText(_("Step {number} of {count}").format(number=place + 1, count=len(STEPS)))
        self._title.setText(_(head))
        self._sub.setText(_(words))
        self.back.setVisible(place > 0)
        self.demo.setVisible(place == 0)
        self.next.setText(_("Open the shop") if place == len(STEPS) - 1 else _("Next"))
        self.forms[STEPS[place]].focus_first()

    def _go_back(self) -> None:
        self.messages.clear()
        self._show(self._stack.currentIndex() - 1)

    def _found(self) -> None:
        self._busy(True)
        self.messages.say(_("The shop is being made..."))
        address, answers, open_shop = self._address, self.answers, self._open_shop
        self._lanes.write(
            lambda: found_and_open(address, answers, open_shop), self._done, failed=self._failed, owner=self
        )

    def _make_demo(self) -> None:
        self._busy(True)
        self.messages.say(_("The demo shop is being made: goods, people and a week of sales. This takes a while."))
        address, make_demo, open_shop = self._address, self._demo_maker, self._open_shop
        self._lanes.write(
            lambda: make_demo_and_open(address, make_demo, open_shop), self._done, failed=self._failed, owner=self
        )

    def _done(self, opened: Opened) -> None:
        self.messages.say(_("The shop is open."), Voice.SUCCESS)
        self.founded.emit(opened)

    def _failed(self, error: BaseException) -> None:
        self._busy(False)
        if not isinstance(error, ShopError):
            self.messages.refuse(_("The shop could not be made. Nothing was kept; details are in the log."))
            raise error
        self._refuse(error)

    def _refuse(self, error: ShopError) -> None:
        form = self.forms[self.step]
        if error.field is None or not form.show_error(error.field, error.message):
            self.messages.refuse(error.message)

    def _busy(self, busy: bool) -> None:
        for made in (self.demo, self.back, self.next):
            made.setEnabled(not busy)
