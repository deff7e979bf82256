"""Moments as people type them in a form: a day, or a day and a time, on the shop's wall; empty is none."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shopdesk.core.clock import shop_time
from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _

_TYPED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(\d{1,2})[:.](\d{2}))?")
_MIDNIGHT = time()


def read_moment(text: str, timezone: str, *, field: str, ends: bool = False) -> datetime | None:
    """The moment of ``2026-12-01`` or ``2026-12-01 06:00``, None of an empty text; raises BadField.

    A day alone is its beginning, for an end (``ends``) the beginning of the next one.
    """
    text = text.strip()
    if not text:
        return None
    found = _TYPED.fullmatch(text)
    if found is None:
        raise BadField(field, _("must be a day like 2026-12-01, or a day and a time like 2026-12-01 06:00."))
    year, month, day, hour, minute = (None if part is None else int(part) for part in found.groups())
    assert year is not None
    assert month is not None
    assert day is not None
    try:
        wall = datetime(year, month, day, hour or 0, minute or 0, tzinfo=ZoneInfo(timezone))
        if ends and hour is None:
            wall += timedelta(days=1)  # of the wall: a day with a change of clocks is a day too
        return wall.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadField(field, _("there is no such day or time.")) from error


def show_moment(at: datetime | None, timezone: str, *, ends: bool = False) -> str:
    """A moment as ``read_moment`` reads it, in the shortest form."""
    if at is None:
        return ""
    wall = shop_time(at, timezone)
    if wall.time() != _MIDNIGHT:
        return f"{wall:%Y-%m-%d %H:%M}"
    return f"{wall - timedelta(days=1) if ends else wall:%Y-%m-%d}"
