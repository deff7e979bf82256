"""Pictures of the office: every place filled and empty, the details of a row, the pages behind it, and the kit's dialogs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.record_view import RecordView, open_record
from shopdesk.ui.kit.report_view import ReportView
from shopdesk.ui.screens.stock_papers import ADJUSTMENT, MOVED
from tests.ui.shots_dialogs import MOST_ROWS, OF_LISTS, OF_PAGES, OF_TABS

if TYPE_CHECKING:
    from shopdesk.ui.kit.tasks import Lanes
    from shopdesk.ui.main_window import MainWindow
    from shopdesk.ui.office import Office
    from tests.ui.shots import Photographer

NOTHING = "no such thing 99999"
FORMS = ("new", "edit", "change", "adjust", "transfer", "labels")
"""Commands that open a dialog, where a list has them."""


def walk_office(camera: Photographer, window: MainWindow, office: Office, lanes: Lanes) -> None:
    """Go to every place and look at what it has."""
    for key in list(office._entries):
        if key == "till" or not office.open(key):
            continue
        camera.wait(lambda key=key: office.opened == key)
        camera.rest(lanes)
        camera.shoot(f"office-{key}", window)
        if camera.look.empty:
            continue
        page: Any = office.pages[key]
        page = getattr(page, "view", page)  # the matrix makes its list once it knows the warehouses
        if key == "settings":
            for part in page._makers:
                page.show_part(part)
                camera.rest(lanes)
                camera.shoot(f"settings-{part}", window)
        elif isinstance(page, ListView):
            _list(camera, window, office, page, lanes, key)
        elif isinstance(page, ReportView) and page.rows:
            page.table.selectRow(0)
            camera.rest(lanes)
            camera.shoot(f"office-{key}-chosen", window)
        if key == "stock":
            _papers(camera, window, office, lanes)


def _papers(camera: Photographer, window: MainWindow, office: Office, lanes: Lanes) -> None:
    """The pages that are reached from a movement of stock."""
    for spec in (ADJUSTMENT, MOVED):
        record = open_record(office, spec, 1)
        assert record is not None
        camera.rest(lanes)
        _tabs(camera, window, record, lanes)
        record.close_page()
        camera.rest(lanes)


def _list(camera: Photographer, window: MainWindow, office: Office, page: ListView, lanes: Lanes, key: str) -> None:
    if page.spec.search:
        page.search_for(NOTHING)
        camera.rest(lanes)
        camera.shoot(f"office-{key}-nothing", window)
        page.search_for("")
        camera.rest(lanes)
    if not page.model.rows:
        return
    page.table.selectRow(0)
    camera.rest(lanes)
    camera.shoot(f"office-{key}-detail", window)
    for command, usable, _why in page.offered(page.chosen):
        if usable and command.key in (*FORMS, *OF_LISTS.get(key, ())):
            _dialog_of(camera, page, lanes, command.key, f"form-{key}-{command.key}")
    if key == "sales":
        _dialog_of(camera, page, lanes, "preview", "receipt-preview")
    if key == "products":
        _tools(camera, window, page, lanes)
    _record(camera, window, office, page, lanes, key)


def _record(camera: Photographer, window: MainWindow, office: Office, page: ListView, lanes: Lanes, key: str) -> None:
    """The page behind the first row, tab by tab, if Enter opens one."""
    if page.spec.page_of is None and page.spec.on_open in FORMS and page.spec.on_open not in ("edit", "change"):
        return
    page._open(page.model.rows[0])
    camera.rest(lanes)
    for dialog in _dialogs():
        dialog.reject()
        camera.rest(lanes)
    shown = [one for one in office.findChildren(RecordView) if one.isVisible()]
    if not shown:
        return
    record = shown[-1]
    _tabs(camera, window, record, lanes)
    done = _commands(camera, record, lanes, OF_PAGES.get(record.spec.key, ()))
    left = [name for name in OF_PAGES.get(record.spec.key, ()) if name not in done]
    record.close_page()
    camera.rest(lanes)
    for row in page.model.rows[1:MOST_ROWS]:
        if not left:
            return
        page._open(row)
        camera.rest(lanes)
        other = next((one for one in office.findChildren(RecordView) if one.isVisible()), None)
        if other is None:
            return
        done = _commands(camera, other, lanes, left)
        left = [name for name in left if name not in done]
        other.close_page()
        camera.rest(lanes)


def _tabs(camera: Photographer, window: MainWindow, record: RecordView, lanes: Lanes) -> None:
    """Every tab of a page, and what the lists on them open."""
    name = record.spec.key.replace(".", "-")
    for tab in list(record._keys):
        record.open_tab(tab)
        camera.rest(lanes)
        camera.shoot(f"page-{name}-{tab}", window)
        view = record.tab(tab)
        if isinstance(view, ListView):
            if view.model.rows:
                view.table.selectRow(0)
                camera.rest(lanes)
            usable = {command.key for command, may, _why in view.offered(view.chosen) if may}
            for command in OF_TABS.get(view.spec.key, ()):
                if command in usable and view.run(command):
                    _shoot_dialogs(camera, lanes, f"form-{view.spec.key.replace('.', '-')}-{command}")


def _commands(camera: Photographer, record: RecordView, lanes: Lanes, only: Sequence[str]) -> list[str]:
    """The dialogs of a page's commands, as far as its state allows them; returns which were seen."""
    seen = []
    usable = {command.key for command, may, _why in record.offered() if may}
    for command in OF_PAGES.get(record.spec.key, ()):
        if command in usable and command in only and record.run(command):
            _shoot_dialogs(camera, lanes, f"do-{record.spec.key.replace('.', '-')}-{command}")
            seen.append(command)
    return seen


def _tools(camera: Photographer, window: MainWindow, page: ListView, lanes: Lanes) -> None:
    """What every list has: chosen rows, bulk edit, columns, export, views."""
    page.table.selectAll()
    camera.rest(lanes)
    camera.shoot("list-chosen", window)
    _dialog_of(camera, page, lanes, "bulk", "list-bulk")
    page.table.choose_none()
    for name, run in (("columns", page.tools.choose_columns), ("export", page.tools.export_shown)):
        run()
        _shoot_dialogs(camera, lanes, f"list-{name}")
    page.views.open_menu()
    camera.rest(lanes)
    for menu in page.views.findChildren(QMenu):
        if menu.isVisible():
            camera.shoot("list-views", menu)
            menu.close()
    camera.rest(lanes)


def _dialog_of(camera: Photographer, page: ListView, lanes: Lanes, command: str, name: str) -> None:
    if any(one.key == command for one in page.commands) and page.run(command):
        camera.rest(lanes)
        _shoot_dialogs(camera, lanes, name)
        for record in page.window().findChildren(RecordView):  # some commands lead to a page
            if record.isVisible():
                camera.shoot(name, record)
                record.close_page()
                camera.rest(lanes)
        page.messages.clear()


def _shoot_dialogs(camera: Photographer, lanes: Lanes, name: str) -> None:
    camera.rest(lanes)
    for dialog in _dialogs():
        camera.shoot(name, dialog)
        dialog.reject()
        camera.rest(lanes)


def _dialogs() -> list[QDialog]:
    found: list[QWidget] = QApplication.topLevelWidgets()
    return [one for one in found if isinstance(one, QDialog) and one.isVisible()]
