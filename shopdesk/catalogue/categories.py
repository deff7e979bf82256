"""The tree of categories: made, renamed, moved without cycles, removed when empty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import Category, ProductCategory
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, ShopError
from shopdesk.core.folding import folded
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.records import audit_office

SEPARATOR = " > "


class CategoryCycle(ShopError):
    """A category would become its own ancestor."""

    code = "category_cycle"
    sentence = N_("{name} cannot be moved below itself.")


class CategoryInUse(ShopError):
    """A category with products or categories below it."""

    code = "category_in_use"
    sentence = N_("{name} is not empty: move its products and categories first.")


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category in the tree; ``path`` are the names from the top, ``depth`` 0 at the top."""

    id: int
    parent_id: int | None
    name: str
    path: str
    depth: int
    version: int


@dataclass(frozen=True, slots=True)
class CreateCategory:
    """A new category below ``parent_id`` (None: at the top)."""

    name: str
    parent_id: int | None = None
    description: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class EditCategory:
    """New name, text and place of a category; ``version`` is the one that was shown."""

    category_id: int
    version: int
    name: str
    parent_id: int | None = None
    description: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class RemoveCategory:
    """The category to remove."""

    category_id: int


def category_tree(reader: Reader) -> tuple[CategoryRow, ...]:
    """All categories, each after its parent, siblings by position and name; one statement."""
    rows = reader.connection.execute(
        sa.select(Category.id, Category.parent_id, Category.name, Category.position, Category.version)
    ).all()
    children: dict[int | None, list[Any]] = {}  # Any: SQLAlchemy's rows
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    ordered: list[CategoryRow] = []

    def walk(parent: int | None, path: tuple[str, ...]) -> None:
        for row in sorted(children.get(parent, ()), key=lambda item: (item.position, folded(item.name), item.id)):
            names = (*path, row.name)
            ordered.append(CategoryRow(row.id, row.parent_id, row.name, SEPARATOR.join(names), len(path), row.version))
            walk(row.id, names)

    walk(None, ())
    return tuple(ordered)


def create_category(uow: UnitOfWork, command: CreateCategory) -> int:
    """Make a category and return its id; refuses a name that its parent has already."""
    uow.require(Permission.CATALOGUE_EDIT)
    name = _name(uow, command.name, command.parent_id, None)
    _parent(uow, command.parent_id)
    category_id = _insert(uow, name, command.parent_id, command.description, command.position)
    audit_office(uow, "category.create", target_type="category", target_id=str(category_id), details={"name": name})
    uow.changed("Category")
    return category_id


def edit_category(uow: UnitOfWork, command: EditCategory) -> None:
    """Rename, describe or move a category; refuses cycles and a name that the new parent has already."""
    uow.require(Permission.CATALOGUE_EDIT)
    name = _name(uow, command.name, command.parent_id, command.category_id)
    if command.parent_id is not None:
        _parent(uow, command.parent_id)
        if command.category_id in _ancestors(uow, command.parent_id):
            raise CategoryCycle(field="parent_id", name=name)
    changed = uow.connection.execute(
        sa.update(Category)
        .where(Category.id == command.category_id, Category.version == command.version)
        .values(
            name=name,
            parent_id=command.parent_id,
            description=checked_text(command.description, field="description", longest=2_000),
            position=command.position,
            updated_at=uow.clock.now(),
            updated_by=uow.actor.user_id or None,
            version=Category.version + 1,
        )
    )
    if not changed.rowcount:
        if uow.connection.execute(sa.select(Category.id).where(Category.id == command.category_id)).first():
            raise ChangedMeanwhile(name)
        raise NotFound(_("Category"), command.category_id)
    audit_office(
        uow,
        "category.edit",
        target_type="category",
        target_id=str(command.category_id),
        details={"name": name, "parent": command.parent_id or 0},
    )
    uow.changed("Category")


def remove_category(uow: UnitOfWork, command: RemoveCategory) -> None:
    """Remove an empty category; refuses one with products or categories below it."""
    uow.require(Permission.CATALOGUE_EDIT)
    name = uow.connection.execute(sa.select(Category.name).where(Category.id == command.category_id)).scalar()
    if name is None:
        raise NotFound(_("Category"), command.category_id)
    used = sa.or_(
        sa.exists().where(Category.parent_id == command.category_id),
        sa.exists().where(ProductCategory.category_id == command.category_id),
    )
    if uow.connection.execute(sa.select(used)).scalar():
        raise CategoryInUse(name=name)
    uow.connection.execute(sa.delete(Category).where(Category.id == command.category_id))
    audit_office(
        uow,
        "category.remove",
        target_type="category",
        target_id=str(command.category_id),
        details={"name": name},
    )
    uow.changed("Category")


def ensure_category_paths(uow: UnitOfWork, paths: Iterable[str]) -> dict[str, int]:
    """The id of each path of names (``Food > Tea``), made where missing; for the bulk path, without a permission."""
    known = {(row.parent_id, row.name): row.id for row in category_tree(uow)}
    found: dict[str, int] = {}
    for path in dict.fromkeys(paths):
        parent: int | None = None
        for part in path.split(SEPARATOR.strip()):
            name = checked_text(part, field="category", longest=100, required=True)
            if (parent, name) not in known:
                known[parent, name] = _insert(uow, name, parent, "", len(known))
                uow.changed("Category")
            parent = known[parent, name]
        assert parent is not None
        found[path] = parent
    return found


def _name(uow: UnitOfWork, name: str, parent_id: int | None, own_id: int | None) -> str:
    cleaned = checked_text(name, field="name", longest=100, required=True)
    if ">" in cleaned:
        raise BadField("name", _("must not hold the sign >, which parts the names of a path."))
    same = sa.select(Category.id).where(
        sa.func.coalesce(Category.parent_id, 0) == (parent_id or 0), Category.name == cleaned
    )
    other = uow.connection.execute(same).scalar()
    if other is not None and other != own_id:
        raise BadField("name", _("there is a category {name} here already.").format(name=cleaned))
    return cleaned


def _parent(uow: UnitOfWork, parent_id: int | None) -> None:
    known = sa.select(Category.id).where(Category.id == parent_id)
    if parent_id is not None and uow.connection.execute(known).first() is None:
        raise NotFound(_("Category"), parent_id)


def _ancestors(uow: UnitOfWork, category_id: int) -> set[int]:
    """A category and everything above it. All rows are locked in order, so that two moves cannot close a circle together."""
    rows = uow.connection.execute(
        sa.select(Category.id, Category.parent_id).order_by(Category.id).with_for_update()
    ).all()
    parents = {row.id: row.parent_id for row in rows}
    above: set[int] = set()
    at: int | None = category_id
    while at is not None and at not in above:
        above.add(at)
        at = parents.get(at)
    return above


def _insert(uow: UnitOfWork, name: str, parent_id: int | None, description: str, position: int) -> int:
    now, user = uow.clock.now(), uow.actor.user_id or None
    base = "-".join(folded(name).split()) or "category"
    taken = set(uow.connection.execute(sa.select(Category.slug).where(Category.slug.like(f"{base}%"))).scalars())
    slug, count = base, 1
    while slug in taken:
        count += 1
        slug = f"{base}-{count}"
    made = uow.connection.execute(
        sa.insert(Category).values(
            name=name,
            slug=slug,
            parent_id=parent_id,
            description=checked_text(description, field="description", longest=2_000),
            position=position,
            created_at=now,
            updated_at=now,
            created_by=user,
            updated_by=user,
        )
    )
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])
