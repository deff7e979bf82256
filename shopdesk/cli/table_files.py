"""The use cases of files in and out by their headless names."""

from __future__ import annotations

from shopdesk.cli.commands import Doing

FILES: dict[str, Doing] = {}
