"""The one place through which documents are written: numbers without gaps, the journal's chain, audit, stored answers.

Source of the chain: SAFE-DESIGN D6. A payload is compact JSON with sorted ASCII keys, whole numbers and strings only, which
is RFC 8785 for such values; ``hash = SHA256(prev as 32 raw bytes + payload bytes)``, the first prev is SHA256 of the till's
code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.clock import from_micros, iso_utc, to_micros
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.db.batch import Batch, Outcome, Prepared, insert_into
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.models import AuditEntry, Chain, EventLogEntry, IdempotencyKey, JournalEntry

JOURNAL_VERSION = 1


class KeyReused(ShopError):
    """The idempotency key was used before, for something else."""

    code = "key_reused"
    sentence = N_("This key was already used for another request; nothing was changed.")


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a till's journal, written as ``TILL:SEQ:HEX64``."""

    till: str
    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.till}:{self.seq}:{self.hash}"


def canonical(value: object) -> str:
    """The one spelling of a value that is hashed: compact JSON, sorted keys, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(text: str) -> str:
    """SHA-256 of a text as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def first_hash(name: str) -> str:
    """What a chain starts from: SHA-256 of its till's code (or ``office``)."""
    return digest(name)


def link(prev_hash: str, payload: str) -> str:
    """The next hash of a chain."""
    return hashlib.sha256(bytes.fromhex(prev_hash) + payload.encode()).hexdigest()


def rows_digest(tables: Iterable[tuple[str, Sequence[Sequence[object]]]]) -> str:
    """Digest of a document's rows, table by table, each row as the list of its fixed columns' raw values."""
    return digest(canonical([[name, [list(row) for row in rows]] for name, rows in tables]))


_CHAINS = "SELECT name, seq, hash, perpetual_cents, last_at FROM chains WHERE name IN (:journal, :audit) ORDER BY name"
LOCK_CHAINS = Prepared(sqlite=_CHAINS, postgresql=_CHAINS + " FOR UPDATE")
LOCK_COUNTERS = Prepared(
    sqlite="SELECT series, value FROM counters WHERE till_id = :till_id",
    postgresql="SELECT series, value FROM counters WHERE till_id = :till_id ORDER BY series FOR UPDATE",
)
FIND_ANSWER = Prepared(
    sa.select(IdempotencyKey.use_case, IdempotencyKey.request_hash, IdempotencyKey.answer).where(
        IdempotencyKey.key == sa.bindparam("key")
    )
)
_RAISE_COUNTER = Prepared(
    sa.text(
        "INSERT INTO counters (till_id, series, value) VALUES (:till_id, :series, :value) "
        "ON CONFLICT (till_id, series) DO UPDATE SET value = excluded.value"
    )
)
_MOVE_CHAIN = Prepared(
    sa.text(
        "UPDATE chains SET seq = :seq, hash = :hash, perpetual_cents = :perpetual_cents, last_at = :last_at "
        "WHERE name = :name"
    )
)
_JOURNAL_COLUMNS = ("till_id", "seq", "kind", "number", "payload", "prev_hash", "hash", "perpetual_cents", "created_at")
_ADD_JOURNAL = insert_into(JournalEntry, *_JOURNAL_COLUMNS)
AUDIT_COLUMNS = (
    "chain",
    "seq",
    "actor_id",
    "actor_type",
    "actor_email",
    "action",
    "target_type",
    "target_id",
    "metadata",
    "till_id",
    "host",
    "ip_address",
    "user_agent",
    "created_at",
)
"""The columns of an audit row that its hash covers, in this order."""
_ADD_AUDIT = insert_into(AuditEntry, *AUDIT_COLUMNS, "prev_hash", "hash")
_ADD_ANSWER = insert_into(IdempotencyKey, "key", "use_case", "request_hash", "answer", "created_at")
_ADD_EVENT = insert_into(EventLogEntry, "event_type", "details", "user_id", "created_at")


def request_hash(use_case: str, content: Mapping[str, object]) -> str:
    """Digest of what was asked, after parsing, so that the order and spacing of fields do not matter."""
    return digest(canonical([use_case, content]))


def stored_answer(found: Outcome, use_case: str, hashed: str) -> dict[str, object] | None:
    """The answer kept for a key, None if it is new; raises KeyReused for other content under the same key."""
    if found.one is None:
        return None
    known_use_case, known_hash, answer = found.one
    if known_use_case != use_case or known_hash != hashed:
        raise KeyReused
    kept: dict[str, object] = json.loads(answer)
    return kept


def answered(uow: UnitOfWork, key: str, use_case: str, content: Mapping[str, object]) -> dict[str, object] | None:
    """The stored answer of a request that was done before, or None; raises KeyReused. One statement."""
    batch = uow.batch()
    found = batch.add(FIND_ANSWER, {"key": key})
    batch.send()
    return stored_answer(found, use_case, request_hash(use_case, content))


class Book:
    """A till's numbers, journal and audit within one transaction.

    ``open_book`` locks them; the methods work in memory; ``send`` writes everything at once, with whatever else was added to
    ``batch``. Lock the book before any stock row: everybody does, so nobody waits in a circle.
    """

    def __init__(self, uow: UnitOfWork, till_id: int, till_code: str, batch: Batch) -> None:
        self.uow = uow
        self.till_id = till_id
        self.till_code = till_code
        self.batch = batch
        self.now = uow.clock.now()
        self._names = {"journal": f"journal:{till_code}", "audit": f"audit:{till_code}"}
        self._chains = batch.add(LOCK_CHAINS, self._names)
        self._counters = batch.add(LOCK_COUNTERS, {"till_id": till_id})
        self._state: dict[str, list[int | str]] | None = None
        self._numbers: dict[str, int] = {}
        self._journal_rows: list[dict[str, object]] = []
        self._audit_rows: list[dict[str, object]] = []
        self._answers: list[dict[str, object]] = []
        self._events: list[dict[str, object]] = []

    def next_value(self, series: str) -> int:
        """The next value of a series, from 1, without gaps."""
        if series not in self._numbers:
            self._numbers[series] = dict(self._counters.rows).get(series, 0)
        self._numbers[series] += 1
        return self._numbers[series]

    def number(self, series: str) -> str:
        """The next number of a series: ``T1-S000001``."""
        return f"{self.till_code}-{series}{self.next_value(series):06d}"

    @property
    def head(self) -> Head:
        """Where the till's journal stands, with what this transaction added."""
        state = self._chain("journal")
        return Head(self.till_code, int(state[0]), str(state[1]))

    def journal(self, kind: str, number: str, gross_cents: int, body: Mapping[str, object]) -> Head:
        """Append an entry. ``gross_cents`` adds to the perpetual total: negative for a void, 0 for no turnover.

        ``body`` holds whole numbers, strings, lists and mappings of them; never a person's name.
        """
        state = self._chain("journal")
        seq, perpetual = int(state[0]) + 1, int(state[2]) + gross_cents
        prev = str(state[1])
        payload = canonical(
            {
                **body,
                "v": JOURNAL_VERSION,
                "till": self.till_code,
                "seq": seq,
                "kind": kind,
                "doc": number,
                "at": iso_utc(self.now),
                "clerk": self.uow.actor.user_id,
                "gross": gross_cents,
                "perpetual": perpetual,
            }
        )
        hashed = link(prev, payload)
        self._note_clock(state, seq)
        state[:] = [seq, hashed, perpetual, to_micros(self.now)]
        self._journal_rows.append(
            {
                "till_id": self.till_id,
                "seq": seq,
                "kind": kind,
                "number": number,
                "payload": payload,
                "prev_hash": prev,
                "hash": hashed,
                "perpetual_cents": perpetual,
                "created_at": to_micros(self.now),
            }
        )
        return Head(self.till_code, seq, hashed)

    def audit(
        self,
        action: str,
        *,
        target_type: str | None = None,
        target_id: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Append to the till's audit chain who did what; ``details`` as canonical JSON, without secrets."""
        state = self._chain("audit")
        row = audit_row(
            self.uow,
            self.till_code,
            self.till_id,
            int(state[0]) + 1,
            str(state[1]),
            action,
            target_type,
            target_id,
            details,
        )
        state[:] = [int(state[0]) + 1, str(row["hash"]), 0, to_micros(self.now)]
        self._audit_rows.append(row)

    def answer(self, key: str, use_case: str, content_hash: str, answer: Mapping[str, object]) -> None:
        """Keep the answer of a request under its key."""
        self._answers.append(
            {
                "key": key,
                "use_case": use_case,
                "request_hash": content_hash,
                "answer": canonical(answer),
                "created_at": to_micros(self.now),
            }
        )

    def send(self) -> None:
        """Write numbers, chains, journal, audit and answers, with whatever else was added to ``batch``."""
        add = self.batch.add
        add(
            _RAISE_COUNTER,
            [{"till_id": self.till_id, "series": name, "value": value} for name, value in self._numbers.items()],
        )
        add(_ADD_JOURNAL, self._journal_rows)
        add(_ADD_AUDIT, self._audit_rows)
        if self._state is not None:
            add(
                _MOVE_CHAIN,
                [
                    {"name": self._names[kind], "seq": s[0], "hash": s[1], "perpetual_cents": s[2], "last_at": s[3]}
                    for kind, s in sorted(self._state.items())
                ],
            )
        add(_ADD_ANSWER, self._answers)
        add(_ADD_EVENT, self._events)
        self.batch.send()
        self._journal_rows, self._audit_rows, self._answers, self._events = [], [], [], []
        self._counters.rows = list({**dict(self._counters.rows), **self._numbers}.items())

    def _chain(self, kind: str) -> list[int | str]:
        if self._state is None:
            self._state = {}
        if kind not in self._state:
            rows = {row[0]: list(row[1:]) for row in self._chains.rows}
            self._state[kind] = rows[self._names[kind]]
        return self._state[kind]

    def _note_clock(self, state: list[int | str], seq: int) -> None:
        if to_micros(self.now) < int(state[3]):
            details = {"till": self.till_code, "seq": seq, "before": iso_utc(from_micros(int(state[3])))}
            self._events.append(
                {
                    "event_type": "clock_anomaly",
                    "details": canonical(details),
                    "user_id": self.uow.actor.user_id,
                    "created_at": to_micros(self.now),
                }
            )


def begin_chains(uow: UnitOfWork, till_code: str | None) -> None:
    """Start a new till's journal and audit chains, or the office's audit chain (None).

    The rows exist before the first document, because they are what the till's writers lock.
    """
    names = ["audit:office"] if till_code is None else [f"journal:{till_code}", f"audit:{till_code}"]
    start = first_hash(till_code or "office")
    at = to_micros(uow.clock.now())
    batch = uow.batch()
    batch.add(
        insert_into(Chain, "name", "seq", "hash", "perpetual_cents", "last_at"),
        [{"name": name, "seq": 0, "hash": start, "perpetual_cents": 0, "last_at": at} for name in names],
    )
    batch.send()


def open_book(uow: UnitOfWork, till_id: int, till_code: str) -> Book:
    """Lock a till's numbers and chains; one round trip."""
    batch = uow.batch()
    book = Book(uow, till_id, till_code, batch)
    batch.send()
    return book


def audit_row(
    uow: UnitOfWork,
    chain: str,
    till_id: int | None,
    seq: int,
    prev_hash: str,
    action: str,
    target_type: str | None,
    target_id: str | None,
    details: Mapping[str, object] | None,
) -> dict[str, object]:
    """A complete row of the audit log; its hash is over the previous hash and the row's columns."""
    row: dict[str, object] = {
        "chain": chain,
        "seq": seq,
        "actor_id": uow.actor.user_id or None,
        "actor_type": "user",
        "actor_email": None,
        "action": action,
        "target_type": target_type,
        "target_id": target_id,
        "metadata": canonical(details or {}),
        "till_id": till_id,
        "host": "",
        "ip_address": None,
        "user_agent": "",
        "created_at": to_micros(uow.clock.now()),
    }
    return {**row, "prev_hash": prev_hash, "hash": link(prev_hash, canonical([row[name] for name in AUDIT_COLUMNS]))}


def audit_office(
    uow: UnitOfWork,
    action: str,
    *,
    target_type: str | None = None,
    target_id: str | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Append to the office's audit chain: for what is not done at a till."""
    batch = uow.batch()
    found = batch.add(LOCK_CHAINS, {"journal": "audit:office", "audit": "audit:office"})
    batch.send()
    assert found.one is not None, "begin_chains was not called for the office"
    seq, prev = found.one[1], found.one[2]
    row = audit_row(uow, "office", None, seq + 1, prev, action, target_type, target_id, details)
    batch.add(_ADD_AUDIT, row)
    batch.add(
        _MOVE_CHAIN,
        {
            "name": "audit:office",
            "seq": seq + 1,
            "hash": row["hash"],
            "perpetual_cents": 0,
            "last_at": row["created_at"],
        },
    )
    batch.send()
