"""The one voice: bars inside the page, questions named by their act; always plain words, never markup (S21)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QFrame, QLineEdit, QPushButton, QSizePolicy, QWidget

from shopdesk.core.i18n import _
from shopdesk.ui.kit.pictures import Picture
from shopdesk.ui.kit.widgets import Label, button, hbox, icon_button, named, section, vbox, wrapped
from shopdesk.ui.theme import appearance, tokens
from shopdesk.ui.theme.fonts import text_font
from shopdesk.ui.theme.icons import icon


class Voice(StrEnum):
    """What a message is: news, a success, a warning or a refusal."""

    NEWS = "news"
    SUCCESS = "success"
    WARNING = "warning"
    REFUSAL = "refusal"


_TONE = {Voice.NEWS: "accent", Voice.SUCCESS: "success", Voice.WARNING: "warning", Voice.REFUSAL: "danger"}
_GLYPH = {
    Voice.NEWS: "information-outline",
    Voice.SUCCESS: "check-circle-outline",
    Voice.WARNING: "alert-outline",
    Voice.REFUSAL: "alert-circle-outline",
}
SUCCESS_STAYS_MS = 4000


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a message: its words and what it does."""

    label: str
    run: Callable[[], object]
    name: str = "action"


class MessageBar(QFrame):
    """One sentence inside a page, with at most a few actions; a success goes away by itself.

    ``till`` makes it large enough for arm's length.
    """

    said = Signal(str, str)

    def __init__(self, parent: QWidget | None = None, *, till: bool = False) -> None:
        super().__init__(parent)
        named(self, "message_bar", _("Message"))
        self._till = till
        self.voice = Voice.NEWS
        layout = hbox(self, margin=tokens.SPACE_8, spacing=tokens.SPACE_12)
        layout.setContentsMargins(tokens.SPACE_16, tokens.SPACE_8, tokens.SPACE_8, tokens.SPACE_8)
        size = tokens.TILL_LINE if till else tokens.OFFICE_TEXT
        self._icon = Picture("message_icon", _("Kind of message"), tokens.ICON_TILL if till else tokens.ICON_BUTTON)
        self._text = wrapped(Label("", "message_text", font=text_font(size, tokens.SEMIBOLD)))
        self._actions = hbox(spacing=tokens.SPACE_8)
        self._close = icon_button("close", "message_close", _("Dismiss"), self.clear)
        if till:
            self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addLayout(self._actions)
        layout.addWidget(self._close)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        self.hide()

    @property
    def _loud(self) -> bool:
        """Whether the whole bar is red: a refusal at the till is seen from afar."""
        return self._till and self.voice is Voice.REFUSAL

    @property
    def text(self) -> str:
        """The sentence shown now, empty when the bar is hidden."""
        return self._text.text() if not self.isHidden() else ""

    def say(self, text: str, voice: Voice = Voice.NEWS, actions: Sequence[Action] = ()) -> None:
        """Show a sentence in place of the one before."""
        self._timer.stop()
        self.voice = voice
        self._text.setText(text)
        loud = self._loud
        self._text.set_tone("inverse" if loud else "")
        colour = "accent_text" if loud else _TONE[voice]
        self._icon.show_icon(_GLYPH[voice], colour, str(voice))
        self._close.setIcon(icon("close", "accent_text" if loud else "text"))
        self._clear_actions()
        for number, action in enumerate(actions):
            name = action.name if action.name != "action" else f"message_action_{number + 1}"
            made = button(action.label, name, self._acting(action), till=self._till)
            if name == "undo" and not self._till:
                made.setShortcut("Ctrl+Z")
                made.setToolTip(_("{act} (Ctrl+Z)").format(act=action.label))
            if self._till:
                made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a touch leaves the keyboard with the till's field
            self._actions.addWidget(made)
        self.show()
        self.update()
        self.said.emit(str(voice), text)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        if voice is Voice.SUCCESS and not actions:
            self._timer.start(SUCCESS_STAYS_MS)

    def refuse(self, text: str, actions: Sequence[Action] = ()) -> None:
        """Show why something was not done."""
        self.say(text, Voice.REFUSAL, actions)

    def clear(self) -> None:
        """Take the message away."""
        self._timer.stop()
        self._clear_actions()
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = appearance.scheme().colours()
        tone = QColor(colours[_TONE[self.voice]])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours["danger" if self._loud else "border"]))
        painter.setBrush(QColor(colours["danger" if self._loud else "surface"]))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), tokens.RADIUS, tokens.RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone)
        painter.drawRoundedRect(0, 0, tokens.SPACE_4, self.height(), 2, 2)
        painter.end()

    def _acting(self, action: Action) -> Callable[[], None]:
        def act() -> None:
            self.clear()
            action.run()

        return act

    def _clear_actions(self) -> None:
        while (item := self._actions.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()


def bar_of(widget: QWidget) -> MessageBar | None:
    """The message bar of the page that a widget is on: the nearest ancestor that has one as ``messages``."""
    at: QWidget | None = widget
    while at is not None:
        found = getattr(at, "messages", None)
        if isinstance(found, MessageBar):
            return found
        at = at.parentWidget()
    return None


class Dialog(QDialog):
    """A dialog with a title, a body and buttons at the bottom right; its own message bar above them.

    A scan never lands in it: see ``kit.scans``. Escape closes it without doing anything.
    """

    def __init__(self, parent: QWidget | None, name: str, title: str, *, till: bool = False) -> None:
        super().__init__(parent)
        named(self, name, title)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.till = till
        self.messages = MessageBar(self, till=till)
        outer = vbox(self, margin=tokens.SPACE_24, spacing=tokens.SPACE_16)
        head = section(title, "dialog_title")
        if till:
            head.setFont(text_font(tokens.TILL_LINE, tokens.SEMIBOLD))
        outer.addWidget(head)
        self.body = vbox(spacing=tokens.SPACE_12)
        outer.addLayout(self.body, 1)
        outer.addWidget(self.messages)
        self.buttons = hbox(spacing=tokens.SPACE_8)
        self.buttons.addStretch(1)
        outer.addLayout(self.buttons)

    def add_button(
        self, text: str, name: str, on_click: Callable[[], object], *, role: str = "", default: bool = False
    ) -> QPushButton:
        """Add a button at the right end; ``default`` is the one that Enter presses."""
        made = button(text, name, on_click, role=role, till=self.till)
        made.setDefault(default)
        self.buttons.addWidget(made)
        return made

    def add_cancel(self, text: str = "") -> QPushButton:
        """Add the button that leaves without doing anything."""
        return self.add_button(text or _("Cancel"), "cancel", self.reject)


def ask(
    parent: QWidget | None,
    title: str,
    text: str,
    act: str,
    on_yes: Callable[[], object],
    *,
    danger: bool = False,
    till: bool = False,
    on_no: Callable[[], object] | None = None,
) -> Dialog:
    """Ask before something that cannot be undone: ``text`` says exactly what will happen, ``act`` names the button.

    Returns at once; ``on_yes`` runs when the button is pressed. A dangerous act is not the default button.
    """
    dialog = Dialog(parent, "question", title, till=till)
    dialog.setMinimumWidth(420)
    size = tokens.TILL_TEXT if till else tokens.OFFICE_TEXT
    dialog.body.addWidget(wrapped(Label(text, "question_text", font=text_font(size))))
    cancel = dialog.add_cancel()

    def yes() -> None:
        dialog.accept()
        on_yes()

    dialog.add_button(act, "act", yes, role="danger" if danger else "primary", default=not danger)
    if danger:
        cancel.setDefault(True)
    if on_no is not None:
        dialog.rejected.connect(on_no)
    dialog.open()
    return dialog


def ask_text(
    parent: QWidget | None,
    title: str,
    label: str,
    act: str,
    on_text: Callable[[str], object],
    *,
    text: str = "",
    required: bool = True,
    secret: bool = False,
    till: bool = False,
) -> Dialog:
    """Ask for one line of text (a reason, a name); ``on_text`` gets it stripped. A required one may not be empty."""
    dialog = Dialog(parent, "text_question", title, till=till)
    dialog.setMinimumWidth(420)
    head = wrapped(Label(label, "text_label", tone="secondary"))
    line = named(QLineEdit(text), "text_answer", label)
    line.setMaxLength(500)
    if secret:
        line.setEchoMode(QLineEdit.EchoMode.Password)
    if till:
        line.setProperty("face", "till")
    head.setBuddy(line)
    dialog.body.addWidget(head)
    dialog.body.addWidget(line)
    dialog.add_cancel()

    def done() -> None:
        answer = line.text() if secret else line.text().strip()
        if required and not answer.strip():
            dialog.messages.refuse(_("Please fill in: {label}").format(label=label))
            line.setFocus()
            return
        dialog.accept()
        on_text(answer)

    dialog.add_button(act, "act", done, role="primary", default=True)
    line.selectAll()
    dialog.open()
    line.setFocus()
    return dialog


def tell(parent: QWidget | None, title: str, text: str, *, till: bool = False) -> Dialog:
    """Show something that has to be read, with one button to close it."""
    dialog = Dialog(parent, "notice", title, till=till)
    dialog.setMinimumWidth(420)
    dialog.body.addWidget(wrapped(Label(text, "notice_text")))
    dialog.add_button(_("Close"), "close", dialog.accept, role="primary", default=True)
    dialog.open()
    return dialog
