"""Where everything of the till stands: lines at the left, tiles and keys at the right, nothing ever moving by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QStackedWidget, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.keypads import BACKSPACE, CLEAR, ENTER, NumericPad
from shopdesk.ui.kit.messages import Dialog, MessageBar
from shopdesk.ui.kit.shortcuts import KeyMap, Legend
from shopdesk.ui.kit.widgets import Label, button, card, hairline, hbox, named, vbox
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import text_font
from shopdesk.ui.till.actions import Actions
from shopdesk.ui.till.header import TillHeader
from shopdesk.ui.till.keys import KEYS, LEGEND
from shopdesk.ui.till.line_list import LinesView
from shopdesk.ui.till.pay_panel import PayPanel
from shopdesk.ui.till.search_drop import SearchDrop
from shopdesk.ui.till.sizes import sized
from shopdesk.ui.till.tiles import Tiles
from shopdesk.ui.till.totals import Totals

PAD_ROWS = (("7", "8", "9", BACKSPACE), ("4", "5", "6", "*"), ("1", "2", "3", CLEAR), ("0", "00", ".", ENTER))
PAD_KEY_HEIGHT = 52
PAD_WIDTH = 272
PAY_HEIGHT = 68
LEFT_SHARE, RIGHT_SHARE = 46, 54
BANNER_HEIGHT = 32


class TillLayout(QObject):
    """Builds the page's widgets into it and keeps them by name."""

    def __init__(self, page: QWidget, desk: Desk, keys: KeyMap, run: Callable[[str], object], tiles: Tiles) -> None:
        super().__init__(page)
        self._page = page
        self._keys = keys
        self._paying = False
        outer = vbox(page, spacing=0)
        self.banner = self._make_banner()
        outer.addWidget(self.banner)
        self.header = TillHeader(keys, [spec.name for spec in KEYS])
        outer.addWidget(self.header)
        outer.addWidget(hairline("header_line"))
        middle = hbox(spacing=tokens.SPACE_12)
        middle.setContentsMargins(tokens.SPACE_12, tokens.SPACE_12, tokens.SPACE_12, tokens.SPACE_8)
        self._left = self._make_left(keys)
        middle.addWidget(self._left, LEFT_SHARE)
        self.right = named(QStackedWidget(), "till_right")
        self.right.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.below = named(QStackedWidget(), "till_below")
        self.actions = Actions(desk, keys, run)
        self.tiles = tiles
        self.drop = SearchDrop()
        self.pay_button = button(_("PAY") + f"   {keys.words('till.pay')}", "pay_button", role="primary", till=True)
        self.pay = PayPanel(keys)
        self.pad = NumericPad(rows=PAD_ROWS, target=self.header.field, key_height=PAD_KEY_HEIGHT)
        self.right_column = self._make_right()
        middle.addWidget(self.right_column, RIGHT_SHARE)
        outer.addLayout(middle, 1)
        foot = hbox(spacing=0)
        self.legend = Legend(keys, LEGEND)
        foot.addWidget(self.legend, 1)
        self.office = button(_("Office"), "to_office", role="quiet", glyph="storefront-outline")
        self.office.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        foot.addWidget(self.office)
        outer.addWidget(hairline("legend_line"))
        outer.addLayout(foot)

    def show_paying(self, on: bool) -> None:
        """Show the pay panel in place of the tiles, or the tiles again; the pad stays where it is."""
        self.drop.put_away()
        self._paying = on
        self.right.setCurrentIndex(1 if on else 0)
        self.below.setCurrentIndex(1 if on else 0)
        self.header.field.setPlaceholderText(_("Amount, then Enter or a way to pay") if on else _("Scan or search"))

    def show_training(self, on: bool) -> None:
        """Show the banner that says that nothing counts."""
        self.banner.setVisible(on)

    def place_messages(self, messages: MessageBar) -> None:
        """Lay the bar over the page, under the head: nothing moves because of it."""
        width = self._page.width() - 2 * tokens.SPACE_12
        if self._paying:
            width = self._left.width()  # what is due stays in sight
        layout = messages.layout()
        tall = layout.totalHeightForWidth(width) if layout is not None else 0
        height = max(messages.minimumSizeHint().height(), tall, tokens.TARGET_TILL + tokens.SPACE_16)
        top = self.header.geometry().bottom() + tokens.SPACE_4
        messages.setGeometry(QRect(tokens.SPACE_12, top, width, height))
        messages.raise_()

    def press_remedy(self, messages: MessageBar, place: int) -> None:
        """Press a button of the bar by its key."""
        buttons = [made for made in messages.findChildren(QPushButton) if made.isVisible()]
        if place < len(buttons):
            buttons[place].click()

    def show_keys(self) -> Dialog:
        """List every key of the till."""
        dialog = Dialog(self._page.window(), "keys_dialog", _("Keys of the till"), till=True)
        columns = hbox(spacing=tokens.SPACE_32)
        half = (len(KEYS) + 1) // 2
        for part in (KEYS[:half], KEYS[half:]):
            column = vbox(spacing=tokens.SPACE_4)
            for spec in part:
                row = hbox(spacing=tokens.SPACE_12)
                key = Label(
                    self._keys.words(spec.name), f"key_{spec.name}", font=text_font(tokens.TILL_TEXT, tokens.SEMIBOLD)
                )
                key.setMinimumWidth(max(168, key.sizeHint().width()))
                row.addWidget(key)
                row.addWidget(Label(_(spec.title), f"key_{spec.name}_words", font=text_font(tokens.TILL_TEXT)), 1)
                column.addLayout(row)
            column.addStretch(1)
            columns.addLayout(column)
        dialog.body.addLayout(columns)
        dialog.add_button(_("Handbook"), "handbook", partial(self._show_handbook, dialog))
        dialog.add_button(_("Close"), "close", dialog.accept, role="primary", default=True)
        dialog.open()
        return dialog

    def _show_handbook(self, keys: Dialog) -> None:
        from shopdesk.ui.dialogs.help import show_help

        keys.accept()
        show_help(self._page.window())

    # ------------------------------------------------------------------ parts

    def _make_banner(self) -> QFrame:
        banner = named(_Banner(), "training_banner", _("Training"))
        banner.setFixedHeight(BANNER_HEIGHT)
        row = hbox(banner)
        words = Label(
            _("TRAINING: nothing that is rung up counts"),
            "training_words",
            tone="inverse",
            font=text_font(tokens.TILL_TEXT, tokens.SEMIBOLD),
        )
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row.addWidget(words)
        banner.hide()
        return banner

    def _make_left(self, keys: KeyMap) -> QFrame:
        ground = card("sale_card")
        ground.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        column = vbox(ground, spacing=0)
        column.setContentsMargins(1, tokens.SPACE_4, 1, 1)
        self.lines = LinesView()
        column.addWidget(self.lines, 1)
        column.addWidget(hairline("totals_line"))
        self.totals = Totals(keys.words("till.customer"))
        column.addWidget(self.totals)
        return ground

    def _make_right(self) -> QWidget:
        holder = named(QWidget(), "right_column")
        holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        column = vbox(holder, spacing=tokens.SPACE_8)
        over = named(QWidget(), "goods_place")
        self._over = over
        place = vbox(over)
        place.addWidget(self.tiles)
        self.right.addWidget(over)
        self.right.addWidget(self.pay)
        column.addWidget(self.right, 1)
        bottom = hbox(spacing=tokens.SPACE_12)
        self.below.addWidget(self.actions)
        self.below.addWidget(self.pay.below)
        bottom.addWidget(self.below, 1)
        keys = vbox(spacing=tokens.SPACE_8)
        self.pad.setFixedWidth(PAD_WIDTH)
        keys.addWidget(self.pad)
        self.pay_button.setFixedWidth(PAD_WIDTH)
        sized(self.pay_button, PAY_HEIGHT, tokens.TILL_FOCUS, bold=True)
        self.pay_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        keys.addWidget(self.pay_button)
        keys.addStretch(1)
        bottom.addLayout(keys)
        column.addLayout(bottom)
        self.drop.setParent(over)
        over.installEventFilter(_Cover(over, self.drop))
        return holder


class _Banner(QFrame):
    """A strip that nobody overlooks."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(appearance.scheme().warning))
        painter.end()


class _Cover(QObject):
    """Keeps one widget laid exactly over another."""

    def __init__(self, under: QWidget, over: QWidget) -> None:
        super().__init__(under)
        self._under = under
        self._over = over

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._over.setGeometry(self._under.rect())
        return False
