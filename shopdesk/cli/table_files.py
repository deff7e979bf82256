"""The use cases of files in and out by their headless names."""

from __future__ import annotations

from shopdesk.cli.commands import Doing, as_it_is
from shopdesk.feeds.feed import FeedChosen, StartImport, discard_feed, start_import, start_undo

FILES: dict[str, Doing] = {
    "start_import": as_it_is(start_import, StartImport),
    "start_undo": as_it_is(start_undo, StartImport),
    "discard_import": as_it_is(discard_feed, FeedChosen),
}
