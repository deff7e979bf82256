"""The first run: a shop in four steps, or a demo shop with one button."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from shopdesk.db.paging import PageRequest
from shopdesk.sales.tills import tills_list
from shopdesk.system.people import users_page
from shopdesk.system.settings import shop_settings
from shopdesk.ui.theme.appearance import dress
from tests.ui.visitor import Person


class Founder(Person):
    """Somebody who opens a shop of their own."""

    @property
    def page(self) -> Any:
        """The first run."""
        return self.window.stack.currentWidget()

    def fill(self, **values: object) -> None:
        """Fill the step that is shown and go on."""
        for key, value in values.items():
            self.page.forms[self.page.step].input(key).set_value(value)
        self.page.advance()


@pytest.fixture
def founder(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Founder]:
    dress(qapp, "light")
    quit_before = qapp.quitOnLastWindowClosed()
    qapp.setQuitOnLastWindowClosed(False)
    made = Founder(qtbot, qapp, str(tmp_path / "new.db"))
    made.wait(lambda: made.page.objectName() == "first_run" and made.page.forms)
    yield made
    made.leave()
    qapp.setQuitOnLastWindowClosed(quit_before)


def test_the_first_run_makes_a_shop_and_lets_its_owner_in(founder: Founder, tmp_path: Path) -> None:
    (tmp_path / "paper").mkdir()
    founder.fill(name="")
    assert founder.page.forms["shop"].error("name")
    founder.fill(name="Tea & Co", country="CH", currency="CHF", timezone="Europe/Zurich")
    founder.fill(std_ppm=81_000, red_ppm=26_000, tax_name="MwSt")
    founder.fill(username="tess", password="short", again="short")
    assert founder.page.forms["owner"].error("password")
    secret = "seven teapots in a row"
    founder.fill(first_name="Tess", password=secret, again="another", pin="")
    assert "not the same" in founder.page.forms["owner"].error("again")
    founder.fill(again=secret, pin="482913")
    founder.fill(code="K1", kind="folder", address="")
    assert founder.page.forms["till"].error("address")
    founder.fill(address=str(tmp_path / "paper"))
    founder.wait(lambda: founder.window.presence is not None and founder.window.presence.session is not None)
    founder.wait(lambda: founder.page.objectName() in ("till_screen", "office"))
    settings = founder.shop.ask(shop_settings)
    assert (settings.name, settings.currency, settings.timezone) == ("Tea & Co", "CHF", "Europe/Zurich")
    till = founder.shop.ask(tills_list)[0]
    assert (till.code, till.printer.kind) == ("K1", "folder")
    assert [row.username for row in founder.shop.ask(users_page, PageRequest()).rows] == ["tess"]
    assert founder.window.presence.till.code == "K1"
    founder.window.presence.lock()
    founder.pin("482913")
    founder.wait(lambda: not founder.at_the_door())


def test_the_first_run_can_make_a_demo_shop_instead(founder: Founder) -> None:
    founder.page.demo.click()
    founder.wait(founder.at_the_door)
    assert founder.demos == [founder.start._address]
    founder.enter("bo")
