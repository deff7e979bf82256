"""What tells variants apart (size, colour ...), typed in a line each; one step makes every combination."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from shopdesk.catalogue.variant_grid import MOST_TRAITS, USUAL_PATTERN, Trait
from shopdesk.core.i18n import _
from shopdesk.ui.kit.widgets import Label, button, hbox, icon_button, named, set_flag, vbox, wrapped
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font

_NAME_WIDTH = 176


class _Line(QLineEdit):
    """A field in which Enter makes the grid."""

    entered = Signal()

    def __init__(self, name: str, label: str, hint: str) -> None:
        super().__init__()
        named(self, name, label)
        self.setPlaceholderText(hint)
        self.setMinimumHeight(tokens.TARGET_OFFICE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class OptionsEditor(QWidget):
    """Lines of options with their values, and the pattern of SKUs. ``wanted`` is sent when the grid shall be made."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "options", _("Options"))
        outer = vbox(self, spacing=tokens.SPACE_8)
        self._column = vbox(spacing=tokens.SPACE_8)
        outer.addLayout(self._column)
        self._lines: list[tuple[QWidget, _Line, _Line]] = []
        self.after: QWidget | None = None
        """What the keyboard comes from; the lines follow it in the order of Tab, however late they are added."""
        self.error = wrapped(Label("", "options_error", tone="danger"))
        self.error.hide()
        outer.addWidget(self.error)
        row = hbox()
        self._add = button(
            _("Add option"), "add_option", lambda: self.add_line().setFocus(), glyph="plus", role="quiet"
        )
        row.addWidget(self._add)
        row.addStretch(1)
        caption = Label(_("SKU"), "pattern_label", tone="secondary", font=text_font(tokens.OFFICE_SECONDARY))
        self.pattern = _Line("pattern", _("Pattern of the SKUs"), USUAL_PATTERN)
        self.pattern.setText(USUAL_PATTERN)
        self.pattern.setToolTip(
            _("How SKUs are made: {{product}}, {{values}}, or an option's name in brackets.").format()
        )
        self.pattern.setMaximumWidth(220)
        caption.setBuddy(self.pattern)
        self.make = button(
            _("Make variants"),
            "make_variants",
            self.wanted.emit,
            glyph="view-grid-outline",
            tip=_("Make variants (Ctrl+G)"),
        )
        for widget in (caption, self.pattern, self.make):
            row.addWidget(widget)
        outer.addLayout(row)
        self.pattern.entered.connect(self.wanted)
        self._show_parts()

    def put(self, traits: Sequence[Trait]) -> None:
        """Show a product's options."""
        for line, _name, _values in self._lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines.clear()
        for trait in traits:
            self.add_line(trait.type, ", ".join(trait.values))
        self.refuse("")
        self._show_parts()

    def traits(self) -> tuple[Trait, ...]:
        """The options as they are typed; empty lines are left out."""
        found = []
        for _line, name, values in self._lines:
            parts = tuple(part.strip() for part in values.text().replace(";", ",").split(",") if part.strip())
            if name.text().strip() or parts:
                found.append(Trait(name.text().strip(), parts))
        return tuple(found)

    def refuse(self, sentence: str) -> None:
        """Say what is wrong with the options; empty when nothing is."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        for _line, name, values in self._lines:
            for field in (name, values):
                set_flag(field, "wrong", bool(sentence))

    def add_line(self, name: str = "", values: str = "") -> QLineEdit:
        """One more option; returns its first field."""
        line = named(QWidget(), "option", _("Option"))
        row = hbox(line)
        number = len(self._lines) + 1
        title = _Line(f"option_{number}", _("Option {number}").format(number=number), _("Size"))
        title.setText(name)
        title.setFixedWidth(_NAME_WIDTH)
        field = _Line(f"values_{number}", _("Values of option {number}").format(number=number), _("S, M, L"))
        field.setText(values)
        for one in (title, field):
            one.entered.connect(self.wanted)
            one.textEdited.connect(lambda _text: self.refuse(""))
        gone = icon_button("close", f"drop_option_{number}", _("Remove this option"), self._dropper(line))
        for widget in (title, field, gone):
            row.addWidget(widget, 1 if widget is field else 0)
        self._lines.append((line, title, field))
        self._column.addWidget(line)
        self._show_parts()
        self._order()
        return title

    def _order(self) -> None:
        at = self.after
        for line, name, values in self._lines:
            for widget in (name, values, *line.findChildren(QToolButton)):
                if at is not None:
                    QWidget.setTabOrder(at, widget)
                at = widget

    def _dropper(self, line: QWidget) -> Callable[[], None]:
        def drop() -> None:
            self._lines = [one for one in self._lines if one[0] is not line]
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
            self._show_parts()

        return drop

    def _show_parts(self) -> None:
        some = bool(self._lines)
        self._add.setVisible(len(self._lines) < MOST_TRAITS)
        self._add.setText(_("Add option") if some else _("Add options like size or colour"))
        for widget in (self.pattern, self.make):
            widget.setVisible(some)
        caption = self.findChild(Label, "pattern_label")
        if caption is not None:
            caption.setVisible(some)
