"""The product editor: texts, place in the shop, variants, pictures and facts on one page, saved as one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QWidget

from shopdesk.catalogue.pictures import PictureFields, picture_data
from shopdesk.catalogue.product_fields import UNITS, CodeTaken, ProductFields
from shopdesk.catalogue.product_merge import BothChanged, both_changed, merged
from shopdesk.catalogue.product_record import SaveProduct, save_product
from shopdesk.catalogue.products import CreateProduct, ProductSaved, as_edit
from shopdesk.catalogue.queries import ProductCard, product_record, seller_choices, tax_class_choices
from shopdesk.core.errors import ChangedMeanwhile, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.ui.kit.form_view import Field, FormView, Holds
from shopdesk.ui.kit.messages import Voice
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.tasks import Ticket
from shopdesk.ui.kit.widgets import button, card, hbox, named, section, vbox
from shopdesk.ui.screens.product_conflict import choose_between, met_pictures
from shopdesk.ui.screens.product_facts import FactsModel, FactsTable
from shopdesk.ui.screens.product_pictures import PictureEditor
from shopdesk.ui.screens.product_shelves import ShelfPicker
from shopdesk.ui.screens.product_variants import VariantsEditor
from shopdesk.ui.theme import tokens

if TYPE_CHECKING:
    from shopdesk.ui.kit.record_view import RecordView

_PATH = re.compile(r"(variants|attributes|pictures)\[(\d+)\]\.?(\w*)")
_SIDE_WIDTH = 304
TEXTS = (
    Field("title", N_("Name"), required=True, max_length=200),
    Field("description", N_("Description"), Holds.LONG),
)
PLACE = (
    Field("tax_class_id", N_("Tax"), Holds.CHOICE, query=tax_class_choices),
    Field("unit", N_("Unit"), Holds.CHOICE, required=True, options=tuple((unit, unit) for unit in UNITS)),
    Field("badge", N_("Badge"), max_length=40, none_if_empty=True),
    Field("is_weighed", N_("Weighed at the till"), Holds.YES),
    Field("is_active", N_("On sale"), Holds.YES),
)
MORE = (
    Field("seller_id", N_("Whose goods"), Holds.CHOICE, query=seller_choices, help=N_("Empty: the shop's own.")),
    Field(
        "slug",
        N_("Address name"),
        max_length=120,
        none_if_empty=True,
        help=N_("For links; made from the name if left empty."),
    ),
    Field("weight_grams", N_("Weight in grams"), Holds.COUNT),
    Field("length_mm", N_("Length in mm"), Holds.COUNT),
    Field("width_mm", N_("Width in mm"), Holds.COUNT),
    Field("height_mm", N_("Height in mm"), Holds.COUNT),
)


class ProductEditor(QWidget):
    """Everything of a product on one page. ``dirty`` says whether something is not saved."""

    def __init__(self, page: RecordView, record: ProductCard) -> None:
        super().__init__()
        named(self, "product_editor", _("Product"))
        self.page = page
        self.desk = page.desk
        self._card = record
        self._ticket: Ticket | None = None
        self._touched = False
        self._pictures_touched = False
        self._shown = (0, -1)
        self._offered: list[tuple[int | None, str]] = []
        may = self.desk.may(Permission.CATALOGUE_EDIT)
        self._may = may
        # With their values at once: choices whose options are still on their way would forget them otherwise.
        self.texts, self.place, self.more = (
            FormView(fields, self.desk, _values(record.product, fields)) for fields in (TEXTS, PLACE, MORE)
        )
        self.shelves = ShelfPicker(self.desk)
        self.variants = VariantsEditor(self.desk, self._title, may_edit=may)
        self.pictures = PictureEditor(self.desk, may_edit=may)
        self.facts = FactsModel(self)
        self.facts.may_edit = may
        self._build()
        for form in (self.texts, self.place, self.more):
            form.setEnabled(may)
            form.edited.connect(self._edited)
        self.shelves.setEnabled(may)
        self.shelves.edited.connect(self._edited)
        self.facts.edited.connect(self._edited)
        self.variants.edited.connect(self._edited)
        self.pictures.edited.connect(self._picture_edited)
        self.variants.wanted.connect(self._open_other)
        self.place.edited.connect(lambda: self.variants.set_tax(self._tax()))
        self.show_record(record)

    # What the page asks

    @property
    def dirty(self) -> bool:
        """Whether something stands here that is not saved."""
        return self._touched

    def show_record(self, record: ProductCard) -> None:
        """Show the product as it is now; what somebody typed stays and meets the other's work when it is saved."""
        if self._touched:
            return
        if self._shown == (record.id, record.version):
            self.shelves.load()  # nothing of the product is another; somebody may be typing in a cell
            return
        self._shown = (record.id, record.version)
        self._card = record
        self._put(record.product)
        names = {v.variant_id: v.name for v in record.product.variants if v.variant_id is not None}
        self.pictures.put(record.images, names)
        self._offer_variants()
        if record.images:
            self.desk.ask(
                picture_data,
                record.id,
                done=self.pictures.show_content,
                failed=question_failed(self),
                owner=self,
                key="pictures",
            )
        self._settle()

    def discard(self) -> None:
        """Show again what is saved."""
        self._touched = False
        self._shown = (0, -1)
        self.show_record(self._card)

    def take_focus(self) -> None:
        """The keyboard goes to the name."""
        self.texts.focus_first()

    # Building

    def _build(self) -> None:
        outer = vbox(self, spacing=tokens.SPACE_12)
        scroll = named(QScrollArea(), "editor_scroll", _("Product"))
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = named(QWidget(), "editor_inner")
        column = vbox(inner, spacing=tokens.SPACE_16)
        column.setContentsMargins(0, 0, tokens.SPACE_12, 0)
        top = hbox(spacing=tokens.SPACE_16)
        left = _part("part_texts", self.texts, self.shelves)
        right = _part("part_place", self.place)
        right.setFixedWidth(_SIDE_WIDTH)
        top.addWidget(left, 1)
        top.addWidget(right)
        column.addLayout(top)
        column.addWidget(_part("part_variants", self.variants))
        bottom = hbox(spacing=tokens.SPACE_16)
        self.facts_table = FactsTable(self.facts)
        below = vbox(spacing=tokens.SPACE_16)
        below.addWidget(_part("part_pictures", section(_("Pictures"), "pictures_title"), self.pictures))
        below.addWidget(_part("part_facts", section(_("Attributes"), "facts_title"), self.facts_table), 1)
        bottom.addLayout(below, 1)
        more = _part("part_more", section(_("More"), "more_title"), self.more)
        more.setFixedWidth(_SIDE_WIDTH)
        bottom.addWidget(more)
        column.addLayout(bottom)
        column.addStretch(1)
        scroll.setWidget(inner)
        outer.addWidget(scroll, 1)
        row = hbox()
        row.addStretch(1)
        self.undo = button(_("Discard changes"), "discard", self.discard)
        self.act = button(_("Save product"), "act", self.save, role="primary", tip=_("Save product (Ctrl+Enter)"))
        row.addWidget(self.undo)
        row.addWidget(self.act)
        outer.addLayout(row)
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+S"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.save)

    # Values

    def _put(self, product: ProductFields) -> None:
        for form in (self.texts, self.place, self.more):
            form.clear_errors()
            form.set_values(_values(product, form.fields))
        self.shelves.put(product.category_ids)
        self.facts.put(product.attributes)
        self.variants.put(product.variants)
        self.variants.set_tax(product.tax_class_id)

    def values(self) -> ProductFields:
        """The product as it stands here; raises ShopError after marking what cannot be read."""
        values: dict[str, Any] = {}
        first: ShopError | None = None
        for form in (self.texts, self.place, self.more):
            try:
                values |= form.values() | self._still_coming(form)
            except ShopError as error:
                first = first or error
        if first is not None:
            raise first
        return ProductFields(
            **values,
            status=self._card.product.status,
            category_ids=self.shelves.chosen,
            attributes=self.facts.facts,
            variants=self.variants.model.variants,
        )

    def _still_coming(self, form: FormView) -> dict[str, object]:
        """The stored values of choices whose options have not arrived, and which nobody can have changed."""
        keys = [field.key for field in form.fields if field.query is not None and not form.input(field.key).options]
        return {key: getattr(self._card.product, key) for key in keys}

    def _title(self) -> str:
        return str(self.texts.input("title").value() or "")

    def _tax(self) -> int | None:
        field = self.place.input("tax_class_id")
        value = field.value() if field.options else self._card.product.tax_class_id
        return value if isinstance(value, int) else None

    def _place_of(self, product: ProductFields) -> dict[tuple[int | None, str], int]:
        found: dict[tuple[int | None, str], int] = {}
        for place, variant in enumerate(product.variants):
            found[variant.variant_id, variant.name] = place
            if variant.variant_id is not None:  # it may have been renamed since
                for other in self._card.product.variants:
                    if other.variant_id == variant.variant_id:
                        found[variant.variant_id, other.name] = place
        return found

    def _offer_variants(self) -> None:
        names = [(v.variant_id, v.name) for v in self.variants.model.variants if v.is_active]
        if names != self._offered:
            self._offered = names
            self.pictures.offer_variants(names)

    # Saving

    def save(self) -> None:
        """Save everything; what is wrong is shown beside its field."""
        if self._ticket is not None and not self._ticket.finished:
            return
        self.page.messages.clear()
        if self.pictures.waiting:
            self.page.messages.say(_("A picture is still being read. Save again in a moment."), Voice.WARNING)
            return
        try:
            product = self.values()
        except ShopError:
            return
        if self.variants.show_first_problem():
            return
        self._write(product, self._card.version, self._wanted_pictures(product))

    def _wanted_pictures(self, product: ProductFields) -> tuple[PictureFields, ...] | None:
        return self.pictures.fields(self._place_of(product)) if self._pictures_touched else None

    def _write(self, product: ProductFields, version: int, pictures: tuple[PictureFields, ...] | None) -> None:
        if self._card.id:
            command = SaveProduct(as_edit(self._card.id, version, product), pictures)
        else:
            own = {name: getattr(product, name) for name in ProductFields.__dataclass_fields__}
            command = SaveProduct(CreateProduct(**{**own, "status": "approved"}), pictures)

        def refused(error: ShopError) -> bool:
            if isinstance(error, ChangedMeanwhile):
                self._meet(product, pictures)
                return True
            if isinstance(error, CodeTaken):
                self.variants.name_owner(error)
            return False

        operation = Operation(save_product, command, done=self._saved, refused=refused)
        self._ticket = operation.run(self.desk, self, form=self, hold=(self.act,))

    def show_error(self, field: str, sentence: str) -> bool:
        """Show a refusal beside its field; False when the page has no such field."""
        words = sentence.partition(": ")[2] or sentence if sentence.startswith(field) else sentence
        found = _PATH.fullmatch(field)
        if found is not None:
            part, place, key = found[1], int(found[2]), found[3]
            if part == "variants":
                return self.variants.refuse(place, key or "sku", words)
            if part == "attributes":
                return self.facts.refuse(place, key, words) and self._say(words)
            self.pictures.refuse(words)
            return True
        if field == "category_ids":
            self.shelves.refuse(words)
            return True
        if field == "pictures":
            self.pictures.refuse(words)
            return True
        return any(form.show_error(field, words) for form in (self.texts, self.place, self.more))

    def _say(self, words: str) -> bool:
        self.page.messages.refuse(words)
        return True

    def _saved(self, saved: ProductSaved) -> None:
        self._touched = False
        self._settle()
        words = [_("Saved.")]
        if saved.approval == "pending":
            words.append(_("It is sold once somebody has approved it."))
        words += saved.doubts
        self.page.messages.say(" ".join(words), Voice.WARNING if saved.doubts else Voice.SUCCESS)
        self.page.record_id = saved.product_id
        self.page.refresh()

    # Two at once

    def _meet(self, mine: ProductFields, pictures: tuple[PictureFields, ...] | None) -> None:
        """Somebody else saved first: put both together, and ask where both changed the same."""
        base = self._card

        def ready(theirs: ProductCard) -> None:
            clashes = both_changed(base.product, theirs.product, mine)

            def take(chosen: Mapping[BothChanged, bool]) -> None:
                keys = {clash.key for clash, is_theirs in chosen.items() if is_theirs}
                product = merged(base.product, theirs.product, mine, keys)
                self._card = theirs
                self._put(product)
                self._edited()
                self._write(product, theirs.version, met_pictures(base, theirs, pictures))

            if clashes:
                choose_between(self, self.desk, theirs, clashes, take)
            else:
                take({})

        self.desk.ask(
            product_record, base.id, self.desk.actor, done=ready, failed=question_failed(self), owner=self, key="meet"
        )

    # Within

    def _edited(self) -> None:
        self._touched = True
        self._offer_variants()
        self._settle()

    def _picture_edited(self) -> None:
        self._pictures_touched = True
        self._touched = True
        self._settle()

    def _settle(self) -> None:
        if not self._touched:
            self._pictures_touched = False
        self.undo.setEnabled(self._touched)
        self.act.setEnabled(self._touched and self._may)
        self.undo.setVisible(self._may)
        self.act.setVisible(self._may)

    def _open_other(self, product_id: int) -> None:
        from shopdesk.ui.screens.product_page import open_product

        open_product(self, product_id)


def _values(product: ProductFields, fields: Sequence[Field]) -> dict[str, object]:
    return {field.key: getattr(product, field.key) for field in fields}


def _part(name: str, *widgets: QWidget) -> QFrame:
    """A card with its widgets in a column."""
    made = card(name)
    column: QBoxLayout = vbox(made, margin=tokens.SPACE_16, spacing=tokens.SPACE_12)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    return made
