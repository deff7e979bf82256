"""The question before an erasure: exactly what will be forgotten, what stays, and a button that says so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.parties.customers import CustomerChosen
from shopdesk.parties.erasing import ErasurePlan, erase_customer, erasure_plan
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import Dialog
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.widgets import Label, wrapped


class EraseDialog(Dialog):
    """Says what will happen, a sentence below the other; the button bears the name of who is erased."""

    def __init__(self, widget: QWidget, desk: Desk, plan: ErasurePlan, done: Callable[[], object]) -> None:
        name = shortened(plan.name or _("Customer {number}").format(number=plan.customer_id))
        super().__init__(widget, "erase_customer", _("Erase {name} for good?").format(name=name))
        self.setFixedWidth(560)
        for place, sentence in enumerate(plan_sentences(plan)):
            self.body.addWidget(wrapped(Label(sentence, f"erase_{place}")))
        self.add_cancel().setDefault(True)

        def erase() -> None:
            self.accept()
            Operation(
                erase_customer,
                CustomerChosen(plan.customer_id),
                done=lambda _none: done(),
                said=N_("The customer was erased. Their sales stay without a name."),
            ).run(desk, widget)

        self.add_button(_("Erase {name}").format(name=name), "act", erase, role="danger")
        self.open()


def ask_erasure(widget: QWidget, desk: Desk, customer_id: int, done: Callable[[], object]) -> None:
    """Say what an erasure of this customer does, and do it when the button is pressed."""

    def question(plan: ErasurePlan) -> None:
        EraseDialog(widget, desk, plan, done)

    desk.ask(
        erasure_plan, customer_id, desk.actor, done=question, failed=question_failed(widget), owner=widget, key="erase"
    )


def plan_sentences(plan: ErasurePlan) -> list[str]:
    """What will happen, in sentences."""
    gone = [
        (plan.addresses, ngettext("{count} address", "{count} addresses", plan.addresses)),
        (
            plan.payment_methods,
            ngettext("{count} stored payment method", "{count} stored payment methods", plan.payment_methods),
        ),
        (plan.notes, ngettext("{count} note", "{count} notes", plan.notes)),
        (plan.wishes, ngettext("{count} wish", "{count} wishes", plan.wishes)),
        (plan.favourites, ngettext("{count} favourite", "{count} favourites", plan.favourites)),
    ]
    parts = [words.format(count=count) for count, words in gone if count]
    lines = [_("Name, company, e-mail, phone, customer card and remarks are blanked and can never be brought back.")]
    if parts:
        lines.append(_("Deleted with them: {things}.").format(things=", ".join(parts)))
    if plan.also:
        lines.append(
            _("So is everybody who was merged into this customer: {names}.").format(names=", ".join(plan.also))
        )
    if plan.consents:
        lines.append(_("Consents that still hold are withdrawn."))
    lines.append(
        ngettext(
            "{count} sale stays in the books, without a name; the journal still verifies.",
            "{count} sales stay in the books, without a name; the journal still verifies.",
            plan.sales,
        ).format(count=plan.sales)
        if plan.sales
        else _("There are no sales of this customer.")
    )
    lines.append(_("Backups made until now still hold the person until they are replaced."))
    return lines


def shortened(name: str, longest: int = 32) -> str:
    """A name that fits on a button."""
    line = " ".join(name.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
