"""Reads ESC/POS bytes back into commands: the preview shows what they say, and tests hold the encoder to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


class UnknownCommand(ValueError):
    """Bytes that none of our own commands explains; says where."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command with its arguments, or a run of printed characters (``name`` is ``text``)."""

    name: str
    arguments: bytes = b""
    data: bytes = b""


_FIXED: Final = {  # command bytes: name and number of argument bytes
    b"\x1b@": ("initialise", 0),
    b"\x1c.": ("single_bytes", 0),
    b"\x1bt": ("code_page", 1),
    b"\x1ba": ("align", 1),
    b"\x1b!": ("style", 1),
    b"\x1bp": ("drawer", 3),
    b"\x1dH": ("bar_text", 1),
    b"\x1dh": ("bar_height", 1),
    b"\x1dw": ("bar_width", 1),
    b"\x1dr": ("ask_status", 1),
    b"\x10\x04": ("ask_status_now", 1),
}
_CUT_WITH_FEED: Final = (65, 66)


def decode(data: bytes) -> list[Command]:
    """The commands of a stream in order; raises UnknownCommand where bytes make no sense or are cut short."""
    commands: list[Command] = []
    at = 0
    while at < len(data):
        command, at = _next(data, at)
        commands.append(command)
    return commands


def _next(data: bytes, at: int) -> tuple[Command, int]:
    byte = data[at]
    if byte == 0x0A:
        return Command("line_feed"), at + 1
    if byte >= 0x20 and byte != 0x7F:
        end = at
        while end < len(data) and data[end] >= 0x20 and data[end] != 0x7F:
            end += 1
        return Command("text", data=data[at:end]), end
    pair = data[at : at + 2]
    if pair in _FIXED:
        name, count = _FIXED[pair]
        return Command(name, _take(data, at + 2, count)), at + 2 + count
    if pair == b"\x1dV":
        count = 2 if _take(data, at + 2, 1)[0] in _CUT_WITH_FEED else 1
        return Command("cut", _take(data, at + 2, count)), at + 2 + count
    if data[at : at + 3] == b"\x1dv0":
        arguments = _take(data, at + 3, 5)
        size = (arguments[1] | arguments[2] << 8) * (arguments[3] | arguments[4] << 8)
        return Command("raster", arguments, _take(data, at + 8, size)), at + 8 + size
    if data[at : at + 3] == b"\x1dkI":
        size = _take(data, at + 3, 1)[0]
        return Command("code128", data=_take(data, at + 4, size)), at + 4 + size
    if data[at : at + 3] == b"\x1d(k":
        sizes = _take(data, at + 3, 2)
        size = sizes[0] | sizes[1] << 8
        body = _take(data, at + 5, size)
        return Command("qr", body[:2], body[2:]), at + 5 + size
    raise UnknownCommand(f"no command begins with {pair.hex(' ')} at byte {at}")


def _take(data: bytes, at: int, count: int) -> bytes:
    taken = data[at : at + count]
    if len(taken) < count:
        raise UnknownCommand(f"the command at byte {at} is cut short")
    return taken
