"""A till in exact fractions and plain dictionaries: an independent opinion on what the headless face must answer.

Nothing of the program is imported here but the spelling of UUIDs that callers bring along.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any


def half_away(value: Fraction) -> int:
    """The nearest whole number, half away from zero."""
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


@dataclass
class Article:
    """What the shelf says of an article; stock in units."""

    sku: str
    price: int
    rate: Fraction | None
    stock: Fraction
    policy: str
    barcodes: tuple[str, ...] = ()


@dataclass
class TillModel:
    """A shop with one warehouse: articles, customers, and what was sold. Prices include tax or not; rounding by line or order."""

    articles: dict[str, Article]
    customers: set[str]
    inclusive: bool = True
    per_order: bool = False
    cash_step: int = 0
    tills: tuple[str, ...] = ("T1",)
    numbers: dict[str, int] = field(default_factory=dict)
    answers: dict[str, tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    turnover: int = 0

    def sell(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to a ``sell`` without key and head; ``reason`` when refused, ``error`` when not understood."""
        key, content = request["key"].lower(), {k: v for k, v in request.items() if k != "key"}
        if key in self.answers:
            known, answer = self.answers[key]
            return answer if known == content else {"reason": "key_reused"}
        answer = self._sell(content)
        if "reason" not in answer:
            self.answers[key] = (content, answer)
        return answer

    def _sell(self, request: dict[str, Any]) -> dict[str, Any]:
        lines = request["lines"]
        quantities = []
        for line in lines:
            quantity = self._quantity(line["qty"])
            if quantity is None or line.get("discount_cents", 0) < 0:
                return {"reason": "bad_line"}
            quantities.append(quantity)
        if request.get("order_discount_cents", 0) < 0:
            return {"reason": "bad_line"}
        till = request.get("till") or self.tills[0]
        if till not in self.tills:
            return {"reason": "unknown_till"}
        if not lines:
            return {"reason": "bad_line"}
        if request.get("coupon") is not None:
            return {"reason": "coupon_not_valid"}
        if request.get("customer") is not None and request["customer"] not in self.customers:
            return {"reason": "unknown_customer"}
        found = [self._article(line) for line in lines]
        articles = [article for article in found if article is not None]
        if len(articles) != len(lines):
            return {"reason": "unknown_product"}
        priced = self._price(request, articles, quantities)
        if priced is None:
            return {"reason": "discount_too_large"}
        bases, discounts, subtotal = priced
        taxes = self._taxes(articles, bases)
        totals = [base if self.inclusive else base + tax for base, tax in zip(bases, taxes, strict=True)]
        paid = self._pay(request.get("payments"), sum(totals))
        if isinstance(paid, str):
            return {"reason": paid}
        rounding, change = paid
        if not self._take(articles, quantities):
            return {"reason": "out_of_stock"}
        self.numbers[till] = self.numbers.get(till, 0) + 1
        self.turnover += sum(totals) + rounding
        return {
            "number": f"{till}-S{self.numbers[till]:06d}",
            "subtotal_cents": subtotal,
            "discount_cents": sum(discounts),
            "tax_cents": sum(taxes),
            "rounding_cents": rounding,
            "total_cents": sum(totals) + rounding,
            "change_cents": change,
            "lines": [
                {
                    "line": place + 1,
                    "sku": article.sku,
                    "qty": self._told(quantities[place]),
                    "unit_price_cents": article.price,
                    "discount_cents": discounts[place],
                    "tax_cents": taxes[place],
                    "total_cents": totals[place],
                }
                for place, article in enumerate(articles)
            ],
        }

    @staticmethod
    def _quantity(value: object) -> Fraction | None:
        if isinstance(value, float) or not isinstance(value, (int, str)):
            return None
        try:
            quantity = Fraction(value)
        except ValueError:
            return None
        milli = quantity * 1000
        return quantity if 0 < milli <= 10**9 and milli.denominator == 1 else None

    @staticmethod
    def _told(quantity: Fraction) -> int | str:
        if quantity.denominator == 1:
            return int(quantity)
        return f"{int(quantity * 1000) / 1000:.3f}".rstrip("0")

    def _article(self, line: dict[str, Any]) -> Article | None:
        if line.get("sku") is not None:
            return self.articles.get(line["sku"])
        return next((a for a in self.articles.values() if line["barcode"] in (*a.barcodes, a.sku)), None)

    def _price(
        self, request: dict[str, Any], articles: list[Article], quantities: list[Fraction]
    ) -> tuple[list[int], list[int], int] | None:
        extended = [half_away(q * a.price) for q, a in zip(quantities, articles, strict=True)]
        own = [line.get("discount_cents", 0) for line in request["lines"]]
        if any(off > amount for off, amount in zip(own, extended, strict=True)):
            return None
        left = [amount - off for amount, off in zip(extended, own, strict=True)]
        off_order = request.get("order_discount_cents", 0)
        if off_order > sum(left):
            return None
        shares = [0] * len(left)
        if off_order:
            exact = [Fraction(off_order * part, sum(left)) for part in left]
            shares = [int(part) for part in exact]
            order = sorted(range(len(left)), key=lambda place: (shares[place] - exact[place], place))
            for place in [p for p in order if left[p] > 0][: off_order - sum(shares)]:
                shares[place] += 1
        bases = [amount - share for amount, share in zip(left, shares, strict=True)]
        return bases, [a + b for a, b in zip(own, shares, strict=True)], sum(extended)

    def _taxes(self, articles: list[Article], bases: list[int]) -> list[int]:
        exact = []
        for article, base in zip(articles, bases, strict=True):
            rate = article.rate or Fraction(0)
            exact.append(Fraction(base) * rate / (1 + rate) if self.inclusive else Fraction(base) * rate)
        if not self.per_order:
            return [half_away(tax) for tax in exact]
        taxes = [int(tax) for tax in exact]
        for rate in {article.rate for article in articles if article.rate is not None}:
            places = [place for place, article in enumerate(articles) if article.rate == rate]
            missing = half_away(sum((exact[p] for p in places), Fraction(0))) - sum(taxes[p] for p in places)
            for place in sorted(places, key=lambda p: (taxes[p] - exact[p], p))[:missing]:
                taxes[place] += 1
        return taxes

    def _pay(self, payments: list[dict[str, Any]] | None, due: int) -> tuple[int, int] | str:
        if payments is None:
            return self._rounded(due) - due, 0
        if any(payment["type"] not in {"cash", "card"} for payment in payments):
            return "unknown_payment_type"
        if any(payment["amount_cents"] <= 0 for payment in payments):
            return "bad_payment"
        card = sum(payment["amount_cents"] for payment in payments if payment["type"] == "card")
        cash = [payment["amount_cents"] for payment in payments if payment["type"] == "cash"]
        if card > due:
            return "overpaid"
        if not cash:
            return (0, 0) if card == due else "not_paid"
        wanted = self._rounded(due - card)
        if sum(cash) < wanted:
            return "not_paid"
        return wanted - (due - card), sum(cash) - wanted

    def _rounded(self, cents: int) -> int:
        return half_away(Fraction(cents, self.cash_step)) * self.cash_step if self.cash_step else cents

    def _take(self, articles: list[Article], quantities: list[Fraction]) -> bool:
        wanted: dict[str, Fraction] = {}
        for article, quantity in zip(articles, quantities, strict=True):
            wanted[article.sku] = wanted.get(article.sku, Fraction(0)) + quantity
        for sku, quantity in wanted.items():
            if self.articles[sku].policy == "deny" and self.articles[sku].stock < quantity:
                return False
        for sku, quantity in wanted.items():
            self.articles[sku].stock -= quantity
        return True
