"""The window's day, watched: scans, payments, lists and a backup, while a timer of one millisecond notes each late tick."""

from __future__ import annotations

import gc
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.tasks import Lanes
from shopdesk.ui.main_window import MainWindow

PASSWORD = "ann counts the teacups twice"


class Gaps:
    """The longest time between two ticks, and what was being done then; ticks begin to count when the window stands."""

    def __init__(self) -> None:
        self.worst = 0.0
        self.during = ""
        self.doing = ""
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def begin(self) -> None:
        """From here on."""
        self.worst, self._last = 0.0, time.perf_counter()

    def _tick(self) -> None:
        now = time.perf_counter()
        gap, self._last = (now - self._last) * 1e3, now
        if gap > self.worst:
            self.worst, self.during = gap, self.doing


class Day:
    """Somebody at the till for some seconds; ``script`` yields conditions that must hold before it goes on."""

    def __init__(self, address: str, seconds: float) -> None:
        self.address = address
        self.seconds = seconds
        self.app = QApplication.instance() or QApplication(sys.argv[:1])
        self.lanes = Lanes()
        self.window = MainWindow(Memory(Path(os.environ["SHOPDESK_HOME"]) / "window.json"))
        self.gaps = Gaps()
        self.scans: list[float] = []
        self.sales = 0
        self._script = self.script()
        self._wanted: Callable[[], object] = lambda: True
        self._deadline = time.perf_counter() + 40
        self._beat = QTimer()
        self._beat.setInterval(1)
        self._beat.timeout.connect(self._go_on)
        self._beat.start()

    def _go_on(self) -> None:
        if time.perf_counter() > self._deadline:
            print("stuck while", self.gaps.doing, file=sys.stderr, flush=True)
            os._exit(1)
        if not self._wanted():
            return
        try:
            self._wanted = next(self._script)
        except StopIteration:
            self._tell()
        except Exception:
            traceback.print_exc()
            os._exit(1)
        self._deadline = time.perf_counter() + 40

    def _tell(self) -> None:
        ordered = sorted(self.scans)
        told = {
            "gap": self.gaps.worst,
            "during": self.gaps.during,
            "scans": len(ordered),
            "sales": self.sales,
            "scan": ordered[len(ordered) // 2],
            "scan_p99": ordered[int(len(ordered) * 0.99)],
        }
        print(json.dumps(told), flush=True)
        os._exit(0)

    def script(self) -> Iterator[Callable[[], object]]:
        """The day."""
        from shopdesk.app import open_shop
        from shopdesk.db.paging import PageRequest
        from shopdesk.sales.queries import sales_page
        from shopdesk.ui.opening import look_around
        from tests.benchmarks.ground import barcode

        self.window.resize(1366, 768)
        self.window.show()
        shop = open_shop(self.address)
        self.window.shop_is_open(look_around(shop), self.lanes)
        yield lambda: self.window.faces is not None
        assert self.window.faces is not None
        self.window.faces.sounds.enabled = False
        self.gaps.doing = "sign-in"
        entry = self.window.entry
        yield lambda: self._field("username") is not None
        QTest.keyClicks(self._field("username"), "ann")
        QTest.keyClicks(entry.findChild(QLineEdit, "password"), PASSWORD)
        QTest.keyClick(entry.findChild(QLineEdit, "password"), Qt.Key.Key_Return)
        yield lambda: self._till() is not None and self._till().till.standing is not None
        till = self._till()
        yield self._pause(0.5)
        gc.collect()
        gc.freeze()
        self.gaps.begin()
        until = time.perf_counter() + self.seconds
        number = 0
        backed_up = False
        while time.perf_counter() < until:
            lines = 1 + self.sales % 6
            for line in range(1, lines + 1):
                self.gaps.doing = "scan"
                start = time.perf_counter()
                number += 1
                till.selling.scan(barcode(1 + (number * 37) % 190))
                yield lambda line=line: len(till.till.state.cart.lines) >= line
                self.scans.append((time.perf_counter() - start) * 1e3)
            self.gaps.doing = "typing words"
            till.selling.words_typed(f"prod {number % 10}")
            yield self._pause(0.05)
            till.selling.forget_words()
            self.gaps.doing = "payment"
            yield from self._pay(till)
            self.sales += 1
            self.gaps.doing = "list of sales"
            listed: list[Any] = []
            till.till.desk.ask(sales_page, PageRequest(), done=listed.append, owner=till)
            yield lambda listed=listed: bool(listed)
            if not backed_up:
                backed_up = True
                self._back_up(shop)
        self.gaps.doing = "end"
        yield self._pause(0.2)

    def _pay(self, till: Any) -> Iterator[Callable[[], object]]:
        till.run("till.pay")
        yield lambda: till.paying.pay is not None and till.paying._since.elapsed() > 450
        till.paying.enter("")
        yield lambda: till.paying.answer is not None and till.paying._since.elapsed() > 450
        till.paying.enter("")
        yield lambda: not till.till.state.cart.lines

    def _back_up(self, shop: Any) -> None:
        import threading

        from shopdesk.books.keeping import back_up
        from tests.benchmarks.ground import owner

        target = Path(os.environ["SHOPDESK_HOME"]) / "day.backup"
        actor = owner(shop)
        threading.Thread(target=lambda: back_up(shop, target, actor), daemon=True).start()

    def _pause(self, seconds: float) -> Callable[[], object]:
        until = time.perf_counter() + seconds
        return lambda: time.perf_counter() >= until

    def _field(self, name: str) -> QLineEdit | None:
        field = self.window.entry.findChild(QLineEdit, name)
        return field if isinstance(field, QLineEdit) and field.isVisible() and field.isEnabled() else None

    def _till(self) -> Any:
        return self.window.faces.till if self.window.faces is not None else None


if __name__ == "__main__":
    day = Day(sys.argv[1], float(sys.argv[2]))
    day.app.exec()
