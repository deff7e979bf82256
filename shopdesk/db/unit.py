"""What a use case and a query are given: a unit of work that can write, a reader that cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shopdesk.core.actor import Actor
from shopdesk.core.clock import Clock
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Batch

Handlers = Mapping[type, Sequence[Callable[["UnitOfWork", Any], None]]]
"""Event type to the functions it wakes; Any because each takes its own event."""


class Reader:
    """A read transaction: a connection that cannot write, and a session on it for mapped reads."""

    def __init__(self, connection: sa.Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock
        self._session: Session | None = None

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.connection.dialect.name

    @property
    def session(self) -> Session:
        """Objects on the same connection, made when first asked for."""
        if self._session is None:
            self._session = Session(self.connection, expire_on_commit=False, autoflush=True)
        return self._session

    def batch(self) -> Batch:
        """Statements to be sent together."""
        return Batch(self.connection)

    def forget_objects(self) -> None:
        """Drop the session without touching the transaction."""
        if self._session is not None:
            self._session.expunge_all()
            self._session = None


class UnitOfWork(Reader):
    """One write transaction for one use case and the functions that its events wake.

    The use case neither begins nor commits. ``publish`` calls the wired functions at once, in the same transaction;
    ``after_commit`` puts a call off until the work is durable; ``changed`` names the entities that other screens refresh on.
    """

    def __init__(self, connection: sa.Connection, clock: Clock, actor: Actor, handlers: Handlers) -> None:
        super().__init__(connection, clock)
        self.actor = actor
        self._handlers = handlers
        self.put_off: list[Callable[[], None]] = []
        self.touched: set[str] = set()

    def require(self, permission: Permission) -> None:
        """Raise NotPermitted unless the acting person may."""
        self.actor.require(permission)

    def publish(self, event: object) -> None:
        """Call the functions wired to this event, in order; a failing one undoes the whole use case."""
        for handler in self._handlers.get(type(event), ()):
            handler(self, event)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Do something once the transaction is durable; it must not raise for the caller's sake."""
        self.put_off.append(call)

    def changed(self, *entities: str) -> None:
        """Say what changed, by class name, for screens and other processes."""
        self.touched.update(entities)

    def flush(self) -> None:
        """Write what the session still holds."""
        if self._session is not None:
            self._session.flush()
