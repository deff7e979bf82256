"""Background work from the command line."""

from __future__ import annotations

import json

import pytest

from shopdesk import wiring
from shopdesk.cli.context import Call
from shopdesk.cli.main import run
from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.jobs import EndJob, enqueue


def _two(uow: UnitOfWork, _command: EndJob) -> tuple[int, int]:
    return (
        enqueue(uow, "count", {"to": 3}, key="a", title="Count to three"),
        enqueue(uow, "count", {"to": 4}, key="b", title="Count to four"),
    )


def test_list_cancel_retry_and_run(
    sqlite_shop: Shop, sqlite_shop_url: str, actor: Actor, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    monkeypatch.setattr(wiring, "ROUTINES", {})
    monkeypatch.setitem(wiring.JOBS, "count", lambda job: {"counted": job.payload["to"]})
    first, second = sqlite_shop.execute(_two, EndJob(0, "", 0, "done"), actor)

    def said(*words: str, json_wanted: bool = True) -> list[dict[str, object]]:
        assert run(Call(db=sqlite_shop_url, json=json_wanted), ["jobs", *words]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()] if json_wanted else []

    assert [(row["id"], row["state"]) for row in said("list")] == [(second, "queued"), (first, "queued")]
    assert said("cancel", str(second)) == [{"ok": True, "count": 1}]
    assert said("run") == [{"ok": True, "begun": 1}]
    assert [row["state"] for row in said("list")] == ["cancelled", "done"]
    assert [row["id"] for row in said("list", "--state", "done")] == [first]
    assert said("retry", str(second)) == [{"ok": True, "count": 1}]
    assert said("run") == [{"ok": True, "begun": 1}]
    assert [row["state"] for row in said("list")] == ["done", "done"]
    said("list", json_wanted=False)
    assert "Count to four" in capsys.readouterr().out
    assert run(Call(db=sqlite_shop_url), ["ask", "jobs", "state=done"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["id"] for answer in answers if "id" in answer] == [second, first]
    assert run(Call(db=sqlite_shop_url), ["ask", "notifications"]) == 0
