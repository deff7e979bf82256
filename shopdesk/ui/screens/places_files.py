"""Places of files in and out."""

from __future__ import annotations

from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.ui.navigation import Entry
from shopdesk.ui.screens.place import FILES, page

PLACES: tuple[Entry, ...] = (
    Entry("imports", N_("Imports"), "import", FILES, Permission.IMPORT, page("screens.imports", "ImportsList")),
)
