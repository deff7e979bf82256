"""What a scan must not land in."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget


def takes_text(widget: QWidget | None) -> bool:
    """Whether a widget is a field that somebody may be typing in."""
    return isinstance(widget, QLineEdit | QPlainTextEdit) and not widget.isReadOnly()
