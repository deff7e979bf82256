"""The last resort: what nobody caught is logged with an error id and told in plain words; the program goes on."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QTimer, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from shopdesk.core.i18n import _

_qt_log = logging.getLogger("shopdesk.qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
# The headless platform says this for every window; it means nothing.
_NOISE = ("This plugin does not support propagateSizeHints",)


class LastResort(QObject):
    """Catches what no screen expected, in any thread and any slot (S37, S39). ``caught`` is sent with the error id.

    At most one dialog is open at a time: a fault that repeats with every paint fills the log, not the screen.
    """

    caught = Signal(str)
    _happened = Signal(str)

    def __init__(self, app: QApplication, *, show: bool = True) -> None:
        super().__init__(app)
        self.setObjectName("last_resort")
        self._show = show
        self._open = False
        self._undo: list[Callable[[], object]] = []
        self._happened.connect(lambda number: QTimer.singleShot(0, self, lambda: self._tell(number)))

    def install(self) -> None:
        """Take over the hooks of Python, its threads and Qt."""
        before, before_threads, before_unraisable = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        sys.unraisablehook = self._unraisable
        qInstallMessageHandler(qt_message)

        def restore() -> None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = before, before_threads, before_unraisable
            qInstallMessageHandler(None)

        self._undo.append(restore)

    def remove(self) -> None:
        """Give the hooks back."""
        while self._undo:
            self._undo.pop()()

    def record(self, error: BaseException) -> str:
        """Log an error and tell the person; the error id, for the person to pass on."""
        from shopdesk.core.logs import report

        number = report(error, threading.current_thread().name)
        self._happened.emit(number)
        return number

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            QApplication.quit()
            return
        self.record(error.with_traceback(trace))

    def _uncaught_in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self.record(args.exc_value)

    def _unraisable(self, args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            from shopdesk.core.logs import report

            report(args.exc_value, "a place that cannot raise")

    def _tell(self, number: str) -> None:
        self.caught.emit(number)
        if not self._show or self._open:
            return
        from shopdesk.ui.kit.messages import tell

        self._open = True
        dialog = tell(
            QApplication.activeWindow(),
            _("Something went wrong"),
            _(
                "The last step may not have been carried out. What was saved before is safe, "
                "and a sale on the screen is kept."
                "\n\nError {number}. Details are in the log."
            ).format(number=number),
        )
        dialog.finished.connect(self._closed)

    def _closed(self) -> None:
        self._open = False


def qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Qt's own messages go to the log like everything else."""
    if not message.startswith(_NOISE):
        _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category or "qt", one_line(message))


def one_line(text: str) -> str:
    """A text that cannot forge log lines or colour a terminal."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
