"""A person's saved views of a list: chosen, made, renamed, deleted from one small menu; the columns follow the person too."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QToolButton

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.system.saved_views import (
    DeleteView,
    KeepLayout,
    MyViews,
    SavedViewRow,
    SaveView,
    delete_view,
    keep_layout,
    my_views,
    save_view,
)
from shopdesk.ui.kit.commanding import with_keys
from shopdesk.ui.kit.messages import ask_text
from shopdesk.ui.kit.operations import Operation, show_refusal
from shopdesk.ui.kit.widgets import caption, named, plain_tip
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.icons import icon

if TYPE_CHECKING:
    from shopdesk.ui.kit.list_view import ListView

VIEW_KEYS = "Ctrl+Shift+V"
_KEEP_WAIT_MS = 1_500


class ViewsButton(QToolButton):
    """The menu of a list's saved views. ``read`` asks for them once; ``shown`` is the view that the list shows, or None."""

    def __init__(self, host: ListView) -> None:
        super().__init__()
        named(self, "views", _("Saved views"))
        self._host = host
        self._key = host.spec.key
        self.mine = MyViews(None, ())
        self.shown: SavedViewRow | None = None
        self._layout: str | None = None
        self.setProperty("role", "quiet")
        self.setIcon(icon("star-outline"))
        self.setFixedSize(tokens.TARGET_OFFICE, tokens.TARGET_OFFICE)
        self.setStyleSheet("padding: 0;")
        self.setToolTip(plain_tip(with_keys(_("Saved views"), VIEW_KEYS)))
        self.clicked.connect(lambda _on=False: self.open_menu())
        shortcut = QShortcut(QKeySequence(VIEW_KEYS), host)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.open_menu)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_KEEP_WAIT_MS)
        self._timer.timeout.connect(self._keep)
        host.table.arranged.connect(lambda _layout: self._timer.start())
        host.desk.changed.connect(self._something_changed)

    def read(self, then: Callable[[], object]) -> None:
        """Ask for the person's views and columns, then go on; a list is shown without them if they cannot be read."""

        def arrived(mine: MyViews) -> None:
            self._take(mine)
            if mine.layout is not None:
                self._host.table.arrange(_read(mine.layout))
            default = next((view for view in mine.views if view.is_default), None)
            if default is not None:
                self._apply(default)
            then()

        def failed(error: BaseException) -> None:
            if not isinstance(error, ShopError):
                raise error
            then()
            show_refusal(self._host, error)

        self._host.desk.ask(
            my_views, self._key, self._host.desk.actor.user_id, done=arrived, failed=failed, owner=self, key="views"
        )

    def forget(self) -> None:
        """Another person is here: nothing of what was kept is theirs."""
        self._timer.stop()
        self.shown = None
        self._take(MyViews(None, ()))
        self._tell()

    def choose(self, view: SavedViewRow | None) -> None:
        """Show a view, or with None the list as it is declared."""
        if view is None:
            self._host.show_as(search="", filters=(), sort=None, columns=_read(self._layout or "{}"))
            self.shown = None
        else:
            self._apply(view)
        self._tell()
        self._host.ask_now()

    def save_as(self) -> None:
        """Ask for a name and keep what is shown under it."""
        ask_text(
            self._host,
            _("Save this view"),
            _("Name of the view"),
            _("Save view"),
            lambda name: self._save(name, self._content(), None, default=False),
        )

    def save_changes(self) -> None:
        """Keep what is shown now under the name of the view that is shown."""
        if self.shown is not None:
            self._save(self.shown.name, self._content(), self.shown.id, default=self.shown.is_default)

    def rename(self) -> None:
        """Give the view that is shown another name."""
        view = self.shown
        if view is not None:
            ask_text(
                self._host,
                _("Rename the view"),
                _("Name of the view"),
                _("Rename view"),
                lambda name: self._save(name, view.content, view.id, default=view.is_default),
                text=view.name,
            )

    def make_default(self) -> None:
        """Open the list with the view that is shown from now on, or no longer."""
        if self.shown is not None:
            self._save(self.shown.name, self.shown.content, self.shown.id, default=not self.shown.is_default)

    def delete(self) -> None:
        """Delete the view that is shown; it can be taken back."""
        view = self.shown
        if view is None:
            return
        again = SaveView(self._key, view.name, view.content, view.is_default)
        self.shown = None
        Operation(
            delete_view,
            DeleteView(view.id),
            done=lambda _nothing: self._reread(""),
            said=_("The view {name} was deleted.").format(name=view.name),
            undo=(save_view, again),
        ).run(self._host.desk, self._host)

    def actions_offered(self) -> list[tuple[str, str, Callable[[], object], bool, bool]]:
        """The lines of the menu: (key, words, what it does, can be used, is checked); an empty key is a rule."""
        shown = self.shown
        lines: list[tuple[str, str, Callable[[], object], bool, bool]] = [
            ("usual", _("As the list is made"), partial(self.choose, None), True, shown is None)
        ]
        for view in self.mine.views:
            chosen = shown is not None and view.id == shown.id
            words = _("{name} (opens first)").format(name=view.name) if view.is_default else view.name
            lines.append((f"view_{view.id}", words, partial(self.choose, view), True, chosen))
        nothing: Callable[[], object] = lambda: None  # noqa: E731 - a rule does nothing
        lines.append(("", "", nothing, False, False))
        lines.append(("save_as", _("Save this view..."), self.save_as, True, False))
        if shown is not None:
            changed = self._content() != shown.content
            words = _("Save the changes to {name}").format(name=shown.name)
            lines.append(("save", words, self.save_changes, changed, False))
            lines.append(("rename", _("Rename {name}...").format(name=shown.name), self.rename, True, False))
            words = _("Open the list with {name}").format(name=shown.name)
            lines.append(("default", words, self.make_default, True, shown.is_default))
            lines.append(("delete", _("Delete {name}").format(name=shown.name), self.delete, True, False))
        return lines

    def open_menu(self) -> None:
        """Show the menu below the button."""
        menu = named(QMenu(self), "views_menu", _("Saved views"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, words, run, usable, checked in self.actions_offered():
            if not key:
                menu.addSeparator()
                continue
            action = QAction(caption(words), menu)
            action.setObjectName(f"views_{key}")
            action.setEnabled(usable)
            action.setCheckable(key in {"usual", "default"} or key.startswith("view_"))
            action.setChecked(checked)
            action.triggered.connect(lambda _on=False, run=run: run())
            menu.addAction(action)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    # Keeping

    def _save(self, name: str, content: str, view_id: int | None, *, default: bool) -> None:
        command = SaveView(self._key, name, content, default, view_id)
        said = _("The view {name} is saved.").format(name=name)
        Operation(save_view, command, done=lambda _id: self._reread(name), said=said).run(self._host.desk, self._host)

    def _reread(self, name: str) -> None:
        def arrived(mine: MyViews) -> None:
            self._take(mine)
            self.shown = next((view for view in mine.views if view.name == name), None)
            self._tell()

        user = self._host.desk.actor.user_id
        self._host.desk.ask(my_views, self._key, user, done=arrived, owner=self, key="views")

    def _take(self, mine: MyViews) -> None:
        self.mine = mine
        self._layout = mine.layout
        if self.shown is not None:
            self.shown = next((view for view in mine.views if view.id == self.shown.id), None)

    def _apply(self, view: SavedViewRow) -> None:
        content = _read(view.content)
        sort = content.get("sort")
        known = {column.sort for column in self._host.spec.columns if column.sort}
        order = (sort[0], bool(sort[1])) if isinstance(sort, list) and len(sort) == 2 and sort[0] in known else None
        filters, columns = content.get("filters"), content.get("columns")
        self.shown = view
        self._host.show_as(
            search=str(content.get("search", "")),
            filters=filters if isinstance(filters, list) else (),
            sort=order,
            columns=columns if isinstance(columns, dict) else {},
        )
        self._tell()

    def _content(self) -> str:
        host = self._host
        kept = {
            "search": host.search.text().strip(),
            "filters": host.filters.kept(),
            "sort": list(host.order),
            "columns": host.table.layout_kept,
        }
        return json.dumps(kept, ensure_ascii=False, sort_keys=True)

    def _something_changed(self, names: frozenset[str]) -> None:
        if "SavedView" in names and self._host.isVisible() and self._host.desk.signed_in:
            self._reread(self.shown.name if self.shown is not None else "")

    def _keep(self) -> None:
        if self.shown is not None or not self._host.desk.signed_in:
            return  # the columns of a named view are kept with it, when the person says so
        content = json.dumps(self._host.table.layout_kept, ensure_ascii=False, sort_keys=True)
        if content == (self._layout or "{}"):
            return
        self._layout = content
        self._host.desk.execute(
            keep_layout, KeepLayout(self._key, content), done=lambda _nothing: None, failed=self._not_kept, owner=self
        )

    def _not_kept(self, error: BaseException) -> None:
        if not isinstance(error, ShopError):
            raise error  # a busy database: this machine remembers them all the same

    def _tell(self) -> None:
        self.setIcon(icon("star" if self.shown is not None else "star-outline"))
        name = self.shown.name if self.shown is not None else ""
        words = _("Saved views: {name}").format(name=name) if name else _("Saved views")
        self.setAccessibleName(words)
        self.setToolTip(plain_tip(with_keys(words, VIEW_KEYS)))
        self._host.show_view_name(name)


def _read(content: str) -> Mapping[str, Any]:  # Any: whatever JSON holds
    try:
        read = json.loads(content)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
