"""A picture is unpacked by a process of its own, which is killed when it takes too long or too much (S27)."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

from shopdesk.catalogue.picture_decoding import DAMAGED, LONGEST_SIDE, MOST_BYTES, TOO_LARGE, WORD, Undecodable

SECONDS = 20.0
"""After which a picture counts as damaged; a large photograph takes about one."""
_AT_ONCE = threading.BoundedSemaphore(2)
"""So many workers at a time: twenty dropped files do not become twenty processes."""
_PROGRAM = "from shopdesk.catalogue.picture_decoding import main; main()"


def decode_apart(content: bytes, longest_side: int = LONGEST_SIDE, *, seconds: float = SECONDS) -> bytes:
    """The picture as ``decode`` writes it, made by another process; raises Undecodable, also when that had to be killed."""
    if len(content) > MOST_BYTES:
        raise Undecodable(TOO_LARGE)
    with _AT_ONCE:
        process = subprocess.Popen(
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what went wrong there is told by its answer, or by its silence
            env={**os.environ, "PYTHONPATH": os.pathsep.join(place for place in sys.path if place)},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        try:
            answer, _nothing = process.communicate(f"{longest_side}\n".encode() + content, timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Undecodable(DAMAGED) from None
    return _told(answer)


def _command() -> list[str]:
    """A frozen program has no Python to call: it is started with a word instead."""
    if getattr(sys, "frozen", False):
        return [sys.executable, WORD]
    return [sys.executable, "-c", _PROGRAM]


def _told(answer: bytes) -> bytes:
    """What the worker said; silence is a worker that died of its limits or of the file."""
    if answer.startswith(b"+"):
        return answer[1:]
    raise Undecodable(answer[1:].decode() if answer.startswith(b"-") else DAMAGED)
