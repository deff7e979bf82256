"""Files of one row a thing: stock and prices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shopdesk.core.i18n import _
from shopdesk.feeds.entries import Entry, Fault, Values
from shopdesk.feeds.row_reader import RowReader, fitted
from shopdesk.feeds.table import Row
from shopdesk.feeds.values import Parse


class SingleRows:
    """Reads each row as an entry of its own; what stands twice (the same ``keys``) is refused unless ``may_repeat``."""

    def __init__(
        self,
        header: Sequence[str],
        mapping: Mapping[str, str],
        parses: Mapping[str, Parse],
        keys: tuple[str, ...],
        *,
        may_repeat: bool = False,
    ) -> None:
        self._width = len(header)
        self._read = RowReader(header, mapping, parses)
        self._keys = keys
        self._may_repeat = may_repeat
        self.columns = {key: name for name, key in mapping.items()}

    def entries(self, rows: Iterator[Row]) -> Iterator[Entry]:
        """An entry a row."""
        seen: dict[tuple[object, ...], int] = {}
        for row in rows:
            faults: list[Fault] = []
            fit = fitted(row, self._width, faults)
            values: Values = self._read.read(fit, faults) if fit is not None else {}
            entry = Entry(row[0], str(values.get("sku") or values.get("barcode") or ""), "", values)
            entry.faults = faults
            if fit is not None and not self._may_repeat:
                before = seen.setdefault(tuple(values.get(key) for key in self._keys), row[0])
                if before != row[0]:
                    told = _("the same goods were in row {row} already.").format(row=before)
                    faults.append(Fault(row[0], self.columns.get("sku", ""), "twice", told))
            yield entry
