"""The one paged model of every table: a window of keyset pages over a list of any length.

Only a window of pages is kept (memory stays flat over a million rows). The window begins at the list's top, at its end
after ``jump_to_end``, or anywhere after ``jump_to``; it grows to both sides, and what is dropped on one side is asked for
again by its own cursor when somebody scrolls back.
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
Cursor = tuple[object, ...]


class Fetch(Protocol):
    """Asks for a page away from the GUI thread and hands over the answer or the error on it."""

    def __call__(
        self, request: PageRequest, done: Callable[[Page[Any]], object], failed: Callable[[BaseException], object]
    ) -> Ticket: ...


@dataclass(slots=True)
class _Loaded:
    """A page in the window: the request that gives it, and its rows as shown."""

    request: PageRequest
    rows: list[Any]


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
        self._pages: list[_Loaded] = []
        # What lies beyond the window: pages that were in it, the nearest last, and behind them the cursors to go on from.
        self._above: list[PageRequest] = []
        self._below: list[PageRequest] = []
        self._up: Cursor | None = None
        self._down: Cursor | None = None
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
        return self._loaded_once and not self.can_fetch_above() and not self._can_fetch_below()

    def row(self, index: Index | int) -> Any:
        """The row behind an index or a position."""
        return self._rows[index if isinstance(index, int) else index.row()]

    def position_of(self, row_id: object) -> int:
        """Where the row with an id stands in the window, -1 if it is not there."""
        return next((place for place, row in enumerate(self._rows) if self.id_of(row) == row_id), -1)

    def ask_for(self, request: PageRequest) -> None:
        """Put another question (search, filters, order); the old rows stay until its answer is here."""
        self._request = replace(request, after=None, limit=self._request.limit)
        self.load()

    def load(self) -> None:
        """Ask for the first page."""
        self._start(self._request, lambda page: self._first(self._request, page, up=None, down=page.next))

    def jump_to_start(self) -> None:
        """Show the list's beginning, asking for it only where it is not in the window."""
        if self.can_fetch_above():
            self.load()

    def jump_to_end(self) -> None:
        """Show the list's end at the cost of one page, however long it is."""
        if self._can_fetch_below():
            request = self._backward(None)
            self._start(request, lambda page: self._first(request, page, up=page.next, down=None))

    def jump_to(self, cursor: Cursor) -> None:
        """Show the rows after a place in the order, at the cost of one page; the end where none is left."""
        request = replace(self._request, after=cursor)

        def arrived(page: Page[Any]) -> None:
            if page.rows:
                self._first(request, page, up=cursor, down=page.next)
            else:
                last = self._backward(None)
                self._start(last, lambda end: self._first(last, end, up=end.next, down=None))

        self._start(request, arrived)

    @property
    def cursor(self) -> Cursor | None:
        """Some cursor of the order in force, whose parts show what it is made of; None while everything is in the window."""
        known = (self._down, self._up, *(one.request.after for one in self._pages))
        return next((cursor for cursor in known if cursor is not None), None)

    def refresh(self) -> None:
        """Ask again for what the window shows, keeping its place; a row that is gone disappears."""
        if not self._pages:
            self.load()
            return
        backward = [page for page in self._pages if self._is_backward(page.request)]
        forward = self._pages[len(backward) :]
        least = self._request.limit
        most = 2 * self._max_pages * least
        if not backward:
            count = min(max(len(self._rows), least), most)
            request = replace(self._request, after=forward[0].request.after, limit=count)
            self._start(request, lambda page: self._replaced([(request, page)]))
        elif not forward:
            count = min(max(len(self._rows), least), most)
            request = replace(self._backward(backward[-1].request.after), limit=count)
            self._start(request, lambda page: self._replaced([(request, page)]))
        else:
            middle = forward[0].request.after
            up = replace(self._backward(middle), limit=max(sum(len(page.rows) for page in backward), least))
            down = replace(self._request, after=middle, limit=max(sum(len(page.rows) for page in forward), least))
            self._start(
                up,
                lambda first: self._start(down, lambda second: self._replaced([(up, first), (down, second)])),
            )

    def set_formats(self, formats: Formats) -> None:
        """Write figures another way."""
        self._formats = formats
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns) - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def can_fetch_above(self) -> bool:
        """Whether there are rows before the window's first."""
        return bool(self._above) or self._up is not None

    def fetch_above(self) -> None:
        """Ask for the page before the window; does nothing while an answer is awaited."""
        if self._under_way is not None or self._stuck or not self.can_fetch_above():
            return
        request = self._above[-1] if self._above else self._backward(self._up)
        self._start(request, lambda page: self._put_above(request, page))

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._can_fetch_below()

    def fetchMore(self, parent: Index) -> None:
        # Qt calls this without asking canFetchMore first, and again while the answer is on its way.
        if self._under_way is not None or self._stuck or not self.canFetchMore(parent):
            return
        request = self._below[-1] if self._below else replace(self._request, after=self._down)
        self._start(request, lambda page: self._put_below(request, page))

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
            # Absolute: figures stand at the right in Arabic too, and their head stands over them.
            figures = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
            return int((figures if column.right else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter)
        return None

    # The window

    def _backward(self, after: Cursor | None) -> PageRequest:
        return replace(self._request, descending=not self._request.descending, after=after)

    def _is_backward(self, request: PageRequest) -> bool:
        return request.descending != self._request.descending

    def _can_fetch_below(self) -> bool:
        return bool(self._below) or self._down is not None

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

    def _shown(self, request: PageRequest, page: Page[Any]) -> list[Any]:
        return list(reversed(page.rows)) if self._is_backward(request) else list(page.rows)

    def _first(self, request: PageRequest, page: Page[Any], *, up: Cursor | None, down: Cursor | None) -> None:
        self.beginResetModel()
        self._above, self._below, self._up, self._down = [], [], up, down
        self._pages = [_Loaded(request, self._shown(request, page))]
        self._rows = list(self._pages[0].rows)
        self._loaded_once = True
        self.endResetModel()
        self.arrived.emit()

    def _replaced(self, answers: Sequence[tuple[PageRequest, Page[Any]]]) -> None:
        pages = [_Loaded(request, self._shown(request, page)) for request, page in answers]
        rows = [row for page in pages for row in page.rows]
        same = [self.id_of(row) for row in rows] == [self.id_of(row) for row in self._rows]
        if not same:
            self.beginResetModel()
        self._pages, self._rows = pages, rows
        for request, page in answers:
            if self._is_backward(request):
                self._above, self._up = [], page.next
            else:
                self._below, self._down = [], page.next
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.columns) - 1))
        self.arrived.emit()

    def _put_above(self, request: PageRequest, page: Page[Any]) -> None:
        if self._above:
            self._above.pop()
        else:
            self._up = page.next
        self._insert(_Loaded(request, self._fresh(self._shown(request, page))), top=True)
        while self._too_many(self._pages[-1]):
            self._below.append(self._remove(top=False).request)

    def _put_below(self, request: PageRequest, page: Page[Any]) -> None:
        if self._below:
            self._below.pop()
        else:
            self._down = page.next
        self._insert(_Loaded(request, self._fresh(self._shown(request, page))), top=False)
        while self._too_many(self._pages[0]):
            self._above.append(self._remove(top=True).request)

    def _too_many(self, outermost: _Loaded) -> bool:
        """Whether a page at the edge has to go. After a refresh one page may hold many: what is looked at stays."""
        left = len(self._rows) - len(outermost.rows)
        most = self._max_pages * self._request.limit
        return len(self._rows) > most and left >= most // 2

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
