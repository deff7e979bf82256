"""A transfer as a draft, and its arrival: gathered by scan, sent, received by scan with what differs."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.ids import uuid7
from shopdesk.core.money import parse_quantity
from shopdesk.inventory.document_pages import TransferCard
from shopdesk.inventory.goods import GoodsHit
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.inventory.transfer_arrival import (
    REASONS,
    ArrivedLine,
    ReceiveTransfer,
    receive_transfer,
)
from shopdesk.inventory.transfers import (
    SaveTransfer,
    SendTransfer,
    TransferDone,
    TransferLine,
    save_transfer,
    send_transfer,
)
from shopdesk.ui.dialogs.stock_lines import StockLinesDialog
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.inputs import ChoiceField
from shopdesk.ui.kit.messages import Voice, ask, bar_of
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.widgets import button
from shopdesk.ui.screens.purchase_lines import Line, LineColumn, read_quantity, shown_quantity

_SKU = LineColumn("sku", N_("SKU"), lambda line, _formats: line.sku, width=130, right=False)
_NAME = LineColumn("name", N_("Name"), lambda line, _formats: line.name, right=False, stretch=True)
_UNIT = LineColumn("unit", N_("Unit"), lambda line, _formats: line.unit, width=64, right=False)
DRAFT_COLUMNS = (_SKU, _NAME, LineColumn("quantity", N_("Quantity"), shown_quantity, read_quantity), _UNIT)


class TransferDialog(StockLinesDialog):
    """A draft: from where, to where, and what is packed."""

    def __init__(self, parent: QWidget, desk: Desk, card: TransferCard | None = None) -> None:
        title = _("New transfer") if card is None else _("Transfer")
        super().__init__(parent, desk, "stock_transfer", title, DRAFT_COLUMNS, _("Save and send"))
        self._card = card
        self._key = uuid7()
        self.add_choice("from_warehouse_id", _("From"), warehouse_choices, 0, card.from_warehouse_id if card else 1)
        self.add_choice("to_warehouse_id", _("To"), warehouse_choices, 1, card.to_warehouse_id if card else None)
        self.add_text("notes", _("Notes"), 2, card.notes if card else "", longest=500)
        self.save = button(_("Save draft"), "save_draft", self._save)
        self.buttons.insertWidget(self.buttons.indexOf(self.act), self.save)
        if card is not None:
            self.model.set_lines(
                [
                    Line(item.variant_id, item.sku, item.name, item.unit, quantity_milli=item.quantity_milli)
                    for item in card.items
                ]
            )
            self._edited()
        self.dirty = False
        self.goods.setFocus()

    def place_id(self) -> int:
        """The warehouse it comes from."""
        return int(self.value("from_warehouse_id") or 0) if "from_warehouse_id" in self.fields else 0

    def submit(self) -> None:
        """Save the draft and send it."""
        Operation(save_transfer, self._command(), done=self._send).run(
            self.desk, self, form=self, hold=(self.act, self.save)
        )

    def _save(self) -> None:
        Operation(save_transfer, self._command(), done=lambda _id: self._close(_("The draft is saved."))).run(
            self.desk, self, form=self, hold=(self.act, self.save)
        )

    def _command(self) -> SaveTransfer:
        lines = tuple(
            TransferLine(line.variant_id, line.quantity_milli) for line in self.lines() if line.quantity_milli
        )
        return SaveTransfer(
            from_warehouse_id=self.place_id(),
            to_warehouse_id=int(self.value("to_warehouse_id") or 0),
            lines=lines,
            notes=str(self.value("notes") or ""),
            document_id=self._card.id if self._card else None,
            version=self._card.version if self._card else 1,
        )

    def _send(self, document_id: int) -> None:
        version = self._card.version + 1 if self._card else 1
        self.dirty = False
        self.accept()
        send(self.asker, self.desk, document_id, version, self._key)

    def _close(self, said: str) -> None:
        self.dirty = False
        bar = bar_of(self.asker)
        self.accept()
        if bar is not None:
            bar.say(said, Voice.SUCCESS)


def send(parent: QWidget, desk: Desk, document_id: int, version: int, key: str = "") -> None:
    """Send a draft from a page; the page's bar says how it went."""

    def sent(done: TransferDone) -> None:
        bar = bar_of(parent)
        if bar is not None:
            bar.say(_("Sent as {number}. The goods are in transit.").format(number=done.number), Voice.SUCCESS)

    Operation(send_transfer, SendTransfer(key or uuid7(), document_id, version), done=sent).run(desk, parent)


@dataclass(slots=True)
class ArrivalLine(Line):
    """A line that arrives: ``expected_milli`` was sent, ``quantity_milli`` came sound, some of it may be damaged."""

    damaged_milli: int = 0
    reason: str = ""

    @property
    def differs(self) -> bool:
        """Whether it came otherwise than it was sent."""
        return self.quantity_milli != self.expected_milli or self.damaged_milli != 0


def _shown_sent(line: Line, formats: Formats) -> str:
    return formats.quantity(line.expected_milli)


def _shown_arrived(line: Line, formats: Formats) -> str:
    return formats.quantity(line.quantity_milli)


def _shown_damaged(line: Line, formats: Formats) -> str:
    assert isinstance(line, ArrivalLine)
    return formats.quantity(line.damaged_milli) if line.damaged_milli else ""


def _read_damaged(line: Line, text: str, _formats: Formats) -> None:
    assert isinstance(line, ArrivalLine)
    line.damaged_milli = max(0, parse_quantity(text) if text else 0)


def _shown_reason(line: Line, _formats: Formats) -> str:
    assert isinstance(line, ArrivalLine)
    return _(line.reason)


def _read_reason(line: Line, text: str, _formats: Formats) -> None:
    assert isinstance(line, ArrivalLine)
    line.reason = text[:200]


def _difference(line: Line, formats: Formats) -> str:
    assert isinstance(line, ArrivalLine)
    short = line.quantity_milli + line.damaged_milli - line.expected_milli
    return "" if not short else f"{'+' if short > 0 else ''}{formats.quantity(short)}"


ARRIVAL_COLUMNS = (
    _SKU,
    _NAME,
    LineColumn("sent", N_("Sent"), _shown_sent, width=80),
    LineColumn("arrived", N_("Arrived"), _shown_arrived, read_quantity, width=88),
    LineColumn("damaged", N_("Damaged"), _shown_damaged, _read_damaged, width=92),
    LineColumn("difference", N_("Differs"), _difference, width=84, tone=lambda _line: "warning"),
    LineColumn("reason", N_("Reason"), _shown_reason, _read_reason, width=170, right=False),
)


class ArrivalDialog(StockLinesDialog):
    """What arrived of a transfer: all as sent, or counted by scan from nothing."""

    def __init__(self, parent: QWidget, desk: Desk, card: TransferCard) -> None:
        title = _("Receive {number}").format(number=card.number)
        super().__init__(parent, desk, "stock_arrival", title, ARRIVAL_COLUMNS, _("Receive the goods"))
        self._card = card
        self._key = uuid7()
        self._scanning = False
        self.remove.hide()
        reasons = [(words, _(words)) for words in REASONS]
        reason = ChoiceField("reason", _("Reason for what differs"), reasons)
        reason.setEditable(True)
        self.add_field("reason", _("Reason for what differs"), reason, 0)
        reason.activated.connect(lambda _at: self._give_reason())
        self.add_text("notes", _("Notes"), 1, longest=500)
        self.model.set_lines(
            [
                ArrivalLine(
                    item.variant_id,
                    item.sku,
                    item.name,
                    item.unit,
                    quantity_milli=item.quantity_milli,
                    expected_milli=item.quantity_milli,
                )
                for item in card.items
            ]
        )
        self.by_scan = button(_("Count by scan"), "by_scan", self.count_by_scan, glyph="barcode-scan")
        self.buttons.insertWidget(1, self.by_scan)
        self._edited()
        self.dirty = False
        self.goods.setFocus()

    def count_by_scan(self) -> None:
        """Start from nothing: every piece that arrived is scanned."""
        self._scanning = True
        for at, line in enumerate(self.model.lines):
            line.quantity_milli = 0
            self.model.changed_row(at)
        self.by_scan.setEnabled(False)
        self.goods.setFocus()

    def new_line(self, hit: GoodsHit) -> Line:
        """Goods that came without being sent."""
        good = hit.good
        return ArrivalLine(good.variant_id, good.sku, good.name, good.unit, is_extra=True)

    def drop(self, at: int) -> None:
        """Only what was not sent can be taken out again."""
        if self.model.lines[at].is_extra:
            super().drop(at)

    def count_in(self, at: int, milli: int) -> None:
        """A scan counts a piece that arrived; the first scan starts from nothing."""
        if not self._scanning and not self.model.lines[at].is_extra:
            self.count_by_scan()
        self.model.count(at, milli)

    def submit(self) -> None:
        """Receive the goods, after asking when something differs."""
        fallback = self._reason()
        lines, wrong = [], 0
        for line in self.model.lines:
            assert isinstance(line, ArrivalLine)
            if line.differs:
                wrong += 1
                line.reason = line.reason or fallback
            lines.append(ArrivedLine(line.variant_id, line.quantity_milli, line.damaged_milli, line.reason))
        if wrong and not all(
            line.reason for line in self.model.lines if isinstance(line, ArrivalLine) and line.differs
        ):
            self.show_error("reason", _("Something arrived otherwise than it was sent. Say why."))
            return
        if not wrong:
            self._receive(tuple(lines))
            return
        told = ngettext(
            "{count} line arrived otherwise than it was sent. The difference is booked with its reason.",
            "{count} lines arrived otherwise than they were sent. The differences are booked with their reasons.",
            wrong,
        ).format(count=wrong)
        ask(self, _("Receive with differences?"), told, _("Receive the goods"), lambda: self._receive(tuple(lines)))

    def _receive(self, lines: tuple[ArrivedLine, ...]) -> None:
        command = ReceiveTransfer(self._key, self._card.id, lines, str(self.value("notes") or ""))
        Operation(receive_transfer, command, done=self._done).run(self.desk, self, form=self, hold=(self.act,))

    def _reason(self) -> str:
        field: ChoiceField = self.fields["reason"]
        return str(field.value() or field.currentText().strip())

    def _give_reason(self) -> None:
        """The chosen reason is written beside every line that differs."""
        for at, line in enumerate(self.model.lines):
            if isinstance(line, ArrivalLine) and line.differs:
                line.reason = self._reason()
                self.model.changed_row(at)

    def _done(self, done: TransferDone) -> None:
        self.dirty = False
        bar = bar_of(self.asker)
        self.accept()
        if bar is not None:
            bar.say(_("Received as {number}.").format(number=done.number), Voice.SUCCESS)
