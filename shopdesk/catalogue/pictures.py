"""Product pictures: decoded safely, re-encoded without what they carried along, stored once by checksum (S27)."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.catalogue.models import Product, ProductImage
from shopdesk.core.errors import NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.models import Blob, BlobContent

MOST_PIXELS = 25_000_000
MOST_BYTES = 20_000_000
LONGEST_SIDE = 1_024
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
_WEBP_QUALITY = 86


class PictureRefused(ShopError):
    """Bytes that are no picture, or one that may not be opened."""

    code = "picture_refused"
    sentence = N_("This picture cannot be used: {problem}")

    def __init__(self, problem: str) -> None:
        super().__init__(field="content", problem=problem)


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture that ``clean_picture`` has decoded and written anew; nothing else makes one."""

    content: bytes


@dataclass(frozen=True, slots=True)
class AddPicture:
    """A picture for a product; the first one becomes the primary one. Clean it before, outside of any transaction."""

    product_id: int
    picture: CleanPicture
    alt_text: str = ""
    variant_id: int | None = None


@dataclass(frozen=True, slots=True)
class ProductPicture:
    """A picture of a product."""

    image_id: int


def clean_picture(content: bytes, longest_side: int = LONGEST_SIDE) -> CleanPicture:
    """The picture as WebP, upright, at most ``longest_side`` pixels, without metadata; raises PictureRefused.

    The header is read first, so that a picture that would unpack to more than 25 megapixels is never unpacked; Pillow's
    warnings count as errors; only raster formats are opened.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(content) > MOST_BYTES:
        raise PictureRefused(_("the file is larger than 20 MB."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
                width, height = opened.size
                if width * height > MOST_PIXELS:
                    raise PictureRefused(_("it has more than 25 megapixels."))
                opened.seek(0)
                upright = ImageOps.exif_transpose(opened)
                plain = upright.convert("RGBA" if _has_alpha(upright.mode, upright.info) else "RGB")
            plain.thumbnail((longest_side, longest_side))
            bare = Image.new(plain.mode, plain.size)
            bare.paste(plain)
            written = io.BytesIO()
            bare.save(written, "WEBP", quality=_WEBP_QUALITY, method=4)
    except PictureRefused:
        raise
    except UnidentifiedImageError:
        raise PictureRefused(_("it is neither PNG, JPEG, WebP, GIF nor BMP.")) from None
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError, Warning) as error:
        raise PictureRefused(_("it is damaged.")) from error
    except Image.DecompressionBombError as error:
        raise PictureRefused(_("it has more than 25 megapixels.")) from error
    return CleanPicture(written.getvalue())


def store_blob(uow: UnitOfWork, content: bytes, content_type: str = "image/webp") -> int:
    """The id of the blob that holds these bytes; stored only if no blob has their checksum yet."""
    checksum = hashlib.sha256(content).hexdigest()
    known = uow.connection.execute(sa.select(Blob.id).where(Blob.storage_key == checksum)).scalar()
    if known is not None:
        return int(known)
    extension = content_type.rsplit("/", 1)[-1]
    made = uow.connection.execute(
        sa.insert(Blob).values(
            storage_key=checksum,
            file_name=f"{checksum[:16]}.{extension}",
            content_type=content_type,
            size_bytes=len(content),
            checksum=checksum,
            created_at=uow.clock.now(),
        )
    )
    assert made.inserted_primary_key is not None
    blob_id = int(made.inserted_primary_key[0])
    uow.connection.execute(sa.insert(BlobContent).values(blob_id=blob_id, content=content))
    return blob_id


def add_picture(uow: UnitOfWork, command: AddPicture) -> int:
    """Add a picture to a product and return the image's id."""
    uow.require(Permission.CATALOGUE_EDIT)
    return attach_picture(uow, command.product_id, command.picture, command.alt_text, command.variant_id)


def attach_picture(
    uow: UnitOfWork, product_id: int, picture: CleanPicture, alt_text: str = "", variant_id: int | None = None
) -> int:
    """Store a picture for a product without asking for a permission; the demo shop's own drawings come this way."""
    title = uow.connection.execute(sa.select(Product.title).where(Product.id == product_id)).scalar()
    if title is None:
        raise NotFound(_("Product"), product_id)
    last = sa.func.coalesce(sa.func.max(ProductImage.position), -1)
    places = sa.select(sa.func.count(), last).where(ProductImage.product_id == product_id)
    count, place = uow.connection.execute(places).one()
    made = uow.connection.execute(
        sa.insert(ProductImage).values(
            product_id=product_id,
            variant_id=variant_id,
            blob_id=store_blob(uow, picture.content),
            alt_text=checked_text(alt_text or title, field="alt_text", longest=200),
            position=place + 1,
            is_primary=count == 0,
        )
    )
    uow.changed("Product")
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def make_picture_primary(uow: UnitOfWork, command: ProductPicture) -> None:
    """Show this picture on tiles."""
    uow.require(Permission.CATALOGUE_EDIT)
    product_id = _product_of(uow, command.image_id)
    uow.connection.execute(
        sa.update(ProductImage).where(ProductImage.product_id == product_id).values(is_primary=False)
    )
    uow.connection.execute(sa.update(ProductImage).where(ProductImage.id == command.image_id).values(is_primary=True))
    uow.changed("Product")


def remove_picture(uow: UnitOfWork, command: ProductPicture) -> None:
    """Take a picture off its product; the next one becomes the primary one."""
    uow.require(Permission.CATALOGUE_EDIT)
    product_id = _product_of(uow, command.image_id)
    uow.connection.execute(sa.delete(ProductImage).where(ProductImage.id == command.image_id))
    left = uow.connection.execute(
        sa.select(ProductImage.id, ProductImage.is_primary)
        .where(ProductImage.product_id == product_id)
        .order_by(ProductImage.position, ProductImage.id)
    ).all()
    if left and not any(row.is_primary for row in left):
        uow.connection.execute(sa.update(ProductImage).where(ProductImage.id == left[0].id).values(is_primary=True))
    uow.changed("Product")


def picture(reader: Reader, blob_id: int) -> bytes | None:
    """The bytes of a picture by its blob id."""
    return reader.connection.execute(
        sa.select(BlobContent.content).where(BlobContent.blob_id == blob_id)
    ).scalar_one_or_none()


def pictures(reader: Reader, blob_ids: Sequence[int]) -> dict[int, bytes]:
    """The bytes of several pictures at once, for a page of tiles; one statement."""
    rows = reader.connection.execute(
        sa.select(BlobContent.blob_id, BlobContent.content).where(BlobContent.blob_id.in_(set(blob_ids)))
    )
    return {row.blob_id: bytes(row.content) for row in rows}


def _product_of(uow: UnitOfWork, image_id: int) -> int:
    product_id = uow.connection.execute(sa.select(ProductImage.product_id).where(ProductImage.id == image_id)).scalar()
    if product_id is None:
        raise NotFound(_("Picture"), image_id)
    return int(product_id)


def _has_alpha(mode: str, info: dict[str | tuple[int, int], object]) -> bool:
    return mode in {"RGBA", "LA", "PA"} or "transparency" in info
