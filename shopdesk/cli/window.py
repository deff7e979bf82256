"""Opening the window from the command line: on the shop, or on a demo shop of its own."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from shopdesk.cli.context import DONE, REFUSED, UNREACHABLE, WRONG_USAGE, Call
from shopdesk.core.errors import DatabaseTrouble, ShopError
from shopdesk.core.i18n import _
from shopdesk.core.paths import data_folder

if TYPE_CHECKING:
    from shopdesk.db.shop import Shop
    from shopdesk.system.jobs_run import JobWorker


def open_window(call: Call, words: list[str]) -> int:
    """Open the window and return the exit status: no word for the shop, ``demo [--fresh]`` for the demo shop."""
    demo = bool(words)
    if words[1:] not in ([], ["--fresh"]):
        print(_("shopdesk: demo takes --fresh and nothing else."), file=sys.stderr)
        return WRONG_USAGE
    try:
        address = _demo_address(call, fresh="--fresh" in words) if demo else call.address
    except ShopError as error:
        print(f"shopdesk: {error}", file=sys.stderr)
        return UNREACHABLE if isinstance(error, DatabaseTrouble) else REFUSED
    from shopdesk.ui.start import run_window

    status = run_window(address, _open_shop, _make_demo, _make_worker)
    return DONE if status == 0 else REFUSED


def _open_shop(address: str) -> Shop:
    """Imported when called: the sign-in is painted before the database is known."""
    from shopdesk.app import open_shop

    return open_shop(address)


def _make_worker(shop: Shop) -> JobWorker:
    """Imported once somebody may sign in: it knows every kind of work."""
    from shopdesk.app import job_worker

    return job_worker(shop)


def _make_demo(address: str) -> None:
    """Imported when the first run asks for a demo shop."""
    from shopdesk.books.demo import make_demo_shop
    from shopdesk.wiring import HANDLERS

    make_demo_shop(address, handlers=HANDLERS)


def _demo_address(call: Call, *, fresh: bool) -> str:
    """The demo shop's file, made when it is not there or wanted fresh; nothing but a demo shop is ever replaced."""
    address = call.db or str(data_folder() / "demo.db")
    from shopdesk.books.demo import demo_shop_at, make_demo_shop
    from shopdesk.wiring import HANDLERS

    if fresh or not demo_shop_at(address):
        print(_("Making the demo shop ..."), file=sys.stderr, flush=True)
        make_demo_shop(address, replace=fresh, handlers=HANDLERS)
    return address
