"""What the office's hand-written screens need beside the desk: the shop itself for slow work, this machine's keys and sounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shopdesk.core.secrets import SecretStore
from shopdesk.db.shop import Shop
from shopdesk.system.enrolment import ThisTill
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.shortcuts import KeyMap
from shopdesk.ui.kit.sounds import Sounds


@dataclass(slots=True)
class House:
    """``shop`` is for the functions that hash or call a device between two transactions; all else goes through the desk.

    ``till`` is which till this machine is; ``set_till`` is called when that changes.
    """

    shop: Shop
    secrets: SecretStore
    memory: Memory
    keys: KeyMap
    sounds: Sounds
    till: ThisTill | None
    set_till: Callable[[ThisTill | None], object]
    set_appearance: Callable[[str], object]
