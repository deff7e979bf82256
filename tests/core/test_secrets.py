"""Secrets of this machine: in a keyring that works, else in a file that says so (S05)."""

from __future__ import annotations

import os
import stat
import sys

import keyring
import pytest
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import KeyringLocked

from shopdesk.core.secrets import FileStore, KeyringStore, NoSafePlace, keeps, secret_store
from tests.support.keyrings import MemoryKeyring


class Locked(MemoryKeyring):
    """A desktop's keyring that nobody unlocks."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked


class Forgetful(MemoryKeyring):
    """A backend that says yes and keeps something else."""

    def get_password(self, service: str, username: str) -> str | None:
        return "something else"


PlaintextKeyring = type("PlaintextKeyring", (MemoryKeyring,), {"__module__": "keyrings.alt.file"})


def test_a_keyring_that_works_is_used(memory_keyring):
    store = secret_store()
    assert isinstance(store, KeyringStore)
    store.put("till", "s1")
    store.put("till", "s2")
    assert memory_keyring.kept == {("shopdesk", "till"): "s2"}  # and nothing is left of the trial
    assert store.get("till") == "s2"
    store.forget("till")
    store.forget("till")
    assert store.get("till") is None
    assert "keyring" in store.description


@pytest.mark.parametrize("backend", [FailKeyring, NullKeyring, Locked, Forgetful, PlaintextKeyring])
def test_what_fails_keeps_nothing_or_keeps_it_in_the_clear_is_not_believed(backend, own_home):
    keyring.set_keyring(backend())
    assert not keeps(keyring.get_keyring())
    store = secret_store()
    assert store.kind == "file"
    assert str(own_home) in store.description
    assert "any program that you run can read it" in store.description
    with pytest.raises(NoSafePlace):
        secret_store(allow_file=False)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX rights")
def test_the_file_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "folder" / "secrets.json"
    store = FileStore(path)
    old = os.umask(0)
    try:
        store.put("a", "1")
        store.put("b", "2")
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (store.get("a"), store.get("b"), store.get("c")) == ("1", "2", None)
    store.forget("a")
    store.forget("missing")
    assert FileStore(path).get("a") is None
    assert FileStore(path).get("b") == "2"
    assert [found.name for found in path.parent.iterdir()] == ["secrets.json"]


def test_what_a_crash_left_is_replaced(tmp_path):
    path = tmp_path / "secrets.json"
    path.with_name("secrets.json.new").write_text("half")
    FileStore(path).put("a", "1")
    assert FileStore(path).get("a") == "1"
