"""The doctor's look at the pages is not misled by what a connection of the window remembers of the search index."""

from __future__ import annotations

from shopdesk.books.doctor import run_doctor
from shopdesk.core.actor import Actor
from shopdesk.db.shop import Shop
from shopdesk.parties.customers import CreateCustomer, CustomerChosen, create_customer
from shopdesk.parties.erasing import erase_customer
from shopdesk.parties.queries import find_customers


def test_a_sound_index_that_was_written_anew_is_called_sound(sqlite_shop: Shop, actor: Actor) -> None:
    made = [
        sqlite_shop.execute(create_customer, CreateCustomer(first_name=f"Person{n}", last_name="Vale"), actor)
        for n in range(6)
    ]
    assert len(sqlite_shop.ask(find_customers, "vale", actor)) == 6  # this connection now knows the index
    sqlite_shop.execute(erase_customer, CustomerChosen(made[0]), actor)  # which an erasure writes anew
    report = run_doctor(sqlite_shop.database, clock=sqlite_shop.clock)
    assert report.ok, [finding for finding in report.findings if finding.violations]
