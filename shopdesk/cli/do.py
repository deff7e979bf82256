"""JSON lines in, one use case each; one answer line each, written and flushed only after the commit is durable."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import IO, Any

from shopdesk.cli.commands import BadRequest, Doing
from shopdesk.cli.context import Call
from shopdesk.cli.table import COMMANDS
from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.free_text import is_text
from shopdesk.core.i18n import _
from shopdesk.core.ids import canonical_uuid
from shopdesk.core.logs import report
from shopdesk.db.database import sqlstate
from shopdesk.db.shop import Shop
from shopdesk.sales.tills import UnknownTill
from shopdesk.system.records import KeyReused, key_used

_MAX_LINE = 8 * 1024 * 1024
_LONGEST_SENTENCE = 500
_OUT_OF_RANGE, _NOBODY_THERE = "22003", "23503"
_OF_CONTENT = frozenset({"bad_line", "bad_amount", "bad_field", "card_number", "reason_needed"})
"""What is refused for the content alone, before its key is looked up: what was committed under the key was other content."""


def answer_lines(call: Call, source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer every line; the answers' order is the lines' order.

    Fields are sorted, as they are in a stored answer: the same request again gets the same bytes. A till of the call that is
    not there is refused line by line.
    """
    shop = call.shop()
    try:
        actor = call.actor()
    except UnknownTill:
        actor = replace(call, till=None).actor()
    for line in _lines(source):
        if line.strip():
            answer = answer_line(shop, actor, line, till=call.till)
            told = json.dumps(answer, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            sink.write(told.encode() + b"\n")
            sink.flush()


def answer_line(shop: Shop, actor: Actor, line: bytes, *, till: str | None = None) -> dict[str, object]:
    """The answer to one line: ``committed``, ``refused`` by a rule, or ``error`` for what cannot be understood.

    What should not happen is an ``error`` too, with the id under which the log has it; the next line is still done.
    """
    key: str | None = None
    try:
        request = _parsed(line)
        key = request["key"] if isinstance(request.get("key"), str) and is_text(request["key"]) else None
        if b"\\u" in line:
            _refuse_no_text(request)
        doing, fields = _named(request)
        return {"key": key, "status": "committed", **doing.run(shop, actor, fields, till)}
    except BadRequest as error:
        return {"key": key, "status": "error", "message": _short(str(error))}
    except ShopError as error:
        refusal = KeyReused() if error.code in _OF_CONTENT and key and _was_used(shop, key) else error
        return {"key": key, "status": "refused", "reason": refusal.code, "message": _short(str(refusal))}
    except Exception as error:
        if (problem := _of_request(error)) is not None:
            return {"key": key, "status": "error", "message": problem}
        message = _("Something went wrong that should not. The log tells more under {id}.")
        return {"key": key, "status": "error", "message": message.format(id=report(error, "do"))}


def _of_request(error: Exception) -> str | None:
    """What the database alone noticed about a request's numbers; nothing was changed."""
    if isinstance(error, OverflowError) or sqlstate(error) == _OUT_OF_RANGE:
        return _("a number in this line is out of bounds.")
    if sqlstate(error) == _NOBODY_THERE or "FOREIGN KEY constraint failed" in str(error):
        return _("this line refers to something that does not exist.")
    return None


def _short(sentence: str) -> str:
    """What was asked for may stand in the sentence, however long it is."""
    return sentence if len(sentence) <= _LONGEST_SENTENCE else sentence[:_LONGEST_SENTENCE] + " ..."


def _was_used(shop: Shop, key: str) -> bool:
    return shop.ask(key_used, canonical_uuid(key))


def list_use_cases() -> Iterable[str]:
    """One JSON line for each use case: its name, what it does, its fields with their types."""
    for name, doing in sorted(COMMANDS.items()):
        yield json.dumps({"do": name, "about": doing.about, "fields": doing.fields()}, ensure_ascii=False)


def _lines(source: IO[bytes]) -> Iterator[bytes]:
    """Lines of bounded length; what is longer is passed on cut, and so is no JSON, and the rest of it is dropped."""
    while line := source.readline(_MAX_LINE + 1):
        if len(line) > _MAX_LINE and not line.endswith(b"\n"):
            while rest := source.readline(_MAX_LINE):
                if rest.endswith(b"\n"):
                    break
            line = line[:64]
        yield line


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        text = line.decode("utf-8-sig")
        request = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadRequest(_("this line is not JSON.")) from None
    if not isinstance(request, dict):
        raise BadRequest(_("a request is a JSON object."))
    return request


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _refuse_no_text(request: dict[str, Any]) -> None:
    """Only an escape can smuggle such a text into JSON, so this is asked of few lines."""
    waiting: list[object] = [request]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and not is_text(value):
            raise BadRequest(_("this line holds characters that no text has."))
        if isinstance(value, dict):
            waiting += value.keys()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _named(request: dict[str, Any]) -> tuple[Doing, dict[str, Any]]:
    fields = dict(request)
    name = fields.pop("do", None)
    doing = COMMANDS.get(name) if isinstance(name, str) else None
    if doing is None:
        raise BadRequest(_("do: there is no use case {name}.").format(name=json.dumps(name)[:80]))
    key = fields.get("key")
    if not isinstance(key, str):
        raise BadRequest(_("key: a UUID is needed."))
    try:
        fields["key"] = canonical_uuid(key)
    except ValueError:
        raise BadRequest(_("key: a UUID is needed.")) from None
    return doing, fields
