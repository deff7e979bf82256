"""Labels of chosen goods or of a delivery: how many, how they look, seen before they are printed or saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QHeaderView, QScrollArea, QTableWidget, QTableWidgetItem, QWidget

from shopdesk.catalogue.labels import LabelGoods, label_content, label_goods
from shopdesk.core.clock import shop_time
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _, ngettext
from shopdesk.db.unit import Reader
from shopdesk.printing.label_pdf import MOST_LABELS, labels_pdf, missing_codes
from shopdesk.printing.label_zpl import ZplDots, labels_zpl
from shopdesk.printing.labels import LabelContent
from shopdesk.printing.preview import pdf_png_pages
from shopdesk.printing.whole_file import save_whole
from shopdesk.system.settings import shop_settings
from shopdesk.ui.dialogs.label_options import LabelChoice, LabelOptions
from shopdesk.ui.dialogs.pdf_preview import DPI, PdfPages
from shopdesk.ui.dialogs.printer_choice import TAKES_LABELS, TAKES_PAPERS, PrinterChoice, memory_of, send_bytes
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import Dialog, Voice
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.widgets import Label, hbox, named, vbox, wrapped
from shopdesk.ui.theme import tokens

_WAIT_MS = 120
_MOST_PAGES = 3
_MOST_SHOWN = 130  # labels drawn for the preview: two full sheets of the smallest
_PREVIEW = 480
COUNT = 2


@dataclass(frozen=True, slots=True)
class _Made:
    """Labels ready to go: the bytes, pages to look at, and what to say about them."""

    data: bytes
    pages: list[bytes]
    more: int
    labels: int
    sheets: int
    without_code: tuple[str, ...]


class LabelsDialog(Dialog):
    """Chosen goods at the left with their counts, the look below, the first sheets at the right."""

    def __init__(self, parent: QWidget, desk: Desk, wanted: Sequence[tuple[int, int]]) -> None:
        super().__init__(parent, "labels", _("Print labels"))
        self.desk = desk
        self.memory = memory_of(parent)
        self.made: _Made | None = None
        self._goods: tuple[LabelGoods, ...] = ()
        today = shop_time(desk.clock.now(), desk.formats.timezone).date()
        self.options = LabelOptions(self.memory, today)
        self.counts = counts_table()
        self.pages = PdfPages(width=_PREVIEW)
        self.said = wrapped(Label("", "labels_said", tone="secondary"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._make)
        self._build(parent)
        self.options.edited.connect(self._timer.start)
        self.options.output.edited.connect(self._show_printer)
        self.counts.itemChanged.connect(lambda _item: self._timer.start())
        self._show_printer()
        desk.ask(label_goods, wanted, done=self._show_goods, failed=question_failed(self), owner=self)

    def wanted(self) -> list[tuple[int, int]]:
        """Variant ids with the counts as they stand in the table; what is no count is none."""
        found = []
        for row, goods in enumerate(self._goods):
            item = self.counts.item(row, COUNT)
            text = item.text().strip() if item is not None else ""
            found.append((goods.variant_id, min(int(text), MOST_LABELS) if text.isdecimal() else 0))
        return found

    def choose_place(self) -> None:
        """Ask where to save them."""
        ending = "pdf" if self.options.choice().output == "pdf" else "zpl"
        dialog = named(QFileDialog(self, _("Save as")), "save_place", _("Save as"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        if folder := str(self.memory.get("folder.papers", "")):
            dialog.setDirectory(folder)
        dialog.selectFile(f"labels.{ending}")
        dialog.fileSelected.connect(lambda path: self.save_to(Path(path)))
        dialog.open()

    def save_to(self, place: Path) -> None:
        """Save the labels there, whole or not at all."""
        if self.made is None:
            return
        self.options.keep()
        self.memory.put("folder.papers", str(place.parent))

        def saved(_none: object) -> None:
            self.messages.say(_("Saved as {name}.").format(name=place.name), Voice.SUCCESS)

        self.desk.lanes.read(
            partial(save_whole, place, self.made.data), saved, failed=question_failed(self), owner=self
        )

    def print_now(self) -> None:
        """Send the labels to the chosen printer."""
        if self.made is None:
            return
        try:
            config = self.printer.value()
        except ShopError as error:
            self.messages.refuse(str(error))
            self.printer.address.setFocus()
            return
        self.options.keep()
        self._print.setEnabled(False)

        def sent(_none: object) -> None:
            self.messages.say(_("Sent to {name}.").format(name=config.name), Voice.SUCCESS)

        work = partial(send_bytes, config, [self.made.data])
        ticket = self.desk.lanes.read(work, sent, failed=question_failed(self), owner=self)
        ticket.when_settled(lambda: self._print.setEnabled(True))

    @property
    def printer(self) -> PrinterChoice:
        """The choice that fits the output."""
        return self._papers if self.options.choice().output == "pdf" else self._labels

    def _build(self, parent: QWidget) -> None:
        self.resize(1080, min(760, max(parent.window().height() - tokens.SPACE_16, 600)))
        row = hbox(spacing=tokens.SPACE_16)
        left = named(QWidget(), "labels_left", _("Labels"))
        left.setFixedWidth(440)
        column = vbox(left, spacing=tokens.SPACE_12)
        column.addWidget(self.counts, 1)
        column.addWidget(self.options)
        scroll = named(QScrollArea(), "labels_scroll", _("Preview"))
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.pages)
        right = vbox(spacing=tokens.SPACE_8)
        right.addWidget(scroll, 1)
        right.addWidget(self.said)
        row.addWidget(left)
        row.addLayout(right, 1)
        self.body.addLayout(row, 1)
        self._papers = PrinterChoice(self.desk, self.memory, "office", TAKES_PAPERS)
        self._labels = PrinterChoice(self.desk, self.memory, "labels", TAKES_LABELS)
        self.body.addWidget(self._papers)
        self.body.addWidget(self._labels)
        self.add_cancel(_("Close"))
        self._save = self.add_button(_("Save as..."), "save_labels", self.choose_place)
        self._print = self.add_button(_("Print labels"), "print_labels", self.print_now, role="primary", default=True)
        self._save.setEnabled(False)
        self._print.setEnabled(False)

    def _show_printer(self) -> None:
        on_paper = self.options.choice().output == "pdf"
        self._papers.setVisible(on_paper)
        self._labels.setVisible(not on_paper)

    def _show_goods(self, goods: tuple[LabelGoods, ...]) -> None:
        self._goods = goods
        self.counts.blockSignals(True)
        self.counts.setRowCount(len(goods))
        for row, one in enumerate(goods):
            for column, text in enumerate((one.name, one.sku, str(one.count))):
                item = QTableWidgetItem(text)
                if column != COUNT:
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                else:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.counts.setItem(row, column, item)
        self.counts.blockSignals(False)
        self._make()

    def _make(self) -> None:
        wanted = self.wanted()
        too_many = sum(count for _id, count in wanted) > MOST_LABELS
        if too_many:
            self.said.setText(_("At most {most} labels go into one print.").format(most=MOST_LABELS))
        ready = not too_many and any(count for _id, count in wanted)
        self._save.setEnabled(ready)
        self._print.setEnabled(ready)
        if too_many:
            return
        self.desk.ask(
            partial(_make_labels, wanted=wanted, choice=self.options.choice()),
            done=self._show,
            failed=question_failed(self),
            owner=self,
            key="labels",
        )

    def _show(self, made: _Made) -> None:
        self.made = made
        self.pages.show_pages(made.pages, made.more)
        words = [ngettext("{count} label", "{count} labels", made.labels).format(count=made.labels)]
        if made.sheets != made.labels:
            words.append(ngettext("{count} sheet", "{count} sheets", made.sheets).format(count=made.sheets))
        said = ", ".join(words)
        if made.without_code:
            missing = ngettext(
                "The code of {names} does not fit in a form that scanners can read.",
                "The codes of {names} do not fit in a form that scanners can read.",
                len(made.without_code),
            )
            said = f"{said}. {missing.format(names=', '.join(made.without_code[:5]))}"
        self.said.setText(said)
        self.said.set_tone("warning" if made.without_code else "secondary")


def open_labels(parent: QWidget, desk: Desk, wanted: Sequence[tuple[int, int]]) -> LabelsDialog:
    """Open the labels of (variant id, how many)."""
    dialog = LabelsDialog(parent, desk, wanted)
    dialog.open()
    return dialog


def counts_table() -> QTableWidget:
    """An empty table of goods with how many labels of each, the last of its three columns editable."""
    table = named(QTableWidget(0, 3), "label_counts", _("Goods and how many labels of each"))
    table.setHorizontalHeaderLabels([_("Name"), _("SKU"), _("Labels")])
    for column in range(3):
        at = Qt.AlignmentFlag.AlignRight if column == COUNT else Qt.AlignmentFlag.AlignLeading
        if (title := table.horizontalHeaderItem(column)) is not None:
            title.setTextAlignment(at | Qt.AlignmentFlag.AlignVCenter)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(tokens.TARGET_OFFICE)
    head = table.horizontalHeader()
    head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    head.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    head.setSectionResizeMode(COUNT, QHeaderView.ResizeMode.Fixed)
    table.setColumnWidth(COUNT, 88)
    table.setProperty("roomy", True)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setMinimumHeight(3 * tokens.TARGET_OFFICE)
    return table


def _make_labels(reader: Reader, wanted: Sequence[tuple[int, int]], choice: LabelChoice) -> _Made:
    """The labels as they will be printed, and a picture of the first sheets; some milliseconds, which a read lane has."""
    settings = shop_settings(reader)
    now = reader.clock.now()
    morning = datetime.combine(choice.day, time(), ZoneInfo(settings.timezone)).astimezone(UTC)
    goods = label_goods(reader, [one for one in wanted if one[1]], at=max(now, morning))
    contents = [(label_content(one, settings, choice.day), one.count) for one in goods]
    design, format_ = choice.design, choice.format
    total = sum(count for _content, count in contents)
    pdf = labels_pdf(contents, design, format_, start=choice.start, language=settings.language)
    # Of a roll every label is looked at once, of sheets the first ones as they will lie.
    looked_at = [(content, 1) for content, _count in contents] if format_.is_roll else contents
    shown = labels_pdf(
        _first(looked_at, min(_MOST_SHOWN, _MOST_PAGES * format_.per_page)),
        design,
        format_,
        start=choice.start,
        language=settings.language,
        outlines=True,
    )
    data = pdf
    if choice.output != "pdf":
        dots: ZplDots = 203 if choice.output == "zpl203" else 300
        data = labels_zpl(contents, design, format_, dots=dots, language=settings.language)
    missing = tuple(content.name for content in missing_codes(contents, design, format_))
    sheets = -(-(total + choice.start) // format_.per_page)
    pages = pdf_png_pages(shown, DPI, _MOST_PAGES)
    more = max((len(contents) if format_.is_roll else sheets) - len(pages), 0)
    return _Made(data, pages, more, total, sheets, missing)


def _first(contents: Sequence[tuple[LabelContent, int]], most: int) -> list[tuple[LabelContent, int]]:
    """The first so many of the labels."""
    kept = []
    for content, count in contents:
        if most <= 0:
            break
        kept.append((content, min(count, most)))
        most -= count
    return kept
