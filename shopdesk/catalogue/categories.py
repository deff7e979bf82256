"""The tree of categories: made, renamed, moved without cycles, removed when empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from shopdesk.catalogue.models import Category
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, ShopError
from shopdesk.core.folding import folded
from shopdesk.core.free_text import checked_text
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.history import what_changed
from shopdesk.system.records import audit_office

SEPARATOR = " > "
_COUNT_TEXT = """
WITH RECURSIVE below(top, id) AS (
  SELECT c.id, c.id FROM categories c UNION ALL SELECT b.top, c.id FROM below b JOIN categories c ON c.parent_id = b.id),
live AS (SELECT k.category_id, k.product_id FROM product_categories k JOIN products p ON p.id = k.product_id
  WHERE p.deleted_at IS NULL)
SELECT b.top, count(CASE WHEN b.id = b.top THEN 1 END), count(DISTINCT l.product_id)
FROM below b JOIN live l ON l.category_id = b.id GROUP BY b.top
"""
_COUNTS = Prepared(sqlite=_COUNT_TEXT, postgresql=_COUNT_TEXT)


class CategoryCycle(ShopError):
    """A category would become its own ancestor."""

    code = "category_cycle"
    sentence = N_("{name} cannot be moved below itself.")


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category in the tree; ``path`` are the names from the top, ``depth`` 0 at the top."""

    id: int
    parent_id: int | None
    name: str
    path: str
    depth: int
    version: int
    slug: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """How many products stand in a category, and in it or anywhere below it (each once)."""

    here: int
    below: int


@dataclass(frozen=True, slots=True)
class CreateCategory:
    """A new category below ``parent_id`` (None: at the top)."""

    name: str
    parent_id: int | None = None
    description: str = ""
    position: int | None = None
    slug: str | None = None


@dataclass(frozen=True, slots=True)
class EditCategory:
    """New name, text and place of a category; ``version`` is the one that was shown. ``position`` None keeps its place."""

    category_id: int
    version: int
    name: str
    parent_id: int | None = None
    description: str = ""
    position: int | None = None
    slug: str | None = None


def category_tree(reader: Reader) -> tuple[CategoryRow, ...]:
    """All categories, each after its parent, siblings by position and name; one statement."""
    rows = reader.connection.execute(
        sa.select(
            Category.id,
            Category.parent_id,
            Category.name,
            Category.position,
            Category.version,
            Category.slug,
            Category.description,
        )
    ).all()
    children: dict[int | None, list[Any]] = {}  # Any: SQLAlchemy's rows
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    ordered: list[CategoryRow] = []

    def walk(parent: int | None, path: tuple[str, ...]) -> None:
        for row in sorted(children.get(parent, ()), key=lambda item: (item.position, folded(item.name), item.id)):
            names = (*path, row.name)
            path_words = SEPARATOR.join(names)
            ordered.append(
                CategoryRow(
                    row.id, row.parent_id, row.name, path_words, len(path), row.version, row.slug, row.description
                )
            )
            walk(row.id, names)

    walk(None, ())
    return tuple(ordered)


def category_counts(reader: Reader) -> dict[int, CategoryCount]:
    """How many products (that are not deleted) each category holds; one statement, categories without any left out."""
    batch = reader.batch()
    found = batch.add(_COUNTS)
    batch.send()
    return {row[0]: CategoryCount(row[1], row[2]) for row in found.rows}


def create_category(uow: UnitOfWork, command: CreateCategory) -> int:
    """Make a category and return its id; refuses a name that its parent has already. Without a position it is the last one."""
    uow.require(Permission.CATALOGUE_EDIT)
    name = checked_name(uow, command.name, command.parent_id, None)
    _parent(uow, command.parent_id)
    place = last_place(uow, command.parent_id) if command.position is None else command.position
    category_id = _insert(uow, name, command.parent_id, command.description, place, command.slug)
    tell(uow, "category.create", category_id, {"name": name})
    return category_id


def edit_category(uow: UnitOfWork, command: EditCategory) -> None:
    """Rename, describe or move a category; refuses cycles and a name that the new parent has already."""
    uow.require(Permission.CATALOGUE_EDIT)
    rows = locked_categories(uow)
    before = rows.get(command.category_id)
    if before is None:
        raise NotFound(_("Category"), command.category_id)
    name = checked_name(uow, command.name, command.parent_id, command.category_id)
    allow_parent(rows, command.category_id, command.parent_id, name)
    position = command.position
    if position is None:
        position = before.position if before.parent_id == command.parent_id else last_place(uow, command.parent_id)
    values: dict[str, object] = {
        "name": name,
        "parent_id": command.parent_id,
        "description": checked_text(command.description, field="description", longest=2_000),
        "position": position,
    }
    if command.slug:
        values["slug"] = _slug(uow, command.slug, command.category_id)
    write_category(uow, command.category_id, command.version, values, name)
    was = {key: getattr(before, key) for key in values}
    by_name(rows, was, values)
    tell(uow, "category.edit", command.category_id, {"name": name, **what_changed(was, values)})


def ensure_category_paths(uow: UnitOfWork, paths: Iterable[str]) -> dict[str, int]:
    """The id of each path of names (``Food > Tea``), made where missing; for the bulk path, without a permission."""
    known = {(row.parent_id, row.name): row.id for row in category_tree(uow)}
    found: dict[str, int] = {}
    for path in dict.fromkeys(paths):
        parent: int | None = None
        for part in path.split(SEPARATOR.strip()):
            name = checked_text(part, field="category", longest=100, required=True)
            if (parent, name) not in known:
                known[parent, name] = _insert(uow, name, parent, "", len(known), None)
                uow.changed("Category")
            parent = known[parent, name]
        assert parent is not None
        found[path] = parent
    return found


def checked_name(uow: UnitOfWork, name: str, parent_id: int | None, own_id: int | None) -> str:
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


def locked_categories(uow: UnitOfWork) -> dict[int, Any]:  # Any: SQLAlchemy's rows
    """Every category, locked in order, so that two moves cannot close a circle together."""
    rows = uow.connection.execute(
        sa.select(
            Category.id,
            Category.parent_id,
            Category.name,
            Category.slug,
            Category.description,
            Category.position,
            Category.version,
        )
        .order_by(Category.id)
        .with_for_update()
    )
    return {row.id: row for row in rows}


def allow_parent(rows: Mapping[int, Any], category_id: int, parent_id: int | None, name: str) -> None:
    if parent_id is None:
        return
    if parent_id not in rows:
        raise NotFound(_("Category"), parent_id)
    if category_id in above(rows, parent_id):
        raise CategoryCycle(field="parent_id", name=name)


def by_name(rows: Mapping[int, Any], *changed: dict[str, object]) -> None:
    """Tell parents by their names in what is written down: ``parent`` in place of ``parent_id``."""
    for values in changed:
        parent = rows.get(values.pop("parent_id", None))  # type: ignore[call-overload]
        values["parent"] = parent.name if parent is not None else ""


def above(rows: Mapping[int, Any], category_id: int) -> set[int]:
    """A category and everything above it."""
    above: set[int] = set()
    at: int | None = category_id
    while at is not None and at not in above:
        above.add(at)
        at = rows[at].parent_id if at in rows else None
    return above


def last_place(uow: UnitOfWork, parent_id: int | None) -> int:
    """The place after a parent's last category."""
    last = sa.select(sa.func.max(Category.position)).where(sa.func.coalesce(Category.parent_id, 0) == (parent_id or 0))
    found = uow.connection.execute(last).scalar()
    return 0 if found is None else int(found) + 1


def write_category(uow: UnitOfWork, category_id: int, version: int, values: Mapping[str, object], name: str) -> None:
    changed = uow.connection.execute(
        sa.update(Category)
        .where(Category.id == category_id, Category.version == version)
        .values(
            **values,
            updated_at=uow.clock.now(),
            updated_by=uow.actor.user_id or None,
            version=Category.version + 1,
        )
    )
    if not changed.rowcount:
        raise ChangedMeanwhile(name)


def _slug(uow: UnitOfWork, text: str, own_id: int | None) -> str:
    slug = "-".join(folded(checked_text(text, field="slug")).split())
    if not slug or len(slug) > 120:
        raise BadField("slug", _("must have letters or digits, and at most 120 of them."))
    other = uow.connection.execute(sa.select(Category.name, Category.id).where(Category.slug == slug)).first()
    if other is not None and other.id != own_id:
        raise BadField("slug", _("already belongs to {other}.").format(other=other.name))
    return slug


def _insert(
    uow: UnitOfWork, name: str, parent_id: int | None, description: str, position: int, wanted: str | None
) -> int:
    now, user = uow.clock.now(), uow.actor.user_id or None
    if wanted:
        slug = _slug(uow, wanted, None)
    else:
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


def tell(uow: UnitOfWork, action: str, category_id: int, details: Mapping[str, object]) -> None:
    audit_office(uow, action, target_type="category", target_id=str(category_id), details=details)
    uow.changed("Category")
