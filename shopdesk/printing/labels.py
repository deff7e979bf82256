"""What stands on a label and where: texts, lines and a code in dots of any resolution, whatever prints them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from shopdesk.printing.label_codes import CodeKind, LabelCode, bar_code, is_gtin, square_code
from shopdesk.printing.label_formats import LabelFormat
from shopdesk.printing.pdf_layout import Faces
from shopdesk.printing.printer_text import PrinterText
from shopdesk.printing.wrapping import wrap_or_cut

LabelKind = Literal["shelf", "price", "item"]
LabelPart = Literal["shop", "name", "price", "compare_at", "unit_price", "sku", "code", "date"]
LABEL_KINDS: Final[tuple[LabelKind, ...]] = ("shelf", "price", "item")
LABEL_PARTS: Final[tuple[LabelPart, ...]] = (
    "shop", "name", "price", "compare_at", "unit_price", "sku", "code", "date",
)  # fmt: skip
_ALL: Final = frozenset(LABEL_PARTS)
USUAL_PARTS: Final[dict[LabelKind, frozenset[LabelPart]]] = {
    "shelf": _ALL,
    "price": frozenset({"name", "price", "compare_at", "code", "sku"}),
    "item": frozenset({"name", "sku", "code"}),
}
# Per cent of a label's height: the price as large as there is room for, and how small it may get before something gives way.
_PRICE_SHARES: Final[dict[LabelKind, tuple[int, int]]] = {"shelf": (34, 20), "price": (28, 18), "item": (18, 12)}
_CODE_SHARE: Final[dict[LabelKind, int]] = {"shelf": 18, "price": 26, "item": 36}
_GIVES_WAY: Final[tuple[LabelPart, ...]] = ("shop", "date", "sku", "compare_at", "unit_price")
_LOST_FOR_A_LINE: Final = 2  # of these are given up so that a long name has its second line
_MOST_TEXT: Final = 240
_LEAD: Final = 128  # per cent of the letters' size from line to line
_PRICE_LEAD: Final = 112


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelContent:
    """The words of one label, figures written; whatever is empty is left out. ``code`` is what the scanner reads."""

    name: str = ""
    price: str = ""
    compare_at: str = ""
    unit_price: str = ""
    sku: str = ""
    code: str = ""
    shop: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDesign:
    """How labels look: what they are for, which parts they show, how the code is drawn."""

    kind: LabelKind = "shelf"
    parts: frozenset[LabelPart] = _ALL
    code: CodeKind = "auto"


@dataclass(frozen=True, slots=True)
class LabelText:
    """A line of text: left end, top and size of its letters; ``width`` is how wide it is in our letters.

    An ``exact`` one has something beside or across it, so that other letters of other widths would not do.
    """

    x: int
    y: int
    size: int
    bold: bool
    text: str
    width: int
    exact: bool = False


@dataclass(frozen=True, slots=True)
class LabelDrawing:
    """A label with everything in its place, in dots from its top left corner.

    ``code_at`` is left, top, dots a module and height of the code; ``second`` is another code on the same label. ``boxes``
    are filled rectangles. ``code_missing`` says that something to be read does not fit in a form that scanners can read.
    """

    width: int
    height: int
    texts: tuple[LabelText, ...]
    boxes: tuple[tuple[int, int, int, int], ...] = ()
    code: LabelCode | None = None
    code_at: tuple[int, int, int, int] = (0, 0, 0, 0)
    code_missing: bool = False
    second: LabelCode | None = None
    second_at: tuple[int, int, int, int] = (0, 0, 0, 0)


def texts_of(content: LabelContent) -> Iterator[PrinterText]:
    """Every text of a label, made printable."""
    for text in (
        content.name,
        content.price,
        content.compare_at,
        content.unit_price,
        content.sku,
        content.shop,
        content.date,
    ):
        yield PrinterText(text[:_MOST_TEXT])


def lay_label(
    content: LabelContent, design: LabelDesign, format_: LabelFormat, dots_per_metre: int, faces: Faces, mirrored: bool
) -> LabelDrawing:
    """Put a label's parts in their places on a label of this format."""
    return _Setter(design, format_, dots_per_metre, faces, mirrored).set(content)


class _Setter:
    """Sets one label: shop and date at the top, the code at the bottom or beside, name and price between."""

    def __init__(
        self, design: LabelDesign, format_: LabelFormat, dots_per_metre: int, faces: Faces, mirrored: bool
    ) -> None:
        self._design = design
        self._faces = faces
        self._mirrored = mirrored
        self._dpm = dots_per_metre
        self._width, self._height = self._dots(format_.width), self._dots(format_.height)
        self._side, self._edge = (self._dots(margin) for margin in format_.margins)
        self._small = self._between(1_850, self._height * 65 // 1000, 3_200)
        self._least_module = -(-dots_per_metre * 22 // 100_000)  # 0.22 mm: what scanners read and thermal heads print
        self._texts: list[LabelText] = []
        self._boxes: list[tuple[int, int, int, int]] = []

    def set(self, content: LabelContent) -> LabelDrawing:
        shown: dict[LabelPart, PrinterText] = {}
        for part in LABEL_PARTS:
            if part in self._design.parts and part != "code":
                shown[part] = PrinterText(getattr(content, part)[:_MOST_TEXT])
        left, right = self._side, self._width - self._side
        bottom = self._height - self._edge
        code, missing, place = None, False, (0, 0, 0, 0)
        if "code" in self._design.parts and self._design.code != "none" and content.code:
            code = self._code(content.code)
            missing = code is None
        if code is not None and code.is_square:
            module = self._square_module(code)
            side = module * code.width
            beside = self._width * 5 >= self._height * 7
            x = right - side if not self._mirrored else left
            y = bottom - side
            if not beside:
                x, bottom = (self._width - side) // 2, y - self._small // 2
            elif self._mirrored:
                left += side + self._dots(2_000)
            else:
                right -= side + self._dots(2_000)
            place = (x, y, module, module)
        elif code is not None:
            module = self._bar_module(code)
            high = max(self._height * _CODE_SHARE[self._design.kind] // 100, self._dots(5_000))
            y = bottom - self._lead(self._small) - high
            place = ((self._width - module * code.width) // 2, y, module, high)
            if shown.get("sku") == code.text:
                del shown["sku"]  # it stands below the bars
            self._put(PrinterText(code.text), 0, self._width, bottom - self._small, self._small, centred=True)
            bottom = y - self._small // 3
        self._words(shown, left, right, bottom)
        return LabelDrawing(self._width, self._height, tuple(self._texts), tuple(self._boxes), code, place, missing)

    def _words(self, shown: dict[LabelPart, PrinterText], left: int, right: int, bottom: int) -> None:
        """Everything that people read: the price as large as it can be while the name has its lines."""
        shown = {part: text for part, text in shown.items() if text}
        room, high = right - left, bottom - self._edge
        name_size = self._between(2_300, self._height * 9 // 100, 4_400)
        name = shown.get("name", PrinterText())
        needed = min(len(self._lines(name, room, name_size, 2)), 2) if name else 0
        shown, price, name_size = self._fitted(shown, room, high, name_size, needed)
        head, info = self._side_lines(shown)
        y = self._edge
        if head:
            # After Arabic letters a date would be set from right to left, so there it comes first.
            head_line = _joined(shown, "date", "shop") if self._mirrored else _joined(shown, "shop", "date")
            self._put(head_line, left, right, y, self._small)
            y += head
        if name:
            free = high - head - info - price * _PRICE_LEAD // 100
            for line in self._lines(name, room, name_size, max(min(free // self._lead(name_size), 4), 1)):
                self._put(line, left, right, y, name_size, bold=True)
                y += self._lead(name_size)
        if price:
            floor = bottom - info - price
            self._price(shown, left, right, max(min(floor, y + (floor - y) // 2), y), price)
        if info:
            self._put(_joined(shown, "unit_price", "sku"), left, right, bottom - self._small, self._small)

    def _fitted(
        self, shown: dict[LabelPart, PrinterText], room: int, high: int, name_size: int, needed: int
    ) -> tuple[dict[LabelPart, PrinterText], int, int]:
        """Parts, size of the price and size of the name that fit: a second line of the name is worth the shop and the date."""
        largest, least = _PRICE_SHARES[self._design.kind]
        given_up = [part for part in _GIVES_WAY if part in shown]
        tries = [(needed, count) for count in range(min(_LOST_FOR_A_LINE, len(given_up)) + 1)]
        tries += [(min(needed, 1), count) for count in range(len(given_up) + 1)]
        for lines, count in tries:
            left = {part: text for part, text in shown.items() if part not in given_up[:count]}
            for share in range(largest, least - 1, -2):
                price = self._price_size(left, room, share)
                if sum(self._side_lines(left)) + price * _PRICE_LEAD // 100 + lines * self._lead(name_size) <= high:
                    return left, price, name_size
        left = {part: text for part, text in shown.items() if part not in given_up}
        price = self._price_size(left, room, least * 2 // 3)
        name_size = max(min(name_size, (high - price * _PRICE_LEAD // 100) * 100 // _LEAD), self._dots(1_200))
        return left, price, name_size

    def _side_lines(self, shown: dict[LabelPart, PrinterText]) -> tuple[int, int]:
        """Heights of the line above and of the line below name and price."""
        head = self._lead(self._small) if shown.keys() & {"shop", "date"} else 0
        return head, self._lead(self._small) if shown.keys() & {"sku", "unit_price"} else 0

    def _price_size(self, shown: dict[LabelPart, PrinterText], room: int, share: int) -> int:
        """Height of the price's letters, as large as its share and the width allow; 0 without a price."""
        if "price" not in shown:
            return 0
        size = self._between(2_800, self._height * share // 100, 22_000)
        while size > self._small and self._price_width(shown, size) > room:
            size = size * 9 // 10
        return size

    def _price_width(self, shown: dict[LabelPart, PrinterText], size: int) -> int:
        width = self._faces.width(shown["price"], size, True)
        if "compare_at" in shown:
            width += size // 3 + self._faces.width(shown["compare_at"], self._before_size(size), False)
        return width

    def _before_size(self, price: int) -> int:
        return max(price * 45 // 100, min(self._small, price))

    def _price(self, shown: dict[LabelPart, PrinterText], left: int, right: int, y: int, size: int) -> None:
        before = shown.get("compare_at") if self._price_width(shown, size) <= right - left else None
        wide = self._put(shown["price"], left, right, y, size, bold=True, exact=bool(before))
        if not before:
            return
        small = self._before_size(size)
        gap = size // 3
        start, end = (left, right - wide - gap) if self._mirrored else (left + wide + gap, right)
        top = y + (size - small) * 9 // 10
        struck = self._put(before, start, end, top, small, exact=True)
        thick = max(small // 12, 1)
        x = end - struck if self._mirrored else start
        self._boxes.append((x, top + small * 62 // 100, struck, thick))

    def _put(
        self,
        text: str,
        left: int,
        right: int,
        y: int,
        size: int,
        *,
        bold: bool = False,
        centred: bool = False,
        exact: bool = False,
    ) -> int:
        """One line at the leading edge, cut where it is too wide; returns its width."""
        if self._faces.width(text, size, bold) > right - left:
            text = self._lines(text, right - left, size, 1)[0]
        width = self._faces.width(text, size, bold)
        if centred:
            x = left + (right - left - width) // 2
        else:
            x = right - width if self._mirrored else left
        self._texts.append(LabelText(x, y, size, bold, text, width, exact))
        return width

    def _lines(self, text: str, room: int, size: int, most: int) -> list[str]:
        return wrap_or_cut(text, max(room, 1), lambda part: self._faces.width(part, size, True), most)

    def _code(self, text: str) -> LabelCode | None:
        """The wished form where it fits with modules that scanners can read, else the one that does."""
        kind = self._design.code
        if kind == "ean13" and not is_gtin(text):
            return None
        if kind != "qr":
            bars = bar_code(text, kind)
            if bars is not None and self._bar_module(bars):
                return bars
        square = square_code(text)
        return square if square is not None and self._square_module(square) else None

    def _bar_module(self, code: LabelCode) -> int:
        """Dots a module of bars, 0 where they would be too fine. Its quiet zones may use the label's margins."""
        edge = self._side - self._dots(1_000)  # what is left of the margin once the paper's edge is cut
        module = min((self._width - 2 * max(edge, 0)) // (code.width + 2 * code.quiet), self._dots(380))
        return module if module >= self._least_module and self._height >= self._dots(14_000) else 0

    def _square_module(self, code: LabelCode) -> int:
        room = min(self._height - 2 * self._edge, self._width * 45 // 100)
        room = min(room, self._height * (_CODE_SHARE[self._design.kind] + 35) // 100)
        module = min(room // code.width, self._dots(800))
        return module if module >= self._least_module else 0

    def _dots(self, micrometres: int) -> int:
        return (micrometres * self._dpm + 500_000) // 1_000_000

    def _between(self, least: int, dots: int, most: int) -> int:
        return max(self._dots(least), min(dots, self._dots(most)))

    def _lead(self, size: int) -> int:
        return size * _LEAD // 100


def _joined(shown: dict[LabelPart, PrinterText], *parts: LabelPart) -> str:
    return " · ".join(shown[part] for part in parts if part in shown)
