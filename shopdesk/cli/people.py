"""Words for accounts and API keys: ``user ...``, ``apikey ...``.

Passwords and PINs are asked for, or read from standard input a line each; never taken from the command line, where every other
user of the machine could read them.
"""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import typer

from shopdesk.cli.context import Call, UsageError
from shopdesk.core.actor import Actor
from shopdesk.core.clock import iso_utc
from shopdesk.core.i18n import _
from shopdesk.core.logs import neutral
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import PageRequest
from shopdesk.system import api_keys, credentials, sessions, users
from shopdesk.system.people import UserRow, users_page
from shopdesk.system.roles import roles_list

user_app = typer.Typer(help="Accounts: who may sign in and as what.", no_args_is_help=True, rich_markup_mode=None)
key_app = typer.Typer(help="API keys: access for programs.", no_args_is_help=True, rich_markup_mode=None)
Context = typer.Context


def mount(app: typer.Typer) -> None:
    """Add these words to the program's."""
    app.add_typer(user_app, name="user")
    app.add_typer(key_app, name="apikey")


# ------------------------------------------------------------------ user


@user_app.command("list")
def list_users(context: Context) -> None:
    """List everybody who may sign in."""
    call, _actor = call_for(context, Permission.USER_VIEW)
    rows: list[UserRow] = []
    request = PageRequest()
    while True:
        page = call.shop().ask(users_page, request)
        rows.extend(page.rows)
        if page.next is None:
            break
        request = PageRequest(after=page.next)
    show_table(
        call,
        ("username", "name", "role", "active", "pin"),
        [(row.username, row.display_name, row.role, row.is_active, row.has_pin) for row in rows],
    )


@user_app.command("roles")
def list_roles(context: Context) -> None:
    """List the roles with what each may do."""
    call, _actor = call_for(context, Permission.USER_VIEW)
    rows = call.shop().ask(roles_list)
    show_table(
        call,
        ("role", "users", "discount_cap_ppm", "permissions"),
        [(row.code, row.users, row.discount_cap_ppm, " ".join(sorted(row.permissions))) for row in rows],
    )


@user_app.command("add")
def add(
    context: Context,
    username: str,
    role: Annotated[str, typer.Argument(help="owner, manager, back_office, clerk, seller or one of the shop's own")],
    first_name: Annotated[str, typer.Option()] = "",
    last_name: Annotated[str, typer.Option()] = "",
    email: Annotated[str | None, typer.Option()] = None,
    set_password: Annotated[
        bool, typer.Option("--password", help="ask for one instead of making a one-time one")
    ] = False,
    set_pin: Annotated[bool, typer.Option("--pin", help="ask for a PIN too")] = False,
) -> None:
    """Add somebody; prints their one-time password unless one is given."""
    call, actor = call_for(context, Permission.USER_EDIT)
    password = _secret(_("Password: ")) if set_password else None
    pin = _secret(_("PIN: ")) if set_pin else None
    new = users.NewUser(username, role, password, pin, first_name, last_name, email)
    added = users.add_user(call.shop(), new, actor)
    if added.one_time_password is None:
        call.print(_("{name} can sign in.").format(name=added.username), username=added.username)
    else:
        text = _("{name} can sign in with the one-time password {password}")
        call.print(
            text.format(name=added.username, password=added.one_time_password),
            username=added.username,
            password=added.one_time_password,
        )


@user_app.command("role")
def role(context: Context, username: str, role: str) -> None:
    """Give somebody another role."""
    call, actor = call_for(context, Permission.USER_EDIT)
    user_id = call.shop().ask(users.user_id_of, username)
    call.shop().execute(users.set_user_role, users.SetUserRole(user_id, role), actor)
    call.print(_("{name} is now {role}.").format(name=username, role=role), username=username, role=role)


@user_app.command("enable")
def enable(context: Context, username: str) -> None:
    """Let somebody sign in again."""
    _set_active(context, username, True)


@user_app.command("disable")
def disable(context: Context, username: str) -> None:
    """Sign somebody out everywhere and let them in no more."""
    _set_active(context, username, False)


@user_app.command("unlock")
def unlock(context: Context, username: str) -> None:
    """Forget the wrong tries that block somebody."""
    call, actor = call_for(context, Permission.USER_EDIT)
    user_id = call.shop().ask(users.user_id_of, username)
    forgiven = call.shop().execute(users.unlock_user, users.UnlockUser(user_id), actor)
    sentence = _("{name} can try again.") if forgiven else _("{name} was not blocked.")
    call.print(sentence.format(name=username), username=username, unlocked=forgiven)


@user_app.command("password")
def password(context: Context, username: str) -> None:
    """Change one's own password, or give somebody else a one-time one."""
    call = call_of(context)
    shop, actor = call.shop(), call.actor()
    user_id = shop.ask(users.user_id_of, username)
    if user_id == actor.user_id:
        old, new = _secret(_("Old password: ")), _secret(_("New password: "))
        credentials.change_own_password(shop, credentials.ChangeOwnPassword(old, new), actor)
        call.print(_("The password was changed."), username=username)
        return
    fresh = credentials.reset_password(shop, user_id, actor)
    sentence = _("{name} can sign in with the one-time password {password}")
    call.print(sentence.format(name=username, password=fresh), username=username, password=fresh)


@user_app.command("pin")
def pin(context: Context, username: str) -> None:
    """Set a PIN: one's own (with the password), or somebody else's."""
    call = call_of(context)
    shop, actor = call.shop(), call.actor()
    user_id = shop.ask(users.user_id_of, username)
    own = _secret(_("Password: ")) if user_id == actor.user_id else ""
    credentials.set_pin(shop, credentials.SetPin(_secret(_("New PIN: ")), user_id, own), actor)
    call.print(_("The PIN was set."), username=username)


@user_app.command("sessions")
def list_sessions(context: Context) -> None:
    """List who is signed in where."""
    call, _actor = call_for(context, Permission.SESSION_END)
    rows = call.shop().ask(sessions.live_sessions)
    show_table(
        call,
        ("session", "username", "till", "host", "since", "locked"),
        [(row.uid, row.username, row.till, row.host, iso_utc(row.created_at), row.locked) for row in rows],
    )


@user_app.command("end")
def end(context: Context, session: str) -> None:
    """End a session at once."""
    call, actor = call_for(context, Permission.SESSION_END)
    call.shop().execute(sessions.end_session, sessions.EndSession(session), actor)
    call.print(_("The session is over."), session=session)


def _set_active(context: Context, username: str, active: bool) -> None:
    call, actor = call_for(context, Permission.USER_EDIT)
    user_id = call.shop().ask(users.user_id_of, username)
    call.shop().execute(users.set_user_active, users.SetUserActive(user_id, active), actor)
    sentence = _("{name} can sign in.") if active else _("{name} can sign in no more.")
    call.print(sentence.format(name=username), username=username, active=active)


# ------------------------------------------------------------------ apikey


@key_app.command("list")
def list_keys(context: Context) -> None:
    """List the keys; never the keys themselves."""
    call, _actor = call_for(context, Permission.API_KEY)
    rows = call.shop().ask(api_keys.api_keys_list)
    show_table(
        call,
        ("id", "name", "user", "scopes", "expires", "last_used", "revoked"),
        [
            (
                row.id,
                row.name,
                row.username,
                " ".join(row.scopes),
                None if row.expires_at is None else iso_utc(row.expires_at),
                None if row.last_used_at is None else iso_utc(row.last_used_at),
                row.revoked_at is not None,
            )
            for row in rows
        ],
    )


@key_app.command("issue")
def issue(
    context: Context,
    name: str,
    scopes: Annotated[list[str], typer.Argument(help="permissions, or group.* for all of a group")],
    owner: Annotated[str | None, typer.Option(help="whom the key acts as; else the caller")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="days until it ends; else it does not end")] = None,
) -> None:
    """Make a key and print it, once."""
    call, actor = call_for(context, Permission.API_KEY)
    shop = call.shop()
    command = api_keys.IssueApiKey(
        name,
        frozenset(scopes),
        None if days is None else shop.clock.now() + timedelta(days=days),
        None if owner is None else shop.ask(users.user_id_of, owner),
    )
    issued = shop.execute(api_keys.issue_api_key, command, actor)
    call.print(issued.key, id=issued.id, key=issued.key)


@key_app.command("revoke")
def revoke(context: Context, key_id: int) -> None:
    """End a key at once."""
    call, actor = call_for(context, Permission.API_KEY)
    call.shop().execute(api_keys.revoke_api_key, api_keys.RevokeApiKey(key_id), actor)
    call.print(_("The key is revoked."), id=key_id)


# ------------------------------------------------------------------ what they share


def call_of(context: Context) -> Call:
    call: Call = context.obj
    return call


def call_for(context: Context, needs: Permission) -> tuple[Call, Actor]:
    """The call and who makes it; raises NotPermitted before anything is asked for."""
    call = call_of(context)
    actor = call.actor()
    actor.require(needs)
    return call, actor


def _secret(prompt: str) -> str:
    """A secret typed without echo, or the next line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    line = sys.stdin.readline()
    if not line:
        raise UsageError(_("{prompt}a line on standard input is missing.").format(prompt=prompt))
    return line.rstrip("\r\n")


def show_table(call: Call, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Rows as aligned columns, or with ``--json`` as one object a line."""
    if call.json:
        for row in rows:
            print(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False))
        return
    texts = [tuple(names), *(tuple(_text(value) for value in row) for row in rows)]
    widths = [max(len(line[column]) for line in texts) for column in range(len(names))]
    for line in texts:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return neutral(str(value))
