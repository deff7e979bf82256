"""The receipt letters inside PDFs: DejaVu Sans in fixed subsets that are made and packed once a process.

Reportlab makes, checksums and packs a new subset of every font for every document: 5 ms of the 3 a receipt may take.
Here the characters have their places before the first document, so the finished objects can be reused byte for byte.
"""

from __future__ import annotations

import codecs
import threading
import zlib
from functools import lru_cache
from typing import Any, Final

from reportlab.pdfbase import pdfdoc
from reportlab.pdfbase.ttfonts import TTFont, makeToUnicodeCMap

from shopdesk.core.paths import resource_path

# Order decides who shares a subset of 256: a western receipt needs the first one alone.
_FIRST: Final = "€–—‘’‚“”„…•×−№ŒœŠšŽžŸ™" + "".join(map(chr, range(0xA1, 0x100)))
_MIDDLE: Final = "".join(map(chr, (*range(0x100, 0x180), *range(0x218, 0x21C), *range(0x386, 0x3CF))))
_LAST: Final = "".join(map(chr, (*range(0x400, 0x4FA), 0x20B4, 0x20B9, 0x20BA, 0x20BD)))

_lock = threading.Lock()


class SteadyFont(TTFont):  # type: ignore[misc]  # reportlab has no type information
    """A TrueType font whose subsets are the same in every document and are embedded only where used."""

    def __init__(self, name: str, path: str) -> None:
        super().__init__(name, path, asciiReadable=1, shapable=False)
        template = TTFont.State(1, self)
        self.state[_TEMPLATE] = template
        self.splitString(_FIRST + _MIDDLE + _LAST, _TEMPLATE)
        self._template = self.state.pop(_TEMPLATE)
        self._first_subset = {code: place for code, place in self._template.assignments.items() if place < 256}
        self._embedded: dict[tuple[int, ...], _EmbeddedSubset] = {}

    def pieces(self, text: str, document: Any) -> list[tuple[str, str]]:
        """Resource name and hexadecimal string of each run of a text within one subset."""
        state = self.state.get(document)
        if state is None:
            state = self.state[document] = TTFont.State(1, self)
            state.assignments = dict(self._template.assignments)
            state.subsets = [list(subset) for subset in self._template.subsets]
            state.nextCode = self._template.nextCode
            state.used = set()
            state.first_name = self.getSubsetInternalName(0, document)
        try:
            codes, _ = codecs.charmap_encode(text, "strict", self._first_subset)
        except UnicodeEncodeError:
            pass
        else:
            state.used.add(0)
            return [(state.first_name, codes.hex())]
        found = []
        for subset, codes in self.splitString(text, document):
            state.used.add(subset)
            found.append((self.getSubsetInternalName(subset, document), codes.hex()))
        return found

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - called by reportlab when the document is saved
        """Put the used subsets into the document."""
        state = self.state.pop(doc)
        fonts = doc.idToObject["BasicFonts"].dict
        for number in sorted(state.used):
            subset = tuple(state.subsets[number])
            name = f"{state.internalName}+{number}"
            font = self._prepared(number, subset).font(doc, name)
            doc.Reference(font, name)
            fonts[name] = font

    def _prepared(self, number: int, subset: tuple[int, ...]) -> _EmbeddedSubset:
        with _lock:  # the face reads its file through one shared position
            ready = self._embedded.get(subset)
            if ready is None:
                if len(self._embedded) > 64:
                    self._embedded.clear()
                ready = self._embedded[subset] = _EmbeddedSubset(self, number, subset)
            return ready


class _EmbeddedSubset:
    """The finished objects of one subset: font file, widths, way back to Unicode."""

    def __init__(self, font: SteadyFont, number: int, subset: tuple[int, ...]) -> None:
        face = font.face
        tag = "".join(chr(65 + (number // 26**place) % 26) for place in range(6))
        self._base = f"{tag}+{face.name.decode('ascii')}"
        self._size = len(subset)
        self._widths = _Ready(f"[ {' '.join(str(face.getCharWidth(code)) for code in subset)} ]".encode())
        program = face.makeSubset(subset)
        self._program = _packed_stream(program, f"/Length1 {len(program)} ")
        self._to_unicode = _packed_stream(makeToUnicodeCMap(self._base, subset).encode("ascii"), "")
        self._descriptor = {
            "Type": "/FontDescriptor",
            "Ascent": face.ascent,
            "CapHeight": face.capHeight,
            "Descent": face.descent,
            "Flags": face.flags & ~32 | 4,  # symbolic: the subset has its own encoding
            "FontBBox": pdfdoc.PDFArray(face.bbox),
            "FontName": pdfdoc.PDFName(self._base),
            "ItalicAngle": face.italicAngle,
            "StemV": face.stemV,
            "MissingWidth": face.defaultWidth,
        }

    def font(self, document: Any, name: str) -> Any:
        """The font object of this subset in a document."""
        descriptor = dict(self._descriptor)
        descriptor["FontFile2"] = document.Reference(_Ready(self._program), f"fontFile:{self._base}")
        font = pdfdoc.PDFTrueTypeFont()
        font.Name = name
        font.BaseFont = self._base
        font.FirstChar = 0
        font.LastChar = self._size - 1
        font.Widths = self._widths
        font.ToUnicode = document.Reference(_Ready(self._to_unicode), f"toUnicode:{self._base}")
        font.FontDescriptor = document.Reference(pdfdoc.PDFDictionary(descriptor), f"descriptor:{self._base}")
        return font


class _Ready(pdfdoc.PDFObject):  # type: ignore[misc]  # reportlab has no type information
    """A PDF object whose bytes are known; one for each document, since reportlab writes its number into it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def format(self, document: Any) -> bytes:  # noqa: ARG002 - reportlab's signature
        """The bytes."""
        return self._content


class _Key:
    """Stands for a document while the fixed places are given out."""


_TEMPLATE: Final = _Key()


def _packed_stream(content: bytes, entries: str) -> bytes:
    packed = zlib.compress(content)
    head = f"<< /Filter [ /FlateDecode ] {entries}/Length {len(packed)} >>\nstream\n"
    return head.encode("ascii") + packed + b"\nendstream\n"


class SansFaces:
    """Measures and names the two weights of the receipt letters."""

    def __init__(self) -> None:
        self.regular = SteadyFont("ShopDeskSans", str(resource_path("fonts", "DejaVuSans.ttf")))
        self.bold = SteadyFont("ShopDeskSansBold", str(resource_path("fonts", "DejaVuSans-Bold.ttf")))
        self.advance = lru_cache(maxsize=8192)(self._advance)

    def width(self, text: str, size: int, bold: bool) -> int:
        """Width of a text in dots, rounded up."""
        return -(-self.advance(text, bold) * size // 1000)

    def _advance(self, text: str, bold: bool) -> int:
        face = (self.bold if bold else self.regular).face
        table, missing = face.charWidths, face.defaultWidth
        return int(-(-sum([table.get(code, missing) for code in map(ord, text)]) // 1))

    def has(self, text: str) -> bool:
        """Whether every character of the text has a letter."""
        letters = self.regular.face.charToGlyph
        return all(code in letters for code in map(ord, text))


@lru_cache(maxsize=1)
def sans_faces() -> SansFaces:
    """The receipt letters, read once."""
    return SansFaces()
