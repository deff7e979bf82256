"""The one command: what it says when it cannot help, and what it installs."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest

from tests.test_architecture import ROOT


@pytest.fixture
def dev() -> ModuleType:
    spec = importlib.util.spec_from_file_location("installer_dev", ROOT / "installer" / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_unknown_word_prints_the_words(dev, capsys):
    assert dev.main(["sing"]) == 2
    assert dev.main([]) == 2
    assert dev.main(["help"]) == 0
    assert "test     every check" in capsys.readouterr().out


def test_an_old_python_is_refused_with_a_sentence(dev, monkeypatch):
    monkeypatch.setattr(dev, "OLDEST", (99, 0))
    with pytest.raises(dev.Stop, match=r"needs Python 3\.11 or newer"):
        dev.main(["run"])


def test_who_is_not_root_gets_the_one_line_to_paste(dev, monkeypatch):
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(dev.shutil, "which", lambda tool: "/usr/bin/" + tool)
    with pytest.raises(dev.Stop, match="sudo apt-get install -y --no-install-recommends libegl1 libgl1"):
        dev.install_packages(["libegl1", "libgl1"])


def test_a_system_without_apt_is_told_what_is_missing(dev, monkeypatch):
    monkeypatch.setattr(dev.shutil, "which", lambda tool: None)
    with pytest.raises(dev.Stop, match="Debian packages: libegl1"):
        dev.install_packages(["libegl1"])


def test_as_root_packages_are_installed_without_questions(dev, monkeypatch):
    calls = []
    monkeypatch.setattr(dev.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(dev.shutil, "which", lambda tool: "/usr/bin/" + tool)
    monkeypatch.setattr(dev, "call", lambda command, env: calls.append((command, env["DEBIAN_FRONTEND"])) or 0)
    dev.install_packages(["libegl1"])
    assert calls == [
        (["apt-get", "update", "-q"], "noninteractive"),
        (["apt-get", "-q", "install", "-y", "--no-install-recommends", "libegl1"], "noninteractive"),
    ]


def test_a_missing_library_is_noticed(dev):
    assert not dev.loads("libnothing-of-this-name.so.7")
    if sys.platform == "linux":
        assert dev.loads("libc.so.6")


def test_running_installs_less_than_testing(dev):
    run, everything = dev.locked(dev.SECTIONS["run"]), dev.locked(dev.SECTIONS["test"])
    assert "pyside6-essentials==" in run
    assert "hatchling==" in run
    assert "pytest==" not in run
    assert "pytest==" in everything
    assert everything.count("--hash=sha256:") == dev.LOCK.read_text().count("--hash=sha256:")


def test_a_changed_lock_file_is_installed_anew(dev, monkeypatch, tmp_path):
    before = dev.fingerprint()
    assert dev.fingerprint() == before
    other = tmp_path / "constraints.txt"
    other.write_text(dev.LOCK.read_text() + "# changed\n")
    monkeypatch.setattr(dev, "LOCK", other)
    assert dev.fingerprint() != before


def test_a_failed_check_fails_the_command_though_the_tests_pass(dev, monkeypatch, capsys):
    seen = []

    def call(command, env):
        seen.append(command[2])
        return 1 if command[2] == "mypy" else 0

    monkeypatch.setattr(dev, "prepare", lambda kind: None)
    monkeypatch.setattr(dev, "call", call)
    assert dev.test([]) == 1
    assert seen[-1] == "pytest"
    assert "FAILED before the tests: mypy --strict" in capsys.readouterr().err


def test_the_tests_own_status_is_handed_on(dev, monkeypatch):
    monkeypatch.setattr(dev, "prepare", lambda kind: None)
    monkeypatch.setattr(dev, "call", lambda command, env: 5 if command[2] == "pytest" else 0)
    assert dev.test([]) == 5


def test_without_a_display_the_window_is_painted_off_screen(dev, monkeypatch, capsys):
    environments = []
    monkeypatch.setattr(dev, "prepare", lambda kind: None)
    monkeypatch.setattr(dev, "has_display", lambda: False)
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setattr(dev, "call", lambda command, env: environments.append((command[1:], env)) or 0)
    assert dev.run(["--fresh"]) == 0
    [(words, env)] = environments
    assert words == ["-m", "shopdesk", "demo", "--fresh"]
    assert env["QT_QPA_PLATFORM"] == "offscreen"
    assert "No display" in capsys.readouterr().out
