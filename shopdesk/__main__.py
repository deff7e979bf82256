"""A word on the command line goes to the headless face, none opens the window."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the program; returns its exit status. The window's way imports nothing of the database before its first paint."""
    if sys.argv[1:] == ["unpack-picture"]:  # a frozen program as the worker of catalogue.picture_worker
        from shopdesk.catalogue.picture_decoding import main as unpack

        unpack()
        return 0
    from shopdesk.cli.context import WRONG_USAGE, UsageError, pull_globals

    try:
        call, words = pull_globals(sys.argv[1:])
    except UsageError as error:
        sys.stderr.write(f"shopdesk: {error}\n")
        return WRONG_USAGE
    if not words or words[0] == "demo":
        from shopdesk.cli.window import open_window

        return open_window(call, words)
    from shopdesk.cli.main import run

    return run(call, words)


if __name__ == "__main__":
    sys.exit(main())
