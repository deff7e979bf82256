"""What this machine remembers of its windows: widths, hidden columns, chosen appearance, edited keys."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from pathlib import Path
from typing import Any

from shopdesk.core.paths import config_folder

WRITE_AFTER_S = 0.3


class Memory:
    """A small JSON file of the person's own machine; a damaged or missing one is simply empty.

    With ``later`` it is written by a thread a moment after the last change, since a disk may take its time; ``flush``
    waits for that.
    """

    def __init__(self, file: Path | None = None, *, later: bool = False) -> None:
        self._file = file
        self._values: dict[str, Any] | None = None
        self._later = later
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def get(self, key: str, default: Any = None) -> Any:  # Any: whatever JSON holds
        """The remembered value of a key."""
        return self._loaded().get(key, default)

    def put(self, key: str, value: Any) -> None:
        """Remember a value that JSON can hold; None forgets the key. A full disk forgets, it does not stop work."""
        values = self._loaded()
        if values.get(key) == value:
            return
        if value is None:
            values.pop(key, None)
        else:
            values[key] = value
        if not self._later:
            self._write()
        elif self._timer is None:
            self._timer = threading.Timer(WRITE_AFTER_S, self._due)
            self._timer.daemon = True
            self._timer.start()

    def flush(self) -> None:
        """Write now what is not written yet."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
            self._write()
        with self._lock:
            pass  # a write of the thread's own has ended

    def _due(self) -> None:
        self._timer = None  # what changes from here on has a timer of its own
        self._write()

    def _path(self) -> Path:
        if self._file is None:
            self._file = config_folder() / "window.json"
        return self._file

    def _loaded(self) -> dict[str, Any]:
        if self._values is None:
            self._values = {}
            with contextlib.suppress(OSError, ValueError):
                read = json.loads(self._path().read_text(encoding="utf-8"))
                if isinstance(read, dict):
                    self._values = read
        return self._values

    def _write(self) -> None:
        with self._lock, contextlib.suppress(OSError):
            path = self._path()
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(dict(self._loaded()), ensure_ascii=False, indent=1), encoding="utf-8")
            os.replace(fresh, path)
