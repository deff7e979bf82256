"""How imports and their differences read: states, kinds, fields and values in words."""

from __future__ import annotations

from typing import Any

from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.money import format_quantity
from shopdesk.feeds.feed import FeedCard
from shopdesk.feeds.names import CHANGED_MEANWHILE, LOST_BARCODE, PRICE_JUMP
from shopdesk.feeds.queries import ChangeRow, differences
from shopdesk.feeds.targets import ATTRIBUTE, KINDS, MONEY, QUANTITY, STOCK_OF, TARGETS
from shopdesk.ui.kit.columns import State
from shopdesk.ui.kit.formats import Formats

STATES = {
    "new": State(N_("Not checked yet"), "secondary", "file-document-outline"),
    "checking": State(N_("Being checked"), "", "timer-sand"),
    "checked": State(N_("Checked"), "", "check"),
    "applying": State(N_("Being imported"), "", "timer-sand"),
    "done": State(N_("Imported"), "success", "check-circle-outline"),
    "failed": State(N_("Failed"), "danger", "alert-circle-outline"),
    "cancelled": State(N_("Cancelled"), "warning", "cancel"),
    "undoing": State(N_("Being taken back"), "", "timer-sand"),
    "undone": State(N_("Taken back"), "secondary", "undo"),
    "discarded": State(N_("Thrown away"), "secondary", "cancel"),
}
KIND_STATES = {key: State(words) for key, words in KINDS}
ACTIONS = {"new": State(N_("New"), "success", "plus"), "changed": State(N_("Changed"), "", "pencil-outline")}
CHANGE_STATES = {
    "planned": State(N_("Planned"), "secondary"),
    "applied": State(N_("Applied"), "success", "check"),
    "undone": State(N_("Taken back"), "secondary", "undo"),
    "kept": State(N_("Stays"), "warning", "alert-outline"),
}
FLAG_STATES = {
    str(PRICE_JUMP): State(N_("Price jump"), "warning", "alert-outline"),
    str(LOST_BARCODE): State(N_("Lost barcode"), "warning", "alert-outline"),
    str(PRICE_JUMP | LOST_BARCODE): State(N_("Price jump, lost barcode"), "warning", "alert-outline"),
    str(CHANGED_MEANWHILE): State(N_("Changed since the check"), "warning", "alert-outline"),
    str(CHANGED_MEANWHILE | PRICE_JUMP): State(N_("Changed since, price jump"), "warning", "alert-outline"),
    str(CHANGED_MEANWHILE | LOST_BARCODE): State(N_("Changed since, lost barcode"), "warning", "alert-outline"),
    "7": State(N_("Changed since, price jump, lost barcode"), "warning", "alert-outline"),
    "0": State(""),
}
_OTHERS = {
    "traits": N_("Options"),
    "more_attributes": N_("Attributes"),
    "origin": N_("Other columns of the file"),
    "listed_price": N_("Price in the list"),
    "groups": N_("Groups"),
    "stock": N_("Stock"),
}


_BY_KEY = {target.key: target for targets in reversed(list(TARGETS.values())) for target in targets}


def kind_words(kind: str) -> str:
    """Products, customers, stock, prices."""
    return _(dict(KINDS)[kind])


def field_words(key: str) -> str:
    """What a meaning is called."""
    if key.startswith(ATTRIBUTE):
        return _("Attribute: {name}").format(name=key.removeprefix(ATTRIBUTE))
    if key.startswith(STOCK_OF):
        return _("Stock: {name}").format(name=key.removeprefix(STOCK_OF))
    if key in _OTHERS:
        return _(_OTHERS[key])
    found = _BY_KEY.get(key)
    return _(found.title) if found is not None else key


def value_words(key: str, value: Any, formats: Formats) -> str:
    """A value as it reads; Any: whatever JSON held."""
    if value is None or value in ("", []):
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(formats.quantity(milli) for milli in value.values())
    known = _BY_KEY.get(key)
    holds = known.holds if known is not None else ""
    if (holds == MONEY or key == "listed_price") and isinstance(value, int):
        return formats.amount(value)
    if holds == QUANTITY and isinstance(value, int):
        return formats.quantity(value)
    if isinstance(value, list):
        return ", ".join(_joined(part) for part in value)
    return str(value)


def _joined(part: Any) -> str:
    if not isinstance(part, list):
        return str(part)
    if len(part) == 2 and isinstance(part[1], int):
        return str(part[0]) if part[1] == 1000 else f"{part[0]} x {format_quantity(part[1])}"
    return " > ".join(str(one) for one in part if one)


def difference_words(row: ChangeRow, formats: Formats, most: int = 3) -> str:
    """The first differences of a change on one line; of something new what it costs and how much there is."""
    said = []
    for part, key, before, after in differences(row.details):
        words = field_words(key)
        if row.action == "new":
            if key in {"price", "stock"}:
                said.append(_("{field} {value}").format(field=words, value=value_words(key, after, formats)))
            continue
        name = (
            words if not part or part in {row.name, "address"} else _("{part}: {field}").format(part=part, field=words)
        )
        was, now = value_words(key, before, formats), value_words(key, after, formats)
        said.append(_("{field} {before} → {after}").format(field=name, before=_short(was), after=_short(now)))
    return ", ".join(said[:most]) + (" …" if len(said) > most else "")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 24 else f"{line[:23]}…"


def flag_words(flags: int) -> str:
    """What to look at twice."""
    said = {
        PRICE_JUMP: _("price jump"),
        LOST_BARCODE: _("lost barcode"),
        CHANGED_MEANWHILE: _("changed since the check"),
    }
    return ", ".join(words for bit, words in said.items() if flags & bit)


def summary(card: FeedCard) -> str:
    """What came of an import so far, or will."""
    count = f"{card.rows_total:,}"
    parts = [kind_words(card.kind), ngettext("{count} row", "{count} rows", card.rows_total).format(count=count)]
    if card.status in {"checking", "applying"}:
        parts.append(_("row {done} of {total}").format(done=f"{card.cursor:,}", total=count))
    if card.rows_processed:
        parts.append(_("{count} new").format(count=f"{card.made:,}"))
        parts.append(_("{count} changed").format(count=f"{card.changed:,}"))
        parts.append(_("{count} as they were").format(count=f"{card.unchanged:,}"))
    if card.jumps:
        parts.append(ngettext("{count} price jump", "{count} price jumps", card.jumps).format(count=card.jumps))
    if card.lost_codes:
        parts.append(_("{count} with lost barcodes").format(count=card.lost_codes))
    if card.rows_bad:
        words = ngettext("{count} row refused", "{count} rows refused", card.rows_bad)
        parts.append(words.format(count=f"{card.rows_bad:,}"))
    if card.meanwhile:
        parts.append(_("{count} changed since the check").format(count=card.meanwhile))
    if card.undone or card.kept:
        parts.append(_("{count} taken back").format(count=f"{card.undone:,}"))
        parts.append(_("{count} stay").format(count=f"{card.kept:,}"))
    return " · ".join([*parts, card.error] if card.error else parts)
