"""Backup files: whole or refused with a reason, sealed against everybody without the passphrase, put back safely."""

from __future__ import annotations

import os
import random
import stat
import threading
from pathlib import Path

import pytest

from shopdesk.db import backup_cipher, backup_postgres
from shopdesk.db.backup import (
    BackupFailed,
    BackupRefused,
    Manifest,
    dump,
    put_back,
    read_backup,
    write_backup,
)
from shopdesk.db.backup_postgres import ProgramMissing, RestoreRefused
from shopdesk.db.backup_sqlite import ShopInUse
from shopdesk.db.database import Database
from shopdesk.db.upkeep import SchemaState, schema_state


@pytest.fixture(autouse=True)
def cheap_key(monkeypatch):
    """A key in a moment: the cost is told in each file, so that files of tests and shops open alike."""
    monkeypatch.setattr(backup_cipher, "COST", {"memory_kib": 64, "passes": 1, "lanes": 1})


@pytest.fixture(autouse=True)
def postgres_programs(request, monkeypatch):
    if "shop" in request.fixturenames and "postgresql" in request.node.name:
        programs = request.getfixturevalue("postgres").programs
        if programs is not None:
            monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


def manifest_of(database: Database) -> Manifest:
    return Manifest(database.dialect, "0001", "2026-11-20T08:00:00.000000Z", {"T1": "T1:0:" + "0" * 64}, "Zoë's")


def take(shop, target: Path, passphrase: str | None = None) -> Manifest:
    return write_backup(shop.database, target, lambda _connection: manifest_of(shop.database), passphrase=passphrase)


@pytest.mark.parametrize("passphrase", [None, "battery staple"])
def test_what_was_written_is_read_again(shop, tmp_path, passphrase):
    made = take(shop, tmp_path / "kept" / "monday.backup", passphrase)
    read = read_backup(tmp_path / "kept" / "monday.backup", tmp_path / "copy", passphrase=passphrase)
    assert read == made
    assert os.listdir(tmp_path / "kept") == ["monday.backup"]
    assert stat.S_IMODE((tmp_path / "kept" / "monday.backup").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600


def test_a_plain_backup_of_a_file_is_a_shop_file(sqlite_shop, tmp_path):
    dump(sqlite_shop.database, tmp_path / "plain.db")
    copy = Database(str(tmp_path / "plain.db"))
    assert schema_state(copy) is SchemaState.CURRENT
    with copy.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("SELECT count(*) FROM customers").scalar() == 2
    copy.close()


def test_an_encrypted_backup_tells_nothing(sqlite_shop, tmp_path):
    take(sqlite_shop, tmp_path / "sealed", "battery staple")
    take(sqlite_shop, tmp_path / "plain")
    sealed, plain = (tmp_path / "sealed").read_bytes(), (tmp_path / "plain").read_bytes()
    for word in (b"kim@example.org", "Müller".encode(), b"CREATE TABLE", b"SQLite format 3"):
        assert word in plain
        assert word not in sealed


@pytest.mark.parametrize("passphrase", [None, "battery staple"])
def test_cut_and_flipped_backups_are_refused(sqlite_shop, tmp_path, passphrase):
    take(sqlite_shop, tmp_path / "good", passphrase)
    good = (tmp_path / "good").read_bytes()
    seed = 20261120
    dice = random.Random(seed)
    cuts = {0, 1, 8, 40, len(good) // 2, len(good) - 1, *(dice.randrange(len(good)) for _ in range(20))}
    flips = {0, 9, 50, len(good) - 1, len(good) - 9, len(good) - 45, *(dice.randrange(len(good)) for _ in range(40))}
    for cut in sorted(cuts):
        refused(tmp_path, good[:cut], passphrase, f"cut at {cut}, seed {seed}")
    for place in sorted(flips):
        bad = bytearray(good)
        bad[place] ^= 1 << dice.randrange(8)
        refused(tmp_path, bytes(bad), passphrase, f"flipped at {place}, seed {seed}")
    refused(tmp_path, good + b"\0", passphrase, "one byte more")


def refused(folder: Path, content: bytes, passphrase: str | None, what: str) -> None:
    (folder / "bad").write_bytes(content)
    with pytest.raises(BackupRefused, match=r"cut off|damaged|passphrase") as told:
        read_backup(folder / "bad", folder / "unpacked", passphrase=passphrase)
    assert str(told.value), what
    assert not (folder / "unpacked").exists(), what


def test_swapped_and_dropped_chunks_are_refused(sqlite_shop, tmp_path, monkeypatch):
    monkeypatch.setattr(backup_cipher, "CHUNK", 4096)
    take(sqlite_shop, tmp_path / "good", "battery staple")
    good = (tmp_path / "good").read_bytes()
    header = int.from_bytes(good[8:12], "big")
    start, size = 12 + header + 32, 4096 + 16
    first, second, rest = good[start : start + size], good[start + size : start + 2 * size], good[start + 2 * size :]
    for body in (second + first + rest, first + rest, first + first + rest, first + second):
        refused(tmp_path, good[:start] + body, "battery staple", "chunks moved")


def test_a_wrong_or_missing_passphrase_is_told_as_such(sqlite_shop, tmp_path):
    take(sqlite_shop, tmp_path / "sealed", "battery staple")
    with pytest.raises(BackupRefused, match="the passphrase is wrong"):
        read_backup(tmp_path / "sealed", tmp_path / "copy", passphrase="battery stable")
    with pytest.raises(BackupRefused, match="SHOPDESK_PASSPHRASE"):
        read_backup(tmp_path / "sealed", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_the_same_passphrase_typed_otherwise_composed_opens_it(sqlite_shop, tmp_path):
    take(sqlite_shop, tmp_path / "sealed", "caf\u00e9")
    read_backup(tmp_path / "sealed", tmp_path / "copy", passphrase="cafe\u0301")


def test_a_forged_header_cannot_eat_the_machine(sqlite_shop, tmp_path):
    import hashlib

    take(sqlite_shop, tmp_path / "sealed", "battery staple")
    good = (tmp_path / "sealed").read_bytes()
    length = int.from_bytes(good[8:12], "big")
    header = good[12 : 12 + length].replace(b'"memory_kib": 64', b'"memory_kib": 99999999')
    forged = good[:8] + len(header).to_bytes(4, "big") + header + hashlib.sha256(header).digest() + good[44 + length :]
    (tmp_path / "forged").write_bytes(forged)
    with pytest.raises(BackupRefused, match="header is damaged"):
        read_backup(tmp_path / "forged", tmp_path / "copy", passphrase="battery staple")


@pytest.mark.parametrize("content", [b"", b"hello", os.urandom(5000), b"SQLite format 3\0" + bytes(9000), b"SDBKENC1"])
def test_what_is_no_backup_is_refused(tmp_path, content):
    (tmp_path / "letter").write_bytes(content)
    with pytest.raises(BackupRefused):
        read_backup(tmp_path / "letter", tmp_path / "copy", passphrase="x")
    with pytest.raises(BackupRefused, match="does not exist"):
        read_backup(tmp_path / "nothing", tmp_path / "copy")


def test_a_failed_backup_leaves_the_older_one(sqlite_shop, tmp_path):
    take(sqlite_shop, tmp_path / "kept")
    before = (tmp_path / "kept").read_bytes()

    def fail(_connection):
        raise BackupFailed("nobody home")

    with pytest.raises(BackupFailed):
        write_backup(sqlite_shop.database, tmp_path / "kept", fail)
    assert (tmp_path / "kept").read_bytes() == before
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".shopdesk-")]


def test_no_readable_copy_goes_where_a_sealed_backup_goes(sqlite_shop, tmp_path, monkeypatch):
    """What lies on the stick at any moment of an encrypted backup tells nothing (it may be pulled or the power may fail)."""
    stick, seen = tmp_path / "stick", []

    def look(*_arguments) -> None:
        seen.extend(path.read_bytes() for path in stick.rglob("*") if path.is_file())

    def describe(_connection) -> Manifest:
        look()
        return manifest_of(sqlite_shop.database)

    monkeypatch.setattr("shopdesk.db.backup._to_disk", look)
    write_backup(sqlite_shop.database, stick / "sealed", describe, passphrase="battery staple")
    assert seen
    assert not any(b"CREATE TABLE" in content or b"kim@example.org" in content for content in seen)


def test_what_a_killed_backup_left_behind_is_swept_away_the_next_day(sqlite_shop, tmp_path):
    left, fresh = tmp_path / ".shopdesk-left", tmp_path / ".shopdesk-fresh"
    for folder in (left, fresh):
        folder.mkdir()
        (folder / "copy").write_bytes(b"x")
    os.utime(left, (1, 1))
    dump(sqlite_shop.database, tmp_path / "backup")
    assert not left.exists()
    assert fresh.exists()


def test_a_place_that_cannot_be_written_is_told(sqlite_shop, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(BackupFailed):
        take(sqlite_shop, tmp_path / "file" / "backup")


# ------------------------------------------------------------------ putting back


def test_put_back_where_nothing_is(shop, tmp_path, request):
    dump(shop.database, tmp_path / "backup")
    manifest = read_backup(tmp_path / "backup", tmp_path / "copy")
    if shop.database.dialect == "sqlite":
        empty = Database(str(tmp_path / "fresh" / "shop.db"))
    else:
        server = request.getfixturevalue("postgres")
        empty = Database(server.create())
        request.addfinalizer(lambda: server.drop(empty.url))
    assert put_back(tmp_path / "copy", manifest, empty, replace=False) is None
    assert schema_state(empty) is SchemaState.CURRENT
    with empty.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM customers").scalar() == 2
    empty.close()


def test_a_shop_is_replaced_only_when_told_and_is_kept(shop, tmp_path):
    dump(shop.database, tmp_path / "backup")
    manifest = read_backup(tmp_path / "backup", tmp_path / "copy")
    rename(shop.database, "after the backup")
    with pytest.raises(RestoreRefused):
        put_back(tmp_path / "copy", manifest, shop.database, replace=False)
    assert names(shop.database) == {"after the backup"}
    kept = put_back(tmp_path / "copy", manifest, shop.database, replace=True)
    assert names(shop.database) == {"Main", "Cellar"}
    assert kept is not None
    if shop.database.dialect == "sqlite":
        old = Database(str(kept))
        assert names(old) == {"after the backup"}
        old.close()
    else:
        assert read_backup(kept, tmp_path / "kept").dialect == "postgresql"


def rename(database: Database, name: str) -> None:
    with database.writing() as connection, connection.begin():
        connection.exec_driver_sql("DELETE FROM warehouses WHERE name = 'Cellar'")
        connection.exec_driver_sql(f"UPDATE warehouses SET name = '{name}'")


def names(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(connection.exec_driver_sql("SELECT name FROM warehouses").scalars())


def test_a_shop_that_somebody_has_open_is_not_exchanged(sqlite_shop, tmp_path):
    database = sqlite_shop.database
    dump(database, tmp_path / "backup")
    manifest = read_backup(tmp_path / "backup", tmp_path / "copy")
    other = Database(str(database.file))
    with other.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM tills").scalar() == 2
        with pytest.raises(ShopInUse):
            put_back(tmp_path / "copy", manifest, database, replace=True)
    other.close()
    assert put_back(tmp_path / "copy", manifest, database, replace=True)


def test_a_damaged_shop_is_replaced_and_its_log_does_not_reach_the_new_one(sqlite_shop, tmp_path):
    database = sqlite_shop.database
    dump(database, tmp_path / "backup")
    manifest = read_backup(tmp_path / "backup", tmp_path / "copy")
    wanted = (tmp_path / "copy").read_bytes()
    rename(database, "only in the log")
    log = database.file.with_name(database.file.name + "-wal")
    frames = log.read_bytes()
    assert frames
    sqlite_shop.close()
    database.file.write_bytes(b"spilled coffee" * 1000)
    log.write_bytes(frames)
    kept = put_back(tmp_path / "copy", manifest, database, replace=True)
    assert kept is not None
    assert kept.read_bytes().startswith(b"spilled coffee")
    assert database.file.read_bytes() == wanted
    assert names(database) == {"Main", "Cellar"}


def test_a_shop_of_another_kind_is_refused(sqlite_shop, tmp_path):
    with pytest.raises(BackupRefused, match="holds a shop of postgresql"):
        put_back(tmp_path / "x", Manifest("postgresql", "0001", ""), sqlite_shop.database, replace=True)


def test_without_pg_dump_a_sentence_says_what_to_install(shop, tmp_path, monkeypatch):
    if shop.database.dialect == "sqlite":
        dump(shop.database, tmp_path / "backup")  # needs no program
        return
    monkeypatch.setattr(backup_postgres, "find_program", lambda *_wanted: None)
    with pytest.raises(ProgramMissing, match="pg_dump was not found"):
        dump(shop.database, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_a_pg_dump_older_than_the_server_is_passed_over(tmp_path, monkeypatch):
    for version in (12, 17):
        folder = tmp_path / str(version)
        folder.mkdir()
        program = folder / "pg_dump"
        program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}.3'\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / '12'}{os.pathsep}{tmp_path / '17'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setattr(backup_postgres, "_PLACES", ())
    found = backup_postgres.find_program("pg_dump", 17)
    assert found == tmp_path / "17" / "pg_dump"
    assert backup_postgres.find_program("pg_dump", 99) is None


def test_a_backup_while_somebody_writes_is_one_moment(sqlite_shop, tmp_path):
    """Two rows always change together; no copy may hold one without the other."""
    database, stop = sqlite_shop.database, threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with database.writing() as connection, connection.begin():
                connection.exec_driver_sql("UPDATE warehouses SET location = ?", (str(number),))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(6):
            dump(database, tmp_path / f"{number}.db")
    finally:
        stop.set()
        writer.join()
    for number in range(6):
        copy = Database(str(tmp_path / f"{number}.db"))
        with copy.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(DISTINCT location) FROM warehouses").scalar() == 1
        copy.close()


@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_a_backup_never_takes_the_place_of_the_shop_itself(sqlite_shop, suffix):
    file = sqlite_shop.database.file
    before = file.stat().st_ino
    with pytest.raises(BackupFailed):
        take(sqlite_shop, file.parent / "." / (file.name + suffix))
    assert file.stat().st_ino == before
