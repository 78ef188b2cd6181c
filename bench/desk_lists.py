"""The desk's lists on a large site against an empty one: answer times as a ratio, and how often they ask.

    .venv/bin/python bench/desk_lists.py [--rounds 15] [--limit 3]

Makes both sites in a temporary folder: 10,000 posts of 5 KB, 5,000 uploads, 2,000 messages, 20,000 events,
60 days of visits. Exits 1 if a list takes more than `--limit` times as long as on the empty site. A ratio of
processor time: it is the same on a fast machine and on a slow one, on an idle one and on a busy one.
"""

import argparse
import datetime as dt
import gc
import statistics
import sys
import tempfile
import time
from contextvars import Context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "site"))

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import event, insert

from broadsheet import config, create_app
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import (
    Event,
    Message,
    Post,
    PostAuthor,
    PostTag,
    Role,
    Submission,
    Tag,
    Upload,
    User,
    UserSession,
    Visit,
)
from broadsheet.models.visit import Tally

POSTS, UPLOADS, MESSAGES, EVENTS, PEOPLE, TAGS = 10_000, 5_000, 2_000, 20_000, 200, 300
WORDS = "The quick brown fox jumps over the lazy dog and files its copy before noon. "

LISTS = (
    "/desk",
    "/desk/figures",
    "/desk/posts",
    "/desk/posts?state=draft",
    "/desk/posts?state=published",
    "/desk/posts?state=trashed",
    "/desk/posts?page=200",
    "/desk/posts?sort=title",
    "/desk/posts?sort=-words",
    "/desk/posts?author=person-7",
    "/desk/posts?tag=tag-7",
    "/desk/pages",
    "/desk/uploads",
    "/desk/messages",
    "/desk/submissions",
    "/desk/people",
    "/desk/people?sort=-posts",
    "/desk/activity",
    "/desk/jump?q=tag",
)
# Every text is looked through: said, but not held to the limit (a search index is to come).
SEARCHES = ("/desk/posts?q=headline", "/desk/posts?q=nothing-like-that", "/desk/activity?q=person")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--limit", type=float, default=3.0)
    wanted = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        empty, full = site(Path(folder) / "empty"), site(Path(folder) / "full")
        with full.app_context():
            fill()
        clients = [signed_in(empty), signed_in(full)]
        print(f"{'':34} {'empty':>9} {'full':>9} {'ratio':>6}  queries")
        slow = [path for path in LISTS if compare(path, clients, full, wanted.rounds) > wanted.limit]
        for path in SEARCHES:
            compare(path, clients, full, max(3, wanted.rounds // 4))
        for app in (empty, full):
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
    print(f"slower than {wanted.limit:g} times: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


def compare(path: str, clients: list[FlaskClient], full: Flask, rounds: int) -> float:
    gc.collect()
    gc.freeze()  # what the sites' making left behind is no part of an answer
    times: list[list[float]] = [[], []]
    for number in range(rounds + 2):
        for client, taken in zip(clients, times, strict=True):  # by turns
            began = time.process_time()
            answer = Context().run(client.get, path)
            if number >= 2:  # the first ones fill caches
                taken.append(time.process_time() - began)
            if answer.status_code not in (200, 404):
                raise SystemExit(f"{path} answers {answer.status_code}")
    empty, large = map(statistics.median, times)
    line = f"{path:34} {empty * 1000:6.1f} ms {large * 1000:6.1f} ms {large / empty:6.2f}"
    print(f"{line}  {count(full, clients[1], path):7}", flush=True)
    return large / empty


def count(app: Flask, client: FlaskClient, path: str) -> int:
    asked: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", hear)
        Context().run(client.get, path)
        event.remove(db.engine, "before_cursor_execute", hear)
    return len([one for one in asked if not one.startswith("BEGIN")])


# -- the two sites


def site(instance: Path) -> Flask:
    instance.mkdir()
    environ = {
        "BROADSHEET_INSTANCE": str(instance),
        "BROADSHEET_RATE_LIMITS": "off",
        "BROADSHEET_SECRET_KEY": "x" * 40,
    }
    app = create_app(config.load(environ))
    with app.app_context():
        upgrade()
        ada = User.create(
            name="Ada Admin",
            username="ada",
            email="ada@example.com",
            password="correct horse battery",
            role=Role.ADMIN,
        )
        db.session.commit()
        assert ada.id
    return app


def signed_in(app: Flask) -> FlaskClient:
    with app.app_context():
        ada = db.session.scalars(User.known_as("ada")).one()
        _, token = UserSession.start(ada, address="127.0.0.1", user_agent="bench")
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = token, True
    return client


def fill() -> None:
    now = clock.now()
    many(
        User,
        [
            {"name": f"Person {n}", "username": f"person-{n}", "role": "reader", "bio": "", "links": []}
            for n in range(PEOPLE)
        ],
    )
    many(Tag, [{"name": f"Tag {n}", "slug": f"tag-{n}"} for n in range(TAGS)])
    body = WORDS * 65
    many(
        Post,
        [
            {
                "title": f"Headline number {n} of a large site",
                "slug": f"headline-{n}",
                "summary": WORDS,
                "body": body,
                "html": f"<p>{body}</p>",
                "excerpt": WORDS,
                "word_count": 900 + n % 300,
                "status": "draft" if n % 10 == 0 else "published",
                "published_at": None if n % 10 == 0 else now + dt.timedelta(hours=50 - n),
                "trashed_at": now - dt.timedelta(days=1) if n % 25 == 3 else None,
                "updated_at": now - dt.timedelta(minutes=n),
                "created_at": now - dt.timedelta(hours=n),
                "version": 1,
                "shown_version": 1,
            }
            for n in range(POSTS)
        ],
    )
    posts = list(db.session.scalars(db.select(Post.id)))
    people = list(db.session.scalars(db.select(User.id)))
    tags = list(db.session.scalars(db.select(Tag.id)))
    many(PostAuthor, [{"post_id": id, "user_id": people[id % len(people)]} for id in posts])
    many(
        PostTag,
        [
            {"post_id": id, "tag_id": tags[(id * step) % len(tags)], "position": step}
            for id in posts
            for step in (1, 7)
            if (id % len(tags)) != (id * 7) % len(tags) or step == 1
        ],
    )
    many(
        Upload,
        [
            {
                "name": f"picture-{n}.png",
                "key": f"{n:04x}/{n}.png",
                "sha256": f"{n:064x}",
                "media_type": "image/png",
                "size": 1,
                "width": 800,
                "height": 600,
            }
            for n in range(UPLOADS)
        ],
    )
    many(
        Message,
        [
            {
                "name": f"Vic {n}",
                "email": f"vic{n}@example.org",
                "subject": f"Subject {n}",
                "body": WORDS * 5,
                "created_at": now - dt.timedelta(hours=n),
                "read_at": None if n % 9 == 0 else now,
            }
            for n in range(MESSAGES)
        ],
    )
    many(
        Submission,
        [
            {
                "name": f"Sam {n}",
                "email": f"sam{n}@example.org",
                "title": f"Piece {n}",
                "body": WORDS * 5,
                "created_at": now,
            }
            for n in range(200)
        ],
    )
    many(
        Event,
        [
            {
                "at": now - dt.timedelta(minutes=n),
                "action": "post_revised",
                "subject_kind": "post",
                "subject_id": posts[n % len(posts)],
                "subject_label": f"Headline {n}",
                "actor_name": f"Person {n % PEOPLE}",
                "address": "192.0.2.1",
                "details": {},
            }
            for n in range(EVENTS)
        ],
    )
    db.session.commit()
    today = now.date()
    with db.engine.begin() as connection:
        for day in range(60):
            Visit.add(
                connection,
                [
                    Tally(
                        today - dt.timedelta(days=day),
                        hour,
                        f"/post/{posts[(day * 7 + n) % len(posts)]}/x",
                        f"site{n % 80}.example" if n % 3 else "",
                        3,
                        2,
                    )
                    for n in range(300)
                    for hour in (8, 20)
                ],
            )


def many(model: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 1000):
        db.session.execute(insert(model), rows[start : start + 1000])
    db.session.commit()


if __name__ == "__main__":
    raise SystemExit(main())
