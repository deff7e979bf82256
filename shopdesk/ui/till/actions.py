"""What can be done at the till besides selling: data first, buttons and menu from it; a lock marks what needs a manager."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QMenu, QPushButton, QSizePolicy, QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.shortcuts import KeyMap
from shopdesk.ui.kit.widgets import button, caption, named
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.icons import draw_icon, icon
from shopdesk.ui.till.sizes import MENU_STYLE


@dataclass(frozen=True, slots=True)
class TillAction:
    """Something to do: its name in the key map, its words, what it needs, and when it makes sense.

    ``when`` is one of ``always``, ``line`` (a line is in focus), ``sale`` (anything rung up), ``shift``, ``no_shift``.
    """

    key: str
    title: str
    glyph: str
    needs: Permission | None = None
    when: str = "always"


BUTTONS: tuple[TillAction, ...] = (
    TillAction("till.hold", N_("Hold"), "pause-circle-outline", Permission.CART_HOLD, "sale"),
    TillAction("till.recall", N_("Recall"), "play-circle-outline", Permission.CART_HOLD),
    TillAction("till.discount", N_("Discount"), "percent-outline", Permission.DISCOUNT, "line"),
    TillAction("till.price", N_("Price"), "tag-outline", Permission.PRICE_OVERRIDE, "line"),
    TillAction("till.drawer", N_("Drawer"), "inbox-outline", Permission.NO_SALE),
)
MENU: tuple[tuple[TillAction, ...], ...] = (
    (
        TillAction("till.quantity", N_("Quantity of the line"), "format-list-bulleted", None, "line"),
        TillAction("till.why", N_("Why this price?"), "help-circle-outline", None, "line"),
        TillAction("till.line_note", N_("Note on the line"), "note-edit-outline", None, "line"),
        TillAction("till.note", N_("Note on the sale"), "note-text-outline"),
        TillAction("till.order_discount", N_("Discount on the sale"), "percent-outline", Permission.DISCOUNT, "sale"),
        TillAction(
            "till.wish", N_("Put on the customer's wish list"), "gift-outline", Permission.CUSTOMER_EDIT, "line"
        ),
        TillAction(
            "till.favourite", N_("Make it the customer's favourite"), "heart-outline", Permission.CUSTOMER_EDIT, "line"
        ),
        TillAction("till.empty", N_("Give the sale up"), "trash-can-outline", None, "sale"),
    ),
    (
        TillAction("till.return", N_("Take goods back"), "undo", Permission.RETURN),
        TillAction("till.recent", N_("Last sales"), "history", Permission.SALES_VIEW),
        TillAction("till.papers", N_("Papers that wait"), "printer-outline"),
    ),
    (
        TillAction("till.cash_in", N_("Cash in"), "cash-plus", Permission.CASH_IN, "shift"),
        TillAction("till.cash_out", N_("Cash out"), "cash-minus", Permission.CASH_OUT, "shift"),
        TillAction("till.report", N_("X report"), "file-document-outline", Permission.SHIFT_REPORT, "shift"),
        TillAction("till.open_shift", N_("Open shift"), "lock-open-outline", Permission.SHIFT_OPEN, "no_shift"),
        TillAction("till.close_shift", N_("Close shift"), "safe", Permission.SHIFT_CLOSE, "shift"),
    ),
    (
        TillAction("till.training", N_("Training"), "school-outline", Permission.TRAINING),
        TillAction("till.lock", N_("Lock"), "lock-outline"),
    ),
)
ALL_ACTIONS: dict[str, TillAction] = {action.key: action for group in (BUTTONS, *MENU) for action in group}


class ActionButton(QPushButton):
    """A button of the grid; a small lock in its corner says that it will ask for a manager."""

    locked = False

    def set_locked(self, locked: bool) -> None:
        """Show or hide the lock."""
        self.locked = locked
        title = self.text().replace("&&", "&")
        self.setAccessibleName(_("{title}, asks for a manager").format(title=title) if locked else title)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.locked:
            painter = QPainter(self)
            size = tokens.ICON_TABLE
            draw_icon(painter, QRect(self.width() - size - 5, 5, size, size), "lock-outline", "secondary")
            painter.end()


class Actions(QWidget):
    """The grid of buttons and the menu behind the last one."""

    def __init__(self, desk: Desk, keys: KeyMap, run: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "actions", _("Actions"))
        self._desk = desk
        self._keys = keys
        self._run = run
        self._state: dict[str, bool] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(tokens.SPACE_8)
        self.buttons: dict[str, ActionButton] = {}
        for place, action in enumerate(BUTTONS):
            self._place(grid, place, action.key, _(action.title), action.glyph)
        self._place(grid, len(BUTTONS), "till.more", _("More"), "dots-horizontal")

    def _place(self, grid: QGridLayout, place: int, key: str, title: str, glyph: str) -> None:
        made = ActionButton(caption(title))
        named(made, key.replace(".", "_"), title)
        like = button("", "pattern", glyph=glyph, till=True)
        made.setProperty("face", "till")
        made.setIcon(like.icon())
        made.setIconSize(like.iconSize())
        like.deleteLater()
        made.setAutoDefault(False)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.setMinimumHeight(tokens.TARGET_TILL + tokens.SPACE_8)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        made.setStyleSheet("padding: 0 8px; text-align: left;")
        made.setToolTip(f"{title} ({self._keys.words(key)})")
        made.clicked.connect(lambda _checked=False: self._run(key))
        self.buttons[key] = made
        grid.addWidget(made, place // 2, place % 2)

    def show_state(self, *, line: bool, sale: bool, shift: bool, held: int) -> None:
        """Enable what makes sense now, mark what needs a manager, count what is held."""
        self._state = {"always": True, "line": line, "sale": sale, "shift": shift, "no_shift": not shift}
        for action in BUTTONS:
            made = self.buttons[action.key]
            made.setEnabled(self._state[action.when])
            made.set_locked(self.locked(action))
        recall = self.buttons["till.recall"]
        recall.setText(_("Recall") + f"  {held}" if held else _("Recall"))
        recall.setEnabled(held > 0)

    def locked(self, action: TillAction) -> bool:
        """Whether the person's role does not include it."""
        return not self._desk.may(action.needs)

    def ready(self, key: str) -> bool:
        """Whether it makes sense now."""
        action = ALL_ACTIONS.get(key)
        return action is None or self._state.get(action.when, True)

    def open_menu(self) -> QMenu:
        """Show everything else that can be done."""
        menu = named(QMenu(self), "more_menu", _("More"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setStyleSheet(MENU_STYLE)
        for group in MENU:
            for action in group:
                menu.addAction(self._entry(menu, action))
            menu.addSeparator()
        above = self.buttons["till.more"].mapToGlobal(QPoint(0, 0))
        menu.popup(above - QPoint(0, menu.sizeHint().height()))
        return menu

    def _entry(self, menu: QMenu, action: TillAction) -> QAction:
        words = _(action.title)
        entry = QAction(icon(action.glyph), caption(words), menu)
        entry.setObjectName(f"menu_{action.key}")
        if self.locked(action):
            entry.setIcon(icon("lock-outline", "secondary"))
            entry.setText(caption(_("{title} (manager)").format(title=words)))
        entry.setShortcut(self._keys.sequence(action.key))
        entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # shown only; the till's own shortcut runs it
        entry.setShortcutVisibleInContextMenu(True)
        entry.setEnabled(self._state.get(action.when, True))
        entry.triggered.connect(lambda _checked=False, key=action.key: self._run(key))
        return entry
