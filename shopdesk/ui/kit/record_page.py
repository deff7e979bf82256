"""Declaration of a record page: a page about one thing, with its head and state, tabs and commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from shopdesk.core.permissions import Permission
from shopdesk.ui.kit.columns import State
from shopdesk.ui.kit.form_dialog import Fresh, Shown
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.specs import ListScreen
from shopdesk.ui.theme.glyphs import GLYPHS

if TYPE_CHECKING:
    from shopdesk.ui.kit.record_view import RecordView


@dataclass(frozen=True, slots=True)
class RecordCommand:
    """Something that can be done with the record: ``run(page, record)``.

    ``primary`` is the one main action; ``more`` puts it into the menu of what is rarely wanted. ``ready`` says whether the
    record allows it now. ``danger`` marks what cannot be undone.
    """

    key: str
    title: str
    run: Callable[[RecordView, Any], object]
    glyph: str = ""
    needs: Permission | None = None
    shortcut: str = ""
    primary: bool = False
    danger: bool = False
    more: bool = False
    ready: Callable[[Any], bool] | None = None

    def __post_init__(self) -> None:
        if self.glyph and self.glyph not in GLYPHS:
            raise ValueError(f"no such icon: {self.glyph}")
        if self.shortcut and QKeySequence(self.shortcut).isEmpty():
            raise ValueError(f"command {self.key}: {self.shortcut} is no key")
        if self.primary and (self.danger or self.more):
            raise ValueError(f"command {self.key}: the main action is no danger and stands outside the menu")

    def fits(self, record: Any) -> bool:
        """Whether the record allows it now."""
        return self.ready is None or self.ready(record)


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of the page. ``make(page, record)`` builds its widget when it is first shown.

    The widget may have ``show_record(record)``, called when the record was read again (a widget without it is made anew),
    ``dirty`` (a bool: it holds what is not saved) and ``take_focus()``. ``shown`` says whether the record has this part at
    all; ``count`` gives a number behind its title. Without the permission ``needs`` the tab is not there.
    """

    key: str
    title: str
    make: Callable[[RecordView, Any], QWidget]
    glyph: str = ""
    needs: Permission | None = None
    shown: Callable[[Any], bool] | None = None
    count: Callable[[Any], int | None] | None = None

    def __post_init__(self) -> None:
        if self.glyph and self.glyph not in GLYPHS:
            raise ValueError(f"no such icon: {self.glyph}")


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A page about one thing.

    ``load(reader, record_id)`` answers the record, with ``as_actor`` as ``load(reader, record_id, actor)``; None or NotFound
    mean that it is no longer there. ``head``, ``under`` and ``state`` make the heading, the line below it and the word of
    its state. ``entity`` is the target type of its audit lines and adds the tab of its history; ``ident`` gives the target's
    id where that is not the record's id. ``refresh_on`` names the entities whose change reads the record again.
    Raises ValueError at import for what does not fit together.
    """

    key: str
    title: str
    load: Callable[..., Any]
    head: Callable[[Any, Formats], str]
    tabs: tuple[Tab, ...]
    needs: Permission | None = None
    glyph: str = "text-box-outline"
    under: Callable[[Any, Formats], str] | None = None
    state: Callable[[Any], State | None] | None = None
    commands: tuple[RecordCommand, ...] = ()
    refresh_on: frozenset[str] | set[str] = frozenset()
    entity: str = ""
    ident: Callable[[Any], str] = lambda record: str(attrgetter("id")(record))
    as_actor: bool = False

    def __post_init__(self) -> None:
        if self.glyph not in GLYPHS:
            raise ValueError(f"no such icon: {self.glyph}")
        if not self.tabs:
            raise ValueError(f"{self.key}: a page has at least one tab")
        for what, names in (
            ("tab", [tab.key for tab in self.tabs] + (["history"] if self.entity else [])),
            ("command", [command.key for command in self.commands]),
            ("shortcut", [command.shortcut for command in self.commands if command.shortcut]),
        ):
            if twice := {name for name in names if names.count(name) > 1}:
                raise ValueError(f"{self.key}: {what} {', '.join(sorted(twice))} stands there twice")
        if sum(command.primary for command in self.commands) > 1:
            raise ValueError(f"{self.key}: more than one main action")


def list_tab(
    key: str,
    title: str,
    spec: ListScreen,
    fixed: Callable[[Any], Mapping[str, object]],
    *,
    glyph: str = "",
    shown: Callable[[Any], bool] | None = None,
    count: Callable[[Any], int | None] | None = None,
) -> Tab:
    """A declared list inside the page; what ``fixed`` makes of the record goes to its page query by name."""

    def make(page: RecordView, record: Any) -> QWidget:
        from shopdesk.ui.kit.list_view import ListView

        class RecordList(ListView):
            """The list of this record; it reads again when the record did."""

            def show_record(self, fresh: Any) -> None:
                """Narrow the list to the record as it is now."""
                self.fixed = {**spec.fixed, **fixed(fresh)}
                self.refresh()

            def take_focus(self) -> None:
                """The keyboard goes to the table."""
                self.table.setFocus()

        view = RecordList(spec, page.desk, page.memory, inner=True)
        view.fixed = {**spec.fixed, **fixed(record)}
        view.context = page
        return view

    return Tab(key, title, make, glyph, spec.needs, shown, count)


def form_tab(
    key: str,
    title: str,
    show: Callable[[RecordView, Any], Shown],
    *,
    glyph: str = "",
    needs: Permission | None = None,
    shown: Callable[[Any], bool] | None = None,
    done: Callable[[RecordView, Any], object] | None = None,
) -> Tab:
    """A form as a tab: what ``show(page, record)`` answers is filled in, Save writes it, the page guards what is not saved.

    When somebody else saved first, the record is read again and the person chooses field by field.
    """

    def make(page: RecordView, record: Any) -> QWidget:
        from shopdesk.ui.kit.form_panel import FormPanel

        spec = page.spec
        args = (page.record_id, page.desk.actor) if spec.as_actor else (page.record_id,)
        fresh = Fresh(spec.load, args, lambda found: show(page, found))
        return FormPanel(
            page.desk,
            show(page, record),
            fresh=fresh,
            reread=lambda found: show(page, found),
            done=None if done is None else lambda result: done(page, result),
        )

    return Tab(key, title, make, glyph, needs, shown)
