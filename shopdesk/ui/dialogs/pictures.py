"""A picture for a product: chosen from the disk, cleaned on a lane, then stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog

from shopdesk.catalogue.pictures import AddPicture, CleanPicture, add_picture, clean_picture
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import Operation, show_refusal
from shopdesk.ui.kit.widgets import named

LARGEST_BYTES = 20 * 1024 * 1024


def choose_picture(view: ListView, rows: Sequence[Any]) -> None:
    """Ask for a file and make it a picture of the product."""
    dialog = named(QFileDialog(view, _("A picture of the product")), "choose_picture", _("A picture of the product"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(_("Pictures (*.png *.jpg *.jpeg *.webp *.gif *.bmp)"))
    dialog.fileSelected.connect(lambda path: add_file(view, rows[0].id, Path(path)))
    dialog.open()


def add_file(view: ListView, product_id: int, file: Path) -> None:
    """Read and clean a file away from the window, then store it."""

    def failed(error: BaseException) -> None:
        if isinstance(error, OSError):
            view.messages.refuse(_("The file cannot be read: {problem}").format(problem=error.strerror or file.name))
        elif isinstance(error, ShopError):
            show_refusal(view, error)
        else:
            raise error

    def cleaned(picture: CleanPicture) -> None:
        operation = Operation(add_picture, AddPicture(product_id, picture), said=N_("The picture was added."))
        operation.run(view.desk, view)

    view.desk.lanes.read(lambda: clean_picture(_content(file)), cleaned, failed=failed, owner=view)


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LARGEST_BYTES + 1)  # one more than is allowed: clean_picture says what is too large
