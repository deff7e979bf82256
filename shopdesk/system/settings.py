"""The shop's settings: one frozen value read in one statement, parsed only when a row changed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField, ShopError
from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.models import Setting


class ShopSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for the whole shop. ``tax_rounding`` is ``line`` or ``order``; ``cash_rounding_cents`` 0 is none.

    ``difference_limit_cents`` is the cash difference above which a manager must approve; ``timezone`` an IANA name.
    """

    name: str = "ShopDesk"
    address: str = ""
    tax_id: str = ""
    receipt_footer: str = ""
    currency: str = "EUR"
    country: str = "DE"
    timezone: str = "UTC"
    language: str = "en"
    prices_include_tax: bool = True
    tax_rounding: str = "line"
    cash_rounding_cents: int = 0
    sell_without_shift: bool = True
    blind_close: bool = True
    difference_limit_cents: int = 1000
    print_receipts: bool = True
    lock_till_seconds: int = 120
    lock_office_seconds: int = 600
    shop_uid: str = ""
    is_demo: bool = False


LOCKED_BY_DOCUMENTS = frozenset({"currency", "prices_include_tax", "tax_rounding"})
"""Settings that no longer change once a document exists (R1, R2)."""

ALL_SETTINGS = Prepared(sa.select(Setting.key, Setting.value).order_by(Setting.key))
_HAS_DOCUMENT = sa.text("SELECT 1 FROM journal LIMIT 1")


class SettingLocked(ShopError):
    """A setting that documents depend on."""

    code = "setting_locked"
    sentence = N_("{field_name} cannot be changed any more: the shop has documents that were made with it.")


@lru_cache(maxsize=64)
def parse_settings(rows: tuple[tuple[str, str], ...]) -> ShopSettings:
    """Settings from the table's rows (key, JSON); keys that are no shop setting are passed over."""
    known = set(ShopSettings.__struct_fields__)
    values: dict[str, Any] = {key: msgspec.json.decode(value) for key, value in rows if key in known}
    return msgspec.convert(values, ShopSettings)


def shop_settings(reader: Reader) -> ShopSettings:
    """The settings as they are now."""
    batch = reader.batch()
    rows = batch.add(ALL_SETTINGS)
    batch.send()
    return parse_settings(tuple((row[0], row[1]) for row in rows.rows))


class ChangeSettings(msgspec.Struct, frozen=True):
    """New values by setting name; what is not named stays."""

    values: dict[str, Any]


def change_settings(uow: UnitOfWork, command: ChangeSettings) -> ShopSettings:
    """Change settings; refuses unknown names, bad values, and what documents depend on."""
    uow.require(Permission.SETTINGS_EDIT)
    return store_settings(uow, command.values)


def store_settings(uow: UnitOfWork, values: dict[str, Any]) -> ShopSettings:
    """Write settings without asking for a permission (for the making of a shop)."""
    before = shop_settings(uow)
    known = set(ShopSettings.__struct_fields__)
    for name in values:
        if name not in known:
            raise BadField(name, "is no setting")
    try:
        after = msgspec.convert({**msgspec.to_builtins(before), **values}, ShopSettings)
    except msgspec.ValidationError as error:
        raise BadField(next(iter(values)), str(error)) from error
    for name in values:
        changed = getattr(after, name) != getattr(before, name)
        if changed and name in LOCKED_BY_DOCUMENTS and uow.connection.execute(_HAS_DOCUMENT).first():
            raise SettingLocked(field=name, field_name=name)
    put_rows(uow, {name: getattr(after, name) for name in values})
    uow.changed("Setting")
    return after


def put_rows(uow: UnitOfWork, values: dict[str, Any]) -> None:
    """Insert or replace rows of the settings table, values as JSON; also other areas' keys (``keys.*``, ``ui.*``)."""
    now = to_micros(uow.clock.now())
    for name, value in values.items():
        text = msgspec.json.encode(value).decode()
        changed = uow.connection.execute(
            sa.update(Setting).where(Setting.key == name).values(value=text, updated_at=uow.clock.now())
        )
        if not changed.rowcount:
            uow.connection.execute(
                sa.text("INSERT INTO settings (key, value, updated_at, updated_by) VALUES (:key, :value, :at, :user)"),
                {"key": name, "value": text, "at": now, "user": uow.actor.user_id or None},
            )
