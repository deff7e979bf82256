"""What stands where no row is: an icon, a sentence, and the one action that starts it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView, QPushButton, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.pictures import Picture
from shopdesk.ui.kit.specs import Command, Empty
from shopdesk.ui.kit.widgets import Label, button, named, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font

_PICTURE = 48


class EmptyState(QWidget):
    """The page of an empty list; tells "nothing yet" from "nothing fits the search"."""

    def __init__(
        self, empty: Empty, start: Command | None, run: Callable[[str], object], clear: Callable[[], object]
    ) -> None:
        super().__init__()
        named(self, "empty", _("Nothing to show"))
        self._sentence = _(empty.sentence)
        layout = vbox(self, margin=tokens.SPACE_32, spacing=tokens.SPACE_12)
        layout.addStretch(1)
        picture = Picture("empty_icon", self._sentence, _PICTURE, empty.glyph, "secondary")
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        self._text = wrapped(Label("", "empty_text", tone="secondary", font=text_font(tokens.OFFICE_SECTION)))
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._text)
        self._clear = button(_("Clear search and filters"), "clear_filters", clear)
        layout.addWidget(self._clear, 0, Qt.AlignmentFlag.AlignHCenter)
        self._start: QPushButton | None = None
        if start is not None:
            made = button(_(start.title), "empty_action", lambda: run(start.key), role="primary", glyph=start.glyph)
            layout.addWidget(made, 0, Qt.AlignmentFlag.AlignHCenter)
            self._start = made
        layout.addStretch(2)

    def tell(self, *, narrowed: bool) -> None:
        """Say why there is nothing: ``narrowed`` when a search or filter is on."""
        self._text.setText(_("Nothing fits this search.") if narrowed else self._sentence)
        self._clear.setVisible(narrowed)
        if self._start is not None:
            self._start.setVisible(not narrowed)


class EmptyOver(QWidget):
    """The same over a hand-written table, tree or list: an icon and a sentence or a button, while ``view`` has no row.

    A view that is ``asked`` for its rows is looked at only once an answer was put into it.
    """

    def __init__(
        self,
        view: QAbstractItemView,
        glyph: str,
        sentence: str,
        start: QPushButton | None = None,
        *,
        asked: bool = True,
    ) -> None:
        super().__init__(view.viewport())
        named(self, "empty", _("Nothing to show"))
        self._view = view
        layout = vbox(self, margin=tokens.SPACE_32, spacing=tokens.SPACE_12)
        layout.addStretch(1)
        layout.addWidget(
            Picture("empty_icon", sentence, _PICTURE, glyph, "secondary"), 0, Qt.AlignmentFlag.AlignHCenter
        )
        if start is None:
            text = wrapped(Label(sentence, "empty_text", tone="secondary", font=text_font(tokens.OFFICE_SECTION)))
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(text)
        else:
            layout.addWidget(start, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)
        model = view.model()
        for changed in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            changed.connect(self._look)
        view.viewport().installEventFilter(self)
        if asked:
            self.hide()
        else:
            self._look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.resize(self._view.viewport().size())
        return False

    def _look(self, *_change: object) -> None:
        self.resize(self._view.viewport().size())
        self.setVisible(self._view.model().rowCount() == 0)
