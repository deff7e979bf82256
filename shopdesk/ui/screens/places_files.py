"""Places of files in and out, and of the work done in the background."""

from __future__ import annotations

from shopdesk.ui.navigation import Entry

PLACES: tuple[Entry, ...] = ()
