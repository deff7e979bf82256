"""Tax rates, and the classes that goods are taxed by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shopdesk.catalogue.taxes import (
    RemoveTaxClass,
    SaveTaxClass,
    SaveTaxRate,
    TaxRateRow,
    remove_tax_class,
    save_tax_class,
    save_tax_rate,
    tax_classes,
    tax_rates,
)
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import format_rate
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.ui.kit.columns import State, moment, percent, state, text
from shopdesk.ui.kit.form_dialog import Form, Fresh, Shown, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick
from shopdesk.ui.kit.whole import one, whole

ACTIVE = {"True": State(N_("In force"), "success", "check"), "False": State(N_("Not used"), "secondary", "cancel")}
_EDIT = Permission.SETTINGS_EDIT
RATE = Form(
    key="settings.tax_rate",
    title=N_("Tax rate"),
    command=SaveTaxRate,
    use_case=save_tax_rate,
    fields=(
        Field("code", N_("Code"), required=True, max_length=20),
        Field("name", N_("Name on receipts"), required=True, max_length=60),
        Field("rate_ppm", N_("Rate in percent"), Holds.PERCENT, required=True),
        Field("region", N_("Only in region"), max_length=20, none_if_empty=True),
        Field("is_active", N_("In force"), Holds.YES),
    ),
    given=("rate_id", "version", "valid_from", "valid_to"),
    act=N_("Save tax rate"),
    entity="tax_rate",
)


def new_rate(view: ListView, _rows: Sequence[Any]) -> None:
    """Add a rate."""
    given = {"rate_id": None, "version": 1, "valid_from": None, "valid_to": None}
    open_form(view, view.desk, RATE, values={"is_active": True}, given=given)


def edit_rate(view: ListView, rows: Sequence[TaxRateRow]) -> None:
    """Edit a rate; documents keep what they were made with."""
    now = _shown_rate(rows[0])
    fresh = Fresh(one(tax_rates), (rows[0].id,), _shown_rate)
    open_form(view, view.desk, RATE, values=now.values, given=now.given, fresh=fresh, entity_id=rows[0].id)


def _shown_rate(row: TaxRateRow) -> Shown:
    given = {"rate_id": row.id, "version": row.version, "valid_from": row.valid_from, "valid_to": row.valid_to}
    return Shown({field.key: getattr(row, field.key) for field in RATE.fields}, given)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A tax class with its rates in words."""

    id: int
    code: str
    name: str
    rates: str
    first_rate: int | None
    second_rate: int | None
    version: int


def class_rows(reader: Reader) -> tuple[ClassRow, ...]:
    """Every tax class with the names of its rates."""
    names = {rate.id: f"{rate.name} {format_rate(rate.rate_ppm)} %" for rate in tax_rates(reader)}
    found = []
    for known in tax_classes(reader):
        ids = [rate_id for rate_id, _compound in known.rates]
        words = " + ".join(names.get(rate_id, "?") for rate_id in ids)
        first, second = (*ids, None, None)[:2]
        found.append(ClassRow(known.id, known.code, known.name, words, first, second, known.version))
    return tuple(found)


def rate_choices(reader: Reader) -> tuple[tuple[object, str], ...]:
    """Rates in force for a choice."""
    rates = (rate for rate in tax_rates(reader) if rate.is_active)
    return tuple((rate.id, f"{rate.name} {format_rate(rate.rate_ppm)} %") for rate in rates)


CLASS_FIELDS = (
    Field("code", N_("Code"), required=True, max_length=20),
    Field("name", N_("Name"), required=True, max_length=60),
    Field("first_rate", N_("Rate"), Holds.CHOICE, required=True, query=rate_choices),
    Field("second_rate", N_("Second rate"), Holds.CHOICE, query=rate_choices),
    Field("compound", N_("The second rate is taken from the price with the first"), Holds.YES),
)


def _class_form(row: ClassRow | None) -> Form:
    def make(values: dict[str, Any]) -> SaveTaxClass:
        rates = [(values["first_rate"], False)]
        if values["second_rate"] is not None:
            rates.append((values["second_rate"], bool(values["compound"])))
        class_id, version = (row.id, row.version) if row is not None else (None, 1)
        return SaveTaxClass(
            code=values["code"], name=values["name"], rates=tuple(rates), class_id=class_id, version=version
        )

    return Form(
        "settings.tax_class",
        N_("Tax class"),
        SaveTaxClass,
        save_tax_class,
        CLASS_FIELDS,
        N_("Save tax class"),
        make=make,
        entity="tax_class",
    )


def new_class(view: ListView, _rows: Sequence[Any]) -> None:
    """Add a class."""
    open_form(view, view.desk, _class_form(None))


def edit_class(view: ListView, rows: Sequence[ClassRow]) -> None:
    """Edit a class; what is sold from now on follows."""
    now = _shown_class(rows[0])
    fresh = Fresh(one(class_rows), (rows[0].id,), _shown_class)
    open_form(view, view.desk, _class_form(rows[0]), values=now.values, fresh=fresh, entity_id=rows[0].id)


def _shown_class(row: ClassRow) -> Shown:
    return Shown({field.key: getattr(row, field.key, False) for field in CLASS_FIELDS}, form=_class_form(row))


def remove_class(view: ListView, rows: Sequence[ClassRow]) -> None:
    """Remove a class that no product has."""
    row = rows[0]
    operation = Operation(remove_tax_class, RemoveTaxClass(row.id), said=N_("The tax class is gone."))
    ask(
        view,
        _("Remove {name}?").format(name=row.name),
        _("Only a class that no product has can be removed."),
        _("Remove tax class"),
        lambda: operation.run(view.desk, view),
        danger=True,
    )


TAX_RATES = ListScreen(
    key="settings.tax_rates",
    title=N_("Tax rates"),
    glyph="percent-outline",
    needs=_EDIT,
    page=whole(tax_rates),
    row=TaxRateRow,
    sort="code",
    columns=(
        text("code", N_("Code"), width=112, sort=True),
        text("name", N_("Name on receipts"), stretch=True, sort=True),
        percent("rate_ppm", N_("Rate"), sort=True),
        text("region", N_("Region"), width=104),
        moment("valid_from", N_("From")),
        moment("valid_to", N_("To")),
        state("is_active", N_("State"), ACTIVE),
    ),
    commands=(
        Command("new", N_("New tax rate"), new_rate, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("edit", N_("Edit"), edit_rate, "pencil-outline", _EDIT, "Ctrl+E"),
    ),
    refresh_on={"TaxRate"},
    empty=Empty("percent-outline", N_("A shop without tax rates sells without tax."), "new"),
    on_open="edit",
)
TAX_CLASSES = ListScreen(
    key="settings.tax_classes",
    title=N_("Tax classes"),
    glyph="percent-outline",
    needs=_EDIT,
    page=whole(class_rows),
    row=ClassRow,
    sort="code",
    columns=(
        text("code", N_("Code"), width=112, sort=True),
        text("name", N_("Name"), stretch=True, sort=True),
        text("rates", N_("Rates"), width=320),
    ),
    commands=(
        Command("new", N_("New tax class"), new_class, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("edit", N_("Edit"), edit_class, "pencil-outline", _EDIT, "Ctrl+E"),
        Command("remove", N_("Remove"), remove_class, "delete-outline", _EDIT, "Ctrl+Del", danger=True),
    ),
    refresh_on={"TaxClass", "TaxRate"},
    empty=Empty("percent-outline", N_("Products are taxed by their class."), "new"),
    on_open="edit",
)
