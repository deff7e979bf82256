"""Tells a scanner from a person by the speed of the keys: pure, with the time handed in."""

from __future__ import annotations

from dataclasses import dataclass

CODE_CONTROLS = frozenset("\x02\x03\x04\x1c\x1d\x1e\x1f")
"""Control characters that stand inside or around codes: STX, ETX, EOT and the separators (FNC1 arrives as GS, 0x1d)."""


@dataclass(frozen=True, slots=True)
class ScanProfile:
    """How the shop's scanners type.

    ``gap_ms`` is the longest time between two keys of one code. ``prefix`` and ``suffix`` are what a scanner was told to
    put around a code; they are taken off, and a prefix makes even a code of one character a scan. ``enter`` and ``tab``
    say which keys end a code. A burst of ``half_code`` keys or more that never ends is a code cut off, not typing.
    """

    gap_ms: int = 35
    prefix: str = ""
    suffix: str = ""
    enter: bool = True
    tab: bool = True
    shortest: int = 3
    half_code: int = 6
    longest: int = 4096


class Burst:
    """Keys that came so fast after one another that they may be a code. Times are milliseconds from any beginning."""

    def __init__(self, profile: ScanProfile | None = None) -> None:
        self.profile = profile or ScanProfile()
        self._keys: list[str] = []
        self._size = 0
        self._last_ms = 0
        self._ended_ms: int | None = None

    @property
    def size(self) -> int:
        """How many characters came so far."""
        return self._size

    @property
    def running(self) -> bool:
        """Whether more than one character came: faster than hands do."""
        return self._size > 1

    @property
    def cut_off(self) -> bool:
        """Whether what came cannot be typing although no end key followed."""
        return self._size >= self.profile.half_code

    def lapsed(self, at_ms: int) -> bool:
        """Whether the pause before this moment is longer than inside a code; time going backwards is a pause too."""
        return self._size > 0 and not 0 <= at_ms - self._last_ms <= self.profile.gap_ms

    def add(self, text: str, at_ms: int) -> None:
        """One more character; beyond the longest code only the count goes on, so that memory stays small."""
        if self._size < self.profile.longest:
            self._keys.append(text)
        self._size += 1
        self._last_ms = at_ms
        self._ended_ms = None

    def finish(self, at_ms: int) -> str | None:
        """The code, now that an end key came; None if this is too short to be one, or too long to be read.

        The burst is empty afterwards when it was a scan, whether readable or not; see ``too_long`` before asking.
        """
        profile = self.profile
        code = "".join(self._keys)
        marked = bool(profile.prefix) and code.startswith(profile.prefix)
        if marked:
            code = code[len(profile.prefix) :]
        if profile.suffix and code.endswith(profile.suffix):
            code = code[: -len(profile.suffix)]
        code = code.strip()
        if not code or (self._size < profile.shortest and not marked):
            return None
        readable = not self.too_long
        self.clear()
        self._ended_ms = at_ms
        return code if readable else None

    @property
    def too_long(self) -> bool:
        """Whether more came than any code has."""
        return self._size > self.profile.longest

    def echo(self, at_ms: int) -> bool:
        """Whether an end key now is only the second half of the last one (CR LF, Enter and Tab, a bouncing key)."""
        if self._ended_ms is None or not 0 <= at_ms - self._ended_ms <= 2 * self.profile.gap_ms:
            return False
        self._ended_ms = at_ms
        return True

    def clear(self) -> None:
        """Forget what came."""
        self._keys.clear()
        self._size = 0
        self._ended_ms = None
