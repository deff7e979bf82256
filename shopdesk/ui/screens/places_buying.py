"""Places of purchasing."""

from __future__ import annotations

from shopdesk.ui.navigation import Entry

PLACES: tuple[Entry, ...] = ()
