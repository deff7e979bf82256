"""How much of a line: a weight in thousandths for weighed goods, pieces for the others."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import _
from shopdesk.core.money import extend
from shopdesk.ui.dialogs.price_figure import FigureDialog
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.inputs import QuantityField


def ask_quantity(
    parent: QWidget | None,
    formats: Formats,
    *,
    name: str,
    unit: str,
    unit_price_cents: int,
    weighed: bool,
    on_quantity: Callable[[int], object],
    start_milli: int | None = None,
) -> FigureDialog:
    """Ask for a quantity; ``on_quantity`` gets thousandths of the unit and may refuse."""
    label = _("Weight in {unit}").format(unit=unit) if weighed else _("Quantity")
    field = QuantityField("quantity", label, till=True)
    title = _("Weigh") if weighed else _("Quantity")
    dialog = FigureDialog(parent, "quantity_dialog", title, field, label)
    price = formats.money(unit_price_cents)
    dialog.say(_("{name}, {price} for one {unit}").format(name=name, price=price, unit=unit or _("piece")))
    dialog.preview = lambda milli: formats.money(extend(milli, unit_price_cents)) if milli > 0 else ""
    dialog.finish(_("Take it"), on_quantity, start=start_milli)
    return dialog
