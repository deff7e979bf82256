"""The part of the product editor about variants: options, grid, own barcodes, and whose code it is that was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from shopdesk.catalogue.codes_taken import codes_in_use
from shopdesk.catalogue.internal_codes import MakeBarcodes, make_barcodes
from shopdesk.catalogue.margin import TaxesNow, taxes_now
from shopdesk.catalogue.product_fields import BarcodeFields, CodeTaken, VariantFields
from shopdesk.catalogue.variant_grid import made_grid, traits_of
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _, ngettext
from shopdesk.core.permissions import Permission
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.texts import CheckField
from shopdesk.ui.kit.widgets import Label, button, hbox, named, section, vbox, wrapped
from shopdesk.ui.screens.product_cells import Context, sentence_of
from shopdesk.ui.screens.product_grid import VariantModel, VariantTable
from shopdesk.ui.screens.product_options import OptionsEditor
from shopdesk.ui.theme import tokens

_TRIES = 4


class VariantsEditor(QWidget):
    """Options above, the grid below them, what is wrong between. ``wanted`` is sent with a product that shall be opened."""

    edited = Signal()
    wanted = Signal(int)

    def __init__(self, desk: Desk, title: Callable[[], str], *, may_edit: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "variants", _("Variants"))
        self._desk = desk
        self._title = title
        self._stored: frozenset[int] = frozenset()
        self._owners: dict[str, tuple[int, str]] = {}
        context = Context(desk.formats, TaxesNow(False, {}), None)
        self.model = VariantModel(context, costs=desk.may(Permission.COST_VIEW), may_edit=may_edit)
        self.model.setParent(self)
        self.table = VariantTable(self.model)
        self.options = OptionsEditor()
        self.options.setVisible(may_edit)
        column = vbox(self)
        column.addLayout(self._head(may_edit))
        self.options.after = self._last_button
        column.addWidget(self.options)
        row = hbox()
        self.problem = wrapped(Label("", "variants_error", tone="danger"))
        self.way = button("", "open_other", self._open_other, glyph="arrow-right")
        row.addWidget(self.problem, 1)
        row.addWidget(self.way)
        column.addLayout(row)
        column.addWidget(self.table)
        self._other: int | None = None
        self.options.wanted.connect(self.make_grid)
        self.model.edited.connect(self._edited)
        desk.ask(taxes_now, done=self._taxes, failed=question_failed(self), owner=self, key="taxes")
        shortcut = QShortcut(QKeySequence("Ctrl+G"), self)
        shortcut.activated.connect(self.make_grid)
        self._show_problem()

    def put(self, variants: Sequence[VariantFields]) -> None:
        """Show a product's variants."""
        self._stored = frozenset(one.variant_id for one in variants if one.variant_id is not None)
        self._owners.clear()
        self.model.put(variants)
        self.options.put(traits_of([variant for variant in variants if variant.is_active] or variants))
        some = any(not variant.is_active for variant in variants)
        self.retired.setVisible(some)
        self._show_problem()

    def set_tax(self, tax_class_id: int | None) -> None:
        """Margins are reckoned with this tax class."""
        context = self.model.context
        self.model.refresh(Context(self._desk.formats, context.taxes, tax_class_id))

    def make_grid(self) -> None:
        """Make every combination of the options; what is there stays."""
        self._try_grid({}, _TRIES)

    def refuse(self, place: int, key: str, sentence: str) -> bool:
        """Show what the shop refused in a cell; False if it is none."""
        if not self.model.refuse(place, key, sentence):
            return False
        self._show_problem()
        index = self.model.index_of(place, key)
        if index.isValid():
            self.table.setCurrentIndex(index)
            self.table.setFocus()
        return True

    def name_owner(self, error: CodeTaken) -> None:
        """Whose code it is, for the way there."""
        if error.product_id is not None:
            self._owners[str(error.values["code"])] = (error.product_id, str(error.values["other"]))
        self._show_problem()

    def show_first_problem(self) -> bool:
        """Put the keyboard into the first cell that is wrong; False when none is."""
        for place, key in sorted(self.model.problems):
            self.model.show_retired(self.model.retired_too or not self.model.variants[place].is_active)
            index = self.model.index_of(place, key)
            self.table.setCurrentIndex(index)
            self.table.scrollTo(index)
            self.table.setFocus()
            self._show_problem()
            return True
        return False

    # Within

    def _head(self, may_edit: bool) -> QHBoxLayout:
        row = hbox(spacing=tokens.SPACE_8)
        row.addWidget(section(_("Variants"), "variants_title"))
        self.count = Label("", "variants_count", tone="secondary")
        row.addWidget(self.count)
        row.addStretch(1)
        self.retired = CheckField("show_retired", _("Show retired"))
        self.retired.edited.connect(lambda: self.model.show_retired(bool(self.retired.value())))
        row.addWidget(self.retired)
        for words, name, act, tip, keys in (
            (_("Make barcodes"), "make_barcodes", self.make_codes, _("Own EAN-13s for those without (Alt+B)"), "Alt+B"),
            (_("Fill down"), "fill_down", self.table.fill_down, _("The cell's value for those below (Ctrl+D)"), ""),
            (_("Set all"), "set_all", self.table.set_all, _("The cell's value for all (Ctrl+Shift+D)"), ""),
            (_("Remove"), "remove_variants", self._remove, _("Remove the chosen ones (Ctrl+Del)"), ""),
        ):
            made = button(words, name, act, tip=tip, role="quiet")
            if keys:
                made.setShortcut(keys)
            made.setVisible(may_edit)
            row.addWidget(made)
            self._last_button = made
        return row

    def _try_grid(self, taken: dict[str, tuple[int, str]], tries: int) -> None:
        variants = self.model.variants
        fresh = all(variant.variant_id is None for variant in variants)
        kept = [] if fresh and not traits_of(variants) else list(variants)
        template = next((variant for variant in variants if variant.is_active), variants[0] if variants else None)
        try:
            traits = self.options.traits()
            pattern = self.options.pattern.text()
            grid = made_grid(traits, kept, title=self._title(), pattern=pattern, template=template, taken=taken)
        except ShopError as error:
            self.options.refuse(sentence_of(error))
            return
        self.options.refuse("")
        new = [variant.sku for variant in grid if variant.variant_id is None and variant.sku not in taken]

        def known(found: dict[str, tuple[int, str]]) -> None:
            if found and tries:
                self._try_grid({**taken, **found}, tries - 1)
            else:
                self._put_grid(grid)

        self._desk.ask(codes_in_use, new, done=known, failed=question_failed(self), owner=self, key="grid")

    def _put_grid(self, grid: Sequence[VariantFields]) -> None:
        ids = {variant.variant_id for variant in grid}
        retired = [
            one for one in self.model.variants if one.variant_id and not one.is_active and one.variant_id not in ids
        ]
        self.model.put([*grid, *retired])
        column = [cell.key for cell in self.model.cells].index("price_cents")
        self.table.setCurrentIndex(self.model.index(0, column))
        self.table.setFocus()
        self._edited()

    def make_codes(self) -> None:
        """Give each shown variant without a barcode an article number of the shop's own; of several chosen ones only those."""
        rows = self.table.chosen_rows()
        rows = rows if len(rows) > 1 else list(range(self.model.rowCount()))
        column = [cell.key for cell in self.model.cells].index("barcodes")
        bare = [row for row in rows if not self.model.variants[self.model.place(row)].barcodes]
        if not bare:
            return

        def made(codes: tuple[str, ...]) -> None:
            with self.model.together():
                for row, code in zip(bare, codes, strict=True):
                    if row < self.model.rowCount():
                        self.model.write(row, column, code)

        Operation(make_barcodes, MakeBarcodes(len(bare)), done=made).run(self._desk, self)

    def _remove(self) -> None:
        self.model.take_out(self.table.chosen_rows())

    def _taxes(self, taxes: TaxesNow) -> None:
        self.model.refresh(Context(self._desk.formats, taxes, self.model.context.tax_class_id))

    def _edited(self) -> None:
        self._show_problem()
        self.edited.emit()
        codes = self._new_codes()
        if codes:
            self._desk.ask(
                codes_in_use,
                codes,
                self._stored,
                done=partial(self._owned, frozenset(codes)),
                failed=question_failed(self),
                owner=self,
                key="codes",
            )

    def _new_codes(self) -> list[str]:
        found = []
        for variant in self.model.variants:
            found += [variant.sku, *(code.barcode for code in variant.barcodes)]
        return [code for code in found if code]

    def _owned(self, asked: frozenset[str], owners: dict[str, tuple[int, str]]) -> None:
        """Mark the codes that another product has, while they still stand there."""
        self._owners = owners
        self.model.clear_refusals()
        for place, variant in enumerate(self.model.variants):
            codes: tuple[BarcodeFields, ...] = variant.barcodes
            for key, code in (("sku", variant.sku), *(("barcodes", one.barcode) for one in codes)):
                if code in asked and code in owners:
                    sentence = _("{code} already belongs to {other}.").format(code=code, other=owners[code][1])
                    self.model.refuse(place, key, sentence)
        self._show_problem()

    def _show_problem(self) -> None:
        problems = self.model.problems
        count = sum(variant.is_active for variant in self.model.variants)
        self.count.setText(ngettext("{count} variant", "{count} variants", count).format(count=count))
        self._other = None
        if not problems:
            self.problem.hide()
            self.way.hide()
            return
        place, key = min(problems)
        sentence = problems[place, key]
        more = len(problems) - 1
        words = sentence if sentence else _("This is not right.")
        if more:
            others = ngettext("{count} more cell is wrong.", "{count} more cells are wrong.", more).format(count=more)
            words = f"{words} {others}"
        self.problem.setText(words)
        self.problem.show()
        variant = self.model.variants[place]
        codes = [variant.sku] if key == "sku" else [code.barcode for code in variant.barcodes]
        owner = next((self._owners[code] for code in codes if code in self._owners), None)
        self.way.setVisible(owner is not None)
        if owner is not None:
            self._other = owner[0]
            self.way.setText(_("Open {name}").format(name=_short(owner[1])))

    def _open_other(self) -> None:
        if self._other is not None:
            self.wanted.emit(self._other)


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:39]}..."
