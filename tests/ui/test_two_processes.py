"""A change made by another process is on the glass within a second, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.system.settings import shop_settings
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.tasks import Lanes
from shopdesk.ui.kit.widgets import Label

LATEST_S = 1.0
CHANGES = 5


@pytest.mark.usefixtures("qapp")
def test_within_a_second(shop: Shop, shop_url: str, actor: Actor, qtbot: QtBot, qapp: QApplication) -> None:
    lanes = Lanes()
    desk = Desk(shop, lanes, actor=actor)
    desk.listen(shop.changes.subscribe)
    name = Label("", "name")
    qtbot.addWidget(name)
    shown_at: dict[str, float] = {}

    def show(settings: object) -> None:
        words = str(getattr(settings, "name", ""))
        name.setText(words)
        shown_at.setdefault(words, time.time())

    def changed(names: frozenset[str]) -> None:
        if names & {"Setting", "*"}:
            desk.ask(shop_settings, done=show, owner=name, key="settings")

    desk.changed.connect(changed)
    shop.changes.watch()
    words = [sys.executable, "-m", "tests.db.child_writer", shop_url, str(actor.user_id)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": dict(os.environ)}
    with subprocess.Popen(words, **pipes) as child:  # type: ignore[call-overload]
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline().strip() == "ready"
        took = []
        for number in range(CHANGES):
            wanted = f"Shop {number}"
            child.stdin.write(wanted + "\n")
            child.stdin.flush()
            written_at = float(child.stdout.readline())
            qtbot.waitUntil(lambda wanted=wanted: name.text() == wanted)  # type: ignore[misc]
            took.append(shown_at[wanted] - written_at)
        child.stdin.close()
        child.wait(20)
    assert lanes.close(10)
    print(f"shown after {statistics.median(took):.3f} s, at the latest {max(took):.3f} s")
    assert statistics.median(took) < LATEST_S, took
