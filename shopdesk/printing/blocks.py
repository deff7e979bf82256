"""The one layout: what a paper shows from top to bottom, before any printer or page size is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from shopdesk.core.i18n import N_
from shopdesk.printing.documents import Letterhead
from shopdesk.printing.figures import figures, words
from shopdesk.printing.printer_text import PrinterText

LONGEST_TEXT = 240  # characters of one piece of data; more is never read and could fill a roll


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that nobody may overlook: COPY, VOID, TRAINING."""

    text: PrinterText


@dataclass(frozen=True, slots=True)
class Heading:
    """The shop's name, or the title of a report."""

    text: PrinterText


@dataclass(frozen=True, slots=True)
class Centred:
    """A centred paragraph."""

    text: PrinterText
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph from the leading edge, indented by so many characters."""

    text: PrinterText
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Words at the leading edge and a figure at the trailing edge; the figure is never cut, the words wrap."""

    words: PrinterText
    figure: PrinterText
    bold: bool = False
    large: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Words in the first column, figures in the others, under a heading row."""

    heading: tuple[PrinterText, ...]
    rows: tuple[tuple[PrinterText, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A little room."""


@dataclass(frozen=True, slots=True)
class BarCode:
    """A Code 128 with its text below."""

    text: PrinterText


@dataclass(frozen=True, slots=True)
class SquareCode:
    """A QR code."""

    text: PrinterText


Block = Mark | Heading | Centred | Paragraph | Pair | Table | Rule | Gap | BarCode | SquareCode


def texts_of(blocks: Iterable[Block]) -> Iterator[PrinterText]:
    """Every text that the blocks show as letters."""
    for block in blocks:
        match block:
            case Pair():
                yield block.words
                yield block.figure
            case Table():
                yield from block.heading
                for row in block.rows:
                    yield from row
            case Mark() | Heading() | Centred() | Paragraph() | BarCode():
                yield block.text
            case _:
                pass


class Composer:
    """Collects blocks and turns every word, figure and piece of data into PrinterText on the way in."""

    def __init__(self, language: str, currency: str, code_page: str | None) -> None:
        self.blocks: list[Block] = []
        self._word: Callable[[str], str] = words(language)
        self.figures = figures(language, currency)
        self._code_page = code_page

    def data(self, value: str) -> PrinterText:
        """A piece of data, made printable."""
        return PrinterText(value[:LONGEST_TEXT], self._code_page)

    def say(self, sentence: str, **values: object) -> PrinterText:
        """A translated label or sentence; values are data and are put in after translation."""
        text = self._word(sentence)
        return PrinterText(text.format(**values) if values else text, self._code_page)

    def amount(self, cents: int) -> PrinterText:
        """An amount of the document's currency, without its code."""
        return PrinterText(self.figures.amount(cents), self._code_page)

    def money(self, cents: int) -> PrinterText:
        """An amount with its currency code."""
        return PrinterText(self.figures.money(cents), self._code_page)

    def moment(self, at: datetime) -> PrinterText:
        """A date with its time of day."""
        return PrinterText(self.figures.moment(at))

    def add(self, *blocks: Block) -> None:
        """Append blocks."""
        self.blocks.extend(blocks)

    def add_pair(self, words_: PrinterText, figure: PrinterText, **style: bool) -> None:
        """Append a label with a figure."""
        self.blocks.append(Pair(words_, figure, **style))

    def add_head(self, letterhead: Letterhead) -> None:
        """The shop's name, address and tax number."""
        self.add(Heading(self.data(letterhead.shop_name)))
        for line in letterhead.address_lines:
            self.add(Centred(self.data(line)))
        if letterhead.tax_id:
            self.add(Centred(self.say(N_("Tax ID {number}"), number=letterhead.tax_id[:LONGEST_TEXT])))

    def add_foot(self, letterhead: Letterhead) -> None:
        """The shop's closing words, line by line."""
        lines = letterhead.footer.splitlines()[:20]
        if lines:
            self.add(Gap())
        for line in lines:
            self.add(Centred(self.data(line)))

    def add_taxes(self, title: str, rows: tuple[tuple[str, int, int, int, int], ...]) -> None:
        """A tax table; a row is name, rate in parts per million, net, tax, gross."""
        self.add(
            Table(
                heading=(self.say(title), self.say(N_("Net")), self.say(N_("Tax")), self.say(N_("Gross"))),
                rows=tuple(
                    (
                        self.data(f"{name} {self.figures.rate(rate)}"),
                        self.amount(net),
                        self.amount(tax),
                        self.amount(gross),
                    )
                    for name, rate, net, tax, gross in rows
                ),
            )
        )
