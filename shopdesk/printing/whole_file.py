"""Files that a person asked for: there whole, or not there at all, and a sentence that says why."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.ids import uuid7

_DISK_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class FileNotWritten(ShopError):
    """The file could not be written; nothing of it was left behind and an older one of that name is as it was."""

    code = "file_not_written"
    sentence = N_("The file {name} was not written: {problem} Nothing was changed.")

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name=name, problem=problem)


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file to write into beside its place, put there when the block ends well and deleted when it does not.

    Raises FileNotWritten for a full disk, a missing folder, a missing right; every other error passes through.
    """
    place = Path(path)
    unfinished = place.with_name(f".{uuid7()}.part")
    try:
        try:
            with open(unfinished, "xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, place)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise not_written(place, error) from error


def save_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file at once; raises FileNotWritten."""
    with whole_file(path) as file:
        file.write(content)


def not_written(path: str | os.PathLike[str], error: OSError) -> FileNotWritten:
    """The system's refusal as a sentence."""
    if error.errno in _DISK_FULL:
        problem = _("the disk is full.")
    elif error.errno in _FORBIDDEN:
        problem = _("this user may not write there.")
    elif error.errno in (errno.ENOENT, errno.ENOTDIR):
        problem = _("its folder does not exist.")
    elif error.errno == errno.EISDIR:
        problem = _("there is a folder of that name.")
    elif error.errno == errno.ENAMETOOLONG:
        problem = _("its name is too long.")
    else:
        problem = _("the system says “{reason}”.").format(reason=error.strerror or str(error))
    return FileNotWritten(Path(path).name, problem)
