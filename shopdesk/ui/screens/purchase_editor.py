"""The lines of a purchase order: edited while it is a draft, shown with what came of them afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.purchasing.cover import Habits
from shopdesk.purchasing.goods import Article, supplier_articles
from shopdesk.purchasing.order_queries import OrderCard, OrderLine
from shopdesk.purchasing.orders import OrderLineFields, OrderSaved, SaveOrder, save_order
from shopdesk.purchasing.placing import BelowMinimum, PlaceOrder, place_order
from shopdesk.purchasing.scanning import Scanned
from shopdesk.purchasing.suggest import Suggestion, suggestions
from shopdesk.ui.kit.inputs import ChoiceField, DayField, LongText
from shopdesk.ui.kit.messages import Voice, ask
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.texts import TextField
from shopdesk.ui.kit.widgets import Label, button, card, hbox, named, vbox
from shopdesk.ui.screens import purchase_lines as lines
from shopdesk.ui.screens.purchase_goods import GoodsLine
from shopdesk.ui.screens.purchase_lines import Line, LineColumn, LinesModel, LinesTable
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font

DRAFT_COLUMNS = (
    LineColumn("sku", N_("SKU"), lambda line, _f: line.sku, width=112, right=False),
    LineColumn("name", N_("Name"), lambda line, _f: line.name, right=False, stretch=True),
    LineColumn("code", N_("Their number"), lambda line, _f: line.code, width=104, right=False),
    LineColumn("packs", N_("Packs"), lines.shown_packs, lines.read_packs, width=72),
    LineColumn("pack", N_("Pack"), lines.shown_pack, lines.read_pack, width=72),
    LineColumn("quantity", N_("Quantity"), lines.shown_quantity, lines.read_quantity, width=88),
    LineColumn("cost", N_("Cost of a pack"), lines.shown_cost, lines.read_cost, width=112),
    LineColumn("total", N_("Total"), lines.shown_total, width=104),
)
SIDE = 248


def draft_line(article: Article, quantity_milli: int) -> Line:
    """A new line of an article."""
    return Line(
        variant_id=article.variant_id,
        sku=article.sku,
        name=article.name,
        unit=article.unit,
        code=article.supplier_code,
        pack_milli=article.pack_milli,
        pack_cents=article.likely_pack_cents,
        quantity_milli=quantity_milli,
        price_cents=article.price_cents,
    )


def kept_line(line: OrderLine) -> Line:
    """A line as the order has it."""
    return Line(
        variant_id=line.variant_id,
        sku=line.sku,
        name=line.name,
        unit=line.unit,
        code=line.supplier_code,
        pack_milli=line.pack_milli,
        pack_cents=line.pack_cents,
        quantity_milli=line.quantity_milli,
        price_cents=line.price_cents,
    )


class DraftEditor(QWidget):
    """A draft with its lines. ``dirty`` until it is saved; saving keeps the version that was shown."""

    def __init__(self, page: RecordView, order: OrderCard) -> None:
        super().__init__()
        named(self, "draft_editor", _("Lines of the draft"))
        self._page = page
        self._desk = page.desk
        self.order = order
        self.dirty = False
        self.goods = GoodsLine(self._desk, "goods_line", supplier_id=order.supplier_id, warehouse_id=order.warehouse_id)
        self.model = LinesModel(DRAFT_COLUMNS, self._desk.formats, self)
        self.table = LinesTable(self.model, self)
        self.expected = DayField("expected_on", _("Expected on"))
        self.warehouse = ChoiceField("warehouse_id", _("Deliver to"), [(order.warehouse_id, order.warehouse)])
        self.reference = TextField("supplier_reference", _("Their order number"))
        self.notes = LongText("notes", _("Notes for the supplier"))
        self.staff_notes = LongText("staff_notes", _("Notes for the staff"))
        self._build()
        self._connect()
        self.show_record(order)
        self._desk.ask(warehouse_choices, done=self._offer, failed=question_failed(self), owner=self)

    def show_record(self, order: OrderCard) -> None:
        """Show the draft as it is now, unless something here is not saved."""
        if self.dirty:
            return
        self.order = order
        self.model.set_lines([kept_line(line) for line in order.lines])
        self.expected.set_value(order.expected_on)
        self.warehouse.set_value(order.warehouse_id)
        self.reference.set_value(order.supplier_reference)
        self.notes.set_value(order.notes)
        self.staff_notes.set_value(order.staff_notes)
        self._changed(False)

    def take_focus(self) -> None:
        """The keyboard goes to the goods."""
        self.goods.line.setFocus()

    def discard(self) -> None:
        """Give up what is not saved."""
        self.dirty = False

    def add(self, article: Article, quantity_milli: int) -> None:
        """Add goods, or more of what stands there already."""
        at = self.model.place_of(article.variant_id)
        if at >= 0:
            self.model.count(at, quantity_milli)
            self.table.show_row(at)
        else:
            self.model.add(draft_line(article, quantity_milli))

    def save(self, then: Any = None) -> None:
        """Save the draft; ``then`` is called when it is done.

        The page owns the work: placing a draft takes this editor away, maybe before the answer is here.
        """

        def done(saved: OrderSaved) -> None:
            self.dirty = False
            if then is None:
                self._page.messages.say(_("The draft is saved."), Voice.SUCCESS)
                self._page.refresh()
            else:
                then(saved)

        Operation(save_order, self._command(), done=done).run(
            self._desk, self._page, hold=(self._save_button, self._place_button)
        )

    def place(self, *, below_minimum: bool = False) -> None:
        """Order what stands here: save it first if need be, then give it its number."""
        if self.dirty:
            self.save(lambda _saved: self._place_saved(self.order.version + 1, below_minimum))
        else:
            self._place_saved(self.order.version, below_minimum)

    def _place_saved(self, version: int, below_minimum: bool) -> None:
        command = PlaceOrder(key=uuid7(), order_id=self.order.id, version=version, below_minimum=below_minimum)

        def done(placed: Any) -> None:
            words = _("Order {number} is placed. Print it or send it to the supplier.").format(number=placed.number)
            self._page.messages.say(words, Voice.SUCCESS)
            self._page.refresh()

        def refused(error: Exception) -> bool:
            if not isinstance(error, BelowMinimum):
                return False
            formats, values = self._desk.formats, error.values
            text = _("{name} delivers from {minimum}; this order comes to {total}.").format(
                name=values["name"],
                minimum=formats.money(int(str(values["minimum_cents"]))),
                total=formats.money(int(str(values["total_cents"]))),
            )
            again = partial(self._place_saved, version, True)
            ask(self, _("Order below the minimum?"), text, _("Order all the same"), again)
            return True

        operation = Operation(place_order, command, done=done, refused=refused)
        operation.run(self._desk, self._page, hold=(self._save_button, self._place_button))

    def _command(self) -> SaveOrder:
        wanted = tuple(
            OrderLineFields(
                variant_id=line.variant_id,
                quantity_milli=line.quantity_milli,
                pack_quantity_milli=line.pack_milli,
                pack_cost_cents=line.pack_cents,
            )
            for line in self.model.lines
            if line.quantity_milli
        )
        warehouse = self.warehouse.value()
        return SaveOrder(
            order_id=self.order.id,
            version=self.order.version,
            supplier_id=self.order.supplier_id,
            warehouse_id=int(str(warehouse)) if warehouse is not None else self.order.warehouse_id,
            lines=wanted,
            expected_on=self.expected.value(),  # type: ignore[arg-type]  # a day field holds a date
            supplier_reference=str(self.reference.value() or ""),
            notes=str(self.notes.value()),
            staff_notes=str(self.staff_notes.value()),
        )

    # Building

    def _build(self) -> None:
        outer = hbox(self, spacing=tokens.SPACE_16)
        main = vbox(spacing=tokens.SPACE_12)
        top = hbox(spacing=tokens.SPACE_8)
        top.addWidget(self.goods, 1)
        top.addWidget(button(_("Their goods"), "add_items", self._add_items, glyph="package-variant"))
        top.addWidget(button(_("Suggested"), "add_suggested", self._add_suggested, glyph="chart-line"))
        main.addLayout(top)
        ground = card("lines_card")
        inner = vbox(ground, margin=1)
        inner.addWidget(self.table)
        main.addWidget(ground, 1)
        foot = hbox(spacing=tokens.SPACE_12)
        self._count = Label("", "lines_count", tone="secondary")
        self._total = Label("", "lines_total", font=number_font(tokens.OFFICE_SECTION))
        self._save_button = button(_("Save draft"), "save", self.save, tip=_("Save draft (Ctrl+S)"))
        self._place_button = button(
            _("Place order"), "place", self.place, role="primary", glyph="check", tip=_("Place order (Ctrl+Enter)")
        )
        foot.addWidget(self._count)
        foot.addStretch(1)
        foot.addWidget(self._total)
        foot.addSpacing(tokens.SPACE_16)
        foot.addWidget(self._save_button)
        foot.addWidget(self._place_button)
        main.addLayout(foot)
        outer.addLayout(main, 1)
        side = named(QWidget(), "draft_side", _("About the order"))
        side.setFixedWidth(SIDE)
        column = vbox(side, spacing=tokens.SPACE_4)
        small = text_font(tokens.OFFICE_SECONDARY)
        for words, widget in (
            (_("Expected on"), self.expected),
            (_("Deliver to"), self.warehouse),
            (_("Their order number"), self.reference),
            (_("Notes for the supplier"), self.notes),
            (_("Notes for the staff"), self.staff_notes),
        ):
            head = Label(words, f"{widget.objectName()}_label", tone="secondary", font=small)
            head.setBuddy(widget)
            column.addWidget(head)
            column.addWidget(widget)
            column.addSpacing(tokens.SPACE_8)
        column.addStretch(1)
        outer.addWidget(side)

    def _connect(self) -> None:
        self.goods.found.connect(self._found)
        self.goods.unknown.connect(self._unknown)
        self.model.edited.connect(lambda: self._changed(True))
        self.model.refused.connect(self._page.messages.refuse)
        self.model.coded.connect(self.goods.read)
        self.table.removed.connect(self.model.remove)
        for widget in (self.expected, self.warehouse, self.reference, self.notes, self.staff_notes):
            widget.edited.connect(lambda: self._changed(True))
        for keys, act in (("Ctrl+S", self.save), ("Ctrl+Return", self.place), ("Ctrl+Enter", self.place)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda act=act: act())
        may = self._desk.may(Permission.PURCHASE)
        self._save_button.setEnabled(may)
        self._place_button.setEnabled(may)
        self.model.locked = not may
        self.goods.setEnabled(may)

    def _changed(self, dirty: bool) -> None:
        self.dirty = dirty
        many = len(self.model.lines)
        self._count.setText(ngettext("{n} line", "{n} lines", many).format(n=many))
        self._total.setText(self._desk.formats.money(self.model.total_cents))

    def _offer(self, choices: Sequence[tuple[int, str]]) -> None:
        self.warehouse.set_options(list(choices))
        self.warehouse.set_value(self.order.warehouse_id)

    def _found(self, known: Scanned) -> None:
        self.add(known.article, known.quantity_milli)

    def _unknown(self, code: str) -> None:
        self._page.messages.refuse(_("No product has the code {code}.").format(code=code))

    def _add_items(self) -> None:
        """Every article of the supplier that is not there yet, without a quantity: those left empty are not ordered."""

        def add(articles: Sequence[Article]) -> None:
            new = [one for one in articles if self.model.place_of(one.variant_id) < 0]
            for article in new:
                self.model.add(draft_line(article, 0))
            if not new:
                self._page.messages.say(_("All goods of this supplier stand here already."))

        self._desk.ask(supplier_articles, self.order.supplier_id, done=add, failed=question_failed(self), owner=self)

    def _add_suggested(self) -> None:
        def add(found: Sequence[Suggestion]) -> None:
            added = 0
            for one in found:
                if self.model.place_of(one.variant_id) < 0:
                    self.model.add(
                        Line(
                            one.variant_id,
                            one.sku,
                            one.name,
                            one.unit,
                            pack_milli=one.pack_milli,
                            pack_cents=one.pack_cents,
                            quantity_milli=one.quantity_milli,
                        )
                    )
                    added += 1
            words = ngettext("{n} suggested line was added.", "{n} suggested lines were added.", added).format(n=added)
            self._page.messages.say(words if added else _("Nothing of this supplier runs low."))

        place = self.order.warehouse_id
        supplier = self.order.supplier_id
        self._desk.ask(suggestions, place, Habits(), supplier, done=add, failed=question_failed(self), owner=self)
