"""Another unit price for a line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.dialogs.price_figure import FigureDialog
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.inputs import MoneyField


def ask_price(
    parent: QWidget | None,
    formats: Formats,
    *,
    name: str,
    list_price_cents: int,
    unit_price_cents: int,
    on_price: Callable[[int], object],
    on_list_price: Callable[[], object] | None = None,
) -> FigureDialog:
    """Ask for the price of one unit; ``on_list_price`` takes a typed price off again and is offered where one stands."""
    field = MoneyField("price", _("Price for one"), formats, till=True)
    dialog = FigureDialog(parent, "price_dialog", _("Price"), field, _("Price for one"))
    dialog.say(_("{name}, on the shelf at {price}").format(name=name, price=formats.money(list_price_cents)))
    dialog.preview = lambda cents: _difference(formats, cents, list_price_cents)
    if on_list_price is not None:

        def back() -> None:
            dialog.accept()
            on_list_price()

        dialog.add_button(_("Price on the shelf"), "list_price", back)
    dialog.finish(_("Change price"), on_price, start=unit_price_cents)
    return dialog


def _difference(formats: Formats, cents: int, list_price_cents: int) -> str:
    off = cents - list_price_cents
    if off == 0:
        return ""
    words = _("{amount} below the shelf") if off < 0 else _("{amount} above the shelf")
    return words.format(amount=formats.money(abs(off)))
