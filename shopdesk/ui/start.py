"""Starts the window: the sign-in is painted first, everything else is imported and opened in a thread behind it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImageReader
from PySide6.QtWidgets import QApplication

from shopdesk.core.i18n import SOURCE_LANGUAGE, _
from shopdesk.ui.crash import LastResort
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.main_window import LANGUAGE, MainWindow
from shopdesk.ui.theme.appearance import dress, follow_desktop, show_focus

if TYPE_CHECKING:
    from shopdesk.db.shop import Shop
    from shopdesk.ui.jobs_thread import JobsThread, MakeWorker
    from shopdesk.ui.kit.tasks import Lanes
    from shopdesk.ui.opening import Opened

IMAGE_MEGABYTES = 128
"""What Qt itself unpacks of a picture at most (S27); its own limit is twice that."""
OpenShop = Callable[[str], "Shop"]
MakeDemo = Callable[[str], object]


class Start(QObject):
    """One start of the window on one address; keeps what lives as long as the program does."""

    def __init__(
        self,
        app: QApplication,
        address: str,
        open_shop: OpenShop,
        make_demo: MakeDemo,
        make_worker: MakeWorker | None = None,
    ) -> None:
        super().__init__(app)
        self.setObjectName("start")
        self._app = app
        self._address = address
        self._open_shop = open_shop
        self._make_demo = make_demo
        self._make_worker = make_worker
        self.jobs: JobsThread | None = None
        self._closed = False
        self.memory = Memory(later=True)
        self.lanes: Lanes | None = None
        self.last_resort = LastResort(app)
        self.opened: Opened | None = None
        choice = str(self.memory.get("appearance", "system"))
        language = str(self.memory.get(LANGUAGE, SOURCE_LANGUAGE))
        if language != SOURCE_LANGUAGE:
            from shopdesk.ui.language import speak

            speak(app, language)
        QImageReader.setAllocationLimit(IMAGE_MEGABYTES)
        dress(app, choice, ring=False)
        self.window = MainWindow(self.memory)
        self.window.painted.connect(self._painted)
        self.window.closed.connect(self._close)
        follow_desktop(app, choice)

    def show(self) -> None:
        """Put the sign-in on the glass; the rest follows by itself."""
        self.last_resort.install()
        if self.memory.get("window.maximised", False):
            self.window.showMaximized()
        else:
            self.window.show()

    def _painted(self) -> None:
        # Not at once: what else hears of the first paint shall not wait for this.
        QTimer.singleShot(0, self, lambda: show_focus(self._app))
        QTimer.singleShot(0, self, self._behind)

    def _behind(self) -> None:
        from shopdesk.ui.kit.tasks import Lanes

        address, open_shop = self._address, self._open_shop
        self.lanes = Lanes(self)

        def work() -> Opened | None:
            # Imported here, so that the window's thread finds it ready.
            import shopdesk.ui.presence  # noqa: F401
            from shopdesk.core.logs import start_logging
            from shopdesk.ui.opening import open_for_window

            start_logging()
            return open_for_window(address, open_shop)

        self.lanes.read(work, self._opened, failed=self._failed, owner=self)

    def _opened(self, opened: Opened | None) -> None:
        if self._closed:  # the window was closed while the shop was being opened
            if opened is not None:
                opened.shop.close()
            return
        if opened is None:
            self._first_run()
            return
        assert self.lanes is not None
        self.opened = opened
        if not opened.settings.is_demo:
            self._let_in(opened, [])
            return
        self.lanes.read(_demo_secrets, lambda demo: self._let_in(opened, demo), owner=self)

    def _let_in(self, opened: Opened, demo: list[tuple[str, str, str, str]]) -> None:
        from shopdesk.ui.login import DemoSecret

        if self._closed:
            return
        assert self.lanes is not None
        self.window.shop_is_open(opened, self.lanes, [DemoSecret(*secret) for secret in demo])
        if self._make_worker is not None:
            self.lanes.read(lambda: self._start_jobs(opened), lambda _nothing: None, owner=self)

    def _start_jobs(self, opened: Opened) -> None:
        """On a lane: what does the work is imported here, and not before somebody may sign in."""
        from shopdesk.ui.jobs_thread import JobsThread

        assert self._make_worker is not None
        if self._closed:
            return
        self.jobs = JobsThread(opened.shop, self._make_worker(opened.shop))
        self.jobs.start()

    def _first_run(self) -> None:
        from shopdesk.ui.dialogs.first_run import FirstRun

        assert self.lanes is not None
        page = FirstRun(self._address, self._open_shop, self._make_demo, self.lanes)
        page.founded.connect(self._founded)
        self.window.show_page(page)

    def _founded(self, opened: Opened) -> None:
        self.window.entry.set_status("")
        self._opened(opened)

    def _failed(self, error: BaseException) -> None:
        from shopdesk.core.errors import ShopError

        if not isinstance(error, ShopError):
            self.window.entry.set_status(_("The shop could not be opened. Details are in the log."))
            raise error
        self.window.entry.set_status(error.message)

    def _close(self) -> None:
        self._closed = True
        self.memory.put("window.maximised", self.window.isMaximized() or None)
        if self.window.faces is not None:
            self.window.faces.paper.stop()
        if self.jobs is not None:
            self.jobs.stop()
        if self.lanes is not None and not self.lanes.close():
            import logging

            logging.getLogger(__name__).error("work was still under way when the window closed")
        if self.jobs is not None:  # begun by a lane that was still at work
            self.jobs.stop()
        if self.opened is not None:
            self.opened.shop.close()
        self.memory.flush()
        self.last_resort.remove()
        self._app.quit()


def run_window(address: str, open_shop: OpenShop, make_demo: MakeDemo, make_worker: MakeWorker | None = None) -> int:
    """Open the window on a shop's address and return the exit status when it is closed.

    ``open_shop``, ``make_demo`` (for the first run) and ``make_worker`` (who does the background work) are called in a thread
    after the first paint.

    Without a display it says so, paints the sign-in once and returns 0.
    """
    without_display = no_display()
    if without_display:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("ShopDesk")
    start = Start(app, address, open_shop, make_demo, make_worker)
    start.show()
    if without_display:
        sys.stderr.write(_("There is no display: the sign-in was painted once, and that is all.") + "\n")
        start.window.painted.connect(lambda: QTimer.singleShot(0, start.window.close))
    return app.exec()


def no_display() -> bool:
    """Whether a window could not be seen by anybody."""
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return True
    if sys.platform in ("win32", "darwin"):
        return False
    return not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _demo_secrets() -> list[tuple[str, str, str, str]]:
    """Name, role, password and PIN of the people of a demo shop."""
    from shopdesk.books.demo import DEMO_PEOPLE
    from shopdesk.core.permissions import ROLE_NAMES

    return [(person.username, _(ROLE_NAMES[person.role]), person.password, person.pin) for person in DEMO_PEOPLE]
