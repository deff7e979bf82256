"""Booking a count: what it found, what becomes of goods nobody met, and who answers for it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import _, ngettext
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.inventory.count_pages import CountCard
from shopdesk.inventory.count_posting import CountPosted, PostCount, post_count
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.inputs import CheckField, ChoiceField, LongText
from shopdesk.ui.kit.messages import Dialog, Voice, bar_of
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.kit.widgets import Label, wrapped

_WIDTH = 480


class PostCountDialog(Dialog):
    """The last look before the differences are booked."""

    def __init__(self, parent: QWidget, desk: Desk, record: CountCard) -> None:
        super().__init__(parent, "post_count", _("Book the count"))
        self.desk = desk
        self.asker = parent
        self.record = record
        self._key = uuid7()
        changed = [one for one in record.goods if one.change_milli]
        pairs = [
            (_("Counted goods"), str(len(record.goods))),
            (_("Different"), str(len(changed))),
        ]
        if desk.may(Permission.COST_VIEW):
            pairs.append((_("Worth"), desk.formats.money(record.value_cents)))
        self.body.addWidget(facts(pairs, "post_facts"))
        self.despite = CheckField("despite", _("Book large differences without counting again"))
        if record.prompts:
            told = ngettext(
                "{count} of the goods should be counted again first.",
                "{count} of the goods should be counted again first.",
                record.prompts,
            ).format(count=record.prompts)
            self.body.addWidget(wrapped(Label(told, "post_prompts", tone="warning")))
            self.body.addWidget(self.despite)
        self.rest = ChoiceField(
            "rest",
            _("Goods that nobody counted"),
            (("leave", _("Stay as they are")), ("zero", _("Are gone: book them as nothing"))),
        )
        if record.left:
            told = ngettext(
                "{count} of the goods that should be here was not counted. What is true of it?",
                "{count} of the goods that should be here were not counted. What is true of them?",
                record.left,
            ).format(count=record.left)
            self.body.addWidget(wrapped(Label(told, "post_left")))
            self.body.addWidget(self.rest)
        self.body.addWidget(Label(_("Notes"), "post_notes_label", tone="secondary"))
        self.notes = LongText("notes", _("Notes"))
        self.notes.set_value(record.notes)
        self.body.addWidget(self.notes)
        self.body.addWidget(
            wrapped(Label(_("What was sold since it was counted stays sold."), "post_hint", tone="secondary"))
        )
        self.add_cancel()
        self.act = self.add_button(_("Book the count"), "act", self.submit, role="primary", default=True)
        self.setMinimumWidth(_WIDTH)
        layout = self.layout()
        if layout is not None:  # its sentences take as many lines as this width makes of them
            self.setMinimumHeight(layout.totalHeightForWidth(_WIDTH))

    def submit(self) -> None:
        """Book it."""
        command = PostCount(
            key=self._key,
            count_id=self.record.id,
            rest=str(self.rest.value() or ""),  # type: ignore[arg-type]  # one of its options
            despite_prompts=bool(self.despite.value()),
            notes=str(self.notes.value() or ""),
        )
        Operation(post_count, command, done=self._done, refused=self._refused).run(self.desk, self, hold=(self.act,))

    def _refused(self, error: ShopError) -> bool:
        """Another attempt is another request, since the answers changed."""
        self._key = uuid7()
        if error.field == "rest":
            self.rest.mark_wrong(True)
            self.rest.setFocus()
        self.messages.refuse(error.message)
        return True

    def _done(self, done: CountPosted) -> None:
        self.accept()
        bar = bar_of(self.asker)
        if bar is not None:
            told = ngettext(
                "Booked as {number}: {count} difference.", "Booked as {number}: {count} differences.", done.differences
            )
            bar.say(told.format(number=done.number, count=done.differences), Voice.SUCCESS)
