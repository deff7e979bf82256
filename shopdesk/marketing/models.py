"""Tables of what the shop tells its people."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Flag, Id, ref, where


class NotificationType(Base):
    """A kind of news, which the shop may silence; ``permission`` is who hears of it when no person is named."""

    __tablename__ = "notification_types"
    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str]
    permission: Mapped[Code]
    is_active: Mapped[Flag] = mapped_column(default=True)


class Notification(Base):
    """News for one person, unread until ``read_at``.

    ``content`` is a sentence with names in braces that ``details`` (JSON) fills, so that each reads it in their language;
    without ``details`` it stands as it is. ``target_type`` and ``target_id`` name what it is about.
    """

    __tablename__ = "notifications"
    id: Mapped[Id]
    type_id: Mapped[int] = ref("notification_types.id")
    user_id: Mapped[int] = ref("users.id", index=False)
    content: Mapped[str]
    details: Mapped[str | None]
    target_type: Mapped[Code | None]
    target_id: Mapped[Code | None]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    __table_args__ = (
        sa.Index("ix_notifications_of_user", "user_id", "id"),
        sa.Index("ix_notifications_unread", "user_id", "target_type", "target_id", **where("read_at IS NULL")),
    )
