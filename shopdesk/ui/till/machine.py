"""What a till's machine is told about its scanner and its card terminal, and the part of the settings that asks for it."""

from __future__ import annotations

from typing import cast

from PySide6.QtWidgets import QGridLayout, QWidget

from shopdesk.core.i18n import _
from shopdesk.db.shop import Shop
from shopdesk.sales.card import CardDesk
from shopdesk.sales.terminal import TerminalSimulator
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.inputs import CheckField, ChoiceField, CountField, TextField
from shopdesk.ui.kit.memory import Memory
from shopdesk.ui.kit.widgets import Label, named, section, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.till.burst import ScanProfile

SCANNER, TERMINAL = "till.scanner", "till.terminal"
NONE, SIMULATOR = "none", "simulator"
SLOWEST_MS, QUICKEST_MS = 200, 5


def scan_profile(memory: Memory) -> ScanProfile:
    """How this machine's scanner types; anything unreadable in the memory is passed over."""
    kept = memory.get(SCANNER, {})
    usual = ScanProfile()
    if not isinstance(kept, dict):
        return usual
    gap = kept.get("gap_ms", usual.gap_ms)
    return ScanProfile(
        gap_ms=min(SLOWEST_MS, max(QUICKEST_MS, gap)) if isinstance(gap, int) else usual.gap_ms,
        prefix=str(kept.get("prefix", ""))[:8],
        suffix=str(kept.get("suffix", ""))[:8],
        tab=bool(kept.get("tab", True)),
    )


def terminal_choice(memory: Memory, *, is_demo: bool) -> str:
    """The terminal that this machine is set to; a demo shop's machine is set to the simulator once."""
    if is_demo and memory.get(TERMINAL) is None:
        memory.put(TERMINAL, SIMULATOR)
    return str(memory.get(TERMINAL, NONE))


def card_desk_of(desk: Desk, choice: str) -> CardDesk | None:
    """The desk of a chosen terminal, None where cards are only written down."""
    return CardDesk(cast(Shop, desk.shop), TerminalSimulator()) if choice == SIMULATOR else None


class TillMachine(QWidget):
    """Asks how the scanner types and which card terminal there is; each choice holds at once."""

    def __init__(self, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "till_machine", _("Scanner and card terminal"))
        self._memory = memory
        profile = scan_profile(memory)
        column = vbox(self, spacing=tokens.SPACE_8)
        column.addWidget(section(_("Scanner"), "scanner_of_machine"))
        hint = _(
            "A scanner is told from a person by its speed. Prefix and suffix are what it puts around a code, if anything."
        )
        column.addWidget(wrapped(Label(hint, "scanner_hint", tone="secondary")))
        self.prefix = TextField("scan_prefix", _("Prefix"), profile.prefix, max_length=8)
        self.suffix = TextField("scan_suffix", _("Suffix"), profile.suffix, max_length=8)
        self.gap = CountField("scan_gap", _("Longest pause between two keys (ms)"))
        self.gap.set_value(profile.gap_ms)
        self.tab = CheckField("scan_tab", _("Tab ends a code too"))
        self.tab.set_value(profile.tab)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(tokens.SPACE_8)
        for place, field in enumerate((self.prefix, self.suffix, self.gap)):
            label = Label(field.accessibleName(), f"{field.objectName()}_label")
            label.setBuddy(field)
            grid.addWidget(label, place, 0)
            grid.addWidget(field, place, 1)
            field.edited.connect(self._keep_scanner)
        column.addLayout(grid)
        column.addWidget(self.tab)
        self.tab.edited.connect(self._keep_scanner)
        column.addSpacing(tokens.SPACE_8)
        column.addWidget(section(_("Card terminal"), "terminal_of_machine"))
        options = (
            (NONE, _("None: cards are only written down")),
            (SIMULATOR, _("Simulator, for trying things out")),
        )
        self.terminal = ChoiceField("terminal", _("Card terminal"), options)
        self.terminal.set_value(memory.get(TERMINAL, NONE))
        self.terminal.edited.connect(lambda: memory.put(TERMINAL, self.terminal.value()))
        column.addWidget(self.terminal)

    def _keep_scanner(self) -> None:
        self._memory.put(
            SCANNER,
            {
                "prefix": self.prefix.text(),
                "suffix": self.suffix.text(),
                "gap_ms": self.gap.number() or ScanProfile().gap_ms,
                "tab": self.tab.isChecked(),
            },
        )
