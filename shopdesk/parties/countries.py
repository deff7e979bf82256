"""Countries and their states: shipped with the program, offered by address forms."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

import sqlalchemy as sa

from shopdesk.core.paths import resource_path
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.parties.models import Country

CountryFacts = tuple[str, str, tuple[tuple[str, str], ...]]
"""Code, name, and states as (code, name)."""


@lru_cache(maxsize=1)
def shipped_countries() -> tuple[CountryFacts, ...]:
    """Every country that the program knows."""
    rows = json.loads(resource_path("seed", "countries.json").read_text(encoding="utf-8"))
    return tuple((code, name, tuple((state[0], state[1]) for state in states)) for code, name, states in rows)


def insert_countries(uow: UnitOfWork) -> int:
    """Write the countries that the shop does not have yet; returns how many. For the founding of a shop."""
    known = set(uow.connection.execute(sa.select(Country.code)).scalars())
    missing = [
        {"code": code, "name": name, "states": json.dumps(states, ensure_ascii=False, separators=(",", ":"))}
        for code, name, states in shipped_countries()
        if code not in known
    ]
    if missing:
        uow.connection.execute(sa.insert(Country), missing)
    return len(missing)


def country_choices(reader: Reader) -> tuple[tuple[str, str], ...]:
    """Countries for a choice: (code, name), by name."""
    rows = reader.connection.execute(sa.select(Country.code, Country.name).order_by(Country.name))
    return tuple((row.code, row.name) for row in rows)


def states_of(reader: Reader, country_code: str) -> Sequence[tuple[str, str]]:
    """The states of a country as (code, name); none for countries whose addresses do without."""
    text = reader.connection.execute(sa.select(Country.states).where(Country.code == country_code)).scalar()
    return tuple((state[0], state[1]) for state in json.loads(text or "[]"))
