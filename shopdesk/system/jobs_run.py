"""Does the jobs that wait, one after the other, in a thread of a window or headless; keeps their lease while they run."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from shopdesk.core.actor import Actor
from shopdesk.core.errors import DatabaseTrouble, ShopError
from shopdesk.core.i18n import N_, _
from shopdesk.core.logs import report
from shopdesk.db.shop import Shop
from shopdesk.db.unit import Reader, UnitOfWork
from shopdesk.system.jobs import (
    LEASE,
    Ending,
    EndJob,
    HoldJob,
    TakeJob,
    TakenJob,
    cancel_wanted,
    end_job,
    hold_job,
    ready_jobs,
    take_job,
)
from shopdesk.system.jobs_routines import AskForRoutines, Routine, ask_for_routines, missing_routines
from shopdesk.system.proof import gate_actor
from shopdesk.system.rights import rights_now

C = TypeVar("C")
R = TypeVar("R")
_log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
"""How often a running job's worker looks whether it was cancelled."""
TELL_EVERY_S = 2.0
"""How often at most its progress is stored."""
ROUTINES_EVERY_S = 60.0
"""How often a worker looks whether regular work is due."""


class JobStopped(Exception):
    """The work is to end here: a runner lets it pass through and leaves nothing half done."""


class JobCancelled(JobStopped):
    """Somebody cancelled it."""


class JobPaused(JobStopped):
    """The program is being closed: the job is handed back and begun again later."""


class JobTakenOver(JobStopped):
    """The lease ran out (a machine that slept) and another worker has the job."""


class BadPayload(ShopError):
    """What is stored for the job cannot be read: repeating it would change nothing."""

    code = "bad_payload"
    sentence = N_("What this work needs to know cannot be read.")


class JobAtWork:
    """A job in its runner's hands. ``actor`` is the person who asked for it, with the rights of this attempt's beginning."""

    def __init__(self, taken: TakenJob, payload: Mapping[str, Any], shop: Shop, actor: Actor, worker: str) -> None:
        self.id = taken.id
        self.kind = taken.kind
        self.title = taken.title
        self.attempt = taken.attempt
        self.payload = payload
        self.shop = shop
        self.actor = actor
        self.worker = worker
        self.state = (0, 0, "")
        self.lease = LEASE
        self.cancel = threading.Event()
        self.pause = threading.Event()
        self.lost = threading.Event()

    def progress(self, done: int, total: int, said: str = "") -> None:
        """Say how far the work is: pieces done of a total (0 if not known), and what it is about. Costs nothing here."""
        self.state = (done, total, said)

    def cancelled(self) -> bool:
        """Whether the work should end here, for whatever reason."""
        return self.cancel.is_set() or self.pause.is_set() or self.lost.is_set()

    def stop_if_cancelled(self) -> None:
        """Raise what ends the work if it should end here; between two transactions is the place."""
        if self.lost.is_set():
            raise JobTakenOver
        if self.cancel.is_set():
            raise JobCancelled
        if self.pause.is_set():
            raise JobPaused

    def execute(self, use_case: Callable[[UnitOfWork, C], R], command: C) -> R:
        """Run a use case as the job's person, in a transaction that also proves that the job is still this worker's.

        Raises JobTakenOver, and writes nothing, if it is not: so each step is done once, whatever happens to leases.
        """

        def fenced(uow: UnitOfWork, inner: C) -> R:
            if not hold_job(uow, self.hold()):
                raise JobTakenOver
            result = use_case(uow, inner)
            uow.flush()
            hold_job(uow, self.hold())  # however long it took
            return result

        fenced.__name__ = use_case.__name__
        return self.shop.execute(fenced, command, self.actor)

    def hold(self) -> HoldJob:
        """What keeps the job for another lease."""
        done, total, said = self.state
        return HoldJob(self.id, self.worker, self.attempt, done, total, said, self.lease)


Runner = Callable[[JobAtWork], Mapping[str, object]]
"""Does a kind of job and returns its result (plain JSON). It may be begun again after a crash: what it did must be found done."""


class JobWorker:
    """Takes jobs of the kinds it has runners for. One job at a time; ``stop`` may be called from any thread."""

    def __init__(
        self,
        shop: Shop,
        runners: Mapping[str, Runner],
        *,
        lease: timedelta = LEASE,
        routines: Mapping[str, Routine] | None = None,
    ) -> None:
        self.name = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(3)}"
        self._shop = shop
        self._runners = dict(runners)
        self._lease = lease
        self._routines = dict(routines or {})
        self._asked_at: float | None = None
        self._gate: Actor | None = None
        self._stopping = threading.Event()
        self._current: JobAtWork | None = None

    def stop(self) -> None:
        """Take no more; a running job is asked to hand itself back."""
        self._stopping.set()
        current = self._current
        if current is not None:
            current.pause.set()

    def run_due(self, *, most: int | None = None) -> int:
        """Do every job that is due now; returns how many were begun."""
        begun = 0
        self._ask_for_routines()
        while not self._stopping.is_set() and (most is None or begun < most):
            taken = self._take()
            if taken is None:
                break
            begun += 1
            self._do(taken)
        return begun

    def _ask_for_routines(self) -> None:
        now = time.monotonic()
        if self._asked_at is not None and now - self._asked_at < ROUTINES_EVERY_S:
            return
        self._asked_at = now
        missing = self._shop.ask(missing_routines, self._routines)
        if missing:
            # As the built-in user, with all its rights: the program's own work, for nobody in particular.
            self._shop.execute(ask_for_routines, AskForRoutines(missing), replace(self._who(), scopes=None))

    def _take(self) -> TakenJob | None:
        while True:
            ready = self._shop.ask(ready_jobs, tuple(self._runners))
            if not ready:
                return None
            for job_id, seen in ready:
                taken = self._shop.execute(take_job, TakeJob(job_id, seen, self.name, self._lease), self._who())
                if taken is not None:
                    return taken

    def _do(self, taken: TakenJob) -> None:
        ending: Ending = "done"
        result: Mapping[str, object] | None = None
        error = ""
        over = threading.Event()
        pulse: threading.Thread | None = None
        try:
            job = self._begin(taken)
            pulse = threading.Thread(target=self._keep, args=(job, over), name="shopdesk-job-pulse", daemon=True)
            pulse.start()
            result = self._runners[taken.kind](job)
        except JobCancelled:
            ending = "cancelled"
        except JobPaused:
            ending = "paused"
        except JobTakenOver:
            _log.info("job %d was taken over", taken.id)
            return
        except (DatabaseTrouble, OSError) as trouble:
            ending, error = "again", str(trouble)
        except ShopError as refusal:
            ending, error = "failed", str(refusal)
        except Exception as problem:
            told = _("Something went wrong that should not. The log tells more under {id}.")
            ending, error = "again", told.format(id=report(problem, f"job {taken.kind}"))
        finally:
            self._current = None
            over.set()
            if pulse is not None:
                pulse.join()
        self._end(EndJob(taken.id, self.name, taken.attempt, ending, result, error))

    def _end(self, command: EndJob) -> None:
        try:
            self._shop.execute(end_job, command, self._who())
        except ShopError as trouble:
            # The lease will run out, and whoever takes the job over finds what this attempt did.
            _log.info("the end of job %d could not be stored: %s", command.job_id, trouble.code)

    def _begin(self, taken: TakenJob) -> JobAtWork:
        actor = Actor(taken.user_id, "", "", scopes=taken.scopes, api_key_id=taken.api_key_id)
        known = self._shop.ask(_rights, actor)
        try:
            payload = json.loads(taken.payload)
        except ValueError:
            raise BadPayload from None
        if not isinstance(payload, dict):
            raise BadPayload
        job = JobAtWork(taken, payload, self._shop, known, self.name)
        job.lease = self._lease
        self._current = job
        if self._stopping.is_set():
            job.pause.set()
        return job

    def _keep(self, job: JobAtWork, over: threading.Event) -> None:
        """Until the job is over: look whether it is cancelled, store its progress, hold its lease."""
        told, told_at = job.state, time.monotonic()
        renew = self._lease.total_seconds() / 3
        while not over.wait(min(LOOK_EVERY_S, renew)):
            with contextlib.suppress(ShopError):
                if self._shop.ask(cancel_wanted, job.id):
                    job.cancel.set()
                age = time.monotonic() - told_at
                if age >= renew or (job.state != told and age >= TELL_EVERY_S):
                    told, told_at = job.state, time.monotonic()
                    if not self._shop.execute(hold_job, job.hold(), self._who()) and not over.is_set():
                        job.lost.set()

    def _who(self) -> Actor:
        if self._gate is None:
            self._gate = gate_actor(self._shop, None)
        return self._gate


def _rights(reader: Reader, actor: Actor) -> Actor:
    return rights_now(reader.connection, actor, reader.clock)
