"""Writing one edited row: a new one, or the version that was shown and no other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from shopdesk.core.errors import ChangedMeanwhile
from shopdesk.db.unit import UnitOfWork


def save_row(
    uow: UnitOfWork,
    model: Any,  # Any: a mapped class with the columns of db.base.Edited
    row_id: int | None,
    version: int,
    values: dict[str, object],
    *,
    name: str,
) -> int:
    """Insert (``row_id`` None) or update a row with its stamps; returns its id. Raises ChangedMeanwhile."""
    now, user = uow.clock.now(), uow.actor.user_id or None
    if row_id is None:
        stamps = {"created_at": now, "updated_at": now, "created_by": user, "updated_by": user}
        made = uow.connection.execute(sa.insert(model).values(**values, **stamps))
        assert made.inserted_primary_key is not None
        return int(made.inserted_primary_key[0])
    changed = uow.connection.execute(
        sa.update(model)
        .where(model.id == row_id, model.version == version)
        .values(**values, updated_at=now, updated_by=user, version=model.version + 1)
    )
    if not changed.rowcount:
        raise ChangedMeanwhile(name)
    return row_id


def values_now(
    uow: UnitOfWork,
    model: Any,  # Any: a mapped class with an id
    row_id: int | None,
    names: Iterable[str],
) -> dict[str, object]:
    """The named columns of a row before it is written, for the audit log; empty for a row that is yet to be made."""
    if row_id is None:
        return {}
    found = uow.connection.execute(
        sa.select(*(getattr(model, name) for name in names)).where(model.id == row_id)
    ).first()
    return {} if found is None else dict(found._mapping)
