"""The states of an import in words, and refusals of steps that do not fit them."""

from __future__ import annotations

from shopdesk.core.errors import ShopError
from shopdesk.core.i18n import N_


class FeedBusy(ShopError):
    """The step does not fit the state that the import is in."""

    code = "feed_busy"
    sentence = N_("This import is not ready for that: it is {state}.")


class FeedMoved(ShopError):
    """Another worker went on with the same import."""

    code = "feed_moved"
    sentence = N_("Somebody else goes on with this import already.")


class AlreadyImported(ShopError):
    """A file of changes would be booked a second time."""

    code = "already_imported"
    sentence = N_("This very file was imported on {day} already; its changes would be booked twice.")


STATE_WORDS = {
    "new": N_("not checked yet"),
    "checking": N_("being checked"),
    "checked": N_("checked"),
    "applying": N_("being imported"),
    "done": N_("imported"),
    "failed": N_("failed"),
    "cancelled": N_("cancelled"),
    "undoing": N_("being taken back"),
    "undone": N_("taken back"),
    "discarded": N_("thrown away"),
}
