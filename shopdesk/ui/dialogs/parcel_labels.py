"""Labels of parcels before they are stuck on: seen, printed on paper or by a label printer, saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog, QScrollArea, QWidget

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.db.shop import Shop
from shopdesk.fulfilment.parcel_labels import LabelKind, LabelsMade, MakeLabels, make_labels
from shopdesk.printing.label_zpl import ZplDots
from shopdesk.printing.preview import pdf_png_pages
from shopdesk.printing.whole_file import save_whole
from shopdesk.ui.dialogs.pdf_preview import DPI, MOST_PAGES, PdfPages
from shopdesk.ui.dialogs.printer_choice import TAKES_LABELS, TAKES_PAPERS, PrinterChoice, memory_of, send_bytes
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import ChoiceField
from shopdesk.ui.kit.messages import Dialog, Voice
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.widgets import Label, hbox, named
from shopdesk.ui.theme import tokens

_PREVIEW: Final = 400
_OUTPUTS: Final[dict[str, tuple[str, LabelKind, str, ZplDots]]] = {
    "pdf a6": (N_("Office printer, A6"), "pdf", "a6", 203),
    "pdf 4x6": (N_("Office printer, 4 × 6 inch"), "pdf", "4x6", 203),
    "zpl 203": (N_("Label printer, ZPL 203 dpi, 4 × 6 inch"), "zpl", "4x6", 203),
    "zpl 300": (N_("Label printer, ZPL 300 dpi, 4 × 6 inch"), "zpl", "4x6", 300),
    "zpl a6": (N_("Label printer, ZPL 203 dpi, A6"), "zpl", "a6", 203),
}


@dataclass(frozen=True, slots=True)
class _Shown:
    """Labels as made, and pictures of the first of them."""

    made: LabelsMade
    pages: list[bytes]


class ParcelLabelsDialog(Dialog):
    """The labels of parcels as they will be printed; each is kept with its parcel when it is made."""

    def __init__(self, parent: QWidget, desk: Desk, parcels: Sequence[str]) -> None:
        count = len(parcels)
        title = ngettext("Label {number}", "{count} labels", count).format(number=parcels[0], count=count)
        super().__init__(parent, "parcel_labels", title)
        self.desk = desk
        self.memory = memory_of(parent)
        self.made: LabelsMade | None = None
        self._parcels = tuple(parcels)
        self.resize(_PREVIEW + 200, min(860, max(parent.window().height() - tokens.SPACE_32, 560)))
        self.output = ChoiceField("label_output", _("Print on"), [(key, _(one[0])) for key, one in _OUTPUTS.items()])
        kept = self.memory.get("parcel_labels.output")
        self.output.set_value(kept if kept in _OUTPUTS else "pdf a6")
        self.output.edited.connect(self._make)
        row = hbox(spacing=tokens.SPACE_8)
        label = Label(_("Print on"), "label_output_label", tone="secondary")
        label.setBuddy(self.output)
        row.addWidget(label)
        row.addWidget(self.output, 1)
        self.body.addLayout(row)
        self.pages = PdfPages(width=_PREVIEW)
        scroll = named(QScrollArea(), "labels_scroll", _("Preview"))
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.pages)
        self.body.addWidget(scroll, 1)
        self._papers = PrinterChoice(desk, self.memory, "office", TAKES_PAPERS)
        self._labels = PrinterChoice(desk, self.memory, "labels", TAKES_LABELS)
        self.body.addWidget(self._papers)
        self.body.addWidget(self._labels)
        self.add_cancel(_("Close"))
        self._save = self.add_button(_("Save as..."), "save_labels", self.choose_place)
        self._print = self.add_button(_("Print"), "print_labels", self.print_now, role="primary", default=True)
        self._make()

    @property
    def is_pdf(self) -> bool:
        """Whether the labels go to an office printer."""
        return str(self.output.value()).startswith("pdf")

    @property
    def printer(self) -> PrinterChoice:
        """The choice that fits the output."""
        return self._papers if self.is_pdf else self._labels

    def choose_place(self) -> None:
        """Ask where to save them."""
        ending = "pdf" if self.is_pdf else "zpl"
        dialog = named(QFileDialog(self, _("Save as")), "save_place", _("Save as"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        if folder := str(self.memory.get("folder.papers", "")):
            dialog.setDirectory(folder)
        name = self._parcels[0] if len(self._parcels) == 1 else "labels"
        dialog.selectFile(f"{name}.{ending}")
        dialog.fileSelected.connect(lambda path: self.save_to(Path(path)))
        dialog.open()

    def save_to(self, place: Path) -> None:
        """Save the labels there, whole or not at all."""
        if self.made is None:
            return
        self.memory.put("folder.papers", str(place.parent))

        def saved(_none: object) -> None:
            self.messages.say(_("Saved as {name}.").format(name=place.name), Voice.SUCCESS)

        work = partial(save_whole, place, self.made.data)
        self.desk.lanes.read(work, saved, failed=question_failed(self), owner=self)

    def print_now(self) -> None:
        """Send all labels to the chosen printer, as one print."""
        if self.made is None:
            return
        try:
            config = self.printer.value()
        except ShopError as error:
            self.messages.refuse(str(error))
            self.printer.address.setFocus()
            return
        self._print.setEnabled(False)

        def sent(_none: object) -> None:
            self.messages.say(_("Sent to {name}.").format(name=config.name), Voice.SUCCESS)

        work = partial(send_bytes, config, [self.made.data])
        ticket = self.desk.lanes.read(work, sent, failed=question_failed(self), owner=self)
        ticket.when_settled(lambda: self._print.setEnabled(self.made is not None))

    def _make(self) -> None:
        chosen = str(self.output.value())
        self.memory.put("parcel_labels.output", chosen)
        self._papers.setVisible(self.is_pdf)
        self._labels.setVisible(not self.is_pdf)
        self.made = None
        self._save.setEnabled(False)
        self._print.setEnabled(False)
        _words, kind, size, dots = _OUTPUTS[chosen]
        command = MakeLabels(shipments=self._parcels, kind=kind, size=size, dots=dots)
        Operation(_drawn, command, done=partial(self._show, chosen), slow=True).run(self.desk, self)

    def _show(self, chosen: str, shown: _Shown) -> None:
        if chosen != str(self.output.value()):
            return  # another one was chosen meanwhile; its labels come next
        self.made = shown.made
        self.pages.show_pages(shown.pages, len(shown.made.numbers) - len(shown.pages))
        self._save.setEnabled(True)
        self._print.setEnabled(True)


def open_parcel_labels(parent: QWidget, desk: Desk, parcels: Sequence[str]) -> ParcelLabelsDialog:
    """Open the labels of parcels, named by their numbers."""
    dialog = ParcelLabelsDialog(parent, desk, parcels)
    dialog.open()
    return dialog


def _drawn(shop: Shop, command: MakeLabels, actor: Actor) -> _Shown:
    made = make_labels(shop, command, actor)
    return _Shown(made, pdf_png_pages(made.pdf, DPI, MOST_PAGES))
