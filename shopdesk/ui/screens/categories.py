"""The tree of categories, as a list of paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopdesk.catalogue.categories import (
    CategoryRow,
    CreateCategory,
    EditCategory,
    category_tree,
    create_category,
    edit_category,
)
from shopdesk.catalogue.category_moves import RemoveCategory, remove_category
from shopdesk.catalogue.queries import category_choices
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.ui.kit.columns import number, text
from shopdesk.ui.kit.form_dialog import Form, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, Pick
from shopdesk.ui.kit.whole import whole

_EDIT = Permission.CATALOGUE_EDIT
FIELDS = (
    Field("name", N_("Name"), required=True, max_length=100),
    Field("parent_id", N_("Below"), Holds.CHOICE, query=category_choices, help=N_("Empty: at the top.")),
)
NEW = Form(
    key="catalogue.new_category",
    title=N_("New category"),
    command=CreateCategory,
    use_case=create_category,
    fields=FIELDS,
    act=N_("Add category"),
    said=N_("The category was added."),
)
EDIT = Form(
    key="catalogue.edit_category",
    title=N_("Change category"),
    command=EditCategory,
    use_case=edit_category,
    fields=FIELDS,
    given=("category_id", "version"),
    act=N_("Save category"),
)


def new(view: ListView, _rows: Sequence[CategoryRow]) -> None:
    """Add a category."""
    open_form(view, view.desk, NEW)


def below(view: ListView, rows: Sequence[CategoryRow]) -> None:
    """Add a category below the chosen one."""
    open_form(view, view.desk, NEW, values={"parent_id": rows[0].id})


def edit(view: ListView, rows: Sequence[CategoryRow]) -> None:
    """Rename or move a category."""
    row = rows[0]
    given = {"category_id": row.id, "version": row.version}
    open_form(view, view.desk, EDIT, values={"name": row.name, "parent_id": row.parent_id}, given=given)


def remove(view: ListView, rows: Sequence[CategoryRow]) -> None:
    """Remove a category that holds nothing."""
    row = rows[0]
    operation: Operation[Any, Any] = Operation(
        remove_category, RemoveCategory(row.id), said=N_("The category is gone.")
    )
    ask(
        view,
        _("Remove {name}?").format(name=row.path),
        _("Only a category without products and without others below it can be removed."),
        _("Remove category"),
        lambda: operation.run(view.desk, view),
        danger=True,
    )


CATEGORIES = ListScreen(
    key="catalogue.categories",
    title=N_("Categories"),
    glyph="folder-outline",
    needs=Permission.CATALOGUE_VIEW,
    page=whole(category_tree),
    row=CategoryRow,
    columns=(
        text("path", N_("Category"), stretch=True, sort=True),
        text("name", N_("Name"), width=200, hidden=True),
        number("depth", N_("Level"), width=80),
    ),
    commands=(
        Command("new", N_("New category"), new, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("edit", N_("Rename or move"), edit, "pencil-outline", _EDIT, "Ctrl+E"),
        Command("below", N_("New one below"), below, "plus", _EDIT),
        Command("remove", N_("Remove"), remove, "delete-outline", _EDIT, "Ctrl+Del", danger=True),
    ),
    refresh_on={"Category"},
    empty=Empty("folder-outline", N_("Categories are the pages of tiles on the till."), "new"),
    on_open="edit",
)
