"""What every test gets: a home of its own, no keyring of the desktop, and databases to throw away."""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # for started programs: nobody unlocks a keyring

from tests.support.scratch import memory_folder

if memory_folder() is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory_folder()))  # before the first tmp_path, in every worker

import keyring
import pytest
from hypothesis import settings
from sqlalchemy.engine import make_url

from shopdesk.app import open_shop
from shopdesk.core import i18n
from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.db.database import Database
from shopdesk.db.shop import Shop
from shopdesk.db.upkeep import create_schema
from shopdesk.system.passwords import Profile, use_profile
from tests.support.keyrings import MemoryKeyring
from tests.support.postgres import Postgres, find_postgres
from tests.support.small_shop import OPENING, actor_of, found

settings.register_profile("shopdesk", deadline=None, max_examples=60, print_blob=True)
settings.load_profile("shopdesk")

AllowLog = Callable[[str], None]
DIALECTS = ("sqlite", "postgresql")
CHEAPEST = Profile(memory_kib=8, passes=1, lanes=1)
"""0.1 ms a hash instead of 120; in tests only, there is no switch for it outside."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs PostgreSQL, so that ``-m "not pg"`` leaves it out while one works; and what measures time.

    Milliseconds mean nothing beside a second worker: ``test_speed.py`` runs with the slow tests, one after the other.
    """
    for item in items:
        if item.path.name == "test_speed.py":
            item.add_marker("slow")
        names = set(getattr(item, "fixturenames", ()))
        which = getattr(getattr(item, "callspec", None), "params", {})
        if {"postgres", "postgres_url"} & names or "postgresql" in which.values():
            item.add_marker("pg")


# ------------------------------------------------------------------ the surroundings


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user's folders of the test's own, no settings from outside, English, quick hashes."""
    use_profile(CHEAPEST)
    for name in [name for name in os.environ if name.startswith("SHOPDESK_") and name != "SHOPDESK_TEST_POSTGRES"]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    monkeypatch.setenv("SHOPDESK_HOME", str(home))
    yield home
    i18n.use_language("en")


@pytest.fixture(autouse=True)
def memory_keyring() -> MemoryKeyring:
    """The keyring of the test: empty, in memory."""
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    return backend


class _Records(logging.Handler):
    """Keeps the records from WARNING upwards that the test did not announce."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.allowed: list[str] = []
        self.unexpected: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.name}: {record.getMessage()}"
        if not any(re.search(pattern, text) for pattern in self.allowed):
            self.unexpected.append(f"{record.levelname} {text}")


@pytest.fixture(autouse=True)
def _log_records() -> Iterator[_Records]:
    records = _Records()
    logging.getLogger().addHandler(records)
    yield records
    logging.getLogger().removeHandler(records)
    if records.unexpected:
        pytest.fail("unexpected log records (announce them with allow_log):\n" + "\n".join(records.unexpected))


@pytest.fixture
def allow_log(_log_records: _Records) -> AllowLog:
    """Announce a log record from WARNING upwards: a pattern searched in ``logger: message``."""
    return _log_records.allowed.append


# ------------------------------------------------------------------ databases


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of this test process; without one the tests fail, they are not skipped."""
    server = find_postgres()
    yield server
    server.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a shop file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    url = postgres.create()
    yield url.render_as_string(hide_password=False)
    postgres.drop(url)


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, once on each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


# ------------------------------------------------------------------ a shop


@pytest.fixture
def clock() -> ManualClock:
    """The shop's clock: it stands at ten in the morning in Berlin until the test moves it."""
    return ManualClock(OPENING + timedelta(hours=1))


class _Templates:
    """A schema and a small shop made once for a process, and copied for each test."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self._folder = folder
        self._request = request
        self._made: dict[tuple[str, str], str] = {}

    def address(self, dialect: str, content: str) -> str:
        """The template's address; ``content`` is ``schema`` or ``shop``."""
        if (dialect, content) not in self._made:
            empty = self._empty(dialect, content)
            if content == "shop":
                found(empty, ManualClock(OPENING))
            else:
                database = Database(empty)
                create_schema(database)
                database.close()
            self._made[dialect, content] = empty
        return self._made[dialect, content]

    def _empty(self, dialect: str, content: str) -> str:
        if dialect == "sqlite":
            return f"sqlite:///{self._folder / f'{content}.db'}"
        server: Postgres = self._request.getfixturevalue("postgres")
        return server.create().render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def _templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> _Templates:
    return _Templates(tmp_path_factory.mktemp("templates"), request)


def _copied(request: pytest.FixtureRequest, dialect: str, content: str) -> str:
    template = make_url(request.getfixturevalue("_templates").address(dialect, content))
    if dialect == "sqlite":
        copy: str = request.getfixturevalue("sqlite_url")
        shutil.copyfile(str(template.database), str(make_url(copy).database))
        return copy
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create(template.database)
    request.addfinalizer(lambda: server.drop(url))
    return url.render_as_string(hide_password=False)


@pytest.fixture(params=DIALECTS)
def schema_url(request: pytest.FixtureRequest) -> str:
    """The address of a database with the newest schema and no row in it, once on each kind."""
    return _copied(request, request.param, "schema")


@pytest.fixture(params=DIALECTS)
def shop_url(request: pytest.FixtureRequest) -> str:
    """The address of the corner shop of tests/support/small_shop.py, once on each kind."""
    return _copied(request, request.param, "shop")


@pytest.fixture
def sqlite_shop_url(request: pytest.FixtureRequest) -> str:
    """The corner shop on SQLite only, for what does not depend on the database."""
    return _copied(request, "sqlite", "shop")


@pytest.fixture
def shop(shop_url: str, clock: ManualClock) -> Iterator[Shop]:
    """The corner shop, open, on each kind of database, at the test's clock."""
    opened = open_shop(shop_url, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_shop(sqlite_shop_url: str, clock: ManualClock) -> Iterator[Shop]:
    """The corner shop, open, on SQLite only."""
    opened = open_shop(sqlite_shop_url, clock=clock)
    yield opened
    opened.close()


def _open_one(request: pytest.FixtureRequest) -> Shop:
    name = "sqlite_shop" if "sqlite_shop" in request.fixturenames else "shop"
    opened: Shop = request.getfixturevalue(name)
    return opened


@pytest.fixture
def actor(request: pytest.FixtureRequest) -> Actor:
    """The owner, at till T1."""
    return actor_of(_open_one(request), "olga")


@pytest.fixture
def clerk(request: pytest.FixtureRequest) -> Actor:
    """A clerk with a discount cap of 10 %, at till T1."""
    return actor_of(_open_one(request), "ann")


@pytest.fixture
def manager(request: pytest.FixtureRequest) -> Actor:
    """The manager, at till T1."""
    return actor_of(_open_one(request), "max")
