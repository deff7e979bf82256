"""Which tiles stand on which page: favourites, recent, categories, and the variants behind a tile."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu

from shopdesk.catalogue.favourites import SetFavourite, set_favourite
from shopdesk.catalogue.pictures import picture
from shopdesk.catalogue.tiles import (
    Tile as Goods,
)
from shopdesk.catalogue.tiles import (
    TileCategory,
    VariantChoice,
    category_tiles,
    favourite_tiles,
    recent_tiles,
    tile_categories,
    variant_choices,
)
from shopdesk.core.errors import NotPermitted
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.marketing.wish_favourites import customer_tiles
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.theme.icons import icon
from shopdesk.ui.till.selling import Selling
from shopdesk.ui.till.sizes import MENU_STYLE
from shopdesk.ui.till.tiles import Tile, Tiles, tile_picture
from shopdesk.ui.till.till_desk import TillDesk
from shopdesk.ui.till.wish_work import WishWork

FAVOURITES, RECENT, VARIANTS, THEIRS = "favourites", "recent", "variants", "theirs"
_REMEMBERED = "till.tiles"


class GoodsPages(QObject):
    """Fills the tiles. A page that was shown once is shown again at once, and read anew behind it."""

    def __init__(self, till: TillDesk, selling: Selling) -> None:
        super().__init__(till)
        self._till = till
        self._selling = selling
        self.tiles = Tiles(self._read_picture)
        self.tiles.page_wanted.connect(self.open)
        self.tiles.pressed.connect(self._pressed)
        self.tiles.menu_wanted.connect(self.open_menu)
        self._back_to = FAVOURITES
        self._first = RECENT
        self._known: dict[str, Sequence[Tile]] = {}
        self._pages: list[tuple[str, str]] = []
        self._buyer: int | None = None
        self.wishes = WishWork(till, lambda: self._read(THEIRS))
        till.state.listeners.append(self._follow_buyer)

    def start(self) -> None:
        """Read the categories and open the page that this machine showed last."""

        def done(categories: tuple[TileCategory, ...]) -> None:
            top = [category for category in categories if category.parent_id is None]
            pages = [(FAVOURITES, _("Favourites")), (RECENT, _("Recent"))]
            pages += [(str(category.id), category.name) for category in top]
            self._pages = pages
            self._show_pages()
            self._first = pages[2][0] if len(pages) > 2 else RECENT
            last = str(self._till.memory.get(_REMEMBERED, ""))
            self.open(last if last in {key for key, _words in pages} else FAVOURITES)

        self._till.desk.ask(tile_categories, done=done, failed=self._till.failed, owner=self.tiles, key="categories")

    def refresh(self) -> None:
        """Something in the catalogue changed: read the page shown anew, in the same places."""
        if self.tiles.page and self.tiles.page != VARIANTS:
            self._read(self.tiles.page)

    def _show_pages(self) -> None:
        """The chips; the sale's customer has one of their own."""
        theirs = [(THEIRS, _("Their favourites"))] if self._buyer is not None else []
        self.tiles.show_pages([*theirs, *self._pages])

    def _follow_buyer(self) -> None:
        """Another customer's sale: their page comes, the one before goes."""
        buyer = self._till.state.cart.buyer
        number = None if buyer is None else buyer.id
        if number == self._buyer or not self._pages:
            return
        self._buyer = number
        self._known.pop(THEIRS, None)
        page = self.tiles.page
        self._show_pages()
        if page == THEIRS or not page:
            self.open(FAVOURITES if number is None else THEIRS)
        else:
            self.tiles.show_page(page, self.tiles.model.tiles)
        if number is not None:
            self._read(THEIRS)

    def open(self, key: str) -> None:
        """Show a page."""
        if self.tiles.page and key != THEIRS:
            self._till.memory.put(_REMEMBERED, key)
        self._back_to = key
        self.tiles.show_page(key, self._known.get(key, ()))
        self._read(key)

    def open_menu(self, tile: Tile, at: QPoint) -> QMenu | None:
        """Offer to put a product among the shop's favourites to who may edit the catalogue, among its customer's to all."""
        theirs = self._buyer is not None and self._till.may(Permission.CUSTOMER_EDIT)
        if not theirs and not self._till.may(Permission.CATALOGUE_EDIT):
            self._till.refuse(NotPermitted(Permission.CATALOGUE_EDIT.value))
            return None
        menu = named(QMenu(self.tiles), "tile_menu", tile.name)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setStyleSheet(MENU_STYLE)
        if theirs:
            self._offer_theirs(menu, tile)
        if self._till.may(Permission.CATALOGUE_EDIT):
            self._offer_favourite(menu, tile)
        menu.popup(at)
        return menu

    def _offer_theirs(self, menu: QMenu, tile: Tile) -> None:
        """What the sale's customer wishes for and likes."""
        wish = menu.addAction(icon("gift-outline"), _("Put on the customer's wish list"))
        wish.triggered.connect(lambda _checked=False: self.wishes.wish(tile.product_id, tile.variant_id, tile.name))
        variant_id = tile.variant_id
        if variant_id is None:
            return
        on = variant_id not in {one.variant_id for one in self._known.get(THEIRS, ())}
        words = _("Make it the customer's favourite") if on else _("No favourite of the customer any more")
        mark = menu.addAction(icon("heart-outline"), words)
        act = self.wishes.favour if on else self.wishes.forget
        mark.triggered.connect(lambda _checked=False: act(variant_id, tile.name))

    def _offer_favourite(self, menu: QMenu, tile: Tile) -> None:
        """The favourites of the shop."""
        known = {one.product_id for one in self._known.get(FAVOURITES, ())}
        on = tile.product_id not in known
        words = _("Put among the favourites") if on else _("Take off the favourites")
        entry = menu.addAction(icon("star-outline" if on else "star"), words)
        entry.triggered.connect(lambda _checked=False: self._favour(tile, on=on))

    def _favour(self, tile: Tile, *, on: bool) -> None:
        said = _("{name} is a favourite.") if on else _("{name} is no favourite any more.")
        command = SetFavourite(tile.product_id, on)
        Operation(
            set_favourite, command, done=lambda _nothing: self._read(FAVOURITES), said=said.format(name=tile.name)
        ).run(self._till.desk, self._till.page)

    def _read(self, key: str) -> None:
        standing = self._till.standing
        if standing is None:
            return
        till_id, warehouse_id = standing.till.id, standing.till.warehouse_id
        buyer, actor = self._buyer, self._till.actor

        def ask(reader: Reader) -> tuple[Goods, ...]:
            if key == THEIRS:
                return customer_tiles(reader, buyer, warehouse_id, actor) if buyer is not None else ()
            if key == FAVOURITES:
                return favourite_tiles(reader, warehouse_id)
            if key == RECENT:
                return recent_tiles(reader, till_id, warehouse_id)
            return category_tiles(reader, int(key), warehouse_id)

        def done(goods: tuple[Goods, ...]) -> None:
            if key == THEIRS and buyer != self._buyer:
                return
            tiles = [self._tile(one) for one in goods]
            shown = self._known.get(key)
            self._known[key] = tiles
            if self.tiles.page == key and shown != tiles:
                self.tiles.show_page(key, tiles)
            if not tiles and key == FAVOURITES and self._till.memory.get(_REMEMBERED, "") == "":
                self.open(self._first)  # a shop without favourites begins with its first category

        self._till.desk.ask(ask, done=done, failed=self._till.failed, owner=self.tiles, key=f"tiles_{key}")

    def _tile(self, goods: Goods) -> Tile:
        price = self._till.formats.amount(goods.price_from_cents)
        if goods.is_weighed:
            price = f"{price} / {goods.unit}"
        return Tile(
            goods.product_id,
            goods.variant_id,
            goods.name,
            price,
            goods.variants,
            goods.image_blob_id,
            sold_out=not goods.in_stock,
        )

    def _pressed(self, tile: Tile) -> None:
        if tile.back:
            self.open(self._back_to)
        elif tile.variant_id is not None:
            self._selling.variant(tile.variant_id, self._selling.take_quantity())
            if self.tiles.page == VARIANTS:
                self.open(self._back_to)
        else:
            self._open_variants(tile)

    def _open_variants(self, product: Tile) -> None:
        standing = self._till.standing
        if standing is None:
            return

        def done(choices: tuple[VariantChoice, ...]) -> None:
            back = Tile(product.product_id, None, product.name, "", back=True)
            tiles = [
                Tile(
                    product.product_id,
                    choice.variant_id,
                    choice.name or choice.sku,
                    self._till.formats.amount(choice.price_cents),
                    blob_id=product.blob_id,
                    sold_out=not choice.may_sell,
                )
                for choice in choices
            ]
            self.tiles.show_page(VARIANTS, [back, *tiles])

        self._till.desk.ask(
            variant_choices,
            product.product_id,
            standing.till.warehouse_id,
            done=done,
            failed=self._till.failed,
            owner=self.tiles,
            key="variants",
        )

    def _read_picture(self, blob_id: int) -> None:
        shop, lanes = self._till.desk.shop, self._till.desk.lanes

        def read() -> QImage | None:
            content = shop.ask(picture, blob_id)
            return None if content is None else tile_picture(bytes(content))  # decoded here, not on the GUI thread

        def done(image: QImage | None) -> None:
            if image is not None and not image.isNull():
                self.tiles.model.picture_came(blob_id, image)

        lanes.read(read, done, failed=self._till.failed, owner=self.tiles)
