"""Unpacking a picture file that nobody trusts: pure, run in a process of its own by ``picture_worker`` (S27)."""

from __future__ import annotations

import io
import warnings

MOST_PIXELS = 25_000_000
MOST_BYTES = 20_000_000
LONGEST_SIDE = 1_024
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
WORD = "unpack-picture"
"""What a frozen program is started with to be the worker; ``shopdesk.__main__`` knows it."""
TOO_LARGE, TOO_MANY_PIXELS, NO_PICTURE, DAMAGED = "too_large", "too_many_pixels", "no_picture", "damaged"
_WEBP_QUALITY = 86
_MEMORY_BYTES = 1_500_000_000
"""Address space of the worker: 25 megapixels with an alpha channel, twice, with room for the libraries themselves."""
_PROCESSOR_SECONDS = 20


class Undecodable(Exception):
    """The bytes are refused; the argument is one of the reasons above."""


def decode(content: bytes, longest_side: int = LONGEST_SIDE) -> bytes:
    """The picture as WebP, upright, at most ``longest_side`` pixels, without metadata; raises Undecodable.

    The header is read first, so that a picture that would unpack to more than 25 megapixels is never unpacked; Pillow's
    warnings count as errors; only raster formats are opened, and of a moving picture only the first frame.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(content) > MOST_BYTES:
        raise Undecodable(TOO_LARGE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                width, height = opened.size
                if width * height > MOST_PIXELS:
                    raise Undecodable(TOO_MANY_PIXELS)
                opened.seek(0)
                upright = ImageOps.exif_transpose(opened)
                plain = upright.convert("RGBA" if _has_alpha(upright.mode, upright.info) else "RGB")
            plain.thumbnail((longest_side, longest_side))
            bare = Image.new(plain.mode, plain.size)
            bare.paste(plain)
            written = io.BytesIO()
            bare.save(written, "WEBP", quality=_WEBP_QUALITY, method=4)
    except UnidentifiedImageError:
        raise Undecodable(NO_PICTURE) from None
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError, Warning) as error:
        raise Undecodable(DAMAGED) from error
    except Image.DecompressionBombError as error:
        raise Undecodable(TOO_MANY_PIXELS) from error
    return written.getvalue()


def main() -> None:
    """The worker: the longest side and the file from the standard input, ``+`` and the WebP or ``-`` and a reason out."""
    _limit_itself()
    with open(0, "rb") as lent:  # by number: a program without a console has no sys.stdin
        given = lent.read(MOST_BYTES + 64)
    head, _line, content = given.partition(b"\n")
    try:
        answer = b"+" + decode(content, int(head))
    except Undecodable as refused:
        answer = b"-" + str(refused).encode()
    with open(1, "wb") as out:
        out.write(answer)


def _limit_itself() -> None:
    """Less memory and processor time for what is unpacked; where the system has no such limits, the caller's clock stays."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_SECONDS, _PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _has_alpha(mode: str, info: dict[str | tuple[int, int], object]) -> bool:
    return mode in {"RGBA", "LA", "PA"} or "transparency" in info
