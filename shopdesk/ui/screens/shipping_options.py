"""Ways of sending goods: their rates by weight or value, where they go, and which are still offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from shopdesk.core.errors import BadAmount, BadField
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import parse_quantity
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Sorts
from shopdesk.orders.shipping_options import (
    RetireShippingOption,
    SaveShippingOption,
    ShippingOptionRow,
    retire_shipping_option,
    save_shipping_option,
    shipping_options,
)
from shopdesk.ui.kit.columns import Column, Kind, State, money, state, text
from shopdesk.ui.kit.form_dialog import Form, Fresh, Shown, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick
from shopdesk.ui.kit.whole import whole

_EDIT = Permission.SHIPPING_EDIT
_COST, _WHERE = N_("What it costs"), N_("Where and how")
BASES = (("flat", N_("Always the same")), ("weight", N_("By weight")), ("value", N_("By value of the goods")))
ACTIVE = {
    "True": State(N_("Offered"), "success", "check"),
    "False": State(N_("No longer offered"), "secondary", "archive-outline"),
}
FORM = Form(
    key="shipping_options.option",
    title=N_("Way of sending"),
    command=SaveShippingOption,
    use_case=save_shipping_option,
    fields=(
        Field("name", N_("Name"), required=True, max_length=64),
        Field("is_active", N_("Offered for new orders"), Holds.YES),
        Field("basis", N_("Reckoned"), Holds.CHOICE, required=True, options=BASES, group=_COST),
        Field("rate_cents", N_("Cost"), Holds.MONEY, required=True, group=_COST, help=N_("Below the first step.")),
        Field(
            "steps",
            N_("Steps"),
            Holds.LONG,
            group=_COST,
            help=N_("One a line: from which weight in kg, or from which value, and the cost from there. 2 = 6.90"),
        ),
        Field("free_from_cents", N_("Free from a value of"), Holds.MONEY, group=_COST),
        Field("countries", N_("Countries"), group=_WHERE, help=N_("Two letters each, as DE AT. Empty is everywhere.")),
        Field("carrier", N_("Carrier"), max_length=64, group=_WHERE),
        Field("service", N_("Service on the label"), max_length=64, group=_WHERE),
        Field("estimated_days", N_("Takes"), max_length=64, group=_WHERE, help=N_("As 2-3 working days.")),
        Field("position", N_("Place in the list"), Holds.COUNT, group=_WHERE),
        Field("description", N_("Description"), Holds.LONG, group=_WHERE),
    ),
    given=("option_id", "version"),
    act=N_("Save way of sending"),
    said=N_("The way of sending was saved."),
    entity="shipping_option",
)


def written_steps(row: ShippingOptionRow, formats: Formats) -> str:
    """Steps as the form takes them, one a line: ``2 = 6.90``."""
    return "\n".join(f"{_start(row.basis, start, formats)} = {formats.amount(cost)}" for start, cost in row.steps)


def read_steps(words: str, basis: str, formats: Formats) -> tuple[tuple[int, int], ...]:
    """The steps of such lines, from grams or cents; raises BadField for a line that is none."""
    steps = []
    for line in filter(None, map(str.strip, words.splitlines())):
        start, parted, cost = line.partition("=")
        try:
            if not parted:
                raise BadAmount("steps")
            begins = parse_quantity(start) if basis == "weight" else formats.parse_amount(start.strip())
            steps.append((begins, formats.parse_amount(cost.strip())))
        except BadAmount:
            raise BadField("steps", _("{line} is no step: write it like 2 = 6.90").format(line=line[:40])) from None
    return tuple(steps)


def form(formats: Formats) -> Form:
    """The form, which reads amounts as this shop writes them."""

    def make(values: dict[str, Any]) -> SaveShippingOption:
        steps = read_steps(values["steps"], values["basis"], formats)
        return SaveShippingOption(**{**values, "steps": steps, "position": values["position"] or 0})

    return replace(FORM, make=make)


def shown(row: ShippingOptionRow, formats: Formats) -> Shown:
    """A way of sending as the form shows it."""
    values = {field.key: getattr(row, field.key) for field in FORM.fields}
    values["steps"] = written_steps(row, formats)
    return Shown(values, {"option_id": row.id, "version": row.version}, form(formats))


def add(view: ListView, _rows: Sequence[Any]) -> None:
    """Make a way of sending; it is offered last."""
    values = {"is_active": True, "basis": "flat", "position": len(view.model.rows)}
    open_form(view, view.desk, form(view.desk.formats), values=values)


def edit(view: ListView, rows: Sequence[ShippingOptionRow]) -> None:
    """Change a way of sending."""
    formats = view.desk.formats
    now = shown(rows[0], formats)
    fresh = Fresh(shipping_options, (), partial(_again, rows[0].id, formats))
    spec = form(formats)
    open_form(view, view.desk, spec, values=now.values, given=now.given, fresh=fresh, entity_id=rows[0].id)


def retire(view: ListView, rows: Sequence[ShippingOptionRow]) -> None:
    """Offer it no longer."""
    row = rows[0]
    said = _("{name} is no longer offered; orders that have it keep it.").format(name=row.name)
    Operation(retire_shipping_option, RetireShippingOption(row.id, row.version), said=said).run(view.desk, view)


def _again(option_id: int, formats: Formats, found: Sequence[ShippingOptionRow]) -> Shown:
    return shown(next(row for row in found if row.id == option_id), formats)


def _start(basis: str, start: int, formats: Formats) -> str:
    if basis != "weight":
        return formats.amount(start)
    return formats.quantity(start)


OPTIONS = ListScreen(
    key="shipping_options.options",
    title=N_("Ways of sending"),
    glyph="truck-outline",
    needs=Permission.SALES_VIEW,
    page=whole(shipping_options),
    row=ShippingOptionRow,
    sorts=Sorts({}),
    search=N_("Name, carrier or country"),
    columns=(
        text("name", N_("Name"), stretch=True),
        state("basis", N_("Reckoned"), {key: State(word) for key, word in BASES}, width=176),
        money("rate_cents", N_("Cost")),
        Column("steps", N_("Steps"), Kind.NUMBER, 80, read=lambda row: len(row.steps)),
        money("free_from_cents", N_("Free from")),
        text("countries", N_("Countries"), width=144),
        text("estimated_days", N_("Takes"), width=144),
        text("carrier", N_("Carrier"), width=112, hidden=True),
        state("is_active", N_("State"), ACTIVE, width=152),
    ),
    commands=(
        Command("new", N_("New way of sending"), add, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("edit", N_("Edit"), edit, "pencil-outline", _EDIT, "Ctrl+E"),
        Command(
            "retire",
            N_("Offer no longer"),
            retire,
            "archive-outline",
            _EDIT,
            "Ctrl+Del",
            ready=lambda row: row.is_active,
        ),
    ),
    refresh_on={"ShippingOption"},
    minor=("estimated_days", "countries"),
    empty=Empty("truck-outline", N_("A way of sending has a cost and countries: orders offer those that fit."), "new"),
    on_open="edit",
)
