"""What a cart is before it is a sale: frozen lines and the whole that they make; pure values, no window."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from shopdesk.catalogue.sellable import Sellable
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MILLI
from shopdesk.sales.basket import Discount, LineInput
from shopdesk.sales.checkout import line_input
from shopdesk.sales.sale_command import SaleLine


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the cart. ``id`` rises and is never used again; ``override_cents`` is a unit price typed at the till."""

    id: int
    goods: Sellable
    quantity_milli: int
    override_cents: int | None = None
    discount: Discount | None = None
    note: str = ""

    @property
    def plain(self) -> bool:
        """Whether another piece of the same goods can simply be counted onto this line."""
        return (
            self.override_cents is None
            and self.discount is None
            and not self.note
            and not self.goods.is_weighed
            and self.goods.fixed_total_cents is None
        )

    def asked(self) -> tuple[SaleLine, Sellable]:
        """The line as the checkout will be asked for it, and the goods as it will find them: both reckon the same."""
        goods = self.goods
        as_read = self.override_cents is None and self.quantity_milli == goods.quantity_milli
        measured = goods.fixed_total_cents is not None or goods.quantity_milli != MILLI or bool(goods.lot)
        extras = {"discount": self.discount, "price_cents": self.override_cents, "note": self.note}
        if measured and as_read:
            return msgspec.structs.replace(SaleLine(barcode=goods.code), **extras), goods
        plain = _by_the_unit(goods)
        if goods.barcode is not None and not measured:
            line = SaleLine(quantity_milli=self.quantity_milli, barcode=goods.barcode)
        else:
            line = SaleLine(quantity_milli=self.quantity_milli, variant_id=goods.variant_id)
        return msgspec.structs.replace(line, **extras), plain

    def priced_as(self, *, exempt: bool = False) -> LineInput:
        """The line as the arithmetic of the sale takes it, by the checkout's own rule."""
        line, goods = self.asked()
        return line_input(line, goods, exempt=exempt)


@dataclass(frozen=True, slots=True)
class Buyer:
    """The customer of a sale, as far as the till shows and needs them."""

    id: int
    name: str
    email: str = ""
    detail: str = ""
    tax_exempt: bool = False


@dataclass(frozen=True, slots=True)
class Cart:
    """Everything a clerk has put together for one sale; ``uid`` is the key that the sale will be made under."""

    uid: str
    lines: tuple[Line, ...] = ()
    next_id: int = 1
    focus_id: int | None = None
    buyer: Buyer | None = None
    note: str = ""
    order_discount: Discount | None = None

    @property
    def focus(self) -> Line | None:
        """The line that quantity, price and discount work on."""
        return self.line(self.focus_id)

    def line(self, line_id: int | None) -> Line | None:
        """A line by its id."""
        return next((line for line in self.lines if line.id == line_id), None)

    def quantity_of(self, variant_id: int, *, without: int | None = None) -> int:
        """Thousandths of a variant on all lines, but for one."""
        return sum(
            line.quantity_milli for line in self.lines if line.goods.variant_id == variant_id and line.id != without
        )

    def add(self, goods: Sellable, quantity_milli: int) -> Cart:
        """One more thing: counted onto a plain line of the same goods, else as a new line; it comes into focus."""
        same = next((line for line in reversed(self.lines) if line.plain and _same(line.goods, goods)), None)
        if same is not None and goods.fixed_total_cents is None and not goods.is_weighed:
            grown = replace(same, goods=goods, quantity_milli=same.quantity_milli + quantity_milli)
            return replace(self, lines=self._with(grown), focus_id=same.id)
        line = Line(self.next_id, goods, quantity_milli)
        return replace(self, lines=(*self.lines, line), next_id=self.next_id + 1, focus_id=line.id)

    def change(self, line: Line) -> Cart:
        """The same cart with one line in another state; the line comes into focus."""
        return replace(self, lines=self._with(line), focus_id=line.id)

    def remove(self, line_id: int) -> Cart:
        """Without a line; the focus moves to the line after it, else before it."""
        places = [at for at, line in enumerate(self.lines) if line.id == line_id]
        if not places:
            return self
        rest = tuple(line for line in self.lines if line.id != line_id)
        focus = rest[min(places[0], len(rest) - 1)].id if rest else None
        return replace(self, lines=rest, focus_id=focus)

    def move_focus(self, step: int) -> Cart:
        """The focus some lines further down (or up), stopping at the ends."""
        if not self.lines:
            return self
        places = [at for at, line in enumerate(self.lines) if line.id == self.focus_id]
        at = (places[0] if places else len(self.lines) - 1) + step
        return replace(self, focus_id=self.lines[max(0, min(len(self.lines) - 1, at))].id)

    def _with(self, changed: Line) -> tuple[Line, ...]:
        return tuple(changed if line.id == changed.id else line for line in self.lines)


def _by_the_unit(goods: Sellable) -> Sellable:
    """The goods without what their code said about quantity and price."""
    if goods.quantity_milli == MILLI and goods.fixed_total_cents is None:
        return goods
    return msgspec.structs.replace(goods, quantity_milli=MILLI, fixed_total_cents=None, fixed_unit_cents=None)


def _same(one: Sellable, other: Sellable) -> bool:
    return one.variant_id == other.variant_id and one.lot == other.lot


STEP_WORDS = {
    "price_list": N_("Price list"),
    "override": N_("Price changed at the till"),
    "printed": N_("Price printed on the label"),
    "line_discount": N_("Discount on this line"),
    "order_discount": N_("Share of the discount on the sale"),
}


def step_words(kind: str, label: str) -> str:
    """What a step of a price is called, with its own label if it has one."""
    words = _(STEP_WORDS.get(kind, kind))
    return f"{words}: {label}" if label else words


def discount_words(discount: Discount, percent: str) -> str:
    """How a discount reads under a line: ``-10 %`` with its reason; ``percent`` is the share already written."""
    head = f"-{percent}" if discount.ppm else _("Discount")
    return f"{head} {discount.label}".rstrip()


def whole(quantity_milli: int) -> bool:
    """Whether a quantity counts pieces and no parts of one."""
    return quantity_milli % MILLI == 0
