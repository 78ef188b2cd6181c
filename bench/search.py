"""The search over 100,000 posts: how long the server takes for a page of it, and against an empty site.

    .venv/bin/python -m bench.search [--posts 100000] [--rounds 25] [--limit 30]
                                      [--folder FOLDER] [--server postgresql://…]

Makes both sites in a temporary folder (about 2 GB), or once for many runs in `--folder`; with `--server`,
their databases are made there. One word stands in every text, one in every fiftieth title; one word in eight
has a letter with a mark, as in French. Says the processor time of this process, and what went by on the clock
(only that knows what a database server took), of each the best and the median: on a busy machine only the
best tells anything. Exits 1 if the best is above `--limit` milliseconds: of the processor, with `--server` on
the clock.
"""

import argparse
import datetime as dt
import gc
import itertools
import random
import statistics
import tempfile
import time
from collections import Counter
from contextvars import Context
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bench.local_sites import close, insert_rows, make_site
from broadsheet import config
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Post, PostAuthor, PostTag, Role, SearchText, Tag, User

SLICE = 2_000
WORDS_A_TEXT = 350

PAGE, AS_ONE_TYPES = "/search?q=", "/search/results?q="
QUESTIONS = {
    "nothing asked": PAGE,
    "a word in every text": PAGE + "everywhere",
    "the same, being typed": AS_ONE_TYPES + "everywhe",
    "the same, as its first two letters": AS_ONE_TYPES + "ev",
    "one letter": AS_ONE_TYPES + "e",
    "two letters that begin many words": AS_ONE_TYPES + "{start}",
    "two words in every text": PAGE + "everywhere always",
    "ten frequent words": PAGE + "{frequent}",
    "a phrase in every text": PAGE + '"everywhere forever"',
    "a phrase of two such words that never follow": PAGE + '"everywhere everywhere"',
    "a word in every fiftieth title": PAGE + "seldom",
    "a rare word": PAGE + "{rare}",
    "a word with a mark, written without": PAGE + "elsewhere",
    "a rare one and one in every text": PAGE + "{rare} everywhere",
    "a word in every text, of a small tag": PAGE + "everywhere tag:tag-7",
    "…, of the tag of all posts": PAGE + "everywhere tag:all",
    "…, by one of 50 authors": PAGE + 'everywhere author:"Person 7"',
    "…, by one who has written little, long ago": PAGE + "everywhere author:once",
    "…, of long ago": PAGE + "everywhere before:2016",
    "…, the second page": PAGE + "everywhere&page=2",
    "…, the tenth page": PAGE + "everywhere&page=10",
    "no word, a small tag": PAGE + "tag:tag-7",
    "no word, an author": PAGE + 'author:"Person 7"',
    "no word, of long ago": PAGE + "before:2016",
    "a word that nobody has written": PAGE + "everywherre",
    "three of them": PAGE + "qqqqq wwwww zzzzz",
    "twelve of them": PAGE + "aaqa bbqb ccqc ddqd eeqe ffqf ggqg hhqh iiqi jjqj kkqk llql",
    "a word at the end of long texts": PAGE + "finally",
    "two words that never meet": PAGE + "{rare} firstly",
    "a tag that is not there": PAGE + "everywhere tag:nowhere",
    "somebody who is not there": PAGE + "everywhere author:nobody",
}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--posts", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=25)
    options.add_argument("--limit", type=float, default=30.0)
    options.add_argument("--folder", type=Path)
    options.add_argument("--server", default="")
    wanted = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = wanted.folder or Path(temporary)
        empty, full = (site(folder / name, wanted.server) for name in ("empty", "full"))
        began = time.monotonic()
        with full.app_context():
            pool = vocabulary()
            if not db.session.scalar(sa.select(Post.id).limit(1)):
                fill(wanted.posts, pool)
                print(f"{wanted.posts} posts written in {time.monotonic() - began:.0f} s")
            words = asked_words(pool)
            db.session.commit()
        print(f"{'milliseconds':46} {'empty':>8} {'full':>8} {'median':>8} {'clock':>8} {'median':>8}")
        clients = empty.test_client(), full.test_client()
        slow = [
            name
            for name, question in QUESTIONS.items()
            if compare(name, question.format_map(words), clients, wanted.rounds)[bool(wanted.server)]
            > wanted.limit
        ]
        save(full)
        close(empty, full)
    print(f"above {wanted.limit:g} ms: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


def compare(
    name: str, path: str, clients: tuple[FlaskClient, FlaskClient], rounds: int
) -> tuple[float, float]:
    """The best of the processor, and on the clock."""
    gc.collect()
    gc.freeze()
    nothing, _ = took(clients[0], path.partition("&")[0], rounds)
    processor, clock = took(clients[1], path, rounds)
    median = statistics.median
    print(
        f"{name:46} {min(nothing):8.1f} {min(processor):8.1f} {median(processor):8.1f}"
        f" {min(clock):8.1f} {median(clock):8.1f}",
        flush=True,
    )
    return min(processor), min(clock)


def took(client: FlaskClient, path: str, rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of the processor, and of the clock."""
    processor, clock = [], []
    for number in range(rounds + 2):
        began = time.process_time(), time.perf_counter()
        answer = Context().run(client.get, path)
        ended = time.process_time(), time.perf_counter()
        if answer.status_code != 200:
            raise SystemExit(f"{path} answers {answer.status_code}")
        if number >= 2:  # the first ones fill caches
            processor.append((ended[0] - began[0]) * 1000)
            clock.append((ended[1] - began[1]) * 1000)
    return processor, clock


def save(app: Flask) -> None:
    """What a save costs, with its words."""
    with app.app_context():
        post = db.session.scalars(db.select(Post).order_by(Post.id.desc()).limit(1)).one()
        taken = []
        for number in range(7):
            began = time.process_time()
            post.revise(by=None, title=f"Saved {number}", body=f"Text {number} " * 400)
            db.session.commit()
            taken.append((time.process_time() - began) * 1000)
        print(f"{'a post is saved':46} {'':8} {statistics.median(taken):8.1f}")


def site(instance: Path, server: str) -> Flask:
    url = database_on(server, f"bench_search_{instance.name}") if server else ""
    return make_site(instance, {"Ada Admin": Role.ADMIN}, url)


def database_on(server: str, name: str) -> str:
    engine = sa.create_engine(config.load({"BROADSHEET_DATABASE_URL": server}).database_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        known = sa.text("SELECT datname FROM pg_database")
        if name not in connection.scalars(known).all():
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def vocabulary() -> list[str]:
    """A million words in a row, of 30,000; the same whenever it is asked for."""
    chance = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    known = ["".join(chance.choices(letters, k=chance.randint(3, 9))) for _ in range(30_000)]
    for number in range(0, len(known), 8):
        known[number] = known[number].replace("e", "é").replace("u", "ü").replace("o", "ö")
    # As in a language: the second most frequent word half as often as the first, and so on (Zipf).
    weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(known))))
    return chance.choices(known, cum_weights=weights, k=1_000_000)


def asked_words(pool: list[str]) -> dict[str, str]:
    """A word that few texts have, those that stand in most, two letters with which many begin."""
    by_count = [word for word, _count in Counter(pool).most_common()]
    starts = Counter(word[:2] for word in by_count)
    return {
        "rare": by_count[-7],
        "frequent": " ".join(by_count[:10]),
        "start": starts.most_common(1)[0][0],
    }


def fill(count: int, pool: list[str]) -> None:
    chance = random.Random(2)
    insert_rows(
        Tag, [{"name": name, "slug": name.lower()} for name in ("All", *(f"Tag-{n}" for n in range(300)))]
    )
    named = {f"person-{n}": f"Person {n}" for n in range(50)} | {"once": "Once Upon"}
    insert_rows(
        User,
        [
            {"name": name, "username": username, "role": "author", "links": []}
            for username, name in named.items()
        ],
    )
    tags = list(db.session.scalars(sa.select(Tag.id).order_by(Tag.id)))
    *people, once = db.session.scalars(sa.select(User.id).where(User.username.in_(named)).order_by(User.id))
    now = clock.now()
    for start in range(0, count, SLICE):
        numbers = range(start + 1, min(start + SLICE, count) + 1)
        bodies = {number: " ".join(written(number, pool, chance)) for number in numbers}
        insert_rows(
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
        insert_rows(
            PostAuthor,
            [
                {"post_id": number, "user_id": once if number <= 20 else people[number % len(people)]}
                for number in numbers
            ],
        )
        insert_rows(
            PostTag,
            [
                {"post_id": number, "tag_id": tag, "position": position}
                for number in numbers
                for position, tag in enumerate((tags[0], tags[1 + number % 300]))
            ],
        )
        words = sa.update(SearchText).where(SearchText.post_id == sa.bindparam("post"))
        db.session.connection().execute(
            words.values(body=sa.bindparam("words")),
            [{"post": number, "words": bodies[number]} for number in numbers],
        )
        # Published at last, so that each is taken into the index once.
        published = sa.update(Post).where(Post.id.in_(numbers)).values(status="published")
        db.session.connection().execute(published)
        db.session.commit()


def written(number: int, pool: list[str], chance: random.Random) -> list[str]:
    length = WORDS_A_TEXT * (40 if number % 1_000 == 0 else 1)
    start = chance.randrange(len(pool) - length)
    words = pool[start : start + length]
    words[20] = words[150] = words[300] = "everywhere"
    words[21] = "forever"
    words[60] = words[200] = "always"
    if number % 3 == 0:
        words[100] = "élsewhere"
    if number % 1_000 == 0:
        words[-5] = "finally"
    if number <= 200:
        words[10] = "firstly"
    return words


if __name__ == "__main__":
    raise SystemExit(main())
