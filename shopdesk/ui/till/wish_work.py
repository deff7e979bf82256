"""What the customer of the sale wishes for and likes: one tap on a line or a tile while the sale is theirs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from shopdesk.core.errors import NotPermitted
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.marketing.wish_favourites import FavouriteMark, mark_favourite
from shopdesk.marketing.wish_lists import AddWish, add_wish
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.till.cart_lines import Buyer
from shopdesk.ui.till.till_desk import TillDesk


class WishWork(QObject):
    """Wishes and favourites of the sale's customer. ``marked`` is called when their favourites changed."""

    def __init__(self, till: TillDesk, marked: Callable[[], object]) -> None:
        super().__init__(till)
        self._till = till
        self._marked = marked

    def wish_line(self) -> None:
        """Put the line in focus on the customer's wish list."""
        line = self._till.state.cart.focus
        if line is not None:
            self.wish(line.goods.product_id, line.goods.variant_id, line.goods.name)

    def favour_line(self) -> None:
        """Make the line in focus a favourite of the customer's."""
        line = self._till.state.cart.focus
        if line is not None:
            self.favour(line.goods.variant_id, line.goods.name)

    def wish(self, product_id: int, variant_id: int | None, name: str) -> None:
        """Put an article on the customer's wish list; without a variant any will do."""
        buyer = self._buyer()
        if buyer is None:
            return
        said = _("{article} is on the wish list of {name}.").format(article=name, name=buyer.name)
        Operation(add_wish, AddWish(buyer.id, product_id, variant_id), said=said).run(self._till.desk, self._till.page)

    def favour(self, variant_id: int, name: str) -> None:
        """Make a variant a favourite of the customer's; a tile for it stands on their page then."""
        buyer = self._buyer()
        if buyer is None:
            return
        said = _("{article} is a favourite of {name}.").format(article=name, name=buyer.name)
        self._mark(FavouriteMark(buyer.id, variant_id, is_favourite=True), said)

    def forget(self, variant_id: int, name: str) -> None:
        """Take a variant off the customer's favourites."""
        buyer = self._buyer()
        if buyer is None:
            return
        said = _("{article} is no favourite of {name} any more.").format(article=name, name=buyer.name)
        self._mark(FavouriteMark(buyer.id, variant_id, is_favourite=False), said)

    def _mark(self, command: FavouriteMark, said: str) -> None:
        operation = Operation(mark_favourite, command, done=lambda _nothing: self._marked(), said=said)
        operation.run(self._till.desk, self._till.page)

    def _buyer(self) -> Buyer | None:
        """The sale's customer; says what is missing where there is none."""
        buyer = self._till.state.cart.buyer
        if not self._till.may(Permission.CUSTOMER_EDIT):
            self._till.refuse(NotPermitted(Permission.CUSTOMER_EDIT.value))
            return None
        if buyer is None:
            self._till.refuse(_("Choose the customer first: wishes and favourites belong to somebody."))
        return buyer
