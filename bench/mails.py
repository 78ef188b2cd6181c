"""Kills the whole site while it mails to many, and counts what each of them got.

    .venv/bin/python -m bench.mails [--people 1000] [--kills 5] [--seed 1]

A visitor submits a piece, of which every editor is told: as many as asked for. A real mail server of this
machine takes the letters. At moments that nobody chose every process of the site gets SIGKILL, and the site
starts again. Each editor must have got the letter in the end, and of each kill at most one may have got it
twice: whose letter was on its way.

The site is one of its own, in a temporary folder. Exits 1 if somebody got nothing, or too many got it twice.
"""

import argparse
import asyncio
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from aiosmtpd.controller import Controller

from bench import ROOT, client, scratch, servers
from bench.client import Unexpected
from bench.crashes import Site

ENDS_WITHIN = 600  # seconds
TAKES = 0.005  # seconds, for the mail server to take a letter
TYPING = 3  # seconds that a person takes at least
PATIENCE = 0.05  # seconds between two looks

# Run by `manage.py shell`, which has the site.
EDITORS = """
from broadsheet.extensions import db
from broadsheet.models import Role, User
from sqlalchemy import insert
db.session.execute(insert(User), [
    dict(username=f"ed{n}", name=f"Ed {n}", email=f"ed{n}@example.org", role=Role.EDITOR, password_hash="-")
    for n in range(PEOPLE)
])
db.session.commit()
"""


class Postbox:
    """Counts the letters by whom they are for."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()
        self._lock = Lock()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        await asyncio.sleep(TAKES)
        with self._lock:
            self.got.update(envelope.rcpt_tos)
        return "250 OK"


def run(people: int, kills: int, seed: int, folder: Path, say: Callable[[str], None]) -> int:
    """How many got nothing, or a second letter that no kill explains."""
    instance, chance = folder / "instance", random.Random(seed)
    scratch.manage(instance, *scratch.new_admin(), typed=scratch.PASSWORD + "\n")
    add_editors(instance, people)
    postbox = Postbox()
    controller = Controller(postbox, hostname="127.0.0.1", port=servers.free_port())
    controller.start()
    site = Site(instance, folder / "log", smtp_url=f"smtp://127.0.0.1:{controller.port}")
    # Those who are to be told, with the admin, and after how many letters it is killed each time.
    everybody, stops = people + 1, sorted(chance.sample(range(1, people), kills))
    try:
        site.start()
        submit(site.port)
        for stop in stops:
            wait_until(lambda stop=stop: postbox.got.total() >= stop)
            time.sleep(chance.uniform(0, 0.02))
            site.kill()
            say(f"killed after {postbox.got.total()} letters")
            site.start()
            client.get(site.port, "/health/ready")
        wait_until(lambda: len(postbox.got) == everybody and not list((instance / "outbox").glob("*.eml")))
    except Unexpected as error:
        say(str(error))
    finally:
        site.kill()
        controller.stop()
    twice = sum(times - 1 for times in postbox.got.values())
    nothing = everybody - len(postbox.got)
    say(f"{everybody} people, {kills} kills: {nothing} got nothing, {twice} a letter twice.")
    return nothing + max(0, twice - kills)


def add_editors(instance: Path, people: int) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "shell"],
        env=servers.environment(instance=instance),
        input="exec(" + repr(EDITORS.replace("PEOPLE", str(people))) + ")\n",
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Unexpected(f"no editors could be made: {done.stderr}")


def submit(port: int) -> None:
    """As a visitor does it."""
    ticket = client.hidden(client.get(port, "/submit").body.decode(), "ticket")
    time.sleep(TYPING)
    letter = {"name": "Vera Visitor", "email": "vera@example.org", "ticket": ticket}
    piece = {"title": "A piece for you", "body": "Once upon a time."}
    client.Browser(port).submit("/submit", **letter, **piece)


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + ENDS_WITHIN
    while not condition():
        if time.monotonic() > until:
            raise Unexpected("the letters do not arrive")
        time.sleep(PATIENCE)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="broadsheet-mails-"))
    try:
        wrong = run(asked.people, asked.kills, asked.seed, folder, print)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
