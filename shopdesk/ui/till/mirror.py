"""Painting for both directions of writing: places as if written from the left, mirrored where the language is not."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QStyle

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute


class Mirror:
    """Places and alignments inside a rectangle, for one direction of writing."""

    def __init__(self, direction: Qt.LayoutDirection, outer: QRect) -> None:
        self._direction = direction
        self._outer = outer
        mirrored = direction == Qt.LayoutDirection.RightToLeft
        middle = Qt.AlignmentFlag.AlignVCenter
        self.start = int((_RIGHT if mirrored else _LEFT) | middle)
        self.end = int((_LEFT if mirrored else _RIGHT) | middle)

    def __call__(self, rect: QRect) -> QRect:
        """The same place where the language wants it."""
        return QStyle.visualRect(self._direction, self._outer, rect)
