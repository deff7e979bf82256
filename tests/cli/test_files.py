"""``shopdesk import`` and ``export``: what they print, their exit statuses, and that they change what they say."""

from __future__ import annotations

import json
import zipfile

import pytest

from shopdesk.cli.context import Call
from shopdesk.cli.main import run
from tests.feeds.importing import SHOPIFY, goods_digest, table, write


@pytest.fixture
def shopdesk(sqlite_shop_url, capsys):
    """Runs a command line on the corner shop; answers its status, its lines and its errors."""

    def call(*words: str, as_json: bool = False):
        status = run(Call(db=sqlite_shop_url, json=as_json), list(words))
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err

    return call


def lines(out: list[str]) -> list[dict]:
    return [json.loads(line) for line in out]


def test_a_dry_run_prints_the_difference_and_changes_nothing(shopdesk, sqlite_shop, tmp_path) -> None:
    path = write(
        tmp_path / "p.csv", [["SKU", "Name", "Price"], ["TEA", "", "9.99"], ["NEW", "New", "1"], ["BAD", "Bad", "x"]]
    )
    before = goods_digest(sqlite_shop)
    status, out, err = shopdesk("import", "products", str(path), "--dry-run", as_json=True)
    assert (status, err) == (1, "")
    tea, new, bad, end = lines(out)
    assert (tea["action"], tea["flags"]) == ("changed", ["price_jump"])
    assert tea["changes"] == [{"part": "TEA", "field": "price", "before": 350, "after": 999}]
    assert (new["action"], new["name"]) == ("new", "NEW")
    assert (bad["row"], bad["column"], bad["refused"]) == (4, "Price", True)
    assert (end["made"], end["changed"], end["rows_bad"], end["status"]) == (1, 1, 1, "checked")
    assert goods_digest(sqlite_shop) == before
    assert table(sqlite_shop, "SELECT count(*) FROM feed_changes") == [(0,)]


def test_good_rows_come_in_and_refused_ones_go_to_a_file_that_can_be_mended(shopdesk, sqlite_shop, tmp_path) -> None:
    path = write(tmp_path / "p.csv", [["SKU", "Name", "Price"], ["NEW", "New", "1"], ["BAD", "Bad, quoted", "x"]])
    bad = tmp_path / "bad.csv"
    status, out, _err = shopdesk("import", "products", str(path), "--refused", str(bad))
    assert status == 1
    assert out[0].startswith("Row 3, Price: “x” is no figure")
    text = bad.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "SKU,Name,Price,Why refused"
    assert '"Row 3, Price: “x” is no figure."' in text
    bad.write_text(text.replace(",x,", ",2.50,"), encoding="utf-8-sig")
    status, out, _err = shopdesk("import", "products", str(bad))
    assert (status, out) == (0, ["1 new, 0 changed, 0 as they were; 0 of 1 rows refused."])
    prices = dict(table(sqlite_shop, "SELECT sku, price_cents FROM product_variants"))
    assert (prices["NEW"], prices["BAD"]) == (100, 250)


def test_all_or_nothing_changes_nothing(shopdesk, sqlite_shop, tmp_path) -> None:
    path = write(tmp_path / "p.csv", [["SKU", "Name", "Price"], ["NEW", "New", "1"], ["BAD", "Bad", "x"]])
    before = goods_digest(sqlite_shop)
    status, out, err = shopdesk("import", "products", str(path), "--all-or-nothing")
    assert status == 1
    assert "whole or not at all" in err
    assert out[0].startswith("Row 3")
    assert goods_digest(sqlite_shop) == before


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("import", "shoes", "a.csv"), 2, "import knows"),
        (("import", "products", "/nowhere/a.csv"), 1, "it is not there"),
        (("import", "products", "a.csv", "--mapping", "x"), 1, "it is not there"),
        (("export", "shoes", "a.csv"), 2, "export knows"),
        (("export", "products", "a.doc"), 2, "must end in"),
        (("export", "products", "/nowhere/a.csv"), 1, "was not written"),
    ],
)
def test_what_cannot_be_is_one_sentence(shopdesk, words, status, said) -> None:
    got, out, err = shopdesk(*words)
    assert (got, out) == (status, [])
    assert said in err
    assert err.count("\n") == 1


def test_columns_and_format_can_be_given(shopdesk, sqlite_shop, tmp_path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes("Ware;Euro\nTEA;1.234,50\n".encode("cp1252"))
    words = (
        "--mapping",
        "Ware=sku",
        "--mapping",
        "Euro=price",
        "--encoding",
        "cp1252",
        "--delimiter",
        ";",
        "--decimal-mark",
        "comma",
    )
    status, out, err = shopdesk("import", "prices", str(path), *words)
    assert (status, err) == (0, ""), out
    assert table(sqlite_shop, "SELECT price_cents FROM product_variants WHERE sku = 'TEA'") == [(123450,)]


def test_everything_goes_out_and_comes_in_again(shopdesk, sqlite_shop, tmp_path) -> None:
    status, out, _err = shopdesk("export", "everything", str(tmp_path / "all.zip"), as_json=True)
    assert (status, [line["kind"] for line in lines(out)]) == (0, ["products", "stock", "prices", "customers"])
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        archive.extractall(tmp_path)
    for kind in ("products", "stock", "prices", "customers"):
        status, out, _err = shopdesk("import", kind, str(tmp_path / f"{kind}.csv"), as_json=True)
        end = lines(out)[-1]
        assert (status, end["made"], end["changed"], end["rows_bad"]) == (0, 0, 0, 0)


@pytest.mark.parametrize("name", ["apparel.csv", "home-and-garden.csv"])
@pytest.mark.skipif(not SHOPIFY.is_dir(), reason="the two files lie beside the checkout")
def test_goods_that_all_came_from_another_shop_go_out_in_its_shape(sqlite_url, tmp_path, capsys, name) -> None:
    for words in (
        ["init"],
        ["import", "products", str(SHOPIFY / name)],
        ["export", "products", str(tmp_path / "same.csv")],
        ["export", "products", str(tmp_path / "own.csv"), "--shape", "table"],
        ["import", "products", str(tmp_path / "own.csv")],
        ["export", "products", str(tmp_path / "again.csv")],
    ):
        assert run(Call(db=sqlite_url), words) == 0, capsys.readouterr().err
    assert (
        (tmp_path / "same.csv").read_bytes() == (SHOPIFY / name).read_bytes() == (tmp_path / "again.csv").read_bytes()
    )
    assert (tmp_path / "own.csv").read_text(encoding="utf-8-sig").startswith("handle,title,")
