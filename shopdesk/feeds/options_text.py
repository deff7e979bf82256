"""A feed's choices as the JSON that its row holds, and back."""

from __future__ import annotations

import msgspec

from shopdesk.feeds.formats import TextFormat
from shopdesk.feeds.setup import FeedOptions


def as_text(value: object) -> str:
    """Compact JSON."""
    return msgspec.json.encode(value).decode()


def format_of(text: str) -> TextFormat:
    """How the file is read."""
    return msgspec.json.decode(text, type=TextFormat)


def options_of(text: str) -> FeedOptions:
    """What was chosen beside the columns."""
    return msgspec.json.decode(text, type=FeedOptions)


def mapping_of(text: str) -> dict[str, str]:
    """Column to meaning."""
    return msgspec.json.decode(text, type=dict[str, str])


def header_of(text: str) -> tuple[str, ...]:
    """The columns."""
    return msgspec.json.decode(text, type=tuple[str, ...])
