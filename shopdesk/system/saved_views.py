"""A person's own views of lists: search, filters, order and columns under a name, and how the columns were last arranged.

They belong to the person who made them, follow them to every machine, and need no permission: what a view shows, the
list's own query refuses to who may not see it.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.errors import BadField, NotFound, ShopError
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.models import SavedView

LONGEST_CONTENT = 20_000
MOST_VIEWS = 40
_LONGEST_NAME = 60


class ViewNameTaken(ShopError):
    """The person has a view of this name on the same list."""

    code = "view_name_taken"
    sentence = N_("You have a view {name} already.")


@dataclass(frozen=True, slots=True)
class SavedViewRow:
    """A named view; ``content`` is the JSON of the screens' kit."""

    id: int
    name: str
    content: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class MyViews:
    """What a person keeps of one list: the arrangement of its columns (None: as it is declared) and the named views."""

    layout: str | None
    views: tuple[SavedViewRow, ...]


@dataclass(frozen=True, slots=True)
class KeepLayout:
    """How the person arranged the columns of a list; ``{}`` as it is declared."""

    screen: str
    content: str


@dataclass(frozen=True, slots=True)
class SaveView:
    """A view to make (``view_id`` None) or to change; the default one is shown when the list opens."""

    screen: str
    name: str
    content: str
    is_default: bool = False
    view_id: int | None = None


@dataclass(frozen=True, slots=True)
class DeleteView:
    """The view to delete."""

    view_id: int


def my_views(reader: Reader, screen: str, user_id: int) -> MyViews:
    """A person's views of a list by name; one statement."""
    rows = reader.connection.execute(
        sa.select(SavedView.id, SavedView.name, SavedView.content, SavedView.is_default)
        .where(SavedView.user_id == user_id, SavedView.screen == screen)
        .order_by(SavedView.name)
    ).all()
    layout = next((row.content for row in rows if not row.name), None)
    return MyViews(layout, tuple(SavedViewRow(*row) for row in rows if row.name))


def keep_layout(uow: UnitOfWork, command: KeepLayout) -> None:
    """Keep the arrangement of a list's columns for the acting person."""
    _put(uow, command.screen, "", _checked(command.content), is_default=False)


def save_view(uow: UnitOfWork, command: SaveView) -> int:
    """Make or change a view of the acting person and return its id; raises ViewNameTaken, NotFound, BadField."""
    name = checked_text(command.name, field="name", longest=_LONGEST_NAME, required=True)
    content, user = _checked(command.content), uow.actor.user_id
    mine = (SavedView.user_id == user, SavedView.screen == command.screen)
    if command.is_default:
        uow.connection.execute(sa.update(SavedView).where(*mine, SavedView.is_default).values(is_default=False))
    known = {
        row.name: row.id
        for row in uow.connection.execute(sa.select(SavedView.id, SavedView.name).where(*mine, SavedView.name != ""))
    }
    if known.get(name, command.view_id) != command.view_id:
        raise ViewNameTaken(field="name", name=name)
    if command.view_id is None:
        if len(known) >= MOST_VIEWS:
            raise BadField(
                "name", _("there are {count} views of this list; delete one first.").format(count=len(known))
            )
        view_id = _put(uow, command.screen, name, content, is_default=command.is_default)
    else:
        view_id = command.view_id
        values = {"name": name, "content": content, "is_default": command.is_default, "updated_at": uow.clock.now()}
        if not uow.connection.execute(
            sa.update(SavedView).where(*mine, SavedView.id == view_id).values(**values)
        ).rowcount:
            raise NotFound(_("View"), name)
    uow.changed("SavedView")
    return view_id


def delete_view(uow: UnitOfWork, command: DeleteView) -> None:
    """Delete a view of the acting person; one that is gone already is no error."""
    uow.connection.execute(
        sa.delete(SavedView).where(SavedView.id == command.view_id, SavedView.user_id == uow.actor.user_id)
    )
    uow.changed("SavedView")


def _put(uow: UnitOfWork, screen: str, name: str, content: str, *, is_default: bool) -> int:
    now, user = uow.clock.now(), uow.actor.user_id
    place = (SavedView.user_id == user, SavedView.screen == screen, SavedView.name == name)
    found = uow.connection.execute(sa.select(SavedView.id).where(*place)).scalar()
    if found is not None:
        uow.connection.execute(
            sa.update(SavedView).where(SavedView.id == found).values(content=content, updated_at=now)
        )
        return int(found)
    made = uow.connection.execute(
        sa.insert(SavedView).values(
            user_id=user,
            screen=screen,
            name=name,
            content=content,
            is_default=is_default,
            created_at=now,
            updated_at=now,
        )
    )
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def _checked(content: str) -> str:
    if len(content) > LONGEST_CONTENT:
        raise BadField("content", _("is too long to be kept."))
    return content
