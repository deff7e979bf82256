"""What everybody did: the audit log."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.system.audit import AUDIT_SORTS, AuditRow, audit_actions, audit_page
from shopdesk.system.history import CHANGED, SEALED, VEILED, changes_of
from shopdesk.ui.kit.columns import moment, text
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.history_view import change_words, name_of, value_words
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.specs import Empty, ListScreen, choice, period


def audit_detail(view: ListView, row: AuditRow) -> QWidget:
    """A line of the audit log with everything that was written with it."""
    pairs = [
        (_("Time"), view.desk.formats.full_moment(row.created_at)),
        (_("Who"), row.actor),
        (_("What"), row.action_name),
        (_("Till"), row.till),
        (_("On"), f"{row.target_type} {row.target_id}".strip()),
    ]
    formats = view.desk.formats
    for change in changes_of(row.details):
        field, before, after = change_words(change, formats)
        pairs.append((field, f"{before} \N{RIGHTWARDS ARROW} {after}" if before else after))
    told = {key: value for key, value in row.details.items() if key not in (CHANGED, SEALED, VEILED)}
    pairs += [(name_of(key), value_words(key, value, formats)) for key, value in told.items()]
    return facts([pair for pair in pairs if pair[1]])


AUDIT = ListScreen(
    key="people.audit",
    title=N_("Audit log"),
    glyph="history",
    needs=Permission.AUDIT_VIEW,
    page=audit_page,
    row=AuditRow,
    sorts=AUDIT_SORTS,
    sort="created_at",
    descending=True,
    search=N_("Exact number or name of what it was done to"),
    columns=(
        moment("created_at", N_("Time"), sort=True),
        text("actor", N_("Who"), width=128),
        text("action_name", N_("What"), stretch=True),
        text("target_type", N_("On"), width=112),
        text("target_id", N_("Number or name"), width=176),
        text("till", N_("Till"), width=80),
    ),
    filters=(period("day", N_("Day"), since="from", until="to"), choice("action", N_("What"), audit_actions)),
    refresh_on={
        "Session",
        "User",
        "Role",
        "Setting",
        "Order",
        "Void",
        "Shift",
        "CashMovement",
        "DrawerOpening",
        "StockLevel",
    },
    detail=audit_detail,
    minor=("till", "target_type"),
    empty=Empty("history", N_("What people do in the shop is written down here.")),
)
