"""Text in the cells of files that spreadsheets open: never a formula, and the same text again when it comes back (S25)."""

from __future__ import annotations

import re

# A spreadsheet takes a cell that begins so for a formula; the last four are how East Asian keyboards write the first four.
# Text that already has apostrophes before such a beginning gets one more, so that taking one off is always right.
_GUARDED = re.compile("'*[=+\\-@\t\r\n\0＝＋－＠]")


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet might run it; for text cells only, never for numbers."""
    return f"'{text}" if _GUARDED.match(text) else text


def unguarded(text: str) -> str:
    """What ``guarded`` was given: ``unguarded(guarded(text)) == text`` for every text."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text
