"""What the list of lines shows: one frozen row a line, every figure already written; no widget."""

from __future__ import annotations

from dataclasses import dataclass

from shopdesk.core.i18n import _
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.till.cart_lines import Line, discount_words, step_words
from shopdesk.ui.till.cart_state import CartState


@dataclass(frozen=True, slots=True)
class Under:
    """A smaller row below a line: a discount with its amount, another price, a note."""

    words: str
    amount: str = ""


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as it is painted."""

    id: int
    quantity: str
    name: str
    unit_price: str
    total: str
    under: tuple[Under, ...] = ()
    in_focus: bool = False
    weighed: bool = False

    @property
    def spoken(self) -> str:
        """The whole row in one sentence, for a screen reader."""
        below = "; ".join(f"{part.words} {part.amount}".strip() for part in self.under)
        sentence = _("{quantity} times {name} at {price}, {total}").format(
            quantity=self.quantity, name=self.name, price=self.unit_price, total=self.total
        )
        return f"{sentence}; {below}" if below else sentence


def line_rows(state: CartState, formats: Formats) -> list[LineRow]:
    """The rows of the cart in hand."""
    rows = []
    for line, priced in zip(state.cart.lines, state.basket.lines, strict=True):
        goods = line.goods
        unit = f" {goods.unit}" if goods.unit not in ("", "pc", "piece") else ""
        rows.append(
            LineRow(
                id=line.id,
                quantity=formats.quantity(line.quantity_milli) + unit,
                name=goods.name,
                unit_price=formats.amount(priced.unit_price_cents),
                total=formats.amount(priced.extended_cents),
                under=tuple(_under(line, priced.own_discount_cents, formats)),
                in_focus=line.id == state.cart.focus_id,
                weighed=goods.is_weighed,
            )
        )
    return rows


def _under(line: Line, own_discount_cents: int, formats: Formats) -> list[Under]:
    under = []
    source = line.priced_as()
    if source.price_source == "override":
        listed = _("instead of {price}").format(price=formats.amount(source.list_price_cents))
        under.append(Under(f"{step_words('override', '')}, {listed}"))
    elif source.price_source == "price_list":
        under.append(Under(step_words("price_list", source.price_label)))
    if line.discount is not None and own_discount_cents:
        words = discount_words(line.discount, formats.percent(line.discount.ppm))
        under.append(Under(words, formats.amount(-own_discount_cents)))
    if line.goods.lot:
        under.append(Under(_("Lot {lot}").format(lot=line.goods.lot)))
    if line.note:
        under.append(Under(line.note))
    return under
