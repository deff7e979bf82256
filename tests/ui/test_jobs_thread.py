"""An open window does the shop's background work, and hands back what it has in hand when it is closed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from shopdesk.app import open_shop
from shopdesk.core.actor import Actor
from shopdesk.core.errors import DatabaseBusy
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.jobs import enqueue
from shopdesk.system.jobs_list import job_row
from shopdesk.system.jobs_run import JobAtWork, JobWorker
from shopdesk.ui.jobs_thread import JobsThread
from shopdesk.ui.start import Start
from shopdesk.ui.theme.appearance import dress


@dataclass(frozen=True)
class Ask:
    key: str


def ask_for(uow: UnitOfWork, command: Ask) -> int:
    return enqueue(uow, "count", {}, key=command.key, title="Counting")


def test_work_is_begun_as_soon_as_it_is_asked_for(shop: Shop, actor: Actor, qtbot: QtBot) -> None:
    thread = JobsThread(shop, JobWorker(shop, {"count": lambda _job: {"done": True}}))
    thread.start()
    try:
        job_id = shop.execute(ask_for, Ask("a"), actor)
        qtbot.waitUntil(
            lambda: shop.ask(job_row, job_id).state == "done", timeout=2_500
        )  # sooner than it looks by itself
    finally:
        thread.stop()
    assert not thread.is_alive()


def test_what_goes_wrong_around_the_work_does_not_end_it(
    shop: Shop, actor: Actor, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, allow_log
) -> None:
    allow_log("met something unexpected")
    worker = JobWorker(shop, {"count": lambda _job: {}})
    real, troubles = worker.run_due, [DatabaseBusy("it is busy."), ZeroDivisionError()]

    def run_due() -> int:
        if troubles:
            raise troubles.pop(0)
        return real()

    monkeypatch.setattr(worker, "run_due", run_due)
    thread = JobsThread(shop, worker)
    thread.start()
    try:
        job_id = shop.execute(ask_for, Ask("a"), actor)

        def done() -> bool:
            thread.wake(frozenset({"Job"}))
            return shop.ask(job_row, job_id).state == "done"

        qtbot.waitUntil(done)
    finally:
        thread.stop()


def test_a_window_does_the_work_and_hands_it_back_when_closed(
    sqlite_shop_url: str, sqlite_shop: Shop, actor: Actor, qtbot: QtBot, qapp: QApplication
) -> None:
    dress(qapp, "light")
    begun = threading.Event()

    def long(job: JobAtWork) -> Mapping[str, object]:
        begun.set()
        while True:
            job.stop_if_cancelled()
            job.pause.wait(0.02)

    job_id = sqlite_shop.execute(ask_for, Ask("a"), actor)
    start = Start(
        qapp,
        sqlite_shop_url,
        open_shop,
        lambda _where: None,
        lambda shop: JobWorker(shop, {"count": long}),
    )
    start.last_resort.install = lambda: None  # type: ignore[method-assign]  # pytest-qt watches the hooks
    qtbot.addWidget(start.window, before_close_func=lambda _window: None)
    quit_before = qapp.quitOnLastWindowClosed()
    qapp.setQuitOnLastWindowClosed(False)
    start.show()
    qtbot.waitUntil(begun.is_set)
    assert sqlite_shop.ask(job_row, job_id).state == "running"
    start.window.close()
    qapp.setQuitOnLastWindowClosed(quit_before)
    row = sqlite_shop.ask(job_row, job_id)
    assert (row.state, row.attempts) == ("queued", 0)
