"""Two processes at the same goods: counting while selling, two counters, one arrival twice, the last piece promised twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from uuid import uuid4

import pytest
import sqlalchemy as sa

from shopdesk.app import open_shop
from shopdesk.books.doctor import run_doctor
from shopdesk.books.founding import found_shop
from shopdesk.books.spec import parse_spec
from shopdesk.cli.table import COMMANDS
from shopdesk.db.database import Database
from tests.support.small_shop import actor_of

PASSWORD = "two people, one shelf, 9"
Lines = Sequence[dict[str, object]]


@pytest.fixture
def shop_at(database_url: str) -> str:
    """A shop of two tills and two people, with many of one thing and few of another."""
    spec = {
        "tills": [{"code": "T1"}, {"code": "T2"}],
        "warehouses": ["Main", "Cellar"],
        "users": [
            {"username": "olga", "role": "owner", "password": PASSWORD},
            {"username": "ann", "role": "owner", "password": PASSWORD},
        ],
        "products": [
            {"sku": "MANY", "price_cents": 300, "stock": {"Main": 500}},
            {"sku": "FEW", "price_cents": 100, "stock": {"Main": 5}},
        ],
    }
    found_shop(database_url, parse_spec(json.dumps(spec)))
    return database_url


def together(url: str, *work: tuple[str, str, Lines]) -> list[list[dict[str, object]]]:
    """Each person's requests in a process of their own, at once; their answers in order."""
    started = []
    for user, till, lines in work:
        process = subprocess.Popen(
            [sys.executable, "-m", "shopdesk", "--db", url, "--user", user, "--till", till, "do"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "SHOPDESK_SECRET": PASSWORD},
        )
        started.append((process, "".join(json.dumps({"key": str(uuid4()), **line}) + "\n" for line in lines)))
    for process, text in started:
        assert process.stdin is not None
        process.stdin.write(text)
        process.stdin.close()
        process.stdin = None
    answers = []
    for process, _text in started:
        out, err = process.communicate(timeout=100)
        assert process.returncode == 0, err
        answers.append([json.loads(line) for line in out.splitlines()])
    return answers


def alone(url: str, request: dict[str, object]) -> dict[str, object]:
    """One request of one person, in this process."""
    content = {"key": str(uuid4()), **request}
    doing = COMMANDS[str(content.pop("do"))]
    with closing(open_shop(url)) as shop:
        return doing.run(shop, actor_of(shop, "olga"), content, "T1")


def sound(url: str) -> None:
    with closing(Database(url)) as database:
        report = run_doctor(database)
    assert [finding for finding in report.findings if finding.violations and finding.id != "I42"] == []


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    with closing(Database(url)) as database, database.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def test_counting_while_another_process_sells(shop_at: str) -> None:
    started = alone(shop_at, {"do": "start_count", "warehouse_id": 1, "scope": "free", "limit_cents": 10**9})
    count = started["result"]
    sales = [{"do": "sell", "lines": [{"sku": "MANY", "qty": 1}]} for _ in range(25)]
    scans = [
        {"do": "record_count", "count_id": count, "code": "MANY", "quantity_milli": 1_000 * number, "mode": "set"}
        for number in range(400, 425)
    ]
    sold, scanned = together(shop_at, ("olga", "T1", sales), ("ann", "T2", scans))
    assert {answer["status"] for answer in sold} == {"committed"}
    assert {answer["status"] for answer in scanned} <= {"committed", "done", "ok"}, scanned[:2]
    posted = alone(shop_at, {"do": "post_count", "count_id": count, "despite_prompts": True})
    assert posted["number"] == "T1-K000001", posted
    ((on_hand,),) = rows(shop_at, "SELECT on_hand FROM stock_levels WHERE variant_id = 1 AND warehouse_id = 1")
    ((counted, seq),) = rows(shop_at, "SELECT counted, ledger_seq FROM stock_count_lines")
    ((later,),) = rows(
        shop_at,
        "SELECT coalesce(sum(quantity_change), 0) FROM inventory_ledger WHERE variant_id = 1 AND warehouse_id = 1 "
        f"AND type = 'sale' AND seq > {seq}",
    )
    assert (counted, on_hand) == (424_000, 424_000 + later)
    sound(shop_at)


def test_two_counters_on_two_machines(shop_at: str) -> None:
    started = alone(shop_at, {"do": "start_count", "warehouse_id": 1, "scope": "free", "limit_cents": 10**9})
    count = started["result"]
    scans = [{"do": "record_count", "count_id": count, "code": "FEW", "area": ""} for _ in range(5)]
    shelf = [{"do": "record_count", "count_id": count, "code": "MANY", "quantity_milli": 10_000, "area": "A"}] * 10
    store = [{"do": "record_count", "count_id": count, "code": "MANY", "quantity_milli": 20_000, "area": "B"}] * 20
    together(shop_at, ("olga", "T1", [*scans, *shelf]), ("ann", "T2", [*scans, *store]))
    posted = alone(shop_at, {"do": "post_count", "count_id": count})
    assert (posted["number"], posted["differences"]) == ("T1-K000001", 0)
    assert rows(shop_at, "SELECT counted FROM stock_count_lines ORDER BY variant_id") == [(500_000,), (5_000,)]
    sound(shop_at)


def test_an_arrival_received_twice_is_received_once(shop_at: str) -> None:
    saved = alone(
        shop_at,
        {
            "do": "save_transfer",
            "from_warehouse_id": 1,
            "to_warehouse_id": 2,
            "lines": [{"variant_id": 1, "quantity_milli": 50_000}],
        },
    )
    document = saved["result"]
    alone(shop_at, {"do": "send_transfer", "document_id": document, "version": 1})
    arrival = [{"do": "receive_transfer", "document_id": document}]
    answers = together(shop_at, ("olga", "T1", arrival), ("ann", "T2", arrival))
    assert sorted(str(answer.get("reason")) for (answer,) in answers) == ["None", "transfer_state"]
    assert rows(shop_at, "SELECT on_hand FROM stock_levels WHERE warehouse_id = 2") == [(50_000,)]
    sound(shop_at)


def test_the_last_pieces_are_promised_once(shop_at: str) -> None:
    wish = {"do": "set_aside", "variant_id": 2, "warehouse_id": 1, "quantity_milli": 1_000, "note": "x"}
    answers = together(shop_at, ("olga", "T1", [wish] * 4), ("ann", "T2", [wish] * 4))
    reasons = [answer.get("reason") for one in answers for answer in one]
    assert (reasons.count(None), reasons.count("out_of_stock")) == (5, 3)
    assert rows(shop_at, "SELECT reserved FROM stock_levels WHERE variant_id = 2") == [(5_000,)]
    sound(shop_at)
