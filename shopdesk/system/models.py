"""Tables of people and access, of the shop's settings, and of the records that prove what happened."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from shopdesk.db.base import Base, Code, Edited, Flag, Hash, Id, Uid, one_of, ref, where


class Role(Base):
    """A set of permissions under a name; ``version`` rises with each edit, so that rights held in memory show their age."""

    __tablename__ = "roles"
    id: Mapped[Id]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str]
    discount_cap_ppm: Mapped[int | None]
    is_builtin: Mapped[Flag] = mapped_column(default=False)
    __table_args__ = (sa.CheckConstraint("discount_cap_ppm BETWEEN 0 AND 1000000", name="cap_share"),)


class PermissionRow(Base):
    """A permission as a row, so that roles can be joined to it; the names are those of core.permissions."""

    __tablename__ = "permissions"
    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[str]


class RolePermission(Base):
    """A role may do this."""

    __tablename__ = "role_permissions"
    role_id: Mapped[int] = ref("roles.id", primary_key=True, index=False)
    permission_id: Mapped[int] = ref("permissions.id", primary_key=True)


class User(Edited, Base):
    """Somebody who signs in; ``is_builtin`` marks ``local``, who acts for a headless call on a local file."""

    __tablename__ = "users"
    id: Mapped[Id]
    username: Mapped[Code] = mapped_column(unique=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str | None] = mapped_column(unique=True)
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    role_id: Mapped[int] = ref("roles.id")
    is_active: Mapped[Flag] = mapped_column(default=True)
    is_builtin: Mapped[Flag] = mapped_column(default=False)
    email_verified_at: Mapped[datetime | None]
    language: Mapped[str | None]


class AuthProvider(Base):
    """One way a person proves who they are: a password, a PIN, later an account elsewhere."""

    __tablename__ = "auth_providers"
    id: Mapped[Id]
    user_id: Mapped[int] = ref("users.id")
    provider: Mapped[Code]
    provider_id: Mapped[str]
    secret_hash: Mapped[str | None]
    must_change: Mapped[Flag] = mapped_column(default=False)
    last_used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (
        sa.UniqueConstraint("provider", "provider_id"),
        one_of("provider", "password", "pin", "oidc"),
    )


class SignInMiss(Base):
    """How often in a row somebody failed to prove who they are (S09), counted here so that a restart forgives nothing.

    ``scope`` is ``account``, ``pin`` or ``till``. ``subject`` is the till, or the SHA-256 of the name that was typed: also of
    names that do not exist, and because people type passwords into the wrong field. ``pending`` are tries being looked at,
    the last of them since ``last_at``.
    """

    __tablename__ = "sign_in_misses"
    scope: Mapped[Code] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    count: Mapped[int]
    pending: Mapped[int]
    blocked_until: Mapped[datetime | None]
    last_at: Mapped[datetime]
    __table_args__ = (one_of("scope", "account", "pin", "till"),)


class SessionRow(Base):
    """Somebody signed in at a till or office; the token itself is never stored, only its SHA-256.

    ``family_uid`` is the family of refresh tokens that keeps the session: whoever replays one of them ends it.
    """

    __tablename__ = "sessions"
    id: Mapped[Id]
    uid: Mapped[Uid]
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    user_id: Mapped[int | None] = ref("users.id")
    till_id: Mapped[int | None] = ref("tills.id")
    device_type: Mapped[str] = mapped_column(default="desktop")
    host: Mapped[str] = mapped_column(default="")
    ip_address: Mapped[str | None]
    user_agent: Mapped[str] = mapped_column(default="")
    payload: Mapped[str | None]
    created_at: Mapped[datetime]
    last_activity_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    family_uid: Mapped[str | None] = mapped_column(sa.String(36), index=True)
    __table_args__ = (sa.Index("ix_sessions_live", "ended_at", "expires_at"),)


class RefreshToken(Base):
    """ "Keep this till signed in": a token family; reuse of a spent token revokes the family."""

    __tablename__ = "refresh_tokens"
    id: Mapped[Id]
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    family_uid: Mapped[str] = mapped_column(sa.String(36), index=True)
    user_id: Mapped[int] = ref("users.id")
    till_id: Mapped[int | None] = ref("tills.id")
    device_info: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiKey(Base):
    """A key that acts as its owner, narrowed by scopes; shown once, stored as SHA-256."""

    __tablename__ = "api_keys"
    id: Mapped[Id]
    user_id: Mapped[int] = ref("users.id")
    key_hash: Mapped[Hash] = mapped_column(unique=True)
    name: Mapped[str]
    scopes: Mapped[str]
    is_active: Mapped[Flag] = mapped_column(default=True)
    is_revoked: Mapped[Flag] = mapped_column(default=False)
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class Approval(Base):
    """A manager's single-use yes, bound to one action on one subject and amount at one till (S14)."""

    __tablename__ = "approvals"
    id: Mapped[Id]
    uid: Mapped[Uid]
    action: Mapped[Code]
    subject_uid: Mapped[str] = mapped_column(sa.String(64), index=True)
    amount_cents: Mapped[int] = mapped_column(default=0)
    till_id: Mapped[int | None] = ref("tills.id")
    approver_id: Mapped[int] = ref("users.id")
    actor_id: Mapped[int] = ref("users.id")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by_ref: Mapped[str | None]
    __table_args__ = (sa.CheckConstraint("approver_id <> actor_id", name="another_person"),)


class AuditEntry(Base):
    """Who did what where and when; append-only and chained, a chain a till and one for the office."""

    __tablename__ = "audit_log"
    id: Mapped[Id]
    chain: Mapped[Code]
    seq: Mapped[int]
    actor_id: Mapped[int | None] = ref("users.id", index=False)
    actor_type: Mapped[Code]
    actor_email: Mapped[str | None]
    action: Mapped[Code]
    target_type: Mapped[Code | None]
    target_id: Mapped[str | None]
    details: Mapped[str] = mapped_column("metadata", default="{}")
    till_id: Mapped[int | None] = ref("tills.id", index=False)
    host: Mapped[str] = mapped_column(default="")
    ip_address: Mapped[str | None]
    user_agent: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    prev_hash: Mapped[Hash]
    hash: Mapped[Hash]
    __table_args__ = (
        sa.UniqueConstraint("chain", "seq"),
        # Each sale writes an audit row and is found by its own number: only the rarer actions are indexed.
        sa.Index("ix_audit_log_action", "action", "id", **where("action <> 'sale'")),
        sa.Index("ix_audit_log_target", "target_type", "target_id", **where("target_type <> 'order'")),
        sa.Index("ix_audit_log_actor", "actor_id", "id", **where("action <> 'sale'")),
    )


class EventLogEntry(Base):
    """Technical and domain events, kept for a while (clock anomalies among them)."""

    __tablename__ = "event_log"
    id: Mapped[Id]
    event_type: Mapped[Code] = mapped_column(index=True)
    details: Mapped[str] = mapped_column(default="{}")
    user_id: Mapped[int | None] = ref("users.id")
    created_at: Mapped[datetime] = mapped_column(index=True)


class Setting(Base):
    """One setting of the shop, its value as JSON."""

    __tablename__ = "settings"
    key: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class Counter(Base):
    """The last number given in a series of a till, raised in the transaction that gives it (R12); locked by its writers.

    ``scope`` is the till's code or ``office``. The series ``journal`` and ``audit`` are hash chains: ``value`` is the last
    seq, ``hash`` the last link, ``perpetual_cents`` the journal's running turnover. One table, so that a sale reads and writes
    all of its till's state in one statement each.
    """

    __tablename__ = "counters"
    scope: Mapped[Code] = mapped_column(primary_key=True)
    series: Mapped[Code] = mapped_column(primary_key=True)
    till_id: Mapped[int | None] = ref("tills.id")
    value: Mapped[int]
    hash: Mapped[Hash | None]
    perpetual_cents: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    __table_args__ = (sa.CheckConstraint("value >= 0", name="value_counts_up"),)


class JournalEntry(Base):
    """A fiscal event as the exact bytes that were hashed (RFC 8785 JSON); ``signature`` is for a later signer."""

    __tablename__ = "journal"
    id: Mapped[Id]
    till_id: Mapped[int] = ref("tills.id", index=False)
    seq: Mapped[int]
    kind: Mapped[Code]
    number: Mapped[Code]
    payload: Mapped[str]
    prev_hash: Mapped[Hash]
    hash: Mapped[Hash]
    perpetual_cents: Mapped[int]
    created_at: Mapped[datetime]
    signature: Mapped[bytes | None]
    __table_args__ = (sa.UniqueConstraint("till_id", "seq"), sa.UniqueConstraint("kind", "number"))


class IdempotencyKey(Base):
    """A request that was done: the same key and content again gets ``answer`` and changes nothing.

    Rows are wide, so on SQLite they lie in the order they came and not inside the key's own tree.
    """

    __tablename__ = "idempotency_keys"
    key: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    use_case: Mapped[Code]
    request_hash: Mapped[Hash]
    answer: Mapped[str]
    created_at: Mapped[datetime]


class PrintJob(Base):
    """Paper that follows a document: written in its transaction, done after it. A drawer kick is a job of its own."""

    __tablename__ = "print_jobs"
    id: Mapped[Id]
    uid: Mapped[str] = mapped_column(sa.String(36))
    document: Mapped[Code]
    number: Mapped[Code]
    options: Mapped[str] = mapped_column(default="{}")
    till_id: Mapped[int] = ref("tills.id", index=False)
    state: Mapped[Code]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        one_of("state", "queued", "printing", "done", "failed", "skipped"),
        one_of(
            "document",
            "receipt",
            "gift_receipt",
            "void",
            "shift_report",
            "training",
            "drawer",
            "test_page",
            "return",
        ),
        sa.Index("ix_print_jobs_waiting", "state", "next_try_at", **where("state IN ('queued', 'printing', 'failed')")),
    )


class Blob(Base):
    """A file of the shop, stored once by checksum; ``provider`` says where its bytes are."""

    __tablename__ = "blobs"
    id: Mapped[Id]
    storage_key: Mapped[str] = mapped_column(unique=True)
    file_name: Mapped[str]
    content_type: Mapped[str]
    size_bytes: Mapped[int]
    checksum: Mapped[Hash]
    provider: Mapped[Code] = mapped_column(default="database")
    created_at: Mapped[datetime]


class BlobContent(Base):
    """The bytes of a blob kept in the database, apart from its row so that lists stay light."""

    __tablename__ = "blob_contents"
    blob_id: Mapped[int] = ref("blobs.id", primary_key=True, index=False, ondelete="CASCADE")
    content: Mapped[bytes]


class SavedView(Base):
    """How a person looks at a list: a named view, or without a name the arrangement of its columns.

    ``content`` is JSON that only the kit of screens reads: search, filters, order, columns with widths.
    """

    __tablename__ = "saved_views"
    id: Mapped[Id]
    user_id: Mapped[int] = ref("users.id", index=False)
    screen: Mapped[Code]
    name: Mapped[Code] = mapped_column(default="")
    content: Mapped[str] = mapped_column(default="{}")
    is_default: Mapped[Flag] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("user_id", "screen", "name"),)
