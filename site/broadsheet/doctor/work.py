"""What is done in the background, and what went wrong there."""

from collections.abc import Iterator

from flask import current_app

from broadsheet import jobs
from broadsheet.config import Settings
from broadsheet.database import reading
from broadsheet.doctor import facts
from broadsheet.doctor.finding import Finding, bad, good, noted, some
from broadsheet.extensions import db
from broadsheet.lib import clock


def worker(settings: Settings) -> Iterator[Finding]:
    with reading():
        found = jobs.status()
        failing = [run.name for run in found.failing]
        db.session.rollback()
    if not found.is_alive:
        since = f" since {found.last_beat:%Y-%m-%d %H:%M} UTC" if found.last_beat else ""
        yield noted(
            "Worker",
            f"does not run{since}; jobs that wait: {found.waiting}",
            "python3 manage.py run starts one, if the site is to run; python3 manage.py work one by itself.",
        )
    elif found.waiting_since is not None and clock.now() - found.waiting_since > facts.JOBS_ARE_LATE:
        yield bad(
            "Worker",
            f"jobs that wait: {found.waiting}, the oldest since {found.waiting_since:%Y-%m-%d %H:%M} UTC",
            "See what the log says of the worker; python3 manage.py work starts another one.",
        )
    else:
        yield good("Worker", f"runs; jobs that wait: {found.waiting}")
    if found.given_up or failing:
        words = [f"jobs that failed for good: {found.given_up}"] if found.given_up else []
        words += [f"chores that fail: {some(failing)}"] if failing else []
        yield bad("Worker", "; ".join(words), "The log says why. A chore is tried again at its next time.")


def errors(settings: Settings) -> Iterator[Finding]:
    lately = current_app.extensions["broadsheet_errors"].of_late(clock.now())
    if lately:
        words = f"in the last day: {len(lately)}, the newest: {lately[0].message}"
        yield noted("Errors", words, "They stand at the desk under Errors, and in the log.")
    else:
        yield good("Errors", "none in the last day")
