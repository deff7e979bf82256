"""The table of places in the navigation, area by area; each screen is imported when it is first opened."""

from __future__ import annotations

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.ui.house import House
from shopdesk.ui.navigation import Entry, Maker
from shopdesk.ui.screens import (
    places_buying,
    places_files,
    places_goods,
    places_people,
    places_selling,
    places_stock,
    places_system,
)
from shopdesk.ui.screens.place import SYSTEM


def entries_for(house: House) -> tuple[Entry, ...]:
    """Every place of the office, the till first."""

    def settings() -> Maker:
        from shopdesk.ui.dialogs.settings import SettingsPage

        return lambda desk, memory, parent: SettingsPage(house, desk, memory, parent)

    return (
        *places_selling.PLACES,
        *places_goods.PLACES,
        *places_stock.PLACES,
        *places_buying.PLACES,
        *places_people.PLACES,
        *places_files.PLACES,
        *places_system.PLACES,
        Entry("settings", N_("Settings"), "cog-outline", SYSTEM, Permission.SETTINGS_EDIT, settings, "Ctrl+,"),
    )
