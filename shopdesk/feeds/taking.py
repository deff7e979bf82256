"""What a window does with a file before there is a job: takes it in, and looks at it again when it is to be read otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.feeds.feed import FeedCard, feed_card, remembered
from shopdesk.feeds.files import stored_file
from shopdesk.feeds.formats import TextFormat, checked_format
from shopdesk.feeds.run import taken_file
from shopdesk.feeds.setup import FeedOptions, Known, read_known
from shopdesk.feeds.table import Look, Table
from shopdesk.feeds.targets import guess_mapping


@dataclass(frozen=True, slots=True)
class Opened:
    """An import as its columns are chosen: the file's first rows, the meanings so far, and what the shop has by name."""

    card: FeedCard
    look: Look
    rows: int
    mapping: dict[str, str]
    options: FeedOptions
    known: Known


def take_in(shop: Shop, path: str, actor: Actor, kind: str = "") -> int:
    """Take a chosen file in as an import and return its id; raises BadFile, NotPermitted."""
    with taken_file(shop, path, actor, kind=kind) as taken:
        return taken.feed_id


def open_feed(shop: Shop, feed_id: int, kind: str = "", format: TextFormat | None = None) -> Opened:
    """An import's file at a first look, read as a person wants it; meanings are guessed anew for another kind or format.

    Raises BadFile and FileGone.
    """
    card = shop.ask(feed_card, feed_id)
    known = shop.ask(read_known)
    chosen = checked_format(format) if format is not None else card.format
    with stored_file(shop, card.blob_id) as path:
        table = Table(path, chosen)
        look = table.look()
        rows = table.count() if format is not None else 0
    if not kind and format is None:
        return Opened(card, look, rows, card.mapping, card.options, known)
    kind = kind or card.kind
    before = shop.ask(remembered, kind, look.header)
    mapping = before[0] if before is not None else guess_mapping(kind, look.header)
    return Opened(card, look, rows, mapping, before[1] if before is not None else card.options, known)
