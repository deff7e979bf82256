"""Pictures and products with pictures by their headless names: files are read and cleaned before the transaction (S27)."""

from __future__ import annotations

from pathlib import Path

import msgspec

from shopdesk.catalogue import pictures, product_record, products
from shopdesk.catalogue.picture_decoding import MOST_BYTES
from shopdesk.cli.commands import BadRequest, Doing, about, plain_answer
from shopdesk.core.i18n import _


class GivenPicture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A picture of a request: a stored one (``image_id``) or the file of a new one."""

    image_id: int | None = None
    file: str | None = None
    alt_text: str = ""
    variant: int | None = None
    is_primary: bool = False


class AddGivenPicture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The headless ``add_picture``."""

    product_id: int
    file: str
    alt_text: str = ""
    variant_id: int | None = None


class SaveGivenProduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The headless ``save_product``: either ``create`` or ``edit``, and its pictures (left out: as they are)."""

    create: products.CreateProduct | None = None
    edit: products.EditProduct | None = None
    pictures: list[GivenPicture] | None = None


def cleaned_file(file: str) -> pictures.CleanPicture:
    """A picture file, cleaned; raises BadRequest for one that cannot be read and PictureRefused."""
    try:
        with Path(file).open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise BadRequest(_("{file} cannot be read.").format(file=file[:200])) from error
    return pictures.clean_picture(content)


def _add(request: AddGivenPicture, _till: str | None) -> pictures.AddPicture:
    return pictures.AddPicture(request.product_id, cleaned_file(request.file), request.alt_text, request.variant_id)


def _save(request: SaveGivenProduct, _till: str | None) -> product_record.SaveProduct:
    product = request.create or request.edit
    if product is None or (request.create is not None and request.edit is not None):
        raise BadRequest(_("either create or edit is needed."))
    if request.pictures is None:
        return product_record.SaveProduct(product)
    given = tuple(
        pictures.PictureFields(
            image_id=one.image_id,
            picture=cleaned_file(one.file) if one.file is not None else None,
            alt_text=one.alt_text,
            variant=one.variant,
            is_primary=one.is_primary,
        )
        for one in request.pictures
    )
    return product_record.SaveProduct(product, given)


PICTURES: dict[str, Doing] = {
    "add_picture": Doing(about(pictures.add_picture), AddGivenPicture, pictures.add_picture, _add, plain_answer, False),
    "save_product": Doing(
        about(product_record.save_product), SaveGivenProduct, product_record.save_product, _save, plain_answer, False
    ),
}
