"""Everything stays between the margins, nothing overlaps, and a mark is never torn over two pages."""

from __future__ import annotations

import itertools

import pytest

from shopdesk.printing.documents import Document
from shopdesk.printing.pdf_layout import PAPERS, Page, lay_out
from shopdesk.printing.receipt import compose
from tests.printing.papers import page_for_testing, receipt, tea, z_report

LONG = "Darjeeling First Flush from a garden with a very long name, in a tin " * 3


class EvenFaces:
    """Letters that are all as wide as half their size."""

    def width(self, text: str, size: int, bold: bool) -> int:
        """Half the size for each letter, more for bold ones."""
        return len(text) * (size // 2 + bold)


def pages(document: Document, paper: str, *, mirrored: bool = False) -> list[Page]:
    """The pages of a document."""
    return lay_out(compose(document), PAPERS[paper], EvenFaces(), mirrored=mirrored)


DOCUMENTS = [
    receipt(3),
    receipt(
        40, copy=True, training=True, lines=tuple(tea(number, LONG) for number in range(40)), clerk=LONG, till=LONG
    ),
    receipt(3, total_cents=10**12, subtotal_cents=10**12),
    z_report(difference_reason=LONG),
    page_for_testing(),
]


@pytest.mark.parametrize("paper", list(PAPERS))
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: type(document).__name__)
def test_everything_stays_between_the_margins(document: Document, paper: str, mirrored: bool) -> None:
    kind = PAPERS[paper]
    for page in pages(document, paper, mirrored=mirrored):
        for text in page.texts:
            width = EvenFaces().width(text.text, text.size, text.bold)
            assert kind.margin <= text.x, text
            assert text.x + width <= kind.width - kind.margin, text
            assert 0 < text.y <= page.height, text
        for x, y, wide, high in (box for group in page.rects for box in group.boxes):
            assert kind.margin <= x
            assert x + wide <= kind.width - kind.margin
            assert y >= 0
            assert y + high <= page.height


@pytest.mark.parametrize("paper", list(PAPERS))
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: type(document).__name__)
def test_texts_of_one_line_do_not_overlap(document: Document, paper: str) -> None:
    for page in pages(document, paper):
        lines: dict[int, list[tuple[int, int]]] = {}
        for text in page.texts:
            lines.setdefault(text.y, []).append((text.x, text.x + EvenFaces().width(text.text, text.size, text.bold)))
        for spans in lines.values():
            spans.sort()
            assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans)), spans


def test_mirrored_pages_are_the_same_pages_seen_from_the_other_side() -> None:
    (straight,) = pages(receipt(3), "80mm")
    (mirrored,) = pages(receipt(3), "80mm", mirrored=True)
    for one, other in zip(straight.texts, mirrored.texts, strict=True):
        width = EvenFaces().width(one.text, one.size, one.bold)
        assert abs(one.x - (PAPERS["80mm"].width - other.x - width)) <= 1  # a dot of rounding where text is centred
        assert one.y == other.y


def test_a_mark_is_never_torn_over_two_pages() -> None:
    for count in range(1, 60):
        for page in pages(receipt(count, copy=True), "a4"):
            marks = [text.y for text in page.texts if text.text == "COPY"]
            edges = [y for group in page.rects for _x, y, wide, high in group.boxes if high == 5 and wide > 1000]
            assert len(edges) == 2 * len(marks), count


def test_a_roll_is_as_long_as_what_stands_on_it() -> None:
    (short,) = pages(receipt(1), "80mm")
    (long,) = pages(receipt(20), "80mm")
    assert short.height < long.height < PAPERS["80mm"].height
    assert max(text.y for text in long.texts) > long.height - 3 * PAPERS["80mm"].margin
