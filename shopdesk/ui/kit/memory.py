"""What this machine remembers of its windows: widths, hidden columns, chosen appearance, edited keys."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from shopdesk.core.paths import config_folder


class Memory:
    """A small JSON file of the person's own machine; a damaged or missing one is simply empty."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._values: dict[str, Any] | None = None

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
        with contextlib.suppress(OSError):
            self._write(values)

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

    def _write(self, values: dict[str, Any]) -> None:
        path = self._path()
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(fresh, path)
