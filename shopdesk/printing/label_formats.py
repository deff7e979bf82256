"""Where labels stand: the sheets that shops buy, and rolls; all in micrometres, as makers state them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shopdesk.core.i18n import N_

DOTS_PER_METRE: Final = 8000  # of the layout: an eighth of a millimetre
_UNPRINTABLE: Final = 4_200  # of the paper's edge, with most office printers
_A4: Final = (210_000, 297_000)
_LETTER: Final = (215_900, 279_400)


@dataclass(frozen=True, slots=True)
class LabelFormat:
    """A sheet of labels, or a roll (one label a page): all lengths in micrometres, gaps between labels in the pitch."""

    key: str
    title: str
    columns: int
    rows: int
    width: int
    height: int
    page: tuple[int, int]
    left: int = 0
    top: int = 0
    pitch_x: int = 0
    pitch_y: int = 0

    @property
    def is_roll(self) -> bool:
        """Whether each label is a page of its own."""
        return self.columns * self.rows == 1

    @property
    def per_page(self) -> int:
        """Labels on a sheet."""
        return self.columns * self.rows

    @property
    def margins(self) -> tuple[int, int]:
        """White at the sides and at top and bottom of each label; more where a label reaches an edge no printer can print."""
        usual = 1_500 if self.height < 30_000 else 2_000
        if self.is_roll:
            return usual, usual
        return max(usual, _UNPRINTABLE - self.left), max(usual, _UNPRINTABLE - self.top)

    def place(self, number: int) -> tuple[int, int]:
        """Left and top edge of a label on its sheet, counted from 0 along the rows."""
        row, column = divmod(number, self.columns)
        return self.left + column * (self.pitch_x or self.width), self.top + row * (self.pitch_y or self.height)


def _sheet(
    key: str, title: str, columns: int, rows: int, size: tuple[int, int], *, page: tuple[int, int] = _A4, gap: int = 0
) -> LabelFormat:
    """A sheet whose labels stand in the middle, with gaps between the columns."""
    width, height = size
    left = (page[0] - columns * width - (columns - 1) * gap) // 2
    top = (page[1] - rows * height) // 2
    return LabelFormat(key, title, columns, rows, width, height, page, left, top, width + gap, height)


def _roll(key: str, title: str, width: int, height: int) -> LabelFormat:
    return LabelFormat(key, title, 1, 1, width, height, (width, height))


LABEL_FORMATS: Final = {
    one.key: one
    for one in (
        _sheet("a4-3x8", N_("A4, 24 labels 70 × 37 mm"), 3, 8, (70_000, 37_000)),
        _sheet("a4-3x7", N_("A4, 21 labels 63.5 × 38.1 mm"), 3, 7, (63_500, 38_100), gap=2_540),
        _sheet("a4-5x13", N_("A4, 65 labels 38.1 × 21.2 mm"), 5, 13, (38_100, 21_170), gap=2_540),
        _sheet("a4-4x10", N_("A4, 40 labels 48.5 × 25.4 mm"), 4, 10, (48_500, 25_400)),
        _sheet("a4-3x10", N_("A4, 30 labels 70 × 29.7 mm"), 3, 10, (70_000, 29_700)),
        _sheet("a4-2x7", N_("A4, 14 labels 99.1 × 38.1 mm"), 2, 7, (99_100, 38_100), gap=2_540),
        _sheet("a4-2x4", N_("A4, 8 labels 99.1 × 67.7 mm"), 2, 4, (99_100, 67_700), gap=2_540),
        _sheet("letter-3x10", N_("Letter, 30 labels 66.7 × 25.4 mm"), 3, 10, (66_675, 25_400), page=_LETTER, gap=3_175),
        _roll("roll-57x32", N_("Roll, 57 × 32 mm"), 57_000, 32_000),
        _roll("roll-40x30", N_("Roll, 40 × 30 mm"), 40_000, 30_000),
        _roll("roll-50x25", N_("Roll, 50 × 25 mm"), 50_000, 25_000),
        _roll("roll-100x50", N_("Roll, 100 × 50 mm"), 100_000, 50_000),
    )
}
