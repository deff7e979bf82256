"""Keys for scripts and integrations: issued once, ended at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import PERMISSION_NAMES, Permission
from shopdesk.system.api_keys import (
    ApiKeyRow,
    IssueApiKey,
    IssuedKey,
    RevokeApiKey,
    api_keys_list,
    issue_api_key,
    revoke_api_key,
)
from shopdesk.ui.kit.columns import State, moment, state, text
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.form_dialog import Form, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask, tell
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick
from shopdesk.ui.kit.whole import whole

_MAY = Permission.API_KEY
STATES = {
    "live": State(N_("In use"), "success", "key-outline"),
    "over": State(N_("Ended"), "secondary", "cancel"),
}
SCOPES = N_("May")
# What a script may be given; what only a person does at a till or with their own secrets is left out.
OFFERED = tuple(
    permission
    for permission in Permission
    if permission not in (Permission.API_KEY, Permission.APPROVE, Permission.ROLE_EDIT, Permission.RESTORE)
)
LIVES = ((30, N_("30 days")), (90, N_("90 days")), (365, N_("a year")))


def _new_form(view: ListView) -> Form:
    zone = ZoneInfo(view.desk.formats.timezone)
    today = view.desk.clock.now().astimezone(zone).date()

    def make(values: dict[str, Any]) -> IssueApiKey:
        scopes = frozenset(one.value for one in OFFERED if values[one.value])
        last: date = today + timedelta(days=values["days"])
        return IssueApiKey(values["name"], scopes, datetime.combine(last, time(), zone).astimezone(UTC))

    return Form(
        key="system.new_api_key",
        title=N_("New API key"),
        command=IssueApiKey,
        use_case=issue_api_key,
        make=make,
        fields=(
            Field("name", N_("What it is for"), required=True, max_length=80),
            Field("days", N_("Good for"), Holds.CHOICE, required=True, options=LIVES),
            *(Field(one.value, PERMISSION_NAMES[one], Holds.YES, group=SCOPES) for one in OFFERED),
        ),
        act=N_("Issue key"),
        said="",
    )


def new(view: ListView, _rows: Sequence[Any]) -> None:
    """Issue a key; it is shown until it is closed, and never again."""

    def issued(result: IssuedKey) -> None:
        text_shown = _("Key:\n\n{key}\n\nIt is not shown again.").format(key=result.key)
        tell(view, _("Write this down"), text_shown)

    open_form(view, view.desk, _new_form(view), values={"days": 90}, done=issued)


def revoke(view: ListView, rows: Sequence[ApiKeyRow]) -> None:
    """End a key; whoever uses it is refused at their next step."""
    row = rows[0]
    operation = Operation(revoke_api_key, RevokeApiKey(row.id), said=N_("The key is ended."))
    ask(
        view,
        _("End the key {name}?").format(name=row.name),
        _("Scripts that use it are refused from their next step on."),
        _("End key"),
        lambda: operation.run(view.desk, view),
        danger=True,
    )


def detail(view: ListView, row: ApiKeyRow) -> QWidget:
    """A key with what it may do."""
    moments = (
        (_("Issued"), row.created_at),
        (_("Good until"), row.expires_at),
        (_("Last used"), row.last_used_at),
        (_("Ended"), row.revoked_at),
    )
    pairs = [(_("Acts as"), row.username)]
    pairs += [(words, view.desk.formats.full_moment(when)) for words, when in moments if when is not None]
    names = (_(PERMISSION_NAMES[Permission(scope)]) for scope in row.scopes if scope in set(Permission))
    pairs.append((_(SCOPES), "\n".join(names) or _("nothing")))
    return facts(pairs, "key_facts")


def _state(row: ApiKeyRow) -> str:
    return "live" if row.revoked_at is None else "over"


def _live(row: Any) -> bool:
    return bool(row.revoked_at is None)


API_KEYS = ListScreen(
    key="system.api_keys",
    title=N_("API keys"),
    glyph="key-outline",
    needs=_MAY,
    page=whole(api_keys_list),
    row=ApiKeyRow,
    sort="created_at",
    descending=True,
    columns=(
        text("name", N_("What it is for"), stretch=True, sort=True),
        text("username", N_("Acts as"), width=128, sort=True),
        state("state", N_("State"), STATES, read=_state),
        moment("created_at", N_("Issued"), sort=True),
        moment("expires_at", N_("Good until")),
        moment("last_used_at", N_("Last used")),
    ),
    minor=("last_used_at", "created_at", "username"),
    commands=(
        Command("new", N_("New API key"), new, "plus", _MAY, "Ctrl+N", Pick.NONE, primary=True),
        Command("revoke", N_("End key"), revoke, "cancel", _MAY, "Ctrl+Del", danger=True, ready=_live),
    ),
    refresh_on={"ApiKey"},
    detail=detail,
    empty=Empty("key-outline", N_("Scripts act with a key of their own, within what it may do."), "new"),
)
