"""THE table: which event wakes which functions, in order, in the publisher's own transaction."""

from __future__ import annotations

from shopdesk.db.unit import Handlers

HANDLERS: Handlers = {}
