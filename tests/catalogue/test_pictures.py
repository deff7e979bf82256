"""S27: a picture file is never trusted; what is stored was written by us."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import time
import zlib

import pytest
import sqlalchemy as sa
from PIL import Image

from shopdesk.catalogue.picture_decoding import DAMAGED, Undecodable, decode
from shopdesk.catalogue.picture_worker import decode_apart
from shopdesk.catalogue.pictures import (
    AddPicture,
    CleanPicture,
    PictureFields,
    PictureRefused,
    ProductPicture,
    add_picture,
    clean_picture,
    make_picture_primary,
    picture,
    pictures,
    remove_picture,
)
from shopdesk.catalogue.product_fields import VariantFields
from shopdesk.catalogue.product_record import SaveProduct, save_product
from shopdesk.catalogue.products import CreateProduct, as_edit
from shopdesk.catalogue.queries import product_card, variants_page
from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, NotFound, NotPermitted, ShopError
from shopdesk.core.free_text import CardNumberRefused
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop


def png(width: int = 40, height: int = 20, colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def flood(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        b"<?xml version='1.0'?><!DOCTYPE svg><svg/>",
        b"%PDF-1.4",
        png()[:60],
        png()[:30],
        flood(30_000, 30_000),
        flood(5_001, 5_000),
        b"GIF89a" + b"\xff" * 20,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"\0" * 20_000_001,
    ],
    ids=[
        "empty",
        "text",
        "svg",
        "xml",
        "pdf",
        "cut",
        "header only",
        "900 MP",
        "25 MP and a bit",
        "gif",
        "zeros",
        "20 MB",
    ],
)
def test_what_is_no_safe_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PictureRefused):
        clean_picture(content)


def test_a_picture_is_written_anew_small_upright_and_bare() -> None:
    photo = Image.new("RGB", (3_000, 1_500), "green")
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "GPS of the photographer's home"
    out = io.BytesIO()
    photo.save(out, "JPEG", exif=exif, comment=b"secret comment")
    cleaned = clean_picture(out.getvalue())
    with Image.open(io.BytesIO(cleaned.content)) as shown:
        assert shown.format == "WEBP"
        assert shown.size == (512, 1_024)
        assert not shown.getexif()
        assert not set(shown.info) & {"exif", "xmp", "icc_profile", "comment"}
    assert b"secret" not in cleaned.content
    assert b"photographer" not in cleaned.content


def test_transparency_survives() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (30, 30), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(clean_picture(out.getvalue()).content)) as shown:
        assert shown.convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_the_same_picture_is_stored_once_and_one_is_primary(shop: Shop, actor: Actor) -> None:
    red, blue = clean_picture(png()), clean_picture(png(colour="blue"))
    first = shop.execute(add_picture, AddPicture(1, red), actor)
    second = shop.execute(add_picture, AddPicture(1, blue, "Blue"), actor)
    other = shop.execute(add_picture, AddPicture(2, red), actor)
    images = {image[0]: image for image in shop.ask(product_card, 1).images}
    assert (images[first][3], images[second][3]) == (True, False)
    assert (images[first][2], images[second][2]) == ("Green tea", "Blue")
    assert shop.ask(product_card, 2).images[0][1] == images[first][1]
    with shop.database.reading() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM blobs")).scalar() == 2
    blob = images[first][1]
    assert blob is not None
    assert shop.ask(picture, blob) == red.content
    assert shop.ask(pictures, [blob, 999]) == {blob: red.content}
    shop.execute(make_picture_primary, ProductPicture(second), actor)
    assert [image[3] for image in shop.ask(product_card, 1).images] == [False, True]
    shop.execute(remove_picture, ProductPicture(second), actor)
    assert [image[3] for image in shop.ask(product_card, 1).images] == [True]
    assert shop.ask(product_card, 2).images[0][0] == other


def test_pictures_need_a_product_and_the_permission(shop: Shop, actor: Actor, clerk: Actor) -> None:
    red = clean_picture(png())
    with pytest.raises(NotFound):
        shop.execute(add_picture, AddPicture(99, red), actor)
    with pytest.raises(NotPermitted):
        shop.execute(add_picture, AddPicture(1, red), clerk)
    with pytest.raises(NotFound):
        shop.execute(remove_picture, ProductPicture(99), actor)
    assert shop.ask(picture, 99) is None


def endless_gif(frames: int) -> bytes:
    """A GIF of so many frames of a few pixels each."""
    head = b"GIF89a" + struct.pack("<HHBBB", 4, 4, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    frame = (
        b"!\xf9\x04\x00\x00\x00\x00\x00," + struct.pack("<HHHHB", 0, 0, 4, 4, 0) + b"\x02\x05\x84\x8f\xa9\xcb\x0d\x00"
    )
    return head + frame * frames + b";"


def test_a_gif_of_a_hundred_thousand_frames_costs_no_more_than_one() -> None:
    begun = time.monotonic()
    with contextlib.suppress(Undecodable):  # refused is as good: what matters is that nobody waits
        decode_apart(endless_gif(100_000))
    assert time.monotonic() - begun < 10


def test_what_takes_too_long_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopdesk.catalogue.picture_worker._PROGRAM", "import time; time.sleep(60)")
    begun = time.monotonic()
    with pytest.raises(Undecodable) as refusal:
        decode_apart(png(), seconds=0.3)
    assert str(refusal.value) == DAMAGED
    assert time.monotonic() - begun < 10


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits; its worker is ended by the clock")
@pytest.mark.parametrize("greed", ["[bytearray(10**8) for _ in range(100)]", "while True: pass"])
def test_what_takes_too_much_dies_of_its_limits(monkeypatch: pytest.MonkeyPatch, greed: str) -> None:
    program = f"""
import resource
from shopdesk.catalogue import picture_decoding
picture_decoding._PROCESSOR_SECONDS = 1
picture_decoding._limit_itself()
{greed}
"""
    monkeypatch.setattr("shopdesk.catalogue.picture_worker._PROGRAM", program)
    with pytest.raises(Undecodable) as refusal:
        decode_apart(png())
    assert str(refusal.value) == DAMAGED


def test_the_largest_picture_that_is_allowed_fits_into_the_worker() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (5_000, 5_000), (10, 20, 30, 128)).save(out, "PNG", compress_level=1)
    assert clean_picture(out.getvalue()).content[8:12] == b"WEBP"


def test_both_ways_of_decoding_write_the_same() -> None:
    assert decode_apart(png()) == decode(png())


def test_a_product_is_saved_with_its_pictures(shop: Shop, actor: Actor) -> None:
    red, blue = clean_picture(png()), clean_picture(png(colour="blue"))
    variants = (
        VariantFields(sku="P-1", price_cents=1, traits=(("Colour", "red"),)),
        VariantFields(sku="P-2", price_cents=1, traits=(("Colour", "blue"),)),
    )
    pictures = (
        PictureFields(picture=red, alt_text="Red", variant=0),
        PictureFields(picture=blue, alt_text="Blue", variant=1, is_primary=True),
    )
    saved = shop.execute(save_product, SaveProduct(CreateProduct(title="P", variants=variants), pictures), actor)
    card = shop.ask(product_card, saved.product_id)
    first, second = card.images
    assert [(alt, primary, variant) for _id, _blob, alt, primary, variant in card.images] == [
        ("Red", False, saved.variant_ids[0]),
        ("Blue", True, saved.variant_ids[1]),
    ]
    turned = (PictureFields(image_id=second[0], alt_text="Sea"), PictureFields(image_id=first[0], alt_text="Red"))
    command = SaveProduct(as_edit(card.id, card.version, card.product), turned)
    shop.execute(save_product, command, actor)
    card = shop.ask(product_card, saved.product_id)
    assert [(image[0], image[2], image[3], image[4]) for image in card.images] == [
        (second[0], "Sea", True, None),
        (first[0], "Red", False, None),
    ]
    kept = SaveProduct(as_edit(card.id, card.version, card.product))
    shop.execute(save_product, kept, actor)
    assert len(shop.ask(product_card, saved.product_id).images) == 2
    none = SaveProduct(as_edit(card.id, card.version + 1, card.product), ())
    shop.execute(save_product, none, actor)
    with shop.database.reading() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM blobs")).scalar() == 0
        assert connection.execute(sa.text("SELECT count(*) FROM blob_contents")).scalar() == 0


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (PictureFields(), BadField),
        (PictureFields(image_id=99), NotFound),
        (PictureFields(picture=CleanPicture(b"<svg/>")), PictureRefused),
        (PictureFields(picture=CleanPicture(b"RIFF....WEBP"), variant=3), BadField),
        (PictureFields(picture=CleanPicture(b"RIFF....WEBP"), alt_text="x" * 201), BadField),
        (PictureFields(picture=CleanPicture(b"RIFF....WEBP"), alt_text="4111 1111 1111 1111"), CardNumberRefused),
    ],
)
def test_bad_pictures_write_nothing_of_the_product(
    sqlite_shop: Shop, actor: Actor, bad: PictureFields, error: type[ShopError]
) -> None:
    product = CreateProduct(title="P", variants=(VariantFields(sku="PX9", price_cents=1),))
    with pytest.raises(error):
        sqlite_shop.execute(save_product, SaveProduct(product, (bad,)), actor)
    assert not sqlite_shop.ask(variants_page, PageRequest(search="PX9")).rows
