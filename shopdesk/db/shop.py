"""The two doors: ``execute`` writes, ``ask`` reads. Nothing else begins, commits or makes a session."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import Clock, SystemClock
from shopdesk.core.errors import CommitUnknown, DatabaseBusy, NotPermitted, ShopError
from shopdesk.core.i18n import _
from shopdesk.db.changes import ChangeFeed
from shopdesk.db.database import RETRYABLE, Database, is_driver_error, lost_connection, sqlstate, trouble
from shopdesk.db.unit import Handlers, Reader, UnitOfWork

C = TypeVar("C")
R = TypeVar("R")
P = ParamSpec("P")
_log = logging.getLogger(__name__)

TRIES = 5
Authorise = Callable[[sa.Connection, Actor, Clock], Actor]
"""Reads the actor's rights as they are now, inside the transaction; raises a ShopError for a session that ended."""


NoteDenied = Callable[[UnitOfWork, str, NotPermitted], None]
"""Writes down that the actor was refused a use case, by its name."""


class TryAgain(Exception):
    """Somebody else changed what this transaction read; raised by a use case to be run again from the start."""


class Shop:
    """A shop that is open: its database behind the two doors.

    ``authorise`` is the area of users telling what an actor may do at this moment, ``note_denied`` the audit log writing down
    who was refused, ``handlers`` the table of events. All are handed in by the composition root, so that this package knows
    no area.
    """

    def __init__(
        self,
        database: Database,
        *,
        authorise: Authorise,
        handlers: Handlers,
        clock: Clock | None = None,
        note_denied: NoteDenied | None = None,
    ) -> None:
        self.database = database
        self.clock: Clock = clock or SystemClock()
        self.changes = ChangeFeed(database)
        self._authorise = authorise
        self._note_denied = note_denied
        self._handlers = handlers

    def execute(self, use_case: Callable[[UnitOfWork, C], R], command: C, actor: Actor) -> R:
        """Run a use case in one transaction and return its result once that is durable.

        Serialization failures and deadlocks are tried again up to five times. A COMMIT whose outcome is unknown is looked up
        by running the use case again if its command carries an idempotency ``key``; otherwise CommitUnknown is raised.
        Raises ShopError for refusals and for databases that cannot be used; nothing has changed then.
        """
        keyed = bool(getattr(command, "key", None))
        for attempt in range(1, TRIES + 1):
            try:
                return self._once(use_case, command, actor)
            except CommitUnknown:
                self.database.reconnect()
                if not keyed or attempt == TRIES:
                    raise
            except TryAgain:
                if attempt == TRIES:
                    raise DatabaseBusy(_("other tills kept it busy for too long.")) from None
            except ShopError as error:
                if isinstance(error, NotPermitted):
                    self._denied(getattr(command, "use_case", use_case), error, actor)  # one within another
                raise
            except Exception as error:
                if not is_driver_error(error):
                    raise
                lost = lost_connection(error)
                if lost:
                    self.database.reconnect()  # no ping before each use: a round trip saved on every sale
                again = sqlstate(error) in RETRYABLE or (keyed and _same_key_twice(error))
                if attempt == TRIES or not (again or (attempt == 1 and lost)):
                    known = trouble(error)
                    if known is None:
                        raise
                    raise known from error
            time.sleep(random.uniform(0.002, 0.02) * attempt)
        raise AssertionError("the loop above returns or raises")

    def ask(self, query: Callable[Concatenate[Reader, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Answer a question from one read transaction, which is always rolled back."""
        for last in (False, True):
            try:
                with self.database.reading() as connection:
                    return query(Reader(connection, self.clock), *args, **kwargs)
            except ShopError:
                raise
            except Exception as error:
                if not is_driver_error(error):
                    raise
                if lost_connection(error):
                    self.database.reconnect()
                    if not last:
                        continue
                known = trouble(error)
                if known is None:
                    raise
                raise known from error
        raise AssertionError("the loop above returns or raises")

    def stream(
        self, query: Callable[Concatenate[Reader, P], Iterator[R]], *args: P.args, **kwargs: P.kwargs
    ) -> Iterator[R]:
        """Answer a long question piece by piece from one read transaction, rolled back when the asking ends."""
        try:
            with self.database.reading() as connection:
                yield from query(Reader(connection, self.clock), *args, **kwargs)
        except ShopError:
            raise
        except Exception as error:
            known = trouble(error) if is_driver_error(error) else None
            if known is None:
                raise
            raise known from error

    def close(self) -> None:
        """Stop watching and give the connections back."""
        self.changes.close()
        self.database.close()

    def _denied(self, use_case: Callable[..., object], error: NotPermitted, actor: Actor) -> None:
        """Write a refusal down in a transaction of its own; the refusal stands whether that works or not."""
        note = self._note_denied
        if note is None:
            return
        name = getattr(use_case, "__name__", "use case")
        try:
            self.execute(lambda uow, refused: note(uow, name, refused), error, replace(actor, scopes=frozenset()))
        except ShopError:
            _log.info("a refused %s could not be written down", name, exc_info=True)
        except Exception:
            _log.exception("a refused %s could not be written down", name)

    def _once(self, use_case: Callable[[UnitOfWork, C], R], command: C, actor: Actor) -> R:
        with self.database.writing() as connection, connection.begin() as transaction:
            known = self._authorise(connection, actor, self.clock)
            work = UnitOfWork(connection, self.clock, known, self._handlers)
            try:
                result = use_case(work, command)
                work.flush()
            finally:
                work.forget_objects()
            try:
                transaction.commit()
            except Exception as error:
                if lost_connection(error):
                    raise CommitUnknown(_("the connection broke while saving.")) from error
                raise
        self.changes.tell(work.touched)
        self.changes.spread(work.touched)
        for call in work.put_off:
            call()
        return result


def _same_key_twice(error: BaseException) -> bool:
    """Whether two callers brought the same key at once: the second finds the stored answer when it runs again."""
    text = str(getattr(error, "orig", None) or error)
    return "idempotency_keys" in text and ("UNIQUE" in text or "unique" in text)
