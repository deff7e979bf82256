"""PINs: one a person, no two alike in the shop; compared one by one because each is salted on its own."""

from __future__ import annotations

import sqlalchemy as sa

from shopdesk.core.errors import ChangedMeanwhile
from shopdesk.core.i18n import _
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system import passwords
from shopdesk.system.models import AuthProvider
from shopdesk.system.passwords import UnusablePin
from shopdesk.system.proof import PIN
from shopdesk.system.roles import lock_people

PinHashes = tuple[tuple[int, str], ...]
"""Who has which PIN hash: (user id, hash) in the order of the users."""


def pin_hashes(reader: Reader) -> PinHashes:
    """Every PIN of the shop, as hashes.

    A quick unsalted fingerprint would find twins faster, and would give a thief of the file a million guesses a second.
    """
    rows = reader.connection.execute(
        sa.select(AuthProvider.user_id, AuthProvider.secret_hash)
        .where(AuthProvider.provider == PIN)
        .order_by(AuthProvider.user_id)
    )
    return tuple((row[0], row[1]) for row in rows if row[1] is not None)


def check_pin_is_free(pin: str, taken: PinHashes, user_id: int | None) -> None:
    """Raise UnusablePin when somebody else has this PIN; slow (0.1 s a PIN), never inside a transaction."""
    for holder, hashed in taken:
        if holder != user_id and passwords.verify(hashed, pin):
            raise UnusablePin


def require_pins_unchanged(uow: UnitOfWork, seen: PinHashes) -> None:
    """Raise ChangedMeanwhile when another PIN was set since these were compared; nobody sets one until the end."""
    lock_people(uow)
    if pin_hashes(uow) != seen:
        raise ChangedMeanwhile(_("Somebody's PIN"))
