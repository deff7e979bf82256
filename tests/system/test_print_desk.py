"""Paper follows the sale: whatever the printer does, no receipt is lost, no sale waits and the drawer opens once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import DatabaseUnreachable, NotFound, ShopError
from shopdesk.core.ids import uuid7
from shopdesk.db.shop import Shop
from shopdesk.db.unit import UnitOfWork
from shopdesk.printing.config import PrinterConfig
from shopdesk.printing.devices import Behaviour, MemoryPrinter
from shopdesk.printing.documents import Document
from shopdesk.printing.escpos import kick_drawer
from shopdesk.printing.escpos_decoder import decode
from shopdesk.printing.trouble import PrinterOff
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from shopdesk.sales.tills import SetPrinter, set_printer
from shopdesk.system.print_desk import PrintDesk
from shopdesk.system.print_queue import (
    JOBS,
    PickPrintJobs,
    PrintJobRow,
    open_print_jobs,
    print_jobs_of,
    print_status,
    retry_print_jobs,
    skip_print_jobs,
    startable_print_job,
)
from tests.printing.papers import printed_text, receipt

CONFIG = PrinterConfig(kind="memory", address="till 1", mode="text", opens_drawer=True)


class Counter:
    """A till with a simulated printer: sells, and lets the printing thread run."""

    def __init__(self, shop: Shop, actor: Actor, clock: ManualClock, config: PrinterConfig = CONFIG) -> None:
        self.shop, self.actor, self.clock, self.config = shop, actor, clock, config
        self.printer = MemoryPrinter("till 1")
        assert actor.till_id is not None
        self.till_id = actor.till_id
        shop.execute(set_printer, SetPrinter(self.till_id, 1, config), actor)
        self.desk = self.new_desk()

    def new_desk(self) -> PrintDesk:
        """The printing thread of a program just started."""
        return PrintDesk(self.shop, self.actor, [self.till_id], lambda _: (self.config, self.printer), self.build)

    def build(self, job: PrintJobRow) -> Document:
        """A paper with the job's number and, if asked for, its mark."""
        return receipt(number=job.number, copy=bool(job.options.get("copy")))

    def sell(self) -> str:
        """Sell a packet of tea for cash."""
        return self.shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),)), self.actor).number

    def order(self, document: str, number: str, options: str = "{}") -> int:
        """Write a print job and return its id."""
        values = {"uid": uuid7(), "document": document, "number": number, "options": options, "till_id": self.till_id,
                  "state": "queued", "attempts": 0, "next_try_at": self.clock.now(), "created_at": self.clock.now()}  # fmt: skip

        def write(uow: UnitOfWork, _: None) -> int:
            return int(uow.connection.execute(sa.insert(JOBS).values(**values).returning(JOBS.c.id)).scalar_one())

        return self.shop.execute(write, None, self.actor)

    def run(self, seconds: float = 0) -> int:
        """Let time pass and the printing thread work."""
        self.clock.advance(seconds=seconds)
        return self.desk.run_print_jobs()

    @property
    def kicks(self) -> int:
        """How often the drawer opened."""
        return [*self.printer.papers, *self.printer.scraps].count(kick_drawer(2))

    @property
    def papers(self) -> list[str]:
        """The words of each paper that came out whole."""
        return [printed_text(decode(paper), "cp858") for paper in self.printer.papers if paper != kick_drawer(2)]

    def states(self, number: str) -> dict[str, str]:
        """Document and state of a number's jobs."""
        return {job.document: job.state for job in self.shop.ask(print_jobs_of, number)}


@pytest.fixture
def counter(shop: Shop, actor: Actor, clock: ManualClock) -> Counter:
    return Counter(shop, actor, clock)


def test_a_sale_prints_its_receipt_and_opens_the_drawer_first(counter: Counter) -> None:
    number = counter.sell()
    assert counter.run() == 2
    assert counter.printer.papers[0] == kick_drawer(2)
    assert number in counter.papers[0]
    assert counter.states(number) == {"receipt": "done", "drawer": "done"}
    assert counter.run(3600) == 0
    assert counter.kicks == 1


@pytest.mark.parametrize("behaviour", ["off", "hangs", "dies", "out_of_paper"])
def test_no_receipt_is_lost_however_the_printer_fails_and_no_sale_waits(counter: Counter, behaviour: Behaviour) -> None:
    counter.printer.behaviour = behaviour
    numbers = [counter.sell() for _ in range(5)]
    for _ in range(10):
        assert counter.run(31) == 0
        numbers.append(counter.sell())
    status = counter.shop.ask(print_status, [counter.till_id])
    assert status.waiting == len(numbers) + 1  # the last sale's drawer has not been tried yet
    assert status.trouble is not None
    assert "till 1" in status.trouble
    counter.printer.behaviour = "works"
    for _ in range(3):
        counter.run(31)
    printed = [number for paper in counter.papers for number in numbers if number in paper.split()]
    assert printed == numbers  # once each, in the order of the sales
    assert "COPY" not in "".join(counter.papers)


@pytest.mark.parametrize("behaviour", ["works", "off", "hangs", "dies"])
def test_a_drawer_is_kicked_at_most_once_across_failures_retries_and_reprints(
    counter: Counter, behaviour: Behaviour
) -> None:
    counter.printer.behaviour = behaviour
    number = counter.sell()
    counter.run()
    counter.printer.behaviour = "works"
    jobs = tuple(job.id for job in counter.shop.ask(print_jobs_of, number))
    counter.shop.execute(retry_print_jobs, PickPrintJobs(jobs), counter.actor)
    for _ in range(3):
        counter.run(100)
    counter.order("receipt", number, '{"copy":true}')
    counter.run()
    assert counter.kicks == (1 if behaviour in ("works", "dies") else 0)
    assert sum("COPY" in paper for paper in counter.papers) == 1


def test_a_reprint_is_marked(counter: Counter) -> None:
    number = counter.sell()
    counter.run()
    counter.order("receipt", number, '{"copy":true}')
    counter.run()
    original, copy = counter.papers
    assert "COPY" not in original
    assert copy.count("COPY") == 2


def test_a_drawer_that_was_forgotten_stays_shut(counter: Counter) -> None:
    number = counter.sell()
    counter.run(3600)
    assert counter.kicks == 0
    assert counter.states(number) == {"receipt": "done", "drawer": "skipped"}


class Killed(BaseException):
    """The program ended here."""


@pytest.mark.parametrize("after", [False, True], ids=["before sending", "after sending"])
def test_a_program_killed_while_sending_loses_no_receipt_and_kicks_no_drawer_twice(
    counter: Counter, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = counter.sell()
    send = counter.printer.send

    def killed(data: bytes) -> None:
        if after:
            send(data)
        raise Killed

    for _ in range(2):  # once with the drawer in hand, once with the receipt
        monkeypatch.setattr(counter.printer, "send", killed)
        with pytest.raises(Killed):
            counter.run()
        counter.desk = counter.new_desk()
    monkeypatch.setattr(counter.printer, "send", send)
    assert counter.run() == 0  # the lease still protects the receipt
    assert counter.run(100) == 1
    assert counter.kicks == (1 if after else 0)
    assert any(number in paper for paper in counter.papers)
    assert counter.states(number) == {"receipt": "done", "drawer": "done"}


def test_paper_that_came_out_is_not_printed_again_when_the_database_was_away(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.sell()
    counter.run()
    counter.order("receipt", "T1-S000001")
    execute = counter.shop.execute

    def gone(use_case: Callable[..., object], *rest: object) -> object:
        if use_case.__name__ == "end_print_job":
            raise DatabaseUnreachable("no connection.")
        return execute(use_case, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(counter.shop, "execute", gone)
        with pytest.raises(DatabaseUnreachable):
            counter.run()
    assert len(counter.papers) == 2
    counter.run(3600)
    assert len(counter.papers) == 2
    assert counter.shop.ask(open_print_jobs, [counter.till_id]) == ()


def test_a_paper_that_cannot_be_made_does_not_block_the_others(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, allow_log: Callable[[str], None]
) -> None:
    allow_log("could not be drawn")
    build = counter.build
    troubles: dict[str, Exception] = {"GONE": NotFound("Sale", "GONE"), "BUG": RuntimeError("a bug")}

    def troubled(job: PrintJobRow) -> Document:
        if job.number in troubles:
            raise troubles[job.number]
        return build(job)

    counter.desk = PrintDesk(
        counter.shop, counter.actor, [counter.till_id], lambda _: (CONFIG, counter.printer), troubled
    )
    for number in ("GONE", "BUG", "T1-S000009"):
        counter.order("receipt", number)
    assert counter.run() == 1
    failed = counter.shop.ask(open_print_jobs, [counter.till_id])
    assert [(job.number, job.state) for job in failed] == [("BUG", "failed"), ("GONE", "failed")]
    assert failed[1].error == "Sale GONE does not exist."
    assert "a bug" not in str(failed[0].error)


def test_a_printer_that_breaks_in_an_unknown_way_is_retried(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, allow_log: Callable[[str], None]
) -> None:
    allow_log("could not be sent")
    counter.order("receipt", "T1-S000009")

    def broken(_: bytes) -> None:
        raise RuntimeError("a bug in a driver")

    with monkeypatch.context() as patch:
        patch.setattr(counter.printer, "send", broken)
        assert counter.run() == 0
    assert counter.run(5) == 1


@pytest.mark.parametrize(
    ("found", "state"), [(None, "skipped"), (PrinterOff("till 1"), "queued")], ids=["no printer", "no settings"]
)
def test_a_till_without_a_printer_keeps_or_skips_its_papers(
    counter: Counter, found: ShopError | None, state: str
) -> None:
    def nowhere(_: int) -> None:
        if found is not None:
            raise found

    number = counter.sell()
    PrintDesk(counter.shop, counter.actor, [counter.till_id], nowhere, counter.build).run_print_jobs()
    assert counter.states(number)["receipt"] == state


def test_a_printer_without_a_drawer_gets_no_kick(counter: Counter) -> None:
    counter.config = PrinterConfig(kind="memory", mode="text")
    number = counter.sell()
    counter.run()
    assert counter.kicks == 0
    assert counter.states(number) == {"receipt": "done", "drawer": "skipped"}


def test_two_programs_at_one_till_print_each_paper_once(counter: Counter) -> None:
    other = counter.new_desk()
    numbers = [counter.sell() for _ in range(6)]
    for _ in range(6):
        counter.desk.run_print_jobs(1)
        other.run_print_jobs(1)
    assert [paper.split().count(number) for paper, number in zip(counter.papers, numbers, strict=True)] == [2] * 6
    assert counter.kicks == 6


def test_a_row_taken_by_another_program_is_left_to_it(counter: Counter) -> None:
    counter.order("receipt", "T1-S000009")
    second = counter.new_desk()
    ran = []

    def interrupted(job: PrintJobRow) -> Document:
        ran.append(second.run_print_jobs())
        return counter.build(job)

    PrintDesk(
        counter.shop, counter.actor, [counter.till_id], lambda _: (CONFIG, counter.printer), interrupted
    ).run_print_jobs()
    assert ran == [0]
    assert len(counter.papers) == 1


def test_a_slow_program_cannot_undo_what_another_did_after_its_lease(counter: Counter) -> None:
    counter.order("receipt", "T1-S000009")

    def slow(job: PrintJobRow) -> Document:
        counter.clock.advance(seconds=200)
        assert counter.new_desk().run_print_jobs() == 1
        raise NotFound("Sale", job.number)

    PrintDesk(
        counter.shop, counter.actor, [counter.till_id], lambda _: (CONFIG, counter.printer), slow
    ).run_print_jobs()
    assert counter.states("T1-S000009") == {"receipt": "done"}


def test_papers_of_other_tills_are_left_alone(counter: Counter) -> None:
    counter.sell()
    assert counter.shop.ask(startable_print_job, [counter.till_id + 1]) is None
    assert counter.shop.ask(startable_print_job, []) is None
    assert counter.shop.ask(print_status, [counter.till_id + 1]).waiting == 0


def test_a_person_may_skip_what_waits_and_ask_again(counter: Counter) -> None:
    counter.printer.behaviour = "off"
    job = counter.order("receipt", "T1-S000009")
    counter.run()
    assert counter.shop.execute(skip_print_jobs, PickPrintJobs((job,)), counter.actor) == 1
    (row,) = counter.shop.ask(print_jobs_of, "T1-S000009")
    assert (row.state, row.error, row.title) == ("skipped", "Given up by olga.", "Receipt T1-S000009")
    counter.printer.behaviour = "works"
    assert counter.run(3600) == 0
    assert counter.shop.execute(retry_print_jobs, PickPrintJobs((job,)), counter.actor) == 1
    assert counter.run() == 1
    assert counter.shop.execute(retry_print_jobs, PickPrintJobs((job,)), counter.actor) == 0


def test_a_drawer_that_did_not_open_is_news_for_two_minutes(counter: Counter) -> None:
    counter.printer.behaviour = "off"
    number = counter.sell()
    counter.run()
    counter.printer.behaviour = "works"
    counter.run(100)
    status = counter.shop.ask(print_status, [counter.till_id])
    assert (status.waiting, status.failed) == (0, 1)
    assert "till 1" in str(status.trouble)
    assert [job.title for job in counter.shop.ask(open_print_jobs, [counter.till_id])] == [f"Cash drawer {number}"]
    counter.clock.advance(seconds=60)
    assert counter.shop.ask(print_status, [counter.till_id]).trouble is None
    assert counter.shop.ask(open_print_jobs, [counter.till_id]) == ()
    assert counter.states(number)["drawer"] == "failed"


def test_a_job_that_does_not_exist_is_named(counter: Counter) -> None:
    with pytest.raises(NotFound, match="4711"):
        counter.shop.execute(skip_print_jobs, PickPrintJobs((4711,)), counter.actor)


def test_looking_for_work_is_one_statement(counter: Counter) -> None:
    counter.sell()
    seen: list[str] = []
    with counter.shop.database.reading() as connection:
        engine = connection.engine

    @sa.event.listens_for(engine, "before_cursor_execute")
    def count(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    counter.shop.ask(startable_print_job, [counter.till_id])
    sa.event.remove(engine, "before_cursor_execute", count)
    assert sum("print_jobs" in statement for statement in seen) == 1
