"""A process that changes the shop's name when a line comes in, and answers with the moment it did."""

from __future__ import annotations

import sys
import time

from shopdesk.app import open_shop
from shopdesk.core.actor import Actor
from shopdesk.system.settings import ChangeSettings, change_settings


def main() -> None:
    """``python -m tests.db.child_writer ADDRESS USER_ID``: a name a line; answers seconds since 1970 right after the commit."""
    address, user_id = sys.argv[1], int(sys.argv[2])
    shop = open_shop(address)
    actor = Actor(user_id, "", "")
    print("ready", flush=True)
    for line in sys.stdin:
        shop.execute(change_settings, ChangeSettings({"name": line.strip()}), actor)
        print(time.time(), flush=True)
    shop.close()


if __name__ == "__main__":
    main()
