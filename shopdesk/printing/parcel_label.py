"""The label of a parcel: who sends it, to whom, its code as bars and as a square; on paper or from a thermal printer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shopdesk.core.i18n import N_
from shopdesk.printing.figures import words
from shopdesk.printing.label_codes import LabelCode, bar_code, square_code
from shopdesk.printing.label_formats import DOTS_PER_METRE, LabelFormat
from shopdesk.printing.label_pdf import draw_label
from shopdesk.printing.label_zpl import DOTS_PER_METRE as HEAD_DOTS
from shopdesk.printing.label_zpl import ZplDots, drawings_zpl
from shopdesk.printing.labels import LabelDrawing, LabelText
from shopdesk.printing.pdf_layout import Page
from shopdesk.printing.pdf_pages import drawn_pdf, right_to_left
from shopdesk.printing.printer_text import PrinterText
from shopdesk.printing.wrapping import wrap_or_cut

if TYPE_CHECKING:
    from shopdesk.printing.pdf_layout import Faces

PARCEL_FORMATS: Final = {
    one.key: one
    for one in (
        LabelFormat("a6", N_("A6, 105 × 148 mm"), 1, 1, 105_000, 148_000, (105_000, 148_000)),
        LabelFormat("4x6", N_("4 × 6 inch"), 1, 1, 101_600, 152_400, (101_600, 152_400)),
    )
}
_MARGIN: Final = 4_000
_SENDER: Final = (2_400, 2_100)  # letters in micrometres, the largest that fit
_RECIPIENT: Final = (5_500, 4_600, 3_900, 3_300, 2_800, 2_400)
_FACTS: Final = (3_200, 2_600, 2_100)
_SMALL: Final = 2_200
_SENDER_END: Final = 24_000
_RECIPIENT_END: Final = 82_000
_BARS: Final = 24_000
_SQUARE: Final = 30_000
_LEAD: Final = 128  # per cent of the letters' size from line to line
_MOST_TEXT: Final = 400
_MOST_LINES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLabel:
    """The words of a parcel's label, figures written. ``code`` is what the scanner reads: the tracking number, or its own.

    ``recipient`` begins with the name, then the lines of the address as its country wants them. ``facts`` are
    (what, value): order, parcel, weight.
    """

    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    code: str
    service: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    language: str = "en"


def parcels_pdf(labels: Sequence[ParcelLabel], size: str = "a6") -> bytes:
    """One page a parcel; ``size`` is a key of PARCEL_FORMATS."""
    language = labels[0].language if labels else "en"

    def lay(faces: Faces, mirrored: bool) -> list[Page]:
        pages = []
        for label in labels:
            drawing = lay_parcel(label, PARCEL_FORMATS[size], DOTS_PER_METRE, faces, mirrored)
            page = Page(drawing.width, drawing.height)
            draw_label(page, drawing, 0, 0)
            pages.append(page)
        return pages

    texts = (text for label in labels for text in _texts(label))
    return drawn_pdf(lay, texts, language, PrinterText("ShopDesk"))


def parcels_zpl(labels: Sequence[ParcelLabel], size: str = "4x6", *, dots: ZplDots = 203) -> bytes:
    """One label a parcel for a thermal printer of 203 or 300 dots an inch."""
    from shopdesk.printing.pdf_fonts import sans_faces

    language = labels[0].language if labels else "en"
    faces, mirrored = sans_faces(), right_to_left(language)
    drawings = [(lay_parcel(label, PARCEL_FORMATS[size], HEAD_DOTS[dots], faces, mirrored), 1) for label in labels]
    return drawings_zpl(drawings, language)


def lay_parcel(
    label: ParcelLabel, format_: LabelFormat, dots_per_metre: int, faces: Faces, mirrored: bool
) -> LabelDrawing:
    """Put everything in its place. ``code_missing`` says that neither bars nor a square can hold the code."""
    return _Setter(label, format_, dots_per_metre, faces, mirrored).set()


class _Setter:
    """Sets one label: the sender at the top, the recipient large below, then facts beside the square, the bars at the foot."""

    def __init__(
        self, label: ParcelLabel, format_: LabelFormat, dots_per_metre: int, faces: Faces, mirrored: bool
    ) -> None:
        self._label = label
        self._faces = faces
        self._mirrored = mirrored
        self._dpm = dots_per_metre
        self._width, self._height = self._dots(format_.width), self._dots(format_.height)
        self._left, self._right = self._dots(_MARGIN), self._width - self._dots(_MARGIN)
        self._texts: list[LabelText] = []
        self._boxes: list[tuple[int, int, int, int]] = []

    def set(self) -> LabelDrawing:
        """The label."""
        say = words(self._label.language)
        top, sender_end = self._dots(_MARGIN), self._dots(_SENDER_END)
        # A format a little higher than A6 gives the rest to the recipient.
        recipient_end = self._dots(_RECIPIENT_END) + max(self._height - self._dots(148_000), 0)
        bars, bars_at = self._bars()
        square, square_at = self._square(recipient_end)
        self._sender(say(N_("From")), top, sender_end)
        self._rule(sender_end)
        y = sender_end + self._dots(2_000)
        self._put(say(N_("To")), self._left, self._right, y, self._dots(_SMALL))
        y += self._dots(4_000)
        self._block(self._label.recipient, self._left, self._right, y, recipient_end - self._dots(1_500), _RECIPIENT)
        self._rule(recipient_end)
        y = recipient_end + self._dots(3_000)
        left, right = self._beside(square_at[2] * square.width if square is not None else 0)
        facts = [f"{say(what)}: {value}" for what, value in self._label.facts if value]
        self._block([self._label.service, *facts], left, right, y, self._facts_end(bars), _FACTS)
        self._under_the_bars(bars is not None)
        return LabelDrawing(
            self._width,
            self._height,
            tuple(self._texts),
            tuple(self._boxes),
            bars,
            bars_at,
            bars is None and square is None,
            square,
            square_at,
        )

    def _sender(self, title: str, top: int, bottom: int) -> None:
        self._put(title, self._left, self._right, top, self._dots(_SMALL))
        self._block(self._label.sender, self._left, self._right, top + self._dots(3_500), bottom, _SENDER)

    def _bars(self) -> tuple[LabelCode | None, tuple[int, int, int, int]]:
        """The code as Code 128 with its quiet zones, None where its bars would be too fine to be read."""
        code = bar_code(PrinterText(self._label.code), "code128")
        if code is None:
            return None, (0, 0, 0, 0)
        module = min(self._width // (code.width + 2 * code.quiet), self._dots(500))
        if module < -(-self._dpm * 22 // 100_000):  # 0.22 mm: what scanners read and thermal heads print
            return None, (0, 0, 0, 0)
        left = (self._width - module * code.width) // 2
        top = self._height - self._dots(_MARGIN + 5_000 + _BARS)
        return code, (left, top, module, self._dots(_BARS))

    def _square(self, recipient_end: int) -> tuple[LabelCode | None, tuple[int, int, int, int]]:
        code = square_code(PrinterText(self._label.code))
        if code is None:
            return None, (0, 0, 0, 0)
        module = min(self._dots(_SQUARE - 4_000) // code.width, self._dots(1_000))
        wide = module * code.width
        quiet = module * code.quiet
        x = self._left + quiet if self._mirrored else self._right - wide - quiet // 2
        return code, (x, recipient_end + max(quiet, self._dots(2_500)), module, module)

    def _beside(self, square: int) -> tuple[int, int]:
        taken = square + self._dots(7_000) if square else 0
        return (self._left + taken, self._right) if self._mirrored else (self._left, self._right - taken)

    def _facts_end(self, bars: LabelCode | None) -> int:
        foot = _MARGIN + 6_000 + (_BARS + 1_500 if bars is not None else 0)
        return self._height - self._dots(foot)

    def _under_the_bars(self, with_bars: bool) -> None:
        """What the code says, for people: whole, however small that has to be."""
        text = PrinterText(self._label.code[:_MOST_TEXT])
        room = self._right - self._left
        size = next(
            (one for one in (3_600, 3_000, 2_400, 1_900, 1_500) if self._wide(text, self._dots(one)) <= room), 1_500
        )
        y = self._height - self._dots(_MARGIN + (3_800 if with_bars else 5_000))
        self._put(text, self._left, self._right, y, self._dots(size), centred=True)

    def _block(self, lines: Sequence[str], left: int, right: int, top: int, bottom: int, sizes: Sequence[int]) -> None:
        """Lines one under the other, the first one bold, as large as all of them fit; what is endless ends with an ellipsis."""
        texts = [text for line in lines if (text := PrinterText(line[:_MOST_TEXT])).strip()]
        size, cut = self._fitted(texts, max(right - left, 1), bottom - top, sizes)
        step = size * _LEAD // 100
        y = top
        for number, parts in enumerate(cut):
            for part in parts:
                if y + size > bottom:
                    return
                self._put(part, left, right, y, size, bold=number == 0)
                y += step

    def _fitted(self, texts: Sequence[str], room: int, high: int, sizes: Sequence[int]) -> tuple[int, list[list[str]]]:
        """The size of the letters and each text in its lines: two at most where that is enough, else the small ones cut."""
        for size in map(self._dots, sizes):
            lines = self._lines(texts, room, size, 3)
            if all(len(parts) < 3 for parts in lines) and self._high(lines, size) <= high:
                return size, lines
        size = self._dots(sizes[-1])
        for most in range(_MOST_LINES, 1, -1):
            lines = self._lines(texts, room, size, most)
            if self._high(lines, size) <= high:
                return size, lines
        return size, self._lines(texts, room, size, 1)

    def _lines(self, texts: Sequence[str], room: int, size: int, most: int) -> list[list[str]]:
        return [wrap_or_cut(text, room, lambda part: self._faces.width(part, size, True), most) for text in texts]

    def _high(self, lines: Sequence[Sequence[str]], size: int) -> int:
        return sum(map(len, lines)) * size * _LEAD // 100

    def _put(
        self, text: str, left: int, right: int, y: int, size: int, *, bold: bool = False, centred: bool = False
    ) -> None:
        text = PrinterText(text)
        if self._faces.width(text, size, bold) > right - left:
            text = wrap_or_cut(text, right - left, lambda part: self._faces.width(part, size, bold), 1)[0]
        width = self._faces.width(text, size, bold)
        if centred:
            x = left + (right - left - width) // 2
        else:
            x = right - width if self._mirrored else left
        self._texts.append(LabelText(x, y, size, bold, text, width))

    def _rule(self, y: int) -> None:
        self._boxes.append((self._left, y, self._right - self._left, max(self._dots(350), 1)))

    def _wide(self, text: str, size: int) -> int:
        return self._faces.width(text, size, True)

    def _dots(self, micrometres: int) -> int:
        return (micrometres * self._dpm + 500_000) // 1_000_000


def _texts(label: ParcelLabel) -> list[PrinterText]:
    say = words(label.language)
    every = [*label.sender, *label.recipient, label.service, label.code, say(N_("From")), say(N_("To"))]
    every += [f"{say(what)}: {value}" for what, value in label.facts]
    return [PrinterText(text[:_MOST_TEXT]) for text in every]
