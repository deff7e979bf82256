"""What tests of the window share: patience on a busy machine."""

from __future__ import annotations

from functools import partialmethod

import pytest
from pytestqt.qtbot import QtBot

PATIENCE_MS = 20_000


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer than pytest-qt's five seconds before giving up: other tests run beside these."""
    monkeypatch.setattr(QtBot, "waitUntil", partialmethod(QtBot.waitUntil, timeout=PATIENCE_MS))
