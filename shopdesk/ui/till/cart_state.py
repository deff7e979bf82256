"""The till's own memory of the sale in hand: what it is, what it comes to, how to step back; no window, no database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec

from shopdesk.catalogue.sellable import Sellable
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.core.ids import uuid7
from shopdesk.core.money import MAX_MILLI, MILLI, format_quantity, round_half_away
from shopdesk.sales.basket import Basket, Discount, PricedLine, TaxRules, price_basket
from shopdesk.ui.till.cart_lines import Buyer, Cart, Line, whole

UNDO_DEPTH = 50
MOST_LABELS = 50


class OnlyWhole(ShopError):
    """Part of a thing that is sold by the piece."""

    code = "only_whole"
    sentence = N_("{name} is sold by the piece.")

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class TooMany(ShopError):
    """A quantity that is nothing, or out of bounds."""

    code = "bad_line"
    sentence = N_("This quantity cannot be sold.")


class TooFewLeft(ShopError):
    """Less is free than asked for. ``values``: ``name``, ``left_milli`` free here, ``reserved_milli`` kept for others."""

    code = "out_of_stock"
    sentence = N_("Only {left} of {name} are left.")


class CartState:
    """The cart in hand, priced. Every change goes through here, is refused whole or done whole, and tells ``listeners``.

    ``eat_reserved`` holds the variants for which a manager allowed to sell what is kept for other customers.
    """

    def __init__(self, rules: TaxRules | None = None) -> None:
        self.rules = rules or TaxRules()
        self.cart = Cart(uuid7())
        self.training = False
        self.eat_reserved: set[int] = set()
        self.listeners: list[Callable[[], object]] = []
        self._undo: list[Cart] = []
        self._basket: Basket | None = None

    # ------------------------------------------------------------------ what it comes to

    @property
    def empty(self) -> bool:
        """Whether nothing has been rung up."""
        return not self.cart.lines

    @property
    def basket(self) -> Basket:
        """The sale worked out; reckoned once for every change."""
        if self._basket is None:
            self._basket = self.priced(self.cart)
        return self._basket

    def priced(self, cart: Cart) -> Basket:
        """Any cart worked out by the shop's rules; raises BadLine and DiscountTooLarge."""
        exempt = cart.buyer is not None and cart.buyer.tax_exempt
        return price_basket([line.priced_as(exempt=exempt) for line in cart.lines], self.rules, cart.order_discount)

    def priced_line(self, line_id: int) -> PricedLine:
        """A line worked out."""
        place = next(at for at, line in enumerate(self.cart.lines) if line.id == line_id)
        return self.basket.lines[place]

    # ------------------------------------------------------------------ changes

    def add(self, goods: Sellable, times_milli: int = MILLI) -> Line:
        """Ring goods up, ``times`` of what the code stands for; raises OnlyWhole, TooMany, TooFewLeft, BadLine."""
        quantity = round_half_away(goods.quantity_milli * times_milli, MILLI)
        self._check(goods, quantity, self.cart.quantity_of(goods.variant_id))
        cart = self.cart
        if goods.fixed_total_cents is None:
            cart = cart.add(goods, quantity)
        else:  # every label with a printed price is a line of its own
            if not whole(times_milli) or times_milli > MOST_LABELS * MILLI:
                raise TooMany
            for _again in range(times_milli // MILLI):
                cart = cart.add(goods, goods.quantity_milli)
        self._change(cart)
        focus = self.cart.focus
        assert focus is not None
        return focus

    def set_quantity(self, line_id: int, quantity_milli: int) -> None:
        """Give a line another quantity; nothing at all removes it. Raises as ``add``."""
        line = self._line(line_id)
        if quantity_milli == 0:
            self.remove(line_id)
            return
        others = self.cart.quantity_of(line.goods.variant_id, without=line_id)
        self._check(line.goods, quantity_milli, others)
        self._change(self.cart.change(replace(line, quantity_milli=quantity_milli)))

    def set_price(self, line_id: int, unit_price_cents: int | None) -> None:
        """Type a unit price for a line, or take it off again with None."""
        self._change(self.cart.change(replace(self._line(line_id), override_cents=unit_price_cents)))

    def set_discount(self, line_id: int, discount: Discount | None) -> None:
        """Take something off a line, or no longer."""
        self._change(self.cart.change(replace(self._line(line_id), discount=discount)))

    def set_order_discount(self, discount: Discount | None) -> None:
        """Take something off the whole sale, or no longer."""
        self._change(replace(self.cart, order_discount=discount))

    def set_line_note(self, line_id: int, note: str) -> None:
        """Write something on a line."""
        self._change(self.cart.change(replace(self._line(line_id), note=note)))

    def set_note(self, note: str) -> None:
        """Write something on the sale."""
        self._change(replace(self.cart, note=note), undo=False)

    def set_buyer(self, buyer: Buyer | None, goods: dict[int, Sellable] | None = None) -> None:
        """Say whose sale this is. ``goods`` are the same things looked up for them: their price lists may differ."""
        lines = tuple(
            replace(line, goods=_like(line.goods, goods[line.goods.variant_id]))
            if goods and line.goods.variant_id in goods
            else line
            for line in self.cart.lines
        )
        self._change(replace(self.cart, buyer=buyer, lines=lines), undo=False)

    def remove(self, line_id: int) -> None:
        """Take a line away."""
        self._change(self.cart.remove(line_id))

    def move_focus(self, step: int) -> None:
        """Bring another line into focus."""
        self.cart = self.cart.move_focus(step)
        self._tell()

    def focus_on(self, line_id: int) -> None:
        """Bring a line into focus."""
        if self.cart.line(line_id) is not None:
            self.cart = replace(self.cart, focus_id=line_id)
            self._tell()

    def undo(self) -> bool:
        """Step back over the last change of lines or discounts; False when there is nothing to undo."""
        if not self._undo:
            return False
        before = self._undo.pop()
        self.cart = replace(
            self.cart,
            lines=before.lines,
            focus_id=before.focus_id,
            order_discount=before.order_discount,
        )
        self._basket = None
        self._tell()
        return True

    def allow_reserved(self, variant_id: int) -> None:
        """A manager approved: what is kept for other customers may be sold in this sale."""
        self.eat_reserved.add(variant_id)

    def start(self, cart: Cart | None = None, *, training: bool | None = None) -> None:
        """Begin a new sale under a key of its own, or go on with one that was kept."""
        self.cart = cart or Cart(uuid7())
        if training is not None:
            self.training = training
        self.eat_reserved.clear()
        self._undo.clear()
        self._basket = None
        self._tell()

    # ------------------------------------------------------------------ inside

    def _line(self, line_id: int) -> Line:
        line = self.cart.line(line_id)
        if line is None:
            raise TooMany
        return line

    def _check(self, goods: Sellable, quantity_milli: int, others_milli: int) -> None:
        if not 0 < quantity_milli <= MAX_MILLI:
            raise TooMany
        by_piece = not goods.is_weighed and goods.unit in ("pc", "piece", "")
        if by_piece and not whole(quantity_milli) and goods.fixed_total_cents is None:
            raise OnlyWhole(goods.name)
        if not goods.track_stock or goods.inventory_policy == "continue" or self.training:
            return
        eats = goods.variant_id in self.eat_reserved
        free = goods.on_hand_milli if eats else goods.available_milli
        if quantity_milli + others_milli > free:
            raise too_few_left(goods, max(0, free - others_milli), max(0, goods.on_hand_milli - others_milli))

    def _change(self, cart: Cart, *, undo: bool = True) -> None:
        basket = self.priced(cart)  # refuses before anything is changed
        if undo:
            self._undo.append(self.cart)
            del self._undo[:-UNDO_DEPTH]
        self.cart, self._basket = cart, basket
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self.listeners):
            listener()


def too_few_left(goods: Sellable, left_milli: int, on_hand_milli: int) -> TooFewLeft:
    """The refusal of a quantity, with what is left and what there would be with the pieces kept for others."""
    return TooFewLeft(
        name=goods.name, left=format_quantity(left_milli), left_milli=left_milli, on_hand_milli=on_hand_milli
    )


def _like(before: Sellable, now: Sellable) -> Sellable:
    """Fresh prices and stock for goods that keep what their code said."""
    return msgspec.structs.replace(
        now,
        code=before.code,
        barcode=before.barcode,
        quantity_milli=before.quantity_milli,
        fixed_total_cents=before.fixed_total_cents,
        fixed_unit_cents=before.fixed_unit_cents,
        lot=before.lot,
        expires_on=before.expires_on,
    )
