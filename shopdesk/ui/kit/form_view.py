"""Forms: labels above, one column (two from 1,200 px), errors in words under their field, a guard for unsaved work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from shopdesk.core.errors import BadAmount, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.ui.kit import inputs
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.formats import Formats, yes_no
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.specs import Option
from shopdesk.ui.kit.widgets import Label, named, section, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font

_ACROSS_WIDTH = 220


class Holds(StrEnum):
    """What a form's field holds."""

    TEXT = "text"
    LONG = "long"
    SECRET = "secret"
    MONEY = "money"
    QUANTITY = "quantity"
    PERCENT = "percent"
    COUNT = "count"
    YES = "yes"
    CHOICE = "choice"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form; ``key`` is the field of the command that it fills, and where its refusals come back.

    A choice takes ``options``, or a ``query`` that returns (value, word) pairs. ``group`` is its heading.
    ``none_if_empty`` hands the command None for an empty text.
    """

    key: str
    label: str
    holds: Holds = Holds.TEXT
    required: bool = False
    help: str = ""
    group: str = ""
    options: tuple[Option, ...] = ()
    query: Callable[..., Sequence[Option]] | None = None
    max_length: int = inputs.MAX_TEXT
    none_if_empty: bool = False

    def __post_init__(self) -> None:
        if (self.holds is Holds.CHOICE) == (not self.options and self.query is None):
            raise ValueError(f"field {self.key}: a choice, and only a choice, has options")


class MissingValue(ShopError):
    """A required field is empty."""

    code = "missing_value"
    sentence = N_("Please fill in: {label}")


class FormView(QWidget):
    """The fields of one command. ``values`` reads them all; ``dirty`` says whether somebody changed one.

    ``across`` puts them side by side, as the parameters of a report. ``say_optional`` False leaves the word out where nothing
    is required.
    """

    edited = Signal()

    def __init__(
        self,
        fields: Sequence[Field],
        desk: Desk,
        values: Mapping[str, object] | None = None,
        parent: QWidget | None = None,
        *,
        till: bool = False,
        across: bool = False,
        say_optional: bool = True,
    ) -> None:
        super().__init__(parent)
        named(self, "form", _("Form"))
        self._across = across
        self._say_optional = say_optional and not across
        self.fields = tuple(fields)
        self._desk = desk
        self._till = till
        self.dirty = False
        self.inputs: dict[str, inputs.Input] = {}
        self._errors: dict[str, Label] = {}
        self._groups: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(tokens.SPACE_32)
        self._grid.setVerticalSpacing(tokens.SPACE_24)
        for field in self.fields if across else ():
            self._groups.append(self._make_group("", [field]))
        for group in dict.fromkeys(field.group for field in self.fields) if not across else ():
            self._groups.append(self._make_group(group, [field for field in self.fields if field.group == group]))
        self._columns = 0
        self._place(len(self._groups) if across else 1)
        self.set_values(values or {})
        for field in self.fields:
            if field.query is not None:
                desk.ask(
                    field.query,
                    done=partial(self._keep_options, field.key, (values or {}).get(field.key)),
                    failed=question_failed(self),
                    owner=self,
                    key=field.key,
                )

    def input(self, key: str) -> Any:
        """The widget of a field (Any: each kind has more to it than the protocol says)."""
        return self.inputs[key]

    def set_values(self, values: Mapping[str, object]) -> None:
        """Show values; the form counts as untouched afterwards."""
        for key, value in values.items():
            if key in self.inputs:
                self.inputs[key].set_value(value)
        self.dirty = False

    def values(self) -> dict[str, object]:
        """What stands in the fields, by key; all that are missing or unreadable are marked, the first is raised."""
        self.clear_errors()
        found: dict[str, object] = {}
        first: ShopError | None = None
        for field in self.fields:
            try:
                value = self.inputs[field.key].value()
                if field.required and value in (None, ""):
                    raise MissingValue(field=field.key, label=_(field.label))
                found[field.key] = None if field.none_if_empty and value == "" else value
            except ShopError as error:
                sentence = _unreadable(field) if isinstance(error, BadAmount) else error.message
                self.show_error(field.key, sentence)
                first = first or error
        if first is not None:
            raise first
        return found

    def show_error(self, field: str, sentence: str) -> bool:
        """Put a sentence under a field and the keyboard into it; False when the form has no such field."""
        if field not in self.inputs:
            return False
        label = self._errors[field]
        first = not any(one.text() for one in self._errors.values())
        label.setText(sentence)
        label.show()
        widget = self.inputs[field]
        widget.mark_wrong(True)
        if first:
            cast(QWidget, widget).setFocus()
        return True

    def error(self, field: str) -> str:
        """The sentence under a field now."""
        return self._errors[field].text()

    def clear_errors(self) -> None:
        """Take every sentence away."""
        for key, label in self._errors.items():
            label.setText("")
            label.hide()
            self.inputs[key].mark_wrong(False)

    def words(self, key: str, value: object) -> str:
        """A value of a field as people read it; empty for nothing."""
        field = next(one for one in self.fields if one.key == key)
        if value is None or value in ("", ()):
            return ""
        formats = self._desk.formats
        if field.holds is Holds.CHOICE:
            options = cast(inputs.ChoiceField, self.inputs[key]).options
            return next((words for known, words in options if known == value), str(value))
        if field.holds is Holds.SECRET:
            return "\N{BULLET}" * 6
        return _WORDS[field.holds](value, formats) if field.holds in _WORDS else str(value)

    @property
    def groups(self) -> Sequence[QWidget]:
        """The groups of fields, each under its heading."""
        return self._groups

    def focus_first(self) -> None:
        """Put the keyboard into the first field."""
        if self.fields:
            cast(QWidget, self.inputs[self.fields[0].key]).setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._across:
            self._place(2 if self.width() >= tokens.TWO_COLUMNS_FROM and len(self._groups) > 1 else 1)

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for at, group in enumerate(self._groups):
            self._grid.addWidget(group, at // columns, at % columns, Qt.AlignmentFlag.AlignTop)
        if self._across:
            self._grid.setHorizontalSpacing(tokens.SPACE_16)
            for group in self._groups:
                group.setMaximumWidth(_ACROSS_WIDTH)
            self._grid.setColumnStretch(columns, 1)
            return
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._grid.setRowStretch(len(self._groups), 1)

    def _make_group(self, group: str, fields: Sequence[Field]) -> QWidget:
        made = named(QWidget(), f"group_{group or 'main'}".replace(" ", "_").lower(), _(group) if group else _("Form"))
        column = vbox(made, spacing=tokens.SPACE_4)
        if group:
            column.addWidget(section(_(group), "group_title"))
            column.addSpacing(tokens.SPACE_4)
        for field in fields:
            self._add(column, field)
        column.addStretch(1)
        return made

    def _add(self, column: Any, field: Field) -> None:
        widget = self._make_input(field)
        self.inputs[field.key] = cast(inputs.Input, widget)
        cast(Any, widget).edited.connect(partial(self._touched, field.key))
        if field.holds is not Holds.YES:
            words = (
                _(field.label)
                if field.required or not self._say_optional
                else _("{label} (optional)").format(label=_(field.label))
            )
            size = tokens.TILL_TEXT if self._till else tokens.OFFICE_SECONDARY
            head = Label(words, f"{field.key}_label", tone="secondary", font=text_font(size))
            head.setBuddy(widget)
            column.addWidget(head)
        column.addWidget(widget)
        if field.help:
            size = tokens.OFFICE_SECONDARY
            column.addWidget(wrapped(Label(_(field.help), f"{field.key}_help", tone="secondary", font=text_font(size))))
        error = wrapped(Label("", f"{field.key}_error", tone="danger"))
        error.hide()
        self._errors[field.key] = error
        column.addWidget(error)
        if not self._across:
            column.addSpacing(tokens.SPACE_8)

    def _make_input(self, field: Field) -> QWidget:
        key, label, till, formats = field.key, _(field.label), self._till, self._desk.formats
        made: QWidget
        match field.holds:
            case Holds.LONG:
                made = inputs.LongText(key, label)
            case Holds.SECRET:
                made = inputs.SecretField(key, label, till=till)
            case Holds.MONEY:
                made = inputs.MoneyField(key, label, formats, till=till)
            case Holds.QUANTITY:
                made = inputs.QuantityField(key, label, till=till)
            case Holds.PERCENT:
                made = inputs.PercentField(key, label, till=till)
            case Holds.COUNT:
                made = inputs.CountField(key, label, till=till)
            case Holds.YES:
                made = inputs.CheckField(key, label)
            case Holds.CHOICE:
                options = self._with_nothing(field, [(value, _(words)) for value, words in field.options])
                made = inputs.ChoiceField(key, label, options, till=till)
            case Holds.DAY:
                made = inputs.DayField(key, label)
            case _:
                made = inputs.TextField(key, label, max_length=field.max_length, till=till)
        return made

    def _keep_options(self, key: str, value: object, options: Sequence[Option]) -> None:
        widget = cast(inputs.ChoiceField, self.inputs[key])
        chosen = widget.value()
        widget.set_options(self._with_nothing(next(one for one in self.fields if one.key == key), options))
        widget.set_value(chosen if chosen is not None else value)

    def _with_nothing(self, field: Field, options: Sequence[Option]) -> Sequence[Option]:
        """The options of a choice that may be left empty, with a way back to that; the words say what it means there."""
        if field.required or not options or any(value is None for value, _words in options):
            return options
        if self._across:
            nothing = _("All")
        else:
            nothing = "\N{EN DASH}" if self._say_optional else _("Unchanged")
        return ((None, nothing), *options)

    def _touched(self, key: str) -> None:
        self.dirty = True
        if self._errors[key].text():
            self._errors[key].setText("")
            self._errors[key].hide()
            self.inputs[key].mark_wrong(False)
        self.edited.emit()


_WORDS: dict[Holds, Callable[[Any, Formats], str]] = {
    Holds.MONEY: lambda value, formats: formats.money(value),
    Holds.QUANTITY: lambda value, formats: formats.quantity(value),
    Holds.PERCENT: lambda value, formats: formats.percent(value),
    Holds.YES: lambda value, _formats: yes_no(value),
    Holds.DAY: lambda value, formats: formats.day(value),
}


def _unreadable(field: Field) -> str:
    if field.holds is Holds.PERCENT:
        return _("This is no percentage. Example: 8.875")
    if field.holds is Holds.MONEY:
        return _("This is no amount. Example: 12.50")
    return _("This is no figure that can be used here.")
