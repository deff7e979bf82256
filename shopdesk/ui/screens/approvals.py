"""What managers approved on the spot, for whom, and what it was used for."""

from __future__ import annotations

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.system.approval_list import APPROVAL_SORTS, ApprovalRow, approvals_page, approved_actions
from shopdesk.ui.kit.columns import State, flag, moment, money, text
from shopdesk.ui.kit.specs import Empty, ListScreen, choice, only

APPROVALS = ListScreen(
    key="people.approvals",
    title=N_("Approvals"),
    glyph="stamper",
    needs=Permission.AUDIT_VIEW,
    page=approvals_page,
    row=ApprovalRow,
    sorts=APPROVAL_SORTS,
    sort="created_at",
    descending=True,
    search=N_("Who gave it or who asked"),
    columns=(
        moment("created_at", N_("Time"), sort=True),
        text("action_name", N_("What for"), stretch=True),
        text("approver", N_("Given by"), width=112),
        text("clerk", N_("Asked by"), width=112),
        text("till", N_("Till"), width=80),
        money("amount_cents", N_("Up to")),
        flag("is_used", N_("Used"), yes=State(N_("Used"), "success", "check"), no=State(N_("Ran out"), "secondary")),
        text("used_for", N_("Used for"), width=128),
    ),
    filters=(choice("action", N_("What for"), approved_actions), only("unused", N_("Never used"))),
    refresh_on={"Approval"},
    minor=("till", "amount_cents", "clerk"),
    empty=Empty("stamper", N_("What a manager allows on the spot with a PIN is listed here.")),
)
