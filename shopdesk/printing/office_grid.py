"""Tables on office papers: columns as wide as they need, words wrapped, the head repeated on every page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from shopdesk.printing.office_sheet import SOFT, Sheet, lead

_MEASURED_ROWS: Final = 2000  # enough to find how wide the columns are
_HEAD_GREY: Final = 94
_ROW_GREY: Final = 88


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column: its title, whether it holds figures (at the trailing edge), its part of what words share."""

    title: str
    end: bool = False
    share: int = 1


def natural_width(sheet: Sheet, columns: Sequence[GridColumn], rows: Sequence[Sequence[str]], size: int) -> int:
    """Dots that the table would take if nothing had to be wrapped."""
    return sum(_natural(sheet, columns, rows, size)) + 2 * _pad(size) * len(columns)


def set_grid(
    sheet: Sheet,
    columns: Sequence[GridColumn],
    rows: Sequence[Sequence[str]],
    size: int,
    *,
    most_lines: int = 12,
    on_row: Callable[[int], object] | None = None,
) -> None:
    """Draw a table from where the sheet is; ``on_row`` is told the number of each row before it is drawn."""
    places = _places(sheet, columns, rows, size)
    pad = _pad(size)

    def wrapped(cells: Sequence[str], bold: bool) -> list[list[str]]:
        return [
            sheet.lines(cell, end - start, size, bold, most_lines)
            for cell, (start, end) in zip(cells, places, strict=True)
        ]

    head = wrapped([column.title for column in columns], True)
    head_height = max(map(len, head)) * lead(size) + pad

    def draw(lines: list[list[str]], bold: bool) -> None:
        for column, cell, (start, end) in zip(columns, lines, places, strict=True):
            put = sheet.put_figure if column.end else sheet.put
            for number, line in enumerate(cell):
                put(line, start, end, size, bold=bold, y=sheet.y + pad // 2 + number * lead(size))

    def draw_head() -> None:
        sheet.band(0, sheet.room, sheet.y, head_height, _HEAD_GREY)
        draw(head, True)
        sheet.y += head_height

    for number, row in enumerate(rows):
        if on_row is not None:
            on_row(number)
        lines = wrapped(row, False)
        height = max(map(len, lines)) * lead(size) + pad
        fresh = sheet.need(height if number else height + head_height)
        if fresh or not number:
            draw_head()
        draw(lines, False)
        sheet.y += height
        sheet.rule(grey=_ROW_GREY)
    if not rows:
        sheet.need(head_height)
        draw_head()
        sheet.put("–", 0, sheet.room, size, grey=SOFT, y=sheet.y + pad // 2)
        sheet.y += lead(size) + pad


def _pad(size: int) -> int:
    return size * 3 // 5


def _natural(sheet: Sheet, columns: Sequence[GridColumn], rows: Sequence[Sequence[str]], size: int) -> list[int]:
    seen = rows[:_MEASURED_ROWS]
    return [
        max(
            (
                sheet.measure(column.title, size, True),
                *(sheet.measure(line, size) for row in seen for line in row[place].splitlines()),
            )
        )
        for place, column in enumerate(columns)
    ]


def _places(
    sheet: Sheet, columns: Sequence[GridColumn], rows: Sequence[Sequence[str]], size: int
) -> list[tuple[int, int]]:
    """Start and end of each column's text. Figures get what they need, words share the rest."""
    pad = _pad(size)
    natural = _natural(sheet, columns, rows, size)
    room = sheet.room - 2 * pad * len(columns)
    given = list(natural)
    if sum(natural) > room:
        _squeeze(columns, given, room)
    elif words := [place for place, column in enumerate(columns) if not column.end]:
        spare = room - sum(natural)
        shares = sum(columns[place].share for place in words) or 1
        for place in words:
            given[place] += spare * columns[place].share // shares
    places = []
    at = 0
    for width in given:
        places.append((at + pad, at + pad + width))
        at += width + 2 * pad
    return places


def _squeeze(columns: Sequence[GridColumn], widths: list[int], room: int) -> None:
    """Narrow the widest columns of words first; figures only where words alone do not help."""
    least = max(room // (4 * len(columns)), 1)
    words = [place for place, column in enumerate(columns) if not column.end]
    for group in (words, list(range(len(columns)))):
        while sum(widths) > room:
            wide = [place for place in group if widths[place] > least]
            if not wide:
                break
            widest = max(wide, key=lambda place: widths[place])
            others = [widths[place] for place in wide if widths[place] < widths[widest]]
            target = max([*others, least, widths[widest] - (sum(widths) - room)])
            widths[widest] = min(target, widths[widest] - 1)
