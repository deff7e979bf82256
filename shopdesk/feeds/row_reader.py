"""From the cells of a row to values by meaning: compiled once a file, so that a row costs microseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shopdesk.core.cell_text import unguarded
from shopdesk.core.i18n import _
from shopdesk.feeds.entries import Fault, Values
from shopdesk.feeds.refusals import BadCell
from shopdesk.feeds.table import Row
from shopdesk.feeds.values import Parse


class RowReader:
    """Reads some columns of a row. ``emptied`` holds what an empty cell means by key; a key without is left as it is."""

    def __init__(
        self,
        header: Sequence[str],
        columns: Mapping[str, str],
        parses: Mapping[str, Parse],
        emptied: Mapping[str, object] | None = None,
    ) -> None:
        places = {name: place for place, name in enumerate(header)}
        self._header = header
        self._width = len(header)
        self._plan = [(places[name], key, parses[key]) for name, key in columns.items() if key in parses]
        self._emptied = emptied or {}
        self.keys = frozenset(key for _place, key, _parse in self._plan)

    def read(self, row: Row, into: list[Fault]) -> Values:
        """The values of a row; cells that do not fit are told to ``into``."""
        number, cells = row
        values: Values = {}
        emptied = self._emptied
        for place, key, parse in self._plan:
            text = cells[place].strip()
            if not text:
                if key in emptied:
                    values[key] = emptied[key]
                continue
            if text[0] == "'":
                text = unguarded(text)
            try:
                values[key] = parse(text)
            except BadCell as problem:
                into.append(Fault(number, self._header[place], "bad_cell", str(problem)))
        return values


class TwoPartReader:
    """Reads the columns of a thing and of its part in one pass: two dictionaries instead of two readings."""

    def __init__(self, common: RowReader, own: RowReader) -> None:
        self._header = common._header
        self._plan = [(*step, True) for step in common._plan] + [(*step, False) for step in own._plan]
        self._emptied = (own._emptied, common._emptied)

    def read(self, row: Row, into: list[Fault]) -> tuple[Values, Values]:
        """The values of the thing and those of the part."""
        number, cells = row
        common: Values = {}
        own: Values = {}
        for place, key, parse, is_common in self._plan:
            text = cells[place].strip()
            if not text:
                emptied = self._emptied[is_common]
                if key in emptied:
                    (common if is_common else own)[key] = emptied[key]
                continue
            if text[0] == "'":
                text = unguarded(text)
            try:
                if is_common:
                    common[key] = parse(text)
                else:
                    own[key] = parse(text)
            except BadCell as problem:
                into.append(Fault(number, self._header[place], "bad_cell", str(problem)))
        return common, own


def fitted(row: Row, width: int, into: list[Fault]) -> Row | None:
    """A row with as many cells as the header; None, and told, for one that is cut short or has text beyond the last column."""
    number, cells = row
    if len(cells) == width:
        return row
    if len(cells) > width and not any(cells[width:]):
        return number, cells[:width]
    if len(cells) < width:
        problem = _("the row has {cells} cells where the header has {width}: it was cut short.")
    else:
        problem = _("the row has {cells} cells where the header has {width}: a delimiter may be unquoted.")
    into.append(Fault(number, "", "bad_row", problem.format(cells=len(cells), width=width)))
    return None
