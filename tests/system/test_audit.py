"""The audit log: every step of people and access is in it, refused ones too, chained, without a secret (S17)."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
import sqlalchemy as sa

import shopdesk
from shopdesk.core.clock import to_micros
from shopdesk.core.errors import BadField, NotPermitted
from shopdesk.core.ids import MACHINE
from shopdesk.core.permissions import Permission
from shopdesk.db.paging import PageRequest
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.api_keys import IssueApiKey, issue_api_key
from shopdesk.system.audit import audit_actions, audit_page, record
from shopdesk.system.audit_names import ACTION_NAMES
from shopdesk.system.credentials import ChangeOwnPassword, SetPin, change_own_password, reset_password, set_pin
from shopdesk.system.models import AuditEntry
from shopdesk.system.proof import BadCredentials
from shopdesk.system.records import AUDIT_COLUMNS, canonical, digest, link
from shopdesk.system.refresh import keep_signed_in
from shopdesk.system.users import NewUser, SetUserRole, add_user, set_user_role
from tests.system.conftest import PINS, SECRETS


def open_safe(uow: UnitOfWork, _command: object) -> None:
    """Something that only the owner may do."""
    uow.require(Permission.RESTORE)


def note(uow: UnitOfWork, command: str) -> None:
    """A use case that writes a line."""
    record(uow, command, target_type="note", target_id=1, details={"n": 1})


def test_who_is_refused_is_written_down_though_nothing_else_is(counter):
    with pytest.raises(NotPermitted):
        counter.shop.execute(open_safe, None, counter.actor("ann"))
    ((action, actor_id, target, details),) = counter.rows(
        sa.select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.target_id, AuditEntry.details).where(
            AuditEntry.action == "access.denied"
        )
    )
    assert (action, actor_id, target) == ("access.denied", counter.id_of("ann"), "open_safe")
    assert json.loads(details) == {"permission": "restore", "reason": "not_permitted"}


def test_lines_stand_in_the_chain_of_the_till_or_of_the_office(counter):
    for till in ("T1", "T2", None):
        counter.shop.execute(note, "note.made", counter.actor("max", till))
    made = counter.rows(sa.select(AuditEntry.chain).where(AuditEntry.action == "note.made").order_by(AuditEntry.id))
    assert made == [("T1",), ("T2",), ("office",)]


def test_each_chain_is_unbroken_and_says_who_where_and_when(counter):
    counter.sign_in("ann")
    with pytest.raises(BadCredentials):
        counter.sign_in("ben", "wrong")
    counter.shop.execute(note, "note.made", counter.actor("max", None))
    columns = [getattr(AuditEntry, "details" if name == "metadata" else name) for name in AUDIT_COLUMNS]
    last: dict[str, tuple[int, str]] = {}
    with counter.shop.database.reading() as connection:
        raw = connection.execute(
            sa.select(*columns, AuditEntry.prev_hash, AuditEntry.hash).order_by(AuditEntry.chain, AuditEntry.seq)
        ).all()
    assert len(raw) >= 4
    for row in raw:
        values = dict(zip(AUDIT_COLUMNS, row, strict=False))
        values["created_at"] = to_micros(values["created_at"])
        seq, prev = last.get(values["chain"], (0, digest(values["chain"])))
        assert values["seq"] == seq + 1
        assert row.prev_hash == prev
        assert row.hash == link(prev, canonical([values[name] for name in AUDIT_COLUMNS]))
        assert values["actor_id"] is not None
        assert values["created_at"] > 0
        assert values["host"] == MACHINE
        last[values["chain"]] = (values["seq"], row.hash)
    assert set(last) == {"T1", "office"}


def test_no_secret_is_ever_written(counter, secrets):
    owner = counter.sign_in("olga")
    keep_signed_in(counter.shop, owner, secrets)
    with pytest.raises(BadCredentials):
        counter.sign_in("a name that is a password", "and a wrong one")
    change_own_password(counter.shop, ChangeOwnPassword(SECRETS["olga"], "seven wet umbrellas"), owner.actor)
    set_pin(counter.shop, SetPin("805316", password="seven wet umbrellas"), owner.actor)
    fresh = reset_password(counter.shop, counter.id_of("ann"), owner.actor)
    added = add_user(counter.shop, NewUser("eva", "clerk", pin="935701"), owner.actor)
    key = counter.shop.execute(issue_api_key, IssueApiKey("k", frozenset({"sell"})), owner.actor).key
    counter.shop.execute(set_user_role, SetUserRole(added.user_id, "manager"), owner.actor)
    planted = [
        *SECRETS.values(),
        *PINS.values(),
        "seven wet umbrellas",
        "805316",
        "935701",
        "a name that is a password",
        "and a wrong one",
        fresh,
        added.one_time_password,
        key,
        owner.token,
        counter.till.device,
    ]
    log = " ".join(str(row) for row in counter.rows(sa.select(*AuditEntry.__table__.columns)))
    assert [secret for secret in planted if secret in log] == []
    assert {"user.role_changed", "api_key.issued", "user.pin_set", "sign_in.failed", "session.kept"} <= set(
        counter.actions()
    )


def test_nor_anywhere_in_the_file(one_counter, secrets):
    signed = one_counter.sign_in("ann")
    keep_signed_in(one_counter.shop, signed, secrets)
    one_counter.shop.database.checkpoint()
    files = one_counter.shop.database.file
    content = b"".join(path.read_bytes() for path in files.parent.glob(files.name + "*"))
    assert b"argon2id" in content
    for secret in (SECRETS["ann"], PINS["ann"], signed.token, one_counter.till.device):
        assert secret.encode() not in content


def test_pages_walk_each_line_once_and_filters_narrow(counter):
    for number in range(23):
        counter.shop.execute(
            note, "note.made" if number % 2 else "note.lost", counter.actor("max" if number < 5 else "bo")
        )
        counter.clock.advance(minutes=1)
    seen, after = [], None
    while True:
        page = counter.shop.ask(audit_page, PageRequest(descending=True, after=after, limit=7))
        seen += [row.id for row in page.rows]
        if (after := page.next) is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == len(counter.audit())

    def found(**filters):
        return counter.shop.ask(audit_page, PageRequest(filters=tuple(filters.items()))).rows

    assert len(found(actor=counter.id_of("max"))) == 5
    assert len(found(action="note.made")) == 11
    assert len(found(action="note.")) == 23
    assert len(found(action="note.%")) == 0
    assert {row.till for row in found(till=counter.till.till_id)} == {"T1"}
    start = counter.clock.now()
    assert len(found(**{"from": start})) == 0
    assert len(found(to=start, target_type="note")) == 23
    assert found(action="note.made")[0].details == {"n": 1}
    assert found(action="note.made")[0].actor == "max"
    assert len(counter.shop.ask(audit_page, PageRequest(search="T1")).rows) == 1  # the enrolment
    with pytest.raises(BadField):
        found(colour="red")
    with pytest.raises(BadField):
        counter.shop.ask(audit_page, PageRequest(sort="action; DROP TABLE users"))
    assert ("sign_in.done", "Signed in") not in counter.shop.ask(audit_actions)
    assert ("till.enrolled", "Till enrolled") in counter.shop.ask(audit_actions)


def actions_in_the_program() -> set[str]:
    """What the calls of ``audit``, ``audit_office`` and ``record`` write, read from the source."""
    found = set()
    for path in (Path(shopdesk.__file__).parent).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in {"audit", "audit_office", "record"}:
                continue
            words = [
                part.value for part in node.args[:2] if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
            found.update(words[:1])
    return found


def test_every_action_has_words_for_the_screen():
    actions = actions_in_the_program()
    assert len(actions) > 30
    assert actions - set(ACTION_NAMES) == set()


def test_a_refusal_stands_though_it_cannot_be_written_down(one_counter, monkeypatch, allow_log):
    def broken(*_args: object) -> None:
        raise RuntimeError("no ink")

    allow_log("a refused open_safe could not be written down")
    monkeypatch.setattr(one_counter.shop, "_note_denied", broken)
    with pytest.raises(NotPermitted):
        one_counter.shop.execute(open_safe, None, one_counter.actor("ann"))
