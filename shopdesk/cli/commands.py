"""How a JSON request becomes a use case's command, and its result an answer."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import msgspec

from shopdesk.core.actor import Actor
from shopdesk.core.i18n import _
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.records import answered, keep_answer


class BadRequest(Exception):
    """A request that cannot be understood: a missing, unknown or wrongly typed field."""


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


def plain_answer(_request: Any, result: Any) -> dict[str, object]:
    """A result's own fields as the answer."""
    if is_dataclass(result) or isinstance(result, msgspec.Struct):
        built: dict[str, object] = msgspec.to_builtins(result)
        return built
    return {} if result is None else {"result": msgspec.to_builtins(result)}


def with_till(request: Any, till: str | None) -> Any:
    """The request is the command; a till that it does not name is the call's."""
    if till is not None and is_dataclass(request) and not isinstance(request, type):
        names = {field.name for field in fields(request)}
        if "till" in names and getattr(request, "till", None) is None:
            return replace(request, till=till)
    return request


def about(use_case: Callable[..., Any]) -> str:
    """The first sentence of a use case's docstring."""
    return (inspect.getdoc(use_case) or "").partition("\n")[0]


def as_it_is(use_case: Callable[[UnitOfWork, Any], Any], command: type) -> Doing:
    """A use case whose command's fields are the request's fields."""
    info = msgspec.inspect.type_info(command)
    assert isinstance(info, (msgspec.inspect.StructType, msgspec.inspect.DataclassType))
    keyed = any(part.encode_name == "key" for part in info.fields)
    return Doing(about(use_case), command, use_case, with_till, plain_answer, keyed)
