"""Product pictures: decoded safely, re-encoded without what they carried along, stored once by checksum (S27)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.catalogue.models import ProductImage, ProductVariant
from shopdesk.catalogue.picture_decoding import (
    DAMAGED,
    LONGEST_SIDE,
    MOST_BYTES,
    NO_PICTURE,
    TOO_LARGE,
    TOO_MANY_PIXELS,
    Undecodable,
)
from shopdesk.catalogue.picture_worker import decode_apart
from shopdesk.catalogue.product_lock import touch_product
from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.history import what_changed
from shopdesk.system.models import Blob, BlobContent
from shopdesk.system.records import audit_office

MOST_PICTURES = 50
_REASONS = {
    TOO_LARGE: N_("the file is larger than 20 MB."),
    TOO_MANY_PIXELS: N_("it has more than 25 megapixels."),
    NO_PICTURE: N_("it is neither PNG, JPEG, WebP, GIF nor BMP."),
    DAMAGED: N_("it is damaged."),
}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFields:
    """A picture of a product as its form gives it: a stored one (``image_id``) or a new one (``picture``).

    ``variant`` is the place of the variant that it shows among the product's variants, None for the product as a whole.
    """

    image_id: int | None = None
    picture: CleanPicture | None = None
    alt_text: str = ""
    variant: int | None = None
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class ProductPicture:
    """A picture of a product."""

    image_id: int


def clean_picture(content: bytes, longest_side: int = LONGEST_SIDE) -> CleanPicture:
    """The picture as WebP, upright, at most ``longest_side`` pixels, without metadata; raises PictureRefused.

    Unpacked by a process of its own with limits to its memory and time (S27). Takes a fifth of a second: never call it inside
    a transaction or on the thread of the window.
    """
    try:
        return CleanPicture(decode_apart(content, longest_side))
    except Undecodable as refused:
        raise PictureRefused(_(_REASONS[str(refused)])) from refused


def store_blob(uow: UnitOfWork, content: bytes, content_type: str = "image/webp") -> int:
    """The id of the blob that holds these bytes; stored only if no blob has their checksum yet."""
    checksum = hashlib.sha256(content).hexdigest()
    # Locked, so that nobody who takes the last picture of it away removes it between here and the row that names it.
    same = sa.select(Blob.id).where(Blob.storage_key == checksum).with_for_update(read=True, key_share=True)
    known = uow.connection.execute(same).scalar()
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
    image_id = attach_picture(uow, command.product_id, command.picture, command.alt_text, command.variant_id)
    _tell(uow, "product.picture_add", command.product_id, {"alt_text": command.alt_text})
    return image_id


def attach_picture(
    uow: UnitOfWork, product_id: int, picture: CleanPicture, alt_text: str = "", variant_id: int | None = None
) -> int:
    """Store a picture for a product without asking for a permission; the demo shop's own drawings come this way."""
    title = touch_product(uow, product_id).title
    if variant_id is not None:
        _check_variants(uow, product_id, {variant_id})
    last = sa.func.coalesce(sa.func.max(ProductImage.position), -1)
    places = sa.select(sa.func.count(), last).where(ProductImage.product_id == product_id)
    count, place = uow.connection.execute(places).one()
    if count >= MOST_PICTURES:
        raise BadField("pictures", _("a product has at most {most} pictures.").format(most=MOST_PICTURES))
    made = uow.connection.execute(
        sa.insert(ProductImage).values(
            product_id=product_id,
            variant_id=variant_id,
            blob_id=store_blob(uow, checked_picture(picture)),
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
    product_id, _blob = _owner_of(uow, command.image_id)
    touch_product(uow, product_id)
    _set_primary(uow, product_id, command.image_id)
    _tell(uow, "product.picture_primary", product_id, {"image": command.image_id})


def remove_picture(uow: UnitOfWork, command: ProductPicture) -> None:
    """Take a picture off its product; the next one becomes the primary one."""
    uow.require(Permission.CATALOGUE_EDIT)
    product_id, _blob = _owner_of(uow, command.image_id)
    touch_product(uow, product_id)
    _remove(uow, command.image_id)
    left = uow.connection.execute(
        sa.select(ProductImage.id, ProductImage.is_primary)
        .where(ProductImage.product_id == product_id)
        .order_by(ProductImage.position, ProductImage.id)
    ).all()
    if left and not any(row.is_primary for row in left):
        _set_primary(uow, product_id, left[0].id)
    _tell(uow, "product.picture_remove", product_id, {"image": command.image_id})


def put_pictures(
    uow: UnitOfWork, product_id: int, wanted: Sequence[PictureFields], variant_ids: Sequence[int]
) -> dict[str, object]:
    """Make a product's pictures those given, in their order; returns what changed, for the audit log.

    ``variant_ids`` are the product's variants, by whose place a picture names the one that it shows. The caller has asked for
    the permission and written the product's row. Raises BadField and NotFound.
    """
    if len(wanted) > MOST_PICTURES:
        raise BadField("pictures", _("a product has at most {most} pictures.").format(most=MOST_PICTURES))
    rows = uow.connection.execute(
        sa.select(ProductImage.id, ProductImage.alt_text, ProductImage.is_primary, ProductImage.variant_id)
        .where(ProductImage.product_id == product_id)
        .order_by(ProductImage.position, ProductImage.id)
    ).all()
    before = {row.id: row for row in rows}
    kept = {one.image_id for one in wanted if one.image_id is not None}
    if strange := kept - set(before):
        raise NotFound(_("Picture"), min(strange))
    for image_id in before:
        if image_id not in kept:
            _remove(uow, image_id)
    uow.connection.execute(
        sa.update(ProductImage).where(ProductImage.product_id == product_id).values(is_primary=False)
    )
    chosen = next((place for place, one in enumerate(wanted) if one.is_primary), 0)
    for place, one in enumerate(wanted):
        values = {
            "alt_text": checked_text(one.alt_text, field=f"pictures[{place}].alt_text", longest=200),
            "variant_id": _variant_at(one.variant, variant_ids, place),
            "position": place,
            "is_primary": place == chosen,
        }
        if one.image_id is not None:
            uow.connection.execute(sa.update(ProductImage).where(ProductImage.id == one.image_id).values(**values))
        elif one.picture is not None:
            blob_id = store_blob(uow, checked_picture(one.picture))
            uow.connection.execute(sa.insert(ProductImage).values(product_id=product_id, blob_id=blob_id, **values))
        else:
            raise BadField(f"pictures[{place}]", _("is neither a stored picture nor a new one."))
    was = {"pictures": [row.alt_text for row in rows]}
    return what_changed(was, {"pictures": [one.alt_text.strip() for one in wanted]})


def checked_picture(picture: CleanPicture) -> bytes:
    """The bytes of a clean picture; raises PictureRefused for what ``clean_picture`` cannot have written."""
    content = picture.content
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) > MOST_BYTES:
        raise PictureRefused(_("it was not cleaned."))
    return content


def picture_data(reader: Reader, product_id: int) -> dict[int, bytes]:
    """The bytes of a product's pictures by image id; one statement."""
    rows = reader.connection.execute(
        sa.select(ProductImage.id, BlobContent.content)
        .join(BlobContent, BlobContent.blob_id == ProductImage.blob_id)
        .where(ProductImage.product_id == product_id)
    )
    return {row.id: bytes(row.content) for row in rows}


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


def _owner_of(uow: UnitOfWork, image_id: int) -> tuple[int, int | None]:
    """The product and the blob of a picture; raises NotFound."""
    found = uow.connection.execute(
        sa.select(ProductImage.product_id, ProductImage.blob_id).where(ProductImage.id == image_id)
    ).first()
    if found is None:
        raise NotFound(_("Picture"), image_id)
    return found.product_id, found.blob_id


def _set_primary(uow: UnitOfWork, product_id: int, image_id: int) -> None:
    uow.connection.execute(
        sa.update(ProductImage).where(ProductImage.product_id == product_id).values(is_primary=False)
    )
    uow.connection.execute(sa.update(ProductImage).where(ProductImage.id == image_id).values(is_primary=True))


def _remove(uow: UnitOfWork, image_id: int) -> None:
    """Take a picture away, and its bytes if nothing else of the shop shows them."""
    _product, blob_id = _owner_of(uow, image_id)
    uow.connection.execute(sa.delete(ProductImage).where(ProductImage.id == image_id))
    if blob_id is not None:
        forget_blob(uow, blob_id)


def forget_blob(uow: UnitOfWork, blob_id: int) -> bool:
    """Remove stored bytes that nothing names any more; False if something still does. The database itself says so."""
    try:
        with uow.connection.begin_nested():
            uow.connection.execute(sa.delete(Blob).where(Blob.id == blob_id))
    except sa.exc.IntegrityError:
        return False
    return True


def _variant_at(place: int | None, variant_ids: Sequence[int], picture: int) -> int | None:
    if place is None:
        return None
    if not 0 <= place < len(variant_ids):
        raise BadField(f"pictures[{picture}].variant", _("there is no such variant."))
    return variant_ids[place]


def _check_variants(uow: UnitOfWork, product_id: int, variant_ids: set[int]) -> None:
    found = sa.select(ProductVariant.id).where(
        ProductVariant.product_id == product_id, ProductVariant.id.in_(variant_ids)
    )
    if strange := variant_ids - set(uow.connection.execute(found).scalars()):
        raise NotFound(_("Variant"), min(strange))


def _tell(uow: UnitOfWork, action: str, product_id: int, details: dict[str, object]) -> None:
    audit_office(uow, action, target_type="product", target_id=str(product_id), details=details)
    uow.changed("Product")
