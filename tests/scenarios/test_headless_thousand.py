"""The headless face on a fresh shop: a thousand sales good and bad, every answer right to the cent, then the doctor."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.support.till_model import Article, TillModel

RATES = {"std": "0.19", "red": "0.07", "odd": "0.08875"}
CUSTOMERS = ("kim@example.org", "zoe@example.org")


def run(db: str, *words: str, lines: list[str] | None = None, status: int = 0) -> list[dict[str, Any]]:
    """Call the program as a script would; its JSON lines."""
    done = subprocess.run(
        [sys.executable, "-m", "shopdesk", "--db", db, *words],
        input=None if lines is None else "".join(line + "\n" for line in lines),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == status, (words, done.returncode, done.stderr[-2000:], done.stdout[-500:])
    assert "Traceback" not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def a_shop(chance: random.Random, *, inclusive: bool, per_order: bool, step: int) -> tuple[dict[str, Any], TillModel]:
    """A description and the model of it."""
    articles: dict[str, Article] = {}
    products = []
    for number in range(1, 31):
        tax = chance.choice([*RATES, None])
        sku, price = f"A{number}", chance.choice([0, 1, 99, 333, 350, 1999, 12345])
        stock, policy = chance.choice([0, 3, 50, 5000]), chance.choice(["deny", "deny", "continue"])
        barcode = f"20000000{number:05d}"
        rate = Fraction(RATES[tax]) if tax else None
        articles[sku] = Article(sku, price, rate, Fraction(stock), policy, (barcode,))
        products.append(
            {
                "sku": sku,
                "title": f"Article {number}",
                "price_cents": price,
                "tax": tax,
                "barcodes": [barcode],
                "category": f"Shelf {number % 4}",
                "stock": {"Main": stock},
                "policy": policy,
            }
        )
    spec = {
        "name": "A thousand",
        "currency": "EUR",
        "prices_include_tax": inclusive,
        "tax_rounding": "order" if per_order else "line",
        "cash_rounding_cents": step,
        "tax_rates": [{"code": code, "name": code, "rate": rate} for code, rate in RATES.items()],
        "warehouses": ["Main"],
        "tills": [{"code": "T1", "warehouse": "Main"}, {"code": "T2", "warehouse": "Main"}],
        "products": products,
        "customers": [{"email": mail, "first_name": "A", "last_name": "B"} for mail in CUSTOMERS],
    }
    return spec, TillModel(articles, set(CUSTOMERS), inclusive, per_order, step, ("T1", "T2"))


def a_request(chance: random.Random, earlier: list[dict[str, Any]]) -> dict[str, Any]:
    """A sale as it comes: mostly sound, now and then refused, repeated, or nonsense."""
    if earlier and chance.random() < 0.06:
        again = dict(chance.choice(earlier))
        if chance.random() < 0.4:
            again["lines"] = [*again["lines"], {"sku": "A1", "qty": 1}]
        return again
    lines = []
    for _ in range(chance.choice([1, 1, 2, 3, 5, 8])):
        number = chance.randint(1, 31 if chance.random() < 0.03 else 30)
        line: dict[str, Any] = {"qty": chance.choice([1, 1, 1, 2, 3, "0.5", "1.234", "2.50"])}
        if chance.random() < 0.03:
            line["qty"] = chance.choice([0, -1, "0", "-2", "1.2345", "x", "", 1.5, 10**12])
        if chance.random() < 0.4:
            line["barcode"] = f"20000000{number:05d}"
        else:
            line["sku"] = f"A{number}"
        if chance.random() < 0.15:
            line["discount_cents"] = chance.choice([0, 1, 10, 100, 5000, -1 if chance.random() < 0.1 else 5])
        lines.append(line)
    request: dict[str, Any] = {"key": str(UUID(int=chance.getrandbits(128), version=4)), "lines": lines}
    if chance.random() < 0.03:
        request["lines"] = []
    if chance.random() < 0.15:
        request["order_discount_cents"] = chance.choice([1, 7, 100, 3000])
    if chance.random() < 0.3:
        request["payments"] = [
            {
                "type": chance.choice(["cash", "cash", "card", "card", "shells" if chance.random() < 0.1 else "cash"]),
                "amount_cents": chance.choice([1, 100, 500, 2000, 10_000, 100_000]),
            }
            for _ in range(chance.choice([0, 1, 1, 2, 3]))
        ]
    if chance.random() < 0.2:
        request["customer"] = chance.choice([*CUSTOMERS, "nobody@example.org"])
    if chance.random() < 0.3:
        request["till"] = chance.choice(["T1", "T2", "T2", "T9" if chance.random() < 0.1 else "T1"])
    if chance.random() < 0.02:
        request["coupon"] = "C1"
    return request


NONSENSE = [
    "{",
    "[]",
    '"sell"',
    '{"do":"sell"}',
    '{"do":"nothing","key":"0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d3e"}',
    '{"do":"sell","key":"no uuid","lines":[]}',
    '{"do":"sell","key":"0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d3e"}',
    '{"do":"sell","key":"0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d3e","lines":[{"sku":"A1","qty":1}],"colour":"red"}',
    '{"do":"sell","key":"0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d3e","lines":[{"sku":"A1","qty":1,"colour":"red"}]}',
    '{"do":"sell","key":"0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d3e","lines":[{"qty":1}]}',
    '{"do":"sell","key":"0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d3e","lines":[{"sku":"A1","qty":1}],"order_discount_cents":"5"}',
    '{"do":"sell","key":"0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d3e","lines":{"sku":"A1"}}',
    '{"do":"sell","key":"0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d3e","lines":[{"sku":"A1","qty":NaN}]}',
    "[" * 5000,
]


def thousand_sales(
    db: str, folder: Path, *, inclusive: bool, per_order: bool, step: int, count: int, seed: int
) -> None:
    """Sell, compare every answer with the model, then stock, turnover and the doctor."""
    chance = random.Random(seed)
    spec, model = a_shop(chance, inclusive=inclusive, per_order=per_order, step=step)
    path = folder / "spec.json"
    path.write_text(json.dumps(spec))
    run(db, "init", "--spec", str(path))
    earlier: list[dict[str, Any]] = []
    lines, wanted = [], []
    for number in range(count):
        if number % 50 == 7:
            lines.append(NONSENSE[(number // 50) % len(NONSENSE)])
            wanted.append(None)
            continue
        request = a_request(chance, earlier)
        wanted.append(model.sell(request))
        if "number" in (wanted[-1] or {}):
            earlier.append(request)
        text = {"do": "sell", **request}
        names = list(text)
        chance.shuffle(names)
        lines.append(json.dumps({name: text[name] for name in names}, indent=None))
    answers = run(db, "do", lines=lines)
    assert len(answers) == len(lines)
    for line, expected, answer in zip(lines, wanted, answers, strict=True):
        told = {name: value for name, value in answer.items() if name not in {"key", "status", "head", "message"}}
        if expected is None:
            assert answer["status"] == "error", (seed, line[:200], answer)
        else:
            assert told == expected, (seed, line, expected, answer)
            assert answer["status"] == ("refused" if "reason" in expected else "committed")
    sales = run(db, "ask", "sales")
    assert sum(sale["total_cents"] for sale in sales) == model.turnover
    assert [sale["number"] for sale in sales if sale["till"] == "T1"] == [
        f"T1-S{number:06d}" for number in range(1, model.numbers.get("T1", 0) + 1)
    ]
    for level in run(db, "ask", "stock"):
        article = model.articles[level["sku"]]
        assert Fraction(level["on_hand"]) == Fraction(level["ledger"]) == article.stock, level
    heads = [answer["head"] for answer in answers if "head" in answer]
    anchors = [word for head in (heads[0], heads[-1]) for word in ("--anchor", head)]
    found = run(db, "doctor", *anchors, "--json")
    assert found[-1]["ok"], [finding for finding in found if finding.get("violations")]


@pytest.mark.parametrize(("inclusive", "per_order", "step"), [(True, False, 0), (False, True, 5)])
def test_a_thousand_sales_are_right_to_the_cent(tmp_path: Path, inclusive: bool, per_order: bool, step: int) -> None:
    thousand_sales(
        str(tmp_path / "shop.db"),
        tmp_path,
        inclusive=inclusive,
        per_order=per_order,
        step=step,
        count=1000,
        seed=20261120,
    )


def test_a_last_line_without_a_newline_is_done_if_it_is_whole(tmp_path: Path) -> None:
    db = str(tmp_path / "shop.db")
    (tmp_path / "spec.json").write_text(
        json.dumps({"products": [{"sku": "A", "price_cents": 100, "stock": {"Main": 5}}]})
    )
    run(db, "init", "--spec", str(tmp_path / "spec.json"))
    whole = '{"do":"sell","key":"0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d3e","lines":[{"sku":"A","qty":1}]}'
    done = subprocess.run(
        [sys.executable, "-m", "shopdesk", "do", "--db", db],
        input=whole + "\n" + whole.replace("3e", "3f")[:-3],
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["status"] for answer in answers] == ["committed", "error"]
    assert answers[1]["key"] is None
    assert len(run(db, "ask", "sales")) == 1
