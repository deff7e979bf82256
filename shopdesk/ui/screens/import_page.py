"""One import as a page: its columns, what it would change or has changed, what it refuses, and each step from file to undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from PySide6.QtWidgets import QFileDialog, QWidget

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.feeds.bad_rows import write_bad_rows
from shopdesk.feeds.feed import (
    OPEN_STATES,
    FeedCard,
    FeedChosen,
    StartImport,
    discard_feed,
    feed_card,
    start_import,
    start_undo,
)
from shopdesk.feeds.queries import ChangeRow, RefusedRow, changes_page, differences, errors_page
from shopdesk.feeds.states import AlreadyImported
from shopdesk.system.jobs_list import PickJobs, cancel_jobs
from shopdesk.ui.kit.columns import Column, number, state, text
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import Voice, ask
from shopdesk.ui.kit.operations import Operation, show_refusal
from shopdesk.ui.kit.record_page import RecordCommand, RecordPage, Tab, list_tab
from shopdesk.ui.kit.record_view import RecordView, open_record
from shopdesk.ui.kit.specs import Command, Empty, ListScreen, choice
from shopdesk.ui.kit.widgets import named
from shopdesk.ui.screens.import_columns import ColumnsTab
from shopdesk.ui.screens.import_words import (
    ACTIONS,
    CHANGE_STATES,
    FLAG_STATES,
    STATES,
    difference_words,
    field_words,
    flag_words,
    summary,
    value_words,
)

_MOST_SHOWN = 60


def _kind(view: ListView) -> str:
    page = view.parent()
    while page is not None and not isinstance(page, RecordView):
        page = page.parent()
    return page.record.kind if isinstance(page, RecordView) and page.record is not None else "products"


def change_detail(view: ListView, row: ChangeRow) -> QWidget:
    """Every field before and after."""
    formats = view.desk.formats
    pairs = [(_("Row"), str(row.position)), (_("Code"), row.name)]
    for part, key, before, after in differences(row.details)[:_MOST_SHOWN]:
        words = field_words(key)
        name = _("{part}: {field}").format(part=part, field=words) if part else words
        now = value_words(key, after, formats)
        if row.action == "new":
            pairs.append((name, now))
        else:
            was = value_words(key, before, formats)
            pairs.append((name, _("{before} → {after}").format(before=was, after=now)))
    if row.flags:
        pairs.append((_("Look twice"), flag_words(row.flags)))
    if row.note:
        pairs.append((_("Stays because"), row.note))
    return facts(pairs)


def open_goods(view: ListView, rows: Sequence[ChangeRow]) -> None:
    """Show the product or customer that a difference is about."""
    kind, target = _kind(view), rows[0].target_id
    if target is None:
        return
    if kind == "customers":
        from shopdesk.ui.screens.customer_page import CUSTOMER

        open_record(view, CUSTOMER, target)
    elif kind == "products":
        from shopdesk.ui.screens.product_page import PRODUCT

        open_record(view, PRODUCT, target)
    else:
        from shopdesk.ui.screens.stock_record import STOCK_RECORD

        open_record(view, STOCK_RECORD, target)


@dataclass(frozen=True, slots=True)
class DifferenceColumn(Column):
    """What changes, in the shop's own way of writing figures."""

    def show(self, row: object, formats: Formats) -> str:
        """The first differences on one line."""
        return difference_words(cast(ChangeRow, row), formats)


CHANGES = ListScreen(
    key="imports.changes",
    title=N_("Differences"),
    glyph="table-search",
    needs=Permission.IMPORT,
    page=changes_page,
    row=ChangeRow,
    sorts=("row",),
    sort="row",
    ident="position",
    columns=(
        number("position", N_("Row"), sort="row", width=96),
        state("action", N_("What"), ACTIONS, width=112),
        text("name", N_("Code"), width=176),
        text("title", N_("Name"), width=224),
        DifferenceColumn("details", N_("Difference"), stretch=True),
        state("flags", N_("Look twice"), FLAG_STATES, width=208),
        state("state", N_("State"), CHANGE_STATES, width=120),
        text("note", N_("Stays because"), width=200, hidden=True),
    ),
    filters=(
        choice("action", N_("What"), (("new", N_("New")), ("changed", N_("Changed")))),
        choice(
            "flag",
            N_("Look twice"),
            (
                ("jump", N_("Price jumps")),
                ("codes", N_("Lost barcodes")),
                ("meanwhile", N_("Changed since the check")),
            ),
        ),
        choice("state", N_("State"), (("kept", N_("Stays")), ("undone", N_("Taken back")), ("applied", N_("Applied")))),
    ),
    commands=(
        Command(
            "open", N_("Open"), open_goods, "arrow-right", None, "Ctrl+O", ready=lambda row: row.target_id is not None
        ),
    ),
    on_open="open",
    minor=("flags",),
    refresh_on={"Feed"},
    detail=change_detail,
    empty=Empty("table-search", N_("Nothing would change. Check the file to see its differences.")),
)

REFUSED = ListScreen(
    key="imports.refused",
    title=N_("Refused rows"),
    glyph="alert-circle-outline",
    needs=Permission.IMPORT,
    page=errors_page,
    row=RefusedRow,
    sorts=("row",),
    sort="row",
    ident=("row", "place"),
    columns=(
        number("row", N_("Row"), sort="row", width=96),
        text("column", N_("Column"), width=200),
        text("message", N_("Why"), stretch=True),
    ),
    refresh_on={"Feed"},
    empty=Empty("check", N_("No row is refused.")),
)


def apply(page: RecordView, record: FeedCard, *, again: bool = False) -> None:
    """Import in the background what was checked."""

    def refused(error: ShopError) -> bool:
        if isinstance(error, AlreadyImported):
            ask(
                page,
                _("Import it again?"),
                str(error),
                _("Import it again"),
                lambda: apply(page, record, again=True),
                danger=True,
            )
            return True
        return False

    Operation(
        start_import,
        StartImport(record.id, again=again),
        done=lambda _job: page.refresh(),
        said=N_("It is imported in the background; the till goes on selling."),
        refused=refused,
    ).run(page.desk, page)


def cancel(page: RecordView, record: FeedCard) -> None:
    """Stop the work in the background."""
    if record.job_id is not None:
        command = PickJobs((record.job_id,))
        Operation(cancel_jobs, command, said=N_("It stops at its next step.")).run(page.desk, page)


def undo(page: RecordView, record: FeedCard) -> None:
    """Take the import back after asking."""
    count = record.made + record.changed
    words = ngettext(
        "{count} change is taken back. What was sold or changed since stays and is listed.",
        "{count} changes are taken back. What was sold or changed since stays and is listed.",
        count,
    )

    def begin() -> None:
        Operation(start_undo, StartImport(record.id), done=lambda _job: page.refresh()).run(page.desk, page)

    ask(page, _("Take this import back?"), words.format(count=f"{count:,}"), _("Take it back"), begin, danger=True)


def discard(page: RecordView, record: FeedCard) -> None:
    """Throw an import away that changed nothing."""
    Operation(discard_feed, FeedChosen(record.id), done=lambda _none: page.closed.emit()).run(page.desk, page)


def save_refused(page: RecordView, record: FeedCard) -> None:
    """The refused rows as a file that can be mended and imported again."""
    ending = record.format.kind
    picker = named(QFileDialog(page, _("Save as")), "save_place", _("Save as"))
    picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    picker.setNameFilter(f"{ending.upper()} (*.{ending})")
    picker.setDefaultSuffix(ending)
    picker.selectFile(_("{name}-refused").format(name=Path(record.file_name).stem) + f".{ending}")
    picker.fileSelected.connect(lambda place: write_refused(page, record, place))
    picker.open()


def write_refused(page: RecordView, record: FeedCard, place: str) -> None:
    """Write them there."""
    shop, actor = cast(Shop, page.desk.shop), page.desk.actor

    def done(rows: int) -> None:
        words = ngettext("{count} row was written to {file}.", "{count} rows were written to {file}.", rows)
        page.messages.say(words.format(count=f"{rows:,}", file=Path(place).name), Voice.SUCCESS)

    def failed(error: BaseException) -> None:
        if not isinstance(error, ShopError):
            raise error
        show_refusal(page, error)

    page.desk.lanes.read(lambda: write_bad_rows(shop, record.id, place, actor), done, failed=failed, owner=page)


def _can_be_taken_back(card: FeedCard) -> bool:
    ended = card.status in {"done", "cancelled", "failed"} or (
        card.status in {"applying", "undoing"} and not card.at_work
    )
    return ended and card.made + card.changed > card.undone + card.kept


def _narrowed(record: FeedCard) -> dict[str, object]:
    return {"feed_id": record.id}


def _columns(page: RecordView, record: Any) -> QWidget:  # Any: the declaration knows no records
    return ColumnsTab(page, record)


IMPORT = RecordPage(
    key="imports.import",
    title=N_("Import"),
    needs=Permission.IMPORT,
    glyph="import",
    load=feed_card,
    head=lambda card, _formats: card.file_name,
    under=lambda card, _formats: summary(card),
    state=lambda card: STATES[card.status],
    tabs=(
        Tab("columns", N_("Columns"), _columns, shown=lambda card: card.status in OPEN_STATES),
        list_tab("changes", N_("Differences"), CHANGES, _narrowed, count=lambda card: card.made + card.changed or None),
        list_tab("refused", N_("Refused rows"), REFUSED, _narrowed, count=lambda card: card.rows_bad or None),
    ),
    commands=(
        RecordCommand(
            "apply",
            N_("Import"),
            apply,
            "import",
            Permission.IMPORT,
            "Ctrl+Shift+Return",
            primary=True,
            ready=lambda card: (
                card.status in {"checked", "cancelled"} or (card.status == "applying" and not card.at_work)
            ),
        ),
        RecordCommand(
            "refused",
            N_("Save refused rows..."),
            save_refused,
            "file-export-outline",
            Permission.IMPORT,
            "Ctrl+Shift+R",
            ready=lambda card: card.rows_bad > 0 or card.status == "failed",
        ),
        RecordCommand(
            "undo",
            N_("Take back..."),
            undo,
            "undo",
            Permission.IMPORT,
            "Ctrl+Shift+Z",
            ready=_can_be_taken_back,
        ),
        RecordCommand(
            "cancel",
            N_("Cancel"),
            cancel,
            "cancel",
            Permission.IMPORT,
            "Ctrl+Del",
            ready=lambda card: card.status in {"checking", "applying"} and card.at_work,
        ),
        RecordCommand(
            "discard",
            N_("Throw away"),
            discard,
            "delete-outline",
            Permission.IMPORT,
            more=True,
            ready=lambda card: card.status in OPEN_STATES,
        ),
    ),
    refresh_on={"Feed", "Job"},
    entity="feed",
)
