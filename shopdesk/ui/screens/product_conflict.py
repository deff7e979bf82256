"""Where two people changed the same field of a product: both values, and the choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from shopdesk.catalogue.pictures import PictureFields
from shopdesk.catalogue.product_fields import BarcodeFields
from shopdesk.catalogue.product_merge import BothChanged
from shopdesk.catalogue.queries import ProductCard
from shopdesk.core.i18n import _
from shopdesk.db.paging import Page, PageRequest
from shopdesk.system.history import HistoryRow, history_page
from shopdesk.system.history_names import FIELD_NAMES
from shopdesk.ui.kit.conflict import Clash, ConflictDialog
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_view import Field
from shopdesk.ui.kit.formats import Formats, yes_no
from shopdesk.ui.screens.product_cells import show_barcodes

Take = Callable[[Mapping[BothChanged, bool]], object]


class ProductWords:
    """A product's values as people read them."""

    def __init__(self, formats: Formats) -> None:
        self._formats = formats

    def words(self, key: str, value: Any) -> str:
        """A value in words; empty for nothing."""
        if value is None or value in ("", ()):
            return ""
        if isinstance(value, bool):
            return yes_no(value)
        if key.endswith("_cents"):
            return self._formats.amount(value)
        if isinstance(value, tuple) and isinstance(value[0], BarcodeFields):
            return show_barcodes(value, self._formats)
        if isinstance(value, tuple):
            return ", ".join(" ".join(map(str, one)).strip() if isinstance(one, tuple) else str(one) for one in value)
        return str(value)


def choose_between(
    parent: QWidget, desk: Desk, theirs: ProductCard, clashes: Sequence[BothChanged], take: Take
) -> None:
    """Ask for each clash whether theirs or mine shall stand; ``take`` gets the choice, True for theirs."""
    skus = {variant.variant_id: variant.sku for variant in theirs.product.variants}
    by_key = {f"{number}:{name}": clash for clash in clashes for number, name in (clash.key,)}

    def label(clash: BothChanged) -> str:
        number, name = clash.key
        words = _(FIELD_NAMES.get(name, name))
        return words if not number else _("{field} of {sku}").format(field=words, sku=skus.get(number, ""))

    shown = [
        Clash(Field(key, label(clash)), clash.was, clash.theirs, clash.mine, touched=True)
        for key, clash in by_key.items()
    ]

    def chosen(values: Mapping[str, object]) -> None:
        take({clash: values[key] is clash.theirs or values[key] == clash.theirs for key, clash in by_key.items()})

    def open_with(page: Page[HistoryRow] | None) -> None:
        last = page.rows[0] if page is not None and page.rows else None
        ConflictDialog(parent, ProductWords(desk.formats), desk.formats, shown, last, chosen).open()

    desk.ask(
        history_page,
        PageRequest(descending=True, limit=1),
        target_type="product",
        target_id=str(theirs.id),
        actor=desk.actor,
        done=open_with,
        failed=lambda _error: open_with(None),  # who may not read who did it still chooses
        owner=parent,
    )


def met_pictures(
    base: ProductCard, theirs: ProductCard, mine: tuple[PictureFields, ...] | None
) -> tuple[PictureFields, ...] | None:
    """My pictures without those that they removed, with those that they added behind."""
    if mine is None:
        return None
    before, now = {image[0] for image in base.images}, {image[0] for image in theirs.images}
    kept = [one for one in mine if one.image_id is None or one.image_id in now]
    added = [
        PictureFields(image_id=image_id, alt_text=alt, is_primary=primary and not kept)
        for image_id, _blob, alt, primary, _variant in theirs.images
        if image_id not in before
    ]
    return (*kept, *added)
