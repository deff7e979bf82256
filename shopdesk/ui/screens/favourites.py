"""The favourites of the till in their places: arranged by drag or by keys, found by typing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QAction, QColor, QDropEvent, QKeySequence, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from shopdesk.catalogue.favourites import (
    ArrangeFavourites,
    FavouriteRow,
    SetFavourite,
    arrange_favourites,
    favourites,
    set_favourite,
)
from shopdesk.catalogue.search import FoundGoods
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.permissions import Permission
from shopdesk.ui.dialogs.price_list_work import find_for_price, goods_words
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.empty_state import EmptyOver
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.messages import MessageBar
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.pickers import Picker
from shopdesk.ui.kit.widgets import Label, button, card, hbox, named, title, vbox, wrapped
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import number_font, text_font

Index = QModelIndex | QPersistentModelIndex
_ID = Qt.ItemDataRole.UserRole
_NAME, _PRICE, _ON_SALE = _ID + 1, _ID + 2, _ID + 3
_NUMBER = 36
_EDIT = Permission.CATALOGUE_EDIT
_FOUND_WIDTH = 360


class _PlaceDelegate(QStyledItemDelegate):
    """A row: the place, the name, the price at the trailing edge."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), tokens.TARGET_OFFICE + tokens.SPACE_8)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = appearance.scheme().colours()
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = option.state & QStyle.StateFlag.State_Selected
            painter.fillRect(option.rect, QColor(colours["selected" if chosen else "hover"]))
        inner = option.rect.adjusted(tokens.SPACE_12, 0, -tokens.SPACE_12, 0)
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        middle = Qt.AlignmentFlag.AlignVCenter
        start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight  # Qt swaps them where it runs leftward
        painter.setFont(number_font(tokens.OFFICE_TEXT))
        painter.setPen(QColor(colours["secondary"]))
        painter.drawText(inner, int(start | middle), str(index.row() + 1))
        on_sale = index.data(_ON_SALE)
        painter.setPen(QColor(colours["text" if on_sale else "secondary"]))
        price = str(index.data(_PRICE))
        painter.drawText(inner, int(end | middle), price)
        wide = painter.fontMetrics().horizontalAdvance(price) + tokens.SPACE_12
        left, right = (wide, _NUMBER) if mirrored else (_NUMBER, wide)
        room = inner.adjusted(left, 0, -right, 0)
        painter.setFont(text_font(tokens.OFFICE_TEXT))
        shown = painter.fontMetrics().elidedText(str(index.data(_NAME)), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(start | middle), shown)


class Places(QListWidget):
    """The places from first to last; a dragged one goes where it is dropped."""

    def __init__(self, page: FavouritesPage) -> None:
        super().__init__()
        named(self, "favourite_places", _("Favourites in their places"))
        self._page = page
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setItemDelegate(_PlaceDelegate(self))
        self.setMouseTracking(True)
        self.setProperty("roomy", True)

    def dropEvent(self, event: QDropEvent) -> None:
        super().dropEvent(event)
        self._page.arrange()

    def order(self) -> tuple[int, ...]:
        """Product ids as they stand."""
        return tuple(int(self.item(row).data(_ID)) for row in range(self.count()))

    def show_rows(self, rows: Sequence[FavouriteRow], formats: Formats) -> None:
        """Show the favourites, keeping the one in focus."""
        kept = self.currentItem().data(_ID) if self.currentItem() is not None else None
        self.clear()
        for row in rows:
            price = _("not on sale") if not row.on_sale else formats.money(row.price_from_cents or 0)
            if row.on_sale and row.price_to_cents != row.price_from_cents:
                price = _("from {price}").format(price=price)
            item = QListWidgetItem(_("{name}, {price}").format(name=row.name, price=price))  # for who listens
            for role, value in ((_ID, row.product_id), (_NAME, row.name), (_PRICE, price), (_ON_SALE, row.on_sale)):
                item.setData(role, value)
            self.addItem(item)
            if row.product_id == kept:
                self.setCurrentItem(item)


class FavouritesPage(QWidget):
    """The places at the left, a search at the right whose hits become favourites."""

    def __init__(self, desk: Desk, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "favourites", _("Till favourites"))
        self.desk = desk
        self.memory = memory
        self.messages = MessageBar(self)
        self._rows: tuple[FavouriteRow, ...] = ()
        self._stale = True
        self.places = Places(self)
        EmptyOver(self.places, "star-outline", _("Find goods to put among the favourites."))
        self.picker = Picker(desk, find_for_price, goods_words(desk.formats), "favourite_goods", _("Name, SKU or code"))
        self.picker.picked.connect(self.put)
        self._count = Label("", "count", tone="secondary")
        self._build()
        self.setFocusProxy(self.places)
        desk.changed.connect(self._something_changed)

    def refresh(self) -> None:
        """Read the favourites again."""
        self._stale = False
        self.desk.ask(favourites, done=self._show, failed=question_failed(self), owner=self, key="favourites")

    def put(self, goods: FoundGoods) -> None:
        """Make found goods a favourite, at the end."""
        self.picker.clear()
        self.picker.setFocus()
        if any(row.product_id == goods.product_id for row in self._rows):
            self.messages.say(_("{name} is a favourite already.").format(name=goods.name))
            return
        command = SetFavourite(goods.product_id, True)
        back = SetFavourite(goods.product_id, False)
        self._write(command, _("{name} is a favourite.").format(name=goods.name), back)

    def take_off(self) -> None:
        """Take the favourite in focus off the page."""
        place = self.places.currentRow()
        if not 0 <= place < len(self._rows):
            self.messages.say(_("Choose a favourite first."))
            return
        row = self._rows[place]
        back = SetFavourite(row.product_id, True, place)
        said = _("{name} is no favourite any more.").format(name=row.name)
        self._write(SetFavourite(row.product_id, False), said, back)

    def move_by(self, by: int) -> None:
        """Move the favourite in focus by so many places."""
        at = self.places.currentRow()
        to = at + by
        if at < 0 or not 0 <= to < self.places.count():
            return
        item = self.places.takeItem(at)
        self.places.insertItem(to, item)
        self.places.setCurrentRow(to)
        self.arrange()

    def arrange(self) -> None:
        """Write the order that is shown."""
        order = self.places.order()
        if order == tuple(row.product_id for row in self._rows):
            return
        Operation(
            arrange_favourites,
            ArrangeFavourites(order),
            said=N_("The favourites have new places."),
            undo=lambda before: (arrange_favourites, before),
            refused=self._refused,
        ).run(self.desk, self)

    def _refused(self, _error: ShopError) -> bool:
        """Somebody else changed the favourites meanwhile: show theirs, and say why."""
        self.refresh()
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def _build(self) -> None:
        outer = vbox(self, margin=tokens.SPACE_24, spacing=tokens.SPACE_12)
        head = hbox(spacing=tokens.SPACE_12)
        head.addWidget(title(_("Till favourites")))
        head.addWidget(self._count)
        head.addStretch(1)
        may = self.desk.may(_EDIT)
        for key, words, shortcut, run in (
            ("favourite_up", _("Up"), "Ctrl+Up", lambda: self.move_by(-1)),
            ("favourite_down", _("Down"), "Ctrl+Down", lambda: self.move_by(1)),
            ("favourite_off", _("Take off"), "Del", self.take_off),
        ):
            sequence = QKeySequence(shortcut)
            tip = f"{words} ({sequence.toString(QKeySequence.SequenceFormat.NativeText)})"
            made = button(words, key, run, tip=tip)
            made.setEnabled(may)
            head.addWidget(made)
            action = QAction(words, self.places)
            action.setShortcut(sequence)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda _checked=False, act=run: act())
            action.setEnabled(may)
            self.places.addAction(action)
        self.places.setDragEnabled(may)
        outer.addLayout(head)
        outer.addWidget(self.messages)
        row = hbox(spacing=tokens.SPACE_16)
        row.addWidget(self.places, 1)
        beside = card("favourite_search")
        beside.setFixedWidth(_FOUND_WIDTH)
        column = vbox(beside, margin=tokens.SPACE_16, spacing=tokens.SPACE_8)
        column.addWidget(
            wrapped(Label(_("Find goods to put among the favourites."), "favourite_hint", tone="secondary"))
        )
        column.addWidget(self.picker)
        column.addStretch(1)
        beside.setVisible(may)
        row.addWidget(beside)
        outer.addLayout(row, 1)

    def _write(self, command: SetFavourite, said: str, back: SetFavourite) -> None:
        Operation(set_favourite, command, said=said, undo=(set_favourite, back)).run(self.desk, self)

    def _show(self, rows: tuple[FavouriteRow, ...]) -> None:
        self._rows = rows
        self.places.show_rows(rows, self.desk.formats)
        self._count.setText(ngettext("{count} favourite", "{count} favourites", len(rows)).format(count=len(rows)))

    def _something_changed(self, names: frozenset[str]) -> None:
        if names & {"TillFavourite", "Product", "ProductVariant", "*"}:
            if self.isVisible():
                self.refresh()
            else:
                self._stale = True
