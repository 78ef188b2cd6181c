"""What the site does beside answering: jobs, which something asked for, and chores, which come again.

    jobs.later(media.make_sizes, upload.id)

A job is kept as a row before it is done, so neither a crash nor `kill -9` loses it: it is done at least once,
and must therefore be one that may be done twice. huey (in `instance/jobs.sqlite3`, or in Redis when the
setting `redis_url` is there) wakes the worker and runs its threads; whatever it forgets is found in the rows
a minute later. The worker is a process of its own: `manage.py run` starts one, `manage.py work` is one.

On a site of a test (`TESTING`) nothing runs in the background: a job is done as soon as its transaction is
committed, and a chore when somebody calls it.
"""

from typing import TYPE_CHECKING

from broadsheet.jobs.chores import CHORES, Chore, do, do_all_due
from broadsheet.jobs.health import Status, status
from broadsheet.jobs.queue import init_app, later, perform_due
from broadsheet.lib.lazy import lazily

if TYPE_CHECKING:
    from flask import Flask

    from broadsheet.jobs import worker
else:
    worker = lazily("broadsheet.jobs.worker")

__all__ = [
    "CHORES",
    "Chore",
    "Status",
    "do",
    "do_all_due",
    "init_app",
    "later",
    "perform_due",
    "status",
    "work",
]


def work(app: "Flask", parent: int | None = None) -> int | None:
    """Does jobs and chores until a signal says stop, or the process `parent` ends; the signal."""
    return worker.work(app, parent)
