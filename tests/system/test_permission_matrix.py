"""S01: every use case, called with every role, does exactly what the table of roles says; later use cases are found too."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from functools import cache

import msgspec
import pytest

import shopdesk
from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import NotPermitted
from shopdesk.core.permissions import PERMISSION_NAMES, ROLE_DEFAULTS, ROLE_DISCOUNT_CAP_PPM, Permission
from shopdesk.db.unit import UnitOfWork
from tests.support.small_shop import OPENING

UseCase = Callable[[UnitOfWork, object], object]

# What needs no permission, and why. Nothing else may be without one.
PROOF = "lets in, or steps of, whoever proves who they are: there is no permission before that"
TOKEN = "whoever holds the session's, the machine's or the refresh token may"
OWN = "one's own secret or session"
OWN_NEWS = "one's own news"
OWN_VIEWS = "how one looks at a list; the list's query asks for its own permission"
INSIDE = "a part of a use case that asked already; takes what that one made"
MAKING = "the making of a shop, before there is anybody in it"
SEEDING = "made-up history; the word `seed` asks for settings.edit before it begins"
MACHINE = "the program's own work, for nobody in particular"
OPEN = {
    "shopdesk.system.proof.claim_attempt": PROOF,
    "shopdesk.system.proof.record_miss": PROOF,
    "shopdesk.system.proof.settle": PROOF,
    "shopdesk.system.proof.take_back": PROOF,
    "shopdesk.system.misses.announce": PROOF,
    "shopdesk.system.misses.count_miss": PROOF,
    "shopdesk.system.misses.count_hit": PROOF,
    "shopdesk.system.misses.take_back": PROOF,
    "shopdesk.system.misses.forgive": PROOF,
    "shopdesk.system.sign_in.settle_proof": PROOF,
    "shopdesk.system.sessions.open_session": PROOF,
    "shopdesk.system.sessions.reopen_session": PROOF,
    "shopdesk.system.sessions.note_lock": TOKEN,
    "shopdesk.system.sessions.note_activity": TOKEN,
    "shopdesk.system.sessions.close_session": TOKEN,
    "shopdesk.system.refresh.redeem_refresh": TOKEN,
    "shopdesk.system.refresh.forget_refresh": TOKEN,
    "shopdesk.system.refresh.note_kept": OWN,
    "shopdesk.system.credentials.put_own_password": OWN,
    "shopdesk.system.credentials.put_own_pin": OWN,
    "shopdesk.system.api_keys.note_key_use": TOKEN,
    "shopdesk.system.saved_views.keep_layout": OWN_VIEWS,
    "shopdesk.system.saved_views.save_view": OWN_VIEWS,
    "shopdesk.system.saved_views.delete_view": OWN_VIEWS,
    "shopdesk.system.audit.record_denied": INSIDE,
    "shopdesk.system.languages.set_own_language": OWN,
    "shopdesk.system.users.insert_user": MAKING,
    "shopdesk.books.founding.fill_shop": MAKING,
    "shopdesk.books.seed_trade.sell_many": SEEDING,
    "shopdesk.system.print_queue.take_print_job": MACHINE,
    "shopdesk.system.print_queue.end_print_job": MACHINE,
    "shopdesk.feeds.people_forgotten.forget_people": INSIDE,
    "shopdesk.marketing.notifications_handlers.tell_low_stock": INSIDE,
    "shopdesk.marketing.notifications_handlers.tell_job_failed": INSIDE,
    "shopdesk.marketing.notifications_handlers.tell_job_done": INSIDE,
    "shopdesk.system.jobs.take_job": MACHINE,
    "shopdesk.system.jobs_routines.ask_for_routines": MACHINE,
    "shopdesk.marketing.notifications.mark_read": OWN_NEWS,
    "shopdesk.marketing.notifications.mark_all_read": OWN_NEWS,
    "shopdesk.system.jobs.hold_job": MACHINE,
    "shopdesk.system.jobs.end_job": MACHINE,
}


class Reached(Exception):
    """The use case went past its permission."""


class Named(Exception):
    """The use case asked for a permission; raised by a unit of work that only wants to know which."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission


class NoWork(UnitOfWork):
    """A unit of work with an actor and nothing else: whatever is done with it after the permission shows."""

    def __init__(self, actor: Actor, *, only_name: bool = False) -> None:
        self.actor = actor
        self.clock = ManualClock(OPENING)
        self._only_name = only_name

    def require(self, permission: Permission) -> None:
        if self._only_name:
            raise Named(permission)
        super().require(permission)

    def __getattr__(self, name: str) -> object:
        raise Reached

    def batch(self) -> typing.NoReturn:
        raise Reached

    session = property(lambda self: self._reached())
    dialect = property(lambda self: self._reached())

    def _reached(self) -> typing.NoReturn:
        raise Reached


class NoCommand:
    """A command whose fields nobody may look at before the permission was checked, except that nobody approved it."""

    def __getattribute__(self, name: str) -> object:
        if name == "approvals":
            return ()
        raise Reached


def modules() -> Iterator[str]:
    """Every module of the program in which a use case may live."""
    for found in pkgutil.walk_packages(shopdesk.__path__, "shopdesk."):
        area = found.name.split(".")[1]
        if area not in {"ui", "cli", "app", "core", "db", "printing", "__main__"}:
            yield found.name


@cache
def use_cases() -> dict[str, UseCase]:
    """Every public module-level function of a unit of work and one command (a frozen dataclass or struct), by full name."""
    found: dict[str, UseCase] = {}
    for name in modules():
        module = importlib.import_module(name)
        for label, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != name or label.startswith("_"):
                continue
            if is_use_case(function):
                found[f"{name}.{label}"] = function
    return found


def is_use_case(function: Callable[..., object]) -> bool:
    """Whether a function takes a unit of work and then exactly one command."""
    parameters = list(inspect.signature(function).parameters.values())
    if len(parameters) != 2 or parameters[1].kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
        return False
    hints = typing.get_type_hints(function)
    work, command = hints.get(parameters[0].name), hints.get(parameters[1].name)
    if work is not UnitOfWork or not isinstance(command, type):
        return False
    return dataclasses.is_dataclass(command) or issubclass(command, msgspec.Struct)


def named_permission(function: UseCase) -> Permission | None:
    """The permission that a use case asks for before it looks at anything; None for one that does not ask."""
    try:
        function(NoWork(person("owner"), only_name=True), NoCommand())
    except Named as asked:
        return asked.permission
    except Exception:
        return None
    return None


def person(role: str) -> Actor:
    """Somebody with the rights of a role in a new shop."""
    return Actor(7, role, role, frozenset(map(str, ROLE_DEFAULTS[role])), ROLE_DISCOUNT_CAP_PPM[role], till_id=1)


def outcome(function: UseCase, actor: Actor) -> str:
    """``denied``, or ``reached`` when the use case went on (and broke, for it had nothing to work with)."""
    try:
        function(NoWork(actor), NoCommand())
    except NotPermitted:
        return "denied"
    except Exception:
        return "reached"
    return "done without looking at its command"


def test_use_cases_are_found():
    names = set(use_cases())
    assert len(names) > 25
    assert {"shopdesk.system.users.set_user_role", "shopdesk.system.settings.change_settings"} <= names


@pytest.mark.parametrize("role", sorted(ROLE_DEFAULTS))
def test_every_use_case_does_for_a_role_what_the_table_says(role):
    wrong = {}
    for name, function in use_cases().items():
        permission = named_permission(function)
        if permission is None:
            continue
        expected = "reached" if permission in ROLE_DEFAULTS[role] else "denied"
        if (got := outcome(function, person(role))) != expected:
            wrong[name] = f"{permission.value}: {got}, not {expected}"
    assert wrong == {}


def test_only_what_is_named_here_needs_no_permission():
    without = {name for name, function in use_cases().items() if named_permission(function) is None}
    assert without - set(OPEN) == set()


def test_what_is_named_here_is_still_there():
    assert {name for name in OPEN if name not in use_cases()} == set()


def test_whoever_may_nothing_gets_nowhere():
    """Somebody without any right learns nothing of a command, not even whether its subject exists."""
    nobody = Actor(7, "nobody", "nobody", frozenset(), 0, till_id=1)
    further = {name for name, function in use_cases().items() if outcome(function, nobody) != "denied"}
    assert further == set(OPEN)


def test_an_api_key_narrows_every_use_case():
    scoped = Actor(7, "olga", "owner", frozenset(map(str, Permission)), None, scopes=frozenset({"sales.view"}))
    for name, function in use_cases().items():
        permission = named_permission(function)
        if permission is not None and permission is not Permission.SALES_VIEW:
            assert outcome(function, scoped) == "denied", name


def test_every_permission_has_a_name_and_the_owner_has_them_all():
    assert set(PERMISSION_NAMES) == set(Permission)
    assert ROLE_DEFAULTS["owner"] == set(Permission)


# The table that a shop starts with, written out: a change of it is a decision, not an accident.
CLERK = """cart.hold cash.in catalogue.view customer.edit customer.view discount sales.view sell shift.close shift.open
shift.report stock.count stock.view training"""
BACK_OFFICE = """catalogue.edit catalogue.view customer.edit customer.list customer.view export report.view reprint sales.view
stock.adjust stock.transfer stock.view import job.view stock.count stock.reserve cost.view supplier.view supplier.edit
purchase receive supplier.return customer.merge order.edit order.ship"""
NOT_FOR_MANAGERS = "api_key restore role.edit"


def test_the_table_of_roles_is_the_agreed_one():
    held = {role: {str(code) for code in codes} for role, codes in ROLE_DEFAULTS.items()}
    assert held["clerk"] == set(CLERK.split())
    assert held["back_office"] == set(BACK_OFFICE.split())
    assert held["seller"] == {"catalogue.view"}
    assert held["owner"] - held["manager"] == set(NOT_FOR_MANAGERS.split())
    assert ROLE_DISCOUNT_CAP_PPM == {
        "owner": None,
        "manager": None,
        "back_office": 100_000,
        "clerk": 100_000,
        "seller": 100_000,
    }


def test_s15_separates_what_a_thief_would_join():
    apart = {"void", "price.override", "discount.over_cap", "drawer.no_sale", "reprint", "cash.out", "shift.close", "export",
             "restore", "role.edit"}  # fmt: skip
    assert apart <= {str(code) for code in Permission}


class TestTheTestItself:
    """The matrix would notice a use case that forgets to ask, asks too late or asks for something else."""

    def test_one_that_forgets(self):
        assert named_permission(_forgets) is None
        assert outcome(_forgets, person("clerk")) == "reached"

    def test_one_that_asks_too_late(self):
        assert outcome(_asks_late, person("seller")) == "reached"
        assert named_permission(_asks_late) is None

    def test_one_that_asks(self):
        assert outcome(_asks_first, person("clerk")) == "denied"
        assert outcome(_asks_first, person("manager")) == "reached"
        assert is_use_case(_asks_first)
        assert not is_use_case(outcome)


@dataclasses.dataclass(frozen=True)
class _Command:
    number: str


def _forgets(uow: UnitOfWork, command: _Command) -> None:
    uow.changed(command.number)


def _asks_late(uow: UnitOfWork, command: _Command) -> None:
    if command.number:
        uow.require(Permission.VOID)


def _asks_first(uow: UnitOfWork, command: _Command) -> None:
    uow.require(Permission.VOID)
    uow.changed(command.number)
