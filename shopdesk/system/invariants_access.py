"""What must hold of people, sessions, keys, approvals and counters (I15, I16, I35, I36, I37)."""

from __future__ import annotations

from collections.abc import Iterator

from shopdesk.core.i18n import N_
from shopdesk.db.invariants import Check, check
from shopdesk.system.records import ANSWERS, TILL_SERIES


def access_checks() -> Iterator[Check]:
    """Questions about sessions, tokens and approvals (I35, I36), and about counters that belong to nobody."""
    yield check(
        "I35",
        N_("session of a disabled user still live"),
        "SELECT s.uid AS session, u.username AS user_name FROM sessions s JOIN users u ON u.id = s.user_id "
        "WHERE s.ended_at IS NULL AND s.expires_at > :now AND NOT u.is_active",
    )
    for table, column in (("sessions", "token_hash"), ("refresh_tokens", "token_hash"), ("api_keys", "key_hash")):
        bad = f"length({column}) <> 64 OR lower({column}) <> {column}"
        yield check(
            "I35",
            N_("secret not kept as a 64-hex digest"),
            f"SELECT '{table}' AS kept_in, id FROM {table} WHERE {bad} OR {column} GLOB '*[^0-9a-f]*'",
            postgresql=f"SELECT '{table}' AS kept_in, id FROM {table} WHERE {bad} OR {column} !~ '^[0-9a-f]+$'",
        )
    yield check(
        "I35",
        N_("revoked key used after it was revoked"),
        "SELECT name FROM api_keys WHERE is_revoked AND last_used_at > revoked_at",
    )
    yield check(
        "I36",
        N_("approval used after its time, or by the approver"),
        "SELECT uid, action FROM approvals WHERE used_at IS NOT NULL AND (used_at >= expires_at OR used_at < created_at "
        "OR approver_id = actor_id OR used_by_ref IS NULL)",
    )
    yield check(
        "I36",
        N_("approval given without a record of it"),
        "SELECT p.uid, p.action FROM approvals p WHERE NOT EXISTS (SELECT 1 FROM audit_log a WHERE "
        "a.target_type <> 'order' AND a.target_type = 'approval' "
        "AND a.target_id = p.subject_uid AND a.action = 'approval.given')",
    )
    yield check(
        "I37",
        N_("audit entry without a person or a time"),
        "SELECT chain, seq, action FROM audit_log WHERE id > :audit_floor AND (created_at <= 0 "
        "OR actor_id IS NULL AND actor_type = 'user' AND action NOT LIKE 'sign_in%' AND action NOT LIKE 'access%')",
    )
    yield check(
        "I16",
        N_("counter of no till"),
        "SELECT c.scope, c.series FROM counters c LEFT JOIN tills t ON t.code = c.scope "
        "WHERE t.id IS NULL AND c.scope <> 'office' OR c.till_id IS DISTINCT FROM t.id",
    )
    yield check(
        "I16",
        N_("counter with figures that are not its own"),
        "SELECT c.scope, c.series FROM counters c WHERE c.series <> 'journal' AND c.perpetual_cents <> 0 "
        "OR c.series NOT IN ('journal', 'audit', 'answers') AND c.hash IS NOT NULL "
        "OR c.series IN ('journal', 'audit', 'answers') AND c.hash IS NULL",
    )
    series = (*TILL_SERIES, "journal", "audit", ANSWERS)
    words = ", ".join(f"'{name}'" for name in series)
    yield check(
        "I16",
        N_("till without all of its counters, or with others"),
        "SELECT t.code, count(c.series) AS counters FROM tills t LEFT JOIN counters c ON c.scope = t.code "
        f"GROUP BY t.code HAVING count(c.series) <> {len(series)} "
        f"OR sum(CASE WHEN c.series IN ({words}) THEN 0 ELSE 1 END) > 0",
    )
    yield check(
        "I16",
        N_("office without its counters, or with others"),
        "SELECT count(*) AS counters FROM counters c WHERE c.scope = 'office' HAVING count(*) <> 2 "
        "OR sum(CASE WHEN c.series IN ('audit', 'answers') THEN 0 ELSE 1 END) > 0",
    )
