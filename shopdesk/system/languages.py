"""In which language somebody works: their own choice, else the shop's."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.errors import BadField
from shopdesk.core.i18n import _, languages
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.audit import record
from shopdesk.system.models import User
from shopdesk.system.settings import shop_settings


@dataclass(frozen=True, slots=True)
class SetOwnLanguage:
    """A language's code, or None for the shop's."""

    language: str | None


def language_of(reader: Reader, user_id: int) -> str:
    """The code of the language that a person works in."""
    own = reader.connection.execute(sa.select(User.language).where(User.id == user_id)).scalar()
    return own or shop_settings(reader).language


def set_own_language(uow: UnitOfWork, command: SetOwnLanguage) -> str:
    """Choose the language one works in; returns the one in force. Raises BadField for one that the program does not speak."""
    if command.language is not None and command.language not in dict(languages()):
        raise BadField("language", _("is no language of the program."))
    mine = User.id == uow.actor.user_id
    uow.connection.execute(
        sa.update(User)
        .where(mine)
        .values(language=command.language, updated_at=uow.clock.now(), version=User.version + 1)
    )
    details = {"language": command.language}
    record(uow, "user.language_set", target_type="user", target_id=uow.actor.username, details=details)
    uow.changed("User")
    return language_of(uow, uow.actor.user_id)


def language_choices(_reader: Reader) -> tuple[tuple[object, str], ...]:
    """The languages that the program speaks, in their own words."""
    return languages()
