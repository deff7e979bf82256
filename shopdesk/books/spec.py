"""The description of a shop that ``init --spec`` reads: checked whole, refused with the path of what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from shopdesk.catalogue.product_fields import check_code
from shopdesk.core.errors import BadAmount, BadField, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MAX_CENTS, MAX_MILLI, MILLI, parse_quantity, parse_rate
from shopdesk.core.permissions import ROLE_NAMES


class BadSpec(ShopError):
    """Something in the description does not fit; nothing was made."""

    code = "bad_spec"
    sentence = N_("{path}: {problem}")

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(field=path, path=path, problem=problem)


class Described(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all parts of a description share: unknown keys are refused."""


class TaxRateSpec(Described, frozen=True):
    """A rate, exact as a string: ``"0.19"``."""

    code: str
    name: str = ""
    rate: str = "0"


class TillSpec(Described, frozen=True):
    """A till and the warehouse it sells from (the first when not named)."""

    code: str
    warehouse: str | None = None
    name: str = ""


class UserSpec(Described, frozen=True):
    """Somebody who signs in; without a password one is made and printed."""

    username: str
    role: str = "clerk"
    password: str | None = None
    pin: str | None = None
    first_name: str = ""
    last_name: str = ""
    email: str | None = None


class ProductSpec(Described, frozen=True):
    """A product with its one variant; stock by warehouse in units."""

    sku: str
    title: str = ""
    price_cents: int = 0
    tax: str | None = None
    barcodes: tuple[str, ...] = ()
    category: str | None = None
    stock: dict[str, int | str] = {}
    policy: str = "deny"
    seller: str | None = None


class CustomerSpec(Described, frozen=True):
    """Somebody who buys."""

    email: str | None = None
    first_name: str = ""
    last_name: str = ""
    phone: str | None = None


class ShopSpec(Described, frozen=True):
    """A shop. Every key is optional; see CLI.md for the defaults."""

    name: str = "ShopDesk"
    currency: str = "EUR"
    country: str = "DE"
    timezone: str | None = None
    prices_include_tax: bool = True
    tax_rounding: str = "line"
    cash_rounding_cents: int = 0
    language: str = "en"
    tax_rates: tuple[TaxRateSpec, ...] = ()
    warehouses: tuple[str, ...] = ("Main",)
    tills: tuple[TillSpec, ...] = (TillSpec(code="T1"),)
    users: tuple[UserSpec, ...] = ()
    sellers: tuple[dict[str, Any], ...] = ()
    products: tuple[ProductSpec, ...] = ()
    customers: tuple[CustomerSpec, ...] = ()
    coupons: tuple[dict[str, Any], ...] = ()


def read_spec(path: Path) -> ShopSpec:
    """The description in a file; raises BadSpec with the path of what is wrong."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadSpec(str(path), error.strerror or "cannot be read") from None
    return parse_spec(content)


def parse_spec(content: bytes | str) -> ShopSpec:
    """The description in a JSON text; raises BadSpec."""
    try:
        raw = json.loads(content)
    except (ValueError, RecursionError):
        raise BadSpec("spec", _("this is not JSON.")) from None
    try:
        spec = msgspec.convert(raw, ShopSpec, strict=True)
    except msgspec.ValidationError as error:
        raise _with_path(str(error)) from None
    check_spec(spec)
    return spec


def _with_path(message: str) -> BadSpec:
    """msgspec's message as path and problem: its path is behind `` - at ``, an unknown key stands in the problem."""
    problem, _separator, path = message.partition(" - at ")
    path = path.strip("`").removeprefix("$").removeprefix(".")
    if "unknown field" in problem:
        key = problem.rpartition(" ")[2].strip("`")
        return BadSpec(f"{path}.{key}" if path else key, _("there is no such key."))
    return BadSpec(path or "spec", problem)


def machine_timezone() -> str:
    """The IANA name of the machine's time zone, UTC when it cannot be told."""
    from babel.localtime import get_localzone

    try:
        zone = get_localzone()
    except (LookupError, OSError, ValueError):
        return "UTC"
    key = getattr(zone, "key", None) or "UTC"
    return str(key) if key in available_timezones() else "UTC"


def check_spec(spec: ShopSpec) -> None:
    """Everything that types do not say: known words, bounds, names that are given twice or nowhere."""
    _check_shop(spec)
    rates = _distinct("tax_rates", [rate.code for rate in spec.tax_rates], "code")
    for place, rate in enumerate(spec.tax_rates):
        try:
            parse_rate(rate.rate)
        except BadAmount:
            raise BadSpec(f"tax_rates[{place}].rate", _("an exact decimal string such as 0.19 is needed.")) from None
    warehouses = _distinct("warehouses", list(spec.warehouses), "")
    _distinct("tills", [till.code for till in spec.tills], "code")
    for place, till in enumerate(spec.tills):
        if till.warehouse is not None and till.warehouse not in warehouses:
            raise BadSpec(f"tills[{place}].warehouse", _("there is no such warehouse in the description."))
    _distinct("users", [user.username.lower() for user in spec.users], "username")
    for place, user in enumerate(spec.users):
        if user.role not in ROLE_NAMES:
            raise BadSpec(f"users[{place}].role", _("roles are: {roles}.").format(roles=", ".join(ROLE_NAMES)))
    _check_products(spec, rates, warehouses)
    mails = [customer.email.strip().lower() for customer in spec.customers if customer.email]
    _distinct("customers", mails, "email")
    for path, later in (("sellers", spec.sellers), ("coupons", spec.coupons)):
        if later:
            raise BadSpec(f"{path}[0]", _("this version of ShopDesk does not have {what} yet.").format(what=path))


def _check_shop(spec: ShopSpec) -> None:
    from babel import Locale, UnknownLocaleError
    from babel.numbers import list_currencies

    if not spec.name.strip():
        raise BadSpec("name", _("a shop needs a name."))
    if spec.currency not in list_currencies():
        raise BadSpec("currency", _("this is no ISO 4217 code."))
    if spec.country not in Locale("en").territories or len(spec.country) != 2 or spec.country == "ZZ":
        raise BadSpec("country", _("this is no ISO 3166 code of two letters."))
    if spec.timezone is not None:
        try:
            ZoneInfo(spec.timezone)
        except (ValueError, OSError, LookupError):
            raise BadSpec("timezone", _("this is no time zone such as Europe/Berlin.")) from None
    if spec.tax_rounding not in {"line", "order"}:
        raise BadSpec("tax_rounding", _("it is either line or order."))
    if not 0 <= spec.cash_rounding_cents <= 100_000:
        raise BadSpec("cash_rounding_cents", _("it is a step in minor units, 0 for none."))
    try:
        Locale.parse(spec.language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise BadSpec("language", _("this is no language code.")) from None
    for path, given in (("warehouses", spec.warehouses), ("tills", spec.tills)):
        if not given:
            raise BadSpec(path, _("a shop needs at least one."))


def _check_products(spec: ShopSpec, rates: set[str], warehouses: set[str]) -> None:
    _distinct("products", [product.sku for product in spec.products], "sku")
    seen: dict[str, int] = {}
    for place, product in enumerate(spec.products):
        path = f"products[{place}]"
        _check_code(product.sku, f"{path}.sku")
        if product.seller is not None:
            raise BadSpec(f"{path}.seller", _("this version of ShopDesk does not have sellers yet."))
        if not 0 <= product.price_cents <= MAX_CENTS:
            raise BadSpec(f"{path}.price_cents", _("the price is out of bounds."))
        if product.tax is not None and product.tax not in rates:
            raise BadSpec(f"{path}.tax", _("there is no such tax rate in the description."))
        if product.policy not in {"deny", "continue"}:
            raise BadSpec(f"{path}.policy", _("it is either deny or continue."))
        for index, code in enumerate(product.barcodes):
            if not code or code in seen:
                raise BadSpec(f"{path}.barcodes[{index}]", _("this barcode is empty or given twice."))
            _check_code(code, f"{path}.barcodes[{index}]")
            seen[code] = place
        for warehouse in product.stock:
            if warehouse not in warehouses:
                raise BadSpec(f"{path}.stock.{warehouse}", _("there is no such warehouse in the description."))
            stock_milli(product, warehouse, path)


def _check_code(code: str, path: str) -> None:
    try:
        check_code(code, path)
    except BadField as error:
        raise BadSpec(path, str(error.values["problem"])) from None


def stock_milli(product: ProductSpec, warehouse: str, path: str = "stock") -> int:
    """The stock of a product in thousandths; raises BadSpec out of bounds or below zero."""
    value = product.stock[warehouse]
    try:
        milli = value * MILLI if isinstance(value, int) else parse_quantity(value)
    except BadAmount:
        milli = -1
    if not 0 <= milli <= MAX_MILLI:
        raise BadSpec(f"{path}.stock.{warehouse}", _("a quantity of 0 or more is needed."))
    return milli


def _distinct(path: str, names: list[str], field: str) -> set[str]:
    seen: set[str] = set()
    for place, name in enumerate(names):
        if not name.strip() or name in seen:
            where = f"{path}[{place}].{field}" if field else f"{path}[{place}]"
            raise BadSpec(where, _("this is empty or given twice."))
        seen.add(name)
    return seen
