"""S25: no text becomes a formula, and every text comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shopdesk.core.cell_text import guarded, unguarded

LEADS = "=+-@\t\r\n\0＝＋－＠"


@given(st.text() | st.from_regex(r"'{0,3}[=+\-@\t\r\n\0'].{0,5}"))
@example("'")
@example("''=1")
def test_every_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(tuple(LEADS))


@pytest.mark.parametrize("lead", LEADS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(lead: str) -> None:
    assert guarded(f"{lead}1+1") == f"'{lead}1+1"


@pytest.mark.parametrize("text", ["", "tea", "1-2", "a=b", "'quoted'", " =1", "x@y.org"])
def test_harmless_text_stays(text: str) -> None:
    assert guarded(text) == text
    assert unguarded(text) == text
