"""The bytes of a taken file: stored in pieces beside the books, so another machine can go on."""

from __future__ import annotations

import zlib

import pytest
import sqlalchemy as sa

from shopdesk.books.doctor import run_doctor
from shopdesk.feeds.feed import feed_card
from shopdesk.feeds.files import BeginFile, FileGone, StorePieces, begin_file, keep_file, store_pieces, stored_file
from shopdesk.feeds.run import taken_file
from shopdesk.feeds.table import copied
from tests.feeds.importing import many_rows, table, write


def test_a_stored_file_is_the_same_bytes_on_another_machine(shop, manager, tmp_path) -> None:
    path = many_rows(tmp_path / "m.csv", 3_000)
    with taken_file(shop, path, manager, kind="products") as taken:
        pass
    card = shop.ask(feed_card, taken.feed_id)
    with stored_file(shop, card.blob_id) as again:
        assert again.read_bytes() == path.read_bytes()
    with taken_file(shop, path, manager, kind="products"):
        pass
    assert table(shop, "SELECT count(*) FROM blobs WHERE provider = 'pieces'") == [(1,)]
    with shop.database.writing() as connection, connection.begin():
        connection.execute(sa.text("DELETE FROM file_pieces WHERE position = 0"))
    with pytest.raises(FileGone), stored_file(shop, card.blob_id):
        pass
    report = run_doctor(shop.database, clock=shop.clock)
    assert {one.id for one in report.findings if one.violations} == {"I40"}


def test_a_file_whose_taking_in_was_broken_off_goes_on_and_is_tidied_away_a_day_later(shop, manager, tmp_path) -> None:
    first = write(tmp_path / "a.csv", [["SKU", "Name"], *([f"A{number}", "x" * 60] for number in range(9_000))])
    with copied(first) as copy:
        begin = BeginFile(copy.checksum, copy.name, "csv", copy.size)
        blob_id, there = shop.execute(begin_file, begin, manager)
        piece = zlib.compress(copy.path.read_bytes()[: 256 * 1024], 1)
        shop.execute(store_pieces, StorePieces(blob_id, 0, (piece,)), manager)
        assert there == 0
        assert keep_file(shop, copy, "csv", manager) == blob_id
        with stored_file(shop, blob_id) as again:
            assert again.read_bytes() == copy.path.read_bytes()
    shop.clock.advance(days=2)
    with taken_file(shop, write(tmp_path / "b.csv", [["SKU", "Name"], ["B", "b"]]), manager, kind="products"):
        pass
    assert table(shop, "SELECT file_name FROM blobs WHERE provider = 'pieces'") == [("b.csv",)]
    assert run_doctor(shop.database, clock=shop.clock).ok
