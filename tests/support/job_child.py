"""A process that does jobs: says the id of each it begins; ``forever`` never ends the one it has."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping

from shopdesk.app import open_shop
from shopdesk.system.jobs_run import JobAtWork, JobWorker


def main() -> None:
    """``python -m tests.support.job_child ADDRESS quick|forever``."""
    address, how = sys.argv[1:]
    shop = open_shop(address)

    def run(job: JobAtWork) -> Mapping[str, object]:
        print(job.id, flush=True)
        while how == "forever":
            time.sleep(0.05)
        time.sleep(0.02)
        return {}

    JobWorker(shop, {"count": run}).run_due()
    shop.close()


if __name__ == "__main__":
    main()
