"""The shop's settings: one frozen value read in one statement, parsed only when a row changed."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MAX_CENTS
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.audit import record
from shopdesk.system.history import what_changed
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

SET_AT_FOUNDING = frozenset({"shop_uid", "is_demo"})
"""Settings that make the shop this shop: a demo shop shows its secrets, so no shop becomes one."""

SHORTEST_LOCK, LONGEST_TILL_LOCK, LONGEST_OFFICE_LOCK = 15, 120, 600
"""Seconds of idleness after which a session locks (S12): two minutes at a till and ten in the office at the latest."""

_TEXTS = {"name": 100, "address": 500, "tax_id": 100, "receipt_footer": 1000}
_LANGUAGE = re.compile(r"[a-z]{2,3}([_-][A-Za-z0-9]{2,8})*")

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
    """Change settings; refuses unknown names, bad values, and what documents depend on. Recorded with before and after."""
    uow.require(Permission.SETTINGS_EDIT)
    before = shop_settings(uow)
    for name in sorted(SET_AT_FOUNDING & set(command.values)):
        raise BadField(name, _("cannot be changed."))
    after = store_settings(uow, command.values)
    was, now = ({name: getattr(one, name) for name in command.values} for one in (before, after))
    details = what_changed(was, now)
    if details:
        record(uow, "settings.changed", target_type="shop", target_id=after.shop_uid, details=details)
    return after


def store_settings(uow: UnitOfWork, values: dict[str, Any]) -> ShopSettings:
    """Write settings without asking for a permission (for the making of a shop)."""
    before = shop_settings(uow)
    known = set(ShopSettings.__struct_fields__)
    for name in values:
        if name not in known:
            raise BadField(name, _("is no setting."))
    try:
        after = msgspec.convert({**msgspec.to_builtins(before), **values}, ShopSettings)
    except msgspec.ValidationError as error:
        raise BadField(next(iter(values)), str(error)) from error
    for name in values:
        _check(name, getattr(after, name))
        changed = getattr(after, name) != getattr(before, name)
        if changed and name in LOCKED_BY_DOCUMENTS and uow.connection.execute(_HAS_DOCUMENT).first():
            raise SettingLocked(field=name, field_name=name)
    put_rows(uow, {name: getattr(after, name) for name in values})
    uow.changed("Setting")
    return after


def _check(name: str, value: Any) -> None:
    """Raise BadField, naming the setting, for a value that the shop could not work with."""
    if name in _TEXTS:
        checked_text(value, field=name, longest=_TEXTS[name], required=name == "name")
    elif name == "tax_rounding" and value not in {"line", "order"}:
        raise BadField(name, _("must be line or order."))
    elif name in {"cash_rounding_cents", "difference_limit_cents"} and not 0 <= value <= MAX_CENTS:
        raise BadField(name, _("must not be negative."))
    elif name in {"lock_till_seconds", "lock_office_seconds"}:
        longest = LONGEST_TILL_LOCK if name == "lock_till_seconds" else LONGEST_OFFICE_LOCK
        if not SHORTEST_LOCK <= value <= longest:
            raise BadField(name, _("must be between {least} and {most}.").format(least=SHORTEST_LOCK, most=longest))
    elif name == "country" and not (len(value) == 2 and value.isascii() and value.isupper()):
        raise BadField(name, _("must be a country's two letters."))
    elif name == "language" and not _LANGUAGE.fullmatch(value):
        raise BadField(name, _("must be a language's code."))
    elif name == "timezone":
        try:
            ZoneInfo(value)
        except (ValueError, OSError, LookupError):
            raise BadField(name, _("is no time zone.")) from None
    elif name == "currency":
        from babel.numbers import is_currency  # heavy: only when a currency is set

        if not is_currency(value):
            raise BadField(name, _("is no currency."))


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
