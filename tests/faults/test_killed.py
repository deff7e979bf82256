"""kill -9 in the middle of a sale: what was answered is there, nothing is half there, and the same keys finish the rest."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from shopdesk.books.doctor import run_doctor
from shopdesk.db.database import Database

SALES = 3
WRITES = "pwrite64,write,pwritev,fdatasync,fsync,ftruncate,unlink"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and strace are POSIX")


def requests() -> list[str]:
    """Three sales of two lines, each with its own key."""
    return [
        json.dumps(
            {
                "do": "sell",
                "key": f"0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d{number:02d}",
                "lines": [{"sku": "TEA", "qty": 1}, {"barcode": "4002385002017", "qty": 1}],
                "order_discount_cents": 10,
            }
        )
        for number in range(SALES)
    ]


def call(words: list[str], env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a process on the requests."""
    return subprocess.run(
        words,
        input="".join(line + "\n" for line in requests()),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(env or {})},
    )


def answers(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """The whole answer lines that came out."""
    return [json.loads(line) for line in done.stdout.splitlines(keepends=True) if line.endswith("\n")]


def fresh(shop_url: str, folder: Path, name: str) -> Path:
    """A copy of the corner shop's file (nobody has it open)."""
    source = Path(Database(shop_url).url.database or "")
    target = folder / name / "shop.db"
    target.parent.mkdir()
    shutil.copy(source, target)
    return target


def finish_and_prove(db: Path, before: list[dict[str, Any]]) -> None:
    """Repeat the requests after the kill: answered ones are answered the same, the rest is done once, the books hold."""
    done = call([sys.executable, "-m", "shopdesk", "--db", str(db), "do"])
    after = answers(done)
    assert done.returncode == 0, done.stderr
    assert [answer["status"] for answer in after] == ["committed"] * SALES, done.stdout
    assert after[: len(before)] == before
    assert [answer["number"] for answer in after] == [f"T1-S{number:06d}" for number in range(1, SALES + 1)]
    with closing(Database(str(db))) as database:
        report = run_doctor(database, anchors=[after[-1]["head"]])
    assert report.ok, [finding for finding in report.findings if finding.violations]


@pytest.mark.parametrize("line", [300, 800, 1200, 1600])
def test_a_process_killed_at_a_line(sqlite_shop_url: str, tmp_path: Path, line: int) -> None:
    db = fresh(sqlite_shop_url, tmp_path, "killed")
    done = call([sys.executable, "-m", "tests.faults.dying", str(db), str(line)])
    assert done.returncode == -9, done.stderr
    finish_and_prove(db, answers(done))


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_process_killed_at_every_write_and_sync(sqlite_shop_url: str, tmp_path: Path) -> None:
    assert shutil.which("strace"), "strace is needed: apt-get install strace"
    killed = 0
    for number in range(1, 2000):
        db = fresh(sqlite_shop_url, tmp_path, f"call{number}")
        log = tmp_path / f"strace{number}"
        done = call(
            [
                "strace", "-f", "-qq", "-o", str(log), "-e", f"trace={WRITES}",
                "-e", f"inject={WRITES}:signal=SIGKILL:when={number}",
                sys.executable, "-m", "shopdesk", "--db", str(db), "do",
            ],
            {"PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        if done.returncode == 0:
            break
        killed += 1
        finish_and_prove(db, answers(done))
        shutil.rmtree(db.parent)
    assert killed > 30, "the writes of a sale were not seen"


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("call_name", "error"), [("pwrite64", "ENOSPC"), ("fsync,fdatasync", "EIO"), ("pwrite64", "EIO")]
)
def test_a_disk_that_fails_at_every_call(sqlite_shop_url: str, tmp_path: Path, call_name: str, error: str) -> None:
    """Full disk and I/O errors (T04): every line is answered, refusals name the disk, and it goes on when there is space."""
    assert shutil.which("strace"), "strace is needed: apt-get install strace"
    refused = 0
    for number in range(1, 2000):
        db = fresh(sqlite_shop_url, tmp_path, f"call{number}")
        done = call(
            [
                "strace", "-f", "-qq", "-o", str(tmp_path / "log"), "-e", f"trace={call_name}",
                "-e", f"inject={call_name}:error={error}:when={number}",
                sys.executable, "-m", "shopdesk", "--db", str(db), "do",
            ],
            {"PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        told = answers(done)
        assert "Traceback" not in done.stderr, (number, done.stderr)
        assert done.returncode in (0, 1, 3), (number, done.returncode, done.stderr)
        bad = [answer for answer in told if answer["status"] != "committed"]
        assert all(
            answer["reason"] in {"disk_trouble", "database_damaged", "database_unreachable"} for answer in bad
        ), bad
        finish_after_trouble(db, told)
        shutil.rmtree(db.parent)
        refused += len(bad)
        if not bad and done.returncode == 0 and number > (20 if "sync" in call_name else 60):
            break
    assert refused >= SALES, "a sale did not feel its disk fail"


def finish_after_trouble(db: Path, told: list[dict[str, Any]]) -> None:
    """With the disk well again the same requests are all done; what was answered as committed is the same answer."""
    done = call([sys.executable, "-m", "shopdesk", "--db", str(db), "do"])
    after = answers(done)
    assert [answer["status"] for answer in after] == ["committed"] * SALES, done.stdout
    for before in told:
        if before["status"] == "committed":
            assert before in after
    with closing(Database(str(db))) as database:
        report = run_doctor(database)
    assert report.ok, [finding for finding in report.findings if finding.violations]
