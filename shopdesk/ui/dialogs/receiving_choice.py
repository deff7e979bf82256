"""Which delivery it is that came: of an open order, or of a supplier without one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.inventory.queries import warehouse_choices
from shopdesk.purchasing.order_queries import open_order_choices
from shopdesk.purchasing.supplier_queries import supplier_choices
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import ChoiceField
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.widgets import Label

Choices = Sequence[tuple[int, str]]


class DeliveryChoice(Dialog):
    """An open order is chosen, or supplier and warehouse of goods that came without one."""

    def __init__(self, place: QWidget, desk: Desk, memory: Memory, supplier_id: int | None) -> None:
        super().__init__(place, "delivery_choice", _("Which delivery came?"))
        self._asker = place
        self._desk = desk
        self._memory = memory
        self.setMinimumWidth(480)
        self.order = ChoiceField("order_id", _("Purchase order"))
        self.supplier = ChoiceField("supplier_id", _("Supplier"))
        self.warehouse = ChoiceField("warehouse_id", _("Into"))
        free = desk.may(Permission.PURCHASE)
        for words, widget, shown in (
            (_("Order on its way"), self.order, True),
            (_("Or, without an order, the supplier"), self.supplier, free),
            (_("Into"), self.warehouse, free),
        ):
            head = Label(words, f"{widget.objectName()}_label", tone="secondary")
            head.setBuddy(widget)
            head.setVisible(shown)
            widget.setVisible(shown)
            self.body.addWidget(head)
            self.body.addWidget(widget)
        self.order.edited.connect(lambda: self.supplier.set_value(None))
        self.supplier.edited.connect(lambda: self.order.set_value(None))
        self.add_cancel()
        self.add_button(_("Count the delivery"), "act", self.go_on, role="primary", default=True)
        failed = question_failed(self)
        desk.ask(open_order_choices, supplier_id, done=self._orders, failed=failed, owner=self)
        desk.ask(supplier_choices, done=lambda known: self._suppliers(known, supplier_id), failed=failed, owner=self)
        desk.ask(warehouse_choices, done=self._warehouses, failed=failed, owner=self)

    def go_on(self) -> None:
        """Open the counting of what was chosen."""
        from shopdesk.ui.dialogs.receiving import receive_order, receive_without_order

        order, supplier, warehouse = (one.value() for one in (self.order, self.supplier, self.warehouse))
        if order is not None:
            self.accept()
            receive_order(self._asker, self._desk, self._memory, int(str(order)))
        elif supplier is not None and warehouse is not None:
            self.accept()
            receive_without_order(
                self._asker,
                self._desk,
                self._memory,
                int(str(supplier)),
                self.supplier.currentText(),
                int(str(warehouse)),
            )
        else:
            self.messages.refuse(_("Choose an order, or a supplier and a warehouse."))

    def _orders(self, choices: Choices) -> None:
        self.order.set_options(list(choices))
        if choices and self.supplier.value() is None:
            self.order.set_value(choices[0][0])

    def _suppliers(self, choices: Choices, supplier_id: int | None) -> None:
        self.supplier.set_options(list(choices))
        if supplier_id is not None and self.order.value() is None:
            self.supplier.set_value(supplier_id)

    def _warehouses(self, choices: Choices) -> None:
        self.warehouse.set_options(list(choices))
        if choices:
            self.warehouse.set_value(choices[0][0])


def choose_delivery(
    place: QWidget, desk: Desk, memory: Memory, *, order_id: int | None = None, supplier_id: int | None = None
) -> None:
    """Open the counting of an order's delivery, after asking which one unless it is given."""
    if order_id is not None:
        from shopdesk.ui.dialogs.receiving import receive_order

        receive_order(place, desk, memory, order_id)
    else:
        DeliveryChoice(place, desk, memory, supplier_id).open()
