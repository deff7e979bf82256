"""The left edge of the office: areas with icons and words, what the person may not see marked, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QFrame, QMenu, QScrollArea, QSizePolicy, QToolButton, QWidget

from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.widgets import Label, caption, hairline, hbox, icon_button, named, plain_tip, vbox
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font
from shopdesk.ui.theme.icons import icon

WIDE, WIDEST = 208, 280
NARROW = 56

Maker = Callable[[Desk, Memory, QWidget], QWidget]


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the navigation. ``load`` imports the screen, in a thread, and returns what builds its widget.

    ``waiting`` is a query for how many things wait there; it is asked again when one of ``waits_on`` changes.
    """

    key: str
    title: str
    glyph: str
    area: str
    needs: Permission
    load: Callable[[], Maker]
    shortcut: str = ""
    waiting: Callable[..., int] | None = None
    waits_on: frozenset[str] = frozenset()


class Navigation(QFrame):
    """Shows the entries by area. ``wanted`` is sent with an entry's key, ``act`` with what the person's menu asks for."""

    wanted = Signal(str)
    act = Signal(str)

    def __init__(self, entries: Sequence[Entry], desk: Desk, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "navigation", _("Navigation"))
        self._desk = desk
        self._memory = memory
        self._entries = tuple(entries)
        self._narrow = bool(memory.get("navigation.narrow", False))
        self.buttons: dict[str, QToolButton] = {}
        self._heads: list[Label] = []
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        outer = vbox(self, spacing=0)
        top = hbox(spacing=tokens.SPACE_4)
        top.setContentsMargins(tokens.SPACE_12, tokens.SPACE_12, tokens.SPACE_8, tokens.SPACE_8)
        self._shop = Label("ShopDesk", "shop_name", font=text_font(tokens.OFFICE_SECTION, tokens.SEMIBOLD))
        self._shop.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        top.addWidget(self._shop, 1)
        self._fold = icon_button("menu-open", "fold", _("Fold the navigation"), self._turn)
        top.addWidget(self._fold)
        outer.addLayout(top)
        outer.addWidget(self._make_list(), 1)
        outer.addWidget(hairline())
        outer.addWidget(self._make_person())
        self._apply_width()
        desk.actor_changed.connect(self.show_rights)
        desk.changed.connect(self._something_changed)
        self.show_rights()

    def set_shop_name(self, name: str) -> None:
        """The shop's name at the top."""
        self._shop.setText(name)
        self._shop.setToolTip(plain_tip(name))

    def choose(self, key: str) -> None:
        """Mark the place that is shown."""
        if key in self.buttons:
            self.buttons[key].setChecked(True)

    def may_open(self, key: str) -> bool:
        """Whether the signed-in person may see a place."""
        return any(entry.key == key and self._desk.may(entry.needs) for entry in self._entries)

    def first_allowed(self) -> str:
        """The first place that the signed-in person may see, empty if there is none."""
        return next((entry.key for entry in self._entries if self._desk.may(entry.needs)), "")

    def show_rights(self) -> None:
        """Mark what the person may not see, and say who is here."""
        for entry in self._entries:
            may = self._desk.may(entry.needs)
            made = self.buttons[entry.key]
            made.setIcon(icon(entry.glyph if may else "lock-outline", "text" if may else "secondary"))
        if self._desk.signed_in:
            for entry in self._entries:
                self._count(entry)
            self._person.setText(caption(self._desk.actor.username))
            self._person.setAccessibleName(self._desk.actor.username)

    def show_waiting(self, key: str, count: int) -> None:
        """Say behind a place's name how many things wait there; nothing for none."""
        entry = next(entry for entry in self._entries if entry.key == key)
        words = _(entry.title)
        made = self.buttons[key]
        made.setText(f" {caption(words)}  {count}" if count else f" {caption(words)}")
        made.setAccessibleName(_("{place}, {count} waiting").format(place=words, count=count) if count else words)

    def _count(self, entry: Entry) -> None:
        if entry.waiting is not None and self._desk.may(entry.needs):
            self._desk.ask(
                entry.waiting,
                done=partial(self.show_waiting, entry.key),
                failed=lambda _error: None,  # only a number beside a name; the place itself says what is wrong
                owner=self,
                key=f"waiting.{entry.key}",
            )

    def _something_changed(self, names: frozenset[str]) -> None:
        for entry in self._entries:
            if names & entry.waits_on or "*" in names:
                self._count(entry)

    def _make_list(self) -> QWidget:
        inner = named(QWidget(), "navigation_list", _("Places"))
        column = vbox(inner, spacing=2)
        column.setContentsMargins(tokens.SPACE_8, 0, tokens.SPACE_8, tokens.SPACE_8)
        for area in dict.fromkeys(entry.area for entry in self._entries):
            head = Label(_(area), "area", tone="secondary", font=text_font(tokens.OFFICE_SECONDARY, tokens.SEMIBOLD))
            head.setContentsMargins(tokens.SPACE_8, tokens.SPACE_12, 0, tokens.SPACE_4)
            self._heads.append(head)
            column.addWidget(head)
            for entry in self._entries:
                if entry.area == area:
                    column.addWidget(self._make_button(entry))
        column.addStretch(1)
        scroll = named(QScrollArea(), "navigation_scroll", _("Places"))
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        return scroll

    def _make_button(self, entry: Entry) -> QToolButton:
        words = _(entry.title)
        made = named(QToolButton(), f"go_{entry.key.replace('.', '_')}", words)
        made.setText(f" {caption(words)}")
        made.setProperty("role", "place")
        made.setCheckable(True)
        made.setIconSize(QSize(tokens.ICON_BUTTON, tokens.ICON_BUTTON))
        made.setToolTip(f"{words} ({entry.shortcut})" if entry.shortcut else words)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        made.setMinimumHeight(tokens.TARGET_OFFICE + tokens.SPACE_4)
        made.clicked.connect(partial(self._go, entry.key))
        self._group.addButton(made)
        self.buttons[entry.key] = made
        return made

    def _make_person(self) -> QWidget:
        made = named(QToolButton(), "person", _("Who is signed in"))
        made.setProperty("role", "place")
        made.setIcon(icon("account-outline"))
        made.setIconSize(QSize(tokens.ICON_BUTTON, tokens.ICON_BUTTON))
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        made.setMinimumHeight(tokens.TARGET_TILL)
        made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = named(QMenu(made), "person_menu", _("Who is signed in"))
        for key, words, glyph, keys in (
            ("lock", _("Lock"), "lock-outline", "Ctrl+L"),
            ("switch", _("Another person"), "account-switch-outline", ""),
            ("password", _("Change my password"), "key-outline", ""),
            ("appearance", _("Light or dark"), "theme-light-dark", ""),
            ("help", _("Handbook"), "help-circle-outline", "F1"),
            ("about", _("About ShopDesk"), "information-outline", ""),
            ("leave", _("Sign out"), "logout", ""),
        ):
            action = QAction(icon(glyph), words, menu)
            action.setObjectName(f"person_{key}")
            if keys:
                action.setShortcut(keys)
            action.triggered.connect(lambda _on=False, key=key: self.act.emit(key))
            menu.addAction(action)
        made.setMenu(menu)
        self._person = made
        return made

    def _go(self, key: str, _checked: bool = False) -> None:
        self.wanted.emit(key)

    def _turn(self) -> None:
        self._narrow = not self._narrow
        self._memory.put("navigation.narrow", self._narrow or None)
        self._apply_width()

    def _apply_width(self) -> None:
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if self._narrow else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        for made in [*self.buttons.values(), self._person]:
            made.setToolButtonStyle(style)
        words = max(made.sizeHint().width() for made in self.buttons.values()) + 2 * tokens.SPACE_8 + tokens.SPACE_4
        self.setFixedWidth(NARROW if self._narrow else max(WIDE, min(words, WIDEST)))
        for head in self._heads:
            head.setVisible(not self._narrow)
        self._shop.setVisible(not self._narrow)
        self._fold.setIcon(icon("menu" if self._narrow else "menu-open"))
