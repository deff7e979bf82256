"""One program in several windows and languages: each person's own, mirrored where it is written so, covered together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from shopdesk.app import open_shop
from shopdesk.core import i18n
from shopdesk.core.clock import ManualClock
from shopdesk.db.shop import Shop
from shopdesk.system.languages import SetOwnLanguage, language_of, set_own_language
from shopdesk.system.settings import ChangeSettings, change_settings
from shopdesk.ui.language import speak
from shopdesk.ui.office import Office
from shopdesk.ui.theme.appearance import dress
from shopdesk.ui.windows import OfficeWindow
from tests.support.small_shop import actor_of, password_of
from tests.ui.screens.test_navigation import awake
from tests.ui.visitor import Person


@pytest.fixture
def come(qtbot: QtBot, qapp: QApplication, clock: ManualClock) -> Iterator[Callable[[str], Person]]:
    people: list[Person] = []
    dress(qapp, "light")
    quit_before = qapp.quitOnLastWindowClosed()
    qapp.setQuitOnLastWindowClosed(False)

    def make(address: str) -> Person:
        people.append(Person(qtbot, qapp, address, clock))
        return people[-1]

    yield make
    for person in people:
        person.leave()
    speak(qapp, "en")
    assert qapp.layoutDirection() == Qt.LayoutDirection.LeftToRight
    qapp.setQuitOnLastWindowClosed(quit_before)


def office_of(person: Person) -> Office:
    def shown() -> bool:
        faces = person.window.faces
        return faces is not None and faces.office is not None and bool(faces.office.opened)

    person.wait(shown)
    assert person.window.faces is not None
    assert person.window.faces.office is not None
    return person.window.faces.office


def windows_of(person: Person) -> list[OfficeWindow]:
    assert person.window.faces is not None
    windows = person.window.faces.windows
    return [] if windows is None else windows.all


def with_language(address: str, clock: ManualClock, name: str, language: str | None) -> None:
    shop = open_shop(address, clock=clock)
    shop.execute(set_own_language, SetOwnLanguage(language), actor_of(shop, name))
    shop.close()


def test_a_person_works_in_their_own_language_and_the_next_one_in_theirs(
    come: Callable[[str], Person], sqlite_shop_url: str, clock: ManualClock, qapp: QApplication
) -> None:
    with_language(sqlite_shop_url, clock, "bo", "ar")
    person = come(sqlite_shop_url)
    person.enter("bo")
    office_of(person)
    assert i18n.language() == "ar"
    assert qapp.layoutDirection() == Qt.LayoutDirection.RightToLeft
    office = office_of(person)
    assert office.desk.formats.language == "ar"
    letters = QFontMetrics(QFont("DejaVu Sans"))
    assert all(letters.inFontUcs4(ord(letter)) for letter in "الصندوق ١٢٣")
    place = office.navigation.mapTo(person.window, office.navigation.rect().center())
    assert place.x() > person.window.width() / 2  # the navigation stands at the right
    person.window.presence.leave()  # type: ignore[union-attr]
    person.wait(person.at_the_door)
    assert i18n.language() == "en"
    assert qapp.layoutDirection() == Qt.LayoutDirection.LeftToRight
    person.enter("olga")
    assert office_of(person).desk.formats.language == "en"


def test_the_language_is_chosen_in_the_window_and_kept(
    come: Callable[[str], Person], sqlite_shop_url: str, clock: ManualClock
) -> None:
    person = come(sqlite_shop_url)
    person.enter("olga")
    before = office_of(person)
    before.navigation.language_wanted.emit("de")
    person.wait(lambda: i18n.language() == "de" and office_of(person) is not before)
    assert office_of(person).desk.formats.amount(123_450) == "1.234,50"
    assert "ngig" in QCoreApplication.translate("QWidgetTextControl", "&Undo")  # Rückgängig: Qt's own words too
    assert person.shop.ask(language_of, office_of(person).desk.actor.user_id) == "de"
    office_of(person).navigation.language_wanted.emit("")
    person.wait(lambda: i18n.language() == "en")


def test_the_door_speaks_the_shops_language(
    come: Callable[[str], Person], sqlite_shop_url: str, clock: ManualClock, qapp: QApplication
) -> None:
    shop = open_shop(sqlite_shop_url, clock=clock)
    shop.execute(change_settings, ChangeSettings({"language": "ar"}), actor_of(shop, "olga"))
    shop.close()
    first = come(sqlite_shop_url)
    first.wait_for_the_door()
    assert i18n.language() == "ar"
    first.start.memory.flush()
    i18n.use_language("en")
    second = come(sqlite_shop_url)
    assert i18n.language() == "ar"  # from the first paint on
    second.wait_for_the_door()
    assert qapp.layoutDirection() == Qt.LayoutDirection.RightToLeft


def test_only_languages_that_the_program_speaks(shop: Shop) -> None:
    with pytest.raises(Exception, match="no language"):
        shop.execute(set_own_language, SetOwnLanguage("tlh"), actor_of(shop, "ann"))


def test_another_window_of_the_same_session(come: Callable[[str], Person], sqlite_shop_url: str, qtbot: QtBot) -> None:
    person = come(sqlite_shop_url)
    person.enter("olga")
    office = office_of(person)
    office.open("sales")
    person.wait(lambda: office.opened == "sales")
    person.wait(lambda: awake(office))
    qtbot.keyClick(office, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    person.wait(lambda: len(windows_of(person)) == 1)
    office.window_wanted.emit("products")
    person.wait(lambda: len(windows_of(person)) == 2)
    other = windows_of(person)[1]
    person.wait(lambda: other.office.opened == "products")
    assert office.opened == "sales"
    assert other.office.desk is office.desk

    presence = person.window.presence
    assert presence is not None
    presence.lock()
    person.wait(person.at_the_door)
    for window in windows_of(person):
        assert not window.office.isVisible()
        assert window._cover.isVisible()
    person.sign_in("olga")
    person.wait(lambda: not person.at_the_door())
    assert all(window.office.isVisible() for window in windows_of(person))

    windows_of(person)[0].close()
    person.wait(lambda: windows_of(person) == [other])
    assert person.window.isVisible()
    assert other.isVisible()

    presence.leave()
    person.wait(person.at_the_door)
    assert windows_of(person) == []
    person.enter("olga")
    office_of(person)
    person.wait(lambda: len(windows_of(person)) == 1)  # as it was left, on the place it had
    person.wait(lambda: windows_of(person)[0].office.opened == "products")


def test_the_first_window_may_go_before_the_others(come: Callable[[str], Person], sqlite_shop_url: str) -> None:
    person = come(sqlite_shop_url)
    person.enter("olga")
    office = office_of(person)
    office.window_wanted.emit("products")
    person.wait(lambda: len(windows_of(person)) == 1)
    ended: list[bool] = []
    person.window.closed.connect(lambda: ended.append(True))
    person.window.close()
    assert person.window.isHidden()
    assert ended == []
    presence = person.window.presence
    assert presence is not None
    presence.lock()  # the door is in the first window
    assert person.window.isVisible()
    person.sign_in("olga")
    person.wait(lambda: not person.at_the_door())
    person.window.close()
    windows_of(person)[0].close()
    assert ended == [True]


def test_whoever_takes_over_does_not_find_the_windows_of_another(
    come: Callable[[str], Person], sqlite_shop_url: str
) -> None:
    person = come(sqlite_shop_url)
    person.enter("olga")
    office_of(person).window_wanted.emit("products")
    person.wait(lambda: len(windows_of(person)) == 1)
    presence = person.window.presence
    assert presence is not None
    presence.lock()
    person.wait(person.at_the_door)
    presence.by_password("max", "wrong", False)
    person.wait(lambda: not presence._trying)
    assert person.at_the_door()
    assert all(not window.office.isVisible() for window in windows_of(person))
    presence.by_password("max", password_of("max"), False)
    person.wait(lambda: presence.session is not None and presence.session.actor.username == "max")
    person.wait(lambda: not person.at_the_door())
    assert windows_of(person) == []
    presence.leave()
    person.wait(person.at_the_door)
    person.enter("olga")
    person.wait(lambda: len(windows_of(person)) == 1)  # hers are hers still
