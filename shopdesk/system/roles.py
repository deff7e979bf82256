"""Roles: what each may do, edited by whoever may, but never beyond what they hold themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import Clock
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, NotPermitted, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.money import PPM
from shopdesk.core.permissions import PERMISSION_NAMES, ROLE_DEFAULTS, ROLE_DISCOUNT_CAP_PPM, ROLE_NAMES, Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.audit import record
from shopdesk.system.history import what_changed
from shopdesk.system.models import PermissionRow, Role, RolePermission, User

OWNER = "owner"
LOCAL = "local"
FOUNDER = Actor(0, LOCAL, OWNER, permissions=frozenset(Permission), discount_cap_ppm=None)
"""Who makes a shop, before there is anybody in it."""


class AboveOwnRights(NotPermitted):
    """Somebody tried to give, or to change, rights that they do not hold themselves."""

    sentence = N_("You cannot give or change rights that you do not hold yourself.")


class RoleFixed(ShopError):
    """The owner's role keeps every right, so that a shop never locks everybody out."""

    code = "role_fixed"
    sentence = N_("The owner's role always has every right and no cap; only its name can change.")


class RoleTaken(ShopError):
    """Two roles cannot share a code."""

    code = "role_taken"
    sentence = N_("There is already a role {role}.")


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role with what it may do. ``discount_cap_ppm`` None is no cap; ``users`` counts the active ones who have it."""

    id: int
    version: int
    code: str
    name: str
    discount_cap_ppm: int | None
    is_builtin: bool
    permissions: frozenset[str]
    users: int


@dataclass(frozen=True, slots=True)
class AddRole:
    """A new role of the shop's own."""

    code: str
    name: str
    permissions: frozenset[str]
    discount_cap_ppm: int | None = 0


@dataclass(frozen=True, slots=True)
class ChangeRole:
    """A role as it shall be; ``version`` is the one that was read."""

    role_id: int
    version: int
    name: str
    permissions: frozenset[str]
    discount_cap_ppm: int | None


def founding(_connection: sa.Connection, actor: Actor, _clock: Clock) -> Actor:
    """The authorisation of a shop that is being made: takes the founder at their word."""
    return actor


def install_roles(uow: UnitOfWork) -> None:
    """Fill roles and permissions with the defaults, and make the built-in user ``local``; first thing in a new shop."""
    now = uow.clock.now()
    write = uow.connection.execute
    write(sa.insert(PermissionRow), [{"code": code.value, "name": PERMISSION_NAMES[code]} for code in Permission])
    write(
        sa.insert(Role),
        [
            {
                "code": code,
                "name": ROLE_NAMES[code],
                "discount_cap_ppm": ROLE_DISCOUNT_CAP_PPM[code],
                "is_builtin": True,
                "version": 1,
                "created_at": now,
                "updated_at": now,
            }
            for code in ROLE_DEFAULTS
        ],
    )
    for code, permissions in ROLE_DEFAULTS.items():
        _grant(uow, role_by_code(uow, code)[0], permissions)
    write(
        sa.insert(User).values(
            username=LOCAL,
            first_name="",
            last_name="",
            role_id=role_by_code(uow, OWNER)[0],
            is_active=True,
            is_builtin=True,
            created_at=now,
            updated_at=now,
        )
    )


def add_role(uow: UnitOfWork, command: AddRole) -> int:
    """Make a role; returns its id."""
    uow.require(Permission.ROLE_EDIT)
    code = command.code.strip().casefold()
    if not code.replace("_", "").isalnum() or not code.isascii() or len(code) > 40:
        raise BadField("code", _("must be letters, digits and underscores, at most 40."))
    if uow.connection.execute(sa.select(Role.id).where(Role.code == code)).first():
        raise RoleTaken(field="code", role=code)
    permissions = _checked(uow, command.permissions, command.discount_cap_ppm)
    now = uow.clock.now()
    role_id: int = uow.connection.execute(
        sa.insert(Role)
        .values(
            code=code,
            name=checked_text(command.name, field="name", longest=60, required=True),
            discount_cap_ppm=command.discount_cap_ppm,
            is_builtin=False,
            version=1,
            created_at=now,
            updated_at=now,
        )
        .returning(Role.id)
    ).scalar_one()
    _grant(uow, role_id, permissions)
    details = {"permissions": sorted(permissions), "discount_cap_ppm": command.discount_cap_ppm}
    record(uow, "role.added", target_type="role", target_id=code, details=details)
    uow.changed("Role")
    return role_id


def change_role(uow: UnitOfWork, command: ChangeRole) -> RoleRow:
    """Change what a role may do; takes effect at the next step of everybody who has it."""
    uow.require(Permission.ROLE_EDIT)
    before = _role(uow, command.role_id)
    _require_within(uow, before.permissions, before.discount_cap_ppm)
    permissions = _checked(uow, command.permissions, command.discount_cap_ppm)
    if before.code == OWNER and (permissions != before.permissions or command.discount_cap_ppm is not None):
        raise RoleFixed
    changed = uow.connection.execute(
        sa.update(Role)
        .where(Role.id == command.role_id, Role.version == command.version)
        .values(
            name=checked_text(command.name, field="name", longest=60, required=True),
            discount_cap_ppm=command.discount_cap_ppm,
            version=command.version + 1,
            updated_at=uow.clock.now(),
        )
    )
    if not changed.rowcount:
        raise ChangedMeanwhile(_("The role"))
    uow.connection.execute(sa.delete(RolePermission).where(RolePermission.role_id == command.role_id))
    _grant(uow, command.role_id, permissions)
    details = {
        "given": sorted(permissions - before.permissions),
        "taken": sorted(before.permissions - permissions),
        **what_changed({"discount_cap_ppm": before.discount_cap_ppm}, {"discount_cap_ppm": command.discount_cap_ppm}),
    }
    record(uow, "role.changed", target_type="role", target_id=before.code, details=details)
    uow.changed("Role", "User")
    return _role(uow, command.role_id)


def roles_list(reader: Reader) -> tuple[RoleRow, ...]:
    """Every role, the built-in ones first; two statements."""
    held: dict[int, set[str]] = {}
    for role_id, code in reader.connection.execute(
        sa.select(RolePermission.role_id, PermissionRow.code).join(PermissionRow)
    ):
        held.setdefault(role_id, set()).add(code)
    users = (
        sa.select(sa.func.count())
        .select_from(User)
        .where(User.role_id == Role.id, User.is_active, ~User.is_builtin)
        .scalar_subquery()
    )
    rows = reader.connection.execute(
        sa.select(Role.id, Role.version, Role.code, Role.name, Role.discount_cap_ppm, Role.is_builtin, users).order_by(
            Role.is_builtin.desc(), Role.id
        )
    )
    return tuple(
        RoleRow(row[0], row[1], row[2], _(row[3]), row[4], row[5], frozenset(held.get(row[0], ())), row[6])
        for row in rows
    )


def permission_choices() -> tuple[tuple[Permission, str], ...]:
    """Every permission with its name, in the order of the list, for the role's form."""
    return tuple((code, _(name)) for code, name in PERMISSION_NAMES.items())


def role_by_code(reader: Reader, code: str) -> tuple[int, frozenset[str], int | None]:
    """A role's id, permissions and discount cap; raises NotFound."""
    row = reader.connection.execute(sa.select(Role.id, Role.discount_cap_ppm).where(Role.code == code)).first()
    if row is None:
        raise NotFound(_("Role"), code)
    return row[0], permissions_of(reader, row[0]), row[1]


def permissions_of(reader: Reader, role_id: int) -> frozenset[str]:
    """What a role may do."""
    found = sa.select(PermissionRow.code).join(RolePermission).where(RolePermission.role_id == role_id)
    return frozenset(reader.connection.execute(found).scalars())


def lock_people(uow: UnitOfWork) -> None:
    """Queue behind whoever else decides over several people at once (last owner, PINs that differ)."""
    uow.connection.execute(sa.select(Role.id).where(Role.code == OWNER).with_for_update())


def require_above(uow: UnitOfWork, role_id: int) -> None:
    """Raise AboveOwnRights unless the acting person holds everything that a role holds."""
    cap = uow.connection.execute(sa.select(Role.discount_cap_ppm).where(Role.id == role_id)).scalar_one()
    _require_within(uow, permissions_of(uow, role_id), cap)


def _checked(uow: UnitOfWork, permissions: Iterable[str], cap_ppm: int | None) -> frozenset[str]:
    known = {code.value for code in Permission}
    wanted = frozenset(str(code) for code in permissions)
    if unknown := sorted(wanted - known):
        raise BadField("permissions", _("{name} is no permission.").format(name=unknown[0]))
    if cap_ppm is not None and (type(cap_ppm) is not int or not 0 <= cap_ppm <= PPM):
        raise BadField("discount_cap_ppm", _("must be between 0 and 100 %."))
    _require_within(uow, wanted, cap_ppm)
    return wanted


def _require_within(uow: UnitOfWork, permissions: frozenset[str], cap_ppm: int | None) -> None:
    own = uow.actor.discount_cap_ppm
    capped = own is not None and (cap_ppm is None or cap_ppm > own)
    beyond = permissions - uow.actor.effective
    if beyond or capped:
        raise AboveOwnRights(min(beyond, default=Permission.DISCOUNT_OVER_CAP.value))


def _grant(uow: UnitOfWork, role_id: int, permissions: Iterable[str]) -> None:
    ids = {row[0]: row[1] for row in uow.connection.execute(sa.select(PermissionRow.code, PermissionRow.id))}
    rows = [{"role_id": role_id, "permission_id": ids[str(code)]} for code in sorted(permissions)]
    if rows:
        uow.connection.execute(sa.insert(RolePermission), rows)


def _role(uow: UnitOfWork, role_id: int) -> RoleRow:
    row = next((row for row in roles_list(uow) if row.id == role_id), None)
    if row is None:
        raise NotFound(_("Role"), role_id)
    return row
