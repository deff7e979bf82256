"""``shopdesk doctor`` from the command line: on an honest shop, with anchors, and on one that is damaged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shopdesk.db.database import Database


@pytest.fixture
def file(sqlite_shop_url: str) -> Path:
    return Path(Database(sqlite_shop_url).url.database or "")


def doctor(file: Path, *words: str) -> tuple[int, list[dict[str, object]], str]:
    """Exit status, lines and what was said on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "shopdesk", "--db", str(file), "doctor", "--json", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_an_honest_shop_and_its_own_heads(file):
    status, lines, said = doctor(file, "--fast")
    assert (status, said) == (0, "")
    assert [line["id"] for line in lines[:-1]] == [f"I{number:02d}" for number in range(1, 43)]
    assert lines[-1]["ok"] is True
    heads = lines[-1]["heads"]
    assert heads.keys() == {"T1", "T2"}
    anchors = [word for head in heads.values() for word in ("--anchor", head)]
    assert doctor(file, *anchors)[0] == 0
    status, lines, _said = doctor(file, "--anchor", f"T1:9:{'0' * 64}", "--anchor", heads["T2"])
    assert status == 1
    assert [line["id"] for line in lines[:-1] if line["violations"]] == ["I21"]


def test_a_damaged_shop_gets_its_report(file):
    content = bytearray(file.read_bytes())
    for page in range(8, len(content) // 4096, 2):
        content[page * 4096 : page * 4096 + 200] = bytes(200)
    file.write_bytes(content)
    status, lines, said = doctor(file)
    assert status == 1
    assert "Traceback" not in said
    broken = {line["id"]: line for line in lines[:-1] if line["violations"]}
    assert "I42" in broken
    assert lines[-1]["ok"] is False
    unproven = [line for line in broken.values() if all("could not be proven" in text for text in line["samples"])]
    assert unproven
    assert {line["hint"] for line in unproven} == {broken["I42"]["hint"]}


def test_what_is_no_shop_is_told_in_a_sentence(tmp_path):
    (tmp_path / "letter").write_text("Dear Sirs, " * 500)
    status, lines, said = doctor(tmp_path / "letter")
    assert (status, lines) == (1, [])
    assert "not a ShopDesk shop" in said
    assert doctor(tmp_path / "nothing")[0] == 3
