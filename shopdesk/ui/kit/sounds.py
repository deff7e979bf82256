"""Two sounds: a short high one for a scan that was understood, a low one for a refusal.

QtMultimedia is not used (it needs PulseAudio's library): the tones are generated once as small WAV files and played by
the system's own player; where there is none, the desktop's beep has to do.
"""

from __future__ import annotations

import array
import math
import shutil
import sys
import tempfile
import wave
import weakref
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication

_RATE = 22_050
_PLAYERS = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))
TONES = {"scan": ((1_760, 60),), "error": ((220, 140), (165, 220)), "done": ((880, 70), (1_320, 90))}


class Sounds:
    """The till's sounds, played without waiting for them; silent while ``enabled`` is False.

    ``play`` may be another way to play a WAV file than the system's own.
    """

    def __init__(self, *, enabled: bool = True, play: Callable[[Path], object] | None = None) -> None:
        self.enabled = enabled
        self._send = play or _system_player()
        self._folder: Path | None = None

    def scan(self) -> None:
        """A scan was understood."""
        self._play("scan")

    def error(self) -> None:
        """Something was refused."""
        self._play("error")

    def done(self) -> None:
        """A sale is finished."""
        self._play("done")

    def _play(self, name: str) -> None:
        if self.enabled:
            self._send(self._file(name))

    def _file(self, name: str) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="shopdesk-sounds-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        path = self._folder / f"{name}.wav"
        if not path.exists():
            _write_tone(path, TONES[name])
        return path


def _system_player() -> Callable[[Path], object]:
    if sys.platform == "win32":
        import winsound

        return lambda path: winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_ASYNC)
    found = next((player for player in _PLAYERS if shutil.which(player[0])), None)
    if found is None:
        return lambda _path: QApplication.beep()
    program, *options = found
    return lambda path: QProcess.startDetached(program, [*options, str(path)])


def _write_tone(path: Path, parts: tuple[tuple[int, int], ...]) -> None:
    samples = array.array("h")
    for hertz, millis in parts:
        count = _RATE * millis // 1000
        for at in range(count):
            fade = min(1.0, at / 200, (count - at) / 200)
            samples.append(int(9_000 * fade * math.sin(2 * math.pi * hertz * at / _RATE)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(samples.tobytes())
