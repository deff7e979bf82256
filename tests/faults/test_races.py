"""Several till processes on the same last pieces: what is sold is what was there, and nobody sees a locked database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from shopdesk.books.doctor import run_doctor
from shopdesk.books.founding import found_shop
from shopdesk.books.spec import parse_spec
from shopdesk.db.database import Database

PASSWORD = "two tills, one shelf, 7"
PIECES = 60


def found(url: str, tills: int) -> None:
    """A shop with a few pieces of two articles and many of a third."""
    found_shop(
        url,
        parse_spec(
            json.dumps(
                {
                    "tills": [{"code": f"T{number}"} for number in range(1, tills + 1)],
                    "users": [{"username": "olga", "role": "owner", "password": PASSWORD}],
                    "tax_rates": [{"code": "std", "rate": "0.19"}],
                    "products": [
                        {"sku": "LAST", "price_cents": 100, "tax": "std", "stock": {"Main": PIECES}},
                        {"sku": "PAIR", "price_cents": 200, "tax": "std", "stock": {"Main": 2 * PIECES}},
                        {"sku": "MANY", "price_cents": 300, "stock": {"Main": 100_000}},
                    ],
                }
            )
        ),
    )


def race(url: str, tills: int, each: int) -> list[dict[str, object]]:
    """Every till sells in a process of its own, in orders of lines that would deadlock if locks were taken as they come."""
    processes = []
    for number in range(1, tills + 1):
        lines = [
            json.dumps(
                {
                    "do": "sell",
                    "key": str(uuid4()),
                    "till": f"T{number}",
                    "lines": [
                        {"sku": sku, "qty": 1}
                        for sku in (("LAST", "PAIR", "MANY") if number % 2 else ("MANY", "PAIR", "LAST"))
                    ],
                }
            )
            for _ in range(each)
        ]
        process = subprocess.Popen(
            [sys.executable, "-m", "shopdesk", "--db", url, "--user", "olga", "do"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "SHOPDESK_SECRET": PASSWORD},
        )
        processes.append((process, "".join(line + "\n" for line in lines)))
    for process, text in processes:
        assert process.stdin is not None
        process.stdin.write(text)
        process.stdin.close()
        process.stdin = None
    answers: list[dict[str, object]] = []
    for process, _ in processes:
        out, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
        answers += [json.loads(line) for line in out.splitlines()]
    return answers


def prove(url: str, answers: list[dict[str, object]], expected: int) -> None:
    """Exactly the pieces that were there are sold, everybody else was told why, the books hold."""
    assert len(answers) == expected
    sold = [answer for answer in answers if answer["status"] == "committed"]
    refused = [answer for answer in answers if answer["status"] != "committed"]
    assert len(sold) == PIECES
    assert {answer["reason"] for answer in refused} == {"out_of_stock"}, refused[:3]
    assert len({str(answer["number"]) for answer in sold}) == PIECES
    with closing(Database(url)) as database:
        report = run_doctor(database)
    assert report.ok, [finding for finding in report.findings if finding.violations]


def test_two_processes_on_the_last_pieces_of_a_file(tmp_path: Path) -> None:
    url = str(tmp_path / "shop.db")
    found(url, 2)
    prove(url, race(url, 2, 40), 80)


def test_two_processes_on_the_last_pieces_of_a_server(postgres_url: str) -> None:
    found(postgres_url, 2)
    prove(postgres_url, race(postgres_url, 2, 40), 80)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_eight_processes_on_the_last_pieces(database_url: str) -> None:
    found(database_url, 8)
    prove(database_url, race(database_url, 8, 50), 400)
