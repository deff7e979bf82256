"""A small reader of ZPL, apart from the writer: commands one by one, and the picture that a printer would burn."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from shopdesk.core.paths import resource_path

_COMMAND = re.compile(r"[\^~](A0|[A-Z]{2})([^\^~]*)")


@dataclass(frozen=True)
class ZplCommand:
    """A command and what follows it up to the next."""

    name: str
    rest: str


def commands(data: bytes) -> list[ZplCommand]:
    """Every command of a stream; anything between commands but line ends is a mistake."""
    text = data.decode("ascii")
    found = [ZplCommand(match[1], match[2].rstrip("\n")) for match in _COMMAND.finditer(text)]
    assert "".join(f"^{one.name}{one.rest}" for one in found) == text.replace("\n", "")
    return found


def multiset(data: bytes) -> Counter[str]:
    """How often each command comes."""
    return Counter(one.name for one in commands(data))


def texts(data: bytes) -> list[str]:
    """What the text fields say."""
    return [unhexed(one.rest) for one in commands(data) if one.name == "FD"]


def unhexed(data: str) -> str:
    """Field data after ^FH_ as the text that it stands for."""
    parts = re.split(r"_([0-9A-F]{2})", data)
    raw = b"".join(bytes.fromhex(part) if place % 2 else part.encode() for place, part in enumerate(parts))
    return raw.decode("utf-8")


def pictures(data: bytes) -> list[Image.Image]:
    """One picture a label, white where nothing is burnt."""
    drawn: list[Image.Image] = []
    width = height = x = y = size = 0
    page: Image.Image | None = None
    for one in commands(data):
        numbers = [int(part) for part in one.rest.split(",") if part.isdigit()]
        match one.name:
            case "PW":
                width = numbers[0]
            case "LL":
                height = numbers[0]
                page = Image.new("L", (width, height), 255)
            case "FO":
                x, y = numbers
            case "A0":
                size = numbers[0]
            case "FD":
                assert page is not None
                font = ImageFont.truetype(str(resource_path("fonts", "DejaVuSans-Bold.ttf")), size * 8 // 10)
                ImageDraw.Draw(page).text((x, y), unhexed(one.rest), fill=0, font=font)
            case "GB":
                assert page is not None
                ImageDraw.Draw(page).rectangle((x, y, x + numbers[0] - 1, y + numbers[1] - 1), fill=0)
            case "GF":
                assert page is not None
                _burn(page, one.rest, x, y)
            case "XZ":
                assert page is not None
                drawn.append(page)
            case _:
                pass
    return drawn


def _burn(page: Image.Image, rest: str, x: int, y: int) -> None:
    kind, total, used, wide, packed = rest.split(",", 4)
    assert kind == "A"
    assert total == used
    rows = unpacked(packed, int(wide))
    assert len(rows) * int(wide) == int(total)
    for number, row in enumerate(rows):
        for place, dark in enumerate(format(int.from_bytes(row), f"0{8 * int(wide)}b")):
            if dark == "1":
                assert x + place < page.width, "ink beyond the label's edge"
                assert y + number < page.height
                page.putpixel((x + place, y + number), 0)


def unpacked(packed: str, wide: int) -> list[bytes]:
    """The rows of a graphic field, as Zebra's guide says they are packed."""
    rows: list[bytes] = []
    row, count = "", 0
    for char in packed:
        if "G" <= char <= "Y":
            count += ord(char) - ord("F")
        elif "g" <= char <= "z":
            count += 20 * (ord(char) - ord("f"))
        elif char == ":":
            assert not row
            rows.append(rows[-1])
        elif char == ",":
            rows.append(bytes.fromhex(row.ljust(2 * wide, "0")))
            row = ""
        else:
            row += char * max(count, 1)
            count = 0
        if len(row) == 2 * wide:
            rows.append(bytes.fromhex(row))
            row = ""
    assert not row
    return rows
