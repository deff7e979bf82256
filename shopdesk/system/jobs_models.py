"""The table of work that is done in the background."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Flag, Id, one_of, ref, where

JOB_STATES = ("queued", "running", "done", "failed", "cancelled")


class Job(Base):
    """Work asked for in one transaction and done after it, by whichever window or process takes it first.

    While it runs, ``worker`` holds it until ``lease_until``; who finds that moment past takes it over. It acts as ``user_id``,
    narrowed by ``scopes`` (JSON, null for not at all) when an API key asked. ``retry_at`` is when it may next be begun.
    """

    __tablename__ = "jobs"
    id: Mapped[Id]
    key: Mapped[str] = mapped_column("idempotency_key", sa.String(120), unique=True)
    kind: Mapped[Code] = mapped_column("type")
    title: Mapped[str]
    payload: Mapped[str] = mapped_column(default="{}")
    result: Mapped[str | None]
    error: Mapped[str | None]
    status: Mapped[Code]
    worker: Mapped[str | None] = mapped_column(sa.String(120))
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int]
    cancel_wanted: Mapped[Flag] = mapped_column(default=False)
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int] = mapped_column(default=0)
    progress_said: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int] = ref("users.id")
    api_key_id: Mapped[int | None] = ref("api_keys.id")
    scopes: Mapped[str | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    retry_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    __table_args__ = (
        one_of("status", *JOB_STATES),
        sa.CheckConstraint("attempts >= 0 AND max_attempts >= 1", name="attempts_count_up"),
        sa.Index("ix_jobs_waiting", "retry_at", "id", **where("status IN ('queued', 'running')")),
        sa.Index("ix_jobs_status", "status", "id"),
    )
