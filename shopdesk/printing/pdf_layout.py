"""The layout on pages: positions in dots of an eighth of a millimetre, the grid of a 203 dpi print head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

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
from shopdesk.printing.codes import QUIET_BARS, QUIET_SQUARE, code128_modules, module_dots, qr_rows, runs
from shopdesk.printing.wrapping import wrap

DOTS_PER_MM: Final = 8


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper, in dots; a roll's page is as long as its content up to ``height``."""

    name: str
    width: int
    height: int
    margin: int
    size: int  # of ordinary letters
    roll: bool

    @property
    def room(self) -> int:
        """Dots between the margins."""
        return self.width - 2 * self.margin


PAPERS: Final = {
    "80mm": Paper("80mm", width=640, height=24_000, margin=32, size=23, roll=True),
    "58mm": Paper("58mm", width=464, height=24_000, margin=40, size=20, roll=True),
    "a4": Paper("a4", width=1680, height=2376, margin=160, size=28, roll=False),
}


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text: left end and base line (from the top of the page), size, weight, and how grey (0 black, 100 white)."""

    x: int
    y: int
    size: int
    bold: bool
    text: str
    grey: int = 0


@dataclass(frozen=True, slots=True)
class Rects:
    """Rectangles x, y, width, height, y counted from the top; black, or as grey as said (100 is white)."""

    boxes: tuple[tuple[int, int, int, int], ...]
    grey: int = 0


@dataclass(slots=True)
class Page:
    """What is drawn on one page."""

    width: int
    height: int
    texts: list[Text] = field(default_factory=list)
    rects: list[Rects] = field(default_factory=list)


class Faces(Protocol):
    """The letters of a back end: how wide a text is."""

    def width(self, text: str, size: int, bold: bool) -> int:
        """Width of a text in dots, rounded up."""


def lay_out(blocks: Sequence[Block], paper: Paper, faces: Faces, *, mirrored: bool = False) -> list[Page]:
    """Pages with everything in place; ``mirrored`` swaps the leading and trailing edges for right-to-left languages."""
    return _Setter(paper, faces, mirrored).set(blocks)


class _Setter:
    """Sets block after block down the page and starts a new page where one does not fit."""

    def __init__(self, paper: Paper, faces: Faces, mirrored: bool) -> None:
        self._paper = paper
        self._faces = faces
        self._mirrored = mirrored
        self._size = paper.size
        self._page = Page(paper.width, paper.height)
        self._pages = [self._page]
        self._y = paper.margin

    def set(self, blocks: Sequence[Block]) -> list[Page]:
        for block in blocks:
            self._block(block)
        if self._paper.roll:
            self._page.height = self._y + self._paper.margin
        return self._pages

    def _block(self, block: Block) -> None:
        match block:
            case Pair():
                self._pair(block)
            case Paragraph():
                lead = block.indent * self._size * 3 // 5
                for line in self._wrapped(block.text, self._size, False, self._paper.room - lead):
                    self._line(((lead, line, False),), self._size, False)
            case Centred():
                self._centred(block.text, self._size, block.bold)
            case Heading():
                self._centred(block.text, self._size * 8 // 5, True)
            case Mark():
                self._mark(block)
            case Table():
                self._table(block)
            case Rule():
                top = self._room_for(self._size)
                self._rects([(self._paper.margin, top + self._size // 2, self._paper.room, 2)])
            case Gap():
                self._room_for(self._size // 2)
            case BarCode():
                self._bar_code(block)
            case SquareCode():
                self._square_code(block)

    def _keep_together(self, height: int) -> None:
        """Begin the next page unless so much still fits on this one."""
        if self._y + height + self._paper.margin > self._paper.height and self._y > self._paper.margin:
            if self._paper.roll:
                self._page.height = self._y
            self._page = Page(self._paper.width, self._paper.height)
            self._pages.append(self._page)
            self._y = self._paper.margin

    def _room_for(self, height: int) -> int:
        """Top of a band of this height on this or the next page."""
        self._keep_together(height)
        top = self._y
        self._y += height
        return top

    def _wrapped(self, text: str, size: int, bold: bool, room: int, most_lines: int = 8) -> list[str]:
        return wrap(text, room, lambda part: self._faces.width(part, size, bold), most_lines)

    def _line(self, pieces: Sequence[tuple[int, str, bool]], size: int, bold: bool) -> None:
        """One line of pieces (offset, text, at the trailing edge); the offset counts from that edge."""
        top = self._room_for(size * 13 // 10)
        for offset, text, trailing in pieces:
            x = self._paper.margin + offset
            if trailing is not self._mirrored:
                x = self._paper.width - x - self._faces.width(text, size, bold)
            self._page.texts.append(Text(x, top + size, size, bold, text))

    def _centred(self, text: str, size: int, bold: bool) -> None:
        for line in self._wrapped(text, size, bold, self._paper.room):
            offset = (self._paper.room - self._faces.width(line, size, bold)) // 2
            self._line(((offset, line, False),), size, bold)

    def _pair(self, block: Pair) -> None:
        size = self._size * 7 // 5 if block.large else self._size
        lead = block.indent * size * 3 // 5
        figure_width = self._faces.width(block.figure, size, block.bold)
        room = self._paper.room - lead - figure_width - size // 2
        if room < min(4 * size, self._faces.width(block.words, size, block.bold)):
            for line in self._wrapped(block.words, size, block.bold, self._paper.room - lead, 2):
                self._line(((lead, line, False),), size, block.bold)
            for line in self._wrapped(block.figure, size, block.bold, self._paper.room, 3):
                self._line(((0, line, True),), size, block.bold)
            return
        lines = self._wrapped(block.words, size, block.bold, room, 3)
        for line in lines[:-1]:
            self._line(((lead, line, False),), size, block.bold)
        self._line(((lead, lines[-1], False), (0, block.figure, True)), size, block.bold)

    def _mark(self, block: Mark) -> None:
        size = self._size * 9 // 4
        edge = max(3, size // 12)
        room = self._paper.room - 4 * edge
        lines = self._wrapped(block.text, size, True, room, 3)
        self._keep_together(2 * (self._size // 3) + 2 * edge + len(lines) * (size * 13 // 10))
        self._room_for(self._size // 3)
        top = self._room_for(edge)
        self._rects([(self._paper.margin, top, self._paper.room, edge)])
        for line in lines:
            self._centred(line, size, True)
        top = self._room_for(edge)
        self._rects([(self._paper.margin, top, self._paper.room, edge)])
        self._room_for(self._size // 3)

    def _table(self, block: Table) -> None:
        rows = (block.heading, *block.rows)
        size = self._size * 9 // 10
        gap = size // 2 if self._paper.roll else 2 * size
        widths = [
            max(self._faces.width(row[index], size, row is block.heading) for row in rows) + gap
            for index in range(1, len(block.heading))
        ]
        room = self._paper.room - sum(widths)
        if room < 0:
            for row in block.rows:
                self._line(((0, self._wrapped(row[0], size, True, self._paper.room, 1)[0], False),), size, True)
                for label, figure in zip(block.heading[1:], row[1:], strict=True):
                    self._pair(Pair(label, figure, indent=2))
            return
        beside = room >= max(self._faces.width(row[0], size, row is block.heading) for row in rows)
        for row in rows:
            bold = row is block.heading
            words = (0, row[0] if beside else self._wrapped(row[0], size, bold, self._paper.room, 1)[0], False)
            if not beside:
                self._line((words,), size, bold)
            figures = [(sum(widths[index:]), cell, True) for index, cell in enumerate(row[1:], start=1)]
            self._line((words, *figures) if beside else figures, size, bold)

    def _bar_code(self, block: BarCode) -> None:
        modules = code128_modules(block.text)
        module = module_dots(len(modules), self._paper.room, 3, QUIET_BARS)
        if module:
            left = (self._paper.width - module * len(modules)) // 2
            height = 11 * DOTS_PER_MM
            top = self._room_for(height + self._size // 4)
            self._rects([(left + at * module, top, length * module, height) for at, length in runs(modules)])
        self._centred(block.text, self._size, False)

    def _square_code(self, block: SquareCode) -> None:
        rows = qr_rows(block.text)
        module = module_dots(len(rows), self._paper.room, 4, QUIET_SQUARE)
        if not module:
            return
        left = (self._paper.width - module * len(rows)) // 2
        top = self._room_for(module * (len(rows) + 2 * QUIET_SQUARE)) + module * QUIET_SQUARE
        self._rects(
            [
                (left + at * module, top + number * module, length * module, module)
                for number, row in enumerate(rows)
                for at, length in runs(row)
            ]
        )

    def _rects(self, boxes: Sequence[tuple[int, int, int, int]]) -> None:
        self._page.rects.append(Rects(tuple(boxes)))
