"""Why a line costs what it costs: every step to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.widgets import Label, hairline, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import number_font, text_font


@dataclass(frozen=True, slots=True)
class WhyStep:
    """A step as it is read: its words, what it changed and what the line cost after it."""

    words: str
    change: str
    after: str


def show_why(
    parent: QWidget | None, name: str, first: WhyStep, steps: Sequence[WhyStep], last: WhyStep, taxes: Sequence[WhyStep]
) -> Dialog:
    """Show a line's way from the shelf price to what is paid for it, and the tax in it."""
    dialog = Dialog(parent, "why_dialog", _("Why this price?"), till=True)
    dialog.setMinimumWidth(620)
    dialog.body.addWidget(wrapped(Label(name, "why_name", font=text_font(tokens.TILL_LINE, tokens.SEMIBOLD))))
    grid = QGridLayout()
    grid.setHorizontalSpacing(tokens.SPACE_24)
    grid.setVerticalSpacing(tokens.SPACE_8)
    grid.setColumnStretch(0, 1)
    row = 0
    for place, step in enumerate((first, *steps)):
        _row(grid, row, step, f"step_{place}", tokens.REGULAR)
        row += 1
    grid.addWidget(hairline("why_line"), row, 0, 1, 3)
    _row(grid, row + 1, last, "step_last", tokens.SEMIBOLD)
    for place, tax in enumerate(taxes):
        _row(grid, row + 2 + place, tax, f"tax_{place}", tokens.REGULAR, tone="secondary")
    dialog.body.addLayout(grid)
    dialog.add_button(_("Close"), "close", dialog.accept, role="primary", default=True)
    dialog.open()
    return dialog


def _row(grid: QGridLayout, row: int, step: WhyStep, name: str, weight: int, *, tone: str = "") -> None:
    words = wrapped(Label(step.words, f"{name}_words", tone=tone, font=text_font(tokens.TILL_TEXT, weight)))
    change = Label(step.change, f"{name}_change", tone="secondary", font=number_font(tokens.TILL_TEXT))
    after = Label(step.after, f"{name}_after", tone=tone, font=number_font(tokens.TILL_TEXT, weight))
    for figure in (change, after):
        figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    grid.addWidget(words, row, 0)
    grid.addWidget(change, row, 1)
    grid.addWidget(after, row, 2)
