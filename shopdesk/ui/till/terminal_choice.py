"""Which card terminal a till works with: none, where cards are only written down, or the simulator."""

from __future__ import annotations

from typing import cast

from shopdesk.db.shop import Shop
from shopdesk.sales.card import CardDesk
from shopdesk.sales.terminal import TerminalSimulator
from shopdesk.system.settings import ShopSettings
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory

REMEMBERED = "till.terminal"
NONE, SIMULATOR = "none", "simulator"


def card_desk_of(desk: Desk, memory: Memory, settings: ShopSettings) -> CardDesk | None:
    """The terminal that this machine is set to; the demo shop plays with the simulator."""
    chosen = memory.get(REMEMBERED, SIMULATOR if settings.is_demo else NONE)
    if chosen != SIMULATOR:
        return None
    return CardDesk(cast(Shop, desk.shop), TerminalSimulator())
