"""Keys that the shop may change: declared with a default, kept on this machine, shown in a legend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import text_font

_MEMORY = "keys"


class KeyTaken(ShopError):
    """The key already does something else on the same screen."""

    code = "key_taken"
    sentence = N_("{key} is already the key for: {what}.")


class KeyUnusable(ShopError):
    """A plain letter or figure, which a person types, or no key at all."""

    code = "key_unusable"
    sentence = N_("{key} cannot be used as a key here. Take a function key, or one with Ctrl or Alt.")


@dataclass(frozen=True, slots=True)
class KeySpec:
    """A named thing that has a key: ``area`` is the screen on which keys must differ, ``default`` a Qt key text."""

    name: str
    title: str
    default: str
    area: str

    def __post_init__(self) -> None:
        if QKeySequence(self.default).isEmpty():
            raise ValueError(f"{self.name}: {self.default} is no key")


class KeyMap(QObject):
    """The keys in force. ``changed`` is sent when somebody edits one: shortcuts bound here follow by themselves."""

    changed = Signal()

    def __init__(self, specs: Sequence[KeySpec], memory: Memory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("key_map")
        self.specs = {spec.name: spec for spec in specs}
        if len(self.specs) != len(specs):
            raise ValueError("a name stands in the key map twice")
        self._memory = memory

    def sequence(self, name: str) -> QKeySequence:
        """The key of a thing."""
        edited = self._memory.get(_MEMORY, {})
        return QKeySequence(edited.get(name, self.specs[name].default))

    def words(self, name: str) -> str:
        """The key as a person reads it: ``Ctrl+Z``."""
        return self.sequence(name).toString(QKeySequence.SequenceFormat.NativeText)

    def edit(self, name: str, sequence: QKeySequence) -> None:
        """Give a thing another key; raises KeyTaken and KeyUnusable."""
        text = sequence.toString(QKeySequence.SequenceFormat.PortableText)
        if sequence.isEmpty() or sequence.count() != 1 or _types_something(sequence):
            raise KeyUnusable(field=name, key=text or "-")
        area = self.specs[name].area
        for other, spec in self.specs.items():
            if other != name and spec.area == area and self.sequence(other) == sequence:
                raise KeyTaken(field=name, key=text, what=_(spec.title))
        edited = dict(self._memory.get(_MEMORY, {}))
        edited.pop(name, None)
        if sequence != QKeySequence(self.specs[name].default):
            edited[name] = text
        self._memory.put(_MEMORY, edited or None)
        self.changed.emit()

    def reset(self) -> None:
        """Every key as it was at first."""
        self._memory.put(_MEMORY, None)
        self.changed.emit()

    def bind(
        self,
        widget: QWidget,
        name: str,
        run: Callable[[], object],
        context: Qt.ShortcutContext = Qt.ShortcutContext.WindowShortcut,
    ) -> QShortcut:
        """Let a key run something while a widget's window has the keyboard."""
        shortcut = QShortcut(self.sequence(name), widget)
        shortcut.setObjectName(f"shortcut_{name}")
        shortcut.setContext(context)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(run)

        def follow() -> None:
            shortcut.setKey(self.sequence(name))

        self.changed.connect(follow)
        shortcut.destroyed.connect(lambda: self.changed.disconnect(follow))
        return shortcut

    def legend(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """Key and words of things, for a legend."""
        return [(self.words(name), _(self.specs[name].title)) for name in names]


class Legend(QWidget):
    """One line of keys and their words at the foot of a screen; leaves out from the end what does not fit."""

    def __init__(self, keys: KeyMap, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self._names = tuple(names)
        self.setFixedHeight(tokens.TARGET_OFFICE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        keys.changed.connect(self._renamed)
        self._renamed()

    def _renamed(self) -> None:
        words = "  ".join(f"{key} {title}" for key, title in self._keys.legend(self._names))
        named(self, "key_legend", words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = appearance.scheme().colours()
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # mirrored below, word by word
        middle = Qt.AlignmentFlag.AlignVCenter
        strong, plain = text_font(tokens.OFFICE_TEXT, tokens.SEMIBOLD), text_font(tokens.OFFICE_TEXT)
        left = tokens.SPACE_16
        base = self.rect().adjusted(0, 0, -tokens.SPACE_8, 0)
        for key, title in self._keys.legend(self._names):
            painter.setFont(strong)
            key_width = painter.fontMetrics().horizontalAdvance(key)
            painter.setFont(plain)
            width = painter.fontMetrics().horizontalAdvance(title)
            if left + key_width + tokens.SPACE_4 + width > base.right():
                break
            painter.setFont(strong)
            painter.setPen(QColor(colours["text"]))
            painter.drawText(self._place(left, key_width), middle, key)
            painter.setFont(plain)
            painter.setPen(QColor(colours["secondary"]))
            left += key_width + tokens.SPACE_4
            painter.drawText(self._place(left, width), middle, title)
            left += width + tokens.SPACE_16
        painter.end()

    def _place(self, left: int, width: int) -> QRect:
        room = QRect(left, 0, width + 2, self.height())
        return QStyle.visualRect(self.layoutDirection(), self.rect(), room)


def _types_something(sequence: QKeySequence) -> bool:
    text = sequence.toString(QKeySequence.SequenceFormat.PortableText).removeprefix("Shift+")
    return len(text) == 1 or text == "Space"
