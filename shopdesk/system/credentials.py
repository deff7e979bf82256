"""Passwords and PINs of people who are there: changed by themselves, reset by somebody above them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system import passwords
from shopdesk.system.audit import record
from shopdesk.system.models import AuthProvider, User
from shopdesk.system.pins import PinHashes, check_pin_is_free, pin_hashes, require_pins_unchanged
from shopdesk.system.proof import PASSWORD, PIN, forgive
from shopdesk.system.refresh import revoke_refresh_of
from shopdesk.system.sessions import end_sessions_of
from shopdesk.system.sign_in import confirm_password
from shopdesk.system.users import BuiltIn, load_subject, put_secret


@dataclass(frozen=True, slots=True)
class ChangeOwnPassword:
    """The acting person's new password, with the old one as proof."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class SetPin:
    """A PIN for the acting person (``user_id`` None, with their ``password`` as proof) or for somebody below them."""

    pin: str
    user_id: int | None = None
    password: str = ""


@dataclass(frozen=True, slots=True)
class PutOwnPassword:
    """A hash that replaces the acting person's, whose old password was just checked."""

    hashed: str


@dataclass(frozen=True, slots=True)
class PutPassword:
    """A hash of a one-time password for somebody."""

    user_id: int
    hashed: str


@dataclass(frozen=True, slots=True)
class PutPin:
    """A hash of a PIN for somebody, compared with all the PINs seen."""

    user_id: int
    hashed: str
    seen: PinHashes


def change_own_password(shop: Shop, command: ChangeOwnPassword, actor: Actor) -> None:
    """Change one's own password; every other session and kept sign-in of the person ends. Slow.

    Raises BadCredentials for a wrong old one, WeakPassword for a new one that is not good enough.
    """
    passwords.check_password(command.new, username=actor.username, has_pin=shop.ask(has_pin, actor.user_id))
    confirm_password(shop, actor, command.old)
    shop.execute(put_own_password, PutOwnPassword(passwords.hash_secret(command.new)), actor)


def reset_password(shop: Shop, user_id: int, actor: Actor, *, new: str | None = None) -> str:
    """Give somebody a one-time password (or ``new``), which they must change; returns it to be shown once. Slow."""
    password = new or passwords.one_time_password()
    if new is not None:
        name = shop.ask(username_of, user_id)
        passwords.check_password(password, username=name, has_pin=shop.ask(has_pin, user_id))
    shop.execute(put_password, PutPassword(user_id, passwords.hash_secret(password)), actor)
    return password


def set_pin(shop: Shop, command: SetPin, actor: Actor) -> None:
    """Set a PIN that nobody else has; slow (0.1 s for each PIN of the shop).

    Raises UnusablePin, BadCredentials for a wrong password of one's own, and NotPermitted for somebody else's PIN.
    """
    passwords.check_pin(command.pin)
    user_id = actor.user_id if command.user_id is None else command.user_id
    if user_id == actor.user_id:
        confirm_password(shop, actor, command.password)
    seen = shop.ask(pin_hashes)
    check_pin_is_free(command.pin, seen, user_id)
    put = PutPin(user_id, passwords.hash_secret(command.pin), seen)
    shop.execute(put_own_pin if user_id == actor.user_id else put_pin, put, actor)


def put_own_password(uow: UnitOfWork, command: PutOwnPassword) -> None:
    """Write the acting person's new password; nobody needs a permission for their own."""
    _require_person(uow)
    put_secret(uow, uow.actor.user_id, PASSWORD, command.hashed)
    end_sessions_of(uow, uow.actor.user_id, "password_changed", but=uow.actor.session_uid)
    revoke_refresh_of(uow, uow.actor.user_id)
    record(uow, "user.password_changed", target_type="user", target_id=uow.actor.username)


def put_password(uow: UnitOfWork, command: PutPassword) -> None:
    """Write a one-time password for somebody; they are signed out everywhere and their misses forgiven."""
    uow.require(Permission.USER_EDIT)
    subject = load_subject(uow, command.user_id)
    put_secret(uow, subject.id, PASSWORD, command.hashed, must_change=True)
    end_sessions_of(uow, subject.id, "password_reset", but=uow.actor.session_uid)
    revoke_refresh_of(uow, subject.id)
    forgive(uow, subject.username)
    record(uow, "user.password_reset", target_type="user", target_id=subject.username)


def put_own_pin(uow: UnitOfWork, command: PutPin) -> None:
    """Write the acting person's own PIN; nobody needs a permission for their own."""
    _require_person(uow)
    require_pins_unchanged(uow, command.seen)
    put_secret(uow, uow.actor.user_id, PIN, command.hashed)
    record(uow, "user.pin_set", target_type="user", target_id=uow.actor.username)


def put_pin(uow: UnitOfWork, command: PutPin) -> None:
    """Write a PIN for somebody else."""
    uow.require(Permission.USER_EDIT)
    subject = load_subject(uow, command.user_id)
    require_pins_unchanged(uow, command.seen)
    put_secret(uow, subject.id, PIN, command.hashed)
    record(uow, "user.pin_set", target_type="user", target_id=subject.username)


def has_pin(reader: Reader, user_id: int) -> bool:
    """Whether somebody has a PIN."""
    found = sa.select(AuthProvider.id).where(AuthProvider.user_id == user_id, AuthProvider.provider == PIN)
    return reader.connection.execute(found).first() is not None


def username_of(reader: Reader, user_id: int) -> str:
    """The name that a user signs in with, empty for nobody."""
    return str(reader.connection.execute(sa.select(User.username).where(User.id == user_id)).scalar() or "")


def _require_person(uow: UnitOfWork) -> None:
    """The built-in user and API keys have no secrets of their own."""
    builtin = uow.connection.execute(sa.select(User.is_builtin).where(User.id == uow.actor.user_id)).scalar()
    if builtin or uow.actor.api_key_id is not None:
        raise BuiltIn
