"""What a sale needs somebody's approval for: discounts above the role's cap, prices typed at the till (R3, S34)."""

from __future__ import annotations

import msgspec

from shopdesk.core.actor import Actor
from shopdesk.core.money import extend, share
from shopdesk.core.permissions import Permission
from shopdesk.sales.basket import Basket


class Need(msgspec.Struct, frozen=True):
    """An approval to be asked for: the permission that is lacking, the amount it must cover, the line (0: the order).

    ``most_cents`` is what the role may give alone.
    """

    permission: Permission
    amount_cents: int
    line: int
    most_cents: int = 0


def approvals_needed(basket: Basket, actor: Actor) -> list[Need]:
    """Everything in a basket that the actor may not do alone, in line order; the order's discount last."""
    needs: list[Need] = []
    for line in basket.lines:
        if any(step.kind == "override" for step in line.steps) and not actor.may(Permission.PRICE_OVERRIDE):
            lowered = extend(line.quantity_milli, line.list_price_cents) - line.extended_cents
            needs.append(Need(Permission.PRICE_OVERRIDE, max(0, lowered), line.line))
    cap = actor.discount_cap_ppm
    if not basket.discount_cents or cap is None or actor.may(Permission.DISCOUNT_OVER_CAP):
        return needs
    for line in basket.lines:
        most = share(line.extended_cents, cap)
        if line.own_discount_cents > most:
            needs.append(Need(Permission.DISCOUNT_OVER_CAP, line.own_discount_cents, line.line, most))
    most = share(basket.subtotal_cents, cap)
    if basket.order_discount_cents and basket.discount_cents > most:
        allowed = max(0, most - basket.line_discounts_cents)
        needs.append(Need(Permission.DISCOUNT_OVER_CAP, basket.order_discount_cents, 0, allowed))
    return needs
