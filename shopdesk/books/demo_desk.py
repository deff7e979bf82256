"""The demo shop's desk: what a manager approved on the spot, and views of lists that somebody saved."""

from __future__ import annotations

import json
from dataclasses import replace

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader
from shopdesk.sales.models import Order, Till
from shopdesk.sales.reprint import Reprint, reprint
from shopdesk.system.approvals import Approve, approve
from shopdesk.system.models import Role, User
from shopdesk.system.proof import PASSWORD
from shopdesk.system.saved_views import SaveView, save_view


def fill_desk(shop: Shop, manager: str, password: str) -> None:
    """Two approvals of the manager for the clerk, one used and one not, and a few saved views of the manager."""
    number, clerk, boss = shop.ask(_who, manager)
    wanted = Approve(Permission.REPRINT, number, 0, manager, password, by=PASSWORD)
    uid = approve(shop, wanted, clerk)
    shop.execute(reprint, Reprint(number, approvals=(uid,)), clerk)
    approve(shop, replace(wanted, action=Permission.NO_SALE, subject_uid="drawer"), clerk)
    kept = (
        ("sales.sales", _("Voids of this week"), [["placed", "this_week", ""], ["kind", "void", _("Voids")]]),
        ("catalogue.products", _("Without a picture"), [["pictures", False, _("No")]]),
    )
    for screen, name, filters in kept:
        content = json.dumps({"search": "", "filters": filters}, ensure_ascii=False, sort_keys=True)
        shop.execute(save_view, SaveView(screen, name, content), boss)


def _who(reader: Reader, manager: str) -> tuple[str, Actor, Actor]:
    """The last sale's number, the clerk at the first till, the manager."""
    ask = reader.connection.execute
    number = ask(sa.select(Order.number).order_by(Order.id.desc()).limit(1)).scalar_one()
    till = ask(sa.select(Till.id).order_by(Till.id).limit(1)).scalar_one()
    people = sa.select(User.id, User.username, Role.code).join(Role).where(~User.is_builtin).order_by(User.id)
    rows = ask(people).all()
    clerk = next(row for row in rows if row.code == "clerk")
    boss = next(row for row in rows if row.username == manager)
    return (
        str(number),
        Actor(clerk.id, clerk.username, clerk.code, frozenset(), None, till),
        Actor(boss.id, boss.username, boss.code, frozenset(), None, till),
    )
