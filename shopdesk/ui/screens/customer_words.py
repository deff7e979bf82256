"""What the pages of customers call things."""

from __future__ import annotations

from shopdesk.core.i18n import N_, _
from shopdesk.db.unit import Reader
from shopdesk.parties.doubles import NAME_AND_MAIL, NAME_AND_TOWN, SAME_CARD, SAME_MAIL, SAME_NAME, SAME_PHONE
from shopdesk.parties.groups import price_list_choices
from shopdesk.ui.kit.columns import State

STATES = {
    "active": State(N_("Active"), "success", "check"),
    "blocked": State(N_("Blocked"), "warning", "cancel"),
    "erased": State(N_("Erased"), "secondary", "delete-outline"),
    "merged": State(N_("Merged"), "secondary", "account-switch-outline"),
}
ADDRESS_TYPES = {"shipping": N_("Shipping address"), "billing": N_("Billing address")}
CONSENTS = {
    "news_by_mail": N_("News by e-mail"),
    "news_by_phone": N_("News by phone"),
    "profile": N_("Suggestions from what they bought"),
}
SOURCES = {
    "in_person": N_("In person"),
    "in_writing": N_("In writing"),
    "by_mail": N_("By e-mail"),
    "by_phone": N_("By phone"),
    "online": N_("Online"),
}
REASONS = {
    SAME_MAIL: N_("Same e-mail"),
    SAME_CARD: N_("Same customer card"),
    SAME_PHONE: N_("Same phone number"),
    SAME_NAME: N_("Same name"),
    NAME_AND_TOWN: N_("Similar name, same postal code"),
    NAME_AND_MAIL: N_("Similar name, same mail name"),
}
LANGUAGES = (
    ("", N_("The shop's language")),
    ("de", N_("German")),
    ("en", N_("English")),
    ("ar", N_("Arabic")),
    ("fr", N_("French")),
    ("es", N_("Spanish")),
    ("it", N_("Italian")),
    ("nl", N_("Dutch")),
    ("pl", N_("Polish")),
    ("tr", N_("Turkish")),
    ("uk", N_("Ukrainian")),
)


def list_or_none(reader: Reader) -> tuple[tuple[int | None, str], ...]:
    """Price lists for a choice, and none of them."""
    return ((None, _("None")), *price_list_choices(reader))
