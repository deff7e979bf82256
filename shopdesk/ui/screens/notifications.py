"""All news of the person who is signed in, and which kinds of news the shop wants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from shopdesk.core.actor import Actor
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Page, PageRequest
from shopdesk.db.unit import Reader
from shopdesk.marketing.notifications import (
    SORTS,
    MarkAllRead,
    MarkRead,
    NotificationRow,
    mark_all_read,
    mark_read,
    notifications_page,
)
from shopdesk.ui.dialogs.news_kinds import NewsKinds
from shopdesk.ui.kit.columns import State, moment, state, text
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.record_window import host_of
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, only

STATES = {
    "unread": State(N_("Unread"), "", "bell-outline"),
    "read": State(N_("Read"), "secondary", "check"),
}


def own_news(reader: Reader, request: PageRequest, actor: Actor) -> Page[NotificationRow]:
    """The acting person's news."""
    return notifications_page(reader, request, actor.user_id)


def open_target(view: ListView, rows: Sequence[NotificationRow]) -> None:
    """Show what a piece of news is about, and mark it read."""
    row = rows[0]
    if row.read_at is None:
        Operation(mark_read, MarkRead((row.id,))).run(view.desk, view)
    host: Any = host_of(view)
    if row.target_type and row.target_id and hasattr(host, "open_target"):
        host.open_target(row.target_type, row.target_id)


def mark(view: ListView, rows: Sequence[NotificationRow]) -> None:
    """Mark news read."""
    Operation(mark_read, MarkRead(tuple(row.id for row in rows))).run(view.desk, view)


def mark_unread(view: ListView, rows: Sequence[NotificationRow]) -> None:
    """Keep news for later."""
    Operation(mark_read, MarkRead(tuple(row.id for row in rows), read=False)).run(view.desk, view)


def mark_all(view: ListView, _rows: Sequence[NotificationRow]) -> None:
    """Mark everything read."""
    Operation(mark_all_read, MarkAllRead(), said=N_("Everything is marked read.")).run(view.desk, view)


def choose_kinds(view: ListView, _rows: Sequence[NotificationRow]) -> None:
    """Say what is told at all."""
    NewsKinds(view, view.desk).open()


def news_detail(view: ListView, row: NotificationRow) -> QWidget:
    """A piece of news in full."""
    return facts([(_("Time"), view.desk.formats.full_moment(row.created_at)), (_("Notification"), row.text)])


def _is_unread(row: NotificationRow) -> bool:
    return row.read_at is None


def _is_read(row: NotificationRow) -> bool:
    return row.read_at is not None


NOTIFICATIONS = ListScreen(
    key="system.notifications",
    title=N_("Notifications"),
    glyph="bell-outline",
    page=own_news,
    row=NotificationRow,
    sorts=SORTS,
    sort="newest",
    descending=True,
    as_actor=True,
    search="",
    columns=(
        state("state", N_("State"), STATES, width=112),
        text("text", N_("Notification"), stretch=True),
        moment("created_at", N_("Time"), sort="newest"),
    ),
    filters=(only("unread", N_("Unread")),),
    commands=(
        Command("open", N_("Show"), open_target, "arrow-right", None, "Ctrl+O"),
        Command("read", N_("Mark read"), mark, "check", None, "Ctrl+M", Pick.MANY, ready=_is_unread),
        Command(
            "unread", N_("Mark unread"), mark_unread, "bell-outline", None, "Ctrl+Shift+M", Pick.MANY, ready=_is_read
        ),
        Command("all", N_("Mark all read"), mark_all, "check", None, "Ctrl+Shift+R", Pick.NONE),
        Command(
            "kinds",
            N_("What is told"),
            choose_kinds,
            "cog-outline",
            Permission.SETTINGS_EDIT,
            "Ctrl+Shift+K",
            Pick.NONE,
        ),
    ),
    on_open="open",
    refresh_on={"Notification"},
    detail=news_detail,
    empty=Empty("bell-outline", N_("Low stock, finished imports and failed work are told here.")),
)
