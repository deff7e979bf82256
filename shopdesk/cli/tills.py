"""Words for tills: ``till ...``."""

from __future__ import annotations

from typing import Annotated

import typer

from shopdesk.cli.people import call_for, show_table
from shopdesk.core.errors import NotFound
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.core.secrets import secret_store
from shopdesk.db.unit import Reader
from shopdesk.printing.config import PrinterConfig
from shopdesk.sales.tills import CreateTill, EditTill, SetPrinter, create_till, edit_till, set_printer, tills_list
from shopdesk.system import enrolment

till_app = typer.Typer(help="Tills: added, given a printer, enrolled.", no_args_is_help=True, rich_markup_mode=None)
Context = typer.Context


def mount(app: typer.Typer) -> None:
    """Add these words to the program's."""
    app.add_typer(till_app, name="till")


@till_app.command("list")
def list_tills(context: Context) -> None:
    """List the tills."""
    call, _actor = call_for(context, Permission.SALES_VIEW)
    rows = call.shop().ask(tills_list)
    show_table(
        call,
        ("till", "name", "warehouse", "printer", "active"),
        [
            (
                row.code,
                row.name,
                row.warehouse,
                None if row.printer is None else f"{row.printer.kind} {row.printer.address}",
                row.is_active,
            )
            for row in rows
        ],
    )


@till_app.command("add")
def add_till(
    context: Context,
    code: str,
    name: Annotated[str, typer.Option()] = "",
    warehouse: Annotated[str | None, typer.Option(help="the one it sells from; else the shop's first")] = None,
) -> None:
    """Add a till."""
    call, actor = call_for(context, Permission.TILL_EDIT)
    made = call.shop().execute(create_till, CreateTill(code, name, warehouse), actor)
    call.print(_("Till {till} is ready.").format(till=made.code), till=made.code)


@till_app.command("enable")
def enable_till(context: Context, code: str) -> None:
    """Take a till into use again."""
    _till_active(context, code, True)


@till_app.command("disable")
def disable_till(context: Context, code: str) -> None:
    """Take a till out of use; its shift must be closed."""
    _till_active(context, code, False)


@till_app.command("printer")
def printer(
    context: Context,
    code: str,
    kind: Annotated[str, typer.Argument(help="network, device, queue, folder or none")],
    address: Annotated[str, typer.Argument(help="host:port, path or queue")] = "",
    pdf: Annotated[bool, typer.Option("--pdf", help="an office printer or a folder of PDF")] = False,
    drawer: Annotated[bool, typer.Option("--drawer", help="a cash drawer hangs on it")] = False,
) -> None:
    """Give a till another printer, or none."""
    call, actor = call_for(context, Permission.TILL_EDIT)
    till_id, version = call.shop().ask(_till_version, code)
    config = None
    if kind != "none":
        chosen = "pdf" if pdf else "escpos"
        config = PrinterConfig(kind=kind, address=address, format=chosen, opens_drawer=drawer)  # type: ignore[arg-type]
    call.shop().execute(set_printer, SetPrinter(till_id, version, config), actor)
    call.print(_("The printer of till {till} is set.").format(till=code), till=code, printer=kind)


@till_app.command("enrol")
def enrol(context: Context, code: str) -> None:
    """Make this machine the till, so that PINs work here."""
    call, actor = call_for(context, Permission.TILL_EDIT)
    store = secret_store()
    done = enrolment.enrol_this_till(call.shop(), store, call.shop().ask(_till_version, code)[0], actor)
    sentence = _("This machine is now till {till}.").format(till=done.code)
    call.print(f"{sentence} {store.description}", till=done.code, secrets=store.kind)


@till_app.command("leave")
def leave(context: Context) -> None:
    """This machine is no till any more."""
    call, actor = call_for(context, Permission.TILL_EDIT)
    enrolment.leave_till(call.shop(), secret_store(), actor)
    call.print(_("This machine is no till any more."), ok=True)


def _till_active(context: Context, code: str, active: bool) -> None:
    call, actor = call_for(context, Permission.TILL_EDIT)
    row = next((row for row in call.shop().ask(tills_list) if row.code == code), None)
    if row is None:
        raise NotFound(_("Till"), code)
    command = EditTill(row.id, row.version, row.name, row.warehouse_id, active)
    call.shop().execute(edit_till, command, actor)
    sentence = _("Till {till} is in use.") if active else _("Till {till} is out of use.")
    call.print(sentence.format(till=code), till=code, active=active)


def _till_version(reader: Reader, code: str) -> tuple[int, int]:
    for row in tills_list(reader):
        if row.code == code:
            return row.id, row.version
    raise NotFound(_("Till"), code)
