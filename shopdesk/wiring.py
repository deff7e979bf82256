"""THE table: which event wakes which functions, in order, in the publisher's own transaction; which job kind runs what."""

from __future__ import annotations

from shopdesk.db.unit import Handlers
from shopdesk.system.jobs_run import Runner

HANDLERS: Handlers = {}

JOBS: dict[str, Runner] = {}
