"""Two people saved the same thing: what the other changed, field by field, and the choice between theirs and mine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QScrollArea, QWidget

from shopdesk.core.i18n import _
from shopdesk.system.history import HistoryRow
from shopdesk.ui.kit.form_view import Field
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.widgets import Label, caption, named, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font

_LONGEST = 120


class Words(Protocol):
    """What knows a field's value in words: a form."""

    def words(self, key: str, value: object) -> str:
        """A value of a field as people read it; empty for nothing."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that the other person changed: what was shown, theirs and mine; ``touched`` if I changed it as well."""

    field: Field
    was: object
    theirs: object
    mine: object
    touched: bool


class ConflictDialog(Dialog):
    """Shows each clash with both values; ``take`` gets the chosen ones, by field.

    Where only the other person changed a field, theirs is chosen; where both did, mine.
    """

    def __init__(
        self,
        parent: QWidget,
        view: Words,
        formats: Formats,
        clashes: Sequence[Clash],
        last: HistoryRow | None,
        take: Callable[[Mapping[str, object]], object],
    ) -> None:
        super().__init__(parent, "conflict", _("Somebody else saved this first"))
        self._clashes = tuple(clashes)
        self._take = take
        if last is not None and last.actor:
            words = _("{who} saved it on {time}. Nothing of yours is lost: choose what shall stand in each field.")
            said = words.format(who=last.actor, time=formats.moment(last.created_at))
        else:
            said = _("It was changed while this form was open. Nothing of yours is lost: choose what shall stand.")
        self.body.addWidget(wrapped(Label(said, "conflict_text")))
        inner = named(QWidget(), "conflict_fields", _("Fields that differ"))
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, tokens.SPACE_8, 0)
        grid.setHorizontalSpacing(tokens.SPACE_16)
        grid.setVerticalSpacing(tokens.SPACE_12)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        small = text_font(tokens.OFFICE_SECONDARY, tokens.SEMIBOLD)
        for column, head in enumerate((_("Field"), _("Theirs"), _("Mine"))):
            grid.addWidget(Label(head, f"conflict_head_{column}", tone="secondary", font=small), 0, column)
        self._theirs: dict[str, QRadioButton] = {}
        for line, clash in enumerate(self._clashes, start=1):
            key, label = clash.field.key, _(clash.field.label)
            grid.addWidget(wrapped(Label(label, f"{key}_name")), line, 0, Qt.AlignmentFlag.AlignTop)
            group = QButtonGroup(self)
            for column, (side, value) in enumerate((("theirs", clash.theirs), ("mine", clash.mine)), start=1):
                words = view.words(key, value) or _("nothing")
                shown = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."
                made = named(QRadioButton(caption(shown)), f"{key}_{side}")
                made.setAccessibleName(
                    _("{field}, theirs: {value}").format(field=label, value=words)
                    if side == "theirs"
                    else _("{field}, mine: {value}").format(field=label, value=words)
                )
                made.setMinimumHeight(tokens.TARGET_OFFICE)
                group.addButton(made)
                grid.addWidget(made, line, column, Qt.AlignmentFlag.AlignTop)
                if side == "theirs":
                    self._theirs[key] = made
                made.setChecked((side == "mine") == clash.touched)
        grid.setRowStretch(len(self._clashes) + 1, 1)
        scroll = named(QScrollArea(), "conflict_scroll", _("Fields that differ"))
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        self.body.addWidget(scroll, 1)
        self.add_cancel(_("Back to the form"))
        self.add_button(_("Save this choice"), "act", self._done, role="primary", default=True)
        self.resize(640, min(200 + 56 * len(self._clashes) + 40, 560))

    def choose(self, key: str, *, theirs: bool) -> None:
        """Choose a side for a field."""
        button = self._theirs[key]
        other = next(one for one in button.group().buttons() if one is not button)
        (button if theirs else other).setChecked(True)

    def _done(self) -> None:
        chosen = {
            clash.field.key: clash.theirs if self._theirs[clash.field.key].isChecked() else clash.mine
            for clash in self._clashes
        }
        self.accept()
        self._take(chosen)
