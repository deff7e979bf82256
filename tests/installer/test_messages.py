"""The translations fit the code: every text is there, what is filled in stays, and what is compiled is newest."""

from __future__ import annotations

import ast
import copy
import gettext
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from shopdesk.core import i18n
from tests.test_architecture import ROOT

RUN = "run  python installer/dev.py messages"
SHIPPED = ("ar", "de")


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("installer_messages", ROOT / "installer" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def elsewhere(messages: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Catalogues of the test's own."""
    now = messages.extracted()
    monkeypatch.setattr(messages, "extracted", lambda: copy.deepcopy(now))  # an edit meanwhile is no fault of ours
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    monkeypatch.setattr(messages, "TEMPLATE", tmp_path / "shopdesk.pot")
    return tmp_path


def test_every_text_of_the_code_is_in_the_template_and_nothing_else(messages: ModuleType) -> None:
    wanted = {message.id for message in messages.extracted() if message.id}
    known = {message.id for message in messages.read(messages.TEMPLATE) if message.id}
    assert wanted - known == set(), RUN
    assert known - wanted == set(), RUN
    assert len(wanted) > 1500
    assert "Served by" in wanted  # inside another call
    assert ("{count} rule is broken.", "{count} rules are broken.") in wanted


def test_no_text_is_called_for_inside_an_f_string() -> None:
    """Python 3.11 gives an f-string as one token: a text in it is never taken into the template."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno} {call.args[0].value}"
        for path in (ROOT / "shopdesk").rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"_", "N_", "ngettext"}
        if call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


@pytest.mark.parametrize("language", SHIPPED)
def test_every_text_is_in_each_catalogue(messages: ModuleType, language: str) -> None:
    assert language in messages.known_languages()
    template = {message.id for message in messages.read(messages.TEMPLATE)}
    catalogue = {message.id for message in messages.read(messages.catalogue_path(language), language)}
    assert template ^ catalogue == set(), RUN


@pytest.mark.parametrize("language", SHIPPED)
def test_every_text_is_translated(messages: ModuleType, language: str) -> None:
    missing = messages.missing(messages.read(messages.catalogue_path(language), language))
    assert missing == [], f"{len(missing)} texts have no translation"


@pytest.mark.parametrize("language", SHIPPED)
def test_what_is_filled_in_stays(messages: ModuleType, language: str) -> None:
    catalogue = messages.read(messages.catalogue_path(language), language)
    assert [
        fault
        for message in catalogue
        if message.id and messages._is_done(message)
        for fault in messages.faults_of(message)
    ] == []


@pytest.mark.parametrize("language", SHIPPED)
def test_what_is_compiled_is_the_catalogue(messages: ModuleType, language: str) -> None:
    path = messages.catalogue_path(language)
    assert path.with_suffix(".mo").read_bytes() == messages.compiled(messages.read(path, language)), RUN


def test_wrong_placeholders_are_refused(messages: ModuleType) -> None:
    catalogue = messages._empty("de")

    def faults(source: object, given: object) -> list[str]:
        catalogue.add(source, given)
        return list(messages.faults_of(catalogue[source]))

    assert faults("{name} is gone.", "{name} ist weg.") == []
    assert faults("{what} is gone.", "{was} ist weg.") != []
    assert faults("{a} of {b}", "{a}") != []
    assert faults("Only {n}", "Nur {n") != []
    assert faults("Save", " Speichern") != []
    assert faults(("{count} line", "{count} lines"), ("eine Zeile", "{count} Zeilen")) == []
    assert faults(("{count} row", "{count} rows"), ("eine Reihe", "Reihen")) != []


def test_pieces_go_out_and_come_back(messages: ModuleType, elsewhere: Path) -> None:
    messages.add("de")
    folder = elsewhere / "pieces"
    messages.split("de", 3, folder)
    pieces = sorted(folder.glob("de-*.po"))
    contents = [{message.id for message in messages.read(piece, "de") if message.id} for piece in pieces]
    everything = {message.id for message in messages.extracted() if message.id}
    assert len(pieces) == 3
    assert set().union(*contents) == everything
    assert sum(map(len, contents)) == len(everything)

    first = messages.read(pieces[0], "de")
    for number, message in enumerate(one for one in first if one.id):
        text = message.id[-1] if isinstance(message.id, tuple) else message.id
        message.string = (text, text) if isinstance(message.id, tuple) else text
        if number == 0:
            message.string = "falsch {nowhere}"
    pieces[0].write_bytes(messages.text_of(first))
    assert messages.merge("de", pieces[:1]) == 1
    left = messages.missing(messages.read(messages.catalogue_path("de"), "de"))
    assert len(left) == len(everything) - len(contents[0]) + 1
    messages.update()  # what is translated stays
    assert messages.missing(messages.read(messages.catalogue_path("de"), "de")) == left
    assert messages.check() == 0


def test_arabic_counts_in_six_forms(messages: ModuleType, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = messages._empty("ar")
    path = messages.catalogue_path("ar")
    path.parent.mkdir(parents=True)
    path.write_bytes(messages.text_of(catalogue))
    catalogue = messages.read(path, "ar")
    catalogue.add(("{n} piece", "{n} pieces"), ("zero", "one", "two", "few", "many", "other"))
    messages._store("ar", catalogue)
    monkeypatch.setattr(i18n, "resource_path", lambda *parts: elsewhere)
    i18n.use_language("ar")
    said = [i18n.ngettext("{n} piece", "{n} pieces", count) for count in (0, 1, 2, 5, 11, 99, 100, 102, 103)]
    assert said == ["zero", "one", "two", "few", "many", "many", "other", "other", "few"]
    assert isinstance(i18n._catalogue, gettext.GNUTranslations)


def test_languages_and_their_direction() -> None:
    assert dict(i18n.languages()) == {"ar": "العربية", "de": "Deutsch", "en": "English"}
    assert i18n.from_the_right("ar")
    assert i18n.from_the_right("ar_EG")
    assert not i18n.from_the_right("de")
    i18n.use_language("de_AT")
    assert isinstance(i18n._catalogue, gettext.GNUTranslations)
    assert not i18n.from_the_right()
