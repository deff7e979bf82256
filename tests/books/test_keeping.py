"""Backups that prove themselves: taken while the shop sells, verified aside, restored with a trace."""

from __future__ import annotations

import os
import threading

import pytest
import sqlalchemy as sa

from shopdesk.books.doctor import run_doctor
from shopdesk.books.keeping import back_up, restore_backup, verify_backup
from shopdesk.core.errors import NotPermitted
from shopdesk.core.ids import uuid7
from shopdesk.db import backup_cipher
from shopdesk.db.backup import BackupRefused
from shopdesk.db.database import Database
from shopdesk.sales.checkout import commit_sale
from shopdesk.sales.sale_command import CommitSale, SaleLine
from tests.support.busy_day import busy_day


@pytest.fixture(autouse=True)
def cheap_key(monkeypatch):
    monkeypatch.setattr(backup_cipher, "COST", {"memory_kib": 64, "passes": 1, "lanes": 1})


@pytest.fixture(autouse=True)
def postgres_programs(request, monkeypatch):
    if "postgresql" in request.node.name:
        programs = request.getfixturevalue("postgres").programs
        if programs is not None:
            monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


def sell(shop, actor) -> str:
    answer = shop.execute(commit_sale, CommitSale(key=uuid7(), lines=(SaleLine(sku="TEA"),)), actor)
    return str(answer.fields["head"])


def wrong(report) -> set[str]:
    return {finding.id for finding in report.findings if finding.violations}


def test_a_backup_knows_its_heads_and_is_verified(shop, clock, actor, tmp_path):
    busy_day(shop, clock)
    manifest = back_up(shop, tmp_path / "kept.backup", actor, passphrase="battery staple")
    assert manifest.heads == run_doctor(shop.database, clock=clock).heads
    assert manifest.broken == ()
    assert manifest.shop == "Corner shop"
    report = verify_backup(tmp_path / "kept.backup", passphrase="battery staple", database=shop.database, clock=clock)
    assert wrong(report) == set()
    later = sell(shop, actor)
    report = verify_backup(
        tmp_path / "kept.backup", passphrase="battery staple", anchors=(later,), database=shop.database, clock=clock
    )
    assert wrong(report) == {"I21"}
    assert wrong(run_doctor(shop.database, clock=clock)) == set()


def test_a_restored_shop_sells_on_and_tells_that_it_was_restored(shop, clock, actor, tmp_path):
    busy_day(shop, clock)
    manifest = back_up(shop, tmp_path / "kept.backup", actor)
    later = sell(shop, actor)
    shop.database.close()
    restored = restore_backup(
        shop.database, tmp_path / "kept.backup", replace=True, anchors=(later,), by="olga", clock=clock
    )
    assert wrong(restored.report) == {"I21"}  # the sale after the backup is known to be missing
    assert restored.heads == manifest.heads
    assert restored.kept is not None
    assert restored.kept.exists()
    sell(shop, actor)
    assert wrong(run_doctor(shop.database, clock=clock)) == set()
    with shop.database.reading() as connection:
        noted = connection.execute(
            sa.text("SELECT metadata FROM audit_log WHERE action = 'backup.restored' AND chain = 'office'")
        ).scalar()
    assert '"by":"olga"' in noted


def test_numbers_are_not_given_twice_after_a_restore_that_knows_its_anchor(sqlite_shop, clock, actor, tmp_path):
    back_up(sqlite_shop, tmp_path / "kept.backup", actor)
    head = sell(sqlite_shop, actor)
    report = verify_backup(tmp_path / "kept.backup", anchors=(head,), clock=clock)
    assert not report.ok
    assert "tail was cut" in next(finding.samples[0] for finding in report.findings if finding.id == "I21")


def test_a_clerk_takes_no_backup(sqlite_shop, clerk, tmp_path):
    with pytest.raises(NotPermitted):
        back_up(sqlite_shop, tmp_path / "kept.backup", clerk)
    assert not (tmp_path / "kept.backup").exists()


def test_a_backup_of_a_troubled_shop_is_taken_and_says_so(sqlite_shop, clock, actor, tmp_path):
    busy_day(sqlite_shop, clock)
    with sqlite_shop.database.writing() as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER guard_journal_update")
    manifest = back_up(sqlite_shop, tmp_path / "kept.backup", actor)
    assert manifest.broken == ("I42",)


def test_a_backup_with_a_broken_page_is_not_restored(sqlite_shop, clock, actor, tmp_path):
    """A backup whose checksum fits, but whose content was broken before it was taken."""
    from shopdesk.db import backup
    from shopdesk.db.backup import Manifest, read_backup

    busy_day(sqlite_shop, clock)
    back_up(sqlite_shop, tmp_path / "good.backup", actor)
    read_backup(tmp_path / "good.backup", tmp_path / "broken.db")
    content = bytearray((tmp_path / "broken.db").read_bytes())
    content[40 * 4096 : 41 * 4096] = bytes(4096)
    (tmp_path / "broken.db").write_bytes(content)
    whole = tmp_path / "forged.backup"
    whole.write_bytes(content)
    backup._append_manifest(whole, Manifest("sqlite", "0001", "2026-11-20T08:00:00.000000Z"))
    with pytest.raises(BackupRefused, match="damaged"):
        verify_backup(whole, clock=clock)
    target = Database(str(tmp_path / "target" / "shop.db"))
    with pytest.raises(BackupRefused, match="damaged"):
        restore_backup(target, whole, clock=clock)
    assert not target.exists


def test_backups_taken_while_tills_sell_are_each_one_sound_moment(shop, clock, actor, tmp_path):
    stop, sold = threading.Event(), []

    def trade() -> None:
        while not stop.is_set():
            sold.append(sell(shop, actor))

    till = threading.Thread(target=trade)
    till.start()
    try:
        for number in range(3):
            back_up(shop, tmp_path / f"{number}.backup", actor)
    finally:
        stop.set()
        till.join()
    assert len(sold) > 3
    for number in range(3):
        report = verify_backup(tmp_path / f"{number}.backup", database=shop.database, clock=clock)
        assert wrong(report) == set()
