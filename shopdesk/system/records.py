"""The one place through which documents are written: numbers without gaps, the journal's chain, audit, stored answers.

Source: SAFE-DESIGN D6. A payload is compact JSON with sorted ASCII keys, whole numbers and strings only, which is RFC 8785
for such values; ``hash = SHA256(prev as 32 raw bytes + payload bytes)``, the first prev is SHA256 of the till's code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from shopdesk.core.clock import from_micros, iso_utc, to_micros
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.core.ids import MACHINE
from shopdesk.db.batch import Batch, Outcome, Prepared, insert_into
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.models import AuditEntry, Counter, EventLogEntry, IdempotencyKey, JournalEntry

JOURNAL_VERSION = 1
OFFICE = "office"
"""The scope of what is not done at a till."""
_AT_THE_COUNTER = ("S", "V", "R", "Z", "C", "N", "A", "M", "TR", "SHIFT")
_OF_STOCK = ("P", "G", "B", "D", "E", "K")
_OF_ORDERS = ("O", "Q", "I", "L", "Y", "W")
TILL_SERIES = (*_AT_THE_COUNTER, *_OF_STOCK, *_OF_ORDERS)
"""The number series of a till (R12): sale, void, refund, Z, cash movement, no-sale, adjustment, transfer, training, shift,
purchase order, goods received, goods sent back, transfer sent, transfer received, stock count, order, quote, invoice, credit
note, payment of an order, parcel."""


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
    """The one spelling of a value that is hashed: compact JSON with sorted keys, as RFC 8785 has it for such values."""
    return _ENCODER.encode(value).decode()


_ENCODER = msgspec.json.Encoder(order="sorted")


def digest(text: str) -> str:
    """SHA-256 of a text as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def link(prev_hash: str, payload: str) -> str:
    """The next hash of a chain."""
    return hashlib.sha256(bytes.fromhex(prev_hash) + payload.encode()).hexdigest()


def rows_digest(tables: Iterable[tuple[str, Sequence[Sequence[object]]]]) -> str:
    """Digest of a document's rows, table by table, each row as the list of its fixed columns' raw values.

    Truth values count as 0 and 1, which is how one of the two databases holds them.
    """
    plain = [
        [name, [[1 if value is True else 0 if value is False else value for value in row] for row in rows]]
        for name, rows in tables
    ]
    return digest(canonical(plain))


ANSWERS = "answers"
"""The series that counts the stored answers of a scope; its hash is the sum of their digests, whatever their order."""
NO_ANSWERS = "0" * 64
ANSWER_COLUMNS = ("key", "use_case", "request_hash", "answer", "created_at")


def answers_sum(before: str, row: Sequence[object]) -> str:
    """The sum of answers' digests with one more; ``row`` holds ANSWER_COLUMNS. Modulo 2^256, as 64 hex digits."""
    added = int.from_bytes(hashlib.sha256(_ENCODER.encode(row)).digest(), "big")
    return f"{(int(before, 16) + added) % (1 << 256):064x}"


_STATE = "SELECT series, value, hash, perpetual_cents, last_at FROM counters WHERE scope = :scope ORDER BY series"
LOCK_STATE = Prepared(sqlite=_STATE, postgresql=_STATE + " FOR UPDATE")
"""A till's numbers and chains; on PostgreSQL this is the lock that its writers queue on."""
FIND_ANSWER = Prepared(
    sa.select(IdempotencyKey.use_case, IdempotencyKey.request_hash, IdempotencyKey.answer).where(
        IdempotencyKey.key == sa.bindparam("key")
    )
)
_RAISE_STATE = insert_into(
    Counter,
    "scope",
    "series",
    "till_id",
    "value",
    "hash",
    "perpetual_cents",
    "last_at",
    otherwise="ON CONFLICT (scope, series) DO UPDATE SET value = excluded.value, hash = excluded.hash, "
    "perpetual_cents = excluded.perpetual_cents, last_at = excluded.last_at",
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
_ADD_ANSWER = insert_into(IdempotencyKey, *ANSWER_COLUMNS)
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


def key_used(reader: Reader, key: str) -> bool:
    """Whether something was answered under a key, whatever it was."""
    batch = reader.batch()
    found = batch.add(FIND_ANSWER, {"key": key})
    batch.send()
    return found.one is not None


def keep_answer(
    uow: UnitOfWork, key: str, use_case: str, content: Mapping[str, object], answer: Mapping[str, object]
) -> None:
    """Keep the answer of a request that no till's book was opened for."""
    book = _locked(uow, None, OFFICE)
    book.answer(key, use_case, request_hash(use_case, content), answer)
    book.send()


class Series:
    """One counter of a till in memory: its value and, for a chain, hash and running total."""

    __slots__ = ("changed", "hash", "last_at", "name", "perpetual_cents", "value")

    def __init__(self, name: str, value: int, hash: str | None, perpetual_cents: int, last_at: int) -> None:
        self.name = name
        self.value = value
        self.hash = hash
        self.perpetual_cents = perpetual_cents
        self.last_at = last_at
        self.changed = False

    def move(self, hash: str | None, gross_cents: int, at: int) -> None:
        """One step further."""
        self.value += 1
        self.hash = hash
        self.perpetual_cents += gross_cents
        self.last_at = at
        self.changed = True


class Book:
    """A till's numbers, journal and audit within one transaction.

    ``open_book`` locks them; the methods work in memory; ``send`` writes everything at once, with whatever else was added to
    ``batch``. Lock the book before any stock row: everybody does, so nobody waits in a circle.
    """

    def __init__(
        self, uow: UnitOfWork, till_id: int | None, scope: str, batch: Batch, state: Iterable[Sequence[object]]
    ) -> None:
        self.uow = uow
        self.till_id = till_id
        self.till_code = scope
        self.batch = batch
        self.now = uow.clock.now()
        self.micros = to_micros(self.now)
        self._series = {str(row[0]): Series(*row) for row in state}  # type: ignore[arg-type]  # rows of LOCK_STATE
        self._journal_rows: list[tuple[object, ...]] = []
        self._audit_rows: list[tuple[object, ...]] = []
        self._answers: list[tuple[object, ...]] = []
        self._events: list[tuple[object, ...]] = []

    def next_value(self, series: str) -> int:
        """The next value of a series, from 1, without gaps; KeyError for one that was not read, and so not locked."""
        counter = self._series[series]
        counter.move(None, 0, self.micros)
        return counter.value

    def number(self, series: str) -> str:
        """The next number of a series: ``T1-S000001``."""
        return f"{self.till_code}-{series}{self.next_value(series):06d}"

    @property
    def head(self) -> Head:
        """Where the till's journal stands, with what this transaction added."""
        chain = self._series["journal"]
        return Head(self.till_code, chain.value, chain.hash or "")

    @property
    def perpetual_cents(self) -> int:
        """The till's turnover since its first document, with what this transaction added."""
        return self._series["journal"].perpetual_cents

    def journal(self, kind: str, number: str, gross_cents: int, body: Mapping[str, object]) -> Head:
        """Append an entry. ``gross_cents`` adds to the perpetual total: negative for a void, 0 for no turnover.

        ``body`` holds whole numbers, strings, lists and mappings of them; never a person's name.
        """
        chain = self._series["journal"]
        prev = chain.hash or ""
        seq, perpetual = chain.value + 1, chain.perpetual_cents + gross_cents
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
        if self.micros < chain.last_at:
            self._note_clock(chain.last_at, seq)
        chain.move(hashed, gross_cents, self.micros)
        self._journal_rows.append((self.till_id, seq, kind, number, payload, prev, hashed, perpetual, self.micros))
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
        chain = self._series["audit"]
        row = (  # in the order of AUDIT_COLUMNS
            self.till_code,
            chain.value + 1,
            self.uow.actor.user_id or None,
            "user",
            None,  # mail address
            action,
            target_type,
            target_id,
            canonical(details or {}),
            self.till_id,
            MACHINE,
            None,  # network address
            "",  # user agent
            self.micros,
        )
        prev = chain.hash or ""
        hashed = link(prev, canonical(row))
        self._audit_rows.append((*row, prev, hashed))
        chain.move(hashed, 0, self.micros)

    def answer(self, key: str, use_case: str, content_hash: str, answer: Mapping[str, object]) -> None:
        """Keep the answer of a request under its key."""
        row = (key, use_case, content_hash, canonical(answer), self.micros)
        self._answers.append(row)
        counter = self._series.get(ANSWERS)
        if counter is None:
            counter = self._series[ANSWERS] = Series(ANSWERS, 0, NO_ANSWERS, 0, 0)
        counter.move(answers_sum(counter.hash or NO_ANSWERS, row), 0, self.micros)

    def send(self) -> None:
        """Write numbers, chains, journal, audit and answers, with whatever else was added to ``batch``."""
        self.prepare()
        self.batch.send()

    def prepare(self) -> None:
        """Queue them on ``batch``, for a caller who adds more and sends by itself."""
        add = self.batch.add
        moved = sorted((counter for counter in self._series.values() if counter.changed), key=lambda moved: moved.name)
        add(
            _RAISE_STATE,
            [
                (
                    self.till_code,
                    counter.name,
                    self.till_id,
                    counter.value,
                    counter.hash,
                    counter.perpetual_cents,
                    counter.last_at,
                )
                for counter in moved
            ],
        )
        entries, notes, answers = self._journal_rows, self._audit_rows, self._answers
        if len(entries) == len(notes) == len(answers) == 1:
            self.batch.add_each((_ADD_JOURNAL, entries[0]), (_ADD_AUDIT, notes[0]), (_ADD_ANSWER, answers[0]))
        else:
            add(_ADD_JOURNAL, entries)
            add(_ADD_AUDIT, notes)
            add(_ADD_ANSWER, answers)
        add(_ADD_EVENT, self._events)
        for counter in moved:
            counter.changed = False
        self._journal_rows, self._audit_rows, self._answers, self._events = [], [], [], []

    def _note_clock(self, before: int, seq: int) -> None:
        details = {"till": self.till_code, "seq": seq, "before": iso_utc(from_micros(before))}
        self._events.append(("clock_anomaly", canonical(details), self.uow.actor.user_id, self.micros))


def begin_chains(uow: UnitOfWork, scope: str, till_id: int | None) -> None:
    """Start the chains of a new till (its code), or of the ``office`` (without a till's id).

    The rows exist before the first document, because they are what the writers lock: on PostgreSQL a writer that waited
    sees the new values of rows that were there, but no row that was added while it waited.
    """
    at = to_micros(uow.clock.now())
    row = {"scope": scope, "till_id": till_id, "value": 0, "hash": None, "perpetual_cents": 0, "last_at": at}
    start = digest(scope)
    rows = [{**row, "series": name, "hash": start} for name in (("journal", "audit") if till_id else ("audit",))]
    rows.append({**row, "series": ANSWERS, "hash": NO_ANSWERS})
    rows += [{**row, "series": name} for name in TILL_SERIES] if till_id else []
    batch = uow.batch()
    batch.add(_RAISE_STATE, rows)
    batch.send()


def open_book(uow: UnitOfWork, till_id: int, till_code: str) -> Book:
    """Lock a till's numbers and chains; one statement."""
    return _locked(uow, till_id, till_code)


def audit_office(
    uow: UnitOfWork,
    action: str,
    *,
    target_type: str | None = None,
    target_id: str | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Append to the office's audit chain: for what is not done at a till."""
    book = _locked(uow, None, OFFICE)
    book.audit(action, target_type=target_type, target_id=target_id, details=details)
    book.send()


def _locked(uow: UnitOfWork, till_id: int | None, scope: str) -> Book:
    batch = uow.batch()
    state = batch.add(LOCK_STATE, {"scope": scope})
    batch.send()
    return Book(uow, till_id, scope, batch, state.rows)
