"""An address of a customer's: the form offers the states of the country that is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.db.unit import Reader
from shopdesk.parties.addresses import AddressRow, SaveAddress, save_address
from shopdesk.parties.countries import country_choices, states_of
from shopdesk.system.settings import shop_settings
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.form_dialog import Form, FormDialog, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.operations import question_failed

TYPES = (("shipping", N_("Shipping address")), ("billing", N_("Billing address")))
_NO_STATE = ("", N_("None"))
FORM = Form(
    key="customers.address",
    title=N_("Address"),
    command=SaveAddress,
    use_case=save_address,
    fields=(
        Field("type", N_("Kind"), Holds.CHOICE, required=True, options=TYPES),
        Field("line1", N_("Street and number"), required=True, max_length=200),
        Field("line2", N_("Further line"), max_length=200),
        Field("postal_code", N_("Postal code"), max_length=20),
        Field("city", N_("Town"), max_length=100),
        Field("country_code", N_("Country"), Holds.CHOICE, required=True, query=country_choices),
        Field("state", N_("State"), Holds.CHOICE, options=(_NO_STATE,)),
        Field("is_default", N_("Used unless another one is chosen"), Holds.YES),
    ),
    given=("customer_id", "address_id", "version"),
    act=N_("Save address"),
    said=N_("The address was saved."),
    make=lambda values: SaveAddress(**{**values, "state": values["state"] or ""}),
)


def open_address(
    parent: QWidget,
    desk: Desk,
    customer_id: int,
    address: AddressRow | None = None,
    done: Callable[[Any], object] | None = None,
) -> FormDialog:
    """Ask for a new address, or show one to be changed."""
    if address is None:
        values: dict[str, object] = {"type": "shipping", "state": ""}
        given: dict[str, object] = {"customer_id": customer_id}
    else:
        values = {field.key: getattr(address, field.key) for field in FORM.fields}
        given = {"customer_id": customer_id, "address_id": address.id, "version": address.version}
    dialog = open_form(parent, desk, FORM, values=values, given=given, done=done)
    _offer_states(dialog, desk, str(values.get("country_code", "")), str(values.get("state", "")))
    country = dialog.view.input("country_code")
    country.edited.connect(lambda: _offer_states(dialog, desk, str(country.value() or ""), ""))
    if address is None:

        def own_country(code: str) -> None:
            if country.value() is None:
                country.set_value(code)
                _offer_states(dialog, desk, code, "")

        desk.ask(_own_country, done=own_country, failed=question_failed(dialog), owner=dialog, key="own_country")
    return dialog


def _own_country(reader: Reader) -> str:
    country_choices(reader)  # asked together, so that the form's own choice has arrived before
    return shop_settings(reader).country


def _offer_states(dialog: FormDialog, desk: Desk, country: str, chosen: str) -> None:
    """The states of a country, or none for one whose addresses do without."""

    def offer(states: Sequence[tuple[str, str]]) -> None:
        field = dialog.view.input("state")
        known = {code for code, _name in states}
        kept = ((chosen, chosen),) if chosen and chosen not in known else ()
        field.set_options([(_NO_STATE[0], _(_NO_STATE[1])), *states, *kept])
        field.set_value(chosen)
        field.setEnabled(bool(states or kept))

    desk.ask(states_of, country, done=offer, failed=question_failed(dialog), owner=dialog, key="states")
