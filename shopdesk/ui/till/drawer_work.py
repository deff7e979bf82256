"""The drawer's day: shift, cash in and out, reports, opening it without a sale, and training beside it all."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from shopdesk.core.errors import NotPermitted
from shopdesk.core.i18n import _
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.sales.drawer import DrawerOpened, OpenDrawer, open_drawer
from shopdesk.sales.shift_queries import ShiftNow, denominations, last_left_cents
from shopdesk.sales.shift_report import ShiftTotals, shift_totals
from shopdesk.sales.shifts import PrintXReport, ShiftClosed, print_x_report
from shopdesk.ui.dialogs.shift_cash import CashMoveDialog
from shopdesk.ui.dialogs.shift_close import CloseShiftDialog
from shopdesk.ui.dialogs.shift_open import OpenShiftDialog
from shopdesk.ui.dialogs.shift_report import ShiftReportDialog
from shopdesk.ui.kit.messages import Dialog, ask, ask_text
from shopdesk.ui.kit.operations import Operation
from shopdesk.ui.till.till_desk import TillDesk


class DrawerWork(QObject):
    """What the keys and the menu do about the drawer. ``training_changed`` is sent when training began or ended."""

    training_changed = Signal(bool)

    def __init__(self, till: TillDesk) -> None:
        super().__init__(till)
        self._till = till

    # ------------------------------------------------------------------ shift

    def open_shift(self) -> None:
        """Ask for the float and open a shift."""
        till, standing = self._till, self._till.standing
        if standing is None:
            return
        if standing.shift is not None:
            till.refuse(_("Shift {number} is open already.").format(number=standing.shift.number))
            return
        if not self._allowed(Permission.SHIFT_OPEN):
            return

        def opened(number: int) -> None:
            till.say(_("Shift {number} is open.").format(number=number))
            till.look_around()

        def show(left: int | None) -> None:
            OpenShiftDialog(
                till.page.window(), till.desk, last_left_cents=left or 0, till=standing.till.code, on_open=opened
            )

        till.desk.ask(last_left_cents, standing.till.id, done=show, failed=till.failed, owner=till.page)

    def close_shift(self) -> CloseShiftDialog | None:
        """Count the drawer and close the shift with its Z."""
        till, shift = self._till, self._shift()
        if shift is None or not self._allowed(Permission.SHIFT_CLOSE):
            return None
        if not till.state.empty:
            till.refuse(_("A sale is on the till. Pay it, hold it or give it up before the shift is closed."))
            return None
        assert till.standing is not None

        def closed(z: ShiftClosed) -> None:
            till.look_around()
            self._show_totals(shift, _("Z report {number}").format(number=z.z), with_expected=True, may_print=False)

        return CloseShiftDialog(
            till.page.window(),
            till.desk,
            shift_uid=shift.uid,
            number=shift.number,
            till=till.standing.till.code,
            denominations=denominations(till.standing.settings.currency),
            on_closed=closed,
        )

    def report(self) -> None:
        """Show the X report."""
        shift = self._shift()
        if shift is None or not self._allowed(Permission.SHIFT_REPORT):
            return
        standing = self._till.standing
        blind = standing is not None and standing.settings.blind_close
        with_expected = not blind or self._till.may(Permission.SHIFT_DIFFERENCE)
        title = _("X report, shift {number}").format(number=shift.number)
        self._show_totals(shift, title, with_expected=with_expected, may_print=True)

    def _show_totals(self, shift: ShiftNow, title: str, *, with_expected: bool, may_print: bool) -> None:
        till = self._till

        def print_it() -> None:
            command = PrintXReport(till.till_code, with_expected)
            Operation(print_x_report, command, said=_("The report is printed.")).run(till.desk, till.page)

        def show(totals: ShiftTotals) -> None:
            ShiftReportDialog(
                till.page.window(),
                till.formats,
                title=title,
                totals=totals,
                with_expected=with_expected,
                on_print=print_it if may_print else None,
            )

        def totals(reader: Reader) -> ShiftTotals:
            return shift_totals(reader, shift.id)

        till.desk.ask(totals, done=show, failed=till.failed, owner=till.page)

    # ------------------------------------------------------------------ cash

    def cash_in(self) -> CashMoveDialog | None:
        """Put cash into the drawer."""
        return self._move_cash(into=True)

    def cash_out(self) -> CashMoveDialog | None:
        """Take cash out of the drawer."""
        return self._move_cash(into=False)

    def _move_cash(self, *, into: bool) -> CashMoveDialog | None:
        till = self._till
        if self._shift() is None or till.standing is None:
            return None

        def done(cents: int) -> None:
            words = _("{amount} put into the drawer.") if into else _("{amount} taken out of the drawer.")
            till.say(words.format(amount=till.formats.money(cents)))

        return CashMoveDialog(till.page.window(), till.desk, into=into, till=standing_code(till), on_done=done)

    def drawer(self) -> Dialog:
        """Open the drawer without a sale, with a reason; recorded, and approved where the role does not include it."""
        key = uuid7()
        return ask_text(
            self._till.page.window(),
            _("Open the drawer"),
            _("Reason"),
            _("Open the drawer"),
            lambda reason: self._open_drawer(key, reason, ()),
            till=True,
        )

    def _open_drawer(self, key: str, reason: str, approvals: tuple[str, ...]) -> None:
        till = self._till

        def done(opened: DrawerOpened) -> None:
            till.say(_("The drawer is open ({number}).").format(number=opened.number))

        def approve(_refusal: NotPermitted) -> bool:
            words = _("Open the drawer without a sale: {reason}").format(reason=reason)
            till.ask_manager_for(Permission.NO_SALE, key, 0, words, lambda uid: self._open_drawer(key, reason, (uid,)))
            return True

        command = OpenDrawer(key, reason, till.till_code, approvals)
        Operation(open_drawer, command, done=done, approve=approve).run(till.desk, till.page)

    # ------------------------------------------------------------------ training

    def training(self) -> None:
        """Begin or end training; the sale in hand must be finished first."""
        till = self._till
        if not self._allowed(Permission.TRAINING):
            return
        if not till.state.empty:
            till.refuse(_("A sale is on the till. Pay it, hold it or give it up first."))
            return
        if till.state.training:
            self._train(False)
            return
        ask(
            till.page.window(),
            _("Training"),
            _("Until training is ended nothing that is rung up counts: no stock, no money, no real number."),
            _("Begin training"),
            lambda: self._train(True),
            till=True,
        )

    def _train(self, on: bool) -> None:
        self._till.state.training = on
        self._till.begin_sale()
        self.training_changed.emit(on)

    # ------------------------------------------------------------------ inside

    def _shift(self) -> ShiftNow | None:
        standing = self._till.standing
        if standing is not None and standing.shift is None:
            self._till.refuse(_("No shift is open at this till."))
        return None if standing is None else standing.shift

    def _allowed(self, permission: Permission) -> bool:
        if self._till.may(permission):
            return True
        self._till.refuse(NotPermitted(permission.value))
        return False


def standing_code(till: TillDesk) -> str:
    """The till's code, once it is known."""
    assert till.standing is not None
    return till.standing.till.code
