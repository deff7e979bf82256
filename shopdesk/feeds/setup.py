"""What a file is read and compared against: the feed's options and what the shop has by name, read once a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.catalogue.categories import category_tree
from shopdesk.catalogue.models import PriceList, TaxClass
from shopdesk.core.money import decimals
from shopdesk.db.unit import Reader
from shopdesk.feeds.customers_state import group_codes, state_names
from shopdesk.inventory.models import Warehouse
from shopdesk.parties.models import Country
from shopdesk.system.settings import shop_settings

STOCK_MODES = ("set", "change")


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """What a person chose beside the columns.

    ``warehouse`` is where stock without a warehouse of its own lies, ``tax`` the tax class of new goods without one,
    ``price_list`` the list of prices without one (empty: the shelf price). ``stock_mode`` sets stock to the figures or
    changes it by them.
    ``clear_empty``: an empty cell empties the field; else the field is left as it is. ``all_or_nothing`` takes a file only whole.
    """

    all_or_nothing: bool = False
    clear_empty: bool = False
    jump_percent: int = 30
    warehouse: str = ""
    tax: str = ""
    price_list: str = ""
    stock_mode: str = "set"


@dataclass(slots=True)
class Known:
    """The shop's own names: read at the beginning; categories grow while the file is written."""

    places: int
    country: str
    taxes: Mapping[str, int]
    warehouses: Mapping[str, int]
    price_lists: Mapping[str, int]
    countries: Mapping[str, str]
    states: Mapping[str, Mapping[str, str]]
    groups: Mapping[str, int]
    shelves: dict[tuple[str, ...], int]
    shelf_names: dict[int, tuple[str, ...]]


def read_known(reader: Reader) -> Known:
    """What the shop has by name."""
    execute = reader.connection.execute
    shop = shop_settings(reader)
    shelves = {tuple(row.path.split(" > ")): row.id for row in category_tree(reader)}
    countries: dict[str, str] = {}
    for code, name in execute(sa.select(Country.code, Country.name)):
        countries[name.casefold()] = code
        countries[code.casefold()] = code
    return Known(
        places=decimals(shop.currency),
        country=shop.country,
        taxes={row.code: row.id for row in execute(sa.select(TaxClass.code, TaxClass.id).order_by(TaxClass.code))},
        warehouses={
            row.name: row.id
            for row in execute(
                sa.select(Warehouse.name, Warehouse.id).where(Warehouse.is_active).order_by(Warehouse.id)
            )
        },
        price_lists={row.code: row.id for row in execute(sa.select(PriceList.code, PriceList.id))},
        countries=countries,
        states=state_names(reader),
        groups=group_codes(reader),
        shelves=shelves,
        shelf_names={category_id: path for path, category_id in shelves.items()},
    )
