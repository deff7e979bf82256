"""Lines and quantities as the headless face takes them."""

from __future__ import annotations

import msgspec

from shopdesk.cli.commands import BadRequest
from shopdesk.core.errors import BadAmount
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MAX_MILLI, MILLI, parse_quantity
from shopdesk.sales.basket import BadLine, Discount
from shopdesk.sales.sale_command import SaleLine

Quantity = int | float | str
"""A quantity in a request: whole units as a number, else a string with at most three decimals; floats are refused."""


class SellLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the headless ``sell``; ``qty`` is a whole number or a string with at most three decimals."""

    qty: int | float | str
    sku: str | None = None
    barcode: str | None = None
    discount_cents: int = 0


def line_quantity(number: int, value: int | float | str) -> int:
    """Thousandths from the request; JSON floats, nothing, less than nothing and odd strings are a bad line."""
    if isinstance(value, int):
        milli = value * MILLI
    elif isinstance(value, str):
        try:
            if not value.isascii() or not value.replace(".", "", 1).isdigit():
                raise BadAmount("qty")
            milli = parse_quantity(value)
        except BadAmount:
            raise BadLine(number, N_("the quantity has at most three decimals.")) from None
    else:
        raise BadLine(number, N_("the quantity must be a whole number, or a string with decimals."))
    if not 0 < milli <= MAX_MILLI:
        raise BadLine(number, N_("the quantity must be more than nothing and at most a million."))
    return milli


def sell_line(number: int, line: SellLine) -> SaleLine:
    if (line.sku is None) == (line.barcode is None):
        raise BadRequest(_("lines[{place}]: either sku or barcode is needed.").format(place=number - 1))
    if line.discount_cents < 0:
        raise BadLine(number, N_("a discount cannot be negative."))
    discount = Discount(cents=line.discount_cents) if line.discount_cents else None
    return SaleLine(line_quantity(number, line.qty), line.sku, line.barcode, None, discount)


def units(value: Quantity, field: str) -> int:
    """Thousandths, of either sign, from a request's units; raises BadAmount."""
    if isinstance(value, int):
        return value * MILLI
    if isinstance(value, str) and value.isascii() and value.lstrip("-").replace(".", "", 1).isdigit():
        return parse_quantity(value, field=field)
    raise BadAmount(field)
