"""Article numbers of the shop's own: EAN-13s from the range that GS1 leaves to every shop (20 to 29)."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.catalogue.codes import check_digit
from shopdesk.catalogue.models import BarcodeRange, BarcodeRule, VariantBarcode
from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office

PREFIXES = tuple(f"2{digit}" for digit in range(10))
_CODE = "internal"
_DIGITS = 10
_MOST_AT_ONCE = 500
_TAKE_TEXT = """
INSERT INTO barcode_ranges (code, prefix, next_number, created_at, updated_at, created_by, updated_by, version)
VALUES ('internal', :prefix, 1 + :count, :at, :at, :user_id, :user_id, 1)
ON CONFLICT (code) DO UPDATE SET next_number = barcode_ranges.next_number + :count
RETURNING prefix, next_number
"""
_TAKE = Prepared(sqlite=_TAKE_TEXT, postgresql=_TAKE_TEXT.replace(":count", "CAST(:count AS bigint)"))
"""One statement, so that two who ask at once are given different numbers on either database."""


class RangeUsedUp(ShopError):
    """There is no number left, or none that may be given."""

    code = "range_used_up"
    sentence = N_("The range {prefix} has no more numbers. Choose another one.")


class RangeRead(ShopError):
    """The scales' labels begin with the same figures."""

    code = "range_read_by_rule"
    sentence = N_("Codes that begin with {prefix} are read by the barcode rule {name}. Choose another range.")


@dataclass(frozen=True, slots=True)
class RangeNow:
    """From which range the shop's own codes come, and the next one."""

    prefix: str
    next_code: str


@dataclass(frozen=True, slots=True)
class MakeBarcodes:
    """So many new article numbers that nobody else is given."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class SetBarcodeRange:
    """From which range (``20`` to ``29``) the shop's own article numbers are made from now on."""

    prefix: str


def ean13(prefix: str, number: int) -> str:
    """The EAN-13 of a number in a range."""
    body = f"{prefix}{number:0{_DIGITS}d}"
    return body + check_digit(body)


def barcode_range(reader: Reader) -> RangeNow:
    """The range in use; one that was never used starts with the first prefix that no barcode rule reads."""
    found = reader.connection.execute(
        sa.select(BarcodeRange.prefix, BarcodeRange.next_number).where(BarcodeRange.code == _CODE)
    ).first()
    prefix, number = (found.prefix, found.next_number) if found is not None else (_free_prefix(reader), 1)
    return RangeNow(prefix, ean13(prefix, number))


def make_barcodes(uow: UnitOfWork, command: MakeBarcodes) -> tuple[str, ...]:
    """Give out new EAN-13s of the shop's range, with the right check digit; none is ever given twice.

    They are given whether they are used or not, so a form may ask before it is saved. Raises RangeUsedUp and RangeRead.
    """
    uow.require(Permission.CATALOGUE_EDIT)
    if not 0 < command.count <= _MOST_AT_ONCE:
        raise BadField("count", _("must be from 1 to {most}.").format(most=_MOST_AT_ONCE))
    made: list[str] = []
    while len(made) < command.count:
        prefix, numbers = _take(uow, command.count - len(made))
        _forbid_rule(uow, prefix)
        codes = [ean13(prefix, number) for number in numbers]
        known = sa.select(VariantBarcode.barcode).where(VariantBarcode.barcode.in_(codes))
        used = set(uow.connection.execute(known).scalars())  # somebody may have typed one before
        made += [code for code in codes if code not in used]
    uow.changed("BarcodeRange")
    return tuple(made)


def set_barcode_range(uow: UnitOfWork, command: SetBarcodeRange) -> RangeNow:
    """Make the shop's own article numbers from another range, from its first number that nobody has."""
    uow.require(Permission.SETTINGS_EDIT)
    if command.prefix not in PREFIXES:
        raise BadField("prefix", _("must be one of {prefixes}.").format(prefixes=", ".join(PREFIXES)))
    _forbid_rule(uow, command.prefix)
    before = barcode_range(uow)
    _take(uow, 0)
    if before.prefix != command.prefix:
        largest = sa.select(sa.func.max(VariantBarcode.barcode)).where(
            VariantBarcode.barcode >= f"{command.prefix}{0:011d}",
            VariantBarcode.barcode <= f"{command.prefix}{10**11 - 1:011d}",
            sa.func.length(VariantBarcode.barcode) == 13,
        )
        last = uow.connection.execute(largest).scalar()
        digits = str(last)[2:12] if last is not None else ""
        first = int(digits) + 1 if digits.isascii() and digits.isdigit() else 1
        uow.connection.execute(
            sa.update(BarcodeRange)
            .where(BarcodeRange.code == _CODE)
            .values(
                prefix=command.prefix,
                next_number=first,
                updated_at=uow.clock.now(),
                updated_by=uow.actor.user_id or None,
                version=BarcodeRange.version + 1,
            )
        )
    changed = what_changed({"prefix": before.prefix}, {"prefix": command.prefix})
    audit_office(uow, "barcode_range.set", target_type="barcode_range", target_id=_CODE, details=changed)
    uow.changed("BarcodeRange")
    return barcode_range(uow)


def _take(uow: UnitOfWork, count: int) -> tuple[str, range]:
    """The next numbers of the range, which is made if there is none."""
    batch = uow.batch()
    at, user = to_micros(uow.clock.now()), uow.actor.user_id or None
    found = batch.add(_TAKE, {"prefix": _free_prefix(uow), "count": count, "at": at, "user_id": user})
    batch.send()
    assert found.one is not None
    prefix, following = found.one
    if following > 10**_DIGITS:
        raise RangeUsedUp(prefix=prefix)
    return prefix, range(following - count, following)


def _free_prefix(reader: Reader) -> str:
    """The first range that no active barcode rule reads: 20 and 29 come last, where scales usually print."""
    read = _read_prefixes(reader)
    for prefix in (*PREFIXES[1:9], PREFIXES[0], PREFIXES[9]):
        if not any(_meet(prefix, one) for one in read.values()):
            return prefix
    return PREFIXES[1]


def _forbid_rule(uow: UnitOfWork, prefix: str) -> None:
    for name, read in _read_prefixes(uow).items():
        if _meet(prefix, read):
            raise RangeRead(field="prefix", prefix=prefix, name=name)


def _read_prefixes(reader: Reader) -> dict[str, str]:
    """The prefix of each active rule whose codes have the 13 figures of an EAN, by the rule's name."""
    length = (
        sa.func.length(BarcodeRule.prefix)
        + BarcodeRule.item_digits
        + BarcodeRule.verifier_digits
        + BarcodeRule.value_digits
    )
    rows = reader.connection.execute(
        sa.select(BarcodeRule.name, BarcodeRule.prefix).where(BarcodeRule.is_active, length == 12)
    )
    return {row.name: row.prefix for row in rows}


def _meet(prefix: str, read: str) -> bool:
    return prefix.startswith(read) or read.startswith(prefix)
