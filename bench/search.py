"""The search over 100,000 posts: how long the server takes for a page of it, and against an empty site.

    .venv/bin/python bench/search.py [--posts 100000] [--rounds 9] [--limit 30]

Makes both sites in a temporary folder (about 2 GB). One word stands in every text, one in every fiftieth
title. Exits 1 if a median is above `--limit` milliseconds of processor time on the full site.
"""

import argparse
import datetime as dt
import gc
import itertools
import random
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
from sqlalchemy import insert

from broadsheet import config, create_app
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Post, PostAuthor, PostTag, Role, SearchText, Tag, User

SLICE = 2_000
WORDS_A_TEXT = 350

QUESTIONS = {
    "nothing asked": "",
    "a word in every text": "everywhere",
    "the same, being typed": "everywhe",
    "the same, as its first two letters": "ev",
    "two words in every text": "everywhere always",
    "a phrase of two such words that never follow": '"everywhere everywhere"',
    "a word in every fiftieth title": "seldom",
    "a rare word": "{rare}",
    "a rare one and one in every text": "{rare} everywhere",
    "a word in every text, of a small tag": "everywhere tag:tag-7",
    "…, of the tag of all posts": "everywhere tag:all",
    "…, by one of 50 authors": 'everywhere author:"Person 7"',
    "…, of long ago": "everywhere before:2016",
    "…, the tenth page": "everywhere&page=10",
    "no word, a small tag": "tag:tag-7",
    "a word that nobody has written": "everywherre",
    "three of them": "qqqqq wwwww zzzzz",
}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--posts", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--limit", type=float, default=30.0)
    wanted = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        empty, full = site(Path(folder) / "empty"), site(Path(folder) / "full")
        began = time.monotonic()
        with full.app_context():
            rare = fill(wanted.posts)
        print(f"{wanted.posts} posts written in {time.monotonic() - began:.0f} s")
        print(f"{'':46} {'empty':>9} {'full':>9} {'ratio':>6}")
        slow = []
        clients = [app.test_client() for app in (empty, full)]
        for name, question in QUESTIONS.items():
            if (
                compare(name, f"/search?q={question.format(rare=rare)}", clients, wanted.rounds)
                > wanted.limit
            ):
                slow.append(name)
        save(full)
        for app in (empty, full):
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
    print(f"above {wanted.limit:g} ms: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


def compare(name: str, path: str, clients: list[FlaskClient], rounds: int) -> float:
    gc.collect()
    gc.freeze()
    times: list[list[float]] = [[], []]
    for number in range(rounds + 2):
        for client, taken in zip(clients, times, strict=True):
            asked = path if client is clients[1] else path.partition("&")[0]
            began = time.process_time()
            answer = Context().run(client.get, asked)
            if number >= 2:  # the first ones fill caches
                taken.append(time.process_time() - began)
            if answer.status_code != 200:
                raise SystemExit(f"{asked} answers {answer.status_code}")
    empty, large = (statistics.median(taken) * 1000 for taken in times)
    print(f"{name:46} {empty:6.1f} ms {large:6.1f} ms {large / empty:6.2f}", flush=True)
    return large


def save(app: Flask) -> None:
    """What a save costs, with its words."""
    with app.app_context():
        post = db.session.scalars(db.select(Post).order_by(Post.id.desc()).limit(1)).one()
        taken = []
        for number in range(7):
            began = time.process_time()
            post.revise(by=None, title=f"Saved {number}", body=f"Text {number} " * 400)
            db.session.commit()
            taken.append(time.process_time() - began)
        print(f"{'a post is saved':46} {'':9} {statistics.median(taken) * 1000:6.1f} ms")


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
        User.create(
            name="Ada Admin",
            username="ada",
            email="a@example.com",
            password="correct horse battery",
            role=Role.ADMIN,
        )
        db.session.commit()
    return app


def fill(count: int) -> str:
    """Writes the posts; a word that few of them have."""
    chance = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    known = ["".join(chance.choices(letters, k=chance.randint(3, 9))) for _ in range(30_000)]
    # As in a language: the second most frequent word half as often as the first, and so on (Zipf).
    weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(known))))
    pool = chance.choices(known, cum_weights=weights, k=1_000_000)
    many(Tag, [{"name": name, "slug": name.lower()} for name in ("All", *(f"Tag-{n}" for n in range(300)))])
    many(
        User,
        [
            {"name": f"Person {n}", "username": f"person-{n}", "role": "author", "links": []}
            for n in range(50)
        ],
    )
    tags = list(db.session.scalars(db.select(Tag.id).order_by(Tag.id)))
    people = list(db.session.scalars(db.select(User.id).where(User.username.startswith("person"))))
    now = clock.now()
    for start in range(0, count, SLICE):
        numbers = range(start + 1, min(start + SLICE, count) + 1)
        bodies = {number: " ".join(written(pool, chance)) for number in numbers}
        many(
            Post,
            [
                {
                    "id": number,
                    "title": " ".join(pool[number : number + 6]) + (" seldom" if number % 50 == 0 else ""),
                    "slug": f"post-{number}",
                    "summary": " ".join(bodies[number].split()[:20]),
                    "body": bodies[number],
                    "html": f"<p>{bodies[number]}</p>",
                    "excerpt": bodies[number][:200],
                    "status": "draft",
                    "published_at": now - dt.timedelta(hours=count - number),
                    "version": 1,
                    "shown_version": 1,
                }
                for number in numbers
            ],
        )
        many(PostAuthor, [{"post_id": number, "user_id": people[number % len(people)]} for number in numbers])
        many(
            PostTag,
            [
                {"post_id": number, "tag_id": tag, "position": position}
                for number in numbers
                for position, tag in enumerate((tags[0], tags[1 + number % 300]))
            ],
        )
        words = db.update(SearchText).where(SearchText.post_id == db.bindparam("post"))
        db.session.connection().execute(
            words.values(body=db.bindparam("words")),
            [{"post": number, "words": bodies[number]} for number in numbers],
        )
        # Published at last, so that each is taken into the index once.
        published = db.update(Post).where(Post.id.in_(numbers)).values(status="published")
        db.session.connection().execute(published)
        db.session.commit()
    return known[-7]


def written(pool: list[str], chance: random.Random) -> list[str]:
    start = chance.randrange(len(pool) - WORDS_A_TEXT)
    words = pool[start : start + WORDS_A_TEXT]
    words[20] = words[150] = words[300] = "everywhere"
    words[60] = words[200] = "always"
    return words


def many(model: Any, rows: list[dict[str, Any]]) -> None:
    db.session.execute(insert(model), rows)


if __name__ == "__main__":
    raise SystemExit(main())
