"""The making of a shop from the answers of the first run; slow work for a lane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import list_currencies

from shopdesk.books.founding import found_shop
from shopdesk.books.spec import ShopSpec, TaxRateSpec, TillSpec, UserSpec, check_spec, machine_timezone
from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _, language
from shopdesk.core.money import PPM
from shopdesk.db.shop import Shop
from shopdesk.parties.countries import shipped_countries
from shopdesk.printing.config import PrinterConfig
from shopdesk.sales.tills import SetPrinter, set_printer, tills_list
from shopdesk.system import passwords
from shopdesk.system.enrolment import enrol_this_till
from shopdesk.system.sessions import sign_out
from shopdesk.system.sign_in import SignIn, sign_in
from shopdesk.ui.opening import Opened, look_around
from shopdesk.ui.presence import rights_of

Option = tuple[object, str]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the first run offers to choose from."""

    countries: tuple[Option, ...]
    currencies: tuple[Option, ...]
    timezones: tuple[Option, ...]
    timezone: str


@dataclass(slots=True)
class Answers:
    """What was answered so far, step by step."""

    shop: dict[str, Any] = field(default_factory=dict)
    taxes: dict[str, Any] = field(default_factory=dict)
    owner: dict[str, Any] = field(default_factory=dict)
    till: dict[str, Any] = field(default_factory=dict)


def choices() -> Choices:
    """Countries, currencies and zones by their names."""
    locale = Locale.parse(language())
    countries = sorted(
        ((code, locale.territories.get(code, name)) for code, name, _states in shipped_countries()), key=_by_word
    )
    names = locale.currencies
    currencies = sorted(((code, f"{code} {names[code]}") for code in list_currencies() if code in names), key=_by_word)
    zones = tuple((zone, zone) for zone in sorted(available_timezones()))
    return Choices(tuple(countries), tuple(currencies), zones, machine_timezone())


def check_owner(values: dict[str, Any]) -> None:
    """Refuse secrets that are not good enough before anything is made; raises with the field's name."""
    if values["password"] != values["again"]:
        raise BadField("again", _("the two are not the same."))
    if values["pin"]:
        passwords.check_pin(values["pin"])
    passwords.check_password(values["password"], username=values["username"], has_pin=bool(values["pin"]))


def spec_of(answers: Answers) -> ShopSpec:
    """The description of the shop that was answered; raises BadSpec."""
    shop, taxes, owner, till = answers.shop, answers.taxes, answers.owner, answers.till
    rates = tuple(
        TaxRateSpec(code=code, name=taxes["tax_name"], rate=_exact(taxes[f"{code}_ppm"]))
        for code in ("std", "red")
        if taxes[f"{code}_ppm"]
    )
    spec = ShopSpec(
        name=shop["name"],
        currency=shop["currency"],
        country=shop["country"],
        timezone=shop["timezone"],
        prices_include_tax=bool(taxes["prices_include_tax"]),
        tax_rounding=taxes["tax_rounding"],
        tax_rates=rates,
        tills=(TillSpec(code=till["code"], name=till["till_name"]),),
        users=(
            UserSpec(
                username=owner["username"],
                role="owner",
                password=owner["password"],
                pin=owner["pin"] or None,
                first_name=owner["first_name"],
                last_name=owner["last_name"],
            ),
        ),
    )
    check_spec(spec)
    return spec


def printer_of_answers(till: dict[str, Any]) -> PrinterConfig | None:
    """The printer that was answered, None for none; raises BadField."""
    if till["kind"] == "none":
        return None
    if till["kind"] == "folder":
        return PrinterConfig(kind="folder", address=till["address"], format="pdf", paper="80mm")
    return PrinterConfig(kind=till["kind"], address=till["address"], opens_drawer=bool(till["opens_drawer"]))


def found_and_open(address: str, answers: Answers, open_shop: Callable[[str], Shop]) -> Opened:
    """Make the shop, set its printer, make this machine its till, and let the owner in."""
    printer = printer_of_answers(answers.till)
    found_shop(address, spec_of(answers))
    shop = open_shop(address)
    opened = look_around(shop)
    owner = answers.owner
    first = sign_in(shop, SignIn(owner["username"], owner["password"]))
    actor = shop.ask(rights_of, first.actor)
    till = shop.ask(tills_list)[0]
    if printer is not None:
        shop.execute(set_printer, SetPrinter(till.id, till.version, printer), actor)
    here = enrol_this_till(shop, opened.secrets, till.id, actor)
    sign_out(shop, first.token)
    session = sign_in(shop, SignIn(owner["username"], owner["password"], till_id=here.till_id, device=here.device))
    return replace(opened, till=here, kept=session)


def make_demo_and_open(address: str, make_demo: Callable[[str], object], open_shop: Callable[[str], Shop]) -> Opened:
    """Make the demo shop and open it."""
    make_demo(address)
    return look_around(open_shop(address))


def _exact(ppm: int) -> str:
    whole, part = divmod(ppm, PPM)
    return f"{whole}.{part:06d}"


def _by_word(option: Option) -> str:
    return option[1].casefold()
