"""``user``, ``apikey`` and ``till`` on the command line, through the program's own entry."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shopdesk.__main__ import main
from shopdesk.app import open_shop
from shopdesk.core.secrets import secret_store
from shopdesk.system import passwords
from shopdesk.system.enrolment import this_till
from shopdesk.system.models import SignInMiss
from shopdesk.system.sessions import live_sessions
from shopdesk.system.sign_in import SignIn, sign_in

ANN = "seven wet umbrellas"
MAX = "nine dry umbrellas"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def cheap_hashes():
    """Hashing in a tenth of a millisecond."""
    passwords.use_profile(passwords.Profile(8, 1, 1))
    yield
    passwords.use_profile(passwords.TARGET)


@pytest.fixture
def address(sqlite_url) -> str:
    """Where the shop is; one test asks for each kind of database, for these words know no difference."""
    return sqlite_url


@pytest.fixture
def run(address, tmp_path, monkeypatch, capsys) -> Run:
    """Run a command on a new shop with Ann the clerk and Max the manager; status, output, errors."""
    return _shop_at(address, tmp_path, monkeypatch, capsys)


@pytest.fixture
def run_anywhere(database_url, tmp_path, monkeypatch, capsys) -> Run:
    """The same, once on each kind of database."""
    return _shop_at(database_url, tmp_path, monkeypatch, capsys)


def _shop_at(address, tmp_path, monkeypatch, capsys) -> Run:
    spec = tmp_path / "spec.json"
    people = [
        {"username": "olga", "role": "owner", "password": "six loud umbrellas"},
        {"username": "max", "role": "manager", "password": MAX, "pin": "482913"},
        {"username": "ann", "role": "clerk", "password": ANN},
    ]
    spec.write_text(json.dumps({"users": people}))

    def call(*words: str, typed: str = "", user: str | None = None, secret: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["shopdesk", "--db", address, *words, *(("--user", user) if user else ())])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        if secret:
            monkeypatch.setenv("SHOPDESK_SECRET", secret)
        else:
            monkeypatch.delenv("SHOPDESK_SECRET", raising=False)
        status = main()
        out, err = capsys.readouterr()
        return status, out, err

    assert call("init", "--spec", str(spec))[0] == 0
    return call


def as_owner(run: Run, *words: str, typed: str = "") -> tuple[int, str, str]:
    """A command by the owner, on any database."""
    return run(*words, typed=typed, user="olga", secret="six loud umbrellas")


def lines(out: str) -> list[dict[str, object]]:
    """The JSON lines of an output."""
    return [json.loads(line) for line in out.splitlines()]


def test_people_are_added_listed_re_roled_and_disabled(run_anywhere):
    run = run_anywhere
    status, out, _ = as_owner(run, "user", "add", "eva", "clerk", "--first-name", "Eva", "--json")
    assert status == 0
    (added,) = lines(out)
    assert run("user", "list", user="eva", secret=added["password"])[0] == 1  # signed in, not permitted
    assert as_owner(run, "user", "role", "eva", "manager")[0] == 0
    status, out, _ = run("user", "list", "--json", user="eva", secret=added["password"])
    assert status == 0
    assert [(row["username"], row["role"], row["pin"]) for row in lines(out)] == [
        ("ann", "clerk", False),
        ("eva", "manager", False),
        ("max", "manager", True),
        ("olga", "owner", False),
    ]
    assert as_owner(run, "user", "disable", "eva")[0] == 0
    status, out, err = run("user", "list", user="eva", secret=added["password"])
    assert (status, out) == (1, "")
    assert err == "shopdesk: The name or the secret is wrong.\n"
    assert as_owner(run, "user", "enable", "eva")[0] == 0
    assert run("user", "list", user="eva", secret=added["password"])[0] == 0


def test_a_table_for_people_has_no_control_characters(run):
    as_owner(run, "user", "add", "eva", "clerk", "--last-name", "Ber\u202eg")
    out = as_owner(run, "user", "list")[1]
    assert out.splitlines()[0].split() == ["username", "name", "role", "active", "pin"]
    assert "Ber\\u202eg" in out


def test_secrets_come_from_standard_input_never_from_the_command_line(run):
    status, _, err = as_owner(run, "user", "add", "eva", "clerk", "--password", "--pin", typed="short-1\n805316\n")
    assert (status, err.startswith("shopdesk: Choose another password: ")) == (1, True)
    status, out, _ = as_owner(run, "user", "add", "eva", "clerk", "--password", "--pin", typed="owls-at-9\n805316\n")
    assert (status, out) == (0, "eva can sign in.\n")
    assert as_owner(run, "user", "add", "kim", "clerk", "--password", typed="")[0] == 2
    status, _, err = as_owner(run, "user", "pin", "ann", typed="805316\n")
    assert (status, "Choose another PIN" in err) == (1, True)
    assert as_owner(run, "user", "pin", "ann", typed="739154\n")[0] == 0


def test_one_changes_ones_own_password_and_resets_anothers(run):
    typed = f"{ANN}\nthe third umbrella\n"
    assert run("user", "password", "ann", typed=typed, user="ann", secret=ANN)[0] == 0
    assert run("user", "password", "ann", typed=typed, user="ann", secret=ANN)[0] == 1
    assert run("user", "password", "max", user="ann", secret="the third umbrella")[0] == 1
    (fresh,) = lines(as_owner(run, "user", "password", "ann", "--json")[1])
    status, out, _ = run("ask", "sales", user="ann", secret=fresh["password"])
    assert (status, out) == (0, "")


def test_wrong_secrets_block_and_a_manager_unblocks(run, address):
    for _ in range(3):
        assert run("ask", "sales", user="ann", secret="wrong")[0] == 1
    shop = open_shop(address)
    with shop.database.writing() as connection, connection.begin():  # two seconds are over too soon on a busy machine
        account, now = SignInMiss.scope == "account", shop.clock.now()
        until = connection.execute(sa.select(SignInMiss.blocked_until).where(account)).scalar_one()
        assert until > now - timedelta(minutes=1)
        connection.execute(sa.update(SignInMiss).where(account).values(blocked_until=now + timedelta(minutes=5)))
    shop.close()
    status, _, err = run("ask", "sales", user="ann", secret=ANN)
    assert (status, "Too many tries" in err) == (1, True)
    (told,) = lines(run("user", "unlock", "ann", "--json", user="max", secret=MAX)[1])
    assert told == {"username": "ann", "unlocked": True}
    assert run("ask", "sales", user="ann", secret=ANN)[0] == 0


def test_sessions_are_seen_and_ended(run, address):
    shop = open_shop(address)
    sign_in(shop, SignIn("ann", ANN, host="front desk"))
    (seen,) = lines(as_owner(run, "user", "sessions", "--json")[1])
    assert (seen["username"], seen["host"], seen["locked"]) == ("ann", "front desk", False)
    assert as_owner(run, "user", "end", seen["session"])[0] == 0
    assert shop.ask(live_sessions) == ()
    assert as_owner(run, "user", "end", "made-up")[0] == 1
    shop.close()


def test_an_api_key_acts_with_its_scopes_until_it_is_revoked(run, monkeypatch):
    status, out, _ = as_owner(run, "apikey", "issue", "web shop", "sales.view", "--owner", "ann", "--days", "30")
    assert status == 0
    monkeypatch.setenv("SHOPDESK_API_KEY", out.strip())
    assert run("ask", "sales")[0] == 0
    assert run("ask", "stock")[0] == 1
    assert run("till", "add", "T9")[0] == 1
    monkeypatch.delenv("SHOPDESK_API_KEY")
    (key,) = lines(as_owner(run, "apikey", "list", "--json")[1])
    assert (key["user"], key["scopes"], key["revoked"]) == ("ann", "sales.view", False)
    assert as_owner(run, "apikey", "revoke", str(key["id"]))[0] == 0
    assert as_owner(run, "apikey", "revoke", str(key["id"]))[0] == 1
    monkeypatch.setenv("SHOPDESK_API_KEY", out.strip())
    status, _, err = run("ask", "sales")
    assert (status, err) == (1, "shopdesk: This API key is not valid.\n")


def test_tills_are_added_enrolled_given_a_printer_and_retired(run, address, tmp_path):
    assert as_owner(run, "till", "add", "T2", "--name", "Back")[0] == 0
    assert as_owner(run, "till", "add", "t2")[0] == 1
    assert as_owner(run, "till", "printer", "T2", "folder", str(tmp_path), "--pdf")[0] == 0
    assert as_owner(run, "till", "printer", "T2", "pigeon", "x")[0] == 1
    status, out, _ = as_owner(run, "till", "enrol", "T2", "--json")
    assert (status, lines(out)) == (0, [{"till": "T2", "secrets": "keyring"}])
    shop = open_shop(address)
    known = this_till(shop, secret_store())
    assert known is not None
    assert known.code == "T2"
    assert as_owner(run, "till", "leave")[0] == 0
    assert this_till(shop, secret_store()) is None
    shop.close()
    assert as_owner(run, "till", "disable", "T2")[0] == 0
    assert as_owner(run, "till", "enrol", "T2")[0] == 1
    rows = lines(as_owner(run, "till", "list", "--json")[1])
    assert [(row["till"], row["active"]) for row in rows] == [("T1", True), ("T2", False)]
    assert str(tmp_path) in rows[1]["printer"]
    assert as_owner(run, "till", "enable", "T2")[0] == 0
    assert as_owner(run, "till", "disable", "T9")[0] == 1


def test_who_is_not_permitted_is_told_before_anything_is_asked(run):
    status, out, err = run("user", "add", "eva", "clerk", "--password", user="ann", secret=ANN)
    assert (status, out) == (1, "")
    assert "does not allow" in err
    assert run("user", "nonsense")[0] == 2
    assert run("user", "add", "eva")[0] == 2


def test_without_a_name_only_a_local_file_is_opened(run_anywhere, database_url):
    status, _, err = run_anywhere("user", "list")
    if database_url.startswith("sqlite"):
        assert status == 0
    else:
        assert (status, "Say who you are" in err) == (1, True)
