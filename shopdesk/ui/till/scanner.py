"""Takes the scanner's keys out of the keyboard's stream before any field sees them, whatever has the focus.

A person's keys are at least 40 ms apart, a scanner's a few. In the till's own field keys show at once, and what a scan
left there is taken back; anywhere else a key waits until it is known to be typing, so that not one character of a
code reaches a dialog, and the end key presses no button.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from shiboken6 import getCppPointer, isValid

from shopdesk.ui.till.burst import CODE_CONTROLS, Burst, ScanProfile

_ENDS = {Qt.Key.Key_Return: "enter", Qt.Key.Key_Enter: "enter", Qt.Key.Key_Tab: "tab"}
_MODIFIERS = frozenset(
    {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta, Qt.Key.Key_CapsLock}
)
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
MAX_SNAPSHOT = 500


def event_ms(event: QKeyEvent) -> int:
    """When a key was pressed, in milliseconds: by the window system where it says so, else now.

    The system's own stamp matters: keys that waited behind a busy moment are handed over all at once.
    """
    return event.timestamp() or time.monotonic_ns() // 1_000_000


class Scanner(QObject):
    """An application-wide filter of keys. ``scanned`` carries a code; ``unreadable`` says that one was cut off.

    ``live`` is the till's own field. Nothing is filtered while ``active`` is off (another page is shown, or locked).
    """

    scanned = Signal(str)
    unreadable = Signal()

    def __init__(
        self,
        live: QLineEdit,
        *,
        profile: ScanProfile | None = None,
        moment_ms: Callable[[QKeyEvent], int] = event_ms,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent or live)
        self.setObjectName("scanner")
        self._live = live
        self._moment_ms = moment_ms
        self._burst = Burst(profile)
        self._held: list[tuple[QWidget, QKeyEvent]] = []
        self._snapshot: tuple[str, int] | None = None
        self._replaying = False
        self._active = False
        self._handled = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._pause_seen)
        self._drained = False

    @property
    def active(self) -> bool:
        """Whether keys are looked at."""
        return self._active

    def set_active(self, on: bool) -> None:
        """Begin or stop to look at keys; what was kept back when it stops is given to where it was typed."""
        application = QCoreApplication.instance()
        if on == self._active or application is None:
            return
        self._active = on
        if on:
            application.installEventFilter(self)
        else:
            application.removeEventFilter(self)
            self._give_up()

    def use(self, profile: ScanProfile) -> None:
        """Work with other scanners from now on."""
        self._give_up()
        self._burst = Burst(profile)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind not in _KEYS or self._replaying or not isinstance(event, QKeyEvent):
            return False
        if kind == QEvent.Type.ShortcutOverride:
            self._handled = 0
            if self._burst.size and self._part_of_code(event):
                event.accept()  # no shortcut fires on a key inside a code
                return True
            return False
        if not isinstance(watched, QWidget):
            self._handled = 0
            return False
        address = int(getCppPointer(event)[0])
        if address == self._handled:
            return False  # the same key, offered to the parents of a widget that had no use for it
        self._handled = address
        return self._press(watched, event)

    def _press(self, widget: QWidget, event: QKeyEvent) -> bool:
        at_ms = self._moment_ms(event)
        if self._burst.lapsed(at_ms):
            self._give_up()
        key = Qt.Key(event.key())
        if key in _MODIFIERS:
            return False
        if event.isAutoRepeat():
            self._give_up()
            return False
        if self._is_end(key, event):
            return self._end(widget, event, at_ms)
        text = _code_text(event)
        if not text or (text in CODE_CONTROLS and not self._burst.size and not self._may_begin(text)):
            self._give_up()
            return False
        return self._character(widget, event, text, at_ms)

    def _character(self, widget: QWidget, event: QKeyEvent, text: str, at_ms: int) -> bool:
        live = widget is self._live
        if live and not self._burst.size:
            self._snapshot = (self._live.text()[:MAX_SNAPSHOT], self._live.cursorPosition())
        self._burst.add(text, at_ms)
        self._watch()
        if live and not self._held:
            # Beyond a few keys this is no typing any more: the field need not show the code run through.
            return self._burst.cut_off
        if not self._held and text == " " and isinstance(widget, QAbstractButton):
            return False  # its release follows at once: a press given back later would leave the button down
        if len(self._held) < self._burst.profile.half_code:
            self._held.append((widget, event.clone()))
        return True

    def _end(self, widget: QWidget, event: QKeyEvent, at_ms: int) -> bool:
        if not self._burst.size:
            return self._burst.echo(at_ms)
        too_long = self._burst.too_long
        code = self._burst.finish(at_ms)
        if code is None and not too_long:
            self._give_up()
            return False
        self._timer.stop()
        self._held.clear()
        self._take_back()
        if code is None:
            self.unreadable.emit()
        else:
            self.scanned.emit(code)
        return True

    def _give_up(self) -> None:
        """No code after all: what was kept back is typing, unless it came too fast and long for hands."""
        self._timer.stop()
        held, self._held = self._held, []
        cut_off = self._burst.cut_off
        if not self._burst.size:
            return
        self._burst.clear()
        if cut_off:
            self._take_back()
            self.unreadable.emit()
            return
        self._snapshot = None
        self._replaying = True
        try:
            for widget, event in held:
                if isValid(widget):
                    QCoreApplication.sendEvent(_receiver(widget), event)
        finally:
            self._replaying = False

    def _take_back(self) -> None:
        if self._snapshot is not None and isValid(self._live):
            text, cursor = self._snapshot
            self._live.setText(text)
            self._live.setCursorPosition(cursor)
        self._snapshot = None

    def _watch(self) -> None:
        self._drained = False
        self._timer.start(self._burst.profile.gap_ms + 5)

    def _pause_seen(self) -> None:
        # The timer may be late and run before keys that already wait: let those through first, then decide.
        if not self._drained:
            self._drained = True
            self._timer.start(0)
            return
        self._give_up()

    def _is_end(self, key: Qt.Key, event: QKeyEvent) -> bool:
        profile = self._burst.profile
        which = _ENDS.get(key)
        if which is None and event.text() in ("\r", "\n"):  # a scanner that types Control+M or Control+J
            which = "enter" if self._burst.size else None
        if which is None or event.modifiers() & ~_FREE_OF_MEANING:
            return which is not None and event.text() in ("\r", "\n") and profile.enter
        return profile.enter if which == "enter" else profile.tab

    def _may_begin(self, text: str) -> bool:
        return text == "\x1d" or self._burst.profile.prefix.startswith(text)

    def _part_of_code(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        return self._burst.running and (bool(_code_text(event)) or self._is_end(key, event))


_FREE_OF_MEANING = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier


def _code_text(event: QKeyEvent) -> str:
    """The character that a key brings to a code; empty for keys that are commands."""
    text = event.text()
    control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    if control and Qt.Key.Key_At <= event.key() <= Qt.Key.Key_Underscore:
        text = chr(event.key() & 0x1F)  # not every window system says so itself
    if not text or text in CODE_CONTROLS:
        return text
    if (control and not event.modifiers() & Qt.KeyboardModifier.AltModifier) or ord(text[0]) < 0x20 or text == "\x7f":
        return ""
    return text


def _receiver(widget: QWidget) -> QWidget:
    """Who gets a key that was kept back: the focus may have moved on inside the same window."""
    focus = QApplication.focusWidget()
    return focus if focus is not None and focus.window() is widget.window() else widget
