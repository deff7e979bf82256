"""Reviews: written on a customer's page, looked at in a list of their own, averaged on the product's page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from shopdesk.core.i18n import N_, _, ngettext
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import Reader
from shopdesk.marketing.reviews import (
    REVIEW_SORTS,
    ProductRating,
    ReviewChosen,
    ReviewRow,
    SetReviewStatus,
    WriteReview,
    bought_products,
    product_rating,
    remove_review,
    reviews_page,
    set_review_status,
    write_review,
)
from shopdesk.ui.kit.columns import Column, Kind, State, flag, moment, state, text
from shopdesk.ui.kit.detail_pane import facts
from shopdesk.ui.kit.form_dialog import Form, open_form
from shopdesk.ui.kit.form_view import Field, Holds
from shopdesk.ui.kit.list_view import ListView
from shopdesk.ui.kit.messages import ask
from shopdesk.ui.kit.operations import Operation, question_failed
from shopdesk.ui.kit.record_view import RecordView
from shopdesk.ui.kit.specs import BulkEdit, Command, Empty, ListScreen, Pick, choice
from shopdesk.ui.kit.widgets import Label, named, vbox
from shopdesk.ui.screens.customer_tabs import owner_of

_APPROVE = Permission.CATALOGUE_APPROVE
STARS = tuple((stars, "★" * stars + "☆" * (5 - stars)) for stars in (5, 4, 3, 2, 1))
STATES = {
    "pending": State(N_("Waits"), "warning", "timer-sand"),
    "approved": State(N_("Approved"), "success", "check"),
    "rejected": State(N_("Rejected"), "secondary", "cancel"),
}


def stars_of(row: ReviewRow) -> str:
    """The rating as stars."""
    return dict(STARS)[row.rating]


def review_form(customer_id: int) -> Form:
    """The form of a review; the products offered are those that the customer bought."""

    def bought(reader: Reader) -> Sequence[tuple[object, str]]:
        return bought_products(reader, customer_id)

    return Form(
        key="customers.review",
        title=N_("Review"),
        command=WriteReview,
        use_case=write_review,
        fields=(
            Field("product_id", N_("Product"), Holds.CHOICE, required=True, query=bought),
            Field("rating", N_("Stars"), Holds.CHOICE, required=True, options=STARS),
            Field("title", N_("In a few words"), max_length=120),
            Field("text", N_("Review"), Holds.LONG),
        ),
        given=("customer_id", "review_id", "version"),
        act=N_("Save review"),
        said=N_("The review waits for approval."),
    )


def write(view: ListView, _rows: Sequence[Any]) -> None:
    """Write a review of something the customer bought."""
    customer_id = owner_of(view)
    open_form(view, view.desk, review_form(customer_id), values={"rating": 5}, given={"customer_id": customer_id})


def change(view: ListView, rows: Sequence[ReviewRow]) -> None:
    """Change a review; it waits for approval again."""
    row = rows[0]
    form = review_form(row.customer_id)
    values = {field.key: getattr(row, field.key) for field in form.fields}
    given = {"customer_id": row.customer_id, "review_id": row.id, "version": row.version}
    open_form(view, view.desk, form, values=values, given=given)


def move_to(status: str, said: str, view: ListView, rows: Sequence[ReviewRow]) -> None:
    """Approve or reject the chosen reviews."""
    command = SetReviewStatus(tuple(row.id for row in rows), status)
    Operation(set_review_status, command, said=said).run(view.desk, view)


def remove(view: ListView, rows: Sequence[ReviewRow]) -> None:
    """Remove a review for good."""
    row = rows[0]
    ask(
        view,
        _("Remove this review?"),
        _("The review of {product} by {name} is deleted for good.").format(product=row.product, name=row.customer),
        _("Remove review"),
        lambda: Operation(remove_review, ReviewChosen(row.id), said=N_("The review was removed.")).run(view.desk, view),
        danger=True,
    )


def detail(view: ListView, row: ReviewRow) -> QWidget:
    """A review in full."""
    pairs = [
        (_("Product"), row.product),
        (_("Customer"), row.customer),
        (_("Stars"), stars_of(row)),
        (_("In a few words"), row.title),
        (_("Review"), row.text),
        (_("Bought here"), _("yes, by the sales") if row.is_verified_purchase else _("not found in the sales")),
        (_("Written"), view.desk.formats.full_moment(row.created_at)),
    ]
    return facts([pair for pair in pairs if pair[1]], "review_facts")


_STARS = Column("rating", N_("Stars"), Kind.TEXT, 96, read=stars_of)
_MODERATION = (
    Command(
        "approve",
        N_("Approve"),
        partial(move_to, "approved", N_("The review counts from now on.")),
        "check",
        _APPROVE,
        on=Pick.MANY,
        ready=lambda row: row.status != "approved",
    ),
    Command(
        "reject",
        N_("Reject"),
        partial(move_to, "rejected", N_("The review was rejected.")),
        "cancel",
        _APPROVE,
        on=Pick.MANY,
        ready=lambda row: row.status != "rejected",
    ),
    Command("remove", N_("Remove"), remove, "delete-outline", _APPROVE, "Ctrl+Del", danger=True),
)
REVIEWS = ListScreen(
    key="reviews.reviews",
    title=N_("Reviews"),
    glyph="star-outline",
    needs=_APPROVE,
    page=reviews_page,
    row=ReviewRow,
    sorts=REVIEW_SORTS,
    sort="newest",
    descending=True,
    search="",
    columns=(
        text("product", N_("Product"), stretch=True),
        _STARS,
        text("title", N_("In a few words"), width=216),
        text("customer", N_("Customer"), width=160),
        flag("is_verified_purchase", N_("Bought"), width=88),
        state("status", N_("State"), STATES, width=120),
        moment("created_at", N_("Written"), sort="newest"),
    ),
    filters=(
        choice("status", N_("State"), tuple((key, one.word) for key, one in STATES.items())),
        choice("rating", N_("Stars"), STARS),
    ),
    commands=_MODERATION,
    refresh_on={"Review"},
    detail=detail,
    empty=Empty("star-outline", N_("Reviews are written on the page of the customer who bought.")),
    minor=("customer", "is_verified_purchase", "title"),
    bulk=BulkEdit(
        title=N_("Change several reviews"),
        needs=_APPROVE,
        fields=(
            Field(
                "status",
                N_("State"),
                Holds.CHOICE,
                options=(("approved", N_("Approved")), ("rejected", N_("Rejected"))),
            ),
        ),
        use_case=set_review_status,
        make=lambda rows, values: SetReviewStatus(tuple(row.id for row in rows), str(values["status"])),
    ),
)
REVIEWS_OF_CUSTOMER = ListScreen(
    key="customers.reviews",
    title=N_("Reviews"),
    glyph="star-outline",
    needs=Permission.CUSTOMER_LIST,
    page=reviews_page,
    row=ReviewRow,
    sorts=REVIEW_SORTS,
    sort="newest",
    descending=True,
    search="",
    columns=(
        text("product", N_("Product"), stretch=True),
        _STARS,
        text("title", N_("In a few words"), width=216),
        flag("is_verified_purchase", N_("Bought"), width=88),
        state("status", N_("State"), STATES, width=120),
        moment("created_at", N_("Written"), sort="newest"),
    ),
    commands=(
        Command(
            "write", N_("Write review"), write, "plus", Permission.CUSTOMER_EDIT, "Ctrl+N", Pick.NONE, primary=True
        ),
        Command("change", N_("Edit"), change, "pencil-outline", Permission.CUSTOMER_EDIT, "Ctrl+E"),
        *_MODERATION,
    ),
    refresh_on={"Review", "Order"},
    detail=detail,
    empty=Empty("star-outline", N_("No review by this customer yet."), "write"),
    on_open="change",
    minor=("title", "is_verified_purchase"),
    export=False,
)
REVIEWS_OF_PRODUCT = ListScreen(
    key="products.reviews",
    title=N_("Reviews"),
    glyph="star-outline",
    needs=Permission.CATALOGUE_VIEW,
    page=reviews_page,
    row=ReviewRow,
    sorts=REVIEW_SORTS,
    sort="newest",
    descending=True,
    search="",
    columns=(
        _STARS,
        text("title", N_("In a few words"), width=216),
        text("text", N_("Review"), stretch=True),
        flag("is_verified_purchase", N_("Bought"), width=88),
        state("status", N_("State"), STATES, width=120),
        moment("created_at", N_("Written"), sort="newest"),
    ),
    filters=(choice("status", N_("State"), tuple((key, one.word) for key, one in STATES.items())),),
    commands=_MODERATION,
    refresh_on={"Review"},
    detail=detail,
    empty=Empty("star-outline", N_("Nobody has reviewed this product yet.")),
    minor=("title", "is_verified_purchase"),
    export=False,
)


def average_words(rating: ProductRating) -> str:
    """What the approved reviews come to, in words."""
    if not rating.count:
        return _("No approved review yet.")
    whole, tenth = divmod(rating.average_tenths, 10)
    words = ngettext(
        "{average} of 5 stars, from {count} approved review",
        "{average} of 5 stars, from {count} approved reviews",
        rating.count,
    )
    return words.format(average=f"{whole}.{tenth}", count=rating.count)


class ProductReviews(QWidget):
    """A product's average above its reviews."""

    def __init__(self, page: RecordView, product_id: int) -> None:
        super().__init__()
        named(self, "product_reviews", _("Reviews"))
        self._page = page
        self._product_id = product_id
        column = vbox(self)
        self.average = Label("", "product_average", tone="secondary")
        column.addWidget(self.average)
        self.view = ListView(REVIEWS_OF_PRODUCT, page.desk, page.memory, inner=True)
        self.view.fixed = {"product_id": product_id}
        self.view.context = page
        column.addWidget(self.view, 1)
        page.desk.changed.connect(self._changed)
        self._look()

    def show_record(self, _record: Any) -> None:
        """The product was read again."""
        self._look()

    def take_focus(self) -> None:
        """The keyboard goes to the table."""
        self.view.table.setFocus()

    def _changed(self, names: frozenset[str]) -> None:
        if names & {"Review", "*"}:
            self._look()

    def _look(self) -> None:
        self._page.desk.ask(
            product_rating,
            self._product_id,
            done=lambda rating: self.average.setText(average_words(rating)),
            failed=question_failed(self),
            owner=self,
            key="rating",
        )
