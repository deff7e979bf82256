"""The question before an erasure: exactly what will be forgotten, what stays, and a button that says so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.parties.customers import CustomerChosen
from shopdesk.parties.erasing import ErasurePlan, erase_customer, erasure_plan
from shopdesk.ui.kit.desk import Desk
from shopdesk.ui.kit.messages import ask
from shopdesk.ui.kit.operations import Operation, question_failed


def ask_erasure(widget: QWidget, desk: Desk, customer_id: int, done: Callable[[], object]) -> None:
    """Say what an erasure of this customer does, and do it when the button is pressed."""

    def question(plan: ErasurePlan) -> None:
        name = plan.name or _("Customer {number}").format(number=plan.customer_id)
        operation = Operation(
            erase_customer,
            CustomerChosen(customer_id),
            done=lambda _result: done(),
            said=N_("The customer was erased. Their sales stay without a name."),
        )
        ask(
            widget,
            _("Erase {name} for good?").format(name=name),
            plan_words(plan),
            _("Erase {name}").format(name=name),
            lambda: operation.run(desk, widget),
            danger=True,
        )

    desk.ask(
        erasure_plan, customer_id, desk.actor, done=question, failed=question_failed(widget), owner=widget, key="erase"
    )


def plan_words(plan: ErasurePlan) -> str:
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
    return "\n\n".join(lines)
