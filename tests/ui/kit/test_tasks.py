"""Lanes: writes in order, reads beside them, answers on the GUI thread, stale ones dropped."""

from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from shopdesk.core.errors import NotFound
from shopdesk.ui.kit.busy import Busy
from shopdesk.ui.kit.tasks import Lanes


def test_writes_keep_their_order_and_never_overlap(lanes: Lanes, qtbot: QtBot) -> None:
    under_way = 0
    most = 0
    ran: list[int] = []
    answered: list[int] = []

    def work(number: int) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        time.sleep(0.002 if number % 2 else 0)
        ran.append(number)
        under_way -= 1
        return number

    for number in range(40):
        lanes.write(lambda number=number: work(number), answered.append)
    qtbot.waitUntil(lambda: len(answered) == 40)
    assert ran == answered == list(range(40))
    assert most == 1


def test_a_slow_write_does_not_hold_up_a_read(lanes: Lanes, qtbot: QtBot) -> None:
    gate = threading.Event()
    told: list[str] = []
    lanes.write(lambda: gate.wait(5), lambda _value: told.append("write"))
    lanes.read(lambda: 1, lambda _value: told.append("read"))
    qtbot.waitUntil(lambda: told == ["read"])
    gate.set()
    qtbot.waitUntil(lambda: told == ["read", "write"])


def test_answers_arrive_on_the_gui_thread(lanes: Lanes, qtbot: QtBot) -> None:
    threads: list[tuple[int, int]] = []
    lanes.read(threading.get_ident, lambda worker: threads.append((worker, threading.get_ident())))
    qtbot.waitUntil(lambda: len(threads) == 1)
    worker, answered = threads[0]
    assert answered == threading.get_ident()
    assert worker != answered


def test_a_later_question_makes_the_earlier_answer_stale(lanes: Lanes, qtbot: QtBot) -> None:
    gate = threading.Event()
    owner = QObject()
    got: list[str] = []
    first = lanes.read(lambda: gate.wait(5) and "old", got.append, owner=owner, key="search")
    lanes.read(lambda: "new", got.append, owner=owner, key="search")
    qtbot.waitUntil(lambda: got == ["new"])
    gate.set()
    qtbot.waitUntil(lambda: lanes.busy == 0)
    qtbot.wait(30)
    assert got == ["new"]
    assert first.finished


def test_another_owner_or_key_stays_wanted(lanes: Lanes, qtbot: QtBot) -> None:
    one, two = QObject(), QObject()
    got: list[int] = []
    lanes.read(lambda: 1, got.append, owner=one, key="page")
    lanes.read(lambda: 2, got.append, owner=two, key="page")
    lanes.read(lambda: 3, got.append, owner=one, key="options")
    qtbot.waitUntil(lambda: sorted(got) == [1, 2, 3])


def test_the_answer_for_a_closed_window_is_dropped(lanes: Lanes, qtbot: QtBot) -> None:
    import shiboken6

    gate = threading.Event()
    owner = QObject()
    got: list[object] = []
    ticket = lanes.read(lambda: gate.wait(5), got.append, owner=owner)
    shiboken6.delete(owner)
    gate.set()
    qtbot.waitUntil(lambda: ticket.finished)
    assert got == []


def test_a_cancelled_question_that_has_not_begun_is_not_asked(qtbot: QtBot) -> None:
    lanes = Lanes(readers=1)
    gate = threading.Event()
    asked: list[str] = []
    lanes.read(lambda: gate.wait(5), lambda _value: None)
    waiting = lanes.read(lambda: asked.append("asked"), lambda _value: None)
    waiting.cancel()
    gate.set()
    assert lanes.close(5)
    assert asked == []


def test_a_cancelled_write_is_still_carried_out(lanes: Lanes, qtbot: QtBot) -> None:
    written: list[str] = []
    answered: list[object] = []
    ticket = lanes.write(lambda: written.append("sale"), answered.append)
    ticket.cancel()
    qtbot.waitUntil(lambda: written == ["sale"])
    qtbot.wait(20)
    assert answered == []


def test_a_refusal_goes_to_who_asked(lanes: Lanes, qtbot: QtBot) -> None:
    got: list[BaseException] = []

    def refuse() -> None:
        raise NotFound("sale", "T1-S000001")

    lanes.write(refuse, lambda _value: None, failed=got.append)
    qtbot.waitUntil(lambda: len(got) == 1)
    assert isinstance(got[0], NotFound)


def test_an_error_that_nobody_expects_reaches_the_last_resort(lanes: Lanes, qtbot: QtBot) -> None:
    with qtbot.captureExceptions() as caught:
        lanes.write(lambda: 1 // 0, lambda _value: None)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


def test_closing_waits_for_every_write(qtbot: QtBot) -> None:
    lanes = Lanes()
    written: list[int] = []

    def write(number: int) -> None:
        time.sleep(0.005)
        written.append(number)

    for number in range(10):
        lanes.write(lambda number=number: write(number), lambda _value: None)
    assert lanes.close(5)
    assert written == list(range(10))
    late = lanes.write(lambda: written.append(99), lambda _value: None)
    assert late.finished
    assert 99 not in written


@pytest.mark.parametrize(("takes_ms", "after_ms", "shown"), [(20, 5_000, []), (450, 300, [True, False])])
def test_the_spinner_comes_only_for_what_takes_long(
    lanes: Lanes, qtbot: QtBot, takes_ms: int, after_ms: int, shown: list[bool]
) -> None:
    owner = QObject()
    busy = Busy(owner)
    assert busy._timer.interval() == 300
    busy._timer.setInterval(after_ms)  # a busy machine may need 300 ms for a quick answer
    seen: list[bool] = []
    busy.shown.connect(seen.append)
    ticket = busy.watch(lanes.read(lambda: time.sleep(takes_ms / 1000), lambda _value: None))
    qtbot.waitUntil(lambda: ticket.finished)
    qtbot.wait(20)
    assert seen == shown


def test_a_person_who_leaves_gets_no_answers_but_their_writes_are_done(lanes: Lanes, qtbot: QtBot) -> None:
    gate = threading.Event()
    written: list[str] = []
    answered: list[object] = []
    lanes.read(lambda: gate.wait(5), answered.append)
    lanes.write(lambda: gate.wait(5) and written.append("sale"), answered.append)
    lanes.forget_answers()
    assert lanes.busy == 0
    gate.set()
    qtbot.waitUntil(lambda: written == ["sale"])
    qtbot.wait(20)
    assert answered == []
