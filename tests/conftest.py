"""What every test gets: a home of its own, no keyring of the desktop, and databases to throw away."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # for started programs: nobody unlocks a keyring

import keyring
import pytest
from hypothesis import settings

from shopdesk.core import i18n
from tests.support.keyrings import MemoryKeyring
from tests.support.postgres import Postgres, find_postgres

settings.register_profile("shopdesk", deadline=None, max_examples=60, print_blob=True)
settings.load_profile("shopdesk")

AllowLog = Callable[[str], None]
DIALECTS = ("sqlite", "postgresql")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs PostgreSQL, so that ``-m "not pg"`` leaves it out while one works."""
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        which = getattr(getattr(item, "callspec", None), "params", {})
        if "postgres_url" in names or "postgresql" in which.values():
            item.add_marker("pg")


# ------------------------------------------------------------------ the surroundings


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user's folders of the test's own, no settings from outside, English."""
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
