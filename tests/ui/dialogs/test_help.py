"""The handbook opens, is searched, and loads nothing from anywhere."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from shopdesk.ui.dialogs.help import chapters, show_help
from shopdesk.ui.theme.appearance import dress


def test_the_handbook_is_read_and_searched(qapp: QApplication, qtbot: QtBot) -> None:
    dress(qapp, "light")
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1200, 800)
    window.show()
    known = chapters()
    assert len(known) >= 5
    dialog = show_help(window)
    assert dialog.list.count() == len(known)
    assert known[0][0] in dialog.page.toPlainText()
    word = max(known[-1][1].split(), key=len).strip(".,:;()`*")
    qtbot.keyClicks(dialog.search, word)
    assert 1 <= dialog.list.count() <= len(known)
    qtbot.keyClicks(dialog.search, " nosuchwordanywhere")
    assert dialog.list.count() == 0
    assert dialog.page.toPlainText() == ""
    assert dialog.page.loadResource(2, QUrl("file:///etc/passwd")) is None
    dialog.close()
