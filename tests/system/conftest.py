"""The corner shop with secrets: everybody has a password, the clerks and the manager a PIN, and T1 is enrolled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.secrets import FileStore, SecretStore
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.system import passwords
from shopdesk.system.enrolment import ThisTill, enrol_this_till
from shopdesk.system.models import AuditEntry, User
from shopdesk.system.proof import PASSWORD, PIN
from shopdesk.system.sign_in import SignedIn, SignIn, sign_in
from shopdesk.system.users import put_secret, user_id_of
from tests.support.small_shop import actor_of

CHEAPEST = passwords.Profile(8, 1, 1)
SECRETS = {name: f"{name} likes rainy evenings" for name in ("olga", "max", "bo", "ann", "ben")}
PINS = {"olga": "604173", "max": "482913", "ann": "739154", "ben": "205871"}


@pytest.fixture(autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Hashing in a tenth of a millisecond."""
    passwords.use_profile(CHEAPEST)
    yield
    passwords.use_profile(passwords.TARGET)


@dataclass
class Counter:
    """The shop with its people, and what happened in it, told in few words."""

    shop: Shop
    clock: ManualClock
    secrets: SecretStore
    till: ThisTill

    def sign_in(self, name: str, secret: str | None = None, **rest: object) -> SignedIn:
        """Sign in by password at T1, right unless another secret is given."""
        command = SignIn(name, SECRETS.get(name, "") if secret is None else secret, till_id=self.till.till_id, **rest)  # type: ignore[arg-type]
        return sign_in(self.shop, command)

    def pin(self, name: str, pin: str | None = None, **rest: object) -> SignedIn:
        """Sign in by PIN at T1 with the till's own device."""
        given = {"till_id": self.till.till_id, "device": self.till.device, **rest}
        return sign_in(self.shop, SignIn(name, PINS[name] if pin is None else pin, by=PIN, **given))  # type: ignore[arg-type]

    def actor(self, name: str, till: str | None = "T1") -> Actor:
        """A person with the rights of this moment and no session."""
        return actor_of(self.shop, name, till)

    def id_of(self, name: str) -> int:
        """A user's id."""
        return self.shop.ask(user_id_of, name)

    def audit(self) -> list[tuple[str, str | None, str | None]]:
        """What the audit log says, oldest first: action, who, target."""
        with self.shop.database.reading() as connection:
            rows = connection.execute(
                sa.select(AuditEntry.action, User.username, AuditEntry.target_id)
                .outerjoin(User, User.id == AuditEntry.actor_id)
                .order_by(AuditEntry.id)
            )
            return [(row[0], row[1], row[2]) for row in rows]

    def actions(self) -> list[str]:
        """The actions of the audit log, oldest first."""
        return [action for action, _who, _target in self.audit()]

    def rows(self, statement: sa.Select[tuple[object, ...]]) -> list[tuple[object, ...]]:
        """What a statement finds."""
        with self.shop.database.reading() as connection:
            return [tuple(row) for row in connection.execute(statement)]


def give_secrets(shop: Shop) -> None:
    """A password for everybody, a PIN for some."""
    with shop.database.writing() as connection, connection.begin():
        uow = UnitOfWork(connection, shop.clock, Actor(0, "local", "owner"), {})
        for name, secret in SECRETS.items():
            put_secret(uow, user_id_of(uow, name), PASSWORD, passwords.hash_secret(secret))
        for name, pin in PINS.items():
            put_secret(uow, user_id_of(uow, name), PIN, passwords.hash_secret(pin))


def _counter(shop: Shop, clock: ManualClock, secrets: SecretStore) -> Counter:
    give_secrets(shop)
    owner = actor_of(shop, "olga")
    assert owner.till_id is not None
    return Counter(shop, clock, secrets, enrol_this_till(shop, secrets, owner.till_id, owner))


@pytest.fixture
def secrets(tmp_path) -> SecretStore:
    """This machine's secret store: a file of the test."""
    return FileStore(tmp_path / "machine" / "secrets.json")


@pytest.fixture
def counter(shop: Shop, clock: ManualClock, secrets: SecretStore) -> Counter:
    """The corner shop with secrets, once on each database."""
    return _counter(shop, clock, secrets)


@pytest.fixture
def one_counter(sqlite_shop: Shop, clock: ManualClock, secrets: SecretStore) -> Counter:
    """The corner shop with secrets on SQLite only, for what does not depend on the database."""
    return _counter(sqlite_shop, clock, secrets)
