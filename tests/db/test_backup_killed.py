"""kill -9 and a full disk in a backup or restore: an older backup stays, there is always one whole shop (T17)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from shopdesk.books.doctor import run_doctor
from shopdesk.books.keeping import verify_backup
from shopdesk.core.ids import uuid7
from shopdesk.db.database import Database
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine

CALLS = "pwrite64,write,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,ftruncate"
pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("strace") is None, reason="strace counts the system calls"
)


def shopdesk(*words: str, kill_at: int = 0, fail_at: int = 0) -> int:
    """Run the program; with a count, it is killed at (or told of a full disk by) that write or sync call."""
    line = [sys.executable, "-m", "shopdesk", *words]
    if kill_at:
        line = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"inject={CALLS}:signal=KILL:when={kill_at}", *line]
    if fail_at:
        line = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"inject=pwrite64:error=ENOSPC:when={fail_at}+", *line]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


@pytest.fixture
def kept(sqlite_shop, actor, tmp_path) -> tuple[Path, Path, str]:
    """A shop file nobody has open, a backup of it, and the head of a sale made after that backup."""
    file = sqlite_shop.database.file
    sell = CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),))
    sqlite_shop.execute(commit_sale, sell, actor)
    sqlite_shop.close()
    assert shopdesk("--db", str(file), "backup", str(tmp_path / "kept.backup")) == 0
    later = sqlite_shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="MUG"),)), actor)
    sqlite_shop.close()
    return file, tmp_path / "kept.backup", str(later.fields["head"])


def sound(file: Path, *anchors: str) -> bool:
    with closing(Database(str(file))) as database:
        return run_doctor(database, anchors=anchors).ok


def kill_backups(kept: tuple[Path, Path, str], points: range) -> int:
    """Kill a backup at each point; returns how many were killed before one ended."""
    file, backup, later = kept
    older = backup.read_bytes()
    for killed, point in enumerate(points):
        ended = shopdesk("--db", str(file), "backup", str(backup), kill_at=point)
        assert sound(file, later), point
        if ended == 0:
            assert verify_backup(backup, anchors=(later,)).ok
            return killed
        assert ended in {-signal.SIGKILL, 128 + signal.SIGKILL}, (ended, point)
        if backup.read_bytes() != older:  # killed after the new one was in place
            assert verify_backup(backup, anchors=(later,)).ok, point
            older = backup.read_bytes()
    return len(points)


def kill_restores(kept: tuple[Path, Path, str], points: range) -> int:
    """Kill a restore at each point; the place always holds the shop from before or the restored one, whole."""
    file, backup, later = kept
    new = file.read_bytes()
    for killed, point in enumerate(points):
        ended = shopdesk("--db", str(file), "restore", str(backup), "--replace", kill_at=point)
        assert sound(file), point
        if ended == 0:
            assert not sound(file, later)
            return killed
        if not sound(file, later):  # the exchange was done; only what comes after it is missing
            file.write_bytes(new)
        for old in file.parent.glob("*-before-restore-*"):
            assert sound(old, later), point
            old.unlink()
    return len(points)


def test_a_killed_backup_leaves_the_older_one(kept):
    assert kill_backups(kept, range(20, 2000, 160)) > 0


def test_a_killed_restore_leaves_a_whole_shop(kept):
    assert kill_restores(kept, range(5, 400, 25)) > 0


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_backup_killed_anywhere_leaves_the_older_one(kept):
    assert kill_backups(kept, range(1, 4000, 23)) > 10


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_restore_killed_anywhere_leaves_a_whole_shop(kept):
    assert kill_restores(kept, range(1, 400, 2)) > 10


def test_a_full_disk_is_told_and_leaves_the_older_backup(kept):
    file, backup, later = kept
    older = backup.read_bytes()
    for point in (1, 40):
        assert shopdesk("--db", str(file), "backup", str(backup), fail_at=point) == 1
        assert backup.read_bytes() == older
        assert sorted(path.name for path in backup.parent.glob(".shopdesk-*")) == []
    assert sound(file, later)
