"""A desk without a database, dressed as the program is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.tasks import Lanes
from shopdesk.ui.theme.appearance import dress
from tests.ui.kit.shelf import ANN, PaperShop


@pytest.fixture
def dressed(qapp: QApplication) -> QApplication:
    """The application in its light clothes."""
    dress(qapp, "light")
    return qapp


@pytest.fixture
def lanes(dressed: QApplication) -> Iterator[Lanes]:
    """Lanes that are closed at the end."""
    made = Lanes()
    yield made
    assert made.close(5)


@pytest.fixture
def shop() -> PaperShop:
    """A shop without a database."""
    return PaperShop()


@pytest.fixture
def desk(lanes: Lanes, shop: PaperShop) -> Desk:
    """Ann's desk."""
    return Desk(shop, lanes, actor=ANN)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """An empty memory."""
    return Memory(tmp_path / "window.json")
