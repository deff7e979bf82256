"""Imports forget a person who was erased: what they list of them, and the files that people's data came in (R19, S30)."""

from __future__ import annotations

import hashlib
import zlib

import sqlalchemy as sa

from shopdesk.core.i18n import N_
from shopdesk.db.unit import UnitOfWork
from shopdesk.feeds.models import FeedChange, FeedError, FilePiece, ProductFeed
from shopdesk.parties.events import CustomersErased
from shopdesk.system.models import Blob

_AT_WORK = ("checking", "applying", "undoing")
_FORGOTTEN = N_("What was refused here was forgotten when a customer was erased.")


def forget_people(uow: UnitOfWork, event: CustomersErased) -> None:
    """Blank what imports keep of these customers, and empty every customer file that no import is at work on.

    A file names everybody in it, whether the import changed them or not, so all of them go; their imports stay listed.
    """
    people = sa.select(ProductFeed.id).where(ProductFeed.kind == "customers")
    uow.connection.execute(
        sa.update(FeedChange)
        .where(FeedChange.feed_id.in_(people), FeedChange.target_id.in_(event.customer_ids))
        .values(name="", title="", details="{}", before=None, note="")
    )
    quiet = people.where(ProductFeed.status.not_in(_AT_WORK))
    uow.connection.execute(sa.update(FeedError).where(FeedError.feed_id.in_(quiet)).values(message=_FORGOTTEN))
    blobs = uow.connection.execute(
        sa.select(ProductFeed.blob_id)
        .where(ProductFeed.id.in_(quiet))
        .where(~sa.exists().where(FilePiece.blob_id == ProductFeed.blob_id, FilePiece.content == zlib.compress(b"", 1)))
        .distinct()
    ).scalars()
    for blob_id in blobs.all():
        uow.connection.execute(sa.delete(FilePiece).where(FilePiece.blob_id == blob_id))
        uow.connection.execute(sa.insert(FilePiece).values(blob_id=blob_id, position=0, content=zlib.compress(b"", 1)))
        uow.connection.execute(
            sa.update(Blob)
            .where(Blob.id == blob_id)
            .values(
                size_bytes=0,
                checksum=hashlib.sha256(b"").hexdigest(),
                storage_key=f"forgotten-{blob_id}",
            )
        )
