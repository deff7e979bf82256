"""Users: added, changed, disabled and re-roled by whoever may, never above their own rights; the last owner stays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.saving import values_now
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system import passwords
from shopdesk.system.audit import record
from shopdesk.system.history import what_changed
from shopdesk.system.models import AuthProvider, Role, User
from shopdesk.system.pins import PinHashes, check_pin_is_free, pin_hashes, require_pins_unchanged
from shopdesk.system.proof import PASSWORD, PIN, account_name, forgive
from shopdesk.system.refresh import revoke_refresh_of
from shopdesk.system.roles import OWNER, lock_people, require_above, role_by_code
from shopdesk.system.sessions import end_sessions_of

_NAME = re.compile(r"[\w](?:[\w.@+-]{0,62}[\w])?")
_REACHED_BY = frozenset({"email", "phone"})
"""What the audit log names without its value: it may not be rewritten, and nobody needs the old number."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class NameTaken(ShopError):
    """A user name, e-mail address or phone number that somebody else has."""

    code = "name_taken"
    sentence = N_("{value} already belongs to another user.")


class LastOwner(ShopError):
    """A shop needs somebody who may do everything."""

    code = "last_owner"
    sentence = N_("This is the last active owner. Make somebody else owner first.")


class BuiltIn(ShopError):
    """The built-in user is part of the program."""

    code = "built_in_user"
    sentence = N_("The built-in user cannot be changed.")


@dataclass(frozen=True, slots=True)
class NewUser:
    """Somebody who shall be able to sign in. Without a password they get a one-time one."""

    username: str
    role: str
    password: str | None = None
    pin: str | None = None
    first_name: str = ""
    last_name: str = ""
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    must_change: bool = False


@dataclass(frozen=True, slots=True)
class PreparedUser:
    """A user whose secrets were checked and hashed, ready for a transaction; ``one_time_password`` is shown once."""

    user: NewUser
    password_hash: str
    pin_hash: str | None
    must_change: bool
    pins_seen: PinHashes
    one_time_password: str | None = None


@dataclass(frozen=True, slots=True)
class UserAdded:
    """The new user; ``one_time_password`` is None when a password was given."""

    user_id: int
    username: str
    one_time_password: str | None


@dataclass(frozen=True, slots=True)
class ChangeUser:
    """A user's own particulars; ``version`` is the one that was read."""

    user_id: int
    version: int
    first_name: str
    last_name: str
    email: str | None = None
    phone: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class SetUserActive:
    """Whether somebody may sign in."""

    user_id: int
    active: bool


@dataclass(frozen=True, slots=True)
class SetUserRole:
    """Another role for somebody, by its code."""

    user_id: int
    role: str


@dataclass(frozen=True, slots=True)
class UnlockUser:
    """Forget the misses that block somebody."""

    user_id: int


@dataclass(frozen=True, slots=True)
class Subject:
    """A user as the use cases that change them see them."""

    id: int
    username: str
    role_id: int
    role: str
    is_active: bool


def prepare_user(user: NewUser, taken: PinHashes = ()) -> PreparedUser:
    """Check a new user's secrets (S06, S10) and hash them: slow, and never inside a transaction.

    ``taken`` are the PINs of the shop; raises WeakPassword, UnusablePin or BadField.
    """
    name = account_name(user.username)
    if not _NAME.fullmatch(name):
        raise BadField("username", _("must be 1 to 64 letters, digits, dots or dashes."))
    one_time = passwords.one_time_password() if user.password is None else None
    password = user.password or one_time or ""
    if one_time is None:
        passwords.check_password(password, username=name, has_pin=user.pin is not None)
    if user.pin is not None:
        passwords.check_pin(user.pin)
        check_pin_is_free(user.pin, taken, None)
    return PreparedUser(
        user=user,
        password_hash=passwords.hash_secret(password),
        pin_hash=None if user.pin is None else passwords.hash_secret(user.pin),
        must_change=user.must_change or one_time is not None,
        pins_seen=taken,
        one_time_password=one_time,
    )


def insert_user(uow: UnitOfWork, prepared: PreparedUser) -> int:
    """Write a prepared user without asking for a permission (for the making of a shop); returns the id."""
    user, now = prepared.user, uow.clock.now()
    name = account_name(user.username)
    role_id = role_by_code(uow, user.role)[0]
    values = {"username": checked_text(name, field="username", longest=64), **_particulars(user)}
    _require_free(uow, values, None)
    user_id: int = uow.connection.execute(
        sa.insert(User)
        .values(
            **values,
            role_id=role_id,
            is_active=True,
            is_builtin=False,
            created_at=now,
            updated_at=now,
            created_by=uow.actor.user_id or None,
        )
        .returning(User.id)
    ).scalar_one()
    put_secret(uow, user_id, PASSWORD, prepared.password_hash, must_change=prepared.must_change)
    if prepared.pin_hash is not None:
        put_secret(uow, user_id, PIN, prepared.pin_hash)
    details = {"role": user.role, "pin": prepared.pin_hash is not None}
    record(uow, "user.added", target_type="user", target_id=name, details=details)
    uow.changed("User")
    return user_id


def add_user(shop: Shop, user: NewUser, actor: Actor) -> UserAdded:
    """Add somebody: checked and hashed first, then written. Slow (0.1 to 0.5 s a secret and PIN of the shop)."""
    prepared = prepare_user(user, shop.ask(pin_hashes) if user.pin is not None else ())
    user_id = shop.execute(write_user, prepared, actor)
    return UserAdded(user_id, account_name(user.username), prepared.one_time_password)


def write_user(uow: UnitOfWork, prepared: PreparedUser) -> int:
    """Add a prepared user; returns the id."""
    uow.require(Permission.USER_EDIT)
    require_above(uow, role_by_code(uow, prepared.user.role)[0])
    if prepared.pin_hash is not None:
        require_pins_unchanged(uow, prepared.pins_seen)
    return insert_user(uow, prepared)


def change_user(uow: UnitOfWork, command: ChangeUser) -> None:
    """Change a user's name, address, phone and language."""
    uow.require(Permission.USER_EDIT)
    subject = load_subject(uow, command.user_id)
    values = _particulars(command)
    _require_free(uow, values, command.user_id)
    before = values_now(uow, User, command.user_id, values)
    changed = uow.connection.execute(
        sa.update(User)
        .where(User.id == command.user_id, User.version == command.version)
        .values(**values, version=command.version + 1, updated_at=uow.clock.now(), updated_by=uow.actor.user_id or None)
    )
    if not changed.rowcount:
        raise ChangedMeanwhile(subject.username)
    details = what_changed(before, values, veiled=_REACHED_BY)
    record(uow, "user.changed", target_type="user", target_id=subject.username, details=details)
    uow.changed("User")


def set_user_active(uow: UnitOfWork, command: SetUserActive) -> None:
    """Enable or disable somebody; who is disabled is signed out at their next step, everywhere."""
    uow.require(Permission.USER_EDIT)
    subject = load_subject(uow, command.user_id)
    if not command.active:
        _require_other_owner(uow, subject)
    _touch(uow, subject.id, is_active=command.active)
    if not command.active:
        end_sessions_of(uow, subject.id, "disabled")
        revoke_refresh_of(uow, subject.id)
    record(uow, "user.enabled" if command.active else "user.disabled", target_type="user", target_id=subject.username)
    uow.changed("User")


def set_user_role(uow: UnitOfWork, command: SetUserRole) -> None:
    """Give somebody another role, within the rights of who gives it; takes effect at the user's next step."""
    uow.require(Permission.USER_EDIT)
    subject = load_subject(uow, command.user_id)
    role_id = role_by_code(uow, command.role)[0]
    require_above(uow, role_id)
    if role_id == subject.role_id:
        return
    _require_other_owner(uow, subject)
    _touch(uow, subject.id, role_id=role_id)
    details = what_changed({"role": subject.role}, {"role": command.role})
    record(uow, "user.role_changed", target_type="user", target_id=subject.username, details=details)
    uow.changed("User")


def unlock_user(uow: UnitOfWork, command: UnlockUser) -> bool:
    """Forgive the misses that block somebody; whether there were any."""
    uow.require(Permission.USER_EDIT)
    subject = load_subject(uow, command.user_id)
    forgiven = forgive(uow, subject.username)
    record(uow, "sign_in.unblocked", target_type="user", target_id=subject.username)
    return forgiven


def load_subject(uow: UnitOfWork, user_id: int) -> Subject:
    """The user that somebody else changes; raises NotFound, BuiltIn, and AboveOwnRights for one above the acting person."""
    row = uow.connection.execute(
        sa.select(User.id, User.username, User.role_id, Role.code, User.is_active, User.is_builtin)
        .join_from(User, Role)
        .where(User.id == user_id)
    ).first()
    if row is None:
        raise NotFound(_("User"), user_id)
    if row[5]:
        raise BuiltIn
    if row[0] != uow.actor.user_id:
        require_above(uow, row[2])
    return Subject(*row[:5])


def put_secret(uow: UnitOfWork, user_id: int, provider: str, hashed: str, *, must_change: bool = False) -> None:
    """Write or replace somebody's password or PIN hash; ``updated_at`` rises with each, whatever the clock says."""
    now = uow.clock.now()
    mine = (AuthProvider.user_id == user_id) & (AuthProvider.provider == provider)
    before = uow.connection.execute(sa.select(AuthProvider.updated_at).where(mine).with_for_update()).scalar()
    if before is None:
        uow.connection.execute(
            sa.insert(AuthProvider).values(
                user_id=user_id,
                provider=provider,
                provider_id=str(user_id),
                secret_hash=hashed,
                must_change=must_change,
                created_at=now,
                updated_at=now,
            )
        )
        return
    later = max(now, before + timedelta(microseconds=1))
    values = {"secret_hash": hashed, "must_change": must_change, "updated_at": later}
    uow.connection.execute(sa.update(AuthProvider).where(mine).values(**values))


def user_id_of(reader: Reader, username: str) -> int:
    """The id of a user by name, active or not; raises NotFound."""
    found = reader.connection.execute(sa.select(User.id).where(User.username == account_name(username))).scalar()
    if found is None:
        raise NotFound(_("User"), username)
    return int(found)


def _touch(uow: UnitOfWork, user_id: int, **values: object) -> None:
    uow.connection.execute(
        sa.update(User)
        .where(User.id == user_id)
        .values(**values, version=User.version + 1, updated_at=uow.clock.now(), updated_by=uow.actor.user_id or None)
    )


def _require_other_owner(uow: UnitOfWork, subject: Subject) -> None:
    if subject.role != OWNER or not subject.is_active:
        return
    lock_people(uow)  # two owners who disable each other at once queue here, so that one of them stays
    others = sa.select(User.id).where(
        User.role_id == subject.role_id, User.is_active, ~User.is_builtin, User.id != subject.id
    )
    if uow.connection.execute(others.limit(1)).first() is None:
        raise LastOwner


def _particulars(source: NewUser | ChangeUser) -> dict[str, str | None]:
    email = checked_text(source.email or "", field="email", longest=254).casefold() or None
    if email is not None and not _EMAIL.fullmatch(email):
        raise BadField("email", _("is no e-mail address."))
    return {
        "first_name": checked_text(source.first_name, field="first_name", longest=80),
        "last_name": checked_text(source.last_name, field="last_name", longest=80),
        "email": email,
        "phone": checked_text(source.phone or "", field="phone", longest=40) or None,
        "language": checked_text(source.language or "", field="language", longest=20) or None,
    }


def _require_free(uow: UnitOfWork, values: dict[str, str | None], user_id: int | None) -> None:
    columns = {"username": User.username, "email": User.email, "phone": User.phone}
    for field, column in columns.items():
        value = values.get(field)
        if value is None:
            continue
        found = uow.connection.execute(sa.select(User.id).where(column == value)).scalar()
        if found is not None and found != user_id:
            raise NameTaken(field=field, value=value)
