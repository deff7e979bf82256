"""Counting by scanner: one large field that is always ready, what was counted last in large letters, and what is asked again.

Every scan is saved at once, so that nothing is lost when the machine goes off. ``12*`` before a code counts twelve of it, ``=12``
says that there are twelve of the last goods in this area altogether.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from shopdesk.core.errors import BadAmount, ShopError
from shopdesk.core.i18n import _, ngettext
from shopdesk.core.ids import uuid7
from shopdesk.core.money import MILLI, parse_quantity
from shopdesk.inventory.count_pages import CountCard, CountScan, newest_scans
from shopdesk.inventory.counting import (
    CountAgain,
    CountRecorded,
    RecordCount,
    UndoScan,
    count_again,
    record_count,
    undo_scan,
)
from shopdesk.inventory.goods import GoodsHit
from shopdesk.inventory.posting import UnknownStockProduct
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import TextField
from shopdesk.ui.kit.messages import bar_of
from shopdesk.ui.kit.operations import question_failed, show_refusal
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.scans import takes_text
from shopdesk.ui.kit.sounds import Sounds
from shopdesk.ui.kit.widgets import Label, button, card, hbox, named, section, vbox, wrapped
from shopdesk.ui.screens.stock_goods import GoodsField
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

PROMPTS_SHOWN = 5
_AREA = "stock.count.area"


class CountField(GoodsField):
    """The scanning field: Enter sends ``entered`` with the text and empties the line at once, ready for the next scan."""

    entered = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "count_goods")
        self.line.setProperty("face", "till")
        self.line.setMinimumHeight(60)
        self.line.setFont(text_font(tokens.TILL_FOCUS))

    def _key(self, event: QKeyEvent) -> bool:
        text = self.line.text().strip()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and text and not self.hits.isVisible():
            self._timer.stop()
            self.clear()
            self.entered.emit(text)
            return True
        return super()._key(event)

    def search(self, text: str) -> None:
        """Show what words may mean, after they were no code."""
        self.line.setText(text)
        self._entered = True
        self._ask()


class CountScanTab(QWidget):
    """The scanning part of a count's page."""

    def __init__(self, page: RecordView, record: CountCard) -> None:
        super().__init__()
        named(self, "count_scan", _("Count by scanning"))
        self.page = page
        self.desk = page.desk
        self.record = record
        self.sounds = Sounds(enabled=bool(page.memory.get("sounds", True)))
        self.last: CountRecorded | None = None
        self._times = MILLI
        outer = hbox(self, spacing=tokens.SPACE_24)
        outer.setContentsMargins(0, tokens.SPACE_12, 0, 0)
        outer.addLayout(self._left(), 3)
        outer.addWidget(self._right(), 2)
        for keys, run in (("Ctrl+Z", self.undo), ("F8", self.again), ("F4", self._to_area)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        self.show_record(record)

    # What the page calls

    def show_record(self, record: CountCard) -> None:
        """Show the count as it is now: what must be counted again, and the newest scans."""
        self.record = record
        live = record.state == "open"
        for part in (self.goods, self.area, self.take_back):
            part.setEnabled(live)
        prompts = [one for one in record.goods if one.prompt]
        waiting = [one for one in prompts if one.prompt == "waiting"]
        self.prompts.setVisible(bool(prompts))
        self.prompts_title.setText(
            ngettext("{count} must be counted again", "{count} must be counted again", len(prompts)).format(
                count=len(prompts)
            )
        )
        reasons = {
            "waiting": _("wanted again"),
            "differ": _("two people differ"),
            "moved": _("sold while it was counted"),
            "large": _("a large difference"),
        }
        told = [f"{one.name}: {reasons[one.prompt]}" for one in prompts[:PROMPTS_SHOWN]]
        if len(prompts) > PROMPTS_SHOWN:
            told.append(_("and {count} more").format(count=len(prompts) - PROMPTS_SHOWN))
        self.prompts_text.setText("\n".join(told))
        self.prompts_act.setVisible(live and len(prompts) > len(waiting))
        self.desk.ask(
            newest_scans, record.id, done=self._show_scans, failed=question_failed(self), owner=self, key="scans"
        )

    def take_focus(self) -> None:
        """The keyboard goes to the scanning field."""
        self.goods.setFocus()

    # Counting

    def enter(self, text: str) -> None:
        """Do what was scanned or typed."""
        if text.startswith("="):
            self._figure(text[1:])
            return
        times, star, code = text.partition("*")
        self._times = MILLI
        if star and code.strip():
            try:
                self._times = parse_quantity(times)
            except BadAmount:
                self._refuse(_("{text} is no quantity.").format(text=times))
                return
            text = code.strip()
        milli = self._times if self._times != MILLI else None
        self._record(
            RecordCount(key=uuid7(), count_id=self.record.id, code=text, quantity_milli=milli, area=self.place()), text
        )

    def picked(self, hit: GoodsHit) -> None:
        """Count goods that were chosen by their name."""
        milli = hit.quantity_milli * self._times // MILLI
        self._record(
            RecordCount(
                key=uuid7(),
                count_id=self.record.id,
                variant_id=hit.good.variant_id,
                quantity_milli=milli,
                area=self.place(),
            )
        )

    def undo(self) -> None:
        """Take the last scan of the person back."""
        self.desk.execute(
            undo_scan, UndoScan(uuid7(), self.record.id), done=self._undone, failed=self._failed, owner=self
        )
        self.goods.setFocus()

    def again(self) -> None:
        """Begin another round for everything that must be counted again."""
        wanted = tuple(one.variant_id for one in self.record.goods if one.prompt and one.prompt != "waiting")
        if wanted:
            command = CountAgain(self.record.id, wanted)
            self.desk.execute(count_again, command, done=lambda _count: None, failed=self._failed, owner=self)
        self.goods.setFocus()

    def place(self) -> str:
        """The area that is counted now."""
        return self.area.text().strip()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What is typed anywhere on the page is a scan, unless somebody types in a field."""
        text = event.text()
        if text.isprintable() and text and not takes_text(self.window().focusWidget()) and self.goods.isEnabled():
            self.goods.setFocus()
            self.goods.line.insert(text)
            return
        super().keyPressEvent(event)

    def _figure(self, text: str) -> None:
        if self.last is None:
            self._refuse(_("Scan the goods first; then say how many there are."))
            return
        try:
            milli = parse_quantity(text)
        except BadAmount:
            self._refuse(_("{text} is no quantity.").format(text=text))
            return
        self._record(
            RecordCount(
                key=uuid7(),
                count_id=self.record.id,
                variant_id=self.last.variant_id,
                quantity_milli=milli,
                mode="set",
                area=self.place(),
            )
        )

    def _record(self, command: RecordCount, code: str = "") -> None:
        failed = self._failed if not code else partial(self._no_code, code)
        self.desk.execute(record_count, command, done=self._recorded, failed=failed, owner=self)

    def _no_code(self, code: str, error: BaseException) -> None:
        """What is no code may be words."""
        if isinstance(error, UnknownStockProduct) and len(code) >= 2 and not code.isdecimal():
            self.goods.search(code)
            return
        self._failed(error)

    def _recorded(self, done: CountRecorded) -> None:
        self.last = done
        self.sounds.scan()
        bar = bar_of(self)
        if bar is not None:
            bar.clear()
        formats = self.desk.formats
        sign = "+" if done.added_milli > 0 else ""
        self.name.setText(done.name)
        self.sku.setText(done.sku)
        self.tally.setText(f"{formats.quantity(done.tally_milli)} {done.unit}")
        self.added.setText(f"{sign}{formats.quantity(done.added_milli)}")
        words = _("counted by you in {area}").format(area=self.place()) if self.place() else _("counted by you")
        self.where.setText(words if done.round == 1 else _("{words}, counted again").format(words=words))

    def _undone(self, done: CountRecorded) -> None:
        self._recorded(done)
        self.sounds.done()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, ShopError):
            raise error
        self.sounds.error()
        show_refusal(self, error)

    def _unknown(self, code: str) -> None:
        self.goods.clear()
        self._refuse(_("Unknown product: {name}").format(name=code))

    def _refuse(self, sentence: str) -> None:
        self.sounds.error()
        bar = bar_of(self)
        if bar is not None:
            bar.refuse(sentence)

    # Building

    def _left(self) -> QVBoxLayout:
        column = vbox(spacing=tokens.SPACE_12)
        head = hbox(spacing=tokens.SPACE_12)
        self.area = TextField("count_area", _("Area or shelf (F4)"), max_length=40)
        self.area.setPlaceholderText(_("Area or shelf, for example: Shelf 3"))
        self.area.set_value(str(self.page.memory.get(_AREA, "")))
        self.area.edited.connect(lambda: self.page.memory.put(_AREA, self.place()))
        self.area.returnPressed.connect(self.take_focus)
        head.addWidget(Label(_("Area"), "area_label", tone="secondary"))
        head.addWidget(self.area, 1)
        column.addLayout(head)
        self.goods = CountField(self.desk)
        self.goods.entered.connect(self.enter)
        self.goods.picked.connect(self.picked)
        self.goods.unknown.connect(self._unknown)
        column.addWidget(self.goods)
        shown = card("count_last")
        inner = vbox(shown, margin=tokens.SPACE_24, spacing=tokens.SPACE_4)
        self.name = wrapped(
            Label(_("Scan the first goods."), "count_name", font=text_font(tokens.TILL_FOCUS, tokens.SEMIBOLD))
        )
        self.sku = Label("", "count_sku", tone="secondary", font=text_font(tokens.TILL_TEXT))
        self.tally = Label("", "count_tally", font=number_font(tokens.TILL_GRAND, tokens.SEMIBOLD))
        self.added = Label("", "count_added", tone="success", font=number_font(tokens.TILL_FOCUS))
        self.where = wrapped(Label("", "count_where", tone="secondary", font=text_font(tokens.TILL_TEXT)))
        inner.addWidget(self.name)
        inner.addWidget(self.sku)
        row = hbox(spacing=tokens.SPACE_16)
        row.addWidget(self.tally)
        row.addWidget(self.added)
        row.addStretch(1)
        inner.addLayout(row)
        inner.addWidget(self.where)
        inner.addStretch(1)
        column.addWidget(shown, 1)
        foot = hbox(spacing=tokens.SPACE_12)
        self.take_back = button(_("Take the last scan back"), "undo_scan", self.undo, glyph="undo", tip=_("Ctrl+Z"))
        self.take_back.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        foot.addWidget(self.take_back)
        hint = wrapped(
            Label(
                _(
                    "12* and a code counts twelve. =12 says there are twelve of the last goods here. Everything is saved at once."
                ),
                "count_hint",
                tone="secondary",
            )
        )
        foot.addWidget(hint, 1)
        column.addLayout(foot)
        return column

    def _right(self) -> QFrame:
        side = card("count_side")
        column = vbox(side, margin=tokens.SPACE_16, spacing=tokens.SPACE_12)
        self.prompts = named(QWidget(), "count_prompts", _("To be counted again"))
        inner = vbox(self.prompts, spacing=tokens.SPACE_8)
        self.prompts_title = Label(
            "", "prompts_title", tone="warning", font=text_font(tokens.OFFICE_SECTION, tokens.SEMIBOLD)
        )
        self.prompts_text = wrapped(Label("", "prompts_text"))
        self.prompts_act = button(_("Count them again (F8)"), "count_again", self.again, glyph="refresh")
        self.prompts_act.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for part in (self.prompts_title, self.prompts_text, self.prompts_act):
            inner.addWidget(part)
        column.addWidget(self.prompts)
        column.addWidget(section(_("Last scans"), "scans_title"))
        self._scans = vbox(spacing=tokens.SPACE_4)
        column.addLayout(self._scans)
        column.addStretch(1)
        return side

    def _to_area(self) -> None:
        self.area.setFocus()
        self.area.selectAll()

    def _show_scans(self, scans: Sequence[CountScan]) -> None:
        while (item := self._scans.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        formats = self.desk.formats
        for scan in scans:
            line = named(QWidget(), "count_scan_line")
            row = hbox(line, spacing=tokens.SPACE_8)
            sign = "+" if scan.quantity_milli > 0 else ""
            who = ", ".join(part for part in (scan.username, scan.area, formats.time(scan.at)) if part)
            texts = vbox(spacing=0)
            shown = Label(_elided(scan.name), "scan_name", tone="secondary" if scan.is_undo else "")
            texts.addWidget(shown)
            texts.addWidget(Label(who, "scan_who", tone="secondary", font=text_font(tokens.OFFICE_SECONDARY)))
            row.addLayout(texts, 1)
            figure = f"{sign}{formats.quantity(scan.quantity_milli)}"
            row.addWidget(Label(figure, "scan_quantity", font=number_font(tokens.OFFICE_SECTION, tokens.SEMIBOLD)))
            self._scans.addWidget(line)


def _elided(text: str) -> str:
    return text if len(text) <= 36 else f"{text[:35]}…"
