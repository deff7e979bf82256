"""The keys of the till, each with what it does; all of them can be edited in the settings."""

from __future__ import annotations

from shopdesk.core.i18n import N_
from shopdesk.ui.kit.shortcuts import KeySpec

AREA = "till"

KEYS: tuple[KeySpec, ...] = (
    KeySpec("till.help", N_("help"), "F1", AREA),
    KeySpec("till.search", N_("search"), "F2", AREA),
    KeySpec("till.quantity", N_("quantity"), "F3", AREA),
    KeySpec("till.customer", N_("customer"), "F4", AREA),
    KeySpec("till.hold", N_("hold"), "F5", AREA),
    KeySpec("till.recall", N_("recall"), "F6", AREA),
    KeySpec("till.price", N_("price"), "F7", AREA),
    KeySpec("till.discount", N_("discount"), "F8", AREA),
    KeySpec("till.return", N_("return"), "F9", AREA),
    KeySpec("till.more", N_("more"), "F10", AREA),
    KeySpec("till.pay", N_("pay"), "F12", AREA),
    KeySpec("till.undo", N_("undo"), "Ctrl+Z", AREA),
    KeySpec("till.line_up", N_("line up"), "Ctrl+Up", AREA),
    KeySpec("till.line_down", N_("line down"), "Ctrl+Down", AREA),
    KeySpec("till.more_of_it", N_("one more"), "Ctrl++", AREA),
    KeySpec("till.less_of_it", N_("one less"), "Ctrl+-", AREA),
    KeySpec("till.remove", N_("remove line"), "Ctrl+Del", AREA),
    KeySpec("till.order_discount", N_("discount on the sale"), "Shift+F8", AREA),
    KeySpec("till.why", N_("why this price"), "Ctrl+W", AREA),
    KeySpec("till.note", N_("note"), "Ctrl+N", AREA),
    KeySpec("till.line_note", N_("note on the line"), "Ctrl+Shift+N", AREA),
    KeySpec("till.wish", N_("wish list"), "Ctrl+Shift+W", AREA),
    KeySpec("till.favourite", N_("customer's favourite"), "Ctrl+Shift+F", AREA),
    KeySpec("till.drawer", N_("open drawer"), "Ctrl+D", AREA),
    KeySpec("till.recent", N_("last sales"), "Ctrl+R", AREA),
    KeySpec("till.cash_in", N_("cash in"), "Ctrl+I", AREA),
    KeySpec("till.cash_out", N_("cash out"), "Ctrl+O", AREA),
    KeySpec("till.report", N_("X report"), "Ctrl+Shift+X", AREA),
    KeySpec("till.open_shift", N_("open shift"), "Ctrl+Shift+O", AREA),
    KeySpec("till.close_shift", N_("close shift"), "Ctrl+Shift+Z", AREA),
    KeySpec("till.training", N_("training"), "Ctrl+T", AREA),
    KeySpec("till.empty", N_("give the sale up"), "Ctrl+Shift+Del", AREA),
    KeySpec("till.papers", N_("papers that wait"), "Ctrl+P", AREA),
    KeySpec("till.lock", N_("lock"), "Ctrl+L", AREA),
    KeySpec("till.first_remedy", N_("first button of the bar"), "Ctrl+Return", AREA),
    KeySpec("till.second_remedy", N_("second button of the bar"), "Ctrl+Shift+Return", AREA),
    KeySpec("till.page_next", N_("next category"), "Ctrl+PgDown", AREA),
    KeySpec("till.page_back", N_("category before"), "Ctrl+PgUp", AREA),
    KeySpec("till.tender_1", N_("first way to pay"), "Ctrl+1", AREA),
    KeySpec("till.tender_2", N_("second way to pay"), "Ctrl+2", AREA),
    KeySpec("till.tender_3", N_("third way to pay"), "Ctrl+3", AREA),
    KeySpec("till.tender_4", N_("fourth way to pay"), "Ctrl+4", AREA),
    KeySpec("till.tender_5", N_("fifth way to pay"), "Ctrl+5", AREA),
    KeySpec("till.tender_6", N_("sixth way to pay"), "Ctrl+6", AREA),
)

LEGEND = (
    "till.help",
    "till.search",
    "till.quantity",
    "till.customer",
    "till.hold",
    "till.recall",
    "till.price",
    "till.discount",
    "till.return",
    "till.more",
    "till.pay",
    "till.undo",
    "till.remove",
)
TENDER_KEYS = tuple(f"till.tender_{number}" for number in range(1, 7))
