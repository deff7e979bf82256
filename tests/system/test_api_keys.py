"""API keys: shown once, narrowed by scopes, ended at once (S16)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from shopdesk.core.errors import BadField, NotPermitted
from shopdesk.core.permissions import Permission
from shopdesk.db.unit import UnitOfWork
from shopdesk.system.actors import BadApiKey, actor_from_api_key
from shopdesk.system.api_keys import IssueApiKey, RevokeApiKey, api_keys_list, issue_api_key, revoke_api_key
from shopdesk.system.models import ApiKey
from shopdesk.system.rights import SignedOut
from shopdesk.system.roles import AboveOwnRights
from shopdesk.system.users import SetUserActive, SetUserRole, set_user_active, set_user_role


def sell(uow: UnitOfWork, _command: object) -> str:
    """A use case that writes."""
    uow.require(Permission.SELL)
    return uow.actor.username


def view(uow: UnitOfWork, _command: object) -> str:
    """A use case that looks."""
    uow.require(Permission.SALES_VIEW)
    return uow.actor.username


def issue(counter, *scopes: str, who: str = "olga", **rest) -> str:
    """A key of the owner's, with scopes."""
    return counter.shop.execute(
        issue_api_key, IssueApiKey("web shop", frozenset(scopes), **rest), counter.actor(who)
    ).key


def test_a_key_that_may_look_writes_nothing(counter):
    actor = actor_from_api_key(counter.shop, issue(counter, "sales.view"))
    assert counter.shop.execute(view, None, actor) == "olga"
    with pytest.raises(NotPermitted):
        counter.shop.execute(sell, None, actor)
    assert counter.audit()[-1] == ("access.denied", "olga", "sell")


def test_scopes_narrow_and_never_widen(counter):
    shop = counter.shop
    clerk_id = counter.id_of("ann")
    key = issue(counter, "sell", "sales.view", user_id=clerk_id)
    actor = actor_from_api_key(shop, key)
    assert actor.effective == {"sell", "sales.view"}
    shop.execute(set_user_role, SetUserRole(clerk_id, "seller"), counter.actor("olga"))
    with pytest.raises(NotPermitted):  # the person lost the right, so the key has lost it
        shop.execute(sell, None, actor)
    with pytest.raises(AboveOwnRights):
        issue(counter, "void", user_id=clerk_id)


def test_a_key_cannot_issue_a_wider_one(counter):
    actor = actor_from_api_key(counter.shop, issue(counter, "api_key", "sales.view"))
    with pytest.raises(AboveOwnRights):
        counter.shop.execute(issue_api_key, IssueApiKey("more", frozenset({"sell"})), actor)
    assert counter.shop.execute(issue_api_key, IssueApiKey("same", frozenset({"sales.view"})), actor).key


def test_revoking_works_at_once_also_in_the_middle_of_a_run(counter):
    actor = actor_from_api_key(counter.shop, key := issue(counter, "sell"))
    assert counter.shop.execute(sell, None, actor) == "olga"
    (row,) = counter.shop.ask(api_keys_list)
    counter.shop.execute(revoke_api_key, RevokeApiKey(row.id), counter.actor("olga"))
    with pytest.raises(SignedOut):
        counter.shop.execute(sell, None, actor)
    with pytest.raises(BadApiKey):
        actor_from_api_key(counter.shop, key)
    actions = [action for action in counter.actions() if action.startswith("api_key")]
    assert actions == ["api_key.issued", "api_key.revoked"]


def test_a_key_ends_with_its_day_and_with_its_person(counter):
    until = counter.clock.now() + timedelta(days=1)
    actor = actor_from_api_key(counter.shop, key := issue(counter, "sell", expires_at=until))
    counter.clock.advance(days=1)
    with pytest.raises(SignedOut):
        counter.shop.execute(sell, None, actor)
    with pytest.raises(BadApiKey):
        actor_from_api_key(counter.shop, key)
    other = issue(counter, "sell", user_id=counter.id_of("ann"))
    counter.shop.execute(set_user_active, SetUserActive(counter.id_of("ann"), False), counter.actor("max"))
    with pytest.raises(BadApiKey):
        actor_from_api_key(counter.shop, other)
    with pytest.raises(BadApiKey):
        actor_from_api_key(counter.shop, "sdk_made-up")


def test_the_key_is_stored_as_a_hash_and_its_use_is_noted_once_a_minute(counter):
    key = issue(counter, "stock.*")
    ((hashed, scopes),) = counter.rows(sa.select(ApiKey.key_hash, ApiKey.scopes))
    assert key not in hashed
    assert len(hashed) == 64
    assert (
        scopes
        == "stock.adjust stock.count stock.count_approve stock.eat_reserved stock.reserve stock.transfer stock.view"
    )
    seen = []
    for _ in range(4):
        actor_from_api_key(counter.shop, key)
        seen.append(counter.rows(sa.select(ApiKey.last_used_at))[0][0])
        counter.clock.advance(seconds=25)
    assert [moment - seen[0] for moment in seen] == [timedelta(seconds=n) for n in (0, 0, 0, 75)]


@pytest.mark.parametrize("scopes", [(), ("fly",), ("nothing.*",)])
def test_scopes_are_permissions(one_counter, scopes):
    with pytest.raises(BadField):
        issue(one_counter, *scopes)


def test_only_who_may_issues_keys(counter):
    with pytest.raises(NotPermitted):
        issue(counter, "sell", who="max")
