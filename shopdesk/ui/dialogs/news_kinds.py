"""Which kinds of news the shop wants to be told."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QWidget

from shopdesk.core.i18n import N_, _
from shopdesk.marketing.notifications import NotificationTypeRow, SetNewsWanted, notification_types, set_news_wanted
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.widgets import Label, caption, named, wrapped

KINDS = {
    "low_stock": N_("Stock that runs low, to those who order goods"),
    "job_done": N_("Background work that is done, to those who asked for it"),
    "job_failed": N_("Background work that failed, to those who asked for it"),
}
"""The kinds the program knows, in words; one that a newer program made is shown by its stored name."""


class NewsKinds(Dialog):
    """A box for each kind of news; what is ticked holds at once."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent, "news_kinds", _("What is told under the bell"), till=False)
        self._desk = desk
        self.boxes: dict[str, QCheckBox] = {}
        self.body.addWidget(
            wrapped(Label(_("For the whole shop. What is switched off is told to nobody."), "about", tone="secondary"))
        )
        self.add_cancel(_("Close"))
        desk.ask(notification_types, done=self._show, failed=question_failed(self), owner=self)

    def _show(self, kinds: Sequence[NotificationTypeRow]) -> None:
        for kind in kinds:
            words = _(KINDS.get(kind.code, kind.name))
            box = named(QCheckBox(caption(words)), f"kind_{kind.code}", words)
            box.setChecked(kind.is_active)
            box.toggled.connect(lambda on, code=kind.code: self._set(code, on))
            self.body.addWidget(box)
            self.boxes[kind.code] = box

    def _set(self, code: str, wanted: bool) -> None:
        Operation(set_news_wanted, SetNewsWanted(code, wanted)).run(self._desk, self, hold=(self.boxes[code],))
