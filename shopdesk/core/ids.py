"""Identifiers made where the document is made: UUIDv7, ordered by time; and the name of the machine that makes them."""

from __future__ import annotations

import os
import platform
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

MACHINE = platform.node()[:100]
"""What this machine is called on its network: where something was done, for the audit log."""

_lock = threading.Lock()
_last = 0
_random: Callable[[int], bytes] = os.urandom


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


_stamp: Callable[[], int] = _milliseconds


def uuid7() -> str:
    """A new UUIDv7 (RFC 9562) as text; rises within a process even inside one millisecond."""
    global _last
    stamp = _stamp()
    with _lock:
        value = (stamp << 80) | int.from_bytes(_random(10), "big")
        value = value & ~(0xF << 76) & ~(0x3 << 62) | (0x7 << 76) | (0x2 << 62)
        if value <= _last:
            value = _last + 1
        _last = value
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def random_hex(size: int) -> str:
    """``size`` random bytes as hex digits, from the machine's own source of secrets."""
    return _random(size).hex()


@contextmanager
def repeatable_ids(seed: str, milliseconds: Callable[[], int]) -> Iterator[None]:
    """Within this context ids come from a seed and a clock: for filling a shop with made-up history, alone in its process."""
    global _random, _stamp, _last
    before = _random, _stamp, _last
    _random, _stamp, _last = random.Random(seed).randbytes, milliseconds, 0
    try:
        yield
    finally:
        _random, _stamp, _last = before


def canonical_uuid(text: str) -> str:
    """The usual spelling of any UUID; raises ValueError for anything else."""
    return str(UUID(text))
