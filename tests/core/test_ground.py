"""Time, identifiers, words, errors, folders, actors: the small things under everything."""

from __future__ import annotations

import stat
import sys
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopdesk.core import errors, i18n, paths
from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock, SystemClock, from_micros, iso_utc, shop_time, to_micros
from shopdesk.core.errors import BadAmount, BadField, NotPermitted, ShopError
from shopdesk.core.ids import canonical_uuid, uuid7
from shopdesk.core.permissions import Permission

MOMENT = datetime(2026, 11, 20, 9, 30, 15, 123456, tzinfo=UTC)


@given(st.timedeltas(timedelta(days=-40_000), timedelta(days=80_000)))
def test_a_moment_survives_as_microseconds(since):
    moment = MOMENT + since
    assert from_micros(to_micros(moment)) == moment


def test_moments_are_written_in_utc_and_shown_on_the_shops_wall():
    assert iso_utc(MOMENT.astimezone(timezone(timedelta(hours=5)))) == "2026-11-20T09:30:15.123456Z"
    assert shop_time(MOMENT, "Europe/Berlin").strftime("%H:%M") == "10:30"
    assert shop_time(MOMENT.replace(month=7), "Europe/Berlin").strftime("%H:%M") == "11:30"


def test_a_manual_clock_moves_when_told_and_its_count_never_goes_back():
    clock = ManualClock(MOMENT)
    clock.advance(minutes=2)
    assert (clock.now(), clock.monotonic()) == (MOMENT + timedelta(minutes=2), 120.0)
    clock.set(MOMENT - timedelta(days=1))
    assert (clock.now(), clock.monotonic()) == (MOMENT - timedelta(days=1), 120.0)


def test_the_machines_clock_is_aware_and_counts_on():
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()


def test_uuids_rise_and_are_of_version_7():
    made = [uuid7() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {UUID(text).version for text in made} == {7}
    assert canonical_uuid(made[0].upper()) == made[0]
    with pytest.raises(ValueError, match="badly formed"):
        canonical_uuid("not one")


def test_every_error_is_a_sentence_with_a_code_of_its_own_words():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ShopError)]
    assert len(kinds) > 8
    for kind in kinds:
        assert kind.code == kind.code.lower()
        assert " " not in kind.code
        assert kind.sentence.endswith((".", "{problem}"))
    error = BadField("name", "must not be empty.")
    assert (str(error), error.field, error.code) == ("name: must not be empty.", "name", "bad_field")
    assert BadAmount("qty").field == "qty"


def test_words_fall_back_to_english():
    i18n.use_language("xx")
    assert i18n.language() == "xx"
    assert i18n._("Owner") == "Owner"
    assert i18n._("") == ""
    assert i18n.ngettext("{n} line", "{n} lines", 2) == "{n} lines"


def test_folders_are_the_users_own_and_private(own_home):
    for folder in (paths.data_folder(), paths.config_folder(), paths.log_folder()):
        assert folder.is_dir()
        assert own_home in folder.parents
        if sys.platform != "win32":
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert paths.resource_path("seed").is_dir()
    assert paths.migrations_path().is_dir()


def test_an_actor_may_what_role_and_scopes_both_hold():
    clerk = Actor(1, "ann", "clerk", frozenset({"sell", "void"}))
    keyed = Actor(1, "ann", "clerk", frozenset({"sell", "void"}), scopes=frozenset({"sell", "restore"}))
    assert clerk.may(Permission.VOID)
    assert not keyed.may(Permission.VOID)
    assert not keyed.may(Permission.RESTORE)
    assert keyed.effective == {"sell"}
    with pytest.raises(NotPermitted) as refused:
        keyed.require(Permission.VOID)
    assert refused.value.values["permission"] == "void"
