"""What leaves the shop as a file is written down before the first row is read."""

from __future__ import annotations

from dataclasses import dataclass

from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.audit import record

FORMATS = ("csv", "xlsx", "pdf")


@dataclass(frozen=True, slots=True)
class BeginExport:
    """A list that is about to be written to a file: its key, the kind of file, the columns, and whether it was narrowed.

    What was searched for stays out: it may be somebody's name.
    """

    screen: str
    format: str
    columns: tuple[str, ...]
    narrowed: bool = False


def begin_export(uow: UnitOfWork, command: BeginExport) -> None:
    """Write down that a list leaves the shop; raises NotPermitted for who may not export."""
    uow.require(Permission.EXPORT)
    if command.format not in FORMATS:
        raise BadField("format", _("must be one of {formats}.").format(formats=", ".join(FORMATS)))
    details = {"format": command.format, "columns": list(command.columns), "narrowed": command.narrowed}
    record(uow, "list.exported", target_type="list", target_id=command.screen, details=details)
