"""Files kept in the shop: compressed pieces in short transactions, found again by checksum, put together on whichever machine."""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.feeds.models import FilePiece, ProductFeed
from shopdesk.feeds.table import Copied
from shopdesk.system.models import Blob

PIECE = 256 * 1024
PROVIDER = "pieces"
_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


_LEFT_AFTER = timedelta(days=1)
_DROP_LEFT = sa.delete(Blob).where(
    Blob.provider == sa.bindparam("provider"),
    Blob.created_at < sa.bindparam("before"),
    ~sa.exists().where(ProductFeed.blob_id == Blob.id),
)
"""Files whose taking in was broken off; their pieces go with them."""


class FileGone(ShopError):
    """The bytes of a stored file are not what was stored."""

    code = "file_gone"
    sentence = N_("The stored file {name} is damaged or gone. Choose the file again.")


@dataclass(frozen=True, slots=True)
class BeginFile:
    """A file to be kept, by its SHA-256."""

    checksum: str
    name: str
    format: str
    size: int


@dataclass(frozen=True, slots=True)
class StorePieces:
    """Pieces of a file from a place on, already compressed."""

    blob_id: int
    first: int
    pieces: tuple[bytes, ...]


def begin_file(uow: UnitOfWork, command: BeginFile) -> tuple[int, int]:
    """The blob of a file and how many of its pieces are kept already; what others began a day ago and left goes (I40)."""
    uow.require(Permission.IMPORT)
    uow.connection.execute(_DROP_LEFT, {"provider": PROVIDER, "before": uow.clock.now() - _LEFT_AFTER})
    key = f"file-{command.checksum}"
    known = uow.connection.execute(sa.select(Blob.id).where(Blob.storage_key == key)).scalar()
    if known is None:
        made = uow.connection.execute(
            sa.insert(Blob).values(
                storage_key=key,
                file_name=command.name,
                content_type=_TYPES[command.format],
                size_bytes=command.size,
                checksum=command.checksum,
                provider=PROVIDER,
                created_at=uow.clock.now(),
            )
        )
        assert made.inserted_primary_key is not None
        known = made.inserted_primary_key[0]
    count = sa.select(sa.func.count()).select_from(FilePiece).where(FilePiece.blob_id == known)
    return int(known), int(uow.connection.execute(count).scalar_one())


def store_pieces(uow: UnitOfWork, command: StorePieces) -> None:
    """Keep some pieces of a file."""
    uow.require(Permission.IMPORT)
    rows = [
        {"blob_id": command.blob_id, "position": place, "content": piece}
        for place, piece in enumerate(command.pieces, command.first)
    ]
    uow.connection.execute(sa.insert(FilePiece), rows)


def keep_file(shop: Shop, copied: Copied, format: str, actor: Actor) -> int:
    """Keep a file's bytes in the shop, once by checksum, and return the blob's id; what an interrupted try kept is used."""
    begin = BeginFile(copied.checksum, copied.name, format, copied.size)
    blob_id, there = shop.execute(begin_file, begin, actor)
    with copied.path.open("rb") as file:
        file.seek(there * PIECE)
        place = there
        while part := file.read(PIECE):
            shop.execute(store_pieces, StorePieces(blob_id, place, (zlib.compress(part, 1),)), actor)
            place += 1
    return blob_id


def piece(reader: Reader, blob_id: int, position: int) -> bytes | None:
    """One piece as it was."""
    found = reader.connection.execute(
        sa.select(FilePiece.content).where(FilePiece.blob_id == blob_id, FilePiece.position == position)
    ).scalar()
    return None if found is None else zlib.decompress(found)


def blob_facts(reader: Reader, blob_id: int) -> tuple[str, str, int]:
    """Name, checksum and size of a stored file."""
    row = reader.connection.execute(
        sa.select(Blob.file_name, Blob.checksum, Blob.size_bytes).where(Blob.id == blob_id)
    ).one()
    return row.file_name, row.checksum, row.size_bytes


@contextmanager
def stored_file(shop: Shop, blob_id: int) -> Iterator[Path]:
    """A stored file in a private folder for as long as it is read; raises FileGone if its bytes are not those stored."""
    name, checksum, _size = shop.ask(blob_facts, blob_id)
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory(prefix="shopdesk-file-") as folder:
        target = Path(folder) / "table"
        with target.open("xb") as copy:
            place = 0
            try:
                while (part := shop.ask(piece, blob_id, place)) is not None:
                    digest.update(part)
                    copy.write(part)
                    place += 1
            except zlib.error:
                raise FileGone(name=name) from None
        if digest.hexdigest() != checksum:
            raise FileGone(name=name)
        yield target
