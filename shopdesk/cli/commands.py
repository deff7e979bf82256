"""The table of use cases by their headless names, and how JSON becomes their commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import msgspec

from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadAmount
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import MILLI, parse_quantity, plain_quantity
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.sales.basket import BadLine, Discount
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleLine
from shopdesk.system.records import answered, keep_answer


class BadRequest(Exception):
    """A request that cannot be understood: a missing, unknown or wrongly typed field."""


class SellLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the headless ``sell``; ``qty`` is a whole number or a string with at most three decimals."""

    qty: int | float | str
    sku: str | None = None
    barcode: str | None = None
    discount_cents: int = 0


class SellPayment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payment of the headless ``sell``: what was handed over."""

    type: str
    amount_cents: int


class Sell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The headless ``sell`` (CLI.md)."""

    key: str
    lines: list[SellLine]
    customer: str | None = None
    coupon: str | None = None
    order_discount_cents: int = 0
    payments: list[SellPayment] | None = None
    till: str | None = None


@dataclass(frozen=True, slots=True)
class Doing:
    """A use case under its headless name: the shape of its request, how it is called, how its result is told.

    ``command`` makes the command from the parsed request and the till of the call; ``answer`` the answer's fields from the
    result. A use case without a key of its own is kept once under the request's key.
    """

    about: str
    request: type
    use_case: Callable[[UnitOfWork, Any], Any]  # Any: each takes its own command
    command: Callable[[Any, str | None], Any]
    answer: Callable[[Any, Any], dict[str, object]]
    keyed: bool = True

    def fields(self) -> dict[str, str]:
        """Field names and types, optional ones with a question mark."""
        info = msgspec.inspect.type_info(self.request)
        assert isinstance(info, (msgspec.inspect.StructType, msgspec.inspect.DataclassType))
        return {part.encode_name + ("" if part.required else "?"): _type_name(part.type) for part in info.fields}

    def run(self, shop: Shop, actor: Actor, request: Mapping[str, Any], till: str | None) -> dict[str, object]:
        """Do it and return the answer's fields; raises BadRequest and ShopError."""
        content = dict(request)
        key = content["key"]
        if not self.keyed:
            del content["key"]
        parsed = _converted(content, self.request)
        command = self.command(parsed, till)
        if self.keyed:
            return self.answer(parsed, shop.execute(self.use_case, command, actor))
        once = KeptOnce(key, self.use_case, command, content, lambda result: self.answer(parsed, result))
        return shop.execute(do_once, once, actor)


@dataclass(frozen=True, slots=True)
class KeptOnce:
    """A use case without a key of its own, to be done once under this one."""

    key: str
    use_case: Callable[[UnitOfWork, Any], Any]
    command: Any
    content: Mapping[str, object]
    answer: Callable[[Any], dict[str, object]]


def do_once(uow: UnitOfWork, once: KeptOnce) -> dict[str, object]:
    """Do a use case unless its key was answered before; its permission is its own."""
    name = once.use_case.__name__
    known = answered(uow, once.key, name, once.content)
    if known is None:
        known = once.answer(once.use_case(uow, once.command))
        keep_answer(uow, once.key, name, once.content, known)
    return known


def _converted(content: Mapping[str, Any], kind: type) -> Any:
    known = {field.encode_name for field in msgspec.inspect.type_info(kind).fields}  # type: ignore[attr-defined]
    for name in content:
        if name not in known:
            raise BadRequest(_("{name}: there is no such field.").format(name=name[:80]))
    try:
        return msgspec.convert(content, kind, strict=True)
    except msgspec.ValidationError as error:
        raise BadRequest(str(error).replace("$.", "")) from None


def _quantity(number: int, value: int | float | str) -> int:
    """Thousandths from the request; JSON floats, nothing, less than nothing and odd strings are a bad line."""
    if isinstance(value, int):
        milli = value * MILLI
    elif isinstance(value, str):
        try:
            if not value.isascii() or not value.replace(".", "", 1).isdigit():
                raise BadAmount("qty")
            milli = parse_quantity(value)
        except BadAmount:
            raise BadLine(number, N_("the quantity has at most three decimals.")) from None
    else:
        raise BadLine(number, N_("the quantity must be a whole number, or a string with decimals."))
    if milli <= 0:
        raise BadLine(number, N_("the quantity must be more than nothing."))
    return milli


def _sell_line(number: int, line: SellLine) -> SaleLine:
    if (line.sku is None) == (line.barcode is None):
        raise BadRequest(_("lines[{place}]: either sku or barcode is needed.").format(place=number - 1))
    if line.discount_cents < 0:
        raise BadLine(number, N_("a discount cannot be negative."))
    discount = Discount(cents=line.discount_cents) if line.discount_cents else None
    return SaleLine(_quantity(number, line.qty), line.sku, line.barcode, None, discount)


def _sell(request: Sell, till: str | None) -> CommitSale:
    lines = tuple(_sell_line(number, line) for number, line in enumerate(request.lines, 1))
    if request.order_discount_cents < 0:
        raise BadLine(0, N_("a discount cannot be negative."))
    return CommitSale(
        key=request.key,
        lines=lines,
        till=request.till or till,
        customer=request.customer.strip().lower() if request.customer is not None else None,
        coupon=request.coupon,
        order_discount=Discount(cents=request.order_discount_cents) if request.order_discount_cents else None,
        payments=None
        if request.payments is None
        else tuple(PaymentGiven(payment.type, payment.amount_cents) for payment in request.payments),
    )


def _type_name(kind: msgspec.inspect.Type) -> str:
    names = {
        "IntType": "int",
        "StrType": "string",
        "BoolType": "true or false",
        "NoneType": "null",
        "FloatType": "decimal string",
        "AnyType": "anything",
        "DictType": "object",
    }
    if isinstance(kind, msgspec.inspect.UnionType):
        return " or ".join(dict.fromkeys(_type_name(part) for part in kind.types))
    if isinstance(kind, (msgspec.inspect.ListType, msgspec.inspect.VarTupleType)):
        return f"[{_type_name(kind.item_type)}]"
    if isinstance(kind, (msgspec.inspect.StructType, msgspec.inspect.DataclassType)):
        inner = {part.encode_name + ("" if part.required else "?"): _type_name(part.type) for part in kind.fields}
        return json.dumps(inner)
    return names.get(type(kind).__name__, type(kind).__name__.removesuffix("Type").lower())


def _plain_answer(_request: Any, result: Any) -> dict[str, object]:
    """A result's own fields as the answer."""
    if is_dataclass(result) or isinstance(result, msgspec.Struct):
        built: dict[str, object] = msgspec.to_builtins(result)
        return built
    return {} if result is None else {"result": msgspec.to_builtins(result)}


def _with_till(request: Any, till: str | None) -> Any:
    """The request is the command; a till that it does not name is the call's."""
    if till is not None and is_dataclass(request) and not isinstance(request, type):
        names = {field.name for field in fields(request)}
        if "till" in names and getattr(request, "till", None) is None:
            from dataclasses import replace

            return replace(request, till=till)
    return request


def _sale_answer(_request: Any, result: Any) -> dict[str, object]:
    kept: dict[str, object] = result.fields
    return kept


COMMANDS: dict[str, Doing] = {
    "sell": Doing("Ring up a sale.", Sell, commit_sale, _sell, _sale_answer),
}
"""Every use case by its headless name; ``register`` adds the rest at import."""


def register(name: str, use_case: Callable[[UnitOfWork, Any], Any], command: type, about: str) -> None:
    """Add a use case whose command's fields are the request's fields."""
    keyed = any(part.encode_name == "key" for part in msgspec.inspect.type_info(command).fields)  # type: ignore[attr-defined]
    COMMANDS[name] = Doing(about, command, use_case, _with_till, _plain_answer, keyed)


def whole_units(milli: int) -> int | str:
    """Units as answers give them."""
    return plain_quantity(milli)
