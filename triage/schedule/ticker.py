"""The clock itself: APScheduler, in memory, saying only "look for due work".

The one module that knows APScheduler. What is due stands in the register, so nothing is lost when
a process ends; one process at a time works, by a lease, and another takes over when it dies.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from triage.clock import SystemClock
from triage.errors import RegisterError
from triage.masking import mask
from triage.register.leases import acquire, release
from triage.schedule.jobs import Job, jobs_of
from triage.schedule.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from apscheduler.events import JobEvent

    from triage.clock import Clock
    from triage.outbox.render import Templates
    from triage.policy.model import Policy
    from triage.register.database import Register
    from triage.settings import Settings

LEASE = "schedule"
LEASE_TERM = timedelta(minutes=15)
"""Well beyond the time between two looks; so long nothing is done when a machine dies."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How a job is."""

    every: timedelta
    """How often it is looked for."""
    last_run: datetime | None = None
    """When it last came to its end."""
    last_error: str = ""
    """Why the last attempt failed; empty when it did not."""
    standby: bool = False
    """Another process does the work."""


class Ticker:
    """Runs the jobs of one process, one after the other, in a thread of its own."""

    def __init__(
        self,
        register: Register,
        settings: Settings,
        policies: Mapping[str, Policy],
        templates: Templates,
        clock: Clock,
        worker: str,
        *,
        instance: str = "",
        more: tuple[Job, ...] = (),
    ) -> None:
        """`worker` names this process for the lease, `instance` the installation in its mails.

        `more` are jobs beside those of this room, such as retention.
        """
        self._register = register
        self._clock = clock
        self._worker = worker
        self._plan = Plan(settings, policies, templates, instance)
        self._jobs = (*jobs_of(self._plan), *more)
        self._lock = threading.Lock()
        self._status = {job.name: JobStatus(job.every) for job in self._jobs}
        self._scheduler: BackgroundScheduler | None = None

    @property
    def status(self) -> Mapping[str, JobStatus]:
        """How each job is, by its name."""
        with self._lock:
            return dict(self._status)

    def start(self) -> None:
        """Begin; each job is looked for at once, because a stop may have missed it."""
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            # Without a grace time of None, APScheduler drops a run that is a second late.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        scheduler.add_listener(
            self._heard, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES
        )
        for job in self._jobs:
            scheduler.add_job(
                partial(self.run, job),
                self._trigger(job),
                id=job.name,
                name=job.name,
                # APScheduler lives by the machine's clock, whatever the jobs are given.
                next_run_time=SystemClock().now(),
            )
        scheduler.start()
        self._scheduler = scheduler

    def stop(self) -> None:
        """End after the job in hand, and let another process take over at once."""
        if self._scheduler is None:
            return
        self._scheduler.shutdown(wait=True)
        self._scheduler = None
        try:
            with self._register.transaction() as session:
                release(session, LEASE, self._worker)
        except RegisterError as error:
            log.warning("lease not given up; it expires by itself", error=str(error))

    def run(self, job: Job) -> int:
        """Do a job now if this process holds the lease; return how many mails it queued."""
        now = self._clock.now()
        with self._register.transaction() as session:
            ours = acquire(session, LEASE, self._worker, now=now, term=LEASE_TERM)
        queued = job.run(self._register, self._plan, now) if ours else 0
        self._note(job.name, JobStatus(job.every, last_run=now, standby=not ours))
        if queued:
            log.info("job queued mails", job=job.name, mails=queued)
        return queued

    def _trigger(self, job: Job) -> OrTrigger:
        triggers = [IntervalTrigger(seconds=job.every.total_seconds(), timezone=UTC)]
        if job.at is not None:
            # Days by name: APScheduler counts numbers from Monday = 0.
            triggers.append(
                CronTrigger(
                    day_of_week="mon-fri",
                    hour=job.at.hour,
                    minute=job.at.minute,
                    timezone=self._plan.zone,
                )
            )
        return OrTrigger(triggers)

    def _heard(self, event: JobEvent) -> None:
        error = getattr(event, "exception", None)
        if error is None:
            log.warning("job not run in time", job=event.job_id)
            return
        reason = mask(f"{type(error).__name__}: {error}")
        log.error("job failed", job=event.job_id, error=reason)
        with self._lock:
            self._status[event.job_id] = replace(self._status[event.job_id], last_error=reason)

    def _note(self, name: str, status: JobStatus) -> None:
        with self._lock:
            self._status[name] = status
