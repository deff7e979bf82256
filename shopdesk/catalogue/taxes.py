"""Tax classes of goods and the rates they bear, by region and date (R2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shopdesk.catalogue.models import Product, TaxClass, TaxClassRate, TaxRate
from shopdesk.catalogue.product_fields import check_code
from shopdesk.catalogue.saving import save_row
from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import PPM
from shopdesk.core.permissions import Permission
from shopdesk.db.saving import values_now
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office


class TaxClassInUse(ShopError):
    """Products still bear the class."""

    code = "tax_class_in_use"
    sentence = N_("{name} still has products; give them another tax class first.")


@dataclass(frozen=True, slots=True)
class TaxRateRow:
    """A rate; ``valid_to`` is the first moment it no longer applies, None for open ends and regions without bounds."""

    id: int
    code: str
    name: str
    rate_ppm: int
    region: str | None
    valid_from: datetime | None
    valid_to: datetime | None
    is_active: bool
    version: int


@dataclass(frozen=True, slots=True)
class TaxClassRow:
    """A class with its rates in order: (rate id, is compound)."""

    id: int
    code: str
    name: str
    rates: tuple[tuple[int, bool], ...]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveTaxRate:
    """A new rate (``rate_id`` None), or one as it should be. ``rate_ppm`` are parts per million: 19 % is 190,000."""

    code: str
    name: str
    rate_ppm: int
    region: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    is_active: bool = True
    rate_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveTaxClass:
    """A new class (``class_id`` None), or one as it should be, with its rates in order: (rate id, is compound)."""

    code: str
    name: str
    rates: tuple[tuple[int, bool], ...]
    class_id: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class RemoveTaxClass:
    """The class to remove."""

    class_id: int


def tax_rates(reader: Reader) -> tuple[TaxRateRow, ...]:
    """All rates by code."""
    columns = (getattr(TaxRate, name) for name in TaxRateRow.__dataclass_fields__)
    return tuple(TaxRateRow(*row) for row in reader.connection.execute(sa.select(*columns).order_by(TaxRate.code)))


def tax_classes(reader: Reader) -> tuple[TaxClassRow, ...]:
    """All classes by name, with their rates."""
    rates: dict[int, list[tuple[int, bool]]] = {}
    links = sa.select(TaxClassRate).order_by(TaxClassRate.position, TaxClassRate.tax_rate_id)
    for link in reader.connection.execute(links):
        rates.setdefault(link.tax_class_id, []).append((link.tax_rate_id, link.is_compound))
    rows = reader.connection.execute(
        sa.select(TaxClass.id, TaxClass.code, TaxClass.name, TaxClass.version).order_by(TaxClass.name)
    )
    return tuple(TaxClassRow(row.id, row.code, row.name, tuple(rates.get(row.id, ())), row.version) for row in rows)


def save_tax_rate(uow: UnitOfWork, command: SaveTaxRate) -> int:
    """Write a rate and return its id. Documents keep the rate they were made with."""
    uow.require(Permission.SETTINGS_EDIT)
    check_code(command.code, "code")
    if type(command.rate_ppm) is not int or not 0 <= command.rate_ppm <= 10 * PPM:
        raise BadField("rate_ppm", _("must be between 0 and 1000 %."))
    if command.valid_from and command.valid_to and command.valid_from >= command.valid_to:
        raise BadField("valid_to", _("must be after the first day."))
    values: dict[str, object] = {
        "code": command.code,
        "name": checked_text(command.name, field="name", longest=60, required=True),
        "rate_ppm": command.rate_ppm,
        "region": command.region or None,
        "valid_from": command.valid_from,
        "valid_to": command.valid_to,
        "is_active": command.is_active,
    }
    checked_text(command.region or "", field="region", longest=60)
    _free_code(uow, TaxRate, command.rate_id, command.code)
    before = values_now(uow, TaxRate, command.rate_id, values)
    rate_id = save_row(uow, TaxRate, command.rate_id, command.version, values, name=command.name)
    audit_office(
        uow,
        "tax_rate.save",
        target_type="tax_rate",
        target_id=str(rate_id),
        details={"code": command.code, **what_changed(before, values)},
    )
    uow.changed("TaxRate")
    return rate_id


def save_tax_class(uow: UnitOfWork, command: SaveTaxClass) -> int:
    """Write a class with its rates and return its id."""
    uow.require(Permission.SETTINGS_EDIT)
    check_code(command.code, "code")
    ids = [rate_id for rate_id, _compound in command.rates]
    known = set(uow.connection.execute(sa.select(TaxRate.id).where(TaxRate.id.in_(ids))).scalars())
    if len(known) != len(ids):
        raise BadField("rates", _("holds a rate twice or one that does not exist."))
    name = checked_text(command.name, field="name", longest=60, required=True)
    _free_code(uow, TaxClass, command.class_id, command.code)
    values: dict[str, object] = {"code": command.code, "name": name}
    before = values_now(uow, TaxClass, command.class_id, values) | {"rates": _rate_words(uow, command.class_id)}
    class_id = save_row(uow, TaxClass, command.class_id, command.version, values, name=name)
    uow.connection.execute(sa.delete(TaxClassRate).where(TaxClassRate.tax_class_id == class_id))
    for position, (rate_id, is_compound) in enumerate(command.rates):
        uow.connection.execute(
            sa.insert(TaxClassRate).values(
                tax_class_id=class_id, tax_rate_id=rate_id, position=position, is_compound=is_compound
            )
        )
    audit_office(
        uow,
        "tax_class.save",
        target_type="tax_class",
        target_id=str(class_id),
        details={
            "code": command.code,
            **what_changed(before, {**values, "rates": _rate_words(uow, class_id)}),
        },
    )
    uow.changed("TaxClass")
    return class_id


def remove_tax_class(uow: UnitOfWork, command: RemoveTaxClass) -> None:
    """Remove a class that no product bears."""
    uow.require(Permission.SETTINGS_EDIT)
    name = uow.connection.execute(sa.select(TaxClass.name).where(TaxClass.id == command.class_id)).scalar()
    if name is None:
        raise NotFound(_("Tax class"), command.class_id)
    used = sa.select(Product.id).where(Product.tax_class_id == command.class_id).limit(1)
    if uow.connection.execute(used).first() is not None:
        raise TaxClassInUse(name=name)
    uow.connection.execute(sa.delete(TaxClassRate).where(TaxClassRate.tax_class_id == command.class_id))
    uow.connection.execute(sa.delete(TaxClass).where(TaxClass.id == command.class_id))
    audit_office(uow, "tax_class.remove", target_type="tax_class", target_id=str(command.class_id))
    uow.changed("TaxClass")


def _rate_words(uow: UnitOfWork, class_id: int | None) -> list[str]:
    """The rates of a class by name, in their order, as people read them in its history."""
    rates = sa.select(TaxRate.name).join(TaxClassRate, TaxClassRate.tax_rate_id == TaxRate.id)
    mine = rates.where(TaxClassRate.tax_class_id == (class_id or 0)).order_by(TaxClassRate.position)
    return list(uow.connection.execute(mine).scalars())


def _free_code(uow: UnitOfWork, model: type[TaxRate] | type[TaxClass], row_id: int | None, code: str) -> None:
    """Refuse a code that another row has, or that is a card's number."""
    checked_text(code, field="code", longest=64)
    taken = sa.select(model.id).where(model.code == code, model.id != (row_id or 0))
    if uow.connection.execute(taken).first() is not None:
        raise BadField("code", _("is there already."))
