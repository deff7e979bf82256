"""Rules for codes with a printed price, weight or count: their shape, their order, and a field to try a code in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopdesk.catalogue.barcode_rules import (
    ArrangeBarcodeRules,
    BarcodeRuleRow,
    RemoveBarcodeRule,
    SaveBarcodeRule,
    arrange_barcode_rules,
    barcode_rules,
    remove_barcode_rule,
    save_barcode_rule,
)
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import Sorts
from shopdesk.ui.dialogs.barcode_try import open_try_code
from shopdesk.ui.kit.columns import Column, Kind, State, number, state, text
from shopdesk.ui.kit.form_dialog import Form, Fresh, Shown, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick
from shopdesk.ui.kit.whole import whole

_EDIT = Permission.SETTINGS_EDIT
_SHAPE, _CODE = N_("Shape"), N_("What it holds")
KINDS = (("price", N_("A price")), ("weight", N_("A weight")), ("count", N_("A count")))
CHECKS = (
    ("enforce", N_("Must be right")),
    ("warn", N_("May be wrong, with a warning")),
    ("ignore", N_("Is not looked at")),
)
ACTIVE = {
    "True": State(N_("Used"), "success", "check"),
    "False": State(N_("Not used"), "secondary", "archive-outline"),
}
FORM = Form(
    key="barcode_rules.rule",
    title=N_("Barcode rule"),
    command=SaveBarcodeRule,
    use_case=save_barcode_rule,
    fields=(
        Field("name", N_("Name"), required=True, max_length=60),
        Field("is_active", N_("Used at the till"), Holds.YES),
        Field("kind", N_("The code holds"), Holds.CHOICE, required=True, options=KINDS, group=_CODE),
        Field("value_decimals", N_("Decimals of the value"), Holds.COUNT, group=_CODE),
        Field("check_digit", N_("The check digit"), Holds.CHOICE, required=True, options=CHECKS, group=_CODE),
        Field("prefix", N_("Begins with"), required=True, max_length=12, group=_SHAPE),
        Field("item_digits", N_("Digits of the article"), Holds.COUNT, required=True, group=_SHAPE),
        Field("verifier_digits", N_("Digits that check the value"), Holds.COUNT, group=_SHAPE, help=N_("0 or 1")),
        Field(
            "value_digits",
            N_("Digits of the value"),
            Holds.COUNT,
            required=True,
            group=_SHAPE,
            help=N_("At the end comes one check digit for the whole code."),
        ),
    ),
    given=("rule_id", "version", "position"),
    act=N_("Save rule"),
    said=N_("The rule was saved."),
    make=lambda values: SaveBarcodeRule(
        **{**values, "verifier_digits": values["verifier_digits"] or 0, "value_decimals": values["value_decimals"] or 0}
    ),
    entity="barcode_rule",
)


def shown(row: BarcodeRuleRow) -> Shown:
    """A rule as the form shows it."""
    values = {field.key: getattr(row, field.key) for field in FORM.fields}
    return Shown(values, {"rule_id": row.id, "version": row.version, "position": row.position}, FORM)


def shape(row: BarcodeRuleRow) -> str:
    """How a code of this rule looks: ``21 AAAAA V PPPPP C``."""
    letter = {"price": "P", "weight": "W", "count": "N"}[row.kind]
    parts = (row.prefix, "A" * row.item_digits, "V" * row.verifier_digits, letter * row.value_digits, "C")
    return " ".join(part for part in parts if part)


def add(view: ListView, _rows: Sequence[Any]) -> None:
    """Make a rule; it is tried last."""
    values = {"is_active": True, "kind": "price", "check_digit": "enforce", "item_digits": 5, "value_digits": 5}
    values |= {"value_decimals": view.desk.formats.places(), "verifier_digits": 0}
    open_form(view, view.desk, FORM, values=values, given={"position": len(view.model.rows)})


def edit(view: ListView, rows: Sequence[BarcodeRuleRow]) -> None:
    """Change a rule."""
    now = shown(rows[0])
    rule_id = rows[0].id

    def read(found: Sequence[BarcodeRuleRow]) -> Shown:
        return shown(next(row for row in found if row.id == rule_id))

    fresh = Fresh(barcode_rules, (), read)
    open_form(view, view.desk, FORM, values=now.values, given=now.given, fresh=fresh, entity_id=rule_id)


def try_it(view: ListView, _rows: Sequence[Any]) -> None:
    """Try a code."""
    open_try_code(view, view.desk)


def earlier(view: ListView, rows: Sequence[BarcodeRuleRow]) -> None:
    """Try a rule before the one above it."""
    _move(view, rows[0], -1)


def later(view: ListView, rows: Sequence[BarcodeRuleRow]) -> None:
    """Try a rule after the one below it."""
    _move(view, rows[0], 1)


def _move(view: ListView, row: BarcodeRuleRow, by: int) -> None:
    def ready(found: Sequence[BarcodeRuleRow]) -> None:
        order = [one.id for one in found]
        if row.id not in order:
            return
        at = order.index(row.id)
        to = at + by
        if 0 <= to < len(order):
            order[at], order[to] = order[to], order[at]
            Operation(arrange_barcode_rules, ArrangeBarcodeRules(tuple(order))).run(view.desk, view)

    view.desk.ask(barcode_rules, done=ready, owner=view, key="move")


def remove(view: ListView, rows: Sequence[BarcodeRuleRow]) -> None:
    """Remove a rule."""
    row = rows[0]
    ask(
        view,
        _("Remove {name}?").format(name=row.name),
        _("Codes of this shape are unknown at the till from then on."),
        _("Remove rule"),
        lambda: Operation(remove_barcode_rule, RemoveBarcodeRule(row.id), said=N_("The rule is gone.")).run(
            view.desk, view
        ),
        danger=True,
    )


RULES = ListScreen(
    key="barcode_rules.rules",
    title=N_("Barcode rules"),
    glyph="barcode",
    needs=Permission.CATALOGUE_VIEW,
    page=whole(barcode_rules),
    row=BarcodeRuleRow,
    sorts=Sorts({}),
    search=N_("Name or beginning"),
    columns=(
        text("name", N_("Name"), stretch=True),
        Column("shape", N_("Shape"), Kind.TEXT, 216, read=shape),
        state("kind", N_("Holds"), {key: State(word) for key, word in KINDS}, width=112),
        number("value_decimals", N_("Decimals"), width=88),
        state("check_digit", N_("Check digit"), {key: State(word) for key, word in CHECKS}, width=184),
        state("is_active", N_("State"), ACTIVE, width=112),
    ),
    commands=(
        Command("new", N_("New rule"), add, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("try", N_("Try a code"), try_it, "barcode-scan", Permission.CATALOGUE_VIEW, "Ctrl+T", Pick.NONE),
        Command("edit", N_("Edit"), edit, "pencil-outline", _EDIT, "Ctrl+E"),
        Command("earlier", N_("Try earlier"), earlier, "arrow-up", _EDIT, "Ctrl+Up"),
        Command("later", N_("Try later"), later, "arrow-down", _EDIT, "Ctrl+Down"),
        Command("remove", N_("Remove"), remove, "delete-outline", _EDIT, "Ctrl+Del", danger=True),
    ),
    refresh_on={"BarcodeRule"},
    minor=("check_digit", "value_decimals"),
    empty=Empty(
        "barcode", N_("Scales and bakeries print the price or the weight into the code: a rule says where."), "new"
    ),
    on_open="edit",
)
