"""An import that is stopped anywhere goes on exactly once, or rolls back; tills and editors go on meanwhile."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
import sqlalchemy as sa

from shopdesk.app import open_shop
from shopdesk.books.doctor import run_doctor
from shopdesk.catalogue.products import as_edit, edit_product
from shopdesk.catalogue.queries import product_card
from shopdesk.cli.context import Call
from shopdesk.cli.main import run
from shopdesk.core.ids import uuid7
from shopdesk.feeds import chunks
from shopdesk.feeds import run as running
from shopdesk.feeds.chunks import apply_chunk
from shopdesk.feeds.feed import StartImport, feed_card, start_import, start_undo
from shopdesk.feeds.jobs import run_check, run_import, run_undo
from shopdesk.feeds.names import APPLY_JOB, CHECK_JOB, UNDO_JOB
from shopdesk.feeds.run import import_feed, started, taken_file, undo_feed
from shopdesk.feeds.states import FeedBusy, FeedMoved
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.system.jobs_run import JobWorker
from tests.feeds.importing import bring, executing, goods_digest, many_rows, table, take_back, write
from tests.support.small_shop import actor_of

RUNNERS = {APPLY_JOB: run_import, CHECK_JOB: run_check, UNDO_JOB: run_undo}


class PowerCut(BaseException):
    """The machine stops here."""


def whole(shop) -> tuple[int, int]:
    made = table(shop, "SELECT count(*) FROM products p WHERE p.title LIKE 'Row %' AND p.deleted_at IS NULL")[0][0]
    moved = table(
        shop,
        "SELECT count(*) FROM inventory_ledger l JOIN product_variants v ON v.id = l.variant_id WHERE v.sku LIKE 'R%'",
    )
    return made, moved[0][0]


@pytest.mark.parametrize("cut", range(4))
@pytest.mark.parametrize("after", [False, True])
def test_a_power_cut_before_or_behind_any_transaction_loses_and_doubles_nothing(
    sqlite_shop, tmp_path, monkeypatch, cut, after
) -> None:
    monkeypatch.setattr(running, "MOST_ROWS", 150)
    monkeypatch.setattr(running, "FIRST_ROWS", 100)
    shop, actor = sqlite_shop, actor_of(sqlite_shop, "max")
    seen = 0

    def dying(use_case, command):
        nonlocal seen
        if use_case is apply_chunk:
            seen += 1
            if seen == cut + 1 and not after:
                raise PowerCut
        result = run(use_case, command)
        if use_case is apply_chunk and seen == cut + 1:
            raise PowerCut
        return result

    with taken_file(shop, many_rows(tmp_path / "m.csv"), actor, kind="products") as taken:
        run = started(shop, taken.feed_id, actor)
        with pytest.raises(PowerCut):
            import_feed(shop, taken.feed_id, dying, table=taken.table)
    half = shop.ask(feed_card, taken.feed_id)
    assert half.status == "applying"
    assert whole(shop)[0] == half.made
    card = import_feed(shop, taken.feed_id, executing(shop, actor))
    assert (card.status, card.made, card.changed, card.rows_processed) == ("done", 700, 1, 701)
    assert whole(shop) == (700, 525)
    assert run_doctor(shop.database, clock=shop.clock).ok


def test_a_transaction_that_fails_half_way_leaves_nothing_of_itself(sqlite_shop, tmp_path, monkeypatch) -> None:
    shop, actor = sqlite_shop, actor_of(sqlite_shop, "max")
    calls = 0
    original = chunks._note

    def failing(*args):
        nonlocal calls
        calls += 1
        result = original(*args)
        if calls == 2:
            raise PowerCut
        return result

    monkeypatch.setattr(chunks, "_note", failing)
    with taken_file(shop, many_rows(tmp_path / "m.csv"), actor, kind="products") as taken, pytest.raises(PowerCut):
        import_feed(shop, taken.feed_id, started(shop, taken.feed_id, actor), table=taken.table)
    half = shop.ask(feed_card, taken.feed_id)
    assert whole(shop)[0] == half.made
    assert import_feed(shop, taken.feed_id, executing(shop, actor)).made == 700
    assert run_doctor(shop.database, clock=shop.clock).ok


def test_two_workers_at_once_do_it_once(shop, manager, tmp_path) -> None:
    with taken_file(shop, many_rows(tmp_path / "m.csv", 300), manager, kind="products") as taken:
        run = started(shop, taken.feed_id, manager)
    outcomes = []

    def work() -> None:
        try:
            outcomes.append(import_feed(shop, taken.feed_id, run).status)
        except FeedMoved:
            outcomes.append("moved")

    threads = [threading.Thread(target=work) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    card = shop.ask(feed_card, taken.feed_id)
    if card.status != "done":
        card = import_feed(shop, taken.feed_id, run)
    assert (card.status, card.made) == ("done", 300)
    assert whole(shop)[0] == 300
    assert run_doctor(shop.database, clock=shop.clock).ok


def test_undo_that_is_stopped_goes_on(sqlite_shop, tmp_path) -> None:
    shop, actor = sqlite_shop, actor_of(sqlite_shop, "max")
    before = goods_digest(shop)
    card = bring(shop, actor, many_rows(tmp_path / "m.csv", 350), "products")
    shop.execute(start_undo, StartImport(card.id, in_background=False), actor)
    calls = 0

    def dying(use_case, command):
        nonlocal calls
        calls += 1
        if calls == 3:
            raise PowerCut
        return shop.execute(use_case, command, actor)

    with pytest.raises(PowerCut):
        undo_feed(shop, card.id, dying)
    back = undo_feed(shop, card.id, executing(shop, actor))
    assert (back.status, back.undone, back.kept) == ("undone", 351, 0)
    assert goods_digest(shop) == before
    assert run_doctor(shop.database, clock=shop.clock).ok


def test_it_runs_as_a_job_that_can_be_cancelled_and_gone_on_with(shop, manager, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(running, "FIRST_ROWS", 100)
    with taken_file(shop, many_rows(tmp_path / "m.csv"), manager, kind="products") as taken:
        pass
    shop.execute(start_import, StartImport(taken.feed_id), manager)
    worker = JobWorker(shop, RUNNERS)
    original, seen = running.import_feed, []

    def cancelled_soon(shop_, feed_id, execute, **more):
        def stopped() -> bool:
            seen.append(1)
            return len(seen) > 2

        return original(shop_, feed_id, execute, progress=more["progress"], stopped=stopped)

    monkeypatch.setattr(running, "import_feed", cancelled_soon)
    assert worker.run_due() == 1
    card = shop.ask(feed_card, taken.feed_id)
    assert card.status == "cancelled"
    assert 0 < card.made < 700
    monkeypatch.setattr(running, "import_feed", original)
    shop.execute(start_import, StartImport(taken.feed_id), manager)
    assert worker.run_due() == 1
    card = shop.ask(feed_card, taken.feed_id)
    assert (card.status, card.made, card.changed) == ("done", 700, 1)
    shop.execute(start_undo, StartImport(taken.feed_id), manager)
    assert worker.run_due() == 1
    assert shop.ask(feed_card, taken.feed_id).undone == 701
    assert table(shop, "SELECT count(*) FROM notifications")[0][0] >= 1
    assert run_doctor(shop.database, clock=shop.clock).ok


def test_a_till_sells_and_an_editor_edits_while_a_file_comes_in(shop, manager, tmp_path) -> None:
    rows = [
        ["SKU", "Price", "Name", "Stock"],
        *([f"R{number:04d}", "2.50", f"Row {number}", "3"] for number in range(500)),
    ]
    rows += [["TEA", "3.66", "", ""], ["MUG", "8.88", "Mug!", ""], ["BOOK", "11", "", ""]]
    path = write(tmp_path / "m.csv", rows)
    stop, waits, errors = threading.Event(), [], []

    def sell() -> None:
        other = open_shop(shop.database.url.render_as_string(hide_password=False), clock=shop.clock)
        try:
            while not stop.is_set():
                begun = time.perf_counter()
                other.execute(commit_sale, CommitSale(uuid7(), (SaleLine(sku="TEA"),), till="T1"), manager)
                waits.append(time.perf_counter() - begun)
        except Exception as error:  # told by the test below
            errors.append(error)
        finally:
            other.close()

    def edit() -> None:
        try:
            product_id = table(shop, "SELECT product_id FROM product_variants WHERE sku = 'MUG'")[0][0]
            while not stop.is_set():
                shown = shop.ask(product_card, product_id)
                fields = replace(shown.product, description=f"edited {random.randrange(1000)}")
                try:
                    shop.execute(edit_product, as_edit(product_id, shown.version, fields), manager)
                except Exception as error:
                    if type(error).__name__ != "ChangedMeanwhile":
                        raise
                time.sleep(0.003)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=sell), threading.Thread(target=edit)]
    for thread in threads:
        thread.start()
    card = bring(shop, manager, path, "products")
    stop.set()
    for thread in threads:
        thread.join(30)
    assert not errors
    assert (card.status, card.made, card.changed) == ("done", 500, 3)
    ((title, price),) = table(
        shop,
        "SELECT p.title, v.price_cents FROM products p JOIN product_variants v ON v.product_id = p.id WHERE v.sku = 'MUG'",
    )
    assert price == 888
    assert title in {"Mug!", "Mug"}  # an editor who saved after it may have put the old name back, never a mixture
    assert waits
    assert run_doctor(shop.database, clock=shop.clock).ok


CHILD = """
import sys
from shopdesk.app import open_shop
from shopdesk.feeds.run import import_feed, started, taken_file
from shopdesk.system.actors import local_actor
shop = open_shop(sys.argv[1])
actor = local_actor(shop)
print("go", flush=True)
if sys.argv[2] == "new":
    with taken_file(shop, sys.argv[3], actor, kind="products") as taken:
        run = started(shop, taken.feed_id, actor)
        print("started", flush=True)
        import_feed(shop, taken.feed_id, run, table=taken.table)
else:
    card = import_feed(shop, int(sys.argv[3]), lambda use_case, command: shop.execute(use_case, command, actor))
    print(card.status, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_kill_9_at_any_moment_resumes_exactly_once(sqlite_shop_url, tmp_path, seed) -> None:
    shop = open_shop(sqlite_shop_url)  # at the clock of the child
    url = str(shop.database.file)
    path = many_rows(tmp_path / "m.csv", 4_000)
    rng = random.Random(seed)
    first = True
    for _round in range(8):
        feeds = table(shop, "SELECT id, status FROM product_feeds ORDER BY id DESC")
        if feeds and feeds[0][1] == "done":
            break
        words = ["new", str(path)] if not feeds or feeds[0][1] == "new" else ["on", str(feeds[0][0])]
        command = [sys.executable, "-c", CHILD, url, *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ}) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"go\n"
            time.sleep(rng.uniform(0.05, 0.8 if first else 0.5))
            first = False
            child.send_signal(signal.SIGKILL)
    last = table(shop, "SELECT id, status FROM product_feeds WHERE status <> 'new' ORDER BY id DESC")
    if last and last[0][1] == "applying":
        card = import_feed(shop, last[0][0], executing(shop, actor_of(shop, "max")))
        assert card.status == "done"
    if last:
        assert whole(shop) == (4_000, 3_000)
    assert run_doctor(shop.database).ok
    shop.close()


def test_taking_back_twice_is_refused(sqlite_shop, tmp_path) -> None:
    actor = actor_of(sqlite_shop, "max")
    card = bring(sqlite_shop, actor, write(tmp_path / "a.csv", [["SKU", "Price"], ["TEA", "4"]]), "products")
    take_back(sqlite_shop, actor, card.id)
    with pytest.raises(FeedBusy, match="taken back"):
        take_back(sqlite_shop, actor, card.id)


def test_transactions_are_short_while_somebody_works_and_longer_while_nobody_does(sqlite_shop, clock) -> None:
    assert not sqlite_shop.ask(running.somebody_works)
    actor = actor_of(sqlite_shop, "max")
    sqlite_shop.execute(commit_sale, CommitSale(uuid7(), (SaleLine(sku="TEA"),), till="T1"), actor)
    assert sqlite_shop.ask(running.somebody_works)
    clock.advance(minutes=5)
    assert not sqlite_shop.ask(running.somebody_works)
    pace = running.Pace(sqlite_shop)
    pace.rows = 10_000
    sqlite_shop.execute(commit_sale, CommitSale(uuid7(), (SaleLine(sku="TEA"),), till="T1"), actor)
    with pace.measured():
        time.sleep(0.5)
    assert pace.rows < 10_000 * running.WANTED_S / 0.4


@pytest.mark.parametrize("whole_only", [False, True])
def test_the_same_command_after_a_power_cut_goes_on_with_what_was_broken_off(
    sqlite_shop_url, tmp_path, monkeypatch, whole_only
) -> None:
    monkeypatch.setattr(running, "MOST_ROWS", 150)
    path = many_rows(tmp_path / "m.csv")
    words = ["import", "products", str(path), *(["--all-or-nothing"] if whole_only else [])]
    seen = []
    original = running._tell

    def dying(*args) -> None:
        seen.append(1)
        if len(seen) == 3:
            raise PowerCut
        original(*args)

    monkeypatch.setattr(running, "_tell", dying)
    with pytest.raises(PowerCut):
        run(Call(db=sqlite_shop_url), words)
    shop = open_shop(sqlite_shop_url)
    assert 0 < whole(shop)[0] < 700
    assert run(Call(db=sqlite_shop_url), words) == 0
    assert whole(shop) == (700, 525)
    assert table(shop, "SELECT count(*) FROM product_feeds WHERE status = 'done'") == [(1,)]
    assert table(shop, "SELECT made FROM product_feeds WHERE status = 'done'") == [(700,)]
    assert run_doctor(shop.database).ok
    shop.close()


def test_a_job_that_cannot_go_on_ends_its_import(shop, manager, tmp_path, allow_log) -> None:
    with taken_file(shop, many_rows(tmp_path / "m.csv", 50), manager, kind="products") as taken:
        pass
    shop.execute(start_import, StartImport(taken.feed_id), manager)
    with shop.database.writing() as connection, connection.begin():
        connection.execute(sa.text("DELETE FROM file_pieces"))
    assert JobWorker(shop, RUNNERS).run_due() == 1
    card = shop.ask(feed_card, taken.feed_id)
    assert (card.status, card.at_work) == ("failed", False)
    assert "damaged or gone" in card.error


def test_an_import_whose_job_is_over_can_be_gone_on_with(shop, manager, tmp_path) -> None:
    with taken_file(shop, many_rows(tmp_path / "m.csv", 50), manager, kind="products") as taken:
        pass
    job = shop.execute(start_import, StartImport(taken.feed_id), manager)
    assert shop.ask(feed_card, taken.feed_id).at_work
    with pytest.raises(FeedBusy):
        shop.execute(start_import, StartImport(taken.feed_id), manager)
    with shop.database.writing() as connection, connection.begin():
        connection.execute(sa.text("UPDATE jobs SET status = 'failed', error = 'x' WHERE id = :id"), {"id": job})
    shop.execute(start_import, StartImport(taken.feed_id), manager)
    assert JobWorker(shop, RUNNERS).run_due() == 1
    assert shop.ask(feed_card, taken.feed_id).status == "done"
