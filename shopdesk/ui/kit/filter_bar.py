"""Filters as chips: a button each that opens its values, and says its value when it is on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QDateEdit, QMenu, QToolButton, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.operations import question_failed
from shopdesk.ui.kit.specs import Filter, FilterKind, Option
from shopdesk.ui.kit.widgets import Label, caption, hbox, named, set_flag
from shopdesk.ui.theme.icons import icon

Period = tuple[datetime, datetime]


class FilterBar(QWidget):
    """The chips of a list. ``changed`` is sent with every change; ``values`` is what the query gets."""

    changed = Signal()

    def __init__(self, filters: Sequence[Filter], desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "filters", _("Filters"))
        self._desk = desk
        self._filters = tuple(filters)
        self._values: dict[str, object] = {}
        self._words: dict[str, str] = {}
        self._options: dict[str, tuple[Option, ...]] = {one.key: one.options for one in filters}
        self._chips: dict[str, QToolButton] = {}
        layout = hbox(self)
        for one in self._filters:
            chip = named(QToolButton(), f"filter_{one.key}", _(one.title))
            chip.setProperty("role", "chip")
            chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            chip.clicked.connect(partial(self._press, one))
            self._chips[one.key] = chip
            layout.addWidget(chip)
            self._paint(one)
        layout.addStretch(1)
        self.setVisible(bool(filters))

    @property
    def values(self) -> tuple[tuple[str, object], ...]:
        """What the query gets: the filters that are on, by name; a period as its two bounds."""
        found: list[tuple[str, object]] = []
        for one in self._filters:
            value = self._values.get(one.key)
            if one.kind is FilterKind.PERIOD and isinstance(value, tuple):
                found += zip(one.bounds, value, strict=True)
            elif value is not None:
                found.append((one.key, value))
        return tuple(found)

    def options(self, key: str) -> tuple[Option, ...]:
        """The values that a choice offers, as far as they are known."""
        return self._options[key]

    def set(self, key: str, value: object | None, words: str = "") -> None:
        """Turn a filter on with a value, or off with None."""
        if value is None:
            self._values.pop(key, None)
            self._words.pop(key, None)
        else:
            self._values[key] = value
            self._words[key] = words
        self._paint(next(one for one in self._filters if one.key == key))
        self.changed.emit()

    def kept(self) -> list[list[object]]:
        """The filters that are on, as a saved view keeps them: key, value, words; a period of the calendar by its name."""
        found: list[list[object]] = []
        for one in self._filters:
            value = self._values.get(one.key)
            if value is None:
                continue
            if one.kind is FilterKind.PERIOD and isinstance(value, tuple):
                names = [name for name, _words, stretch in self._stretches() if stretch == value]
                value = names[0] if names else [moment.isoformat() for moment in value]
            found.append([one.key, value, self._words.get(one.key, "")])
        return found

    def restore(self, kept: Sequence[Sequence[object]]) -> None:
        """Turn on exactly the filters of a saved view; one that the list no longer has is left out. Tells no change."""
        self._values.clear()
        self._words.clear()
        known = {one.key: one for one in self._filters}
        stretches = {name: (words, stretch) for name, words, stretch in self._stretches()}
        for entry in kept:
            if len(entry) != 3 or str(entry[0]) not in known:
                continue
            one, value, words = known[str(entry[0])], entry[1], str(entry[2])
            if one.kind is FilterKind.PERIOD:
                if isinstance(value, list) and len(value) == 2:
                    value = tuple(datetime.fromisoformat(str(moment)) for moment in value)
                elif value in stretches:
                    words, value = stretches[str(value)]
                else:
                    continue
            self._values[one.key] = tuple(value) if isinstance(value, list) else value
            self._words[one.key] = words
        for one in self._filters:
            self._paint(one)

    def clear(self) -> None:
        """Turn every filter off."""
        if self._values:
            self._values.clear()
            self._words.clear()
            for one in self._filters:
                self._paint(one)
            self.changed.emit()

    def load_options(self) -> None:
        """Ask for the values of the choices that come from the database."""
        for one in self._filters:
            if one.query is not None:
                self._desk.ask(
                    one.query,
                    done=partial(self._keep_options, one.key),
                    failed=question_failed(self),
                    owner=self,
                    key=one.key,
                )

    def _keep_options(self, key: str, options: Sequence[Option]) -> None:
        self._options[key] = tuple(options)

    def _paint(self, one: Filter) -> None:
        chip = self._chips[one.key]
        on = one.key in self._values
        words = self._words.get(one.key, "")
        text = f"{_(one.title)}: {words}" if words else _(one.title)
        chip.setText(caption(text))
        chip.setAccessibleName(text)
        plain = one.kind is FilterKind.FLAG
        chip.setIcon(icon("close" if on else ("plus" if plain else "chevron-down")))
        set_flag(chip, "on", on)

    def _press(self, one: Filter, _checked: bool = False) -> None:
        if one.key in self._values:
            self.set(one.key, None)
        elif one.kind is FilterKind.FLAG:
            self.set(one.key, True)
        else:
            self._menu(one)

    def _menu(self, one: Filter) -> None:
        menu = named(QMenu(self), f"menu_{one.key}", _(one.title))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if one.kind is FilterKind.PERIOD:
            for words, stretch in self.periods():
                menu.addAction(words, partial(self.set, one.key, stretch, words))
            menu.addSeparator()
            menu.addAction(_("Between two days..."), partial(self._between, one))
        else:
            options = self._options[one.key]
            for value, words in options:
                menu.addAction(caption(_(words) if one.options else words), partial(self.set, one.key, value, words))
            if not options:
                menu.addAction(_("No values yet")).setEnabled(False)
        chip = self._chips[one.key]
        menu.popup(chip.mapToGlobal(chip.rect().bottomLeft()))

    def periods(self) -> list[tuple[str, Period]]:
        """The usual stretches of days, each from midnight to midnight on the shop's wall."""
        return [(words, stretch) for _name, words, stretch in self._stretches()]

    def _stretches(self) -> list[tuple[str, str, Period]]:
        today = self._desk.clock.now().astimezone(self._zone()).date()
        day = timedelta(days=1)
        monday = today - timedelta(days=today.weekday())
        first = today.replace(day=1)
        return [
            ("today", _("Today"), self._stretch(today, today)),
            ("yesterday", _("Yesterday"), self._stretch(today - day, today - day)),
            ("this_week", _("This week"), self._stretch(monday, today)),
            ("last_7", _("Last 7 days"), self._stretch(today - 6 * day, today)),
            ("this_month", _("This month"), self._stretch(first, today)),
            ("last_30", _("Last 30 days"), self._stretch(today - 29 * day, today)),
        ]

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._desk.formats.timezone)

    def _stretch(self, first: date, last: date) -> Period:
        zone = self._zone()
        begin = datetime.combine(first, time(), zone)
        end = datetime.combine(last + timedelta(days=1), time(), zone)
        return begin, end

    def _between(self, one: Filter) -> None:
        dialog = Dialog(self.window(), "period", _(one.title))
        today = self._desk.clock.now().astimezone(self._zone()).date()
        edits = []
        for name, words in (("first", _("From")), ("last", _("Up to and including"))):
            edit = named(QDateEdit(QDate(today.year, today.month, today.day)), f"period_{name}", words)
            edit.setCalendarPopup(True)
            edit.setDisplayFormat("yyyy-MM-dd")
            edit.setMinimumHeight(32)
            dialog.body.addWidget(Label(words, f"period_{name}_label", tone="secondary"))
            dialog.body.addWidget(edit)
            edits.append(edit)

        def take() -> None:
            first, last = (date.fromisoformat(edit.date().toString(Qt.DateFormat.ISODate)) for edit in edits)
            if last < first:
                dialog.messages.refuse(_("The last day is before the first."))
                return
            dialog.accept()
            formats = self._desk.formats
            words = f"{formats.day(first)} - {formats.day(last)}"
            self.set(one.key, self._stretch(first, last), words)

        dialog.add_cancel()
        dialog.add_button(_("Show these days"), "take", take, role="primary", default=True)
        dialog.open()
