"""Words of stock that several screens share: how a level stands, what a movement was."""

from __future__ import annotations

from typing import Any

from shopdesk.core.i18n import N_
from shopdesk.ui.kit.columns import State

LEVEL_STATES = {
    "below": State(N_("Below zero"), "danger", "alert-circle-outline"),
    "low": State(N_("Low"), "warning", "alert-outline"),
    "none": State(N_("None"), "secondary", "circle-outline"),
    "there": State(N_("In stock"), "success", "check"),
}
MOVEMENTS = {
    "receive": N_("Received"),
    "sale": N_("Sold"),
    "void": N_("Voided"),
    "return": N_("Returned"),
    "adjust": N_("Adjusted"),
    "damage": N_("Damaged"),
    "transfer_out": N_("Moved out"),
    "transfer_in": N_("Moved in"),
    "count": N_("Counted"),
}


def level_state(row: Any) -> str:
    """Whether a level is below zero, low, nothing, or there; for whatever has the figures of a level."""
    if row.on_hand_milli < 0:
        return "below"
    if row.threshold_milli is not None and row.available_milli <= row.threshold_milli:
        return "low"
    return "there" if row.on_hand_milli else "none"
