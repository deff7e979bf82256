"""What a till knows of its shop: settings, place, open shift, ways to pay, held sales; read on a lane in one go."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from shopdesk.catalogue.lookup import Counter, find_goods
from shopdesk.catalogue.sellable import Sellable
from shopdesk.core import money
from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.db.unit import Reader
from shopdesk.sales.basket import Discount, TaxRules
from shopdesk.sales.cart_queries import HeldCart, held_carts, unfinished_cart
from shopdesk.sales.carts import CartContent, CartLine
from shopdesk.sales.shift_queries import ShiftNow, current_shift
from shopdesk.sales.tenders import pay_panel
from shopdesk.sales.tills import TillAt, till_at
from shopdesk.system.settings import ShopSettings, shop_settings
from shopdesk.ui.till.cart_lines import Buyer, Cart, Line
from shopdesk.ui.till.pay_state import Way


@dataclass(frozen=True, slots=True)
class Standing:
    """The till's surroundings at one moment."""

    settings: ShopSettings
    till: TillAt
    shift: ShiftNow | None = None
    ways: tuple[Way, ...] = ()
    held: tuple[HeldCart, ...] = field(default=())

    @property
    def rules(self) -> TaxRules:
        """How the shop reckons tax."""
        return TaxRules(self.settings.prices_include_tax, self.settings.tax_rounding == "order")

    def counter(self, now: datetime, buyer: Buyer | None) -> Counter:
        """Where and for whom goods are looked up."""
        return Counter(
            warehouse_id=self.till.warehouse_id,
            now=now,
            customer_id=None if buyer is None else buyer.id,
            country=self.settings.country,
            places=money.decimals(self.settings.currency),
        )


def till_standing(reader: Reader, actor: Actor) -> Standing:
    """Read the till's surroundings; raises UnknownTill."""
    till = till_at(reader, None, actor)
    ways = tuple(Way(tender.code, tender.name, tender.kind) for tender in pay_panel(reader))
    return Standing(shop_settings(reader), till, current_shift(reader, till.id), ways, held_carts(reader))


def left_over(reader: Reader, till_id: int) -> CartContent | None:
    """The cart that the till was at when it last stopped."""
    return unfinished_cart(reader, till_id)


@dataclass(frozen=True, slots=True)
class Restored:
    """A cart made of what was kept, and the names of lines that can no longer be sold."""

    cart: Cart
    training: bool
    lost: tuple[str, ...] = ()


def restored_cart(reader: Reader, content: CartContent, counter: Counter, buyer: Buyer | None) -> Restored:
    """Make a kept cart whole again: goods with the prices and stock of now, everything else as it was."""
    codes = [code for line in content.lines if (code := str(line.details.get("code", "")))]
    goods = find_goods(reader, counter, codes=codes, variant_ids=[line.variant_id for line in content.lines])
    lines, lost = [], []
    for kept in content.lines:
        found = _found(kept, goods.by_code, goods.by_variant)
        if found is None:
            lost.append(kept.name)
        else:
            lines.append(line_from(kept, found))
    last = max((line.position for line in content.lines), default=0)
    cart = Cart(
        uid=content.uid,
        lines=tuple(lines),
        next_id=last + 1,
        focus_id=lines[-1].id if lines else None,
        buyer=buyer,
        note=content.note,
        order_discount=_discount(content.order_discount),
    )
    return Restored(cart, content.is_training, tuple(lost))


def kept_line(line: Line, price_cents: int) -> CartLine:
    """A line as it is kept, with everything needed to build it again."""
    details: dict[str, object] = {}
    if line.goods.code not in ("", line.goods.sku):
        details["code"] = line.goods.code
    if line.override_cents is not None:
        details["price"] = line.override_cents
    if line.discount is not None:
        details["discount"] = kept_discount(line.discount)
    if line.note:
        details["note"] = line.note
    return CartLine(line.id, line.goods.variant_id, line.quantity_milli, price_cents, line.goods.name, details)


def kept_discount(discount: Discount) -> dict[str, object]:
    """A discount as plain values."""
    return {"cents": discount.cents, "ppm": discount.ppm, "label": discount.label}


def line_from(kept: CartLine, goods: Sellable) -> Line:
    """The line that was kept, with its goods found again."""
    price = kept.details.get("price")
    return Line(
        id=kept.position,
        goods=goods,
        quantity_milli=kept.quantity_milli,
        override_cents=price if isinstance(price, int) else None,
        discount=_discount(kept.details.get("discount")),
        note=str(kept.details.get("note", "")),
    )


def _found(kept: CartLine, by_code: object, by_variant: object) -> Sellable | None:
    code = str(kept.details.get("code", ""))
    for find, name in ((by_code, code), (by_variant, kept.variant_id)):
        if not name or not callable(find):
            continue
        try:
            goods = find(name)
        except ShopError:
            continue
        if isinstance(goods, Sellable) and goods.variant_id == kept.variant_id:
            return goods
    return None


def _discount(kept: object) -> Discount | None:
    if not isinstance(kept, dict):
        return None
    return Discount(cents=int(kept.get("cents", 0)), ppm=int(kept.get("ppm", 0)), label=str(kept.get("label", "")))
