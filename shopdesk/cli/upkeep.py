"""Words that keep a shop in order: migrate, doctor, backup, restore, verify, seed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shopdesk.cli.context import DONE, REFUSED, Call, UsageError
from shopdesk.core.errors import DatabaseDamaged, NotPermitted
from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.permissions import Permission
from shopdesk.db.database import Database

if TYPE_CHECKING:
    from shopdesk.books.doctor import DoctorReport


def mount(app: typer.Typer) -> None:
    """Add the words."""
    for word in (migrate, doctor, backup, restore, verify, seed):
        app.command()(word)


def _call(context: typer.Context) -> Call:
    call: Call = context.obj
    return call


def _require(call: Call, permission: Permission) -> None:
    if not call.actor().may(permission):
        raise NotPermitted(permission.value)


def migrate(
    context: typer.Context,
    no_backup: Annotated[bool, typer.Option("--no-backup", help="upgrade without a backup")] = False,
) -> None:
    """Back up, then upgrade the schema to the newest."""
    from shopdesk.db.upkeep import upgrade

    call = _call(context)
    kept = upgrade(Database(call.address), no_backup=no_backup)
    if kept is None:
        call.print(_("The shop's schema is the newest."), ok=True)
    else:
        call.print(_("Upgraded. The shop as it was is in {file}.").format(file=kept), ok=True, backup=str(kept))


def doctor(
    context: typer.Context,
    fast: Annotated[bool, typer.Option("--fast", help="only what is recent or cheap")] = False,
    anchor: Annotated[list[str] | None, typer.Option(help="a head that must be in the chain; repeated")] = None,
) -> int:
    """Prove the books: every invariant, its violations and what to do about them."""
    from shopdesk.books.doctor import run_doctor

    call = _call(context)
    try:
        database = call.shop().database
        _require(call, Permission.DOCTOR)
    except DatabaseDamaged:
        if call.user or call.environ.get("SHOPDESK_API_KEY"):
            raise  # who may not be asked of a damaged shop is nobody
        database = Database(call.address)
    report = run_doctor(database, fast=fast, anchors=tuple(anchor or ()))
    if call.json:
        for line in report.lines():
            print(json.dumps(line, ensure_ascii=False))
    else:
        _tell(report)
    return DONE if report.ok else REFUSED


def _tell(report: DoctorReport) -> None:
    """The report for a person: a line an invariant, samples and a hint where something is wrong."""
    for finding in report.findings:
        state = "-" if finding.skipped else str(finding.violations or _("ok"))
        print(f"{finding.id}  {state:>6}  {_(finding.name)}")
        for sample in finding.samples:
            print(f"             {sample}")
        if finding.violations:
            print(f"             -> {_(finding.hint)}")
    wrong = sum(bool(finding.violations) for finding in report.findings)
    sentence = ngettext("{count} rule is broken.", "{count} rules are broken.", wrong).format(count=wrong)
    print(_("The books are in order.") if report.ok else sentence)


def backup(
    context: typer.Context,
    file: Path,
    encrypt: Annotated[bool, typer.Option("--encrypt", help="passphrase in SHOPDESK_PASSPHRASE")] = False,
) -> None:
    """Copy the shop into a file while it is in use."""
    from shopdesk.books.keeping import back_up

    call = _call(context)
    shop = call.shop()
    _require(call, Permission.BACKUP)
    manifest = back_up(shop, file, call.actor(), passphrase=_passphrase(needed=encrypt) if encrypt else None)
    call.print(_("The backup is in {file}.").format(file=file), ok=True, file=str(file), heads=manifest.heads)


def restore(
    context: typer.Context,
    file: Path,
    replace: Annotated[bool, typer.Option("--replace", help="put it in place of the shop that is there")] = False,
    anchor: Annotated[list[str] | None, typer.Option(help="a head that the backup must contain; repeated")] = None,
) -> int:
    """Put a backup back; the shop that was there is kept beside it."""
    from shopdesk.books.keeping import restore_backup

    call = _call(context)
    database = Database(call.address)
    by = ""
    if replace and database.exists:
        _require(call, Permission.RESTORE)
        by = call.actor().username
        call.close()
    restored = restore_backup(
        database, file, passphrase=_passphrase(needed=False), replace=replace, anchors=tuple(anchor or ()), by=by
    )
    text = _("The shop is restored.")
    if restored.kept is not None:
        text += " " + _("What was there is in {file}.").format(file=restored.kept)
    wrong = [finding.id for finding in restored.report.findings if finding.violations]
    if "I21" in wrong:
        text += " " + _("It is an older copy: a head that you named is not in it.")
    if wrong:
        text += " " + _("Look at it with 'shopdesk doctor': {rules}.").format(rules=", ".join(wrong))
    kept = str(restored.kept) if restored.kept else None
    call.print(text, ok=not wrong, kept=kept, heads=restored.heads, rules=wrong)
    return REFUSED if wrong else DONE


def verify(
    context: typer.Context,
    file: Path,
    anchor: Annotated[list[str] | None, typer.Option(help="a head that the backup must contain; repeated")] = None,
) -> int:
    """Restore a backup aside and run the doctor on it."""
    from shopdesk.books.keeping import verify_backup

    call = _call(context)
    report = verify_backup(
        file, passphrase=_passphrase(needed=False), anchors=tuple(anchor or ()), database=Database(call.address)
    )
    wrong = [finding.id for finding in report.findings if finding.violations]
    if report.ok:
        call.print(_("The backup is sound."), ok=True, heads=report.heads)
        return DONE
    call.print(_("The backup is not sound: {rules}.").format(rules=", ".join(wrong)), ok=False, rules=wrong)
    return REFUSED


def seed(
    context: typer.Context,
    products: Annotated[int, typer.Option(min=0)] = 1000,
    customers: Annotated[int, typer.Option(min=0)] = 200,
    orders: Annotated[int, typer.Option(min=0)] = 5000,
    days: Annotated[int, typer.Option(min=1)] = 90,
    seed: Annotated[int, typer.Option()] = 1,
) -> None:
    """Fill a shop with plausible history."""
    from shopdesk.books.seed import seed_shop
    from shopdesk.cli.progress import shown_progress

    call = _call(context)
    shop = call.shop()
    _require(call, Permission.SETTINGS_EDIT)
    with shown_progress({"products": N_("Products"), "customers": N_("Customers"), "orders": N_("Sales")}) as tell:
        done = seed_shop(
            shop, products=products, customers=customers, orders=orders, days=days, seed=seed, progress=tell
        )
    call.print(_("The shop is filled."), ok=True, **done)


def _passphrase(*, needed: bool) -> str | None:
    passphrase = os.environ.get("SHOPDESK_PASSPHRASE")
    if needed and not passphrase:
        raise UsageError(_("put the passphrase in SHOPDESK_PASSPHRASE."))
    return passphrase or None
