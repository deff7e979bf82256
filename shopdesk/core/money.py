"""Whole minor units, exact rates and the only rounding in the program.

Amounts are ``int`` minor units of the shop's currency (names end in ``_cents`` whatever the currency), quantities
``int`` thousandths (``_milli``), rates ``int`` parts per million (``_ppm``). One plain representation is shared by SQL,
the journal's bytes and the checkout's hot path; what a Money class would guard is guarded here, by refusing
everything that is not an ``int``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from shopdesk.core.errors import BadAmount

MILLI = 1_000
PPM = 1_000_000
MAX_CENTS = 10**12
MAX_MILLI = 10**9
_FIGURE = re.compile(r"[+-]?(\d{1,20}\.?\d{0,12}|\.\d{1,12})", re.ASCII)


def round_half_away(numerator: int, denominator: int) -> int:
    """Return numerator / denominator rounded half away from zero; symmetric in the sign."""
    if denominator <= 0:
        raise ValueError("denominator must be positive")
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((-2 * numerator + denominator) // (2 * denominator))


def checked_cents(value: int, *, field: str = "amount_cents") -> int:
    """Return ``value`` if it is a whole number of minor units within +-10^12; raises BadAmount."""
    if type(value) is not int or not -MAX_CENTS <= value <= MAX_CENTS:
        raise BadAmount(field)
    return value


def extend(quantity_milli: int, unit_price_cents: int) -> int:
    """Price of a quantity: round(quantity x unit price) in minor units."""
    if quantity_milli % MILLI == 0:
        return quantity_milli // MILLI * unit_price_cents
    return round_half_away(quantity_milli * unit_price_cents, MILLI)


def share(amount_cents: int, rate_ppm: int) -> int:
    """The part of an amount that a rate takes, rounded half away from zero."""
    return round_half_away(amount_cents * rate_ppm, PPM)


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Spread ``total`` over ``weights`` by largest remainder; ties go to the lowest index.

    Non-positive weights get nothing. The parts add up to ``total`` exactly; the sign of ``total`` may be either.
    Raises ValueError when a non-zero total meets no positive weight.
    """
    positive = [weight if weight > 0 else 0 for weight in weights]
    whole = sum(positive)
    if total == 0:
        return [0] * len(positive)
    if whole == 0:
        raise ValueError("nothing to spread over")
    sign, size = (1, total) if total > 0 else (-1, -total)
    parts = [size * weight // whole for weight in positive]
    missing = size - sum(parts)
    if missing:
        by_remainder = sorted(
            (index for index, weight in enumerate(positive) if weight),
            key=lambda index: (-(size * positive[index] % whole), index),
        )
        for index in by_remainder[:missing]:
            parts[index] += 1
    return parts if sign > 0 else [-part for part in parts]


def round_to_step(amount_cents: int, step_cents: int) -> int:
    """Cash rounding: the nearest multiple of a step, half away from zero; a step of 0 or 1 changes nothing."""
    if step_cents <= 1:
        return amount_cents
    return round_half_away(amount_cents, step_cents) * step_cents


@lru_cache(maxsize=64)
def decimals(currency: str) -> int:
    """How many decimals a currency has (EUR 2, JPY 0, KWD 3), from CLDR."""
    from babel.numbers import get_currency_precision  # heavy: not on the window's start path

    return int(get_currency_precision(currency))


@lru_cache(maxsize=4096)
def format_amount(amount_cents: int, currency: str, language: str = "en") -> str:
    """The figure alone, grouped and with the currency's decimals: ``1,234.50``."""
    from babel.numbers import format_decimal

    places = decimals(currency)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return str(format_decimal(Decimal(amount_cents).scaleb(-places), format=pattern, locale=_locale(language)))


@lru_cache(maxsize=4096)
def format_money(amount_cents: int, currency: str, language: str = "en") -> str:
    """The figure with its currency sign where the language puts it: ``EUR 12.50`` as ``€12.50`` or ``12,50 €``."""
    from babel.numbers import format_currency

    value = Decimal(amount_cents).scaleb(-decimals(currency))
    return str(format_currency(value, currency, locale=_locale(language)))


def plain_amount(amount_cents: int, places: int) -> str:
    """Figure with a point and no grouping, for files and codes: ``-12.50``."""
    sign, size = ("-", -amount_cents) if amount_cents < 0 else ("", amount_cents)
    if not places:
        return f"{sign}{size}"
    whole, part = divmod(size, 10**places)
    return f"{sign}{whole}.{part:0{places}d}"


_TYPED = re.compile(r"([-+]?)([1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?:\.\d{3})+|\d*)(?:([.,])(\d*))?", re.ASCII)


def parse_amount(text: str, currency: str, *, field: str = "amount_cents") -> int:
    """Minor units from what a person typed: ``12``, ``12.5``, ``12,50``, ``1,234.50``, ``1.234,50``.

    One comma or point with three figures behind it groups, unless the currency has three decimals. Raises BadAmount for anything
    else (a mark that groups and divides, groups of other sizes), for too many decimals and for amounts out of bounds.
    """
    places = decimals(currency)
    cleaned = text.strip().replace(" ", "").replace("\u00a0", "").replace("\u202f", "").replace("'", "")
    found = _TYPED.fullmatch(cleaned)
    if found is None:
        raise BadAmount(field)
    sign, whole, mark, part = found.groups()
    if mark and mark in whole:
        raise BadAmount(field)
    head, _, tail = whole.replace(".", ",").rpartition(",")
    if places == 3 and head and "," not in head and not mark:
        whole, part = head, tail
    return exact_scaled(f"{sign}{whole.replace(',', '').replace('.', '')}.{part or ''}", places, field=field)


def exact_scaled(text: str, places: int, *, field: str) -> int:
    """A decimal string as a whole number of 10^-places units; raises BadAmount if it does not fit exactly."""
    if not _FIGURE.fullmatch(text):
        raise BadAmount(field)
    try:
        value = Decimal(text)
        scaled = value.scaleb(places)
    except InvalidOperation:
        raise BadAmount(field) from None
    if scaled != scaled.to_integral_value() or abs(scaled) > MAX_CENTS:
        raise BadAmount(field)
    return int(scaled)


def parse_rate(text: str, *, field: str = "rate") -> int:
    """Parts per million from an exact decimal string: ``0.19`` is 190,000; between 0 and 10."""
    ppm = exact_scaled(text, 6, field=field)
    if not 0 <= ppm <= 10 * PPM:
        raise BadAmount(field)
    return ppm


def format_rate(rate_ppm: int, language: str = "en") -> str:
    """A rate as a percentage without trailing zeros: 88,750 is ``8.875``, in German ``8,875``."""
    return f"{Decimal(rate_ppm).scaleb(-4).normalize():f}".replace(".", _decimal_sign(language))


def plain_quantity(quantity_milli: int) -> int | str:
    """Units for JSON: an integer when whole, else a string with at most three decimals and no trailing zeros."""
    if quantity_milli % MILLI == 0:
        return quantity_milli // MILLI
    return f"{Decimal(quantity_milli).scaleb(-3).normalize():f}"


def format_quantity(quantity_milli: int, language: str = "en") -> str:
    """Units for people, in the fewest figures: ``3``, ``0.25``, in German ``0,25``."""
    return str(plain_quantity(quantity_milli)).replace(".", _decimal_sign(language))


def parse_quantity(text: str, *, field: str = "qty") -> int:
    """Thousandths from what a person typed (``3``, ``0,25``); raises BadAmount out of bounds or beyond 3 decimals."""
    milli = exact_scaled(text.strip().replace(",", "."), 3, field=field)
    if abs(milli) > MAX_MILLI:
        raise BadAmount(field)
    return milli


@lru_cache(maxsize=16)
def _decimal_sign(language: str) -> str:
    if language == "en":  # the usual case, without Babel's tables
        return "."
    from babel.numbers import get_decimal_symbol

    return str(get_decimal_symbol(_locale(language)))


@lru_cache(maxsize=16)
def _locale(language: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return "en"
