"""Labels of parcels from the command line: the very bytes that would print."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from shopdesk.cli.context import Call, UsageError
from shopdesk.core.i18n import _

Context = typer.Context


def mount(app: typer.Typer) -> None:
    """Add this word to the program's."""
    app.command(name="label")(label)


def label(
    context: Context,
    number: str,
    format: Annotated[str, typer.Option(help="pdf or zpl")] = "pdf",
    size: Annotated[str, typer.Option(help="a6 or 4x6")] = "",
    dpi: Annotated[int, typer.Option(help="203 or 300, of a ZPL printer")] = 203,
) -> None:
    """Write a parcel's shipping label to standard output; NUMBER is the parcel's or its tracking number."""
    sys.stdout.buffer.write(label_bytes(context.obj, number, format, size, dpi))
    sys.stdout.buffer.flush()


def label_bytes(call: Call, number: str, format: str, size: str, dpi: int) -> bytes:
    """A parcel's label, which is kept with it. Raises UnknownShipment, WrongStep and UsageError."""
    from shopdesk.fulfilment.parcel_labels import LABEL_KINDS, MakeLabels, make_labels
    from shopdesk.printing.parcel_label import PARCEL_FORMATS

    kind: Any = format  # Any: one of the words, as checked
    dots: Any = dpi  # Any: one of the two, as checked
    if kind not in LABEL_KINDS:
        raise UsageError(_("--format is pdf or zpl."))
    if size and size not in PARCEL_FORMATS:
        raise UsageError(_("--size is a6 or 4x6."))
    if dots not in (203, 300):
        raise UsageError(_("--dpi is 203 or 300."))
    command = MakeLabels(shipments=(number,), kind=kind, size=size, dots=dots)
    return make_labels(call.shop(), command, call.actor()).data
