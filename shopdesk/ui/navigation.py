"""The left edge of the office: areas with icons and words, what the person may not see marked, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QToolButton,
    QWidget,
)

from shopdesk.core.i18n import _, languages
from shopdesk.core.permissions import Permission
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.widgets import Label, caption, hairline, hbox, icon_button, named, plain_tip, vbox
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font, text_font
from shopdesk.ui.theme.icons import icon

WIDE, WIDEST = 208, 280
NARROW = 60
PILL = 18
SCROLL = 14
"""Room for the bar at the side, which stands there as soon as the places are more than fit."""
HEAD = 28
COUNT_AFTER_MS = 400
"""How long changes are gathered before what waits is counted again."""
CLOSED = "navigation.closed"
CLOSED_AT_FIRST = ("System",)
"""Areas that are folded until somebody opens them; the names are those of the declarations, before translation."""

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
    needs: Permission | None
    load: Callable[[], Maker]
    shortcut: str = ""
    waiting: Callable[..., int] | None = None
    waits_on: frozenset[str] = frozenset()


class PlaceButton(QToolButton):
    """A place, or the head of an area, with the number of things that wait there at its end."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        named(self, name, words)
        self.words = words
        self.count = 0
        self.counts = False
        self.setText(f" {caption(words)}")
        self.setProperty("role", "place")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(tokens.TARGET_OFFICE)
        self.setIconSize(QSize(tokens.ICON_BUTTON, tokens.ICON_BUTTON))

    def show_count(self, count: int) -> None:
        """Say how much waits; nothing for none."""
        self.count = count
        told = _("{place}, {count} waiting").format(place=self.words, count=count)
        self.setAccessibleName(told if count else self.words)
        self.update()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        narrow = self.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
        return QSize(hint.width() + (PILL + tokens.SPACE_12 if self.counts and not narrow else 0), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.count:
            return
        colours = appearance.scheme().colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly:
            spot = QRect(self.width() - tokens.SPACE_12, tokens.SPACE_4, tokens.SPACE_8, tokens.SPACE_8)
            painter.setBrush(QColor(colours["accent"]))
            painter.drawEllipse(QStyle.visualRect(self.layoutDirection(), self.rect(), spot))
        else:
            words = str(self.count)
            painter.setFont(number_font(11, tokens.SEMIBOLD))
            width = max(PILL + 2, painter.fontMetrics().horizontalAdvance(words) + tokens.SPACE_12)
            top = (self.height() - PILL) // 2
            spot = QRect(self.width() - width - tokens.SPACE_8, top, width, PILL)
            spot = QStyle.visualRect(self.layoutDirection(), self.rect(), spot)
            painter.setBrush(QColor(colours["pressed"]))
            painter.drawRoundedRect(spot, PILL / 2, PILL / 2)
            painter.setPen(QColor(colours["text"]))
            painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, words)
        painter.end()


class Navigation(QFrame):
    """Shows the entries by area, each area to be folded.

    ``wanted`` is sent with an entry's key, ``window_wanted`` with that of one wanted in a window of its own, ``act`` with what
    the person's menu asks for, ``language_wanted`` with a code.
    """

    wanted = Signal(str)
    window_wanted = Signal(str)
    act = Signal(str)
    language_wanted = Signal(str)

    def __init__(self, entries: Sequence[Entry], desk: Desk, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "navigation", _("Navigation"))
        self._desk = desk
        self._memory = memory
        self._entries = tuple(entries)
        self._narrow = bool(memory.get("navigation.narrow", False))
        self._closed = set(memory.get(CLOSED, CLOSED_AT_FIRST))
        self.buttons: dict[str, PlaceButton] = {}
        self.heads: dict[str, PlaceButton] = {}
        self._stale: set[str] = set()
        self._recount = QTimer(self)
        self._recount.setSingleShot(True)
        self._recount.setInterval(COUNT_AFTER_MS)
        self._recount.timeout.connect(self._count_again)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        outer = vbox(self, spacing=0)
        self._top = hbox(spacing=tokens.SPACE_4)
        self._top.setContentsMargins(tokens.SPACE_12, tokens.SPACE_12, tokens.SPACE_8, tokens.SPACE_8)
        self._shop = Label("ShopDesk", "shop_name", font=text_font(tokens.OFFICE_SECTION, tokens.SEMIBOLD))
        self._shop.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._top.addWidget(self._shop, 1)
        self._fold = icon_button("menu-open", "fold", _("Fold the navigation"), self._turn)
        self._top.addWidget(self._fold)
        outer.addLayout(self._top)
        outer.addWidget(self._make_list(), 1)
        outer.addWidget(hairline())
        outer.addWidget(self._make_person())
        self._apply_width()
        desk.actor_changed.connect(self.show_rights)
        desk.changed.connect(self._something_changed)
        self.show_rights()

    def add_to_head(self, widget: QWidget) -> None:
        """Put something beside the shop's name, under the folding button while the navigation is narrow."""
        self._top.insertWidget(1, widget)

    def set_shop_name(self, name: str) -> None:
        """The shop's name at the top."""
        self._shop.setText(name)
        self._shop.setToolTip(plain_tip(name))

    def choose(self, key: str) -> None:
        """Mark the place that is shown, and unfold its area."""
        if key in self.buttons:
            self.buttons[key].setChecked(True)
            area = next(entry.area for entry in self._entries if entry.key == key)
            if area in self._closed:
                self._show_area(area, open_it=True)
            QTimer.singleShot(0, self.buttons[key], partial(self._bring_into_sight, key))

    def _bring_into_sight(self, key: str) -> None:
        self._scroll.ensureWidgetVisible(self.buttons[key], 0, tokens.SPACE_8)
        self._scroll.horizontalScrollBar().setValue(0)

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
            if not may:
                made.show_count(0)
        if self._desk.signed_in:
            for entry in self._entries:
                self._count(entry)
            self._person.setText(caption(self._desk.actor.username))
            self._person.setAccessibleName(self._desk.actor.username)

    def show_waiting(self, key: str, count: int) -> None:
        """Say behind a place's name how many things wait there, and behind its area's while that is folded."""
        self.buttons[key].show_count(count)
        self._count_area(next(entry.area for entry in self._entries if entry.key == key))

    def _count_area(self, area: str) -> None:
        waiting = sum(self.buttons[entry.key].count for entry in self._entries if entry.area == area)
        self.heads[area].show_count(waiting if area in self._closed else 0)

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
        self._stale |= {entry.key for entry in self._entries if names & entry.waits_on or "*" in names}
        if not self._recount.isActive() and self.isVisible():
            self._recount.start()

    def _count_again(self) -> None:
        """Many changes, one count: an import or a busy till must not ask for numbers beside names at every step."""
        stale, self._stale = self._stale, set()
        for entry in self._entries:
            if entry.key in stale:
                self._count(entry)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._apply_width()  # only what is shown knows the style's margins and weight
        if self._stale:
            self._recount.start()

    def _make_list(self) -> QWidget:
        inner = named(QWidget(), "navigation_list", _("Places"))
        column = self._column = vbox(inner, spacing=1)
        for area in dict.fromkeys(entry.area for entry in self._entries):
            column.addWidget(self._make_head(area))
            for entry in self._entries:
                if entry.area == area:
                    column.addWidget(self._make_button(entry))
            self._show_area(area, open_it=area not in self._closed)
        column.addStretch(1)
        scroll = named(QScrollArea(), "navigation_scroll", _("Places"))
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        self._scroll = scroll
        return scroll

    def _make_head(self, area: str) -> PlaceButton:
        made = PlaceButton(f"area_{area.lower()}", _(area))
        made.setText(caption(_(area)))
        made.setFont(text_font(tokens.OFFICE_SECONDARY, tokens.SEMIBOLD))
        made.setProperty("tone", "secondary")
        made.setIconSize(QSize(tokens.ICON_TABLE, tokens.ICON_TABLE))
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        made.setMinimumHeight(HEAD)
        made.clicked.connect(lambda _on=False: self._fold_area(area))
        self.heads[area] = made
        return made

    def _fold_area(self, area: str) -> None:
        self._show_area(area, open_it=area in self._closed)
        self._memory.put(CLOSED, sorted(self._closed))

    def _show_area(self, area: str, *, open_it: bool) -> None:
        (self._closed.discard if open_it else self._closed.add)(area)
        for entry in self._entries:
            if entry.area == area and entry.key in self.buttons:
                self.buttons[entry.key].setVisible(open_it or self._narrow)
        head = self.heads[area]
        head.setIcon(icon("chevron-down" if open_it else self._folded_glyph(), "secondary"))
        head.setToolTip(
            _("Fold {area}").format(area=head.words) if open_it else _("Unfold {area}").format(area=head.words)
        )
        if all(entry.key in self.buttons for entry in self._entries if entry.area == area):
            self._count_area(area)

    def _folded_glyph(self) -> str:
        return "chevron-left" if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else "chevron-right"

    def _make_button(self, entry: Entry) -> PlaceButton:
        words = _(entry.title)
        made = PlaceButton(f"go_{entry.key.replace('.', '_')}", words)
        made.setCheckable(True)
        made.counts = entry.waiting is not None
        made.setToolTip(f"{words} ({entry.shortcut})" if entry.shortcut else words)
        made.clicked.connect(partial(self._go, entry.key))
        made.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        made.customContextMenuRequested.connect(partial(self._menu, entry))
        self._group.addButton(made)
        self.buttons[entry.key] = made
        return made

    def _menu(self, entry: Entry, at: QPoint) -> None:
        menu = named(QMenu(self), "place_menu", _(entry.title))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("arrow-right"), _("Open"), lambda: self.wanted.emit(entry.key))
        if entry.key != "till" and self._desk.may(entry.needs):
            menu.addAction(icon("dock-window"), _("Open in a new window"), lambda: self.window_wanted.emit(entry.key))
        menu.popup(self.buttons[entry.key].mapToGlobal(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The middle button on a place opens it in a window of its own."""
        if event.button() == Qt.MouseButton.MiddleButton:
            child = self.childAt(event.position().toPoint())
            key = next((key for key, made in self.buttons.items() if made is child), "")
            if key and key != "till" and self.may_open(key):
                self.window_wanted.emit(key)
        super().mouseReleaseEvent(event)

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
            ("language", _("Language"), "translate", ""),
            ("appearance", _("Light or dark"), "theme-light-dark", ""),
            ("window", _("New window"), "dock-window", "Ctrl+Shift+N"),
            ("help", _("Handbook"), "help-circle-outline", "F1"),
            ("about", _("About ShopDesk"), "information-outline", ""),
            ("leave", _("Sign out"), "logout", ""),
        ):
            if key == "language":
                menu.addMenu(self._make_languages(menu, words, glyph))
                continue
            action = QAction(icon(glyph), words, menu)
            action.setObjectName(f"person_{key}")
            if keys and key != "window":
                action.setShortcut(keys)
            elif keys:
                action.setText(f"{words}\t{keys}")  # the office itself has this key
            action.triggered.connect(lambda _on=False, key=key: self._act(key))
            menu.addAction(action)
        made.setMenu(menu)
        self._person = made
        return made

    def _make_languages(self, parent: QMenu, words: str, glyph: str) -> QMenu:
        menu = named(QMenu(words, parent), "language_menu", words)
        menu.setIcon(icon(glyph))
        for code, name in (("", _("As the shop")), *languages()):
            action = QAction(name, menu)
            action.setObjectName(f"language_{code or 'shop'}")
            action.triggered.connect(lambda _on=False, code=code: self.language_wanted.emit(code))
            menu.addAction(action)
        return menu

    def _act(self, key: str) -> None:
        if key == "window":
            self.window_wanted.emit("")
        else:
            self.act.emit(key)

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
        words = max(made.sizeHint().width() for made in self.buttons.values()) + 2 * tokens.SPACE_8 + SCROLL
        self.setFixedWidth(NARROW if self._narrow else max(WIDE, min(words, WIDEST)))
        side = tokens.SPACE_4 if self._narrow else tokens.SPACE_8
        self._column.setContentsMargins(side, 0, side, tokens.SPACE_8)
        for area, head in self.heads.items():
            head.setVisible(not self._narrow)
            self._show_area(area, open_it=area not in self._closed)
        self._shop.setVisible(not self._narrow)
        way = QBoxLayout.Direction.BottomToTop if self._narrow else QBoxLayout.Direction.LeftToRight
        self._top.setDirection(way)
        self._fold.setIcon(icon("menu" if self._narrow else "menu-open"))
