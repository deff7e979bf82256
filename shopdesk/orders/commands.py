"""What is asked of orders, what they answer, and how they refuse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.sales.basket import Discount
from shopdesk.sales.sale_command import SaleLine


class UnknownOrder(ShopError):
    """No order has this number."""

    code = "unknown_order"
    sentence = N_("There is no order {order}.")

    def __init__(self, order: object) -> None:
        super().__init__(field="order", order=str(order)[:64])


class UnknownQuote(ShopError):
    """No quote has this number."""

    code = "unknown_quote"
    sentence = N_("There is no quote {quote}.")

    def __init__(self, quote: object) -> None:
        super().__init__(field="quote", quote=str(quote)[:64])


class WrongStep(ShopError):
    """An order cannot do this from where it stands (R17)."""

    code = "wrong_step"
    sentence = N_("Order {order} is {status}: this can no longer be done, or not yet.")

    def __init__(self, order: str, status: str) -> None:
        super().__init__(order=order, status=status)


class QuoteOver(ShopError):
    """A quote that was taken, declined, or whose time is over."""

    code = "quote_over"
    sentence = N_("Quote {quote} was already accepted or declined, or its time is over.")


class AddressNeeded(ShopError):
    """Goods that are sent need to know where to."""

    code = "address_needed"
    sentence = N_("An order that is sent needs a shipping address.")


class AccountLimit(ShopError):
    """More on account than the customer may owe. ``values``: ``open_cents``, ``limit_cents``."""

    code = "account_limit"
    sentence = N_("This customer may owe {limit}; {owed} is open already.")


class ShippingNotOffered(ShopError):
    """The option does not send there, or not what is so heavy."""

    code = "shipping_not_offered"
    sentence = N_("{name} does not send there.")


@dataclass(frozen=True, slots=True)
class AddressGiven:
    """An address as it stands on an order."""

    line1: str
    country_code: str
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    phone: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderContent:
    """What an order or a quote is about. ``customer`` is an id or a mail address.

    Without ``shipping`` the customer's default shipping address is taken; without ``shipping_cents`` the option's own rate.
    ``terms`` is ``now`` or ``account``. ``warehouse`` None is the till's.
    """

    customer: int | str
    lines: tuple[SaleLine, ...]
    channel: str = "phone"
    fulfilment: str = "ship"
    shipping: AddressGiven | None = None
    billing: AddressGiven | None = None
    shipping_option_id: int | None = None
    shipping_cents: int | None = None
    order_discount: Discount | None = None
    terms: str = "now"
    deposit_cents: int = 0
    promised_at: datetime | None = None
    customer_note: str = ""
    staff_note: str = ""
    warehouse: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOrder:
    """Confirm an order: numbered, its goods set aside."""

    key: str
    content: OrderContent
    till: str | None = None
    approvals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOrder:
    """Give an order that is not processed yet another content; ``version`` is what was seen."""

    key: str
    order: str
    version: int
    content: OrderContent
    till: str | None = None
    approvals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateQuote:
    """Offer something until a moment; nothing is set aside."""

    key: str
    content: OrderContent
    valid_until: datetime | None = None
    till: str | None = None
    approvals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptQuote:
    """A quote becomes an order at the prices that were offered."""

    key: str
    quote: str
    till: str | None = None


@dataclass(frozen=True, slots=True)
class DeclineQuote:
    """A quote comes to nothing."""

    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessOrder:
    """Begin with an order: from now on it is fixed and invoiced. ``due_days`` is when an order on account is to be paid."""

    key: str
    order: str
    due_days: int = 14
    till: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """Give an order up before anything of it has left; what was paid goes back to where it came from."""

    key: str
    order: str
    reason: str
    till: str | None = None


@dataclass(frozen=True, slots=True)
class OrderSaved:
    """The order (or quote) as it stands then; amounts in cents."""

    number: str
    status: str
    subtotal_cents: int
    discount_cents: int
    tax_cents: int
    shipping_cents: int
    total_cents: int
    paid_cents: int = 0
    invoice: str = ""

    @property
    def open_cents(self) -> int:
        """What is still to be paid."""
        return self.total_cents - self.paid_cents
