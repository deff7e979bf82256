"""Short words for what happens at a counter, for the tests that tell a shop's day."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.ids import uuid7
from shopdesk.core.permissions import Permission
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.sales.cash import CashIn, CashOut, cash_in, cash_out
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, PaymentGiven, SaleAnswer, SaleLine
from shopdesk.sales.shifts import CloseShift, OpenShift, ShiftClosed, close_shift, open_shift
from shopdesk.sales.void import VoidSale, void_sale
from shopdesk.system.approvals import GOOD_FOR
from shopdesk.system.audit import record
from shopdesk.system.models import Approval


def rows(shop: Shop, text: str, **values: object) -> list[tuple[Any, ...]]:
    """The answer to a question put straight to the database."""

    def question(reader: Reader) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in reader.connection.execute(sa.text(text), values)]

    return shop.ask(question)


def one(shop: Shop, text: str, **values: object) -> Any:
    """The first value of such an answer, None for none."""
    found = rows(shop, text, **values)
    return found[0][0] if found else None


def sell(shop: Shop, actor: Actor, sku: str = "TEA", qty: int = 1, **more: Any) -> SaleAnswer:
    """Sell something; cash, exact, unless ``payments`` says otherwise."""
    line = SaleLine(qty * 1000, sku=sku)
    return shop.execute(commit_sale, CommitSale(key=more.pop("key", uuid7()), lines=(line,), **more), actor)


def pay(**amounts: int) -> tuple[PaymentGiven, ...]:
    """Payments by type."""
    return tuple(PaymentGiven(kind, cents) for kind, cents in amounts.items())


def void(shop: Shop, actor: Actor, sale: str, reason: str = "wrong article", **more: Any) -> str:
    """Void a sale; the void's number."""
    return shop.execute(
        void_sale, VoidSale(key=more.pop("key", uuid7()), sale=sale, reason=reason, **more), actor
    ).number


def open_drawer_with(shop: Shop, actor: Actor, float_cents: int = 10_000, **more: Any) -> int:
    """Open a shift; its number."""
    command = OpenShift(key=more.pop("key", uuid7()), float_cents=float_cents, **more)
    return shop.execute(open_shift, command, actor).shift


def close(shop: Shop, actor: Actor, counted_cents: int | None, **more: Any) -> ShiftClosed:
    """Close the shift."""
    command = CloseShift(key=more.pop("key", uuid7()), counted_cents=counted_cents, **more)
    return shop.execute(close_shift, command, actor)


def put_in(shop: Shop, actor: Actor, cents: int, reason: str = "change", **more: Any) -> None:
    """Put cash in."""
    shop.execute(cash_in, CashIn(more.pop("key", uuid7()), cents, reason, **more), actor)


def take_out(shop: Shop, actor: Actor, cents: int, reason: str = "stamps", **more: Any) -> None:
    """Take cash out."""
    shop.execute(cash_out, CashOut(more.pop("key", uuid7()), cents, reason, **more), actor)


def approval(
    shop: Shop, approver: Actor, clerk: Actor, action: Permission, subject_uid: str, amount_cents: int = 0
) -> str:
    """A manager's yes as the approval dialog leaves it; its uid."""
    uid = uuid7()

    def write(uow: UnitOfWork, _command: None) -> None:
        now = uow.clock.now()
        uow.connection.execute(
            sa.insert(Approval).values(
                uid=uid,
                action=action.value,
                subject_uid=subject_uid,
                amount_cents=amount_cents,
                till_id=clerk.till_id,
                approver_id=approver.user_id,
                actor_id=clerk.user_id,
                created_at=now,
                expires_at=now + GOOD_FOR,
            )
        )
        record(uow, "approval.given", target_type="approval", target_id=subject_uid, details={"uid": uid})

    shop.execute(write, None, approver)
    return uid


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run calls in threads that start together; each one's result, or the code of its refusal."""
    gate = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(place: int, call: Callable[[], object]) -> None:
        gate.wait(5)
        try:
            results[place] = call()
        except ShopError as error:
            results[place] = error.code
        except Exception as error:  # a crash must show in the test, not die with its thread
            results[place] = repr(error)

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results
