"""Refusals: sentences for the person at the till, with the values they speak of."""

from __future__ import annotations

from shopdesk.core.i18n import N_, _


class ShopError(Exception):
    """A rule said no. ``code`` is the fixed reason of the headless face, ``str(error)`` the sentence to show.

    Subclasses set ``code`` and ``sentence`` (a translatable template filled with the keyword values). ``field`` names the
    command's field at fault, for forms; ``values`` holds the facts of the sentence.
    """

    code = "refused"
    sentence = N_("This was refused.")

    def __init__(self, *, field: str | None = None, **values: object) -> None:
        self.field = field
        self.values = values
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The sentence in the language of the moment."""
        return _(self.sentence).format(**self.values)

    def __str__(self) -> str:
        return self.message


class BadAmount(ShopError):
    """A figure that is no whole number of the unit asked for, or out of bounds."""

    code = "bad_amount"
    sentence = N_("{field_name} is not a figure that can be used here.")

    def __init__(self, field: str = "amount_cents") -> None:
        super().__init__(field=field, field_name=field)


class BadField(ShopError):
    """A field's value does not fit; the sentence says what would."""

    code = "bad_field"
    sentence = N_("{field_name}: {problem}")

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field=field, field_name=field, problem=problem)


class NotPermitted(ShopError):
    """The acting person's role does not include the permission, and nobody approved."""

    code = "not_permitted"
    sentence = N_("Your role does not allow this ({permission}). A manager can approve it.")

    def __init__(self, permission: str) -> None:
        super().__init__(permission=permission)


class NotFound(ShopError):
    """Something named by its number, code or id does not exist."""

    code = "not_found"
    sentence = N_("{what} {name} does not exist.")

    def __init__(self, what: str, name: object) -> None:
        super().__init__(what=what, name=name)


class ChangedMeanwhile(ShopError):
    """Somebody else changed the same thing first; nothing was overwritten."""

    code = "changed_meanwhile"
    sentence = N_("{what} was changed by somebody else in the meantime. Look at it again and repeat.")

    def __init__(self, what: str) -> None:
        super().__init__(what=what)


class DatabaseTrouble(ShopError):
    """The database cannot be reached or cannot write now; nothing was changed."""

    code = "database_trouble"
    sentence = N_("The shop's database cannot be used right now: {problem} Nothing was changed.")

    def __init__(self, problem: str) -> None:
        super().__init__(problem=problem)


class DatabaseUnreachable(DatabaseTrouble):
    """No connection to the database."""

    code = "database_unreachable"


class DatabaseBusy(DatabaseTrouble):
    """Other tills kept the database busy for too long; the same request may simply be repeated."""

    code = "database_busy"


class DatabaseFull(DatabaseTrouble):
    """No space left, or an input/output error of the disk."""

    code = "disk_trouble"


class DatabaseDamaged(DatabaseTrouble):
    """The shop file is corrupt; selling on it is refused."""

    code = "database_damaged"


class CommitUnknown(DatabaseTrouble):
    """The connection died while committing: the caller must look the document up by its key, never repeat blindly."""

    code = "commit_unknown"
