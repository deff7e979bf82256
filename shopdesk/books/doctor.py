"""The doctor: proves the invariants of every area in one read snapshot, streaming, without writing anything."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.books.doctor_apart import Apart, snapshot, start_apart
from shopdesk.books.doctor_database import (
    check_pages,
    compare_references,
    compare_schema,
    find_card_numbers,
    find_holes,
)
from shopdesk.books.doctor_words import HINTS, IDS, NAMES, NOT_YET
from shopdesk.catalogue.invariants import catalogue_checks, compare_files, find_circles
from shopdesk.core.clock import Clock, SystemClock, to_micros
from shopdesk.core.i18n import _
from shopdesk.db.database import Database, is_driver_error
from shopdesk.db.invariants import UNREADABLE, Check, Found, Scope, ask, close_streams
from shopdesk.db.unit import Reader
from shopdesk.feeds.invariants import compare_pieces, feed_checks
from shopdesk.inventory import invariants_documents as stock_documents
from shopdesk.inventory.invariants import compare_thresholds, stock_checks, walk_ledger, walk_stock_documents
from shopdesk.orders.invariants import order_checks, walk_customer_orders, walk_order_papers
from shopdesk.parties.invariants import party_checks
from shopdesk.purchasing.invariants import buying_checks, compare_sent, walk_buying_documents, walk_orders
from shopdesk.returns.invariants import return_checks, walk_cancelled_orders, walk_returns
from shopdesk.sales.invariants import walk_sales
from shopdesk.sales.invariants_counter import (
    compare_z,
    document_checks,
    number_checks,
    walk_counter_documents,
    walk_shifts,
)
from shopdesk.system.invariants import missing_anchors, sum_answers, walk_audit, walk_journal
from shopdesk.system.invariants_access import access_checks
from shopdesk.system.jobs_invariants import job_checks

_RECENT = {"order_floor": ("orders", 500), "ledger_floor": ("inventory_ledger", 2000)}
_RECENT |= {"journal_floor": ("journal", 500), "audit_floor": ("audit_log", 500)}
"""How many of the newest rows a fast run looks at."""
_TRIES = 5
_UNPROVEN = "could not be proven"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the doctor found of one invariant; ``skipped`` where its tables do not exist yet."""

    id: str
    name: str
    violations: int
    samples: tuple[str, ...]
    hint: str
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """All findings I01 to I42, and the journals' heads by till (``TILL:SEQ:HEX64``)."""

    findings: tuple[Finding, ...]
    heads: dict[str, str]
    fast: bool

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not any(finding.violations for finding in self.findings)

    def lines(self) -> Iterator[dict[str, Any]]:
        """The JSON lines of the headless face: one an invariant, last ``ok`` and ``heads``."""
        for finding in self.findings:
            line: dict[str, Any] = {
                "id": finding.id,
                "violations": finding.violations,
                "samples": list(finding.samples),
            }
            if finding.skipped:
                line["skipped"] = True
            elif finding.violations:
                line["hint"] = finding.hint
            yield line
        yield {"ok": self.ok, "heads": self.heads}


def run_doctor(
    database: Database, *, fast: bool = False, anchors: Sequence[str] = (), clock: Clock | None = None
) -> DoctorReport:
    """Prove every invariant; ``fast`` looks at what is recent and small only.

    ``anchors`` are heads from receipts, Z reports, backups or other tills; each must be in its journal. Reads one snapshot and
    never writes. What cannot be read at all is told as a violation, so that a damaged shop gets a report too.
    """
    examination = _Examination(database, tuple(anchors), clock or SystemClock(), fast=fast)
    examination.run()
    return examination.report()


def examine(
    connection: sa.Connection, *, fast: bool = False, anchors: Sequence[str] = (), clock: Clock | None = None
) -> DoctorReport:
    """The same within a read transaction that the caller has open; the file's pages are not looked at."""
    examination = _Examination(None, tuple(anchors), clock or SystemClock(), fast=fast)
    examination.examine(connection)
    return examination.report()


def _finding(id: str, found: Found) -> Finding:
    count = found.counts.get(id, 0)
    samples = tuple(found.samples.get(id, ()))
    unproven = bool(samples) and all(text.startswith(_UNPROVEN) for text in samples)
    hint = HINTS["I42"] if unproven else HINTS[id]  # what cannot be read was damaged, not tampered with
    return Finding(id, _(NAMES[id]), count, samples, _(hint), skipped=id in NOT_YET and not count)


class _Examination:
    """One run: a snapshot, and every part of it in turn."""

    def __init__(self, database: Database | None, anchors: tuple[str, ...], clock: Clock, *, fast: bool) -> None:
        self.database = database
        self.anchors = anchors
        self.clock = clock
        self.fast = fast
        self.found = Found()
        self.heads: dict[str, str] = {}

    def report(self) -> DoctorReport:
        """What was found so far."""
        return DoctorReport(tuple(_finding(id, self.found) for id in IDS), self.heads, self.fast)

    def run(self) -> None:
        """Do everything in a snapshot of its own."""
        database = self.database
        assert database is not None
        pages = None
        pages_found = Found()
        if not self.fast and database.dialect == "sqlite":
            # SQLite reads pages in its own code, without Python's lock: beside the hashing, on the other core.
            pages = threading.Thread(target=self._pages, args=(database, pages_found), name="shopdesk-doctor-pages")
            pages.start()
        try:
            self._examine_together(database)
        except Exception as error:
            if not is_driver_error(error):
                raise
            self.found.add("I42", f"the database cannot be read: {_first_line(error)}")
        finally:
            if pages is not None:
                pages.join()
        self.found.merge(pages_found)

    def _examine_together(self, database: Database) -> None:
        """In a snapshot, the sales of a big shop in another process that sees the same one."""
        apart = start_apart(database, fast=self.fast)
        try:
            for _attempt in range(_TRIES):
                with snapshot(database) as connection:
                    if apart is not None and not apart.agree(connection):
                        continue  # somebody sold in between: look again
                    self.examine(connection, apart)
                    return
            with snapshot(database) as connection:
                self.examine(connection)
        finally:
            if apart is not None:
                apart.close()

    def _pages(self, database: Database, found: Found) -> None:
        try:
            check_pages(database, found)
        except Exception as error:  # a page that cannot be read at all
            found.add("I42", f"the file is damaged: {_first_line(error)}")

    def examine(self, connection: sa.Connection, apart: Apart | None = None) -> None:
        """Every part, in turn."""
        found, scope = self.found, self._scope(connection)
        if apart is not None:
            apart.begin(scope)
        reader = Reader(connection, self.clock)
        self._part(connection, "I42", lambda: compare_schema(connection, found))
        self._part(connection, "I18", lambda: self.heads.update(walk_journal(connection, scope, found)))
        self._part(connection, "I21", lambda: missing_anchors(connection, self.anchors, found))
        if apart is None:
            self._part(connection, "I07", lambda: walk_sales(connection, scope, found))
        self._part(connection, "I19", lambda: walk_counter_documents(connection, found))
        self._part(connection, "I13", lambda: walk_returns(connection, found))
        self._part(connection, "I19", lambda: walk_cancelled_orders(connection, found))
        self._part(connection, "I07", lambda: walk_customer_orders(connection, found))
        self._part(connection, "I19", lambda: walk_order_papers(connection, found))
        self._part(connection, "I22", lambda: walk_shifts(connection, found))
        self._part(connection, "I20", lambda: compare_z(reader, scope, found))
        self._part(connection, "I04", lambda: walk_ledger(connection, scope, found))
        self._part(connection, "I19", lambda: walk_stock_documents(connection, found))
        self._part(connection, "I19", lambda: stock_documents.walk_grown_documents(connection, found))
        self._part(connection, "I04", lambda: stock_documents.walk_costs(connection, found))
        self._part(connection, "I19", lambda: walk_buying_documents(connection, found))
        self._part(connection, "I30", lambda: walk_orders(connection, found))
        self._part(connection, "I37", lambda: walk_audit(connection, scope, found))
        self._part(connection, "I39", lambda: find_card_numbers(connection, scope, found))
        self._part(connection, "I34", lambda: find_circles(connection, found))
        for one in _checks():
            if one.fast or not self.fast:
                self._part(connection, one.id, lambda one=one: ask(connection, one, scope, found))  # type: ignore[misc]
        if not self.fast:
            self._part(connection, "I15", lambda: sum_answers(connection, found))
            self._part(connection, "I37", lambda: compare_thresholds(connection, found))
            self._part(connection, "I33", lambda: compare_references(connection, scope, found))
            self._part(connection, "I19", lambda: compare_sent(connection, found))
            self._part(connection, "I33", lambda: find_holes(connection, found))
            self._part(connection, "I40", lambda: compare_files(connection, found))
            self._part(connection, "I40", lambda: compare_pieces(connection, found))
        if apart is not None and not apart.join(found):
            self._part(connection, "I07", lambda: walk_sales(connection, scope, found))

    def _part(self, connection: sa.Connection, id: str, part: Callable[[], object]) -> None:
        """Run a part; one that cannot be computed (tampered types, missing tables) is itself a violation."""
        nested = connection.begin_nested() if connection.dialect.name == "postgresql" else None
        try:
            part()
        except Exception as error:
            if not (is_driver_error(error) or isinstance(error, UNREADABLE)):
                raise
            close_streams(connection)
            if nested is not None:
                nested.rollback()
            text = f"{_UNPROVEN}: {_first_line(error)}"
            if text not in self.found.samples.get(id, ()):
                self.found.add(id, text)
        else:
            close_streams(connection)
            if nested is not None:
                nested.commit()

    def _scope(self, connection: sa.Connection) -> Scope:
        now = to_micros(self.clock.now())
        if not self.fast:
            return Scope(fast=False, now=now)
        floors = {}
        for name, (table, rows) in _RECENT.items():
            newest = connection.execute(sa.select(sa.func.max(sa.column("id"))).select_from(sa.table(table))).scalar()
            floors[name] = int(newest or 0) - rows
        return Scope(fast=True, now=now, **floors)


def _checks() -> Iterator[Check]:
    yield from access_checks()
    yield from job_checks()
    yield from stock_checks()
    yield from stock_documents.reservation_checks()
    yield from stock_documents.document_checks()
    yield from buying_checks()
    yield from number_checks()
    yield from document_checks()
    yield from return_checks()
    yield from order_checks()
    yield from catalogue_checks()
    yield from party_checks()
    yield from feed_checks()


def _first_line(error: Exception) -> str:
    original = getattr(error, "orig", None) or error
    return str(original).strip().split("\n", 1)[0][:200] or type(original).__name__
