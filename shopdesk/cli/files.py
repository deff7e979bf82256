"""``shopdesk import`` and ``shopdesk export``: files in and out without a window."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shopdesk.cli.context import DONE, REFUSED, Call, UsageError
from shopdesk.cli.progress import shown_progress
from shopdesk.core.i18n import N_, _
from shopdesk.core.logs import neutral

if TYPE_CHECKING:
    from shopdesk.feeds.feed import FeedCard
    from shopdesk.feeds.run import Execute

_NAMES = {"check": N_("Checking"), "import": N_("Importing"), "undo": N_("Taking back"), "export": N_("Exporting")}
Context = typer.Context


def mount(app: typer.Typer) -> None:
    """Add the words to the program."""
    app.command("import")(import_word)
    app.command("export")(export_word)


def import_word(
    context: Context,
    kind: Annotated[str, typer.Argument(help="products, customers, stock or prices")],
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, also another shop's export")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show the exact difference and change nothing")] = False,
    all_or_nothing: Annotated[
        bool,
        typer.Option(
            "--all-or-nothing/--good-rows", help="refuse the whole file for one bad row, or leave bad rows out"
        ),
    ] = False,
    mapping: Annotated[
        list[str] | None, typer.Option("--mapping", help="COLUMN=MEANING, repeated; COLUMN= leaves a column out")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="instead of the one that is guessed, such as cp1252")] = None,
    delimiter: Annotated[str | None, typer.Option(help="instead of the one that is guessed; tab for a tab")] = None,
    decimal_mark: Annotated[str | None, typer.Option(help="point or comma")] = None,
    warehouse: Annotated[str, typer.Option(help="where stock without a warehouse lies")] = "",
    tax: Annotated[str, typer.Option(help="tax class of new goods without one")] = "",
    price_list: Annotated[str, typer.Option(help="list that prices without one belong to")] = "",
    stock_mode: Annotated[str, typer.Option(help="set levels to the figures, or change them by the figures")] = "set",
    jump_percent: Annotated[int, typer.Option(help="from which change on a price jump is told")] = 30,
    clear_empty: Annotated[bool, typer.Option(help="an empty cell empties the field")] = False,
    again: Annotated[bool, typer.Option(help="book a file of stock changes a second time")] = False,
    refused: Annotated[Path | None, typer.Option(help="write the refused rows, with the reason, to this file")] = None,
) -> int:
    """Bring a file in: products, customers, stock or prices."""
    from shopdesk.feeds.bad_rows import write_bad_rows
    from shopdesk.feeds.feed import (
        ChooseColumns,
        FeedChosen,
        choose_columns,
        discard_feed,
        feed_card,
        interrupted_feed,
    )
    from shopdesk.feeds.formats import checked_format
    from shopdesk.feeds.run import check_feed, import_feed, started, taken_file
    from shopdesk.feeds.setup import FeedOptions
    from shopdesk.feeds.targets import TARGETS, guess_mapping

    call: Call = context.obj
    if kind not in TARGETS:
        raise UsageError(_("import knows {kinds}.").format(kinds=", ".join(TARGETS)))
    options = FeedOptions(all_or_nothing, clear_empty, jump_percent, warehouse, tax, price_list, stock_mode)
    shop, actor = call.shop(), call.actor()
    format = _format(file, encoding, delimiter, decimal_mark) if encoding or delimiter or decimal_mark else None
    with taken_file(shop, file, actor, kind=kind, format=format, mapping={}, options=options) as taken:
        columns = _mapping(guess_mapping(kind, taken.table.header), mapping or [])
        header = taken.table.header
        chosen = ChooseColumns(taken.feed_id, kind, checked_format(taken.table.format), header, columns, options)
        shop.execute(choose_columns, chosen, actor)

        def execute(use_case: Callable[..., Any], command: Any) -> Any:  # Any: each use case its own
            return shop.execute(use_case, command, actor)

        if dry_run:
            with _bar("check") as tell:
                card = check_feed(shop, taken.feed_id, execute, table=taken.table, progress=tell)
            _show_difference(call, card)
            _end_dry_run(call, card.id, execute, refused)
            return DONE if not card.rows_bad else REFUSED
        feed_id = taken.feed_id
        left = shop.ask(interrupted_feed, shop.ask(feed_card, feed_id))
        if left is not None:
            execute(discard_feed, FeedChosen(feed_id))
            feed_id, again = left, True
        run: Execute = started(shop, feed_id, actor, again=again)
        with _bar("import") as tell:
            card = import_feed(shop, feed_id, run, table=taken.table, progress=tell)
        _show_refused(call, card)
        if refused is not None and card.rows_bad:
            write_bad_rows(shop, card.id, str(refused), actor)
        _show_summary(call, card)
    return DONE if card.status == "done" and not card.rows_bad else REFUSED


def export_word(
    context: Context,
    kind: Annotated[str, typer.Argument(help="products, shopify, stock, prices, customers or everything")],
    file: Annotated[Path, typer.Argument(help="ends in .csv or .xlsx; .zip for everything")],
    feed: Annotated[int | None, typer.Option(help="products for Shopify: those of this import only")] = None,
    shape: Annotated[
        str, typer.Option(help="of products: table or shopify; else the one that all goods came in with")
    ] = "",
) -> int:
    """Write a file: products, stock, prices, customers, or all of them as a ZIP."""
    from shopdesk.feeds.exports import EVERYTHING, EXPORTS, Export, export_file
    from shopdesk.feeds.shopify_file import all_from_shopify

    call: Call = context.obj
    kinds = [name for name, _title, _permission in EXPORTS]
    if kind not in {*kinds, EVERYTHING}:
        raise UsageError(_("export knows {kinds}.").format(kinds=", ".join([*kinds, EVERYTHING])))
    ending = file.suffix.lower().removeprefix(".")
    if ending not in ({"zip"} if kind == EVERYTHING else {"csv", "xlsx"}):
        raise UsageError(_("the file's name must end in .csv or .xlsx, or in .zip for everything."))
    format_ = "xlsx" if ending == "xlsx" else "csv"
    if shape not in {"", "table", "shopify"}:
        raise UsageError(_("--shape is table or shopify."))
    if kind == "products" and (shape == "shopify" or (not shape and call.shop().ask(all_from_shopify))):
        kind = "shopify"
    with shown_progress(_NAMES) as bar:
        done = export_file(
            call.shop(),
            Export(kind, str(file), format_, feed),  # type: ignore[arg-type]  # one of two words
            call.actor(),
            progress=lambda rows: bar("export", rows, rows),
        )
    for name, rows in done.rows.items():
        call.print(_("{kind}: {rows} rows").format(kind=name, rows=rows), kind=name, rows=rows)
    return DONE


def _format(file: Path, encoding: str | None, delimiter: str | None, decimal_mark: str | None) -> Any:
    """The guessed format with what the caller knows better; Any: a class that is imported only when it is needed."""
    from dataclasses import replace

    from shopdesk.feeds.formats import checked_format, guess_format
    from shopdesk.feeds.table import copied

    with copied(file) as copy:
        guessed = guess_format(copy.path)
    given: dict[str, str] = {}
    if encoding:
        given["encoding"] = {"utf-8": "utf-8-sig", "latin-1": "iso8859-1"}.get(encoding.lower(), encoding.lower())
    if delimiter:
        given["delimiter"] = "\t" if delimiter in {"tab", "\\t"} else delimiter
    if decimal_mark:
        given["decimal_mark"] = {"point": ".", "comma": ","}.get(decimal_mark, decimal_mark)
    return checked_format(replace(guessed, **given))


def _mapping(guessed: dict[str, str], given: list[str]) -> dict[str, str]:
    columns = dict(guessed)
    for pair in given:
        name, equals, key = pair.rpartition("=")
        if not equals or not name:
            raise UsageError(_("--mapping is written COLUMN=MEANING."))
        columns = {column: meaning for column, meaning in columns.items() if meaning != key or not key}
        columns.pop(name, None)
        if key:
            columns[name] = key
    return columns


@contextmanager
def _bar(name: str) -> Iterator[Callable[[int, int], None]]:
    with shown_progress(_NAMES) as bar:
        yield lambda done, total: bar(name, done, total)


def _show_difference(call: Call, card: FeedCard) -> None:
    """Each difference, each refused row, then the sums; with ``--json`` a line each."""
    from shopdesk.db.paging import PageRequest
    from shopdesk.feeds.queries import changes_page, differences

    words = {1: "price_jump", 2: "lost_barcode", 4: "changed_meanwhile"}
    request = PageRequest(limit=500)
    while True:
        page = call.shop().ask(changes_page, request, card.id)
        for row in page.rows:
            flags = [word for bit, word in words.items() if row.flags & bit]
            found = differences(row.details)
            if call.json:
                fields = [{"part": part, "field": key, "before": old, "after": new} for part, key, old, new in found]
                _line(
                    {
                        "row": row.position,
                        "action": row.action,
                        "name": row.name,
                        "title": row.title,
                        "flags": flags,
                        "changes": fields,
                    }
                )
                continue
            print(neutral(f"{row.position}: {row.action} {row.name} {row.title} {' '.join(flags)}".rstrip()))
            for part, key, old, new in found:
                print(neutral(f"    {part} {key}: {_plain(old)} -> {_plain(new)}".replace("     ", "    ")))
        if page.next is None:
            break
        request = PageRequest(limit=500, after=page.next)
    _show_refused(call, card)
    _show_summary(call, card)


def _show_refused(call: Call, card: FeedCard) -> None:
    from shopdesk.db.paging import PageRequest
    from shopdesk.feeds.queries import errors_page

    request = PageRequest(limit=500)
    while card.rows_bad or card.status == "failed":
        page = call.shop().ask(errors_page, request, card.id)
        for row in page.rows:
            if call.json:
                _line({"row": row.row, "refused": True, "column": row.column, "message": row.message})
            else:
                place = (
                    _("Row {row}, {column}").format(row=row.row, column=row.column)
                    if row.column
                    else _("Row {row}").format(row=row.row)
                )
                print(neutral(f"{place}: {row.message}"))
        if page.next is None:
            return
        request = PageRequest(limit=500, after=page.next)


def _show_summary(call: Call, card: FeedCard) -> None:
    names = ("rows_total", "rows_good", "rows_bad", "made", "changed", "unchanged", "jumps", "lost_codes", "meanwhile")
    figures = {name: getattr(card, name) for name in names}
    if call.json:
        _line({"import": card.id, "status": card.status, **figures, "error": card.error})
        return
    said = _("{new} new, {changed} changed, {same} as they were; {bad} of {rows} rows refused.")
    print(
        said.format(new=card.made, changed=card.changed, same=card.unchanged, bad=card.rows_bad, rows=card.rows_total)
    )
    if card.error:
        print(neutral(f"shopdesk: {card.error}"), file=sys.stderr)


def _end_dry_run(call: Call, feed_id: int, execute: Execute, refused: Path | None) -> None:
    from shopdesk.feeds.bad_rows import write_bad_rows
    from shopdesk.feeds.feed import FeedChosen, discard_feed

    if refused is not None:
        write_bad_rows(call.shop(), feed_id, str(refused), call.actor())
    execute(discard_feed, FeedChosen(feed_id))


def _line(fields: dict[str, object]) -> None:
    print(json.dumps(fields, ensure_ascii=False))


def _plain(value: object) -> str:
    text = "" if value is None else json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
    return text if len(text) <= 120 else f"{text[:119]}…"
