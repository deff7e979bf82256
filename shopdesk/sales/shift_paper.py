"""The X and Z reports of a shift as documents to print."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from shopdesk.core.clock import shop_time
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.db.unit import Reader
from shopdesk.printing.documents import CashMove, CountedCash, Letterhead, ShiftReportDocument, TaxRow, TenderTotal
from shopdesk.sales.models import CashCount, CashMovement, Shift, Till, ZReport
from shopdesk.sales.shift_report import running_totals, totals_from_json
from shopdesk.system.models import JournalEntry, User
from shopdesk.system.settings import ShopSettings, shop_settings


def letterhead(settings: ShopSettings) -> Letterhead:
    """The head and foot of every paper of the shop."""
    return Letterhead(
        shop_name=settings.name,
        address_lines=tuple(line.strip() for line in settings.address.splitlines() if line.strip()),
        tax_id=settings.tax_id,
        footer=settings.receipt_footer,
    )


def z_document(reader: Reader, z_number: str, *, copy: bool = False) -> ShiftReportDocument:
    """A Z report by its number; raises NotFound."""
    shift_id = reader.connection.execute(sa.select(ZReport.shift_id).where(ZReport.number == z_number)).scalar()
    if shift_id is None:
        raise NotFound(_("Z report"), z_number)
    return shift_report_document(reader, shift_id, "Z", copy=copy, with_expected=True)


def shift_report_document(
    reader: Reader, shift_id: int, kind: Literal["X", "Z"], *, copy: bool = False, with_expected: bool = False
) -> ShiftReportDocument:
    """The X of a shift as it stands, or the Z of a closed one as it was kept; raises NotFound.

    The head on a Z is the journal's end with the Z itself in it: an anchor that nothing later can undo. ``with_expected``
    False leaves the expected cash out, for a blind count.
    """
    settings = shop_settings(reader)
    shift = reader.connection.execute(_SHIFT.where(Shift.id == shift_id)).first()
    if shift is None or (kind == "Z" and shift.z_number is None):
        raise NotFound(_("Z report") if kind == "Z" else _("Shift"), shift_id)
    closed = kind == "Z"
    totals = totals_from_json(shift.totals, shift.perpetual_cents) if closed else running_totals(reader, shift_id)
    last = _last_entry(reader, shift.till_id, shift.z_number if closed else None)
    return ShiftReportDocument(
        letterhead=letterhead(settings),
        kind=kind,
        copy=copy,
        till=shift.till,
        shift_number=str(shift.number),
        z_number=shift.z_number if closed else "",
        printed_at=shop_time(reader.clock.now(), settings.timezone),
        opened_at=shop_time(shift.opened_at, settings.timezone),
        opened_by=shift.opened_by,
        closed_at=shop_time(shift.closed_at, settings.timezone) if closed else None,
        closed_by=shift.closed_by if closed else "",
        sales_count=totals.sales_count,
        sales_cents=totals.sales_cents,
        voids_count=totals.voids_count,
        voids_cents=totals.voids_cents,
        discounts_cents=totals.discounts_cents,
        rounding_cents=totals.rounding_cents,
        no_sale_count=totals.no_sales,
        tenders=tuple(TenderTotal(name=_(row.name), count=row.count, amount_cents=row.cents) for row in totals.tenders),
        taxes=tuple(
            TaxRow(
                name=row.name,
                rate_ppm=row.rate_ppm,
                net_cents=row.net_cents,
                tax_cents=row.tax_cents,
                gross_cents=row.net_cents + row.tax_cents,
            )
            for row in totals.taxes
        ),
        float_cents=totals.float_cents,
        cash_moves=_cash_moves(reader, shift_id, settings.timezone),
        cash_taken_cents=totals.cash_taken_cents - totals.cash_back_cents,
        expected_cents=totals.expected_cents if with_expected else None,
        counted=_counted(reader, shift_id) if closed else (),
        counted_cents=totals.counted_cents,
        left_cents=totals.left_cents,
        difference_cents=totals.difference_cents,
        difference_reason=(shift.difference_reason or "") if closed else "",
        perpetual_cents=last.perpetual_cents,
        head=f"{shift.till}:{last.seq}:{last.hash}",
        currency=settings.currency,
        language=settings.language,
    )


_opener, _closer = aliased(User), aliased(User)
_SHIFT = (
    sa.select(
        Shift.till_id,
        Shift.number,
        Shift.opened_at,
        Shift.closed_at,
        Shift.difference_reason,
        Till.code.label("till"),
        _opener.username.label("opened_by"),
        _closer.username.label("closed_by"),
        ZReport.number.label("z_number"),
        ZReport.totals,
        ZReport.perpetual_cents,
    )
    .join_from(Shift, Till, Till.id == Shift.till_id)
    .join(_opener, _opener.id == Shift.opened_by)
    .outerjoin(_closer, _closer.id == Shift.closed_by)
    .outerjoin(ZReport, ZReport.shift_id == Shift.id)
)


def _last_entry(reader: Reader, till_id: int, z_number: str | None) -> Any:  # Any: a row of three columns
    """The journal entry of a Z, or the till's last one; there always is one, a shift is journalled when it opens."""
    entry = sa.select(JournalEntry.seq, JournalEntry.hash, JournalEntry.perpetual_cents)
    if z_number is not None:
        entry = entry.where(JournalEntry.kind == "z", JournalEntry.number == z_number)
    else:
        entry = entry.where(JournalEntry.till_id == till_id).order_by(JournalEntry.seq.desc()).limit(1)
    return reader.connection.execute(entry).one()


def _cash_moves(reader: Reader, shift_id: int, timezone: str) -> tuple[CashMove, ...]:
    rows = reader.connection.execute(
        sa.select(
            CashMovement.type, CashMovement.amount_cents, CashMovement.reason, User.username, CashMovement.created_at
        )
        .join_from(CashMovement, User, User.id == CashMovement.user_id)
        .where(CashMovement.shift_id == shift_id)
        .order_by(CashMovement.id)
    )
    return tuple(
        CashMove(
            amount_cents=amount if direction == "in" else -amount, reason=reason, by=by, at=shop_time(at, timezone)
        )
        for direction, amount, reason, by, at in rows
    )


def _counted(reader: Reader, shift_id: int) -> tuple[CountedCash, ...]:
    rows = reader.connection.execute(
        sa.select(CashCount.denomination_cents, CashCount.pieces)
        .where(CashCount.shift_id == shift_id, CashCount.kind == "close")
        .order_by(CashCount.denomination_cents.desc())
    )
    return tuple(CountedCash(denomination_cents=worth, pieces=pieces) for worth, pieces in rows)
