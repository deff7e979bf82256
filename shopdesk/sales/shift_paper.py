"""The X and Z reports of a shift as documents to print."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from shopdesk.core.clock import from_micros, shop_time
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.db.unit import Reader
from shopdesk.printing.documents import CashMove, CountedCash, Letterhead, ShiftReportDocument, TaxRow, TenderTotal
from shopdesk.sales.models import CashCount, CashMovement, Shift, Till, ZReport
from shopdesk.sales.shift_report import running_totals, totals_from_json
from shopdesk.system.models import JournalEntry, Setting, User
from shopdesk.system.settings import ShopSettings, parse_settings


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
    shift = reader.connection.execute(_SHIFT.where(Shift.id == shift_id)).first()
    if shift is None or (kind == "Z" and shift.z_number is None):
        raise NotFound(_("Z report") if kind == "Z" else _("Shift"), shift_id)
    closed = kind == "Z"
    totals = totals_from_json(shift.totals, shift.perpetual_cents) if closed else running_totals(reader, shift_id)
    parts = reader.connection.execute(_PARTS, {"shift_id": shift_id}).all()
    settings = parse_settings(tuple((row.word, row.text) for row in parts if row.part == "setting"))
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
        returns_count=totals.returns_count,
        returns_cents=totals.returns_cents,
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
        cash_moves=tuple(_cash_move(row, settings.timezone) for row in parts if row.part in ("in", "out")),
        cash_taken_cents=totals.cash_taken_cents - totals.cash_back_cents,
        expected_cents=totals.expected_cents if with_expected else None,
        counted=tuple(
            CountedCash(denomination_cents=row.figure, pieces=row.other)
            for row in sorted(parts, key=lambda row: -row.figure)
            if closed and row.part == "count"
        ),
        counted_cents=totals.counted_cents,
        left_cents=totals.left_cents,
        difference_cents=totals.difference_cents,
        difference_reason=(shift.difference_reason or "") if closed else "",
        perpetual_cents=shift.last_perpetual,
        head=f"{shift.till}:{shift.last_seq}:{shift.last_hash}",
        currency=settings.currency,
        language=settings.language,
    )


_opener, _closer, _last, _z_entry, _any_entry = (
    aliased(User),
    aliased(User),
    aliased(JournalEntry),
    aliased(JournalEntry),
    aliased(JournalEntry),
)
_z_seq = (
    sa.select(_z_entry.seq)
    .where(_z_entry.kind == "z", _z_entry.number == ZReport.number)
    .correlate(ZReport)
    .scalar_subquery()
)
_newest_seq = (
    sa.select(sa.func.max(_any_entry.seq)).where(_any_entry.till_id == Shift.till_id).correlate(Shift).scalar_subquery()
)
_SHIFT = (
    sa.select(
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
        _last.seq.label("last_seq"),
        _last.hash.label("last_hash"),
        _last.perpetual_cents.label("last_perpetual"),
    )
    .join_from(Shift, Till, Till.id == Shift.till_id)
    .join(_opener, _opener.id == Shift.opened_by)
    .outerjoin(_closer, _closer.id == Shift.closed_by)
    .outerjoin(ZReport, ZReport.shift_id == Shift.id)
    # the Z's own entry, else the till's last one: there always is one, a shift is journalled when it opens
    .join(_last, sa.and_(_last.till_id == Shift.till_id, _last.seq == sa.func.coalesce(_z_seq, _newest_seq)))
)


def _cash_move(row: Any, timezone: str) -> CashMove:  # Any: a row of the union below
    sign = 1 if row.part == "in" else -1
    return CashMove(
        amount_cents=sign * row.figure, reason=row.text, by=row.word, at=shop_time(from_micros(row.other), timezone)
    )


_shift: sa.BindParameter[Any] = sa.bindparam("shift_id")
_PARTS: sa.Executable = sa.union_all(
    sa.select(
        sa.cast(CashMovement.type, sa.Text).label("part"),
        CashMovement.id.label("place"),
        sa.cast(User.username, sa.Text).label("word"),
        CashMovement.reason.label("text"),
        CashMovement.amount_cents.label("figure"),
        sa.type_coerce(CashMovement.created_at, sa.BigInteger).label("other"),
    )
    .join_from(CashMovement, User, User.id == CashMovement.user_id)
    .where(CashMovement.shift_id == _shift),
    sa.select(
        sa.literal_column("'count'"),
        CashCount.id,
        sa.literal_column("''"),
        sa.literal_column("''"),
        CashCount.denomination_cents,
        CashCount.pieces,
    ).where(CashCount.shift_id == _shift, CashCount.kind == "close"),
    sa.select(
        sa.literal_column("'setting'"),
        sa.literal_column("0"),
        Setting.key,
        Setting.value,
        sa.literal_column("0"),
        sa.literal_column("0"),
    ),
).order_by("part", "place")
