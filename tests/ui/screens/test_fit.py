"""Nothing is clipped or overlaps: in English, in a language of long words, and mirrored."""

from __future__ import annotations

import gettext
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from shopdesk.core import i18n
from shopdesk.ui.dialogs.settings import SettingsPage
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.office import TILL, Office
from shopdesk.ui.screens.places import entries_for
from tests.ui.clipping import misfits


class LongWords(gettext.NullTranslations):
    """English two fifths longer, as German and Finnish are."""

    def gettext(self, message: str) -> str:
        """The text with a tail; tails of placeholders stay outside of them."""
        return (
            f"{message} {('überlänge ' * 20)[: max(3, len(message) * 2 // 5)].strip()}" if len(message) > 2 else message
        )

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The same for counts."""
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture(params=["english", "long", "mirrored"])
def tongue(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[str]:
    """How the words are."""
    if request.param == "long":
        monkeypatch.setattr(i18n, "_catalogue", LongWords())
    if request.param == "mirrored":
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield request.param
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def settled_misfits(office: Office, qtbot: QtBot) -> list[str]:
    """What does not fit once the layout had a moment, or a few on a busy machine."""
    for _look in range(20):
        qtbot.wait(20)
        if not (found := misfits(office)):
            return []
    return found


def test_every_place_of_the_office_fits_the_smallest_window(
    tongue: str, house: House, desk: Desk, memory: Memory, qtbot: QtBot
) -> None:
    entries = entries_for(house)
    office = Office(entries, desk, memory)
    qtbot.addWidget(office)
    office.resize(1366, 768)
    office.show()
    found: list[str] = []
    for key in (entry.key for entry in entries if entry.key != TILL):
        assert office.open(key)
        qtbot.waitUntil(lambda key=key: office.opened == key and desk.lanes.busy == 0)
        page = office.pages[key]
        if isinstance(page, ListView) and page.model.rows:
            page.table.selectRow(0)
            qtbot.waitUntil(page.detail.isVisible)
            qtbot.waitUntil(lambda: desk.lanes.busy == 0)
        found += [f"{key}: {line}" for line in settled_misfits(office, qtbot)]
        if isinstance(page, SettingsPage):
            for part in page.buttons:
                page.show_part(part)
                qtbot.waitUntil(lambda: desk.lanes.busy == 0)
                found += [f"{key} {part}: {line}" for line in settled_misfits(office, qtbot)]
    assert found == []
