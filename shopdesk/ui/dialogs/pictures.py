"""Picture files from the disk: read away from the window, never more of them than a picture may have."""

from __future__ import annotations

from pathlib import Path

from shopdesk.catalogue.picture_decoding import MOST_BYTES


def content_of(file: Path) -> bytes:
    """A file's bytes, one more than is allowed at most: the cleaning says what is too large. Raises OSError."""
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)
