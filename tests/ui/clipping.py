"""Finds text that does not fit its widget, widgets that overlap and widgets that hang over their parent's edge."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QFocusFrame,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QToolButton,
    QWidget,
)

SLACK = 1


def misfits(root: QWidget) -> list[str]:
    """A line for everything visible below a widget that is clipped, overlapped or cut off."""
    found: list[str] = []
    for widget in _visible(root):
        if isinstance(widget, QLabel):
            found += _label(widget)
        elif isinstance(widget, QAbstractButton) and not isinstance(widget, QCheckBox):
            found += _button(widget)
        found += _overlaps(widget)
    return found


def _visible(root: QWidget) -> Iterator[QWidget]:
    for widget in [root, *root.findChildren(QWidget)]:
        if widget.isVisible() and not isinstance(widget, QFocusFrame) and not widget.visibleRegion().isEmpty():
            yield widget


def _name(widget: QWidget) -> str:
    return widget.objectName() or type(widget).__name__


def _label(label: QLabel) -> list[str]:
    text, room = label.text(), label.contentsRect()
    if not text or label.textFormat() != Qt.TextFormat.PlainText:
        return []
    metrics = label.fontMetrics()
    if label.wordWrap():
        flags = int(Qt.TextFlag.TextWordWrap)
        needed = metrics.boundingRect(QRect(0, 0, room.width(), 10_000), flags, text)
        wide = max((metrics.horizontalAdvance(word) for word in text.split()), default=0)
        if needed.height() > room.height() + SLACK or wide > room.width() + SLACK:
            return [f"label {_name(label)}: {text[:40]!r} needs {needed.height()} px of {room.height()}"]
        return []
    lines = text.splitlines() or [""]
    width = max(metrics.horizontalAdvance(line) for line in lines)
    height = metrics.height() * len(lines)
    if width > room.width() + SLACK or height > room.height() + SLACK + 2:
        return [f"label {_name(label)}: {text[:40]!r} needs {width}x{height} of {room.width()}x{room.height()}"]
    return []


def _button(made: QAbstractButton) -> list[str]:
    if isinstance(made, QToolButton) and made.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly:
        return []
    text = made.text().replace("&&", "\0").replace("&", "").replace("\0", "&")
    if not text or not isinstance(made, QPushButton | QToolButton):
        return []
    metrics = made.fontMetrics()
    needed = metrics.horizontalAdvance(text) + 2
    if not made.icon().isNull():
        needed += made.iconSize().width() + 4
    if needed > made.width() + SLACK or metrics.height() > made.height() + SLACK:
        return [
            f"button {_name(made)}: {text[:40]!r} needs {needed}x{metrics.height()} of {made.width()}x{made.height()}"
        ]
    return []


def _overlaps(parent: QWidget) -> list[str]:
    layout = parent.layout()
    if layout is None or isinstance(parent, QAbstractScrollArea):
        return []
    laid = [one for one in _laid_out(parent, layout) if one.isVisible()]
    found = []
    for one, other in combinations(laid, 2):
        common = one.geometry().intersected(other.geometry())
        if common.width() > SLACK and common.height() > SLACK:
            found.append(f"{_name(one)} and {_name(other)} overlap in {_name(parent)} by {common.getRect()}")
    inside_scroll = isinstance(parent.parentWidget(), QScrollArea) or (
        parent.parentWidget() is not None and isinstance(parent.parentWidget().parentWidget(), QScrollArea)
    )
    if not inside_scroll:
        room = parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
        found += [
            f"{_name(one)} hangs out of {_name(parent)}: {one.geometry().getRect()} in {parent.rect().getRect()}"
            for one in laid
            if not room.contains(one.geometry())
        ]
    return found


def _laid_out(parent: QWidget, layout: QLayout) -> list[QWidget]:
    """The widgets that the layout places, nested ones as well.

    Not by ``itemAt``: the items that it hands out end the process when their layout dies soon after (PySide6 6.11).
    """
    layouts = [layout, *layout.findChildren(QLayout)]
    children = parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [child for child in children if any(one.indexOf(child) >= 0 for one in layouts)]
