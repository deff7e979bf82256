"""What is asked of the checkout, what it answers, and how it refuses."""

from __future__ import annotations

import msgspec

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.core.money import MILLI
from shopdesk.sales.basket import Discount


class UnknownCustomer(ShopError):
    """No customer has this mail address or id."""

    code = "unknown_customer"
    sentence = N_("There is no customer {customer}.")

    def __init__(self, customer: object) -> None:
        super().__init__(field="customer", customer=customer)


class CustomerBlocked(ShopError):
    """The customer may not be sold to."""

    code = "customer_blocked"
    sentence = N_("This customer is blocked.")


class CouponNotValid(ShopError):
    """The coupon is not known or does not apply."""

    code = "coupon_not_valid"
    sentence = N_("The coupon {coupon} is not valid.")

    def __init__(self, coupon: str) -> None:
        super().__init__(field="coupon", coupon=coupon)


class UnknownTender(ShopError):
    """The shop does not take this way of paying."""

    code = "unknown_payment_type"
    sentence = N_("{tender} is no way of paying here.")

    def __init__(self, tender: str) -> None:
        super().__init__(field="payments", tender=tender[:40])


class CartClosed(ShopError):
    """The cart was held, paid or given up meanwhile."""

    code = "cart_closed"
    sentence = N_("This sale was already finished, held or given up.")


class TotalChanged(ShopError):
    """Prices or taxes changed between what the clerk saw and what the sale would cost. ``values``: ``total_cents``."""

    code = "total_changed"
    sentence = N_("Prices changed in the meantime. Look at the new total before taking the money.")

    def __init__(self, total_cents: int) -> None:
        super().__init__(total_cents=total_cents)


class SaleLine(msgspec.Struct, frozen=True):
    """A line to sell: named by exactly one of variant, SKU and barcode; ``quantity_milli`` counts what the code stands for.

    ``price_cents`` is a unit price typed at the till (permission ``price.override``).
    """

    quantity_milli: int = MILLI
    sku: str | None = None
    barcode: str | None = None
    variant_id: int | None = None
    discount: Discount | None = None
    price_cents: int | None = None
    note: str = ""


class PaymentGiven(msgspec.Struct, frozen=True):
    """Something handed over: the code of a payment type, how much; a card paid at a terminal names its intent."""

    type: str
    amount_cents: int
    card_intent_uid: str | None = None


class CommitSale(msgspec.Struct, frozen=True):
    """A sale to be made. ``payments`` None is exact cash. ``customer`` is an id or a mail address.

    ``from_cart`` says that ``key`` is the uid of a saved cart, which is closed with the sale. ``expected_total_cents`` is
    what the clerk saw before rounding, if anybody saw it. ``approvals`` are uids of approvals given for this sale.
    """

    key: str
    lines: tuple[SaleLine, ...]
    till: str | None = None
    customer: int | str | None = None
    coupon: str | None = None
    order_discount: Discount | None = None
    payments: tuple[PaymentGiven, ...] | None = None
    note: str = ""
    from_cart: bool = False
    expected_total_cents: int | None = None
    approvals: tuple[str, ...] = ()


class SaleAnswer(msgspec.Struct, frozen=True):
    """The stored answer of a sale: the fields of the headless ``sell``; the same request again gets the same answer."""

    fields: dict[str, object]

    @property
    def number(self) -> str:
        """The sale's number."""
        return str(self.fields["number"])

    @property
    def change_cents(self) -> int:
        """What goes back to the customer."""
        change = self.fields["change_cents"]
        assert isinstance(change, int)
        return change

    @property
    def total_cents(self) -> int:
        """What the sale cost, rounding included."""
        total = self.fields["total_cents"]
        assert isinstance(total, int)
        return total
