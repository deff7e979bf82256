"""The arithmetic of a sale, pure: lines, discounts, taxes, totals, cash rounding. Rules R1, R2, R3 and R10.

Order of work: list price, price list, price typed at the till, line discount, order discount, tax, cash rounding. One
function serves till, checkout, receipt and doctor.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import lcm

import msgspec

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.core.money import MAX_CENTS, MAX_MILLI, PPM, extend, round_half_away, share, split


class BadLine(ShopError):
    """A line that cannot be sold: quantity or figure out of bounds, or no lines at all."""

    code = "bad_line"
    sentence = N_("Line {line}: {problem}")

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(line=line, problem=problem)


class DiscountTooLarge(ShopError):
    """More is taken off than there is, or than the role may give without approval.

    ``values`` holds ``asked`` and ``most`` in cents, and ``line`` (0 for the order).
    """

    code = "discount_too_large"
    sentence = N_("This discount is larger than allowed here.")

    def __init__(self, line: int, asked: int, most: int) -> None:
        super().__init__(line=line, asked=asked, most=most)


class TaxPart(msgspec.Struct, frozen=True):
    """A rate that a line bears; a compound one is taken of the net plus the taxes before it."""

    rate_id: int
    name: str
    rate_ppm: int
    compound: bool = False


class Discount(msgspec.Struct, frozen=True):
    """Something taken off: a fixed amount, or a share when ``ppm`` is set."""

    cents: int = 0
    ppm: int = 0
    label: str = ""

    def of(self, base_cents: int) -> int:
        """What it takes off a base."""
        return share(base_cents, self.ppm) if self.ppm else self.cents


class LineInput(msgspec.Struct, frozen=True):
    """A line before pricing. ``unit_price_cents`` is what a unit costs here, ``list_price_cents`` what the shelf says.

    ``price_source`` tells why they differ: "" (they do not), ``price_list``, ``override`` or ``printed`` (embedded price).
    """

    quantity_milli: int
    list_price_cents: int
    unit_price_cents: int
    taxes: tuple[TaxPart, ...] = ()
    discount: Discount | None = None
    price_source: str = ""
    price_label: str = ""


class TaxRules(msgspec.Struct, frozen=True):
    """How the shop reckons tax: whether prices include it, and whether it is rounded by line or by order."""

    prices_include_tax: bool = True
    per_order: bool = False


class Step(msgspec.Struct, frozen=True):
    """One step of a line's price, in cents of the whole line: what it was, what the step changed, what it became."""

    kind: str
    label: str
    before_cents: int
    amount_cents: int

    @property
    def after_cents(self) -> int:
        """What it became."""
        return self.before_cents + self.amount_cents


class PricedLine(msgspec.Struct, frozen=True):
    """A line with everything worked out. ``discount_cents`` = own + share of the order's; ``total_cents`` holds the tax.

    ``taxes`` are (rate id, cents) in the order of the line's rates.
    """

    line: int
    quantity_milli: int
    list_price_cents: int
    unit_price_cents: int
    extended_cents: int
    own_discount_cents: int
    order_share_cents: int
    taxes: tuple[tuple[int, int], ...]
    tax_cents: int
    total_cents: int
    steps: tuple[Step, ...]

    @property
    def discount_cents(self) -> int:
        """Everything taken off the line."""
        return self.own_discount_cents + self.order_share_cents

    @property
    def net_cents(self) -> int:
        """What the line costs without tax."""
        return self.total_cents - self.tax_cents


class TaxTotal(msgspec.Struct, frozen=True):
    """A rate of the whole sale: the net it was taken of, and the tax."""

    rate_id: int
    name: str
    rate_ppm: int
    taxable_cents: int
    tax_cents: int


class Basket(msgspec.Struct, frozen=True):
    """A priced sale before payment. ``due_cents`` is the sum of line totals, cash rounding not yet in it."""

    lines: tuple[PricedLine, ...]
    subtotal_cents: int
    line_discounts_cents: int
    order_discount_cents: int
    tax_cents: int
    taxes: tuple[TaxTotal, ...]
    due_cents: int

    @property
    def discount_cents(self) -> int:
        """Everything taken off."""
        return self.line_discounts_cents + self.order_discount_cents


def price_basket(lines: Sequence[LineInput], rules: TaxRules, order_discount: Discount | None = None) -> Basket:
    """Work a sale out. Raises BadLine for figures out of bounds and DiscountTooLarge for more off than there is."""
    extended: list[int] = []
    own: list[int] = []
    for number, line in enumerate(lines, 1):
        amount = _extended(number, line)
        off = line.discount.of(amount) if line.discount is not None else 0
        if not 0 <= off <= amount:
            raise DiscountTooLarge(number, off, amount)
        extended.append(amount)
        own.append(off)
    bases = [amount - off for amount, off in zip(extended, own, strict=True)]
    remaining = sum(bases)
    off_order = order_discount.of(remaining) if order_discount is not None else 0
    if not 0 <= off_order <= remaining:
        raise DiscountTooLarge(0, off_order, remaining)
    shares = split(off_order, bases) if off_order else [0] * len(bases)
    bases = [base - part for base, part in zip(bases, shares, strict=True)]
    if sum(extended) > MAX_CENTS:
        raise BadLine(len(lines), N_("the sale is too large."))
    taxes = _taxes_per_order(lines, bases, rules) if rules.per_order else _taxes_per_line(lines, bases, rules)
    label = order_discount.label if order_discount is not None else ""
    priced = tuple(
        _priced(
            number, line, extended[number - 1], own[number - 1], shares[number - 1], taxes[number - 1], rules, label
        )
        for number, line in enumerate(lines, 1)
    )
    totals = _tax_totals(lines, priced)
    return Basket(
        lines=priced,
        subtotal_cents=sum(extended),
        line_discounts_cents=sum(own),
        order_discount_cents=off_order,
        tax_cents=sum(line.tax_cents for line in priced),
        taxes=totals,
        due_cents=sum(line.total_cents for line in priced),
    )


def _extended(number: int, line: LineInput) -> int:
    if not 0 < line.quantity_milli <= MAX_MILLI:
        raise BadLine(number, N_("the quantity must be more than nothing."))
    if not 0 <= line.unit_price_cents <= MAX_CENTS:
        raise BadLine(number, N_("the price is out of bounds."))
    amount = extend(line.quantity_milli, line.unit_price_cents)
    if amount > MAX_CENTS:
        raise BadLine(number, N_("the amount is too large."))
    return amount


@lru_cache(maxsize=512)
def _shares(taxes: tuple[TaxPart, ...]) -> tuple[tuple[int, ...], int]:
    """Each rate as a part of the net: numerators over one denominator, compound rates worked out."""
    scale = PPM ** max(1, len(taxes))
    parts: list[int] = []
    for tax in taxes:
        base = scale + sum(parts) if tax.compound else scale
        parts.append(base * tax.rate_ppm // PPM)
    return tuple(parts), scale


def _fractions(line: LineInput, base: int, rules: TaxRules) -> tuple[tuple[int, ...], int]:
    """The line's unrounded taxes as numerators over one denominator."""
    parts, scale = _shares(line.taxes)
    whole = scale + sum(parts) if rules.prices_include_tax else scale
    return tuple(base * part for part in parts), whole


def _taxes_per_line(lines: Sequence[LineInput], bases: list[int], rules: TaxRules) -> list[tuple[int, ...]]:
    taxes: list[tuple[int, ...]] = []
    for line, base in zip(lines, bases, strict=True):
        if not line.taxes:
            taxes.append(())
            continue
        numerators, denominator = _fractions(line, base, rules)
        taxes.append(tuple(round_half_away(numerator, denominator) for numerator in numerators))
    return taxes


def _taxes_per_order(lines: Sequence[LineInput], bases: list[int], rules: TaxRules) -> list[tuple[int, ...]]:
    """R2 per order: sum unrounded by rate, round once; lines get theirs cut, the missing cents by largest remainder."""
    result = [[0] * len(line.taxes) for line in lines]
    by_rate: dict[int, list[tuple[int, int, int, int]]] = {}
    for index, (line, base) in enumerate(zip(lines, bases, strict=True)):
        if line.taxes:
            numerators, denominator = _fractions(line, base, rules)
            for place, tax in enumerate(line.taxes):
                by_rate.setdefault(tax.rate_id, []).append((index, place, numerators[place], denominator))
    for entries in by_rate.values():
        common = lcm(*(denominator for *_, denominator in entries))
        exact = [
            (index, place, numerator * (common // denominator)) for index, place, numerator, denominator in entries
        ]
        missing = round_half_away(sum(numerator for *_, numerator in exact), common)
        remainders: list[tuple[int, int, int]] = []
        for index, place, numerator in exact:
            cut, remainder = divmod(numerator, common)
            result[index][place] = cut
            missing -= cut
            remainders.append((-remainder, index, place))
        for _, index, place in sorted(remainders)[:missing]:
            result[index][place] += 1
    return [tuple(taxes) for taxes in result]


def _priced(
    number: int,
    line: LineInput,
    extended: int,
    own: int,
    order_share: int,
    taxes: tuple[int, ...],
    rules: TaxRules,
    order_label: str,
) -> PricedLine:
    tax = sum(taxes)
    base = extended - own - order_share
    steps: tuple[Step, ...] = ()
    if own or order_share or line.price_source:
        steps = tuple(_steps(line, extended, own, order_share, order_label))
    return PricedLine(
        line=number,
        quantity_milli=line.quantity_milli,
        list_price_cents=line.list_price_cents,
        unit_price_cents=line.unit_price_cents,
        extended_cents=extended,
        own_discount_cents=own,
        order_share_cents=order_share,
        taxes=tuple((part.rate_id, cents) for part, cents in zip(line.taxes, taxes, strict=True)),
        tax_cents=tax,
        total_cents=base if rules.prices_include_tax else base + tax,
        steps=steps,
    )


def _steps(line: LineInput, extended: int, own: int, order_share: int, order_label: str) -> list[Step]:
    steps: list[Step] = []
    if line.price_source:
        shelf = extend(line.quantity_milli, line.list_price_cents)
        steps.append(Step(line.price_source, line.price_label, shelf, extended - shelf))
    if own:
        label = line.discount.label if line.discount is not None else ""
        steps.append(Step("line_discount", label, extended, -own))
    if order_share:
        steps.append(Step("order_discount", order_label, extended - own, -order_share))
    return steps


def _tax_totals(lines: Sequence[LineInput], priced: Sequence[PricedLine]) -> tuple[TaxTotal, ...]:
    sums: dict[int, list[int]] = {}
    parts: dict[int, TaxPart] = {}
    for line, done in zip(lines, priced, strict=True):
        for part, (rate_id, cents) in zip(line.taxes, done.taxes, strict=True):
            parts[rate_id] = part
            total = sums.setdefault(rate_id, [0, 0])
            total[0] += done.net_cents
            total[1] += cents
    return tuple(
        TaxTotal(rate_id, parts[rate_id].name, parts[rate_id].rate_ppm, taxable, tax)
        for rate_id, (taxable, tax) in sorted(sums.items())
    )
