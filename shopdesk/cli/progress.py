"""Long work on a terminal shows how far it is; anywhere else it stays silent."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from shopdesk.core.i18n import _


@contextmanager
def shown_progress(names: Mapping[str, str]) -> Iterator[Callable[[str, int, int], None]]:
    """A function to tell progress to: what is made (a key of ``names``), how much is done, how much there will be."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _all: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, whole: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(_(names.get(what, what)), total=whole)
            bar.update(tasks[what], completed=done)

        yield tell
