"""What a file is refused for: whole sentences with row and column, for the person who has to mend it."""

from __future__ import annotations

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_

MOST_BYTES = 50 * 1024 * 1024
"""The largest file that is taken (S26)."""
MOST_UNPACKED = 500 * 1024 * 1024
MOST_RATIO = 100
MOST_MEMBERS = 1_000
MOST_ROWS = 500_000
MOST_COLUMNS = 500
MOST_CELLS = 20_000_000
LONGEST_CELL = 131_072
"""Characters of one cell: the csv module's own limit."""
LONGEST_LINE = 1_000_000


class BadFile(ShopError):
    """A file that cannot be read at all; nothing was changed."""

    code = "bad_file"
    sentence = N_("This file cannot be read: {problem}")

    def __init__(self, problem: str, *, row: int | None = None, column: str | None = None) -> None:
        super().__init__(field="file", problem=problem)
        self.row = row
        self.column = column


class BadCell(ValueError):
    """A cell that does not fit its column; the text is a sentence. Caught by the reader of its row, never shown raw."""
