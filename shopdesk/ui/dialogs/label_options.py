"""How labels are to look and on what they are printed, remembered for each kind of label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from shopdesk.core.errors import BadAmount
from shopdesk.core.i18n import N_, _
from shopdesk.printing.label_codes import CODE_KINDS, CodeKind
from shopdesk.printing.label_formats import LABEL_FORMATS, LabelFormat
from shopdesk.printing.labels import LABEL_KINDS, LABEL_PARTS, USUAL_PARTS, LabelDesign, LabelKind, LabelPart
from shopdesk.ui.kit.inputs import ChoiceField, CountField, DayField
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.texts import CheckField
from shopdesk.ui.kit.widgets import Label, named, vbox
from shopdesk.ui.theme import tokens

Output = Literal["pdf", "zpl203", "zpl300"]

KIND_WORDS: Final[dict[LabelKind, str]] = {
    "shelf": N_("Shelf labels"),
    "price": N_("Price labels"),
    "item": N_("Item labels"),
}
_CODE_WORDS: Final[dict[CodeKind, str]] = {
    "auto": N_("Barcode"),
    "ean13": N_("EAN only"),
    "code128": N_("Code 128"),
    "qr": N_("QR code"),
    "none": N_("No code"),
}
_PART_WORDS: Final[dict[LabelPart, str]] = {
    "shop": N_("Shop"),
    "name": N_("Name"),
    "price": N_("Price"),
    "compare_at": N_("Old price, struck out"),
    "unit_price": N_("Unit price"),
    "sku": N_("SKU"),
    "code": N_("Code"),
    "date": N_("Date"),
}
_OUTPUT_WORDS: Final[dict[Output, str]] = {
    "pdf": N_("Office printer (PDF)"),
    "zpl203": N_("Label printer, ZPL 203 dpi"),
    "zpl300": N_("Label printer, ZPL 300 dpi"),
}
_USUAL_FORMAT: Final[dict[LabelKind, str]] = {"shelf": "a4-3x8", "price": "a4-4x10", "item": "a4-5x13"}


@dataclass(frozen=True, slots=True)
class LabelChoice:
    """Everything that was chosen; ``start`` counts the used places of the first sheet, ``day`` is whose prices are printed."""

    design: LabelDesign
    format: LabelFormat
    output: Output
    start: int
    day: date


class LabelOptions(QWidget):
    """The fields of a labels dialog; ``edited`` is sent when the labels would look different."""

    edited = Signal()

    def __init__(self, memory: Memory, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "label_options", _("Labels"))
        self._memory = memory
        self._today = today
        column = vbox(self, spacing=tokens.SPACE_4)
        self.kind = ChoiceField("label_kind", _("Kind"), [(kind, _(KIND_WORDS[kind])) for kind in LABEL_KINDS])
        self.output = ChoiceField(
            "label_output", _("Print on"), [(key, _(text)) for key, text in _OUTPUT_WORDS.items()]
        )
        self.format = ChoiceField("label_format", _("Size"))
        self.start = CountField("label_start", _("First free label on the sheet"))
        self.code = ChoiceField("label_code", _("Code"), [(kind, _(_CODE_WORDS[kind])) for kind in CODE_KINDS])
        self.day = DayField("label_day", _("Prices of"))
        self.day.set_value(today)
        fields = QGridLayout()
        fields.setHorizontalSpacing(tokens.SPACE_12)
        fields.setVerticalSpacing(tokens.SPACE_4)
        for number, (label, field) in enumerate(
            (
                (_("Kind"), self.kind),
                (_("Print on"), self.output),
                (_("Size"), self.format),
                (_("First free label"), self.start),
                (_("Code"), self.code),
                (_("Prices of"), self.day),
            )
        ):
            head = Label(label, f"{field.objectName()}_label", tone="secondary")
            head.setBuddy(field)
            fields.addWidget(head, number // 2 * 2, number % 2)
            fields.addWidget(field, number // 2 * 2 + 1, number % 2)
            fields.setColumnStretch(number % 2, 1)
        column.addLayout(fields)
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.SPACE_8)
        grid.setVerticalSpacing(0)
        self.parts: dict[LabelPart, CheckField] = {}
        for number, part in enumerate(LABEL_PARTS):
            check = self.parts[part] = CheckField(f"part_{part}", _(_PART_WORDS[part]))
            grid.addWidget(check, number // 2, number % 2)
            check.edited.connect(self._edited)
        column.addSpacing(tokens.SPACE_8)
        column.addLayout(grid)
        column.addStretch(1)
        self.kind.set_value(_known(memory.get("labels.kind"), LABEL_KINDS, "shelf"))
        self._recall()
        self.kind.edited.connect(self._change_kind)
        self.output.edited.connect(self._change_output)
        for changed in (self.format, self.start, self.code, self.day):
            changed.edited.connect(self._edited)

    def choice(self) -> LabelChoice:
        """What is chosen now; an unreadable start counts as the first label."""
        kind: LabelKind = next(kind for kind in LABEL_KINDS if kind == (self.kind.value() or "shelf"))
        code: CodeKind = next(code for code in CODE_KINDS if code == (self.code.value() or "auto"))
        format_ = LABEL_FORMATS[str(self.format.value() or self._sizes()[0].key)]
        try:
            start = max(self.start.number() - 1, 0)
        except BadAmount:
            start = 0
        day = self.day.value()
        return LabelChoice(
            LabelDesign(
                kind=kind, code=code, parts=frozenset(part for part, field in self.parts.items() if field.value())
            ),
            format_,
            self._output(),
            0 if format_.is_roll else min(start, format_.per_page - 1),
            day if isinstance(day, date) else self._today,
        )

    def keep(self) -> None:
        """Remember the choice for this kind of label."""
        chosen = self.choice()
        self._memory.put("labels.kind", chosen.design.kind)
        self._memory.put(
            f"labels.{chosen.design.kind}",
            {
                "output": chosen.output,
                "format": chosen.format.key,
                "code": chosen.design.code,
                "parts": sorted(chosen.design.parts),
            },
        )

    def _output(self) -> Output:
        return next(output for output in _OUTPUT_WORDS if output == (self.output.value() or "pdf"))

    def _sizes(self) -> list[LabelFormat]:
        """A label printer has a roll; paper may be either."""
        return [one for one in LABEL_FORMATS.values() if one.is_roll or self._output() == "pdf"]

    def _recall(self) -> None:
        kind: LabelKind = next(kind for kind in LABEL_KINDS if kind == self.kind.value())
        kept: Any = self._memory.get(f"labels.{kind}")
        kept = kept if isinstance(kept, dict) else {}
        self.output.set_value(_known(kept.get("output"), tuple(_OUTPUT_WORDS), "pdf"))
        self._offer_sizes(_known(kept.get("format"), tuple(LABEL_FORMATS), _USUAL_FORMAT[kind]))
        self.code.set_value(_known(kept.get("code"), CODE_KINDS, "auto"))
        parts = kept.get("parts")
        parts = parts if isinstance(parts, list) else USUAL_PARTS[kind]
        for part, field in self.parts.items():
            field.set_value(part in parts)

    def _offer_sizes(self, wished: str) -> None:
        sizes = self._sizes()
        self.format.set_options([(one.key, _(one.title)) for one in sizes])
        self.format.set_value(wished if wished in [one.key for one in sizes] else sizes[0].key)
        self._show_start()

    def _change_kind(self) -> None:
        self._recall()
        self._edited()

    def _change_output(self) -> None:
        self._offer_sizes(str(self.format.value()))
        self._edited()

    def _edited(self) -> None:
        self._show_start()
        self.edited.emit()

    def _show_start(self) -> None:
        format_ = LABEL_FORMATS.get(str(self.format.value()))
        self.start.setEnabled(format_ is not None and not format_.is_roll)
        if not self.start.text():
            self.start.set_value(1)


def _known(value: object, choices: Sequence[str], usual: str) -> str:
    """What was remembered if it is one of the choices; a memory may be damaged or of another version."""
    return value if isinstance(value, str) and value in choices else usual
