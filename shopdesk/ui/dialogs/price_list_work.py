"""Work on a price list: add prices one after the other, set many by percent, copy the list."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtWidgets import QWidget

from shopdesk.catalogue.price_list_bulk import (
    BASES,
    ROUNDINGS,
    Base,
    CopyPriceList,
    ListPricesSet,
    PutListPrices,
    PutPrice,
    Rounding,
    SetListPrices,
    copy_price_list,
    put_list_prices,
    set_list_prices,
)
from shopdesk.catalogue.price_list_queries import PriceListLine
from shopdesk.catalogue.price_lists import ListedPriceRow
from shopdesk.catalogue.queries import category_choices
from shopdesk.catalogue.search import FoundGoods, search_goods
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.db.unit import Reader
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_dialog import Form, open_form
from shopdesk.ui.kit.form_view import Field, FormView, Holds
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.messages import Dialog, MessageBar, Voice
from shopdesk.ui.kit.operations import Operation, show_refusal
from shopdesk.ui.kit.pickers import Picker
from shopdesk.ui.kit.widgets import Label, wrapped

_BASE_WORDS: Final[dict[Base, str]] = {
    "price": N_("Shelf price"),
    "cost": N_("Cost"),
    "list": N_("Price of this list now"),
}
CHANGE = Field(
    "change_ppm",
    N_("Change in percent"),
    Holds.PERCENT,
    help=N_("-15 makes it 15 % cheaper, 30 adds 30 %; empty changes nothing."),
)


def find_for_price(reader: Reader, text: str) -> tuple[FoundGoods, ...]:
    """Goods by any words, whatever is in stock."""
    return search_goods(reader, text, 0).goods


def goods_words(formats: Formats) -> Any:
    """How found goods read in a picker."""

    def words(goods: FoundGoods) -> tuple[str, str, str]:
        second = " · ".join(filter(None, (goods.sku, goods.variant_name)))
        return goods.name, second, formats.amount(goods.price_cents)

    return words


def rounding_field(formats: Formats) -> Field:
    """How prices are rounded, in the shop's figures."""
    words: dict[Rounding, str] = {"none": _("Not at all")}
    words |= {step: _("to {step}").format(step=formats.amount(int(step))) for step in ("5", "10", "50", "100")}
    words |= {"9": _("to end in {ending}").format(ending="9"), "99": _("to end in {ending}").format(ending="99")}
    options = tuple((rounding, words[rounding]) for rounding in ROUNDINGS)
    return Field("rounding", N_("Round"), Holds.CHOICE, required=True, options=options)


def open_percent(parent: QWidget, desk: Desk, line: PriceListLine, bar: MessageBar) -> None:
    """Set many prices of a list."""
    form = Form(
        key="price_lists.percent",
        title=N_("Set prices by percent"),
        command=SetListPrices,
        use_case=set_list_prices,
        fields=(
            Field(
                "base",
                N_("Start from"),
                Holds.CHOICE,
                required=True,
                options=tuple((base, _(_BASE_WORDS[base])) for base in BASES),
            ),
            CHANGE,
            rounding_field(desk.formats),
            Field("category_id", N_("Only this category"), Holds.CHOICE, query=_categories),
            Field("only_listed", N_("Only goods that the list has already"), Holds.YES),
            Field("min_quantity_milli", N_("From a quantity of"), Holds.QUANTITY),
        ),
        given=("price_list_id",),
        act=N_("Set prices"),
        said="",
        make=lambda values: SetListPrices(**_filled(values)),
    )

    def done(result: ListPricesSet) -> None:
        said = [
            ngettext("{count} price was set.", "{count} prices were set.", result.written).format(count=result.written)
        ]
        if result.unchanged:
            words = ngettext("{count} was right already.", "{count} were right already.", result.unchanged)
            said.append(words.format(count=result.unchanged))
        if result.left_out:
            words = ngettext("{count} has no cost.", "{count} have no cost.", result.left_out)
            said.append(words.format(count=result.left_out))
        bar.say(" ".join(said), Voice.SUCCESS if result.written else Voice.NEWS)

    values = {"base": "price", "rounding": "none"}
    open_form(parent, desk, form, values=values, given={"price_list_id": line.id}, done=done)


def open_copy(parent: QWidget, desk: Desk, line: PriceListLine, bar: MessageBar) -> None:
    """Copy a list with all its prices."""
    form = Form(
        key="price_lists.copy",
        title=N_("Copy price list"),
        command=CopyPriceList,
        use_case=copy_price_list,
        fields=(
            Field("code", N_("Code of the new list"), required=True, max_length=40),
            Field("name", N_("Name of the new list"), required=True, max_length=60),
            CHANGE,
            rounding_field(desk.formats),
        ),
        given=("price_list_id",),
        act=N_("Copy list"),
        said="",
        make=lambda values: CopyPriceList(**_filled(values)),
    )

    def done(_list_id: int) -> None:
        bar.say(_("The list was copied. The copy is switched off."), Voice.SUCCESS)

    open_form(parent, desk, form, values={"rounding": "none"}, given={"price_list_id": line.id}, done=done)


def open_change(parent: QWidget, desk: Desk, list_id: int, row: ListedPriceRow) -> None:
    """Change one price, or the quantity that it holds from."""

    def make(values: dict[str, Any]) -> PutListPrices:
        least = values["min_quantity_milli"] or 0
        prices = [PutPrice(row.variant_id, least, values["price_cents"])]
        if least != row.min_quantity_milli:
            prices.insert(0, PutPrice(row.variant_id, row.min_quantity_milli, None))
        return PutListPrices(list_id, tuple(prices))

    form = Form(
        key="price_lists.price",
        title=N_("Change price"),
        command=PutListPrices,
        use_case=put_list_prices,
        fields=(
            Field("price_cents", N_("Price"), Holds.MONEY, required=True, help=f"{row.name} · {row.sku}"),
            Field("min_quantity_milli", N_("From a quantity of"), Holds.QUANTITY),
        ),
        act=N_("Save price"),
        said=N_("The price was saved."),
        make=make,
    )
    values = {"price_cents": row.price_cents, "min_quantity_milli": row.min_quantity_milli or None}
    open_form(parent, desk, form, values=values)


class AddPrices(Dialog):
    """Goods, price, Enter, and the next: for lists that are typed in."""

    def __init__(self, parent: QWidget, desk: Desk, list_id: int) -> None:
        super().__init__(parent, "add_prices", _("Add prices"))
        self.setMinimumSize(560, 460)
        self._desk = desk
        self._list_id = list_id
        self._goods: FoundGoods | None = None
        self.picker = Picker(desk, find_for_price, goods_words(desk.formats), "price_goods", _("Name, SKU or code"))
        self.picker.picked.connect(self._take)
        self.chosen = wrapped(Label(_("Find the goods first."), "price_chosen", tone="secondary"))
        self.form = FormView(
            (
                Field("price_cents", N_("Price"), Holds.MONEY, required=True),
                Field("min_quantity_milli", N_("From a quantity of"), Holds.QUANTITY),
            ),
            desk,
            across=True,
        )
        for widget in (self.picker, self.chosen, self.form):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.add_cancel(_("Close"))
        self._save = self.add_button(_("Save and next"), "save_price", self.save, role="primary", default=True)
        self._save.setEnabled(False)
        self.picker.setFocus()

    def save(self) -> None:
        """Put the price into the list and be ready for the next goods."""
        if self._goods is None:
            return
        try:
            values = self.form.values()
        except ShopError as error:
            show_refusal(self, error, form=self.form)
            return
        price, least = values["price_cents"], values["min_quantity_milli"]
        assert isinstance(price, int)
        put = PutPrice(self._goods.variant_id, least if isinstance(least, int) else 0, price)
        name = self._goods.name

        def done(_back: PutListPrices) -> None:
            self.messages.say(
                _("{name}: {price}").format(name=name, price=self._desk.formats.money(price)), Voice.SUCCESS
            )
            self._goods = None
            self._save.setEnabled(False)
            self.form.set_values({"price_cents": None, "min_quantity_milli": None})
            self.chosen.setText(_("Find the goods first."))
            self.picker.clear()
            self.picker.setFocus()

        operation = Operation(put_list_prices, PutListPrices(self._list_id, (put,)), done=done)
        operation.run(self._desk, self, form=self.form, hold=(self._save,))

    def _take(self, goods: FoundGoods) -> None:
        self._goods = goods
        price = self._desk.formats.money(goods.price_cents)
        name = ", ".join(filter(None, (goods.name, goods.variant_name)))
        self.chosen.setText(_("{name}, now {price}").format(name=name, price=price))
        self._save.setEnabled(True)
        self.form.input("price_cents").setFocus()


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Empty figures are nothing."""
    empty = {key: 0 for key in ("change_ppm", "min_quantity_milli") if values.get(key, 0) is None}
    return {**values, **empty}


def _categories(reader: Reader) -> tuple[tuple[int | None, str], ...]:
    return ((None, _("All goods")), *category_choices(reader))
