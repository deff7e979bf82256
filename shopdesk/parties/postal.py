"""An address as the post of its country wants it written."""

from __future__ import annotations

from typing import Protocol

_TOWN_STATE_CODE = frozenset({"US", "CA", "AU", "PR"})
"""``Springfield, IL 62704``: town, state, code on one line."""
_CODE_LAST = frozenset({"GB", "IE", "IN", "ID", "SG", "TH", "TW", "HK", "NZ", "ZA", "MY", "PK", "BD", "LK", "KE", "NG"})
"""Town first, the code below it or behind it."""
_STATE_BEHIND = frozenset({"IT", "BR", "MX", "ES"})
"""``20121 Milano MI``: the state stands behind the town."""


class Postal(Protocol):
    """The lines of an address."""

    @property
    def line1(self) -> str: ...
    @property
    def line2(self) -> str: ...
    @property
    def postal_code(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def country_code(self) -> str: ...


def postal_lines(address: Postal, *, country: str = "") -> tuple[str, ...]:
    """The lines of an address below the name, without empty ones; ``country`` is its name, for post from abroad."""
    return tuple(filter(None, (address.line1.strip(), address.line2.strip(), *_town(address), country.upper())))


def _town(address: Postal) -> tuple[str, ...]:
    code, city, state = address.postal_code.strip(), address.city.strip(), address.state.strip()
    country = address.country_code
    if country in _TOWN_STATE_CODE:
        place = ", ".join(filter(None, (city, " ".join(filter(None, (state, code))))))
        return (place,)
    if country == "GB":
        return (city, code)
    if country in _CODE_LAST:
        return (" ".join(filter(None, (city, code))), state if state and state != city else "")
    line = " ".join(filter(None, (code, city)))
    if state and country in _STATE_BEHIND:
        line = f"{line} {state}".strip()
    return (line,)
