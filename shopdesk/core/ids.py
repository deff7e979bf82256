"""Identifiers made where the document is made: UUIDv7, ordered by time."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> str:
    """A new UUIDv7 (RFC 9562) as text; rises within a process even inside one millisecond."""
    global _last
    stamp = time.time_ns() // 1_000_000
    with _lock:
        value = (stamp << 80) | int.from_bytes(os.urandom(10), "big")
        value = value & ~(0xF << 76) & ~(0x3 << 62) | (0x7 << 76) | (0x2 << 62)
        if value <= _last:
            value = _last + 1
        _last = value
    return str(UUID(int=value))


def canonical_uuid(text: str) -> str:
    """The usual spelling of any UUID; raises ValueError for anything else."""
    return str(UUID(text))
