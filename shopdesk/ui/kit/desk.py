"""What every screen is given: the shop's two doors through the lanes, who acts, and how the shop writes figures."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from shopdesk.core.actor import Actor
from shopdesk.core.clock import Clock
from shopdesk.core.permissions import Permission
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.tasks import Done, Failed, Lanes, Ticket

R = TypeVar("R")


class ShopDoors(Protocol):
    """The part of ``db.shop.Shop`` that the window uses."""

    clock: Clock

    # Queries and use cases take a reader or unit of work of their own type first; the window never looks inside.
    def ask(self, query: Callable[..., R], *args: Any, **named: Any) -> R:
        """Run a query in a read transaction."""

    def execute(self, use_case: Callable[[Any, Any], R], command: Any, actor: Actor) -> R:
        """Run a use case in a write transaction."""


class Desk(QObject):
    """One signed-in place of work. ``changed`` names the entities that some use case wrote, here or elsewhere."""

    changed = Signal(object)
    actor_changed = Signal()
    formats_changed = Signal()

    def __init__(
        self,
        shop: ShopDoors,
        lanes: Lanes,
        *,
        actor: Actor | None = None,
        formats: Formats | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("desk")
        self.shop = shop
        self.lanes = lanes
        self._actor = actor
        self._formats = formats or Formats()

    @property
    def actor(self) -> Actor:
        """Who acts; raises RuntimeError while nobody is signed in."""
        if self._actor is None:
            raise RuntimeError("nobody is signed in")
        return self._actor

    @property
    def signed_in(self) -> bool:
        """Whether somebody acts."""
        return self._actor is not None

    @property
    def formats(self) -> Formats:
        """How figures and times are written."""
        return self._formats

    @property
    def clock(self) -> Clock:
        """The shop's clock."""
        return self.shop.clock

    def set_actor(self, actor: Actor | None) -> None:
        """Somebody signed in, changed or left."""
        self._actor = actor
        self.actor_changed.emit()

    def set_formats(self, formats: Formats) -> None:
        """The shop's currency, language or zone became known."""
        self._formats = formats
        self.formats_changed.emit()

    def may(self, permission: Permission | None) -> bool:
        """Whether the signed-in person may; None means that everybody may. A marker only: use cases check again."""
        return permission is None or (self._actor is not None and self._actor.may(permission))

    def ask(
        self,
        query: Callable[..., R],
        *args: Any,
        done: Done[R],
        failed: Failed | None = None,
        owner: QObject | None = None,
        key: str = "",
        **named: Any,
    ) -> Ticket:
        """Ask on a read lane; ``done`` gets the answer on the GUI thread. ``key``: see ``Lanes.read``."""
        return self.lanes.read(lambda: self.shop.ask(query, *args, **named), done, failed=failed, owner=owner, key=key)

    def execute(
        self,
        use_case: Callable[[Any, Any], R],
        command: object,
        *,
        done: Done[R],
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> Ticket:
        """Write on the write lane as the person signed in now; prefer ``Operation``, which also shows refusals."""
        actor = self.actor
        return self.lanes.write(lambda: self.shop.execute(use_case, command, actor), done, failed=failed, owner=owner)

    def carry_out(
        self,
        work: Callable[[Any, Any, Actor], R],
        command: object,
        *,
        done: Done[R],
        failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> Ticket:
        """Run what is slow between two transactions (hashing a secret), as ``work(shop, command, actor)`` on a lane."""
        actor = self.actor
        return self.lanes.write(lambda: work(self.shop, command, actor), done, failed=failed, owner=owner)

    def listen(self, subscribe: Callable[[Callable[[frozenset[str]], None]], object]) -> None:
        """Join a feed of changes, which calls from any thread; ``changed`` is sent on the GUI thread."""
        self._heard.connect(self.changed, Qt.ConnectionType.QueuedConnection)
        subscribe(self._hear)

    _heard = Signal(object)

    def _hear(self, names: frozenset[str]) -> None:
        with suppress(RuntimeError):  # the window was deleted while the news was on its way: nobody listens
            self._heard.emit(names)
