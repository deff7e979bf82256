"""The log of a machine: details for who mends it, without secrets and without lines that somebody forged (S37)."""

from __future__ import annotations

import json
import logging
import stat
import sys

import pytest

from shopdesk.core import logs

PLANTED = [
    "postgresql+psycopg://shop:hunter2-secret@db/shop",
    "password=hunter2-secret",
    "'password': 'hunter2-secret'",
    '{"token": "hunter2-secret"}',
    "SHOPDESK_SECRET=hunter2-secret",
    "SHOPDESK_PASSPHRASE: hunter2-secret",
    "pin: hunter2-secret",
    "session sds_hunter2-secret_0123456789abcdef",
    "key sdk_hunter2-secret_0123456789abcdef used",
    "$argon2id$v=19$m=65536,t=3,p=4$hunter2-secret$abc",
]


@pytest.fixture
def log(tmp_path):
    """The log file of the test; lines are read when called."""
    path = logs.start_logging(tmp_path / "log")
    level = logging.getLogger().level

    def lines() -> list[dict[str, object]]:
        return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]

    lines.path = path  # type: ignore[attr-defined]
    yield lines
    logs.stop_logging()
    logging.getLogger().setLevel(level)


@pytest.mark.parametrize("text", PLANTED)
def test_secrets_do_not_reach_the_log(log, text):
    logging.getLogger("shop").info("trying %s now", text)
    content = log.path.read_text()
    assert "hunter2" not in content
    assert logs.HIDDEN in content
    assert "trying" in content


def test_secrets_of_an_exception_do_not_reach_the_log(log, allow_log):
    allow_log("E-")
    logs.hide("swordfish-9")
    try:
        raise RuntimeError("cannot reach postgresql://shop:hunter2@db with swordfish-9")
    except RuntimeError as error:
        error_id = logs.report(error, "opening the shop")
    (line,) = log()
    assert line["error_id"] == error_id
    assert error_id in line["message"]
    assert any("RuntimeError" in part for part in line["trace"])
    assert "hunter2" not in json.dumps(line)
    assert "swordfish" not in json.dumps(line)


def test_a_name_forges_no_line_and_speaks_to_no_terminal(log):
    name = 'Ann\n{"level": "INFO", "message": "all is well"}\r\x1b[2J\u202e\x7f\x9b'
    logging.getLogger("shop").info("customer %s", name)
    (line,) = log()
    assert line["level"] == "INFO"
    shown = line["message"]
    assert all(char.isprintable() for char in shown)
    assert r"Ann\n{" in shown
    assert r"\x1b[2J\u202e\x7f\x9b" in shown


def test_ordinary_words_stay(log):
    logging.getLogger("shop").info("sold 3 × Grüner Tee to Zoë, spinning 12 pins")
    assert log()[0]["message"] == "sold 3 × Grüner Tee to Zoë, spinning 12 pins"


def test_the_log_rotates_and_is_for_its_owner_alone(log, monkeypatch):
    monkeypatch.setattr(logs, "MAX_BYTES", 2_000)
    path = logs.start_logging(log.path.parent)
    for number in range(200):
        logging.getLogger("shop").info("line %d", number)
    kept = sorted(found.name for found in path.parent.iterdir())
    assert kept == ["shopdesk.log"] + [f"shopdesk.log.{n}" for n in range(1, logs.KEPT_FILES + 1)]
    if sys.platform != "win32":
        assert {stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()} == {0o600}
    assert all(found.stat().st_size <= 2_000 for found in path.parent.iterdir())


def test_starting_twice_writes_once(log, tmp_path):
    other = logs.start_logging(tmp_path / "elsewhere")
    logging.getLogger("shop").info("once")
    assert not log.path.exists()
    assert len(other.read_text().splitlines()) == 1


def test_error_ids_can_be_read_out():
    made = {logs.new_error_id() for _ in range(100)}
    assert len(made) == 100
    assert all(len(word) == 8 and not set(word[2:]) & set("01OI") for word in made)
