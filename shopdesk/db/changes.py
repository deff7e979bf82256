"""News of changes: within the process at once, between processes by NOTIFY on PostgreSQL and data_version on SQLite."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from shopdesk.db.database import Database

CHANNEL = "shopdesk_changes"
ANYTHING = frozenset({"*"})
"""What a watcher hears when another process changed something it could not name."""

_log = logging.getLogger(__name__)
Listener = Callable[[frozenset[str]], None]


class ChangeFeed:
    """Tells listeners which entities changed. Listeners are called on the thread that noticed: hand over to yours."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: list[Listener] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._news = threading.Condition()
        self._untold: set[str] = set()
        self._herald: threading.Thread | None = None

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Add a listener; the returned call removes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def tell(self, entities: Iterable[str]) -> None:
        """Say what changed to the listeners of this process."""
        names = frozenset(entities)
        if names:
            for listener in tuple(self._listeners):
                listener(names)

    def spread(self, entities: Iterable[str]) -> None:
        """Let other processes know, soon and many changes at once; SQLite's watchers see the file change by themselves.

        Outside the transaction on purpose: a COMMIT with a NOTIFY in it waits for every other such COMMIT of the server. Should
        this process die in between, the others see the change when they next look.
        """
        names = set(entities)
        if not names or self._database.dialect != "postgresql":
            return
        with self._news:
            self._untold |= names
            if self._herald is None:
                self._herald = threading.Thread(target=self._tell_others, name="shopdesk-news", daemon=True)
                self._herald.start()
            self._news.notify()

    def watch(self) -> None:
        """Begin to notice what other processes change, on a thread of its own."""
        if self._thread is None:
            target = self._watch_sqlite if self._database.dialect == "sqlite" else self._watch_postgres
            self._thread = threading.Thread(target=target, name="shopdesk-changes", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop watching; what is still to be told to others is told."""
        self._stop.set()
        with self._news:
            herald, self._herald = self._herald, None
            self._news.notify()
        if herald is not None:
            herald.join(timeout=3)
        if self._thread is not None:
            self._thread.join(timeout=3)
            self._thread = None

    def _tell_others(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._untold or self._stop.is_set())
                names, self._untold = self._untold, set()
            if not names:
                return
            with (
                contextlib.suppress(sa.exc.SQLAlchemyError, OSError),
                self._database.read_engine.connect() as connection,
            ):
                connection.execute(sa.select(sa.func.pg_notify(CHANNEL, ",".join(sorted(names)))))
                connection.commit()
            self._stop.wait(0.05)

    def _watch_sqlite(self) -> None:
        try:
            with self._database.read_engine.connect() as connection:
                raw: Any = connection.connection.driver_connection
                connection.rollback()
                seen, counted = raw.execute("PRAGMA data_version").fetchone()[0], self._database.writes()
                while not self._stop.wait(0.25):
                    now, counts = raw.execute("PRAGMA data_version").fetchone()[0], self._database.writes()
                    if _others_wrote(counted, counts, changed=now != seen):
                        self.tell(ANYTHING)
                    seen, counted = now, counts
        except sa.exc.SQLAlchemyError:
            _log.info("the watcher of other tills' changes stopped", exc_info=True)

    def _watch_postgres(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(sa.exc.SQLAlchemyError, OSError):
                self._listen()
            self._stop.wait(2)

    def _listen(self) -> None:
        import psycopg

        with self._database.read_engine.connect() as connection:
            raw: Any = connection.connection.driver_connection  # taken first: detached, the pool forgets it
            connection.detach()
            with contextlib.suppress(psycopg.Error):
                raw.rollback()
                raw.autocommit = True
                raw.execute(f"LISTEN {CHANNEL}")
                while not self._stop.is_set():
                    for note in raw.notifies(timeout=0.5, stop_after=1):
                        self.tell(note.payload.split(","))


def _others_wrote(before: tuple[int, int] | None, now: tuple[int, int] | None, *, changed: bool) -> bool:
    """Whether another process wrote to the shop file between two looks.

    SQLite only says that the file changed, and each write of our own changes it too: those were told by name already, and must
    not make every screen read everything again. A write that nobody counted (another program) is one of the others.
    """
    if before is None or now is None:
        return changed
    mine, all_of_them = now[0] - before[0], now[1] - before[1]
    return all_of_them != mine or (changed and not all_of_them)
