"""Columns of a file beside what they mean: guessed, shown with the first rows, chosen by keyboard, then checked."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QScrollArea, QSizePolicy, QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _
from shopdesk.db.shop import Shop
from shopdesk.feeds.feed import ChooseColumns, FeedCard, check_columns
from shopdesk.feeds.formats import DECIMAL_MARKS, DELIMITERS, ENCODINGS, TextFormat
from shopdesk.feeds.kinds import missing_targets
from shopdesk.feeds.setup import FeedOptions
from shopdesk.feeds.taking import Opened, open_feed
from shopdesk.feeds.targets import ATTRIBUTE, KINDS, STOCK_OF, TARGETS
from shopdesk.ui.kit.inputs import CheckField, ChoiceField, CountField
from shopdesk.ui.kit.operations import Operation, show_refusal
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.widgets import Label, button, card, hbox, named, section, vbox, wrapped
from shopdesk.ui.screens.import_words import field_words
from shopdesk.ui.theme import tokens
from shopdesk.ui.theme.fonts import text_font

_SAMPLES = 3
_ACROSS = 5
_LEFT_OUT = ""


class ColumnsTab(QWidget):
    """The step between choosing a file and checking it."""

    def __init__(self, page: RecordView, record: FeedCard) -> None:
        super().__init__()
        named(self, "import_columns", _("Columns"))
        self._page = page
        self._desk = page.desk
        self._feed_id = record.id
        self._opened: Opened | None = None
        self._meanings: dict[str, ChoiceField] = {}
        self.dirty = False
        outer = vbox(self, spacing=tokens.SPACE_12)
        outer.setContentsMargins(0, tokens.SPACE_12, 0, 0)
        outer.addWidget(self._choices())
        self._missing = wrapped(Label("", "import_missing", tone="warning"))
        outer.addWidget(self._missing)
        self._scroll = named(QScrollArea(), "import_meanings", _("Columns and what they mean"))
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(self._scroll, 1)
        foot = hbox()
        self.check = button(
            _("Check"),
            "import_check",
            self.send,
            role="primary",
            glyph="check",
            tip=_("See what would change (Ctrl+Enter)"),
        )
        hint = _("Checking changes nothing: it lists what would be new, changed and refused.")
        foot.addWidget(wrapped(Label(hint, "import_hint", tone="secondary")), 1)
        foot.addWidget(self.check)
        outer.addLayout(foot)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.send)
        self._look()

    def take_focus(self) -> None:
        """The keyboard begins at the kind of file."""
        self.kind.setFocus()

    def show_record(self, record: FeedCard) -> None:
        """The import was read again; what is being chosen here stays."""
        self.check.setEnabled(record.status in {"new", "checked"})

    def send(self) -> None:
        """Keep the choices and have the file checked in the background."""
        opened = self._opened
        if opened is None or not self.check.isEnabled():
            return
        mapping = {name: str(field.value()) for name, field in self._meanings.items() if field.value()}
        try:
            options = self._options()
        except ShopError as error:
            show_refusal(self, error)
            return
        command = ChooseColumns(
            self._feed_id, str(self.kind.value()), opened.look.format, opened.look.header, mapping, options, opened.rows
        )

        def begun(_job: int) -> None:
            self.dirty = False
            self._page.refresh()

        Operation(check_columns, command, done=begun).run(self._desk, self, hold=(self.check,))

    def _choices(self) -> QWidget:
        ground = card("import_choices")
        grid = QGridLayout(ground)
        grid.setContentsMargins(tokens.SPACE_16, tokens.SPACE_12, tokens.SPACE_16, tokens.SPACE_12)
        grid.setHorizontalSpacing(tokens.SPACE_16)
        grid.setVerticalSpacing(tokens.SPACE_4)
        self.kind = ChoiceField("kind", _("What the file holds"), [(key, _(words)) for key, words in KINDS])
        self.encoding = ChoiceField("encoding", _("Letters"), [(key, _(words)) for key, words in ENCODINGS])
        self.delimiter = ChoiceField("delimiter", _("Between cells"), [(key, _(words)) for key, words in DELIMITERS])
        self.mark = ChoiceField("decimal_mark", _("Decimals"), [(key, _(words)) for key, words in DECIMAL_MARKS])
        self.warehouse = ChoiceField("warehouse", _("Stock lies in"))
        self.tax = ChoiceField("tax", _("Tax of new goods"))
        self.price_list = ChoiceField("price_list", _("Price list"))
        modes = [("set", _("Levels are set to the figures")), ("change", _("Levels change by the figures"))]
        self.mode = ChoiceField("stock_mode", _("What figures mean"), modes)
        self.jump = CountField("jump_percent", _("Price jump from (%)"))
        whole = [(False, _("Leave bad rows out")), (True, _("All rows or none"))]
        self.whole = ChoiceField("all_or_nothing", _("Refused rows"), whole)
        self.clear = CheckField("clear_empty", _("Empty cells empty the field"))
        fields = (self.kind, self.encoding, self.delimiter, self.mark, self.whole)
        others = (self.warehouse, self.tax, self.price_list, self.mode, self.jump)
        self._labels: dict[str, Label] = {}
        self._fields = (*fields, *others)
        self._grid = grid
        for field in self._fields:
            words = field.accessibleName()
            label = Label(words, f"{field.objectName()}_label", tone="secondary")
            label.setFont(text_font(tokens.OFFICE_SECONDARY))
            label.setBuddy(field)
            self._labels[field.objectName()] = label
        self._lay_out({*self._fields})
        for read_anew in (self.encoding, self.delimiter, self.mark):
            read_anew.edited.connect(self._read_otherwise)
        self.kind.edited.connect(self._other_kind)
        for chosen in (*others, self.whole, self.clear):
            chosen.edited.connect(self._touched)
        return ground

    def _touched(self) -> None:
        self.dirty = True

    def _other_kind(self) -> None:
        self._touched()
        self._look(kind=str(self.kind.value()), format=self._opened.look.format if self._opened else None)

    def _read_otherwise(self) -> None:
        if self._opened is not None:
            self._touched()
            given = replace(
                self._opened.look.format,
                encoding=str(self.encoding.value()),
                delimiter=str(self.delimiter.value()),
                decimal_mark=str(self.mark.value()),
            )
            self._look(kind=str(self.kind.value()), format=given)

    def _look(self, kind: str = "", format: TextFormat | None = None) -> None:
        shop, feed_id = cast(Shop, self._desk.shop), self._feed_id

        def failed(error: BaseException) -> None:
            if not isinstance(error, ShopError):
                raise error
            show_refusal(self, error)

        self._desk.lanes.read(
            lambda: open_feed(shop, feed_id, kind, format), self._show, failed=failed, owner=self, key="look"
        )

    def _show(self, opened: Opened) -> None:
        self._opened = opened
        format, options, known = opened.look.format, opened.options, opened.known
        if not self._meanings:
            self.kind.set_value(opened.card.kind)
        self.encoding.set_value(format.encoding)
        self.delimiter.set_value(format.delimiter)
        self.mark.set_value(format.decimal_mark)
        for field in (self.encoding, self.delimiter):
            field.setEnabled(format.kind == "csv")
        self.warehouse.set_options([(name, name) for name in known.warehouses])
        self.warehouse.set_value(options.warehouse or next(iter(known.warehouses), ""))
        self.tax.set_options([("", _("None")), *((code, code) for code in known.taxes)])
        self.tax.set_value(options.tax)
        self.price_list.set_options([("", _("Shelf prices")), *((code, code) for code in known.price_lists)])
        self.price_list.set_value(options.price_list)
        self.mode.set_value(options.stock_mode)
        self.jump.set_value(options.jump_percent)
        self.whole.set_value(options.all_or_nothing)
        self.clear.set_value(options.clear_empty)
        self._offer()
        self._list_columns(opened)
        self._tell_missing()

    def _offer(self) -> None:
        """Only what the kind of file needs is offered."""
        kind = str(self.kind.value())
        only = {
            "warehouse": {"products", "stock"},
            "tax": {"products"},
            "price_list": {"prices"},
            "stock_mode": {"stock"},
            "jump_percent": {"products", "prices"},
        }
        self._lay_out({field for field in self._fields if kind in only.get(field.objectName(), {kind})})
        self.clear.setVisible(kind == "products")

    def _lay_out(self, shown: set[ChoiceField | CountField]) -> None:
        """Put the fields that are offered side by side, without holes."""
        grid = self._grid
        place = 0
        for field in self._fields:
            label = self._labels[field.objectName()]
            for widget in (label, field):
                grid.removeWidget(widget)
                widget.setVisible(field in shown)
            if field in shown:
                line, column = divmod(place, _ACROSS)
                grid.addWidget(label, 2 * line, column)
                grid.addWidget(field, 2 * line + 1, column)
                place += 1
        grid.removeWidget(self.clear)
        line, column = divmod(place, _ACROSS)
        grid.addWidget(self.clear, 2 * line + 1, column, 1, 2)
        for column in range(_ACROSS):
            grid.setColumnStretch(column, 1)

    def _list_columns(self, opened: Opened) -> None:
        ground = named(QWidget(), "import_grid")
        grid = QGridLayout(ground)
        grid.setContentsMargins(0, 0, tokens.SPACE_8, 0)
        grid.setHorizontalSpacing(tokens.SPACE_16)
        grid.setVerticalSpacing(tokens.SPACE_4)
        for place, words in enumerate((_("Column"), _("Means"), _("First rows"))):
            grid.addWidget(section(words, f"import_head_{place}"), 0, place)
        self._meanings = {}
        kind = str(self.kind.value())
        for line, name in enumerate(opened.look.header, 1):
            if not name:
                continue
            field = ChoiceField(
                f"meaning_{line}", _("Meaning of {column}").format(column=name), self._targets(kind, name, opened)
            )
            field.set_value(opened.mapping.get(name, _LEFT_OUT))
            field.edited.connect(self._touched)
            field.edited.connect(self._tell_missing)
            field.setMinimumWidth(232)
            self._meanings[name] = field
            label = Label(name, f"import_column_{line}")
            label.setMaximumWidth(260)
            shown = [row[line - 1] for row in opened.look.samples if len(row) >= line and row[line - 1]][:_SAMPLES]
            sample = Label(
                "  ·  ".join(" ".join(text.split())[:40] for text in shown), f"import_sample_{line}", tone="secondary"
            )
            sample.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            grid.addWidget(label, line, 0)
            grid.addWidget(field, line, 1)
            grid.addWidget(sample, line, 2)
        grid.setColumnStretch(2, 1)
        grid.setRowStretch(len(opened.look.header) + 1, 1)
        self._scroll.setWidget(ground)

    def _targets(self, kind: str, column: str, opened: Opened) -> list[tuple[object, str]]:
        offered: list[tuple[object, str]] = [(_LEFT_OUT, _("Left out"))]
        for target in TARGETS[kind]:
            words = _(target.title)
            offered.append((target.key, _("{name} (needed)").format(name=words) if target.required else words))
        if kind == "products":
            for warehouse in opened.known.warehouses:
                offered.append((f"{STOCK_OF}{warehouse}", field_words(f"{STOCK_OF}{warehouse}")))
            named_so = opened.mapping.get(column, "")
            keys = {f"{ATTRIBUTE}{column}", named_so if named_so.startswith(ATTRIBUTE) else f"{ATTRIBUTE}{column}"}
            offered += [(key, field_words(key)) for key in sorted(keys)]
        return offered

    def _tell_missing(self) -> None:
        mapping = {name: str(field.value()) for name, field in self._meanings.items() if field.value()}
        missing = missing_targets(str(self.kind.value()), mapping)
        twice = sorted({field_words(key) for key in mapping.values() if list(mapping.values()).count(key) > 1})
        said = []
        if missing:
            said.append(_("Choose a column for: {names}.").format(names=", ".join(missing)))
        if twice:
            said.append(_("Two columns have the same meaning: {names}.").format(names=", ".join(twice)))
        self._missing.setText(" ".join(said))
        self._missing.setVisible(bool(said))

    def _options(self) -> FeedOptions:
        kind = str(self.kind.value())
        return FeedOptions(
            all_or_nothing=bool(self.whole.value()),
            clear_empty=bool(self.clear.value()) and kind == "products",
            jump_percent=self.jump.number() or 30,
            warehouse=str(self.warehouse.value() or "") if kind in {"products", "stock"} else "",
            tax=str(self.tax.value() or "") if kind == "products" else "",
            price_list=str(self.price_list.value() or "") if kind == "prices" else "",
            stock_mode=str(self.mode.value() or "set") if kind == "stock" else "set",
        )
