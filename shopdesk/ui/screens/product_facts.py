"""A product's attributes: name, value and unit in rows, the last one always empty."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QHeaderView, QTableView, QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.ui.kit.widgets import named, plain_tip
from shopdesk.ui.screens.product_paint import GridDelegate
from shopdesk.ui.theme import appearance, tokens

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_HEADS = (N_("Attribute"), N_("Value"), N_("Unit"))
_KEYS = ("name", "value", "unit")


class FactsModel(QAbstractTableModel):
    """Rows of three texts, and one more to begin with."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[list[str]] = []
        self._wrong: dict[tuple[int, int], str] = {}
        self.may_edit = True

    @property
    def facts(self) -> tuple[tuple[str, str, str], ...]:
        """The rows that hold anything."""
        return tuple((row[0].strip(), row[1].strip(), row[2].strip()) for row in self._rows if any(map(str.strip, row)))

    def put(self, facts: tuple[tuple[str, str, str], ...]) -> None:
        """Show other attributes."""
        self.beginResetModel()
        self._rows = [list(fact) for fact in facts]
        self._wrong.clear()
        self.endResetModel()

    def refuse(self, place: int, key: str, sentence: str) -> bool:
        """Mark a cell as refused; False if there is none."""
        if key not in _KEYS or not 0 <= place < len(self._rows):
            return False
        self._wrong[place, _KEYS.index(key)] = sentence
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows), 2))
        return True

    def drop(self, row: int) -> None:
        """Take a row away."""
        if 0 <= row < len(self._rows):
            self.beginResetModel()
            del self._rows[row]
            self._wrong.clear()
            self.endResetModel()
            self.edited.emit()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows) + 1

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role == _ROLE.DisplayRole:
            return _(_HEADS[section])
        if orientation is Qt.Orientation.Horizontal and role == _ROLE.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self.may_edit else flags

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        text = self._rows[row][column] if row < len(self._rows) else ""
        wrong = self._wrong.get((row, column), "")
        if role in (_ROLE.DisplayRole, _ROLE.EditRole):
            return text
        if role == _ROLE.ToolTipRole:
            return plain_tip(wrong)
        if role == _ROLE.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role == _ROLE.AccessibleTextRole:
            return f"{_(_HEADS[column])}: {text}"
        if role == _ROLE.ForegroundRole and wrong:
            return QColor(appearance.scheme().colours()["danger"])
        return None

    def setData(self, index: Index, value: object, role: int = _ROLE.EditRole) -> bool:
        row, column, text = index.row(), index.column(), str(value)
        if role != _ROLE.EditRole or text == self.data(index):
            return False
        self._wrong.pop((row, column), None)
        if row == len(self._rows):
            self.beginInsertRows(QModelIndex(), row + 1, row + 1)
            self._rows.append(["", "", ""])
            self.endInsertRows()
        self._rows[row][column] = text
        self.dataChanged.emit(index, index)
        self.edited.emit()
        return True


class FactsTable(QTableView):
    """The rows on the glass; Tab goes on while typing, Ctrl+Delete takes a row away."""

    def __init__(self, model: FactsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "attributes", _("Attributes"))
        self.model_ = model
        self.setModel(model)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setItemDelegate(GridDelegate(self))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(tokens.ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(2, 88)
        for changed in (model.modelReset, model.rowsInserted):
            changed.connect(self._fit)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        current = self.currentIndex()
        if control and event.key() == Qt.Key.Key_Delete and current.isValid():
            self.model_.drop(current.row())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not control and current.isValid():
            if self.state() != QAbstractItemView.State.EditingState:  # the field in the cell hands its Enter on
                self.edit(current)
        else:
            super().keyPressEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        current = self.currentIndex()
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache and current.isValid():
            following = (current.row(), current.column() + 1) if current.column() < 2 else (current.row() + 1, 0)
            self.setCurrentIndex(self.model_.index(*following))

    def _fit(self) -> None:
        rows = min(self.model_.rowCount(), 8)
        self.setFixedHeight(rows * tokens.ROW_HEIGHT + self.horizontalHeader().sizeHint().height() + 4)
