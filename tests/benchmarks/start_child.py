"""The window's own start, watched: says when the sign-in was painted and when the first scan stood in the cart."""

from __future__ import annotations

import os
import sys
import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit

PASSWORD = "ann counts the teacups twice"


def say(name: str, value: object) -> None:
    """One line for the parent."""
    print(name, value, flush=True)


def megabytes() -> float:
    """Memory of this process that is its own, where the system tells."""
    try:
        with open("/proc/self/smaps_rollup", encoding="ascii") as told:
            sizes = {line.split()[0]: int(line.split()[1]) for line in told if line.split()[1].isdigit()}
    except OSError:
        return 0.0
    return sizes.get("Rss:", 0) / 1024


def since() -> float:
    """Seconds since the parent started this process."""
    return time.time() - float(os.environ["BENCH_START"])


class Watch:
    """Looks at the window between its events: types the password when it can be typed, then scans."""

    def __init__(self, address: str, code: str) -> None:
        self.code = code
        self.step = self.sign_in
        self.memory = 0.0
        from shopdesk.cli.window import _make_demo, _open_shop
        from shopdesk.ui.start import Start

        app = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(app, QApplication)
        app.setApplicationName("ShopDesk")
        self.start = Start(app, address, _open_shop, _make_demo)
        self.window = self.start.window
        self.window.painted.connect(self.painted)
        self.start.show()
        self.timer = QTimer()
        self.timer.setInterval(1)
        self.timer.timeout.connect(self.look)
        self.timer.start()
        app.exec()

    def look(self) -> None:
        """Do the next step if its time has come."""
        self.step()

    def painted(self) -> None:
        """The first paint is over."""
        say("painted", since())
        say("sqlalchemy", "sqlalchemy" in sys.modules)
        self.memory = megabytes()

    def sign_in(self) -> None:
        """As soon as the door takes words."""
        entry = self.window.entry
        if self.window.presence is None or not entry.isVisible():
            return
        name, password = (entry.findChild(QLineEdit, field) for field in ("username", "password"))
        if name is None or password is None or not name.isEnabled() or not name.isVisible():
            return
        from PySide6.QtTest import QTest  # only now: the program itself does not know it

        say("open", since())
        self.step = self.wait_for_till
        QTest.keyClicks(name, "ann")
        QTest.keyClicks(password, PASSWORD)
        QTest.keyClick(password, Qt.Key.Key_Return)
        say("typed", since())

    def wait_for_till(self) -> None:
        """Until the clerk's till stands there."""
        faces = self.window.faces
        till = faces.till if faces is not None else None
        if till is None or till.till.standing is None:
            return
        say("till", since())
        self.step = self.wait_for_line
        till.selling.scan(self.code)

    def wait_for_line(self) -> None:
        """Until the scanned line is in the cart."""
        till = self.window.faces.till
        if till.till.state.cart.lines:
            say("scanned", since())
            say("memory", self.memory)
            os._exit(0)


if __name__ == "__main__":
    QTimer.singleShot(0, lambda: None)
    Watch(sys.argv[1], sys.argv[2])
