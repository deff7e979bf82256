"""What must hold of records and access: chains, numbers' counters, stored answers, approvals, sessions (I15-I21, I35-I38)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from shopdesk.core.clock import to_micros
from shopdesk.db.invariants import UNREADABLE, Found, Scope, query, stream
from shopdesk.system.records import (
    ANSWER_COLUMNS,
    AUDIT_COLUMNS,
    NO_ANSWERS,
    OFFICE,
    canonical,
    digest,
)

_FIVE_MINUTES = 5 * 60 * 1_000_000
_encode = msgspec.json.Encoder().encode


def canonical_bytes(value: object) -> bytes:
    """``records.canonical`` as bytes, several times faster for the usual value: lists of ASCII strings and whole numbers."""
    made = _encode(value)
    return made if made.isascii() and b"\x7f" not in made else canonical(value).encode()


class _Payload(msgspec.Struct):
    """What every journal entry says of itself."""

    till: str
    seq: int
    kind: str
    doc: str
    at: datetime
    gross: int
    perpetual: int
    shift: int | str = 0
    first: int = 0
    last: int = 0
    head: str = ""
    turnover: int = 0


_decode = msgspec.json.Decoder(_Payload).decode

# Each till's newest entries in a fast run, all of them in a full one.
_JOURNAL = query(
    "SELECT j.till_id, j.seq, j.kind, j.number, j.payload, j.prev_hash, j.hash, j.perpetual_cents, j.created_at, "
    "j.signature FROM journal j WHERE j.id > :journal_floor ORDER BY j.id"
)
_JOURNAL_RECENT = query(
    "SELECT j.till_id, j.seq, j.kind, j.number, j.payload, j.prev_hash, j.hash, j.perpetual_cents, "
    "j.created_at, j.signature FROM tills t JOIN counters c ON c.scope = t.code AND c.series = 'journal' "
    "JOIN journal j ON j.till_id = t.id AND j.seq > c.value - 500 ORDER BY j.id"
)
_TILLS = query(
    "SELECT t.id, t.code, c.value, c.hash, c.perpetual_cents, c.last_at, c.till_id FROM tills t "
    "LEFT JOIN counters c ON c.scope = t.code AND c.series = 'journal' ORDER BY t.id"
)
_ANOMALIES = query("SELECT details FROM event_log WHERE event_type = 'clock_anomaly'")


class _Chain:
    """A till's journal as it is walked through."""

    def __init__(self, row: tuple[Any, ...]) -> None:  # Any: a row of _TILLS
        self.till_id, self.code, self.value, self.head, self.total, self.last_at, self.counter_till = row
        self.seq = 0
        self.hash = digest(self.code)
        self.perpetual = 0
        self.at = 0
        self.known = True  # False: what stands before the first row of a fast run
        self.shift: int | None = 0
        self.shift_from = (0, 0)
        self.newest: dict[str, int] = {}  # when an entry of each kind was last made
        self.ahead = ""  # the first entry of the future
        self.row: tuple[Any, ...] = ()  # the entry that is looked at

    def wrong(self, found: Found, id: str, text: str) -> None:
        """Note what is wrong with the entry that is looked at."""
        _till, seq, kind, number, *_others = self.row
        found.add(id, f"{self.code} entry {seq} ({kind} {number}): {text}")


def walk_journal(connection: sa.Connection, scope: Scope, found: Found) -> dict[str, str]:
    """Follow every till's chain over its stored bytes (I18, I20, I38, I41); returns the heads by till."""
    chains = {row[0]: _Chain(row) for row in stream(connection, _TILLS, {})}
    anomalies = _noted_anomalies(connection)
    rows = stream(connection, _JOURNAL_RECENT if scope.fast else _JOURNAL, scope.values)
    for row in rows:
        chain = chains.get(row[0])
        if chain is None:
            found.add("I18", f"an entry of no till: till_id {row[0]}, seq {row[1]}")
            continue
        if scope.fast and chain.seq == 0 and row[1] > 1:
            chain.seq, chain.hash, chain.perpetual, chain.at = row[1] - 1, row[5], 0, row[8]
            chain.known, chain.shift = False, None
        _walk_entry(chain, row, anomalies, scope, found)
    for chain in chains.values():
        _compare_head(chain, found)
    if not scope.fast:
        _compare_times(connection, {chain.code: chain for chain in chains.values()}, found)
    return {chain.code: f"{chain.code}:{chain.seq}:{chain.hash}" for chain in chains.values()}


def _walk_entry(
    chain: _Chain, row: tuple[Any, ...], anomalies: set[tuple[str, int]], scope: Scope, found: Found
) -> None:
    _till, seq, kind, number, payload, prev, hashed, perpetual, at, signature = chain.row = row
    text = payload.encode() if isinstance(payload, str) else bytes(payload or b"")
    if seq != chain.seq + 1:
        chain.wrong(found, "I18", f"follows entry {chain.seq}")
    if prev != chain.hash:
        chain.wrong(found, "I18", "does not continue the chain")
    try:
        linked = hashlib.sha256(bytes.fromhex(prev) + text).hexdigest()
        says = _decode(text)
    except UNREADABLE as error:
        chain.wrong(found, "I18", f"cannot be read ({error})")
        chain.seq, chain.hash, chain.perpetual, chain.at = seq, hashed, perpetual, at
        return
    if linked != hashed or signature is not None:
        chain.wrong(found, "I18", "its hash is not that of its bytes")
    if (says.till, says.seq, says.kind, says.doc) != (chain.code, seq, kind, number) or to_micros(says.at) != at:
        chain.wrong(found, "I19", "its columns are not what its bytes say")
    if says.perpetual != perpetual or (chain.known and perpetual != chain.perpetual + says.gross):
        chain.wrong(found, "I20", f"perpetual total {perpetual}, before {chain.perpetual}, gross {says.gross}")
    if at < chain.at:
        if (chain.code, seq) in anomalies:
            chain.ahead = ""  # the clock was wrong and was put right: that is how entries of the future come about
        else:
            chain.wrong(found, "I38", "earlier than the entry before it, and no clock anomaly was noted")
    if at > scope.now + _FIVE_MINUTES:
        chain.ahead = chain.ahead or f"{chain.code} entry {seq} ({kind} {number})"
    if b"@" in text:
        chain.wrong(found, "I41", "holds what looks like a mail address")
    _walk_shift(chain, says, found)
    if kind != "sale" or number.startswith(f"{chain.code}-S"):  # an order that is fixed keeps its order's number
        chain.newest[kind] = at
    chain.seq, chain.hash, chain.perpetual, chain.at, chain.known = seq, hashed, perpetual, at, True


def _walk_shift(chain: _Chain, says: _Payload, found: Found) -> None:
    """Every entry belongs to the shift that is open where it stands; a Z covers all of its shift (I20)."""
    if says.kind == "shift_open":
        if chain.shift:
            chain.wrong(found, "I20", f"shift {chain.shift} was still open")
        chain.shift, chain.shift_from = int(says.shift), (says.seq, says.perpetual)
    elif says.kind == "z":
        if chain.shift is not None:
            whole = (says.shift, says.first, says.turnover) == (
                chain.shift,
                chain.shift_from[0],
                says.perpetual - chain.shift_from[1],
            )
            if not whole:
                chain.wrong(found, "I20", "does not cover the whole of its shift")
        if (says.last, says.head) != (chain.seq, f"{chain.code}:{chain.seq}:{chain.hash}"):
            chain.wrong(found, "I20", "its head is not the chain's")
        chain.shift = 0
    elif chain.shift is not None and says.kind not in _OUTSIDE_SHIFTS and says.shift != chain.shift:
        chain.wrong(found, "I20", f"made in shift {says.shift or 'none'}, open was {chain.shift or 'none'}")


_OUTSIDE_SHIFTS = frozenset(
    {
        "stock_adjustment",
        "stock_transfer",
        "training",
        "transfer_sent",
        "transfer_received",
        "stock_count",
        "purchase_order",
        "receipt",
        "receipt_reversal",
        "supplier_return",
        "order",
        "order_change",
        "invoice",
        "credit_note",
        "shipment",
    }
)
"""Kinds that move no cash and so belong to no shift."""


def _compare_head(chain: _Chain, found: Found) -> None:
    if chain.value is None:
        found.add("I18", f"till {chain.code} has no journal")
        return
    if chain.ahead:
        found.add("I38", f"{chain.ahead}: in the future")
    kept = (chain.value, chain.head, chain.total, chain.counter_till)
    if kept != (chain.seq, chain.hash, chain.perpetual, chain.till_id) or (chain.seq and chain.last_at != chain.at):
        found.add("I18", f"till {chain.code}: ends at {chain.seq}, its counter says {chain.value}, or another head")


_KINDS_OF_SERIES = {
    "S": ("sale",),
    "V": ("void",),
    "R": ("return",),
    "O": ("order",),
    "I": ("invoice",),
    "L": ("credit_note",),
    "Y": ("payment",),
    "W": ("shipment",),
    "C": ("cash_in", "cash_out"),
    "N": ("no_sale",),
    "Z": ("z",),
    "A": ("stock_adjustment",),
    "M": ("stock_transfer",),
    "TR": ("training",),
    "SHIFT": ("shift_open",),
    "P": ("purchase_order",),
    "G": ("receipt", "receipt_reversal"),
    "B": ("supplier_return",),
    "D": ("transfer_sent",),
    "E": ("transfer_received",),
    "K": ("stock_count",),
}
_NUMBER_SERIES = query(
    "SELECT c.scope, c.series, c.value, c.last_at FROM counters c WHERE c.series NOT IN ('journal', 'audit', 'answers')"
)


def _compare_times(connection: sa.Connection, chains: Mapping[str, _Chain], found: Found) -> None:
    """A number was last given when its newest document was made, or, when none was, as the till itself was (I16)."""
    unused: dict[str, set[int]] = {}
    for scope, series, value, last_at in stream(connection, _NUMBER_SERIES, {}):
        chain = chains.get(scope)
        if not value:
            unused.setdefault(scope, set()).add(last_at)
        elif chain is not None and series in _KINDS_OF_SERIES:
            made = [chain.newest[kind] for kind in _KINDS_OF_SERIES[series] if kind in chain.newest]
            if last_at not in made:
                found.add("I16", f"series {series} of {scope}: no document was made when its last number was given")
    for scope, moments in unused.items():
        if len(moments) > 1:
            found.add("I16", f"till {scope}: its unused series did not begin at one moment")


def _noted_anomalies(connection: sa.Connection) -> set[tuple[str, int]]:
    noted = set()
    for (details,) in stream(connection, _ANOMALIES, {}):
        try:
            known = msgspec.json.decode(details)
            noted.add((str(known["till"]), int(known["seq"])))
        except UNREADABLE:
            continue  # another event's words
    return noted


# ------------------------------------------------------------------ audit and answers

_AUDIT_ROWS = ", ".join(f"a.{name}" for name in (*AUDIT_COLUMNS, "prev_hash", "hash"))
_AUDIT = query("SELECT " + _AUDIT_ROWS + " FROM audit_log a WHERE a.id > :audit_floor ORDER BY a.id")
_AUDIT_RECENT = query(
    "SELECT " + _AUDIT_ROWS + " FROM counters c JOIN audit_log a "
    "ON a.chain = c.scope AND a.seq > c.value - 500 "
    "WHERE c.series = 'audit' ORDER BY a.id"
)
_SCOPES = query(
    "SELECT c.scope, c.value, c.hash, c.last_at, c.till_id, t.id FROM counters c LEFT JOIN tills t "
    "ON t.code = c.scope WHERE c.series = 'audit'"
)


def walk_audit(connection: sa.Connection, scope: Scope, found: Found) -> None:
    """Follow the audit chains, one a till and one for the office (I37)."""
    heads: dict[str, tuple[int, str, int]] = {}
    sales: dict[str, int] = {}
    for row in stream(connection, _AUDIT_RECENT if scope.fast else _AUDIT, scope.values):
        chain = row[0]
        known = heads.get(chain)
        if known is not None:
            seq, prev, _at = known
        elif scope.fast:
            seq, prev = row[1] - 1, row[14]
        else:
            seq, prev = 0, digest(chain)
        try:
            linked = hashlib.sha256(bytes.fromhex(row[14]) + canonical_bytes(row[:14])).hexdigest()
        except UNREADABLE:
            linked = ""
        if row[1] != seq + 1 or row[14] != prev or linked != row[15]:
            found.add("I37", f"audit {chain} entry {row[1]} ({row[5]}): the chain breaks here")
        if row[5] == "sale":
            _next_sale(row, sales, scope, found)
        heads[chain] = row[1], row[15], row[13]
    for name, value, hashed, last_at, till_id, own_till in stream(connection, _SCOPES, {}):
        seq, prev, at = heads.pop(name, (0, digest(name), last_at))
        if (seq, prev, at, till_id) != (value, hashed, last_at, own_till) or (own_till is None and name != OFFICE):
            found.add("I37", f"audit {name}: ends at {seq}, its counter says {value}, or another head")
    for till, last in stream(connection, _LAST_SALES, {}):
        if sales.get(till, last if scope.fast else 0) != last:
            found.add("I37", f"audit {till}: its sales end with number {sales.get(till, 0)} of {last}")
    for name in heads:
        found.add("I37", f"audit {name}: a chain without a counter")


def _next_sale(row: tuple[Any, ...], sales: dict[str, int], scope: Scope, found: Found) -> None:
    """A till's sales are in its audit chain one after the other, as they were numbered."""
    till, number = row[0], str(row[7])
    known = sales.get(till, None if scope.fast else 0)
    digits = number[len(till) + 2 :]
    sales[till] = place = int(digits) if number.startswith(f"{till}-S") and digits.isdecimal() else -1
    if place < 0 or (known is not None and place != known + 1):
        found.add("I37", f"audit {till} entry {row[1]}: sale {number} follows sale {known}")


_LAST_SALES = query("SELECT c.scope, c.value FROM counters c WHERE c.series = 'S'")
_ANSWERS = query("SELECT " + ", ".join(ANSWER_COLUMNS) + " FROM idempotency_keys")
_ANSWER_SUMS = query("SELECT value, hash, last_at FROM counters WHERE series = 'answers'")


def sum_answers(connection: sa.Connection, found: Found) -> None:
    """Every stored answer is counted in, unchanged, by its scope's counter (I15)."""
    kept = list(stream(connection, _ANSWER_SUMS, {}))
    ends = {at for value, _hashed, at in kept if value}
    total, count = 0, 0
    for row in stream(connection, _ANSWERS, {}):
        total += int.from_bytes(hashlib.sha256(canonical_bytes(row)).digest(), "big")
        count += 1
        ends.discard(row[4])
    kept_total = sum(int(hashed or NO_ANSWERS, 16) for _value, hashed, _at in kept)
    if (total - kept_total) % (1 << 256) or count != sum(value for value, _hashed, _at in kept):
        found.add("I15", f"{count} stored answers are not the ones that were counted: one was changed, added or lost")
    if ends:
        found.add("I15", "a counter of stored answers does not end with one of them")


def missing_anchors(connection: sa.Connection, anchors: tuple[str, ...], found: Found) -> None:
    """Heads that were printed, kept or sent must stand in the chain at their place: else its tail was cut (I21)."""
    entry = sa.text(
        "SELECT j.hash FROM journal j JOIN tills t ON t.id = j.till_id WHERE t.code = :till AND j.seq = :seq"
    )
    for anchor in anchors:
        till, _, rest = anchor.strip().rpartition(":")[0].rpartition(":")
        hashed = anchor.strip().rpartition(":")[2]
        known: Mapping[str, object] = {"till": till, "seq": int(rest) if rest.isdecimal() else -1}
        at = connection.execute(entry, known).scalar()
        start = rest == "0" and hashed == digest(till)
        if at != hashed and not start:
            found.add(
                "I21", f"anchor {anchor.strip()[:120]}: not in the journal; its tail was cut or an older copy put back"
            )
