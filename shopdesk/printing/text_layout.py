"""The layout in lines of monospaced characters: for plain text and for printers in text mode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shopdesk.printing.blocks import (
    BarCode,
    Block,
    Centred,
    Gap,
    Heading,
    Mark,
    Pair,
    Paragraph,
    Rule,
    SquareCode,
    Table,
)
from shopdesk.printing.printer_text import clip, display_width
from shopdesk.printing.wrapping import wrap

COLUMN_COUNTS = (32, 42, 48)
_SHORTEST_WORDS = 8  # columns left for words beside a figure before the figure moves to a line of its own


@dataclass(frozen=True, slots=True)
class TextRow:
    """One line: its columns never exceed the paper's, half of them where ``wide``."""

    text: str
    bold: bool = False
    tall: bool = False
    wide: bool = False


Row = TextRow | BarCode | SquareCode


def text_rows(blocks: Sequence[Block], columns: int) -> Iterator[Row]:
    """Lines and codes of a paper so many columns wide."""
    for block in blocks:
        match block:
            case Pair():
                yield from _pair(block, columns)
            case Paragraph():
                lead = " " * block.indent
                for line in wrap(block.text, columns - block.indent, display_width):
                    yield TextRow(lead + line)
            case Centred():
                for line in wrap(block.text, columns, display_width):
                    yield TextRow(centred(line, columns), bold=block.bold)
            case Heading():
                for line in wrap(block.text, columns // 2, display_width, 3):
                    yield TextRow(centred(line, columns // 2), bold=True, tall=True, wide=True)
            case Mark():
                yield from _mark(block, columns)
            case Table():
                yield from _table(block, columns)
            case Rule():
                yield TextRow("-" * columns)
            case Gap():
                yield TextRow("")
            case _:
                yield block


def centred(text: str, columns: int) -> str:
    """The text with the spaces before it that put it in the middle."""
    return " " * ((columns - display_width(text)) // 2) + text


def justified(words: str, figure: str, columns: int) -> str:
    """Words at the left and a figure at the right end of one line."""
    room = columns - display_width(words) - display_width(figure)
    return f"{words}{' ' * room}{figure}"


def _pair(block: Pair, columns: int) -> Iterator[TextRow]:
    lead = " " * block.indent
    figure_width = display_width(block.figure)
    room = columns - block.indent - figure_width - 1
    if room < min(_SHORTEST_WORDS, display_width(block.words)):
        for line in wrap(block.words, columns - block.indent, display_width, 2):
            yield TextRow(lead + line, bold=block.bold)
        for line in wrap(block.figure, columns, display_width, 3):
            yield TextRow(justified("", line, columns), bold=block.bold, tall=block.large)
        return
    lines = wrap(block.words, room, display_width, 2)
    for line in lines[:-1]:
        yield TextRow(lead + line, bold=block.bold)
    yield TextRow(justified(lead + lines[-1], block.figure, columns), bold=block.bold, tall=block.large)


def _mark(block: Mark, columns: int) -> Iterator[TextRow]:
    half = columns // 2
    edge = TextRow("*" * columns)
    yield edge
    for line in wrap(block.text, half - 4, display_width, 3):
        yield TextRow(centred(f"* {line} *", half), bold=True, tall=True, wide=True)
    yield edge


def _table(block: Table, columns: int) -> Iterator[TextRow]:
    rows = (block.heading, *block.rows)
    widths = [max(display_width(row[index]) for row in rows) for index in range(1, len(block.heading))]
    room = columns - sum(widths) - len(widths)
    if room >= max(display_width(row[0]) for row in rows):
        for number, row in enumerate(rows):
            yield TextRow(row[0] + " " * (room - display_width(row[0])) + _figures(row, widths), bold=number == 0)
    elif room >= 0:
        for number, row in enumerate(rows):
            yield TextRow(clip(row[0], columns), bold=number == 0)
            yield TextRow(" " * room + _figures(row, widths), bold=number == 0)
    else:
        for row in block.rows:
            yield TextRow(clip(row[0], columns), bold=True)
            for label, figure in zip(block.heading[1:], row[1:], strict=True):
                yield from _pair(Pair(label, figure, indent=2), columns)


def _figures(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = zip(row[1:], widths, strict=True)
    return "".join(" " + " " * (width - display_width(cell)) + cell for cell, width in cells)
