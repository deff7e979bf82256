"""Words as search sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.core.folding import folded, folded_words


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Crème Brûlée", "creme brulee"),
        ("STRAßE", "strasse"),
        ("Ærø Łódź", "aero lodz"),
        ("  AB-123/x_y ", "ab 123 x y"),
        ("Tee (20 Beutel)", "tee 20 beutel"),
        ("ﬁne", "fine"),
        ("東京 ラーメン", "東京 ラーメン"),
        ("हिन्दी", "हिनदी"),
        ("'; DROP TABLE x; --", "drop table x"),
        ('%_\\*"', ""),
    ],
)
def test_folded(text: str, plain: str) -> None:
    assert folded(text) == plain


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_and_leaves_no_sign_that_a_query_knows(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert not set(once) & set("%_\"'*()^:+-\\")
    assert all(folded_words(text)) or not folded_words(text)
