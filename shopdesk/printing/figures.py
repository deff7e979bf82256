"""Figures of a document in its own language: amounts, quantities, rates, moments.

Babel formats one amount in 30 microseconds and a receipt holds a hundred, so only the signs come from Babel, once a
language; a test holds the result equal to ``core.money.format_amount``.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from shopdesk.core.money import decimals, plain_quantity
from shopdesk.core.paths import resource_path


class Figures:
    """Formats for one language and currency; get one from ``figures``."""

    __slots__ = ("_currency", "_decimal", "_group", "_places", "_scale")

    def __init__(self, language: str, currency: str) -> None:
        self._currency = currency
        self._decimal, self._group = _signs(language)
        self._places = decimals(currency)
        self._scale = 10**self._places

    def amount(self, cents: int) -> str:
        """The figure alone, grouped, with the currency's decimals: ``-1,234.50``."""
        whole, part = divmod(abs(cents), self._scale)
        figure = str(whole) if whole < 1000 else f"{whole:,}".replace(",", self._group)
        if self._places:
            figure = f"{figure}{self._decimal}{part:0{self._places}d}"
        return f"-{figure}" if cents < 0 else figure

    def money(self, cents: int) -> str:
        """The figure with the currency's code, which every printer has: ``EUR 12.50``."""
        return f"{self._currency} {self.amount(cents)}"

    def quantity(self, milli: int, unit: str = "") -> str:
        """Units in the fewest figures, with their unit: ``0.25 kg``."""
        figure = str(plain_quantity(milli)).replace(".", self._decimal)
        return f"{figure} {unit}" if unit else figure

    def rate(self, ppm: int) -> str:
        """A percentage without trailing zeros: 190,000 is ``19%``."""
        whole, part = divmod(ppm, 10_000)
        if not part:
            return f"{whole}%"
        return f"{whole}{self._decimal}{f'{part:04d}'.rstrip('0')}%"

    def moment(self, at: datetime) -> str:
        """Date and wall-clock time, unmistakable in every language: ``2026-11-20 10:05``."""
        return f"{at:%Y-%m-%d %H:%M}"


@lru_cache(maxsize=64)
def figures(language: str, currency: str) -> Figures:
    """The formats for a language and a currency; an unknown language is treated as English."""
    return Figures(language, currency)


@lru_cache(maxsize=16)
def words(language: str) -> Callable[[str], str]:
    """The translation into a document's language, whatever language the window speaks."""
    folder = str(resource_path("locale"))
    return gettext.translation("shopdesk", folder, languages=[language.replace("-", "_")], fallback=True).gettext


@lru_cache(maxsize=16)
def _signs(language: str) -> tuple[str, str]:
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en")
    signs = locale.number_symbols.get("latn", {})
    return str(signs.get("decimal", ".")), str(signs.get("group", ","))
