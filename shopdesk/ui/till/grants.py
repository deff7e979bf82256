"""What a manager has approved for the sale in hand, and what still has to be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shopdesk.core.permissions import Permission

HOLDS_S = 50.0
"""How long an approval counts on the screen; the shop lets it lapse after 60 seconds."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that needs a manager: the permission, the amount it must cover, and the words for the question."""

    permission: Permission
    amount_cents: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Grant:
    permission: Permission
    amount_cents: int
    uid: str
    at_s: float


class Grants:
    """Approvals at hand for one sale; each counts for one wish of its permission and of no larger amount."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._given: list[_Grant] = []

    def give(self, wish: Wish, uid: str) -> None:
        """A manager approved a wish."""
        self._given.append(_Grant(wish.permission, wish.amount_cents, uid, self._monotonic()))

    def clear(self) -> None:
        """Another sale, or they were refused."""
        self._given.clear()

    def missing(self, wishes: Iterable[Wish]) -> list[Wish]:
        """The wishes that nobody has approved, or not lately enough."""
        return self._match(wishes)[1]

    def uids(self, wishes: Iterable[Wish]) -> tuple[str, ...]:
        """The approvals that cover some wishes, the smallest first, as the shop tries them."""
        return tuple(grant.uid for grant in self._match(wishes)[0])

    def _match(self, wishes: Iterable[Wish]) -> tuple[list[_Grant], list[Wish]]:
        now = self._monotonic()
        left = sorted(
            (grant for grant in self._given if now - grant.at_s <= HOLDS_S), key=lambda grant: grant.amount_cents
        )
        used, missing = [], []
        for wish in sorted(wishes, key=lambda wish: wish.amount_cents):
            fit = next(
                (one for one in left if one.permission is wish.permission and one.amount_cents >= wish.amount_cents),
                None,
            )
            if fit is None:
                missing.append(wish)
            else:
                left.remove(fit)
                used.append(fit)
        return used, missing
