"""The one paged model of every table: a window of keyset pages over a list of any length.

Only a window of pages is kept (memory stays flat over a million rows). The window is anchored at the list's top, or at
its end after ``jump_to_end``, and grows away from the anchor; pages dropped on the anchor's side are asked for again by
their own cursor when somebody scrolls back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QIcon

from shopdesk.db.paging import Page, PageRequest
from shopdesk.ui.kit.columns import Column
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.tasks import Ticket
from shopdesk.ui.kit.widgets import plain_tip
from shopdesk.ui.theme import appearance
from shopdesk.ui.theme.fonts import number_font
from shopdesk.ui.theme.icons import icon

ROW = Qt.ItemDataRole.UserRole
PAGE_ROWS = 100
MAX_PAGES = 12
Index = QModelIndex | QPersistentModelIndex


class Fetch(Protocol):
    """Asks for a page away from the GUI thread and hands over the answer or the error on it."""

    def __call__(
        self, request: PageRequest, done: Callable[[Page[Any]], object], failed: Callable[[BaseException], object]
    ) -> Ticket: ...


@dataclass(slots=True)
class _Loaded:
    """A page in the window: the request that gives it, its rows as shown, and the cursor of the page after it."""

    request: PageRequest
    rows: list[Any]
    next: tuple[object, ...] | None


class PagedModel(QAbstractTableModel):
    """Rows of a query as Qt sees them.

    ``loading`` is sent with True while an answer is awaited; ``arrived`` when a first page is in; ``failed`` with the
    error of a page that could not be read (the rows shown before stay). ``shifted`` tells by how many rows the content
    moved under the view because pages were put in or taken out above. ``leaving`` tells, while they are still there, that the
    rows from the first to the last leave the window.
    """

    loading = Signal(bool)
    arrived = Signal()
    failed = Signal(object)
    shifted = Signal(int)
    leaving = Signal(int, int)

    def __init__(
        self,
        columns: Sequence[Column],
        fetch: Fetch,
        formats: Formats,
        parent: QObject | None = None,
        *,
        ident: str | tuple[str, ...] = "id",
        page_rows: int = PAGE_ROWS,
        max_pages: int = MAX_PAGES,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._fetch = fetch
        self._formats = formats
        self.id_of: Callable[[Any], object] = attrgetter(*((ident,) if isinstance(ident, str) else ident))
        self._request = PageRequest(limit=page_rows)
        self._max_pages = max(2, max_pages)
        self._from_end = False
        self._pages: list[_Loaded] = []
        self._dropped: list[PageRequest] = []
        self._rows: list[Any] = []
        self._under_way: Ticket | None = None
        self._loaded_once = False
        self._stuck = False

    # What the view and the screen use

    @property
    def request(self) -> PageRequest:
        """The search, filters and order in force."""
        return self._request

    @property
    def rows(self) -> Sequence[Any]:
        """The rows in the window."""
        return self._rows

    @property
    def is_loading(self) -> bool:
        """Whether an answer is awaited."""
        return self._under_way is not None

    @property
    def is_empty(self) -> bool:
        """Whether the question was answered and there is nothing."""
        return self._loaded_once and not self._rows

    @property
    def complete(self) -> bool:
        """Whether the window holds the whole list."""
        return self._loaded_once and not self._dropped and self._grow_request() is None

    def row(self, index: Index | int) -> Any:
        """The row behind an index or a position."""
        return self._rows[index if isinstance(index, int) else index.row()]

    def position_of(self, row_id: object) -> int:
        """Where the row with an id stands in the window, -1 if it is not there."""
        return next((place for place, row in enumerate(self._rows) if self.id_of(row) == row_id), -1)

    def ask_for(self, request: PageRequest) -> None:
        """Put another question (search, filters, order); the old rows stay until its answer is here."""
        self._request = replace(request, after=None, limit=self._request.limit)
        self._load_from(end=False)

    def load(self) -> None:
        """Ask for the first page."""
        self._load_from(end=False)

    def jump_to_start(self) -> None:
        """Show the list's beginning, asking for it only where it is not in the window."""
        if self._from_end or self._dropped:
            self._load_from(end=False)

    def jump_to_end(self) -> None:
        """Show the list's end at the cost of one page, however long it is."""
        if not self.complete and not (self._from_end and not self._dropped):
            self._load_from(end=True)

    def refresh(self) -> None:
        """Ask again for what the window shows, keeping its place; a row that is gone disappears."""
        if not self._pages:
            self._load_from(end=self._from_end)
            return
        anchor = self._pages[-1] if self._from_end else self._pages[0]
        count = max(len(self._rows), self._request.limit)
        request = replace(self._directed(), after=anchor.request.after, limit=count)
        self._start(request, lambda page: self._replaced(request, page))

    def set_formats(self, formats: Formats) -> None:
        """Write figures another way."""
        self._formats = formats
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns) - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def can_fetch_above(self) -> bool:
        """Whether there are rows before the window's first."""
        return self._grow_request() is not None if self._from_end else bool(self._dropped)

    def fetch_above(self) -> None:
        """Ask for the page before the window; does nothing while an answer is awaited."""
        if self._under_way is not None or self._stuck or not self.can_fetch_above():
            return
        if self._from_end:
            self._grow()
        else:
            self._restore()

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def canFetchMore(self, parent: Index) -> bool:
        if parent.isValid():
            return False
        return bool(self._dropped) if self._from_end else self._grow_request() is not None

    def fetchMore(self, parent: Index) -> None:
        # Qt calls this without asking canFetchMore first, and again while the answer is on its way.
        if self._under_way is not None or self._stuck or not self.canFetchMore(parent):
            return
        if self._from_end:
            self._restore()
        else:
            self._grow()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        column = self.columns[index.column()]
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return column.show(row, self._formats)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(column.tip(row, self._formats))
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
                return int(side | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.FontRole:
                return number_font() if column.right else None
            case Qt.ItemDataRole.ForegroundRole:
                state = column.state(row)
                return QColor(appearance.scheme().colours()[state.tone]) if state and state.tone else None
            case Qt.ItemDataRole.DecorationRole:
                state = column.state(row)
                return _state_icon(state.glyph, state.tone) if state and state.glyph else None
            case _:
                return row if role == ROW else None

    def headerData(self, place: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= place < len(self.columns):
            return None
        column = self.columns[place]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.head(self._formats)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    # The window

    def _directed(self) -> PageRequest:
        request = self._request
        return replace(request, descending=not request.descending) if self._from_end else request

    def _grow_request(self) -> PageRequest | None:
        """The request of the page that follows the window on the side away from the anchor."""
        if not self._pages:
            return None
        outermost = self._pages[0] if self._from_end else self._pages[-1]
        return replace(self._directed(), after=outermost.next) if outermost.next is not None else None

    def _load_from(self, *, end: bool) -> None:
        request = self._request
        if end:
            request = replace(request, descending=not request.descending)
        self._start(request, lambda page: self._first(request, page, end=end))

    def _start(self, request: PageRequest, done: Callable[[Page[Any]], None]) -> None:
        if self._under_way is not None:
            self._under_way.cancel()
            self._under_way = None
        self._stuck = False
        ticket: Ticket | None = None

        def arrived(page: Page[Any]) -> None:
            if self._under_way is ticket:
                self._under_way = None
                done(page)
                self.loading.emit(self.is_loading)

        def broke(error: BaseException) -> None:
            if self._under_way is ticket:
                self._under_way = None
                self._stuck = True
                self.loading.emit(False)
                self.failed.emit(error)

        ticket = self._fetch(request, arrived, broke)
        self._under_way = None if ticket.finished else ticket
        self.loading.emit(self.is_loading)

    def _shown(self, page: Page[Any]) -> list[Any]:
        return list(reversed(page.rows)) if self._from_end else list(page.rows)

    def _first(self, request: PageRequest, page: Page[Any], *, end: bool) -> None:
        self.beginResetModel()
        self._from_end = end
        self._dropped = []
        self._pages = [_Loaded(request, self._shown(page), page.next)]
        self._rows = list(self._pages[0].rows)
        self._loaded_once = True
        self.endResetModel()
        self.arrived.emit()

    def _replaced(self, request: PageRequest, page: Page[Any]) -> None:
        rows = self._shown(page)
        same = [self.id_of(row) for row in rows] == [self.id_of(row) for row in self._rows]
        if not same:
            self.beginResetModel()
        self._pages = [_Loaded(request, rows, page.next)]
        self._rows = list(rows)
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.columns) - 1))
        self.arrived.emit()

    def _grow(self) -> None:
        request = self._grow_request()
        if request is not None:
            self._start(request, lambda page: self._grown(request, page))

    def _grown(self, request: PageRequest, page: Page[Any]) -> None:
        loaded = _Loaded(request, self._fresh(self._shown(page)), page.next)
        self._insert(loaded, top=self._from_end)
        while len(self._pages) > self._max_pages:
            dropped = self._remove(top=not self._from_end)
            self._dropped.append(dropped.request)

    def _restore(self) -> None:
        request = self._dropped[-1]
        self._start(request, self._restored)

    def _restored(self, page: Page[Any]) -> None:
        request = self._dropped.pop()
        loaded = _Loaded(request, self._fresh(self._shown(page)), page.next)
        self._insert(loaded, top=not self._from_end)
        while len(self._pages) > self._max_pages:
            self._remove(top=self._from_end)

    def _fresh(self, rows: list[Any]) -> list[Any]:
        # A row may have moved across a page's edge between two questions; it is shown once.
        known = {self.id_of(row) for row in self._rows}
        return [row for row in rows if self.id_of(row) not in known]

    def _insert(self, page: _Loaded, *, top: bool) -> None:
        count = len(page.rows)
        at = 0 if top else len(self._rows)
        if count:
            self.beginInsertRows(QModelIndex(), at, at + count - 1)
        self._pages.insert(0 if top else len(self._pages), page)
        self._rows[at:at] = page.rows
        if count:
            self.endInsertRows()
            if top:
                self.shifted.emit(count)

    def _remove(self, *, top: bool) -> _Loaded:
        page = self._pages[0 if top else -1]
        count = len(page.rows)
        at = 0 if top else len(self._rows) - count
        if count:
            self.leaving.emit(at, at + count - 1)
            self.beginRemoveRows(QModelIndex(), at, at + count - 1)
        del self._pages[0 if top else -1]
        del self._rows[at : at + count]
        if count:
            self.endRemoveRows()
            if top:
                self.shifted.emit(-count)
        return page


def _state_icon(glyph: str, tone: str) -> QIcon:
    return icon(glyph, tone or "text")
