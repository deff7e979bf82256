"""Writing one edited row of the catalogue."""

from __future__ import annotations

from shopdesk.db.saving import save_row as save_row  # noqa: PLC0414 - handed on
