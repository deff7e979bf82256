"""Who acts: the built-in user of a local file, a session, a name with its secret, an API key."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from shopdesk.core.actor import Actor
from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader
from shopdesk.system.api_keys import NoteKeyUse, key_holder, note_key_use
from shopdesk.system.proof import PASSWORD, Attempt, as_person, gate_actor, let_in, prove
from shopdesk.system.rights import SignedOut, rights_now
from shopdesk.system.sessions import session_of_token
from shopdesk.system.sign_in import place_of, settle_proof
from shopdesk.system.tokens import token_hash


class SignInNeeded(ShopError):
    """A shop on a server is not opened by whoever reaches it."""

    code = "sign_in_needed"
    sentence = N_("Say who you are: --user NAME, or an API key in SHOPDESK_API_KEY.")


class BadApiKey(ShopError):
    """The key is unknown, revoked or over; which of these is not said."""

    code = "bad_api_key"
    sentence = N_("This API key is not valid.")


USED_EVERY = timedelta(minutes=1)
"""How often at most the use of a key is written down."""


def local_actor(shop: Shop, *, till_id: int | None = None) -> Actor:
    """The built-in user of a shop file, with the owner's rights and recorded as such; raises SignInNeeded on PostgreSQL.

    Whoever may open the file could edit it anyway; on a server that is not so.
    """
    if shop.database.dialect != "sqlite":
        raise SignInNeeded
    return shop.ask(_with_rights, replace(gate_actor(shop, till_id), scopes=None))


def actor_by_name_and_secret(
    shop: Shop, name: str, secret: str, *, till_id: int | None = None, host: str = ""
) -> Actor:
    """Somebody who gives their password, for one headless call without a session; throttled like any sign-in. Slow.

    Raises BadCredentials, TooManyTries or AccountBlocked.
    """
    attempt = Attempt(name, PASSWORD, shop.ask(place_of, till_id, host))
    proven = prove(shop, attempt, secret, till_id=till_id)
    person = as_person(proven.user_id, proven.username, till_id)
    let_in(shop, proven, settle_proof, proven, person)
    return shop.ask(_with_rights, replace(person, scopes=None))


def actor_from_api_key(shop: Shop, key: str, *, till_id: int | None = None) -> Actor:
    """Who acts with a key, narrowed by its scopes; raises BadApiKey."""
    holder = shop.ask(key_holder, token_hash(key))
    if holder is None:
        raise BadApiKey
    person = as_person(holder.user_id, holder.username, till_id)
    if holder.last_used_at is None or shop.clock.now() - holder.last_used_at >= USED_EVERY:
        shop.execute(note_key_use, NoteKeyUse(holder.key_id), person)
    return shop.ask(_with_rights, replace(person, scopes=holder.scopes, api_key_id=holder.key_id))


def actor_for_session(shop: Shop, token: str) -> Actor:
    """Who acts in the session of a token, with the rights of this moment; raises SignedOut when it is locked or over."""
    known = shop.ask(session_of_token, token_hash(token))
    if known is None or known.locked:
        raise SignedOut
    person = Actor(known.user_id, known.username, "", till_id=known.till_id, session_uid=known.uid)
    return shop.ask(_with_rights, person)


def _with_rights(reader: Reader, actor: Actor) -> Actor:
    return rights_now(reader.connection, actor, reader.clock)
