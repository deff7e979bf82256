"""Editable keys, the picker, what the machine remembers, and the two sounds."""

from __future__ import annotations

import threading
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.pickers import Picker
from shopdesk.ui.kit.shortcuts import KeyMap, KeySpec, KeyTaken, KeyUnusable, Legend
from shopdesk.ui.kit.sounds import Sounds
from tests.ui.kit.shelf import Good, goods

SPECS = (
    KeySpec("pay", "Pay", "F12", "till"),
    KeySpec("hold", "Hold", "F5", "till"),
    KeySpec("undo", "Undo", "Ctrl+Z", "till"),
    KeySpec("find", "Find", "F5", "office"),
)


@pytest.fixture
def keys(dressed: object, memory: Memory) -> KeyMap:
    return KeyMap(SPECS, memory)


def test_an_edited_key_works_at_once_and_is_remembered(keys: KeyMap, memory: Memory, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    paid: list[bool] = []
    keys.bind(window, "pay", lambda: paid.append(True))
    qtbot.keyClick(window, Qt.Key.Key_F12)
    assert len(paid) == 1
    keys.edit("pay", QKeySequence("F10"))
    qtbot.keyClick(window, Qt.Key.Key_F12)
    qtbot.keyClick(window, Qt.Key.Key_F10)
    assert len(paid) == 2
    assert KeyMap(SPECS, memory).words("pay") == "F10"
    keys.reset()
    assert keys.words("pay") == "F12"


def test_a_key_is_given_once_on_a_screen(keys: KeyMap) -> None:
    with pytest.raises(KeyTaken, match="F5 is already the key for: Hold"):
        keys.edit("pay", QKeySequence("F5"))
    keys.edit("find", QKeySequence("F12"))
    assert keys.words("pay") == "F12"


@pytest.mark.parametrize("key", ["A", "Shift+A", "7", "Space", "", "Ctrl+K, Ctrl+C"])
def test_keys_that_people_type_are_refused(keys: KeyMap, key: str) -> None:
    with pytest.raises(KeyUnusable):
        keys.edit("pay", QKeySequence(key))


def test_the_legend_follows(keys: KeyMap, qtbot: QtBot) -> None:
    legend = Legend(keys, ["pay", "hold"])
    qtbot.addWidget(legend)
    assert legend.accessibleName() == "F12 Pay  F5 Hold"
    keys.edit("hold", QKeySequence("F6"))
    assert legend.accessibleName() == "F12 Pay  F6 Hold"


def test_memory_survives_damage_and_forgets_on_request(tmp_path: Path) -> None:
    file = tmp_path / "window.json"
    Memory(file).put("table.goods.widths", {"sku": 90})
    assert Memory(file).get("table.goods.widths") == {"sku": 90}
    Memory(file).put("table.goods.widths", None)
    assert Memory(file).get("table.goods.widths", "gone") == "gone"
    file.write_text("{ torn", encoding="utf-8")
    assert Memory(file).get("anything", 5) == 5
    Memory(tmp_path / "no" / "folder.json").put("key", 1)


def test_a_patient_memory_writes_once_after_the_last_change(tmp_path: Path) -> None:
    file = tmp_path / "window.json"
    memory = Memory(file, later=True)
    for width in range(50):
        memory.put("width", width)
    assert not file.exists()
    assert memory.get("width") == 49
    memory.flush()
    assert Memory(file).get("width") == 49
    memory.flush()
    memory.put("height", 7)
    for _try in range(200):
        if Memory(file).get("height") == 7:
            break
        time.sleep(0.02)
    assert Memory(file).get("height") == 7


def test_sounds_are_short_files_and_silence_is_silent() -> None:
    played: list[Path] = []
    sounds = Sounds(play=played.append)
    sounds.scan()
    sounds.error()
    lengths = []
    for path in played:
        with wave.open(str(path)) as file:
            lengths.append(file.getnframes() / file.getframerate())
    assert all(0.03 < length < 0.5 for length in lengths)
    sounds.enabled = False
    sounds.done()
    assert len(played) == 2


class Finder:
    """Finds goods by a part of the SKU; can be made to wait."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, _reader: object, text: str) -> list[Good]:
        self.asked.append(text)
        self.gate.wait(5)
        return [good for good in goods(40) if text.lower() in good.sku.lower()]


@pytest.fixture
def finder() -> Finder:
    return Finder()


@pytest.fixture
def picker(desk: Desk, finder: Finder, qtbot: QtBot) -> Iterator[Picker]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(500, 500)
    made = Picker(desk, finder, lambda good: (good.name, good.sku, "1.00"), "good", "Good", parent=window)
    made.resize(300, 40)
    window.show()
    yield made
    window.close()


def test_typing_finds_arrows_move_and_enter_takes(picker: Picker, finder: Finder, qtbot: QtBot) -> None:
    got: list[Any] = []
    picker.picked.connect(got.append)
    assert picker._timer.interval() == 150
    picker._timer.setInterval(1_000)  # fingers on a busy machine
    qtbot.keyClicks(picker.line, "0001", delay=5)
    qtbot.waitUntil(picker.hits.isVisible)
    assert finder.asked == ["0001"]
    qtbot.keyClick(picker.line, Qt.Key.Key_Down)
    qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    assert [good.sku for good in got] == ["SKU-00010"]
    assert not picker.hits.isVisible()
    assert picker.line.text() == ""


def test_enter_takes_nothing_while_the_answer_is_awaited(picker: Picker, finder: Finder, qtbot: QtBot) -> None:
    got: list[Any] = []
    picker.picked.connect(got.append)
    qtbot.keyClicks(picker.line, "0001")
    qtbot.waitUntil(picker.hits.isVisible)
    finder.gate.clear()
    qtbot.keyClicks(picker.line, "7")
    qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    assert got == []
    finder.gate.set()
    qtbot.waitUntil(lambda: len(picker.rows) == 1)
    qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    assert [good.sku for good in got] == ["SKU-00017"]


def test_escape_takes_the_hits_away_and_nothing_else(picker: Picker, qtbot: QtBot) -> None:
    qtbot.keyClicks(picker.line, "zzz")
    qtbot.waitUntil(picker.hits.isVisible)
    assert picker.hits.item(0).text() == "Nothing found."
    qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    qtbot.keyClick(picker.line, Qt.Key.Key_Escape)
    assert not picker.hits.isVisible()
    assert picker.line.text() == "zzz"
