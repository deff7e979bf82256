"""A till process that is killed in the middle: sells the lines it is given and SIGKILLs itself at the n-th line of its own."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Any

from shopdesk.cli.context import Call
from shopdesk.cli.do import answer_lines


def main() -> None:
    """``python -m tests.faults.dying DB N``: JSON lines in, answers out, dead at line N of the program's own."""
    db, last = sys.argv[1], int(sys.argv[2])
    call = Call(db=db)
    call.shop()
    call.actor()
    seen = 0

    def local(_frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal seen
        if event == "line":
            seen += 1
            if seen == last:
                os.kill(os.getpid(), signal.SIGKILL)
        return local

    def trace(frame: FrameType, _event: str, _arg: object) -> Any:
        return local if f"{os.sep}shopdesk{os.sep}" in frame.f_code.co_filename else None

    sys.settrace(trace)
    answer_lines(call, sys.stdin.buffer, sys.stdout.buffer)
    sys.settrace(None)
    print(f"lines {seen}", file=sys.stderr)
    call.close()


if __name__ == "__main__":
    main()
