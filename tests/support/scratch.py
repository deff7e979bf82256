"""Where tests put their databases: in memory where there is room, because a disk that syncs is what they would wait for."""

from __future__ import annotations

import os
import shutil
import sys
from functools import cache
from pathlib import Path

ENOUGH_BYTES = 4 << 30


@cache
def memory_folder() -> Path | None:
    """A folder in memory with room for a test run, None where there is none (the usual temporary folder serves too)."""
    folder = Path("/dev/shm")
    if sys.platform != "linux" or not os.access(folder, os.W_OK | os.X_OK):
        return None
    return folder if shutil.disk_usage(folder).free >= ENOUGH_BYTES else None
