"""Customers who are probably one person: found while a new one is typed, and listed to be merged or told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

import sqlalchemy as sa

from shopdesk.core.actor import Actor
from shopdesk.core.errors import BadField, NotFound
from shopdesk.core.folding import folded
from shopdesk.core.i18n import _
from shopdesk.core.permissions import Permission
from shopdesk.db.batch import Prepared
from shopdesk.db.paging import Page, PageRequest
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.parties.customer_fields import CustomerFields, customer_values, name_of
from shopdesk.parties.models import Address, Customer, DistinctCustomers
from shopdesk.parties.queries import FEWEST_LETTERS, FoundCustomer, shown_contacts
from shopdesk.system.records import audit_office

SAME_MAIL, SAME_CARD, SAME_PHONE = "same_mail", "same_card", "same_phone"
SAME_NAME, NAME_AND_TOWN, NAME_AND_MAIL = "same_name", "name_and_town", "name_and_mail"
_ALIKE = 86
"""Names from this likeness (of 100) on are one name, differently spelt."""
_HOUSEHOLD = 55
"""People with one phone number and names less alike than this live together."""
_PHONE_DIGITS = 8
_NEIGHBOURS = 6
"""Within a block each customer is compared with so many that stand next: a thousand of one name are not a million pairs."""
_COMMON_NAME = 6
"""A name that more people than this share says nothing about who is who."""
_MOST_SHOWN = 5
_MOST_CANDIDATES = 200
Known: TypeAlias = tuple[int, str, str, str, str | None, str | None, str | None]
"""A customer's id, first and last name, company, mail, phone, status."""


@dataclass(frozen=True, slots=True)
class LikelyDouble:
    """A customer who may be the one being typed; ``refused`` when the new one cannot be kept beside this one."""

    customer: FoundCustomer
    reason: str
    refused: bool


@dataclass(frozen=True, slots=True)
class DoubleRow:
    """Two customers who look like one. ``likeness`` is from 0 to 100; the older one stands first."""

    id: str
    first_id: int
    second_id: int
    first: str
    second: str
    first_contact: str
    second_contact: str
    reason: str
    likeness: int


@dataclass(frozen=True, slots=True)
class DistinctPair:
    """Two customers who are two people."""

    first_id: int
    second_id: int


# ------------------------------------------------------------------ while typing

_COLUMNS = "c.id, c.first_name, c.last_name, c.company, c.email, c.phone, c.status"
_EXACT_TEXT = (
    f"SELECT {_COLUMNS}, m.email FROM customers m JOIN customers c ON c.id = coalesce(m.merged_into, m.id) "
    "WHERE (m.email = CAST(:email AS text) OR m.card_number = CAST(:card AS text)) AND c.deleted_at IS NULL"
)
_EXACT = Prepared(sqlite=_EXACT_TEXT, postgresql=_EXACT_TEXT)
_WORD_SQLITE = (
    f"SELECT {_COLUMNS}, (SELECT group_concat(a.postal_code, ' ') FROM addresses a WHERE a.customer_id = c.id) "
    "FROM customer_trigrams_fts f CROSS JOIN customers c ON c.id = f.rowid "
    "WHERE customer_trigrams_fts MATCH :match AND c.deleted_at IS NULL LIMIT :most"
)
_WORD_POSTGRESQL = (
    f"SELECT {_COLUMNS}, (SELECT string_agg(a.postal_code, ' ') FROM addresses a WHERE a.customer_id = c.id) "
    "FROM customers c WHERE c.search_text LIKE ANY(CAST(:likes AS text[])) AND c.deleted_at IS NULL LIMIT :most"
)
_ALIKE_WORDS = Prepared(replan=True, sqlite=_WORD_SQLITE, postgresql=_WORD_POSTGRESQL)


def likely_doubles(
    reader: Reader, typed: CustomerFields, actor: Actor, postal_code: str = ""
) -> tuple[LikelyDouble, ...]:
    """Customers who may be the one that is being typed, at most five; two statements in one round trip.

    The same mail or card is refused later on; the same phone, whoever has it, or a similar name at the same postal code or
    without anything to tell the two apart, is a warning. Contacts are shortened for who may not list customers (S31).
    """
    actor.require(Permission.CUSTOMER_EDIT)
    values = customer_values(typed)
    name = folded(name_of(typed.first_name, typed.last_name, typed.company))
    phone = _phone_key(str(values["phone"] or ""))
    pieces = {word[:FEWEST_LETTERS] for word in name.split() if len(word) >= FEWEST_LETTERS}
    pieces |= {phone} if len(phone) >= _PHONE_DIGITS else set()
    batch = reader.batch()
    exact = batch.add(_EXACT, {"email": values["email"], "card": values["card_number"]})
    alike = None
    if pieces:
        asked: dict[str, object] = {"most": _MOST_CANDIDATES}
        if reader.dialect == "sqlite":
            asked["match"] = " OR ".join(f'"{piece}"' for piece in sorted(pieces))
        else:
            asked["likes"] = [f"%{piece}%" for piece in sorted(pieces)]
        alike = batch.add(_ALIKE_WORDS, asked)
    batch.send()
    whole = actor.may(Permission.CUSTOMER_LIST)
    found: dict[int, tuple[int, LikelyDouble]] = {}
    for row in exact.rows:
        reason = SAME_MAIL if values["email"] is not None and row[7] == values["email"] else SAME_CARD
        found[row[0]] = (101, LikelyDouble(shown_contacts(row[:7], whole=whole), reason, refused=True))
    for row in alike.rows if alike is not None else ():
        typed_facts = (name, phone, str(values["email"] or ""), frozenset(postal_code.split()))
        likeness, reason = _compare(typed_facts, _facts(row[:7], row[7] or ""), household=0)
        if reason and row[0] not in found:
            found[row[0]] = (likeness, LikelyDouble(shown_contacts(row[:7], whole=whole), reason, refused=False))
    ranked = sorted(found.values(), key=lambda one: (-one[0], one[1].customer.id))
    return tuple(double for _likeness, double in ranked[:_MOST_SHOWN])


# ------------------------------------------------------------------ the whole list


def doubles_page(reader: Reader, request: PageRequest, actor: Actor) -> Page[DoubleRow]:
    """A page of pairs, the likeliest first, without those told apart. Three statements; all customers are compared block by
    block in memory, so ask on a read lane."""
    actor.require(Permission.CUSTOMER_LIST)
    people, pairs = _pairs(reader)
    wanted = folded(request.search).split()
    if wanted:
        pairs = [
            pair
            for pair in pairs
            if all(word in folded(f"{_shown(people[pair[1]])} {_shown(people[pair[2]])}") for word in wanted)
        ]
    pairs.sort(reverse=request.descending)
    if request.after is not None:
        places = {f"{first}-{second}": place for place, (_rank, first, second, _why) in enumerate(pairs)}
        pairs = pairs[places.get(str(request.after[0]), -1) + 1 :]
    rows = tuple(
        _row(people[first], people[second], reason, -rank) for rank, first, second, reason in pairs[: request.limit]
    )
    return Page(rows, (rows[-1].id,) if len(pairs) > request.limit else None)


def set_distinct(uow: UnitOfWork, command: DistinctPair) -> None:
    """Two customers are two people: they are not shown as doubles again. Said twice is said once."""
    uow.require(Permission.CUSTOMER_MERGE)
    first, second = _ordered(command)
    known = uow.connection.execute(
        sa.select(sa.func.count()).select_from(Customer).where(Customer.id.in_((first, second)))
    ).scalar_one()
    if known != 2:
        raise NotFound(_("Customer"), f"{first}, {second}")
    there = sa.select(DistinctCustomers.first_id).filter_by(first_id=first, second_id=second)
    if uow.connection.execute(there).first() is not None:
        return
    uow.connection.execute(
        sa.insert(DistinctCustomers).values(
            first_id=first, second_id=second, said_at=uow.clock.now(), said_by=uow.actor.user_id or None
        )
    )
    audit_office(
        uow, "customer.distinct", target_type="customer", target_id=str(first), details={"other_customer": second}
    )
    uow.changed("Customer")


def forget_distinct(uow: UnitOfWork, command: DistinctPair) -> None:
    """Take back that two customers are two people."""
    uow.require(Permission.CUSTOMER_MERGE)
    first, second = _ordered(command)
    uow.connection.execute(
        sa.delete(DistinctCustomers).where(DistinctCustomers.first_id == first, DistinctCustomers.second_id == second)
    )
    audit_office(
        uow, "customer.not_distinct", target_type="customer", target_id=str(first), details={"other_customer": second}
    )
    uow.changed("Customer")


def _ordered(command: DistinctPair) -> tuple[int, int]:
    if command.first_id == command.second_id:
        raise BadField("second_id", _("must be another customer."))
    first, second = sorted((command.first_id, command.second_id))
    return first, second


# ------------------------------------------------------------------ likeness

_Facts: TypeAlias = tuple[str, str, str, frozenset[str]]
"""Folded name, last digits of the phone, mail, postal codes."""


def _facts(known: Known, postal_codes: str) -> _Facts:
    _id, first, last, company, email, phone, _status = known
    return folded(name_of(first, last, company)), _phone_key(phone), email or "", frozenset(postal_codes.split())


def _phone_key(phone: str | None) -> str:
    return "".join(sign for sign in phone or "" if sign.isdigit())[-_PHONE_DIGITS:]


@lru_cache(maxsize=1)
def _sorted_ratio() -> Callable[[str, str], float]:
    from rapidfuzz.fuzz import token_sort_ratio  # when first needed: 10 ms of the till's start

    return token_sort_ratio


def _compare(one: _Facts, other: _Facts, household: int = _HOUSEHOLD) -> tuple[int, str]:
    """How alike two customers are (0 to 100) and why they may be one; no reason, no likeness worth telling."""
    name, phone, mail, places = one
    its_name, its_phone, its_mail, its_places = other
    if name and name == its_name:
        alike = 100
    else:
        alike = int(_sorted_ratio()(name, its_name)) if name and its_name else 0
    if len(phone) == _PHONE_DIGITS and phone == its_phone and (alike >= household or not (name and its_name)):
        return max(alike, 90), SAME_PHONE
    if alike < _ALIKE:
        return alike, ""
    if places & its_places:
        return alike, NAME_AND_TOWN
    if mail and mail.partition("@")[0] == its_mail.partition("@")[0]:
        return alike, NAME_AND_MAIL
    apart = bool(phone and its_phone) or bool(places and its_places)
    return (alike, "") if apart or name != its_name else (alike - 5, SAME_NAME)


_Pair: TypeAlias = tuple[int, int, int, str]
"""Likeness below zero (so that the likeliest sorts first), the older and the newer customer, why."""


def _pairs(reader: Reader) -> tuple[dict[int, Known], list[_Pair]]:
    """Everybody, and who looks like whom."""
    people: dict[int, Known] = {}
    rows = reader.connection.execute(
        sa.select(
            Customer.id,
            Customer.first_name,
            Customer.last_name,
            Customer.company,
            Customer.email,
            Customer.phone,
            Customer.status,
        ).where(Customer.deleted_at.is_(None))
    )
    for row in rows:
        people[row[0]] = tuple(row)  # type: ignore[assignment]  # the columns of Known
    towns: dict[int, str] = defaultdict(str)
    for customer_id, postal_code in reader.connection.execute(sa.select(Address.customer_id, Address.postal_code)):
        towns[customer_id] += f" {postal_code}"
    distinct = sa.select(DistinctCustomers.first_id, DistinctCustomers.second_id)
    seen = {(row[0], row[1]) for row in reader.connection.execute(distinct)}
    facts = {customer_id: _facts(known, towns[customer_id]) for customer_id, known in people.items()}
    found: list[_Pair] = []
    for block in _blocks(facts):
        for place, one in enumerate(block):
            for other in block[place + 1 : place + 1 + _NEIGHBOURS]:
                pair = (one, other) if one < other else (other, one)
                if pair in seen:
                    continue
                seen.add(pair)
                likeness, reason = _compare(facts[pair[0]], facts[pair[1]])
                if reason:
                    found.append((-likeness, *pair, reason))
    return people, found


def _blocks(facts: Mapping[int, _Facts]) -> Iterator[list[int]]:
    """Customers who share a telling thing: only those are compared with each other."""
    blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for customer_id, (name, phone, mail, places) in facts.items():
        words = sorted(name.split())
        if len(phone) == _PHONE_DIGITS:
            blocks["phone", phone].append(customer_id)
        if mail:
            blocks["mail", mail.partition("@")[0]].append(customer_id)
        if words:
            blocks["name", " ".join(words)].append(customer_id)
        for place in places:
            for word in words:
                blocks[f"at {place}", word[:2]].append(customer_id)
    for (kind, _value), block in blocks.items():
        if len(block) > 1 and (kind != "name" or len(block) <= _COMMON_NAME):
            yield sorted(block, key=lambda customer_id: (facts[customer_id][0], customer_id))
    # A slip of the pen at the beginning: neighbours in the order of names.
    by_name = sorted((one for one in facts if facts[one][0]), key=lambda one: (facts[one][0], one))
    yield from ([one, other] for one, other in pairwise(by_name))


def _row(first: Known, second: Known, reason: str, likeness: int) -> DoubleRow:
    return DoubleRow(
        id=f"{first[0]}-{second[0]}",
        first_id=first[0],
        second_id=second[0],
        first=_shown(first),
        second=_shown(second),
        first_contact=_contact(first),
        second_contact=_contact(second),
        reason=reason,
        likeness=likeness,
    )


def _shown(known: Known) -> str:
    return name_of(known[1], known[2], known[3]) or _("Customer {number}").format(number=known[0])


def _contact(known: Known) -> str:
    return " · ".join(filter(None, (known[4], known[5])))
