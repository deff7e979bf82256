"""S27: a picture file is never trusted; what is stored was written by us."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
import sqlalchemy as sa
from PIL import Image

from shopdesk.catalogue.pictures import (
    AddPicture,
    PictureRefused,
    ProductPicture,
    add_picture,
    clean_picture,
    make_picture_primary,
    picture,
    pictures,
    remove_picture,
)
from shopdesk.catalogue.queries import product_card
from shopdesk.core.actor import Actor
from shopdesk.core.errors import NotFound, NotPermitted
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
