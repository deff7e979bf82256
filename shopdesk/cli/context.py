"""What every command shares: the global options, the shop they mean, and who is calling."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from shopdesk.core.errors import DatabaseUnreachable, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.paths import data_folder

if TYPE_CHECKING:
    from shopdesk.core.actor import Actor
    from shopdesk.db.shop import Shop

DONE, REFUSED, WRONG_USAGE, UNREACHABLE = 0, 1, 2, 3
"""The exit statuses."""


class UsageError(Exception):
    """The words of the call are off."""


class UserNeeded(ShopError):
    """On a networked shop the caller must say who they are."""

    code = "user_needed"
    sentence = N_("Say who you are: --user NAME, or an API key in SHOPDESK_API_KEY.")


@dataclass(slots=True)
class Call:
    """One call of the program: its global options, and what they lead to when first asked for."""

    db: str | None = None
    user: str | None = None
    till: str | None = None
    json: bool = False
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    _shop: Shop | None = None
    _actor: Actor | None = None

    @property
    def address(self) -> str:
        """The shop's address: ``--db``, SHOPDESK_DB, or the shop file in the user's data folder."""
        return self.db or self.environ.get("SHOPDESK_DB") or str(data_folder() / "shop.db")

    def shop(self) -> Shop:
        """The open shop; raises what check_schema raises for a missing, older, newer or foreign one."""
        if self._shop is None:
            from shopdesk.app import open_shop
            from shopdesk.db.upkeep import check_schema

            shop = open_shop(self.address)
            if not shop.database.exists:
                raise DatabaseUnreachable(_("there is no shop file {name}.").format(name=self.address))
            check_schema(shop.database)
            self._shop = shop
        return self._shop

    def actor(self) -> Actor:
        """Who acts: an API key's owner, the user of ``--user``, or the built-in ``local`` on a local file."""
        if self._actor is None:
            self._actor = self._who()
        return self._actor

    def close(self) -> None:
        """Give the connections back."""
        if self._shop is not None:
            self._shop.close()

    def print(self, text: str, **fields: object) -> None:
        """A sentence for a person, or with ``--json`` the fields as one line."""
        print(json.dumps(fields, ensure_ascii=False) if self.json and fields else text)

    def _who(self) -> Actor:
        from shopdesk.sales.tills import till_at
        from shopdesk.system import actors

        shop = self.shop()
        if key := self.environ.get("SHOPDESK_API_KEY"):
            actor = actors.actor_from_api_key(shop, key)
        elif self.user:
            actor = actors.actor_by_name_and_secret(shop, self.user, self._secret(self.user))
        elif shop.database.dialect == "sqlite":
            actor = actors.local_actor(shop)
        else:
            raise UserNeeded
        return replace(actor, till_id=shop.ask(till_at, self.till, None).id if self.till else None)

    def _secret(self, user: str) -> str:
        if secret := self.environ.get("SHOPDESK_SECRET"):
            return secret
        from shopdesk.core.secrets import secret_store

        if kept := secret_store().get(f"user/{user}"):
            return kept
        if not sys.stdin.isatty():
            raise UserNeeded
        import getpass

        return getpass.getpass(_("Password of {user}: ").format(user=user))


def pull_globals(words: list[str]) -> tuple[Call, list[str]]:
    """Take the global options out of a command line, wherever they stand, and leave the rest in order.

    Raises UsageError for one without its value. What follows ``--`` is left alone.
    """
    call, rest, at = Call(), [], 0
    while at < len(words):
        word = words[at]
        name, equals, value = word.partition("=")
        if word == "--":
            rest.extend(words[at + 1 :])
            break
        if word == "--json":
            call.json = True
        elif name in {"--db", "--user", "--till"}:
            if not equals:
                at += 1
                if at >= len(words):
                    raise UsageError(f"{name} needs a value.")
                value = words[at]
            setattr(call, name[2:], value)
        else:
            rest.append(word)
        at += 1
    return call, rest
