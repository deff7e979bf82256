"""The use cases of purchasing by their headless names."""

from __future__ import annotations

from shopdesk.cli.commands import Doing

BUYING: dict[str, Doing] = {}
