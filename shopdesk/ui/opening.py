"""What is done in a thread while the sign-in is already to be seen: import the shop's code, open it, look who may come in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from shopdesk.core.clock import EPOCH
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import language
from shopdesk.core.secrets import SecretStore, secret_store
from shopdesk.db.shop import Shop
from shopdesk.db.upkeep import check_schema
from shopdesk.system.enrolment import ThisTill, this_till
from shopdesk.system.people import sign_in_choices
from shopdesk.system.refresh import resume
from shopdesk.system.settings import ShopSettings, shop_settings
from shopdesk.system.sign_in import SignedIn
from shopdesk.ui.kit.formats import Formats
from shopdesk.ui.login import Person


@dataclass(frozen=True, slots=True)
class Opened:
    """An open shop and what the sign-in shows of it."""

    shop: Shop
    settings: ShopSettings
    secrets: SecretStore
    till: ThisTill | None
    people: tuple[Person, ...]
    kept: SignedIn | None

    @property
    def formats(self) -> Formats:
        """How this shop writes figures."""
        return Formats(self.settings.currency, self.settings.language, self.settings.timezone)


def open_for_window(address: str, open_shop: Callable[[str], Shop]) -> Opened | None:
    """Open the shop at an address; None where there is none yet. Raises ShopError for one that cannot be used."""
    shop = open_shop(address)
    try:
        if not shop.database.exists:
            shop.close()
            return None
        check_schema(shop.database)
    except ShopError as error:
        shop.close()
        if error.code == "no_shop":
            return None
        raise
    return look_around(shop)


def look_around(shop: Shop) -> Opened:
    """Read what the sign-in needs of an open shop."""
    settings = shop.ask(shop_settings)
    secrets = secret_store()
    till = this_till(shop, secrets)
    till_id = till.till_id if till is not None else None
    kept = None
    with contextlib.suppress(ShopError):
        kept = resume(shop, secrets, till_id=till_id)
    return Opened(shop, settings, secrets, till, people_of(shop, till_id), kept)


def people_of(shop: Shop, till_id: int | None) -> tuple[Person, ...]:
    """Who may come in by PIN at this till."""
    if till_id is None:
        return ()
    return tuple(
        Person(choice.username, choice.display_name, choice.role_name, choice.pin_ready)
        for choice in shop.ask(sign_in_choices, till_id)
    )


def warm() -> None:
    """Load the tables of currencies and dates here, so that no list waits for them on the GUI thread."""
    formats = Formats(language=language())
    formats.money(0)
    formats.amount(0)
    formats.sign()
    formats.full_moment(EPOCH)
    formats.moment(EPOCH)
