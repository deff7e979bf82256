"""Who works here: users, who is signed in where, and what everybody did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader
from shopdesk.system.credentials import SetPin, reset_password, set_pin
from shopdesk.system.languages import language_choices
from shopdesk.system.people import USER_SORTS, UserDetail, UserRow, user_detail, users_page
from shopdesk.system.roles import roles_list
from shopdesk.system.sessions import EndSession, LiveSession, end_session, live_sessions
from shopdesk.system.users import (
    ChangeUser,
    NewUser,
    SetUserActive,
    SetUserRole,
    UnlockUser,
    add_user,
    change_user,
    set_user_active,
    set_user_role,
    unlock_user,
)
from shopdesk.ui.kit.columns import State, flag, moment, state, text
from shopdesk.ui.kit.form_dialog import Form, Fresh, Shown, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask, tell
from shopdesk.ui.kit.operations import Operation, question_failed, show_refusal
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick, choice
from shopdesk.ui.kit.whole import whole

ACTIVE = {"True": State(N_("May sign in"), "success", "check"), "False": State(N_("Disabled"), "secondary", "cancel")}
LOCKED = {
    "True": State(N_("Locked"), "secondary", "lock-outline"),
    "False": State(N_("In use"), "success", "circle-medium"),
}


def role_choices(reader: Reader) -> tuple[tuple[object, str], ...]:
    """Roles by code."""
    return tuple((role.code, role.name) for role in roles_list(reader))


PIN_HELP = N_("Six figures or more; works only at a till.")
PARTICULARS = (
    Field("first_name", N_("First name"), group=N_("Person"), max_length=60),
    Field("last_name", N_("Last name"), group=N_("Person"), max_length=60),
    Field("email", N_("E-mail"), group=N_("Person"), max_length=200, none_if_empty=True),
    Field("phone", N_("Phone"), group=N_("Person"), max_length=40, none_if_empty=True),
    Field(
        "language",
        N_("Language"),
        Holds.CHOICE,
        query=language_choices,
        group=N_("Person"),
        help=N_("Left empty, the shop's."),
    ),
)


NEW_USER = Form(
    key="people.new_user",
    title=N_("New user"),
    command=NewUser,
    use_case=add_user,
    slow=True,
    fields=(
        Field("username", N_("Name to sign in with"), required=True, group=N_("Sign-in"), max_length=100),
        Field("role", N_("Role"), Holds.CHOICE, required=True, query=role_choices, group=N_("Sign-in")),
        Field(
            "password",
            N_("Password"),
            Holds.SECRET,
            none_if_empty=True,
            help=N_("Left empty, a password for one use is made and shown once."),
            group=N_("Sign-in"),
        ),
        Field("pin", N_("PIN"), Holds.SECRET, help=PIN_HELP, group=N_("Sign-in"), none_if_empty=True),
        *PARTICULARS,
    ),
    act=N_("Add user"),
    said=N_("The user was added."),
)
CHANGE_USER = Form(
    key="people.change_user",
    title=N_("Change user"),
    command=ChangeUser,
    use_case=change_user,
    fields=PARTICULARS,
    given=("user_id", "version"),
    act=N_("Save user"),
    entity="user",
)
SET_ROLE = Form(
    key="people.set_role",
    title=N_("Another role"),
    command=SetUserRole,
    use_case=set_user_role,
    fields=(Field("role", N_("Role"), Holds.CHOICE, required=True, query=role_choices),),
    given=("user_id",),
    act=N_("Give this role"),
    said=N_("The role holds from the next step on."),
)
PIN = Form(
    key="people.set_pin",
    title=N_("New PIN"),
    command=SetPin,
    use_case=set_pin,
    slow=True,
    fields=(Field("pin", N_("PIN"), Holds.SECRET, required=True, help=PIN_HELP),),
    given=("user_id",),
    act=N_("Set PIN"),
    said=N_("The PIN is set."),
)


def new_user(view: ListView, _rows: Sequence[Any]) -> None:
    """Add somebody; a one-time password is shown until it is closed."""

    def added(result: Any) -> None:
        if result.one_time_password:
            _show_once(view, result.username, result.one_time_password)

    open_form(view, view.desk, NEW_USER, done=added)


def change(view: ListView, rows: Sequence[UserRow]) -> None:
    """Edit somebody's particulars as they are now."""

    def ready(user: UserDetail) -> None:
        now = _shown(user)
        fresh = Fresh(user_detail, (user.id,), _shown)
        open_form(
            view, view.desk, CHANGE_USER, values=now.values, given=now.given, fresh=fresh, entity_id=user.username
        )

    view.desk.ask(user_detail, rows[0].id, done=ready, failed=question_failed(view), owner=view)


def _shown(user: UserDetail) -> Shown:
    values = {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "phone": user.phone,
        "language": user.language or None,
    }
    return Shown(values, {"user_id": user.id, "version": user.version})


def give_role(view: ListView, rows: Sequence[UserRow]) -> None:
    """Another role."""
    open_form(view, view.desk, SET_ROLE, values={"role": rows[0].role}, given={"user_id": rows[0].id})


def give_pin(view: ListView, rows: Sequence[UserRow]) -> None:
    """A new PIN for somebody."""
    open_form(view, view.desk, PIN, given={"user_id": rows[0].id})


def reset(view: ListView, rows: Sequence[UserRow]) -> None:
    """Make a password for one use and end the person's sessions."""
    row = rows[0]
    shop, actor = cast(Shop, view.desk.shop), view.desk.actor

    def failed(error: BaseException) -> None:
        if not isinstance(error, ShopError):
            raise error
        show_refusal(view, error)

    def do() -> None:
        view.desk.lanes.write(
            lambda: reset_password(shop, row.id, actor),
            lambda password: _show_once(view, row.username, password),
            failed=failed,
            owner=view,
        )

    ask(
        view,
        _("New password for {name}").format(name=row.display_name),
        _("{name} is signed out everywhere and gets a password for one use.").format(name=row.display_name),
        _("Make a new password"),
        do,
    )


def set_active(view: ListView, rows: Sequence[UserRow]) -> None:
    """Let somebody sign in, or no more."""
    row = rows[0]
    said = (
        N_("The user may sign in again.") if not row.is_active else N_("The user is signed out and may not come back.")
    )
    Operation(set_user_active, SetUserActive(row.id, not row.is_active), said=said).run(view.desk, view)


def unblock(view: ListView, rows: Sequence[UserRow]) -> None:
    """Forget the misses that keep somebody out."""
    Operation(unlock_user, UnlockUser(rows[0].id), said=N_("The misses are forgotten.")).run(view.desk, view)


def end(view: ListView, rows: Sequence[LiveSession]) -> None:
    """End sessions at once."""
    for row in rows:
        said = _("{name} is signed out.").format(name=row.display_name)
        Operation(end_session, EndSession(row.uid), said=said).run(view.desk, view)


def _show_once(view: ListView, name: str, password: str) -> None:
    text = _("Password of {name} for one use:\n\n{password}\n\nIt is not shown again.").format(
        name=name, password=password
    )
    tell(view, _("Write this down"), text)


USERS = ListScreen(
    key="people.users",
    title=N_("Users"),
    glyph="account-group-outline",
    needs=Permission.USER_VIEW,
    page=users_page,
    row=UserRow,
    sorts=USER_SORTS,
    sort="username",
    columns=(
        text("username", N_("Name"), width=144, sort=True),
        text("display_name", N_("Person"), stretch=True),
        text("role_name", N_("Role"), width=128),
        text("email", N_("E-mail"), width=200),
        flag("has_pin", N_("PIN"), width=72),
        state("is_active", N_("State"), ACTIVE),
        moment("last_seen_at", N_("Last password sign-in")),
    ),
    filters=(
        choice("role", N_("Role"), role_choices),
        choice("active", N_("State"), ((True, N_("May sign in")), (False, N_("Disabled")))),
    ),
    commands=(
        Command(
            "new",
            N_("New user"),
            new_user,
            "account-plus-outline",
            Permission.USER_EDIT,
            "Ctrl+N",
            Pick.NONE,
            primary=True,
        ),
        Command("change", N_("Edit"), change, "pencil-outline", Permission.USER_EDIT, "Ctrl+E"),
        Command("role", N_("Another role"), give_role, "shield-account-outline", Permission.USER_EDIT),
        Command("pin", N_("New PIN"), give_pin, "key-outline", Permission.USER_EDIT),
        Command("reset", N_("New password"), reset, "shield-key-outline", Permission.USER_EDIT),
        Command("unblock", N_("Forget misses"), unblock, "lock-open-outline", Permission.USER_EDIT),
        Command("active", N_("Disable or enable"), set_active, "account-switch-outline", Permission.USER_EDIT),
    ),
    refresh_on={"User", "Role"},
    minor=("email", "has_pin", "last_seen_at"),
    empty=Empty("account-group-outline", N_("Everybody who may sign in stands here."), "new"),
    on_open="change",
)
SESSIONS = ListScreen(
    key="people.sessions",
    title=N_("Sessions"),
    glyph="monitor",
    needs=Permission.SESSION_END,
    page=whole(live_sessions),
    row=LiveSession,
    ident="uid",
    sort="created_at",
    descending=True,
    columns=(
        text("display_name", N_("Person"), stretch=True, sort=True),
        text("till", N_("Till"), width=80, sort=True),
        text("host", N_("Machine"), width=160),
        moment("created_at", N_("Since"), sort=True),
        moment("last_activity_at", N_("Last used"), sort=True),
        moment("expires_at", N_("Ends at")),
        state("locked", N_("State"), LOCKED, width=104),
    ),
    commands=(
        Command("end", N_("End session"), end, "logout", Permission.SESSION_END, "Ctrl+Del", Pick.MANY, danger=True),
    ),
    refresh_on={"Session", "User"},
    minor=("expires_at", "host", "last_activity_at"),
    empty=Empty("monitor", N_("Nobody is signed in.")),
)
