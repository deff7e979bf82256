"""Where a paper of the office goes: a queue of this machine, a printer in the network, a device, a folder; remembered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from PySide6.QtWidgets import QWidget

from shopdesk.core.errors import BadField
from shopdesk.core.i18n import N_, _
from shopdesk.printing.config import Kind, PrinterConfig
from shopdesk.printing.devices import printer_from_settings, system_queues
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import ChoiceField
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.texts import TextField
from shopdesk.ui.kit.widgets import Label, hbox, named
from shopdesk.ui.theme import tokens

TAKES_PAPERS: Final[tuple[Kind, ...]] = ("queue", "folder")
TAKES_LABELS: Final[tuple[Kind, ...]] = ("network", "queue", "device", "folder")

_KIND_WORDS: Final[dict[Kind, str]] = {
    "network": N_("Printer in the network"),
    "queue": N_("Printer of this computer"),
    "device": N_("Device"),
    "folder": N_("Folder"),
}
_ADDRESS_WORDS: Final[dict[Kind, str]] = {
    "network": N_("Host or host:port"),
    "queue": N_("Name of the queue"),
    "device": N_("Full path of the device"),
    "folder": N_("Full path of the folder"),
}


class PrinterChoice(QWidget):
    """A choice of kind and an address; the queues of the system are offered by name once they are known."""

    def __init__(
        self, desk: Desk, memory: Memory, key: str, kinds: Sequence[Kind], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, "printer_choice", _("Printer"))
        self._memory = memory
        self._key = f"printer.{key}"
        self._kinds = tuple(kinds)
        row = hbox(self, spacing=tokens.SPACE_8)
        self.kind = ChoiceField("printer_kind", _("Print to"))
        self.address = TextField("printer_address", _("Address of the printer"))
        self.kind.setMinimumWidth(200)
        self.address.setMinimumWidth(180)
        label = Label(_("Print to"), "printer_label", tone="secondary")
        label.setBuddy(self.kind)
        row.addWidget(label)
        row.addWidget(self.kind, 1)
        row.addWidget(self.address, 1)
        self.kind.edited.connect(self._show_address)
        self._offer(())
        self._recall()
        desk.lanes.read(system_queues, self._offer, failed=lambda _error: None, owner=self)

    def value(self) -> PrinterConfig:
        """The printer, remembered for the next time; raises BadField for an address that cannot be one."""
        kind, queue = self._chosen()
        config = PrinterConfig(kind=kind, address=queue or str(self.address.value()))
        self._memory.put(self._key, {"kind": config.kind, "address": config.address})
        return config

    def set_value(self, config: PrinterConfig) -> None:
        """Choose a printer."""
        value: object = f"queue {config.address}" if config.kind == "queue" else config.kind
        if value not in [option[0] for option in self.kind.options]:
            value = config.kind
        self.kind.set_value(value)
        self.address.set_value(config.address)
        self._show_address()

    def _chosen(self) -> tuple[Kind, str]:
        value = str(self.kind.value() or self._kinds[0])
        if value.startswith("queue "):
            return "queue", value.removeprefix("queue ")
        kind: Kind = next(kind for kind in self._kinds if kind == value)
        return kind, ""

    def _offer(self, queues: Sequence[str]) -> None:
        options: list[tuple[object, str]] = [(f"queue {name}", name) for name in queues]
        options += [(kind, _(_KIND_WORDS[kind])) for kind in self._kinds]
        self.kind.set_options(options)
        if self.kind.value() is None:
            self.kind.set_value(options[0][0])
        elif queues and not self.address.value():
            self._recall()
        self._show_address()

    def _recall(self) -> None:
        kept: Any = self._memory.get(self._key)
        try:
            config = msgspec.convert(kept, PrinterConfig)
        except (msgspec.ValidationError, BadField):
            return
        if config.kind in self._kinds:
            self.set_value(config)

    def _show_address(self) -> None:
        kind, queue = self._chosen()
        self.address.setVisible(not queue)
        self.address.setPlaceholderText(_(_ADDRESS_WORDS[kind]))


def send_bytes(config: PrinterConfig, papers: Sequence[bytes]) -> None:
    """Send papers one after the other, away from the GUI thread; raises PrinterError."""
    printer = printer_from_settings(config)
    for paper in papers:
        printer.send(paper)


def memory_of(widget: QWidget | None) -> Memory:
    """What the window that a widget is in remembers; a fresh one where none is found."""
    while widget is not None:
        found = getattr(widget, "memory", None)
        if isinstance(found, Memory):
            return found
        widget = widget.parentWidget()
    return Memory()
