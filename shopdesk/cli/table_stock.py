"""The use cases of stock by their headless names."""

from __future__ import annotations

from shopdesk.cli.commands import Doing, as_it_is
from shopdesk.inventory import watch

STOCK: dict[str, Doing] = {
    "set_threshold": as_it_is(watch.set_threshold, watch.SetThreshold),
    "resolve_oversold": as_it_is(watch.resolve_oversold, watch.ResolveOversold),
}
