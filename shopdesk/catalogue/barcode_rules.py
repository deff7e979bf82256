"""The shop's rules for codes with an embedded price, weight or count (R13): listed, written, tried out, removed."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.catalogue.codes import Reading, Rule, read_by_rule
from shopdesk.catalogue.lookup import Counter, UnknownProduct, sellable_by_code
from shopdesk.catalogue.models import BarcodeRule
from shopdesk.catalogue.saving import save_row
from shopdesk.catalogue.sellable import Sellable
from shopdesk.core.errors import BadField, NotFound
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.saving import values_now
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office

_LONGEST = 32


@dataclass(frozen=True, slots=True)
class BarcodeRuleRow:
    """A rule in the order in which rules are tried."""

    id: int
    name: str
    position: int
    prefix: str
    item_digits: int
    verifier_digits: int
    value_digits: int
    value_decimals: int
    kind: str
    check_digit: str
    is_active: bool
    version: int

    def read(self, code: str, places: int) -> Reading | None:
        """What the rule reads in a code, for trying it out; ``places`` are the currency's decimals."""
        rule = Rule(
            self.id,
            self.prefix,
            self.item_digits,
            self.verifier_digits,
            self.value_digits,
            self.value_decimals,
            self.kind,
            self.check_digit,
        )
        return read_by_rule(rule, code, places)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveBarcodeRule:
    """A new rule (``rule_id`` None), or one as it should be: prefix + item + verifier + value + check digit."""

    name: str
    prefix: str
    item_digits: int
    value_digits: int
    verifier_digits: int = 0
    value_decimals: int = 2
    kind: str = "price"
    check_digit: str = "enforce"
    position: int = 0
    is_active: bool = True
    rule_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class RemoveBarcodeRule:
    """The rule to remove."""

    rule_id: int


@dataclass(frozen=True, slots=True)
class ArrangeBarcodeRules:
    """All rules in the order in which they are to be tried."""

    rule_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TriedRule:
    """What an active rule reads in a code that was tried; None where the code is not of its shape or its check digit is wrong."""

    name: str
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class TriedCode:
    """What the till makes of a code: the goods, or the sentence that it would say, and what each rule reads."""

    goods: Sellable | None
    refusal: str
    rules: tuple[TriedRule, ...]


def barcode_rules(reader: Reader) -> tuple[BarcodeRuleRow, ...]:
    """All rules in the order in which they are tried."""
    columns = (getattr(BarcodeRule, name) for name in BarcodeRuleRow.__dataclass_fields__)
    rows = reader.connection.execute(sa.select(*columns).order_by(BarcodeRule.position, BarcodeRule.id))
    return tuple(BarcodeRuleRow(*row) for row in rows)


def try_code(reader: Reader, code: str, places: int) -> TriedCode:
    """Read a code as the till would, in a shop where nothing is in stock; at most three statements."""
    rules = tuple(TriedRule(row.name, row.read(code, places)) for row in barcode_rules(reader) if row.is_active)
    counter = Counter(warehouse_id=0, now=reader.clock.now(), places=places)
    try:
        return TriedCode(sellable_by_code(reader, code, counter), "", rules)
    except UnknownProduct as error:
        return TriedCode(None, str(error), rules)


def arrange_barcode_rules(uow: UnitOfWork, command: ArrangeBarcodeRules) -> ArrangeBarcodeRules:
    """Try the rules in another order from now on and answer the one before; every rule must be named once."""
    uow.require(Permission.SETTINGS_EDIT)
    ordered = sa.select(BarcodeRule.id).order_by(BarcodeRule.position, BarcodeRule.id).with_for_update()
    before = list(uow.connection.execute(ordered).scalars())
    if sorted(command.rule_ids) != sorted(before):
        raise BadField("rule_ids", _("must name every rule once."))
    if list(command.rule_ids) != before:
        for place, rule_id in enumerate(command.rule_ids):
            uow.connection.execute(sa.update(BarcodeRule).where(BarcodeRule.id == rule_id).values(position=place))
        details: dict[str, object] = {"before": before, "after": list(command.rule_ids)}
        audit_office(uow, "barcode_rule.arrange", target_type="barcode_rule", target_id="", details=details)
        uow.changed("BarcodeRule")
    return ArrangeBarcodeRules(tuple(before))


def save_barcode_rule(uow: UnitOfWork, command: SaveBarcodeRule) -> int:
    """Write a rule and return its id; raises BadField for a shape that no code can have."""
    uow.require(Permission.SETTINGS_EDIT)
    name = checked_text(command.name, field="name", longest=60, required=True)
    if not command.prefix.isascii() or not command.prefix.isdigit():
        raise BadField("prefix", _("must be digits."))
    if command.item_digits < 1 or command.value_digits < 1:
        raise BadField("item_digits", _("item and value have at least one digit each."))
    if command.verifier_digits not in {0, 1} or not 0 <= command.value_decimals <= command.value_digits:
        raise BadField(
            "value_decimals", _("a verifier has one digit at most, and a value no more decimals than digits.")
        )
    if len(command.prefix) + command.item_digits + command.value_digits > _LONGEST:
        raise BadField("prefix", _("the whole code is too long."))
    if command.kind not in {"price", "weight", "count"}:
        raise BadField("kind", _("must be price, weight or count."))
    if command.check_digit not in {"enforce", "warn", "ignore"}:
        raise BadField("check_digit", _("must be enforce, warn or ignore."))
    values: dict[str, object] = {
        "name": name,
        "prefix": command.prefix,
        "item_digits": command.item_digits,
        "verifier_digits": command.verifier_digits,
        "value_digits": command.value_digits,
        "value_decimals": command.value_decimals,
        "kind": command.kind,
        "check_digit": command.check_digit,
        "position": command.position,
        "is_active": command.is_active,
    }
    before = values_now(uow, BarcodeRule, command.rule_id, values)
    rule_id = save_row(uow, BarcodeRule, command.rule_id, command.version, values, name=name)
    audit_office(
        uow,
        "barcode_rule.save",
        target_type="barcode_rule",
        target_id=str(rule_id),
        details={"name": name, **what_changed(before, values)},
    )
    uow.changed("BarcodeRule")
    return rule_id


def remove_barcode_rule(uow: UnitOfWork, command: RemoveBarcodeRule) -> None:
    """Remove a rule."""
    uow.require(Permission.SETTINGS_EDIT)
    if not uow.connection.execute(sa.delete(BarcodeRule).where(BarcodeRule.id == command.rule_id)).rowcount:
        raise NotFound(_("Barcode rule"), command.rule_id)
    audit_office(uow, "barcode_rule.remove", target_type="barcode_rule", target_id=str(command.rule_id))
    uow.changed("BarcodeRule")
