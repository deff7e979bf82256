"""How a place of the navigation is declared: its screen is imported only when it is first opened, in a thread."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.specs import ListScreen
from shopdesk.ui.navigation import Maker

if TYPE_CHECKING:
    from shopdesk.ui.kit.report_screen import ReportScreen

SELLING = N_("Selling")
GOODS = N_("Goods")
STOCK = N_("Stock")
BUYING = N_("Purchasing")
PEOPLE = N_("People")
FILES = N_("Files")
SYSTEM = N_("System")


def of_list(spec: ListScreen) -> Maker:
    """What builds the view of a declared list."""

    def make(desk: Desk, memory: Memory, parent: QWidget) -> QWidget:
        return ListView(spec, desk, memory, parent)

    return make


def listed(module: str, name: str) -> Callable[[], Maker]:
    """Loads the declared list ``name`` of ``shopdesk.ui.screens.<module>``."""
    return lambda: of_list(getattr(import_module(f"shopdesk.ui.screens.{module}"), name))


def reported(module: str, name: str) -> Callable[[], Maker]:
    """Loads the declared report ``name`` of ``shopdesk.ui.screens.<module>``."""

    def load() -> Maker:
        from shopdesk.ui.kit.report_view import ReportView

        spec: ReportScreen = getattr(import_module(f"shopdesk.ui.screens.{module}"), name)
        return lambda desk, memory, parent: ReportView(spec, desk, memory, parent)

    return load


def page(module: str, name: str) -> Callable[[], Maker]:
    """Loads a hand-written page ``name(desk, memory, parent)`` of ``shopdesk.ui.<module>``."""

    def load() -> Maker:
        maker: Maker = getattr(import_module(f"shopdesk.ui.{module}"), name)
        return maker

    return load
