"""The editor of keys: what each does, and the key that does it; for this machine."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QKeySequenceEdit, QScrollArea, QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.ui.kit.messages import MessageBar, Voice, ask
from shopdesk.ui.kit.shortcuts import KeyMap
from shopdesk.ui.kit.widgets import Label, button, card, hbox, named, vbox
from shopdesk.ui.theme import tokens


class KeysPage(QWidget):
    """Two columns of actions, each with a field that takes the next key pressed; a key that is taken is refused."""

    def __init__(self, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "keys_settings", _("Keys"))
        self._keys = keys
        self.messages = MessageBar(self)
        self.edits: dict[str, QKeySequenceEdit] = {}
        outer = vbox(self, spacing=tokens.SPACE_12)
        outer.setContentsMargins(tokens.SPACE_24, tokens.SPACE_8, tokens.SPACE_24, tokens.SPACE_24)
        outer.addWidget(self.messages)
        ground = card("keys_card")
        grid = QGridLayout(ground)
        grid.setContentsMargins(tokens.SPACE_24, tokens.SPACE_16, tokens.SPACE_24, tokens.SPACE_16)
        grid.setHorizontalSpacing(tokens.SPACE_24)
        grid.setVerticalSpacing(tokens.SPACE_8)
        names = list(keys.specs)
        half = (len(names) + 1) // 2
        for at, name in enumerate(names):
            words = _(keys.specs[name].title)
            edit = named(QKeySequenceEdit(keys.sequence(name)), f"key_{name.replace('.', '_')}", words)
            edit.setMaximumSequenceLength(1)
            edit.setFixedWidth(160)
            edit.editingFinished.connect(partial(self._take, name))
            self.edits[name] = edit
            column = (at // half) * 2
            grid.addWidget(Label(words[:1].upper() + words[1:], f"words_{at}"), at % half, column)
            grid.addWidget(edit, at % half, column + 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        scroll = named(QScrollArea(), "keys_scroll", _("Keys"))
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(ground)
        outer.addWidget(scroll, 1)
        row = hbox()
        row.addStretch(1)
        row.addWidget(button(_("All keys as they were at first"), "reset_keys", self._reset, glyph="undo"))
        outer.addLayout(row)
        keys.changed.connect(self._show)

    def set_key(self, name: str, sequence: QKeySequence) -> bool:
        """Give a key to a thing; False, and said why, when it cannot be."""
        try:
            self._keys.edit(name, sequence)
        except ShopError as error:
            self.messages.refuse(error.message)
            self._show()
            return False
        words = _(self._keys.specs[name].title)
        self.messages.say(
            _("{key} is the key for: {what}.").format(key=self._keys.words(name), what=words), Voice.SUCCESS
        )
        return True

    def _take(self, name: str) -> None:
        wanted = self.edits[name].keySequence()
        if wanted != self._keys.sequence(name):
            self.set_key(name, wanted)

    def _reset(self) -> None:
        ask(
            self,
            _("All keys as they were at first?"),
            _("Every key that was changed on this machine is forgotten."),
            _("Forget changed keys"),
            self._keys.reset,
        )

    def _show(self) -> None:
        for name, edit in self.edits.items():
            edit.blockSignals(True)
            edit.setKeySequence(self._keys.sequence(name))
            edit.blockSignals(False)
