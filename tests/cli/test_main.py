"""The headless face as a script sees it: words, exit statuses, one sentence for what is refused, never a traceback."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shopdesk.cli.context import UsageError, pull_globals
from shopdesk.cli.do import answer_line, answer_lines
from shopdesk.cli.main import run
from shopdesk.db.shop import Shop
from tests.support.small_shop import actor_of, password_of

SELL = {"do": "sell", "key": "0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d3e", "lines": [{"sku": "TEA", "qty": 2}]}


class Face:
    """Calls the program in this process and keeps what it said."""

    def __init__(self, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.url = url
        self._capsys = capsys

    def __call__(self, *words: str, status: int = 0) -> str:
        """What went to standard output; the exit status must be as told."""
        call, rest = pull_globals(["--db", self.url, *words])
        got = run(call, rest)
        out, self.err = self._capsys.readouterr()
        assert got == status, (words, got, self.err)
        assert "Traceback" not in self.err
        return out

    def lines(self, *words: str, status: int = 0) -> list[dict[str, Any]]:
        """The JSON lines of an answer."""
        return [json.loads(line) for line in self(*words, status=status).splitlines()]

    def do(self, *requests: dict[str, Any]) -> list[dict[str, Any]]:
        """The answers to some requests."""
        call, _ = pull_globals(["--db", self.url])
        source = io.BytesIO("".join(json.dumps(request) + "\n" for request in requests).encode())
        sink = io.BytesIO()
        answer_lines(call, source, sink)
        call.close()
        return [json.loads(line) for line in sink.getvalue().splitlines()]


@pytest.fixture
def face(sqlite_shop_url: str, capsys: pytest.CaptureFixture[str]) -> Face:
    return Face(sqlite_shop_url, capsys)


def test_global_options_are_taken_before_and_after_the_word() -> None:
    call, rest = pull_globals(["--db", "a.db", "ask", "--json", "sales", "--till=T2", "--user", "ann"])
    assert (call.db, call.json, call.till, call.user, rest) == ("a.db", True, "T2", "ann", ["ask", "sales"])
    with pytest.raises(UsageError):
        pull_globals(["ask", "--db"])


def test_a_sale_is_asked_for_and_printed(face: Face) -> None:
    (answer,) = face.do(SELL)
    assert answer["status"] == "committed"
    (told,) = face.lines("ask", "sale", f"number={answer['number']}")
    assert told["head"] == answer["head"]
    assert told["payments"] == [{"type": "cash", "amount_cents": 700}]
    assert face.lines("ask", "sales")[0]["created_at"].endswith("Z")
    assert answer["number"] in face("receipt", str(answer["number"]))
    assert face.lines("ask", "journal", "till=T1")[-1]["kind"] == "sale"


def test_nothing_found_is_no_line_and_an_unknown_number_a_refusal(face: Face) -> None:
    assert face("ask", "sales") == ""
    assert face("ask", "sale", "number=T1-S000099", status=1) == ""
    assert "T1-S000099" in face.err


@pytest.mark.parametrize(
    "words",
    [
        ("ask", "colours"),
        ("ask", "sales", "number=1"),
        ("ask",),
        ("ask", "sale"),
        ("ask", "journal"),
        ("dance",),
        ("receipt", "X", "--format", "wax"),
        ("doctor", "--loud"),
    ],
)
def test_wrong_usage_is_two(face: Face, words: tuple[str, ...]) -> None:
    face(*words, status=2)
    assert face.err.startswith("shopdesk: ")


def test_a_shop_that_is_not_there_is_three(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Face(str(tmp_path / "none.db"), capsys)("ask", "sales", status=3) == ""
    Face("postgresql://nobody@127.0.0.1:1/none", capsys)("ask", "sales", status=3)


def test_init_makes_a_shop_once_and_prints_the_owners_password_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    face = Face(str(tmp_path / "new.db"), capsys)
    made = json.loads(face("init", "--json"))
    assert made["admin"] == "admin"
    assert len(made["password"]) >= 15
    face("init", status=1)
    assert face.lines("ask", "stock") == []
    assert face.lines("doctor", "--json")[-1]["ok"] is True


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"products": [{"sku": "A", "tax": "none"}]}, "products[0].tax"),
        ({"products": [{"sku": "A", "price_cents": 1.5}]}, "products[0].price_cents"),
        ({"products": [{"sku": "A", "colour": "red"}]}, "products[0].colour"),
        ({"products": [{"sku": "A"}, {"sku": "A"}]}, "products[1].sku"),
        ({"products": [{"sku": "A", "seller": "bee"}]}, "products[0].seller"),
        ({"sellers": [{"slug": "bee"}]}, "sellers[0]"),
        ({"coupons": [{"code": "C1"}]}, "coupons[0]"),
        ({"tax_rates": [{"code": "a", "rate": "x"}]}, "tax_rates[0].rate"),
        ({"tax_rates": [{"code": "a", "rate": 0.19}]}, "tax_rates[0].rate"),
        ({"tills": [{"code": "T1", "warehouse": "Moon"}]}, "tills[0].warehouse"),
        ({"users": [{"username": "a", "role": "king"}]}, "users[0].role"),
        ({"currency": "XXQ"}, "currency"),
        ({"colour": "red"}, "colour"),
        ({"products": [{"sku": "A", "stock": {"Moon": 1}}]}, "products[0].stock.Moon"),
        ({"products": [{"sku": "A\0"}]}, "products[0].sku"),
        ({"products": [{"sku": "A"}, {"sku": "B", "barcodes": ["1", "x" * 65]}]}, "products[1].barcodes[1]"),
        ({"products": [{"sku": "A", "title": "4111111111111111"}]}, "products[0].title"),
        ({"products": [{"sku": "A"}, {"sku": "B", "category": "C\0"}]}, "products[1].category"),
        ({"users": [{"username": "a", "password": "short"}]}, "users[0].password"),
        ({"users": [{"username": "a", "pin": "12"}]}, "users[0].pin"),
        ({"users": [{"username": "a", "pin": "482913"}, {"username": "b", "pin": "482913"}]}, "users[1].pin"),
        ({"users": [{"username": "Admin"}]}, "users[0].username"),
        ({"users": [{"username": "local", "role": "owner"}]}, "users[0].username"),
        ({"tills": [{"code": "T1"}, {"code": "t1"}]}, "tills[1].code"),
        ({"tills": [{"code": "a b"}]}, "tills[0].code"),
        ({"tax_rates": [{"code": "a", "name": "x" * 61}]}, "tax_rates[0].name"),
        ({"warehouses": ["Main", "x\0"]}, "warehouses[1]"),
        ({"customers": [{"email": "a@example.org"}, {"email": "x"}]}, "customers[1].email"),
        ({"country": "ZZ"}, "country"),
    ],
)
def test_a_description_is_refused_with_its_path_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], spec: dict[str, Any], path: str
) -> None:
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    face = Face(str(tmp_path / "new.db"), capsys)
    face("init", "--spec", str(tmp_path / "spec.json"), status=1)
    assert path in face.err
    assert not (tmp_path / "new.db").exists()


def test_a_weak_password_in_a_description_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "spec.json").write_text(json.dumps({"users": [{"username": "a", "password": "short"}]}))
    face = Face(str(tmp_path / "new.db"), capsys)
    face("init", "--spec", str(tmp_path / "spec.json"), status=1)
    assert not (tmp_path / "new.db").exists()


def test_whoever_was_given_no_password_has_a_one_time_one_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "spec.json").write_text(json.dumps({"users": [{"username": "olga", "role": "owner"}]}))
    face = Face(str(tmp_path / "new.db"), capsys)
    made = json.loads(face("init", "--json", "--spec", str(tmp_path / "spec.json")))
    assert made["passwords"].keys() == {"olga"}
    assert "admin" not in made


def test_what_belongs_to_another_program_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE notes (text)")
    other.close()
    face = Face(str(tmp_path / "other.db"), capsys)
    face("init", status=1)
    assert "left alone" in face.err


def test_a_place_that_cannot_be_written_to_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    face = Face(str(tmp_path / "file" / "new.db"), capsys)
    face("init", status=1)
    assert face.err.count("\n") == 1


@pytest.mark.parametrize(
    "line",
    [
        rb'{"do":"sell","key":"\ud800","lines":[{"sku":"TEA","qty":1}]}',
        rb'{"do":"sell","key":"0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d41","lines":[{"sku":"\ud800","qty":1}]}',
        rb'{"do":"sell","key":"0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d41","lines":[{"sku":"TEA\u0000","qty":1}]}',
        rb'{"do":"sell","key":"0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d41","\udfff":1}',
        b'{"do":"sell","key":"\xff","lines":[]}',
        b'{"do":"sell","key":"0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d41","lines":[{"sku":"TEA","qty":NaN}]}',
        b"[" * 100_000,
        b"\0",
    ],
)
def test_a_line_that_is_no_text_is_an_error_and_the_next_is_done(face: Face, line: bytes) -> None:
    call, _ = pull_globals(["--db", face.url])
    sink = io.BytesIO()
    answer_lines(call, io.BytesIO(line + b"\r\n\n" + json.dumps(SELL).encode()), sink)
    call.close()
    assert [json.loads(answer)["status"] for answer in sink.getvalue().splitlines()] == ["error", "committed"]


def test_what_should_not_happen_is_told_with_an_id_and_kept_in_the_log(
    face: Face, monkeypatch: pytest.MonkeyPatch, own_home: Path, allow_log: Callable[[str], None]
) -> None:
    allow_log("ZeroDivisionError in")

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("shopdesk.cli.do._named", broken)
    (answer,) = face.do(SELL)
    assert answer["status"] == "error"
    assert "E-" in answer["message"]
    monkeypatch.setattr("shopdesk.cli.ask.ask_lines", broken)
    face("ask", "sales", status=1)
    assert face.err.count("\n") == 1
    error_id = face.err.split()[-1].rstrip(".")
    assert error_id in (own_home / "log" / "shopdesk.log").read_text()


def test_a_group_of_words_alone_shows_what_there_is(face: Face) -> None:
    face("till", status=2)
    assert "enrol" in face.err
    assert len(face.err.splitlines()) > 5


def test_what_is_refused_is_one_line_whatever_was_typed(face: Face) -> None:
    face("ask", "sale", "number=X\n\x1b[31m", status=1)
    assert face.err.count("\n") == 1
    assert "\x1b" not in face.err


def test_who_may_list_customers_finds_them_by_any_word(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"{line['email']}" for line in face.lines("ask", "customers")]
    assert names
    assert [line["email"] for line in face.lines("ask", "customers", f"q={names[0][:2]}")]
    assert face("ask", "customers", "q=%") == ""
    monkeypatch.setenv("SHOPDESK_SECRET", password_of("ann"))
    face("ask", "customers", f"q={names[0][:2]}", "--user", "ann", status=1)


@pytest.mark.parametrize("number", [2**63, -(10**30), 5_000])
def test_a_number_that_leads_nowhere_is_no_surprise(shop: Shop, number: int) -> None:
    request = {"do": "create_customer", "key": SELL["key"], "last_name": "Lee", "price_list_id": number}
    answer = answer_line(shop, actor_of(shop, "olga"), json.dumps(request).encode())
    assert answer["status"] == ("refused" if number == 5_000 else "error")
    assert "E-" not in str(answer["message"])


def test_a_word_that_is_no_text_is_wrong_usage(face: Face) -> None:
    face("ask", "sale", "number=\udcff", status=2)


def test_who_calls_is_told_by_user_and_secret(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPDESK_SECRET", password_of("ann"))
    face("ask", "sales", "--user", "ann")
    face("doctor", "--user", "ann", status=1)
    monkeypatch.setenv("SHOPDESK_SECRET", "wrong wrong wrong wrong")
    face("ask", "sales", "--user", "ann", status=1)


def test_a_server_wants_to_know_who_calls(postgres_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    face = Face(postgres_url, capsys)
    face("init")
    face("ask", "sales", status=1)
    assert "--user" in face.err


def test_a_use_case_without_a_key_of_its_own_is_done_once_under_the_requests(face: Face) -> None:
    request = {"do": "create_category", "key": "0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d3f", "name": "Cups"}
    first, second, other = face.do(request, request, {**request, "name": "Plates"})
    assert first == second
    assert first["status"] == "committed"
    assert (other["status"], other["reason"]) == ("refused", "key_reused")


def test_the_till_of_a_call_is_the_lines_then_the_options_then_the_first(face: Face) -> None:
    call, _ = pull_globals(["--db", face.url, "--till", "T2"])
    sink = io.BytesIO()
    lines = [SELL, {**SELL, "key": "0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d40", "till": "T1"}]
    answer_lines(call, io.BytesIO("\n".join(map(json.dumps, lines)).encode()), sink)
    call.close()
    assert [json.loads(line)["number"] for line in sink.getvalue().splitlines()] == ["T2-S000001", "T1-S000001"]


def test_a_till_of_the_call_that_is_not_there_is_refused_line_by_line(face: Face) -> None:
    call, _ = pull_globals(["--db", face.url, "--till", "T9"])
    sink = io.BytesIO()
    lines = [SELL, {**SELL, "key": "0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d40", "till": "T1"}]
    answer_lines(call, io.BytesIO("\n".join(map(json.dumps, lines)).encode()), sink)
    call.close()
    first, second = map(json.loads, sink.getvalue().splitlines())
    assert (first["reason"], second["status"]) == ("unknown_till", "committed")


def test_a_key_with_other_content_is_reused_even_if_that_content_is_bad(face: Face) -> None:
    bad = {**SELL, "lines": [{"sku": "TEA", "qty": 0}]}
    assert [answer.get("reason") for answer in face.do(bad, SELL, bad)] == ["bad_line", None, "key_reused"]


def test_the_same_request_gets_the_same_bytes_and_a_long_word_a_short_sentence(face: Face) -> None:
    call, _ = pull_globals(["--db", face.url])
    sink = io.BytesIO()
    answer_lines(call, io.BytesIO(b"\n".join([json.dumps(SELL).encode()] * 2)), sink)
    call.close()
    first, second = sink.getvalue().splitlines()
    assert first == second
    (refused,) = face.do({**SELL, "key": "0b8f6f9e-5f5c-4c57-9a8c-0e6a4f1c2d40", "coupon": "x" * 100_000})
    assert len(refused["message"]) < 1_000


def test_every_use_case_is_listed_with_its_fields(face: Face) -> None:
    listed = {line["do"]: line for line in face.lines("do", "--list")}
    assert {
        "sell",
        "void",
        "open_shift",
        "cash_in",
        "cash_out",
        "close_shift",
        "adjust_stock",
        "transfer_stock",
    } <= set(listed)
    assert listed["transfer_stock"]["fields"].keys() >= {"key", "sku", "from", "to", "quantity"}
    assert all(line["about"] for line in listed.values())
