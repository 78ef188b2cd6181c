"""Nobody who was told of a change is ever shown what was before: several processes, many readers, real HTTP.

A writer changes the site at random. Once a commit has returned, what it did is acknowledged; each reader
notes what was acknowledged before it asks, and must be shown that or something later.
"""

import http.client
import random
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from broadsheet import edition
from broadsheet.extensions import db
from broadsheet.models import Post, Site, Tag
from newsroom import serve, stop

POSTS = 4
READERS = 6
CHANGES = 120
SHOWN = re.compile(r"Post (\d+), state (\d+)\.")
HOUSE = re.compile(r"The Paper (\d+)")


class Told:
    """What has been done to a post: each change is a state with a number, of which its title tells."""

    def __init__(self, id: int = 0) -> None:
        self.id = id
        self.number = 0  # of the last change that was begun
        self.acknowledged = 0  # of the last one that was told to be done
        self.hidden: set[int] = set()  # states in which it is not public
        self.appears: dict[int, float] = {}  # states in which it becomes public, and when

    def may_be_hidden(self, since: int, at: float) -> bool:
        """Whether a reader who knew of the state `since` at that time may be told that there is nothing."""
        states = range(since, self.number + 1)
        return any(n in self.hidden and at < self.appears.get(n, float("inf")) for n in states)


@pytest.fixture
def real_window(monkeypatch):
    monkeypatch.setattr(edition, "WINDOW", {"sqlite": 0.002, "postgresql": 0.02, "mariadb": 0.02})


def test_no_reader_is_ever_shown_less_than_was_acknowledged(app, ann, tmp_path, monkeypatch, real_window):
    monkeypatch.setenv("BROADSHEET_WORKERS", "3")
    chance = random.Random(5)  # noqa: S311  it is a game, not a secret
    [tag] = Tag.named(["Notes"])
    posts = []
    for number in range(POSTS):
        post = Post()
        post.revise(
            by=ann, title=f"Post {number}, state 0.", body="Text", authors=[ann], tags=[tag], slug="s"
        )
        post.publish()
        post.slug = "s"
        db.session.commit()
        posts.append(Told(post.id))
    house = Told()
    Site.load().change(title="The Paper 0")
    db.session.commit()
    url, server = serve(tmp_path / "instance", str(db.engine.url.render_as_string(hide_password=False)))
    wrong: list[str] = []
    is_over = threading.Event()
    answers = [0] * READERS
    readers = [
        threading.Thread(target=read, args=(url, posts, house, wrong, is_over, answers, number))
        for number in range(READERS)
    ]
    try:
        for reader in readers:
            reader.start()
        for _ in range(CHANGES):
            change(chance, posts, house)
            time.sleep(chance.choice((0, 0, 0.001, 0.01, 0.05)))
        time.sleep(0.3)
    finally:
        is_over.set()
        for reader in readers:
            reader.join(20)
        stop(server)
    assert wrong == []
    assert sum(answers) > CHANGES  # they have read all the while


def change(chance, posts, house):
    """One of the things that people do; returns once it is acknowledged."""
    if chance.random() < 0.1:
        house.number += 1
        Site.load().change(title=f"The Paper {house.number}")
        db.session.commit()
        house.acknowledged = house.number
        return
    number = chance.randrange(len(posts))
    told = posts[number]
    post = db.session.get(Post, told.id)
    state = told.number + 1
    deed = chance.choice(("edit", "edit", "edit", "hide", "schedule"))
    if deed == "hide":
        told.hidden.add(state)
    elif deed == "schedule":
        at = datetime.now(UTC) + timedelta(seconds=chance.choice((0.05, 0.2)))
        told.hidden.add(state)
        told.appears[state] = at.timestamp()
    told.number = state
    post.title = f"Post {number}, state {state}."
    if deed == "hide":
        post.status = "draft"
    else:
        post.status = "published"
        post.published_at = at if deed == "schedule" else datetime(2026, 1, 1, tzinfo=UTC)
    db.session.commit()
    told.acknowledged = state


def read(url, posts, house, wrong, is_over, answers, number):
    chance = random.Random(number)  # noqa: S311
    host = urlsplit(url).netloc
    while not is_over.is_set():
        with_connection = http.client.HTTPConnection(host, timeout=10)
        for _ in range(chance.randrange(1, 20)):
            since = [told.acknowledged for told in posts]
            house_since, at = house.acknowledged, time.time()
            which = chance.randrange(len(posts))
            path = chance.choice((f"/post/{posts[which].id}/s", "/", "/feed.atom", "/tag/notes", "/user/ann"))
            accepted = chance.choice(("gzip;q=0", "identity"))
            with_connection.request("GET", path, headers={"Accept-Encoding": accepted})
            answer = with_connection.getresponse()
            text = answer.read().decode()
            answers[number] += 1
            asked = [which] if path.startswith("/post") else range(len(posts))
            wrong += faults(path, answer.status, text, posts, asked, since, at)
            paper = HOUSE.search(text)
            if paper and int(paper[1]) < house_since:
                wrong.append(f"{path}: paper {paper[1]} after {house_since}")
        with_connection.close()


def faults(path, status, text, posts, asked, since, at):
    if status not in (200, 404):
        yield f"{path}: {status}"
    shown = {int(number): int(state) for number, state in SHOWN.findall(text)} if status == 200 else {}
    for number in asked:
        if number not in shown:
            if not posts[number].may_be_hidden(since[number], at):
                yield f"{path}: {status}, nothing of post {number} after {since[number]}"
        elif shown[number] < since[number]:
            yield f"{path}: post {number} in state {shown[number]} after {since[number]}"
