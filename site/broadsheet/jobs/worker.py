"""The worker: a process that does jobs and chores until it is told to stop."""

import logging
import os
import signal
from threading import Thread

from flask import Flask
from huey.consumer import Consumer, ConsumerStopped

from broadsheet import mail
from broadsheet.database import writing
from broadsheet.extensions import db
from broadsheet.jobs import chores, engine, health, queue
from broadsheet.models import ChoreRun, Job

log = logging.getLogger(__name__)

THREADS = 2  # so that a long chore keeps no job waiting
GRACE = 10  # seconds in which work under way may end when the worker is told to stop
LOOK = 0.5  # seconds between two looks at the signals and the parent
HEARD = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Worker(Consumer):
    """huey's consumer, which also ends with the process that started it."""

    def __init__(self, app: Flask, parent: int | None) -> None:
        engine.every_minute(app, lambda: sweep(app))
        super().__init__(
            engine.huey_of(app),
            workers=THREADS,
            max_delay=1.0,
            scheduler_interval=60,  # it only calls `sweep`: nothing of ours is in huey's own schedule
            shutdown_timeout=GRACE,
        )
        self._stop_flag_timeout = LOOK
        self.app, self.parent = app, parent
        # (restart, graceful): huey would drop its work on SIGTERM, and start itself anew on SIGHUP.
        self._signal_actions: dict[int, tuple[bool, bool]] = dict.fromkeys(HEARD, (False, True))

    def start(self) -> None:
        super().start()
        Thread(target=self._beat, name="Beat", daemon=True).start()

    def loop(self, health_check_ts: float | None = None) -> float | None:
        if self.parent is not None and os.getppid() != self.parent:
            self.stop(graceful=True)
            raise ConsumerStopped
        return super().loop(health_check_ts)

    def _beat(self) -> None:
        while True:
            try:
                engine.beat(self.app)
                renew(self.app)
            except Exception as error:
                log.warning("The worker could not give a sign of life: %s", error)
            if self.stop_flag.wait(health.BEAT.total_seconds()):
                return


def work(app: Flask, parent: int | None = None) -> int | None:
    """Works until a signal says stop, or until `parent` is no longer this process's parent; the signal."""
    # The consumer says much that only its author wants to know, and what is wrong a second time.
    logging.getLogger("huey").setLevel(logging.CRITICAL)
    worker = Worker(app, parent)
    worker.run()
    with app.app_context():
        db.engine.dispose()
    return worker._signum


def sweep(app: Flask) -> None:
    """Each minute: the chores that are due, the jobs that nobody was woken for, and mails left behind."""
    with app.app_context():
        mail.carry_on()
        queue.perform_due()
        chores.do_all_due()


def renew(app: Flask) -> None:
    """What is being done stays claimed."""
    at_work = engine.engine_of(app)
    if not (at_work.jobs or at_work.chores):
        return
    with app.app_context(), writing():
        Job.renew(list(at_work.jobs))
        ChoreRun.renew(list(at_work.chores))
        db.session.commit()
