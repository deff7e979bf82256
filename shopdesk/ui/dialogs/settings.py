"""Settings: one page with a part for each thing that can be set, made when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QButtonGroup, QPushButton, QStackedWidget, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.dialogs.settings_keys import KeysPage
from shopdesk.ui.dialogs.settings_machine import MachinePage
from shopdesk.ui.dialogs.settings_roles import ROLES
from shopdesk.ui.dialogs.settings_shop import ShopPage
from shopdesk.ui.dialogs.settings_taxes import TAX_CLASSES, TAX_RATES
from shopdesk.ui.dialogs.settings_tenders import TENDERS
from shopdesk.ui.dialogs.settings_tills import TILLS
from shopdesk.ui.house import House
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.specs import ListScreen
from shopdesk.ui.kit.widgets import button, hbox, named, title, vbox
from shopdesk.ui.theme import tokens


class SettingsPage(QWidget):
    """All settings; ``show_part`` opens one by its key."""

    def __init__(self, house: House, desk: Desk, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "settings", _("Settings"))
        self._makers: dict[str, Callable[[], QWidget]] = {
            "shop": lambda: ShopPage(desk),
            "tills": partial(self._list, TILLS, desk, memory),
            "tenders": partial(self._list, TENDERS, desk, memory),
            "taxes": partial(self._list, TAX_RATES, desk, memory),
            "tax_classes": partial(self._list, TAX_CLASSES, desk, memory),
            "roles": partial(self._list, ROLES, desk, memory),
            "keys": lambda: KeysPage(house.keys),
            "machine": lambda: MachinePage(house, desk),
        }
        words = {
            "shop": _("Shop"),
            "tills": _("Tills and printers"),
            "tenders": _("Ways to pay"),
            "taxes": _("Tax rates"),
            "tax_classes": _("Tax classes"),
            "roles": _("Roles"),
            "keys": _("Keys"),
            "machine": _("This machine"),
        }
        self.parts: dict[str, QWidget] = {}
        outer = vbox(self, spacing=0)
        head = hbox(spacing=tokens.SPACE_8)
        head.setContentsMargins(tokens.SPACE_24, tokens.SPACE_16, tokens.SPACE_24, tokens.SPACE_8)
        head.addWidget(title(_("Settings")))
        head.addSpacing(tokens.SPACE_16)
        group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        for key, text in words.items():
            made = button(text, f"part_{key}", partial(self.show_part, key), role="chip")
            made.setCheckable(True)
            group.addButton(made)
            self.buttons[key] = made
            head.addWidget(made)
        head.addStretch(1)
        outer.addLayout(head)
        self._stack = named(QStackedWidget(), "parts", _("Settings"))
        outer.addWidget(self._stack, 1)
        self.setFocusProxy(self.buttons["shop"])
        self.show_part("shop")

    def show_part(self, key: str) -> None:
        """Open a part."""
        if key not in self.parts:
            self.parts[key] = self._makers[key]()
            self._stack.addWidget(self.parts[key])
        self.buttons[key].setChecked(True)
        self._stack.setCurrentWidget(self.parts[key])

    def _list(self, spec: ListScreen, desk: Desk, memory: Memory) -> QWidget:
        return ListView(spec, desk, memory, self)
