"""Documents of every area by what somebody types of their number: the journal knows them all."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from shopdesk.core.money import MILLI
from shopdesk.db.unit import Reader
from shopdesk.system.models import Counter, JournalEntry
from shopdesk.system.records import OFFICE, TILL_SERIES

MOST = 8
_SHORT = re.compile(r"([A-Z]{0,5})[- ]?0*(\d{1,9})")
_FIGURES = 6
_MOST_TILLS = MILLI


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A numbered document; ``kind`` is that of its journal entry."""

    kind: str
    number: str


def documents_by_number(reader: Reader, text: str, kinds: Collection[str]) -> tuple[FoundDocument, ...]:
    """Documents of these kinds that a text means: a whole number or its beginning (``T1-S0000``), or the figures alone, with the
    letters of the series or without (``S12``, ``12``). At most a few, newest first; two statements.
    """
    typed = text.strip().upper()
    if not kinds or not typed.isascii() or not any(sign.isdigit() for sign in typed):
        return ()
    short = _SHORT.fullmatch(typed)
    matches: sa.ColumnElement[bool]
    if short is not None:
        meant = _numbers_of(reader, short.group(1), int(short.group(2)))
        matches = JournalEntry.number.in_(meant)
    elif "-" in typed:
        # The bounds let the index serve it; how the server sorts other signs than letters and figures is not relied on.
        bounds = JournalEntry.number.between(typed, typed + "Z" * _FIGURES)
        matches = sa.and_(bounds, JournalEntry.number.startswith(typed, autoescape=True))
    else:
        return ()
    # The unique key of the journal leads with the kind: each kind is a walk of its own in it.
    arms = [
        sa.select(JournalEntry.kind, JournalEntry.number, JournalEntry.id)
        .where(JournalEntry.kind == kind, matches)
        .order_by(JournalEntry.number.desc())
        .limit(MOST)
        .subquery()
        for kind in sorted(kinds)
    ]
    together = sa.union_all(*(sa.select(arm) for arm in arms)).subquery()
    rows = reader.connection.execute(sa.select(together).order_by(together.c.id.desc()).limit(MOST))
    return tuple(FoundDocument(row.kind, row.number) for row in rows)


def _numbers_of(reader: Reader, series: str, figure: int) -> list[str]:
    tills = reader.connection.execute(
        sa.select(Counter.scope).where(Counter.scope != OFFICE).distinct().limit(_MOST_TILLS)
    ).scalars()
    wanted = [series] if series in TILL_SERIES else [name for name in TILL_SERIES if not series]
    return [f"{till}-{name}{figure:0{_FIGURES}d}" for till in tills for name in wanted]
