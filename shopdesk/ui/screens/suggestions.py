"""What should be ordered now, with the reasons, and drafts made of the chosen lines at one key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Sorts
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.purchasing.suggest import (
    DraftsMade,
    OrderSuggested,
    SuggestedLine,
    Suggestion,
    order_suggested,
    suggestions_page,
)
from shopdesk.purchasing.supplier_queries import supplier_choices
from shopdesk.ui.kit.columns import State, money, number, quantity, state, text
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import Action, Voice
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice, only
from shopdesk.ui.kit.widgets import Label, named, vbox, wrapped
from shopdesk.ui.screens.purchase_orders import open_order

WHY = {
    "gone": State(N_("Nothing left"), "danger", "alert-circle-outline"),
    "low": State(N_("Below threshold"), "warning", "alert-outline"),
    "runs_out": State(N_("Runs out soon"), "", "timer-sand"),
}
_DAYS = (7, 14, 21, 28, 42, 56, 84)


def _order(view: ListView, rows: Sequence[Suggestion]) -> None:
    """Make drafts of the chosen suggestions, one a supplier; those without a supplier are left and named."""
    known = [row for row in rows if row.supplier_id is not None]
    left = [row.sku for row in rows if row.supplier_id is None]
    if not known:
        names = ", ".join(left[:5])
        view.messages.refuse(
            _("Nobody is known to sell {names}. Add them to a supplier's goods first.").format(names=names)
        )
        return
    lines = tuple(
        SuggestedLine(variant_id=row.variant_id, supplier_id=row.supplier_id or 0, quantity_milli=row.quantity_milli)
        for row in known
    )

    def done(made: DraftsMade) -> None:
        count = len(made.order_ids)
        words = ngettext("{n} draft was made.", "{n} drafts were made.", count).format(n=count)
        if left:
            words += " " + _("Without a supplier: {names}.").format(names=", ".join(left[:5]))
        actions = [Action(_("Open the draft"), lambda: open_order(view, made.order_ids[0], "draft"), "open_draft")]
        view.messages.say(words, Voice.SUCCESS, actions if count == 1 else ())
        view.refresh()

    command = OrderSuggested(warehouse_id=known[0].warehouse_id, lines=lines)
    Operation(order_suggested, command, done=done).run(view.desk, view)


def _detail(view: ListView, row: Suggestion) -> QWidget:
    """The reasons in words, then the figures."""
    made = named(QWidget(), "suggestion_detail", _("Why"))
    column = vbox(made, spacing=12)
    column.addWidget(wrapped(Label(reason(row), "suggestion_reason")))
    formats = view.desk.formats
    pairs = [
        (_("Supplier"), row.supplier or _("nobody known")),
        (_("On hand"), formats.quantity(row.on_hand_milli)),
        (_("Reserved"), formats.quantity(row.reserved_milli)),
        (_("On the way"), formats.quantity(row.incoming_milli)),
        (_("Sold in {days} days").format(days=row.window_days), formats.quantity(row.sold_milli)),
        (_("Lead time in days"), str(row.lead_days)),
        (_("Order at"), formats.quantity(row.point_milli)),
        (_("Fill up to"), formats.quantity(row.target_milli)),
        (_("Threshold"), "" if row.threshold_milli is None else formats.quantity(row.threshold_milli)),
        (_("Pack"), formats.quantity(row.pack_milli)),
        (_("Cost of a pack"), "" if row.pack_cents is None else formats.money(row.pack_cents)),
    ]
    column.addWidget(facts([pair for pair in pairs if pair[1]], "suggestion_facts"))
    column.addStretch(1)
    return made


def reason(row: Suggestion) -> str:
    """Why a line is suggested, in a sentence."""
    if row.days_left is None:
        return _("Nothing was sold lately, but the free stock is at or below its threshold.")
    if row.days_left == 0:
        return _("Nothing is free any more, and a delivery takes {lead} days.").format(lead=row.lead_days)
    return ngettext(
        "The free stock lasts {n} day at the present speed; a delivery takes {lead} days.",
        "The free stock lasts {n} days at the present speed; a delivery takes {lead} days.",
        row.days_left,
    ).format(n=row.days_left, lead=row.lead_days)


SUGGESTIONS = ListScreen(
    key="purchasing.suggestions",
    title=N_("Suggested orders"),
    glyph="chart-line",
    needs=Permission.SUPPLIER_VIEW,
    page=suggestions_page,
    row=Suggestion,
    sorts=Sorts({}),
    search=N_("SKU, name or supplier"),
    ident="variant_id",
    columns=(
        text("sku", N_("SKU"), width=120),
        text("name", N_("Name"), stretch=True),
        text("supplier", N_("Supplier"), width=152),
        state("why", N_("Why"), WHY, width=144),
        quantity("free_milli", N_("Free"), width=72),
        quantity("incoming_milli", N_("On the way"), width=96),
        quantity("sold_milli", N_("Sold"), width=72),
        number("days_left", N_("Days left"), width=80),
        quantity("quantity_milli", N_("To order"), width=80),
        money("total_cents", N_("Cost")),
    ),
    filters=(
        choice("warehouse", N_("Warehouse"), warehouse_choices),
        choice("supplier", N_("Supplier"), supplier_choices),
        choice("cover", N_("Days of cover"), tuple((days, str(days)) for days in _DAYS)),
        choice("window", N_("Sales of the last days"), tuple((days, str(days)) for days in _DAYS)),
        choice("safety", N_("Safety days"), tuple((days, str(days)) for days in (0, 3, 7, 14))),
        only("nobody", N_("Without a supplier")),
    ),
    commands=(
        Command(
            "order",
            N_("Make draft orders"),
            _order,
            "cart-outline",
            Permission.PURCHASE,
            "Ctrl+Return",
            Pick.MANY,
            primary=True,
        ),
    ),
    refresh_on={"StockLevel", "PurchaseOrder", "SupplierItem"},
    detail=_detail,
    minor=("incoming_milli", "total_cents", "sold_milli", "days_left", "supplier"),
    empty=Empty("check-circle-outline", N_("Nothing runs out before a delivery would be here.")),
)
