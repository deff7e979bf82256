"""Sizes of the till's large buttons, said through the style: the sheet's own sizes would win over a widget's."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from shopdesk.ui.theme import tokens

BORDERS = 2
MENU_STYLE = f"QMenu {{ font-size: {tokens.TILL_TEXT}px; }} QMenu::item {{ padding: 13px 32px 13px 12px; }}"


def sized(made: QPushButton, height: int, text: int = tokens.TILL_TEXT, *, bold: bool = False) -> QPushButton:
    """The button, so many pixels high with so large a text."""
    weight = tokens.SEMIBOLD if bold else tokens.REGULAR
    made.setStyleSheet(
        f"min-height: {height - BORDERS}px; font-size: {text}px; font-weight: {weight}; padding: 0 {tokens.SPACE_8}px;"
    )
    return made
