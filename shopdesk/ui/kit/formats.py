"""Figures and times as the shop writes them: one object that every screen asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from shopdesk.core import money
from shopdesk.core.clock import shop_time
from shopdesk.core.i18n import _


@dataclass(frozen=True, slots=True)
class Formats:
    """The shop's currency, language and time zone, and what they make of values."""

    currency: str = "EUR"
    language: str = "en"
    timezone: str = "UTC"

    def amount(self, cents: int) -> str:
        """The figure alone: ``1,234.50``."""
        return money.format_amount(cents, self.currency, self.language)

    def money(self, cents: int) -> str:
        """The figure with the currency's sign."""
        return money.format_money(cents, self.currency, self.language)

    def quantity(self, milli: int) -> str:
        """Units in the fewest figures."""
        return money.format_quantity(milli, self.language)

    def percent(self, ppm: int) -> str:
        """A rate as ``19 %``."""
        return f"{money.format_rate(ppm, self.language)} %"

    def sign(self) -> str:
        """The currency's sign, for the heads of money columns."""
        return _sign(self.currency, self.language)

    def moment(self, when: datetime) -> str:
        """Day and minute, short, on the shop's wall."""
        return _moment(self._wall(when).replace(second=0), "short", self.language)

    def full_moment(self, when: datetime) -> str:
        """Day and second in full, for a hover."""
        return _moment(self._wall(when), "long", self.language)

    def time(self, when: datetime) -> str:
        """The minute of the day on the shop's wall."""
        return shop_time(when, self.timezone).strftime("%H:%M")

    def day(self, day: date) -> str:
        """A calendar day, short."""
        return _day(day, self.language)

    def _wall(self, when: datetime) -> datetime:
        # Without its zone: two equal moments in different zones must not be one entry of the cache.
        return shop_time(when, self.timezone).replace(microsecond=0, tzinfo=None)

    def parse_amount(self, text: str, *, field: str = "amount_cents") -> int:
        """Minor units of what a person typed; raises BadAmount."""
        return money.parse_amount(text, self.currency, field=field)

    def places(self) -> int:
        """How many decimals the currency has."""
        return money.decimals(self.currency)


def yes_no(value: object) -> str:
    """A truth in words."""
    return _("yes") if value else _("no")


@lru_cache(maxsize=8)
def _sign(currency: str, language: str) -> str:
    from babel.numbers import get_currency_symbol

    return str(get_currency_symbol(currency, locale=language))


@lru_cache(maxsize=4096)
def _moment(wall: datetime, style: str, language: str) -> str:
    from babel.dates import format_date, format_time

    if style == "long":
        return f"{format_date(wall, 'full', locale=language)}, {format_time(wall, 'medium', locale=language)}"
    return f"{format_date(wall, 'medium', locale=language)} {wall:%H:%M}"


@lru_cache(maxsize=1024)
def _day(day: date, language: str) -> str:
    from babel.dates import format_date

    return str(format_date(day, "medium", locale=language))
