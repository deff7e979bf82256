"""The parts of a customer's page about goods: the wish list, moved into a held sale, and what they like to buy again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from shopdesk.catalogue.search import FoundGoods, search_goods
from shopdesk.catalogue.tiles import VariantChoice, variant_choices
from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.marketing.wish_favourites import FavouriteMark, FavouriteRow, favourites_of, mark_favourite
from shopdesk.marketing.wish_lists import (
    AddWish,
    MoveWishes,
    WishChosen,
    WishRow,
    WishTaken,
    add_wish,
    move_wishes,
    remove_wish,
    wishes_of,
)
from shopdesk.ui.kit.columns import Column, Kind, State, flag, moment, money, state, text
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.inputs import CheckField, ChoiceField
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import Dialog, Voice, bar_of
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.pickers import Picker
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick
from shopdesk.ui.kit.whole import whole
from shopdesk.ui.kit.widgets import Label, wrapped
from shopdesk.ui.screens.customer_tabs import owner_of

_EDIT = Permission.CUSTOMER_EDIT


class GoodsDialog(Dialog):
    """Finds one article; ``on_goods`` gets it and whether it must be just this variant."""

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        title: str,
        on_goods: Callable[[FoundGoods, bool], object],
        *,
        any_will_do: bool,
    ) -> None:
        super().__init__(parent, "goods_dialog", title)
        self.setMinimumSize(560, 440)
        self._on_goods = on_goods
        self.picker = Picker(
            desk, _goods, partial(_goods_words, desk.formats), "goods_picker", _("Name, SKU or barcode"), least=2
        )
        self.picker.picked.connect(self._take)
        self.body.addWidget(self.picker)
        self.only = CheckField("only_this_variant", _("Only this variant will do"))
        self.only.setVisible(any_will_do)
        self.body.addWidget(self.only)
        self.body.addStretch(1)
        self.add_cancel()
        self.open()
        self.picker.setFocus()

    def _take(self, goods: FoundGoods) -> None:
        only = bool(self.only.value())
        self.accept()
        self._on_goods(goods, only)


def _goods(reader: Reader, words: str) -> Sequence[FoundGoods]:
    first = next(iter(warehouse_choices(reader)), None)
    return search_goods(reader, words, int(str(first[0])) if first is not None else 0).goods


def _goods_words(formats: Formats, goods: FoundGoods) -> tuple[str, str, str]:
    return f"{goods.name} {goods.variant_name}".strip(), goods.sku, formats.money(goods.price_cents)


# ------------------------------------------------------------------ wishes


def _add(view: ListView, _rows: Sequence[Any]) -> None:
    customer_id = owner_of(view)

    def wish(goods: FoundGoods, only: bool) -> None:
        command = AddWish(customer_id, goods.product_id, goods.variant_id if only else None)
        Operation(add_wish, command, said=N_("It is on the wish list.")).run(view.desk, view)

    GoodsDialog(view, view.desk, _("Add to the wish list"), wish, any_will_do=True)


def _remove(view: ListView, rows: Sequence[WishRow]) -> None:
    row = rows[0]
    back = (add_wish, AddWish(owner_of(view), row.product_id, row.variant_id))
    Operation(remove_wish, WishChosen(row.id), said=N_("Taken off the wish list."), undo=back).run(view.desk, view)


def _move(view: ListView, rows: Sequence[WishRow], chosen: tuple[WishTaken, ...] = ()) -> None:
    """Ask for each open variant in turn, then make the held sale."""
    for place, row in enumerate(rows):
        if row.only_variant_id is None and row.variant_id is None:
            rest = rows[place + 1 :]
            _ask_variant(view, row, lambda taken, rest=rest, so_far=chosen: _move(view, rest, (*so_far, taken)))  # type: ignore[misc]
            return
        chosen = (*chosen, WishTaken(row.id))

    def done(_uid: str) -> None:
        bar = bar_of(view)
        if bar is not None:
            words = ngettext(
                "{count} wish is a held sale now. Recall it at any till.",
                "{count} wishes are a held sale now. Recall it at any till.",
                len(chosen),
            )
            bar.say(words.format(count=len(chosen)), Voice.SUCCESS)

    Operation(move_wishes, MoveWishes(owner_of(view), chosen), done=done).run(view.desk, view)


def _ask_variant(view: ListView, row: WishRow, then: Callable[[WishTaken], object]) -> None:
    def ask(choices: Sequence[VariantChoice]) -> None:
        VariantDialog(view, view.desk, row, choices, then)

    def choices_of(reader: Reader) -> Sequence[VariantChoice]:
        first = next(iter(warehouse_choices(reader)), None)
        return variant_choices(reader, row.product_id, int(str(first[0])) if first is not None else 0)

    view.desk.ask(choices_of, done=ask, failed=question_failed(view), owner=view, key="variants")


class VariantDialog(Dialog):
    """Which variant of a product somebody takes."""

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        row: WishRow,
        choices: Sequence[VariantChoice],
        then: Callable[[WishTaken], object],
    ) -> None:
        super().__init__(parent, "variant_dialog", _("Which variant?"))
        self.setMinimumWidth(440)
        self.body.addWidget(wrapped(Label(row.product, "variant_of", tone="secondary")))

        options = [
            (
                one.variant_id,
                _("{name}, {price}").format(name=one.name or one.sku, price=desk.formats.money(one.price_cents)),
            )
            for one in choices
        ]
        self.variant = ChoiceField("variant", _("Variant"), options)
        self.variant.set_value(options[0][0] if options else None)
        self.body.addWidget(self.variant)
        self.body.addStretch(1)
        self.add_cancel()

        def take() -> None:
            chosen = self.variant.value()
            if isinstance(chosen, int):
                self.accept()
                then(WishTaken(row.id, chosen))

        self.add_button(_("Take this one"), "act", take, role="primary", default=True)
        self.open()
        self.variant.setFocus()


def _wished(row: WishRow) -> str:
    return f"{row.product} {row.variant}".strip() if row.variant_id is not None else row.product


ON_SALE = {"True": State(N_("On sale"), "success", "check"), "False": State(N_("Not on sale"), "secondary", "cancel")}
WISHES = ListScreen(
    key="customers.wishes",
    title=N_("Wish list"),
    glyph="gift-outline",
    needs=Permission.CUSTOMER_LIST,
    page=whole(wishes_of),
    row=WishRow,
    search="",
    columns=(
        Column("product", N_("Wish"), Kind.TEXT, 240, stretch=True, read=_wished),
        money("price_from_cents", N_("Price from")),
        state("on_sale", N_("State"), ON_SALE, width=128),
        moment("added_at", N_("Since")),
        text("author", N_("Added by"), width=104, hidden=True),
    ),
    commands=(
        Command("add", N_("Add wish"), _add, "plus", _EDIT, "Ctrl+N", Pick.NONE),
        Command(
            "move",
            N_("Make a held sale"),
            _move,
            "cart-arrow-up",
            Permission.CART_HOLD,
            on=Pick.MANY,
            primary=True,
            ready=lambda row: row.on_sale,
        ),
        Command("remove", N_("Take off"), _remove, "delete-outline", _EDIT, "Ctrl+Del"),
    ),
    refresh_on={"Wishlist"},
    empty=Empty("gift-outline", N_("Nothing is wished for yet."), "add"),
    minor=("added_at", "on_sale"),
    export=False,
)

# ------------------------------------------------------------------ favourites


def _mark(view: ListView, _rows: Sequence[Any]) -> None:
    customer_id = owner_of(view)

    def mark(goods: FoundGoods, _only: bool) -> None:
        command = FavouriteMark(customer_id, goods.variant_id, is_favourite=True)
        Operation(mark_favourite, command, said=N_("It is a favourite now.")).run(view.desk, view)

    GoodsDialog(view, view.desk, _("Add a favourite"), mark, any_will_do=False)


def _unmark(view: ListView, rows: Sequence[FavouriteRow]) -> None:
    command = FavouriteMark(owner_of(view), rows[0].variant_id, is_favourite=False)
    back = (mark_favourite, FavouriteMark(command.customer_id, command.variant_id, is_favourite=True))
    Operation(mark_favourite, command, said=N_("It is no favourite any more."), undo=back).run(view.desk, view)


def _liked(row: FavouriteRow) -> str:
    return f"{row.product} {row.variant}".strip()


FAVOURITES = ListScreen(
    key="customers.favourites",
    title=N_("Favourites"),
    glyph="star-outline",
    needs=Permission.CUSTOMER_LIST,
    page=whole(favourites_of),
    row=FavouriteRow,
    ident="variant_id",
    search="",
    columns=(
        Column("product", N_("Article"), Kind.TEXT, 240, stretch=True, read=_liked),
        text("sku", N_("SKU"), width=128),
        money("price_cents", N_("Price")),
        flag("on_sale", N_("On sale"), width=96),
        moment("added_at", N_("Since"), hidden=True),
    ),
    commands=(
        Command("mark", N_("Add favourite"), _mark, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("unmark", N_("Take off"), _unmark, "delete-outline", _EDIT, "Ctrl+Del"),
    ),
    refresh_on={"Favorite"},
    empty=Empty("star-outline", N_("Favourites stand as tiles at the till when the sale is this customer's."), "mark"),
    export=False,
)
