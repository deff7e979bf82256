"""Declaration of a form: its fields name the fields of the command that it fills, checked at import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from shopdesk.core.i18n import N_
from shopdesk.ui.kit.form_view import Field


@dataclass(frozen=True, slots=True)
class Form:
    """A form that fills one command: its fields name the command's fields, checked at import.

    ``act`` is the word on the button ("Save product"), ``said`` the sentence afterwards. What the person does not fill
    in (``given``: the names of the command's fields that the caller adds) comes with ``open_form``. Where fields and
    command do not meet one to one, ``make`` builds the command from all values and nothing is checked. ``entity`` is the
    target type of the thing's audit lines: with the thing's id the form offers its history.
    """

    key: str
    title: str
    command: type
    use_case: Callable[..., Any]
    fields: tuple[Field, ...]
    act: str
    said: str = N_("Saved.")
    given: tuple[str, ...] = ()
    make: Callable[[dict[str, Any]], Any] | None = None
    slow: bool = False
    entity: str = ""

    def __post_init__(self) -> None:
        known = (
            {one.name for one in fields(self.command)}
            if is_dataclass(self.command)
            else set(getattr(self.command, "__struct_fields__", ()))
        )
        wanted = [one.key for one in self.fields] + list(self.given)
        if self.make is None and (unknown := [name for name in wanted if name not in known]):
            raise ValueError(f"{self.key}: {self.command.__name__} has no {', '.join(unknown)}")
        if len(set(wanted)) != len(wanted):
            raise ValueError(f"{self.key}: a field stands there twice")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form shows of a thing as it is now: the values of its fields, what the caller adds, and the form for it.

    ``form`` None is the form that is open already.
    """

    values: Mapping[str, object]
    given: Mapping[str, object] = field(default_factory=dict)
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Fresh:
    """How a form looks at its thing again when somebody else saved it first: ``query(reader, *args)``, read as ``Shown``."""

    query: Callable[..., Any]
    args: tuple[Any, ...]
    read: Callable[[Any], Shown]
