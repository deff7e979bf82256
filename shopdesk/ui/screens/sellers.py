"""Sellers: whose goods the shop sells beside its own, entered, verified, approved and suspended."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from shopdesk.catalogue.pictures import CleanPicture, PictureRefused, clean_picture, picture
from shopdesk.catalogue.seller_logos import SetSellerLogo, set_seller_logo
from shopdesk.core.i18n import N_, _
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.parties.sellers import (
    SELLER_SORTS,
    SaveSeller,
    SellerRow,
    SetSellerStatus,
    person_choices,
    save_seller,
    seller_card,
    sellers_page,
    set_seller_status,
)
from shopdesk.ui.kit.columns import State, flag, moment, percent, state, text
from shopdesk.ui.kit.detail_pane import facts, later
from shopdesk.ui.kit.form_dialog import Form, Fresh, Shown, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.specs import BulkEdit, Command, Empty, ListScreen, Pick, choice
from shopdesk.ui.kit.widgets import Label, named

_EDIT, _APPROVE = Permission.CATALOGUE_EDIT, Permission.CATALOGUE_APPROVE
_LOGO_SIZE = 160
STATES = {
    "pending": State(N_("Pending"), "warning", "timer-sand"),
    "approved": State(N_("Approved"), "success", "check"),
    "suspended": State(N_("Suspended"), "danger", "cancel"),
}
_WORDS = tuple((key, one.word) for key, one in STATES.items())


def _people(reader: Reader) -> tuple[tuple[int | None, str], ...]:
    return ((None, _("Nobody")), *person_choices(reader))


FORM = Form(
    key="sellers.seller",
    title=N_("Seller"),
    command=SaveSeller,
    use_case=save_seller,
    fields=(
        Field("store_name", N_("Store name"), required=True, max_length=100),
        Field("slug", N_("Short name"), max_length=100, help=N_("For addresses and files; empty: made of the name.")),
        Field("description", N_("Description"), Holds.LONG),
        Field("business_email", N_("E-mail"), max_length=254, none_if_empty=True),
        Field("business_phone", N_("Phone"), max_length=40, none_if_empty=True),
        Field("user_id", N_("Signs in as"), Holds.CHOICE, query=_people),
        Field("commission_ppm", N_("The shop keeps"), Holds.PERCENT),
        Field("is_verified", N_("Identity verified"), Holds.YES),
    ),
    given=("seller_id", "version"),
    act=N_("Save seller"),
    said=N_("The seller was saved."),
    make=lambda values: SaveSeller(**{**values, "commission_ppm": values["commission_ppm"] or 0}),
    entity="seller",
)


def _shown(row: SellerRow) -> Shown:
    values = {field.key: getattr(row, field.key) for field in FORM.fields}
    return Shown(values, {"seller_id": row.id, "version": row.version})


def new(view: ListView, _rows: Sequence[Any]) -> None:
    """Enter a seller."""
    open_form(view, view.desk, FORM)


def edit(view: ListView, rows: Sequence[SellerRow]) -> None:
    """Change a seller as it is now."""

    def ready(row: SellerRow) -> None:
        now = _shown(row)
        fresh = Fresh(seller_card, (row.id,), _shown)
        open_form(view, view.desk, FORM, values=now.values, given=now.given, fresh=fresh, entity_id=row.id)

    view.desk.ask(seller_card, rows[0].id, done=ready, failed=question_failed(view), owner=view, key="card")


def move_to(status: str, said: str, view: ListView, rows: Sequence[SellerRow]) -> None:
    """Approve or suspend the chosen sellers."""
    command = SetSellerStatus(tuple(row.id for row in rows), status)
    Operation(set_seller_status, command, said=said).run(view.desk, view)


def logo(view: ListView, rows: Sequence[SellerRow]) -> None:
    """Choose a picture for a seller's logo."""
    picker = named(QFileDialog(view, _("A logo")), "choose_logo", _("A logo"))
    picker.setFileMode(QFileDialog.FileMode.ExistingFile)
    picker.setNameFilter(_("Pictures (*.png *.jpg *.jpeg *.webp *.gif *.bmp)"))
    picker.fileSelected.connect(lambda path: use_logo(view, rows[0].id, Path(path)))
    picker.open()


def use_logo(view: ListView, seller_id: int, path: Path) -> None:
    """Clean the picture on a task lane, then store it."""

    def clean() -> CleanPicture:
        try:
            return clean_picture(path.read_bytes())
        except OSError:
            raise PictureRefused(_("the file cannot be read.")) from None

    def cleaned(made: CleanPicture) -> None:
        Operation(set_seller_logo, SetSellerLogo(seller_id, made), said=N_("The logo was saved.")).run(view.desk, view)

    view.desk.lanes.read(clean, cleaned, failed=question_failed(view), owner=view)


def no_logo(view: ListView, rows: Sequence[SellerRow]) -> None:
    """Take the logo away."""
    Operation(set_seller_logo, SetSellerLogo(rows[0].id, None), said=N_("The logo was taken away.")).run(
        view.desk, view
    )


def detail(view: ListView, row: SellerRow) -> QWidget:
    """A seller with the logo."""

    def fill(content: bytes | None, column: QVBoxLayout) -> None:
        if content:
            pixels = QPixmap()
            pixels.loadFromData(content)
            shown = Label("", "seller_logo")
            shown.setAccessibleName(_("Logo of {name}").format(name=row.store_name))
            shown.setPixmap(
                pixels.scaled(
                    _LOGO_SIZE,
                    _LOGO_SIZE,
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
            column.addWidget(shown)
        pairs = [
            (_("Short name"), row.slug),
            (_("E-mail"), row.business_email or ""),
            (_("Phone"), row.business_phone or ""),
            (_("Signs in as"), row.username),
            (_("The shop keeps"), view.desk.formats.percent(row.commission_ppm)),
            (_("Description"), row.description),
        ]
        column.addWidget(facts([pair for pair in pairs if pair[1]], "seller_facts"))

    return later(view, _logo_of, row.logo_blob_id, fill=fill)


def _logo_of(reader: Reader, blob_id: int | None) -> bytes | None:
    return None if blob_id is None else picture(reader, blob_id)


SELLERS = ListScreen(
    key="sellers.sellers",
    title=N_("Sellers"),
    glyph="storefront-outline",
    needs=Permission.CATALOGUE_VIEW,
    page=sellers_page,
    row=SellerRow,
    sorts=SELLER_SORTS,
    sort="store_name",
    search=N_("Name, mail or phone"),
    columns=(
        text("store_name", N_("Store name"), stretch=True, sort=True),
        text("business_email", N_("E-mail"), width=216),
        text("business_phone", N_("Phone"), width=136),
        percent("commission_ppm", N_("Keeps"), width=80),
        flag("is_verified", N_("Verified"), width=96),
        state("status", N_("State"), STATES, width=128),
        text("slug", N_("Short name"), hidden=True),
        moment("created_at", N_("Since"), hidden=True, sort="newest"),
    ),
    filters=(choice("status", N_("State"), _WORDS),),
    commands=(
        Command("new", N_("New seller"), new, "plus", _EDIT, "Ctrl+N", Pick.NONE, primary=True),
        Command("edit", N_("Edit"), edit, "pencil-outline", _EDIT, "Ctrl+E"),
        Command(
            "approve",
            N_("Approve"),
            partial(move_to, "approved", N_("The seller was approved.")),
            "check-circle-outline",
            _APPROVE,
            ready=lambda row: row.status != "approved",
        ),
        Command(
            "suspend",
            N_("Suspend"),
            partial(move_to, "suspended", N_("The seller was suspended.")),
            "cancel",
            _APPROVE,
            ready=lambda row: row.status != "suspended",
        ),
        Command("logo", N_("Logo"), logo, "image-outline", _EDIT),
        Command(
            "no_logo",
            N_("Take the logo away"),
            no_logo,
            "image-off-outline",
            _EDIT,
            ready=lambda row: row.logo_blob_id is not None,
        ),
    ),
    refresh_on={"Seller"},
    detail=detail,
    minor=("business_phone", "commission_ppm", "business_email"),
    empty=Empty("storefront-outline", N_("Sellers bring goods that the shop sells for them."), "new"),
    on_open="edit",
    bulk=BulkEdit(
        title=N_("Change several sellers"),
        needs=_APPROVE,
        fields=(
            Field(
                "status",
                N_("State"),
                Holds.CHOICE,
                options=(("approved", N_("Approved")), ("suspended", N_("Suspended"))),
            ),
        ),
        use_case=set_seller_status,
        make=lambda rows, values: SetSellerStatus(tuple(row.id for row in rows), str(values["status"])),
    ),
)
