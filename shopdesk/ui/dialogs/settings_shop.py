"""The shop's own settings: name, address, money, tax, receipts, till and locks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QScrollArea, QWidget

from shopdesk.core.errors import BadField, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MAX_CENTS
from shopdesk.parties.countries import country_choices
from shopdesk.system.languages import language_choices
from shopdesk.system.settings import ChangeSettings, ShopSettings, change_settings, shop_settings
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_view import Field, FormView, Holds
from shopdesk.ui.kit.messages import MessageBar
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.widgets import button, card, hbox, named, vbox
from shopdesk.ui.theme import tokens

SHOP, MONEY, PAPER, TILL = N_("Shop"), N_("Money and tax"), N_("Receipts"), N_("Till and locks")
FIELDS = (
    Field("name", N_("Name"), required=True, group=SHOP, max_length=100),
    Field("address", N_("Address"), Holds.LONG, group=SHOP),
    Field("tax_id", N_("Tax number"), group=SHOP, max_length=60),
    Field("country", N_("Country"), Holds.CHOICE, required=True, query=country_choices, group=SHOP),
    Field(
        "timezone",
        N_("Time zone"),
        Holds.CHOICE,
        required=True,
        options=tuple((zone, zone) for zone in sorted(available_timezones())),
        group=SHOP,
    ),
    Field(
        "language",
        N_("Language"),
        Holds.CHOICE,
        required=True,
        query=language_choices,
        group=SHOP,
        help=N_("Of receipts and of the sign-in; each person may choose another one for themselves."),
    ),
    Field(
        "currency", N_("Currency"), required=True, group=MONEY, max_length=3, help=N_("Fixed once there is a document.")
    ),
    Field("prices_include_tax", N_("Prices include tax"), Holds.YES, group=MONEY),
    Field(
        "tax_rounding",
        N_("Tax is rounded"),
        Holds.CHOICE,
        required=True,
        options=(("line", N_("line by line")), ("order", N_("once for the whole sale"))),
        group=MONEY,
    ),
    Field("cash_rounding_cents", N_("Cash is rounded to"), Holds.MONEY, group=MONEY, help=N_("0: not at all.")),
    Field("print_receipts", N_("Print a receipt for every sale"), Holds.YES, group=PAPER),
    Field("receipt_footer", N_("At the foot of receipts"), Holds.LONG, group=PAPER),
    Field("sell_without_shift", N_("A till may sell without an open shift"), Holds.YES, group=TILL),
    Field("blind_close", N_("The drawer is counted blind"), Holds.YES, group=TILL),
    Field(
        "difference_limit_cents",
        N_("A manager approves a cash difference above"),
        Holds.MONEY,
        required=True,
        group=TILL,
    ),
    Field("lock_till_seconds", N_("Lock an idle till after (seconds)"), Holds.COUNT, required=True, group=TILL),
    Field("lock_office_seconds", N_("Lock an idle office after (seconds)"), Holds.COUNT, required=True, group=TILL),
)
SHORTEST_LOCK, LONGEST_TILL, LONGEST_OFFICE = 15, 120, 600


class ShopPage(QWidget):
    """The shop's settings in one form; only what was changed is written."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "shop_settings", _("Shop"))
        self._desk = desk
        self._before: ShopSettings | None = None
        self.messages = MessageBar(self)
        outer = vbox(self, margin=tokens.SPACE_24, spacing=tokens.SPACE_12)
        outer.setContentsMargins(tokens.SPACE_24, tokens.SPACE_8, tokens.SPACE_24, tokens.SPACE_24)
        outer.addWidget(self.messages)
        ground = card("shop_card")
        column = vbox(ground, margin=tokens.SPACE_24)
        self.form = FormView(FIELDS, desk)
        column.addWidget(self.form)
        scroll = named(QScrollArea(), "shop_scroll", _("Shop"))
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(ground)
        outer.addWidget(scroll, 1)
        row = hbox()
        row.addStretch(1)
        self.save = button(_("Save settings"), "save", self.submit, role="primary", tip=_("Save settings (Ctrl+Enter)"))
        row.addWidget(self.save)
        outer.addLayout(row)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.submit)
        self.save.setEnabled(False)
        self._read()
        desk.changed.connect(self._elsewhere)

    def submit(self) -> None:
        """Write what was changed."""
        if self._before is None:
            return
        try:
            values = self.form.values()
            values["currency"] = str(values["currency"]).upper()
            values["cash_rounding_cents"] = values["cash_rounding_cents"] or 0
            _check_locks(values)
        except ShopError as error:
            if error.field is None or not self.form.show_error(error.field, error.message):
                self.messages.refuse(error.message)
            return
        changed = {name: value for name, value in values.items() if value != getattr(self._before, name)}
        if not changed:
            self.messages.say(_("Nothing was changed."))
            return
        operation = Operation(
            change_settings, ChangeSettings(changed), done=self._show, said=N_("The settings are saved.")
        )
        operation.run(self._desk, self, form=self.form, hold=(self.save,))

    def _read(self) -> None:
        self._desk.ask(shop_settings, done=self._show, failed=question_failed(self), owner=self, key="settings")

    def _show(self, settings: ShopSettings) -> None:
        self._before = settings
        self.save.setEnabled(self._desk.signed_in)
        self.form.set_values({field.key: getattr(settings, field.key) for field in FIELDS})
        formats = replace(self._desk.formats, currency=settings.currency, timezone=settings.timezone)
        if formats != self._desk.formats:
            self._desk.set_formats(formats)

    def _elsewhere(self, names: frozenset[str]) -> None:
        if names & {"Setting", "*"} and not self.form.dirty:
            self._read()


def _check_locks(values: dict[str, Any]) -> None:
    """S12: a till locks after two minutes at the latest, an office after ten."""
    for name, longest in (("lock_till_seconds", LONGEST_TILL), ("lock_office_seconds", LONGEST_OFFICE)):
        if not SHORTEST_LOCK <= values[name] <= longest:
            problem = _("must be between {least} and {most}.").format(least=SHORTEST_LOCK, most=longest)
            raise BadField(name, problem)
    if not 0 <= values["cash_rounding_cents"] <= MAX_CENTS:
        raise BadField("cash_rounding_cents", _("must not be negative."))
