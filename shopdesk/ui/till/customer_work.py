"""The customer of the sale in hand: chosen, made, taken off; their price lists change what the lines cost."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from shopdesk.catalogue.lookup import find_goods
from shopdesk.catalogue.sellable import Sellable
from shopdesk.core.errors import NotPermitted, ShopError
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.parties.queries import CustomerAtTill, customer_at_till
from shopdesk.ui.dialogs.customer_find import CustomerDialog
from shopdesk.ui.till.cart_lines import Buyer
from shopdesk.ui.till.till_desk import TillDesk


class CustomerWork(QObject):
    """What the customer key does."""

    def __init__(self, till: TillDesk) -> None:
        super().__init__(till)
        self._till = till

    def choose(self) -> CustomerDialog | None:
        """Ask whose sale this is."""
        till = self._till
        if not till.may(Permission.CUSTOMER_VIEW):
            till.refuse(NotPermitted(Permission.CUSTOMER_VIEW.value))
            return None
        return CustomerDialog(
            till.page.window(),
            till.desk,
            has_customer=till.state.cart.buyer is not None,
            may_make=till.may(Permission.CUSTOMER_EDIT),
            on_customer=self.take,
        )

    def take(self, customer_id: int | None) -> None:
        """It is this customer's sale from now on."""

        def found(customer: object) -> None:
            if isinstance(customer, CustomerAtTill) and customer.status == "blocked":
                self._till.refuse(_("{name} is blocked and cannot be sold to.").format(name=customer.name))
                return
            self.look_prices_up(self.as_buyer(customer))

        self.find(customer_id, found)

    def find(self, customer_id: int | None, then: Callable[[object], object]) -> None:
        """Look a customer up; ``then`` gets None for none, or for one that is gone."""
        if customer_id is None or not self._till.may(Permission.CUSTOMER_VIEW):
            then(None)
            return
        self._till.desk.ask(
            customer_at_till,
            customer_id,
            self._till.actor,
            done=then,
            failed=self._till.failed,
            owner=self._till.page,
        )

    @staticmethod
    def as_buyer(found: object) -> Buyer | None:
        """A looked-up customer as the sale keeps them."""
        if not isinstance(found, CustomerAtTill):
            return None
        name = found.name or found.company or _("Customer {number}").format(number=found.id)
        detail = found.company if found.name and found.company else found.email or found.phone
        return Buyer(found.id, name, found.email, detail, found.tax_exempt)

    def look_prices_up(self, buyer: Buyer | None) -> None:
        """Price the sale for a customer (or nobody): their lists hold, and today's."""
        till, standing = self._till, self._till.standing
        if standing is None:
            return
        variants = [line.goods.variant_id for line in till.state.cart.lines]
        counter = standing.counter(till.desk.clock.now(), buyer)

        def ask(reader: Reader) -> dict[int, Sellable]:
            found = find_goods(reader, counter, variant_ids=variants)
            known = {}
            for variant_id in dict.fromkeys(variants):
                try:
                    known[variant_id] = found.by_variant(variant_id)
                except ShopError:
                    continue  # gone meanwhile: the checkout says so, with its name
            return known

        def done(goods: dict[int, Sellable]) -> None:
            try:
                till.state.set_buyer(buyer, goods)
            except ShopError as error:
                till.refuse(error)

        if variants:
            till.desk.ask(ask, done=done, failed=till.failed, owner=till.page, key="buyer_prices")
        else:
            done({})
