"""People and roles: added, re-roled, disabled; never above one's own rights, never without an owner."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from shopdesk.core.clock import ManualClock
from shopdesk.core.errors import BadField, ChangedMeanwhile, NotFound, NotPermitted
from shopdesk.core.permissions import ROLE_DEFAULTS, ROLE_DISCOUNT_CAP_PPM, Permission
from shopdesk.db.database import Database
from shopdesk.db.paging import PageRequest
from shopdesk.db.shop import Shop
from shopdesk.system import credentials
from shopdesk.system.actors import SignInNeeded, actor_by_name_and_secret, local_actor
from shopdesk.system.credentials import ChangeOwnPassword, SetPin, change_own_password, reset_password, set_pin
from shopdesk.system.models import AuthProvider, User
from shopdesk.system.passwords import UnusablePin, WeakPassword
from shopdesk.system.people import sign_in_choices, user_detail, users_page
from shopdesk.system.proof import BadCredentials
from shopdesk.system.records import OFFICE, begin_chains
from shopdesk.system.rights import SignedOut, rights_now
from shopdesk.system.roles import (
    FOUNDER,
    AboveOwnRights,
    AddRole,
    ChangeRole,
    RoleFixed,
    RoleTaken,
    add_role,
    change_role,
    founding,
    install_roles,
    roles_list,
)
from shopdesk.system.sessions import live_sessions
from shopdesk.system.users import (
    BuiltIn,
    ChangeUser,
    LastOwner,
    NameTaken,
    NewUser,
    SetUserActive,
    SetUserRole,
    add_user,
    change_user,
    insert_user,
    prepare_user,
    set_user_active,
    set_user_role,
)
from tests.support.small_shop import OPENING
from tests.system.conftest import PINS, SECRETS

GOOD = "seven wet umbrellas"


def role_named(counter, code):
    """A role as it is now."""
    return next(role for role in counter.shop.ask(roles_list) if role.code == code)


# ------------------------------------------------------------------ a new shop


def test_a_new_shop_has_the_roles_of_the_table_and_a_builtin_user(schema_url):
    clock = ManualClock(OPENING)
    shop = Shop(Database(schema_url), authorise=founding, handlers={}, clock=clock)
    admin = prepare_user(NewUser("admin", "owner"))

    def found(uow, _command):
        install_roles(uow)
        begin_chains(uow, OFFICE, None)
        return insert_user(uow, admin)

    shop.execute(found, None, FOUNDER)
    shop.close()

    opened = Shop(Database(schema_url), authorise=rights_now, handlers={}, clock=clock)
    roles = {role.code: role for role in opened.ask(roles_list)}
    assert {code: role.permissions for code, role in roles.items()} == {
        code: frozenset(map(str, held)) for code, held in ROLE_DEFAULTS.items()
    }
    assert {code: role.discount_cap_ppm for code, role in roles.items()} == ROLE_DISCOUNT_CAP_PPM
    assert roles["owner"].users == 1
    actor = actor_by_name_and_secret(opened, "admin", admin.one_time_password)
    assert actor.permissions == frozenset(map(str, Permission))
    if opened.database.dialect == "sqlite":
        local = local_actor(opened)
        assert (local.username, local.role, local.may(Permission.RESTORE)) == ("local", "owner", True)
    else:
        with pytest.raises(SignInNeeded):
            local_actor(opened)
    opened.close()


# ------------------------------------------------------------------ adding and changing


def test_somebody_added_can_sign_in_and_must_change_the_one_time_password(counter):
    added = add_user(counter.shop, NewUser("Eva.B", "clerk", first_name="Eva", last_name="Berg"), counter.actor("max"))
    assert added.one_time_password is not None
    signed = counter.sign_in("eva.b", added.one_time_password)
    assert (signed.must_change_password, signed.display_name) == (True, "Eva Berg")
    change = ChangeOwnPassword(added.one_time_password, GOOD)
    change_own_password(counter.shop, change, signed.actor)
    assert not counter.sign_in("eva.b", GOOD).must_change_password
    with pytest.raises(BadCredentials):
        counter.sign_in("eva.b", added.one_time_password)
    assert ("user.added", "max", "eva.b") in counter.audit()
    assert ("user.password_changed", "eva.b", "eva.b") in counter.audit()


def test_a_short_password_needs_a_pin_beside_it(counter):
    with pytest.raises(WeakPassword):
        add_user(counter.shop, NewUser("eva", "clerk", password="wet-9-owls"), counter.actor("max"))
    add_user(counter.shop, NewUser("eva", "clerk", password="wet-9-owls", pin="805316"), counter.actor("max"))
    assert counter.sign_in("eva", "wet-9-owls").actor.username == "eva"


@pytest.mark.parametrize(("field", "value"), [("username", "ANN"), ("email", "Ann@Example.org"), ("phone", "+49 1")])
def test_names_addresses_and_numbers_belong_to_one(counter, field, value):
    ann = counter.shop.ask(user_detail, counter.id_of("ann"))
    change = ChangeUser(ann.id, ann.version, "Ann", "Lee", "ann@example.org", "+49 1")
    counter.shop.execute(change_user, change, counter.actor("max"))
    new = {"username": "eva", "role": "clerk", "password": GOOD, field: value}
    with pytest.raises(NameTaken) as taken:
        add_user(counter.shop, NewUser(**new), counter.actor("max"))
    assert taken.value.field == field


def test_two_edits_of_one_user_do_not_overwrite_each_other(counter):
    ann = counter.shop.ask(user_detail, counter.id_of("ann"))
    change = ChangeUser(ann.id, ann.version, "Anna", "Lee")
    counter.shop.execute(change_user, change, counter.actor("max"))
    with pytest.raises(ChangedMeanwhile):
        counter.shop.execute(change_user, change, counter.actor("olga"))


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "-ann", "an\x1bn"])
def test_odd_names_are_refused(one_counter, name):
    with pytest.raises(BadField):
        add_user(one_counter.shop, NewUser(name, "clerk", password=GOOD), one_counter.actor("max"))


def test_an_unknown_role_is_refused(counter):
    with pytest.raises(NotFound):
        add_user(counter.shop, NewUser("eva", "boss", password=GOOD), counter.actor("olga"))


# ------------------------------------------------------------------ nobody rises above themselves


def test_a_manager_makes_no_owner_and_touches_none(counter):
    manager, olga, ann = counter.actor("max"), counter.id_of("olga"), counter.id_of("ann")
    with pytest.raises(AboveOwnRights):
        add_user(counter.shop, NewUser("eva", "owner", password=GOOD), manager)
    for use_case, command in (
        (set_user_role, SetUserRole(ann, "owner")),
        (set_user_role, SetUserRole(olga, "clerk")),
        (set_user_active, SetUserActive(olga, False)),
    ):
        with pytest.raises(AboveOwnRights):
            counter.shop.execute(use_case, command, manager)
    with pytest.raises(AboveOwnRights):
        reset_password(counter.shop, olga, manager)
    with pytest.raises(AboveOwnRights):
        set_pin(counter.shop, SetPin("805316", olga), manager)
    assert counter.actions().count("access.denied") == 6
    assert counter.sign_in("olga").actor.role == "owner"


def test_a_clerk_changes_nobody(counter):
    clerk, ben = counter.actor("ann"), counter.id_of("ben")
    with pytest.raises(NotPermitted):
        counter.shop.execute(set_user_active, SetUserActive(ben, False), clerk)
    with pytest.raises(NotPermitted):
        reset_password(counter.shop, ben, clerk)
    with pytest.raises(NotPermitted):
        set_pin(counter.shop, SetPin("805316", ben), clerk)


def test_the_last_active_owner_stays(counter):
    olga = counter.id_of("olga")
    for use_case, command in (
        (set_user_active, SetUserActive(olga, False)),
        (set_user_role, SetUserRole(olga, "clerk")),
    ):
        with pytest.raises(LastOwner):
            counter.shop.execute(use_case, command, counter.actor("olga"))
    counter.shop.execute(set_user_role, SetUserRole(counter.id_of("max"), "owner"), counter.actor("olga"))
    counter.shop.execute(set_user_active, SetUserActive(olga, False), counter.actor("max"))
    with pytest.raises(LastOwner):
        counter.shop.execute(set_user_active, SetUserActive(counter.id_of("max"), False), counter.actor("max"))


def test_the_builtin_user_is_not_touched(counter):
    local = counter.id_of("local")
    for use_case, command in (
        (set_user_active, SetUserActive(local, False)),
        (set_user_role, SetUserRole(local, "clerk")),
    ):
        with pytest.raises(BuiltIn):
            counter.shop.execute(use_case, command, counter.actor("olga"))


def test_roles_change_at_once_and_are_written_down(counter):
    clerk = role_named(counter, "clerk")
    signed = counter.sign_in("ann")
    wider = clerk.permissions | {"void"}
    after = counter.shop.execute(
        change_role, ChangeRole(clerk.id, clerk.version, "Clerk", wider, 50_000), counter.actor("olga")
    )
    assert (after.version, after.discount_cap_ppm) == (clerk.version + 1, 50_000)

    def may(uow, _command):
        return uow.actor.permissions, uow.actor.discount_cap_ppm

    assert counter.shop.execute(may, None, signed.actor) == (wider, 50_000)
    assert ("role.changed", "olga", "clerk") in counter.audit()
    with pytest.raises(ChangedMeanwhile):
        counter.shop.execute(
            change_role, ChangeRole(clerk.id, clerk.version, "Clerk", wider, 50_000), counter.actor("olga")
        )


def test_the_owner_keeps_every_right(counter):
    owner = role_named(counter, "owner")
    for permissions, cap in ((owner.permissions - {"role.edit"}, None), (owner.permissions, 100_000)):
        with pytest.raises(RoleFixed):
            counter.shop.execute(
                change_role, ChangeRole(owner.id, owner.version, "Owner", permissions, cap), counter.actor("olga")
            )
    renamed = ChangeRole(owner.id, owner.version, "Boss", owner.permissions, None)
    assert counter.shop.execute(change_role, renamed, counter.actor("olga")).name == "Boss"


def test_nobody_gives_away_what_they_do_not_hold(counter):
    manager = role_named(counter, "manager")
    counter.shop.execute(
        change_role,
        ChangeRole(manager.id, manager.version, "Manager", manager.permissions | {"role.edit"}, 200_000),
        counter.actor("olga"),
    )
    clerk = role_named(counter, "clerk")
    for permissions, cap in (
        (clerk.permissions | {"restore"}, 0),
        (clerk.permissions, 300_000),
        (clerk.permissions, None),
    ):
        with pytest.raises(AboveOwnRights):
            counter.shop.execute(
                change_role, ChangeRole(clerk.id, clerk.version, "Clerk", permissions, cap), counter.actor("max")
            )
    change = ChangeRole(clerk.id, clerk.version, "Clerk", clerk.permissions | {"void"}, 200_000)
    assert counter.shop.execute(change_role, change, counter.actor("max")).discount_cap_ppm == 200_000


def test_a_role_of_the_shops_own(counter):
    owner = counter.actor("olga")
    new = AddRole("trainee", "Trainee", frozenset({"training", "catalogue.view"}), 0)
    counter.shop.execute(add_role, new, owner)
    counter.shop.execute(set_user_role, SetUserRole(counter.id_of("ben"), "trainee"), owner)
    assert counter.sign_in("ben").actor.permissions == {"training", "catalogue.view"}
    with pytest.raises(RoleTaken):
        counter.shop.execute(add_role, new, owner)
    for bad in (
        AddRole("x y", "X", frozenset()),
        AddRole("x", "X", frozenset({"fly"})),
        AddRole("x", "X", frozenset(), -1),
    ):
        with pytest.raises(BadField):
            counter.shop.execute(add_role, bad, owner)


# ------------------------------------------------------------------ secrets


def test_a_new_password_ends_the_other_sessions(counter):
    here, there = counter.sign_in("ann"), counter.sign_in("ann")
    change_own_password(counter.shop, ChangeOwnPassword(SECRETS["ann"], GOOD), here.actor)
    assert [session.uid for session in counter.shop.ask(live_sessions)] == [here.session_uid]
    with pytest.raises(SignedOut):
        change_own_password(counter.shop, ChangeOwnPassword(GOOD, SECRETS["ann"]), there.actor)


def test_the_old_password_is_asked_for(counter):
    with pytest.raises(BadCredentials):
        change_own_password(counter.shop, ChangeOwnPassword("wrong", GOOD), counter.actor("ann"))
    with pytest.raises(WeakPassword):
        change_own_password(counter.shop, ChangeOwnPassword(SECRETS["bo"], "short-1"), counter.actor("bo"))


def test_a_reset_signs_out_and_gives_a_one_time_password(counter):
    counter.sign_in("ann")
    fresh = reset_password(counter.shop, counter.id_of("ann"), counter.actor("max"))
    assert counter.shop.ask(live_sessions) == ()
    assert counter.sign_in("ann", fresh).must_change_password
    assert ("user.password_reset", "max", "ann") in counter.audit()


def test_no_two_people_have_the_same_pin(counter):
    for taken in (PINS["ben"], "123456", "111111", "48291", "abcdef"):
        with pytest.raises(UnusablePin) as refused:
            set_pin(counter.shop, SetPin(taken, password=SECRETS["ann"]), counter.actor("ann"))
        assert "easy to guess" in str(refused.value)  # the same sentence, so that it does not tell of Ben's
    set_pin(counter.shop, SetPin("805316", password=SECRETS["ann"]), counter.actor("ann"))
    counter.sign_in("ann")
    assert counter.pin("ann", "805316").actor.username == "ann"
    with pytest.raises(BadCredentials):
        counter.pin("ann", PINS["ann"])


def test_ones_own_pin_needs_ones_password(counter):
    with pytest.raises(BadCredentials):
        set_pin(counter.shop, SetPin("805316", password=SECRETS["ben"]), counter.actor("ann"))


def test_a_pin_set_while_another_is_compared_is_refused(counter, monkeypatch):
    check = credentials.check_pin_is_free

    def slow(pin, taken, user_id):
        monkeypatch.setattr(credentials, "check_pin_is_free", check)
        check(pin, taken, user_id)
        set_pin(counter.shop, SetPin("805316", counter.id_of("ben")), counter.actor("max"))

    monkeypatch.setattr(credentials, "check_pin_is_free", slow)
    with pytest.raises(ChangedMeanwhile):
        set_pin(counter.shop, SetPin("805316", password=SECRETS["ann"]), counter.actor("ann"))


def test_secrets_are_argon2id_strings_and_nothing_else(counter):
    for (hashed,) in counter.rows(sa.select(AuthProvider.secret_hash)):
        assert hashed.startswith("$argon2id$v=19$")


# ------------------------------------------------------------------ screens


def test_the_list_of_users_pages_and_filters(counter):
    manager = counter.actor("max")
    for number in range(12):
        add_user(counter.shop, NewUser(f"eva{number:02}", "clerk", password=GOOD), manager)
    counter.shop.execute(set_user_active, SetUserActive(counter.id_of("eva03"), False), manager)
    seen, after = [], None
    while True:
        page = counter.shop.ask(users_page, PageRequest(after=after, limit=5))
        seen += [row.username for row in page.rows]
        if (after := page.next) is None:
            break
    assert seen == sorted(["olga", "max", "bo", "ann", "ben"] + [f"eva{number:02}" for number in range(12)])
    inactive = counter.shop.ask(users_page, PageRequest(filters=(("active", False),)))
    assert [row.username for row in inactive.rows] == ["eva03"]
    managers = counter.shop.ask(users_page, PageRequest(filters=(("role", "manager"),)))
    assert [(row.display_name, row.has_pin) for row in managers.rows] == [("Max", True)]
    assert counter.shop.ask(users_page, PageRequest(search="100%")).rows == ()
    assert [row.username for row in counter.shop.ask(users_page, PageRequest(search="OLG")).rows] == ["olga"]
    counter.sign_in("ann")
    (ann,) = counter.shop.ask(users_page, PageRequest(search="ann")).rows
    assert ann.last_seen_at == counter.clock.now()


def test_one_user_shows_that_misses_block_them(counter):
    for _ in range(3):
        with pytest.raises(BadCredentials):
            counter.sign_in("ann", "wrong")
    detail = counter.shop.ask(user_detail, counter.id_of("ann"))
    assert detail.blocked_until is not None
    assert (detail.role, detail.has_pin, detail.must_change_password) == ("clerk", True, False)
    counter.clock.advance(minutes=1)
    assert counter.shop.ask(user_detail, counter.id_of("ann")).blocked_until is None
    with pytest.raises(NotFound):
        counter.shop.ask(user_detail, counter.id_of("local"))


def test_the_sign_in_screen_shows_names_and_who_may_use_the_pin(counter):
    counter.sign_in("ann")
    choices = counter.shop.ask(sign_in_choices, counter.till.till_id)
    assert [(choice.username, choice.pin_ready) for choice in choices] == [
        ("ann", True),
        ("ben", False),
        ("bo", False),
        ("max", False),
        ("olga", False),
    ]
    assert choices[0].initials == "A"
    assert not any(choice.pin_ready for choice in counter.shop.ask(sign_in_choices, None))
    counter.shop.execute(set_user_active, SetUserActive(counter.id_of("ben"), False), counter.actor("max"))
    names = [choice.username for choice in counter.shop.ask(sign_in_choices, counter.till.till_id)]
    assert names == ["ann", "bo", "max", "olga"]
    assert counter.rows(sa.select(User.username).where(User.is_builtin)) == [("local",)]
