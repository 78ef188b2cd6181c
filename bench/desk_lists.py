"""The desk's lists on a large site against an empty one: answer times as a ratio, and how often they ask.

    .venv/bin/python -m bench.desk_lists [--rounds 15] [--limit 3]

Makes both sites in a temporary folder: 10,000 posts of 5 KB, 5,000 uploads, 2,000 messages and as many
submissions, 20,000 events, 3,000 links elsewhere, 60 days of visits. Exits 1 if a list takes more than
`--limit` times as long as on the empty site. A ratio of processor time: it is the same on a fast machine and
on a slow one, on an idle one and on a busy one.
"""

import argparse
import datetime as dt
import gc
import statistics
import tempfile
import time
from contextvars import Context
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from bench.local_sites import close, insert_rows, make_site
from broadsheet.blueprints.desk import incoming, library, outgoing_links, people
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import (
    Alias,
    Event,
    Link,
    Message,
    OutgoingAddress,
    Page,
    Post,
    PostAuthor,
    PostTag,
    Role,
    Series,
    Submission,
    Tag,
    Upload,
    UploadUse,
    User,
    UserSession,
    Visit,
)
from broadsheet.models.content import State
from broadsheet.models.visit import Tally

POSTS, UPLOADS, MESSAGES, SUBMISSIONS, EVENTS = 10_000, 5_000, 2_000, 2_000, 20_000
PEOPLE, TAGS, SERIES, PAGES, ALIASES, ADDRESSES = 200, 300, 100, 40, 2_000, 3_000
PEOPLE_OF_THE_DESK = {"Ada Admin": Role.ADMIN, "Ann Author": Role.AUTHOR}
WORDS = "The quick brown fox jumps over the lazy dog and files its copy before noon. "

LISTS = (
    "/desk",
    "/desk/figures",
    "/desk/posts",
    "/desk/posts?page=300",
    *(f"/desk/posts?state={state}" for state in State),
    *(f"/desk/posts?sort={sort}" for sort in ("title", "-date", "saved", "-words")),
    "/desk/posts?sort=title&page=300",
    "/desk/posts?state=trashed&sort=title",
    "/desk/posts?author=person-7",
    "/desk/posts?author=ann",
    "/desk/posts?tag=tag-7",
    "/desk/posts?language=de",
    "/desk/posts?q=headline",
    "/desk/posts?q=headline&state=draft&sort=-words",
    "/desk/posts?q=nothing-like-that",
    "/desk/pages",
    "/desk/pages?sort=title",
    "/desk/pages?q=nothing-like-that",
    *(f"/desk/uploads?show={view}" for view in library.VIEWS),
    *(f"/desk/uploads?order={order}" for order in library.ORDERS if order),
    "/desk/uploads?layout=list",
    "/desk/uploads?page=100",
    "/desk/uploads?q=picture",
    "/desk/uploads?q=nothing-like-that",
    "/desk/uploads/choices",
    *(f"/desk/messages?show={view}" for view in incoming.VIEWS["messages"]),
    *(f"/desk/messages?sort={sort}" for sort in ("title", "from", "date")),
    "/desk/messages?page=30",
    "/desk/messages?q=subject",
    "/desk/messages?q=nothing-like-that",
    *(f"/desk/submissions?state={view}" for view in incoming.VIEWS["submissions"]),
    "/desk/submissions?q=nothing-like-that",
    "/desk/tags",
    "/desk/tags?show=unused",
    "/desk/tags?q=tag",
    "/desk/series",
    "/desk/series?q=part",
    *(f"/desk/links?view={view}" for view in outgoing_links.VIEWS),
    "/desk/redirects",
    "/desk/redirects?page=40",
    "/desk/redirects?q=old",
    *(f"/desk/people?show={view}" for view in people.VIEWS),
    *(f"/desk/people?sort={sort}" for sort in ("-name", "-signed-in", "-posts")),
    "/desk/people?q=nothing-like-that",
    "/desk/activity",
    "/desk/activity?page=400",
    "/desk/activity?who=1",
    "/desk/activity?what=post_published",
    "/desk/activity?q=person",
    "/desk/activity?q=nothing-like-that",
    "/desk/jump?q=tag",
    "/desk/jump?q=nothing-like-that",
)
# The same for an author, who may edit a tenth of the posts.
OF_AN_AUTHOR = (
    "/desk",
    "/desk/figures",
    "/desk/posts",
    "/desk/posts?state=published",
    "/desk/posts?sort=title",
    "/desk/posts?q=headline",
    "/desk/posts?q=nothing-like-that",
    "/desk/uploads?show=unused",
    "/desk/jump?q=nothing-like-that",
)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--limit", type=float, default=3.0)
    wanted = options.parse_args()
    slow = []
    with tempfile.TemporaryDirectory() as folder:
        empty, full = (make_site(Path(folder) / name, PEOPLE_OF_THE_DESK) for name in ("empty", "full"))
        with full.app_context():
            fill()
        print(f"{'':46} {'empty':>9} {'full':>9} {'ratio':>6}  queries")
        for username, paths in (("ada", LISTS), ("ann", OF_AN_AUTHOR)):
            print(f"-- {username}")
            clients = [signed_in(empty, username), signed_in(full, username)]
            for path in paths:
                if compare(path, clients, full, wanted.rounds) > wanted.limit:
                    slow.append(f"{path} ({username})")
        close(empty, full)
    print(f"slower than {wanted.limit:g} times: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


def compare(path: str, clients: list[FlaskClient], full: Flask, rounds: int) -> float:
    gc.collect()
    gc.freeze()  # what the sites' making left behind is no part of an answer
    times: list[list[float]] = [[], []]
    paths = without_page(path), path
    for number in range(rounds + 2):
        for client, taken, asked in zip(clients, times, paths, strict=True):  # by turns
            began = time.process_time()
            answer = Context().run(client.get, asked)
            if number >= 2:  # the first ones fill caches
                taken.append(time.process_time() - began)
            if answer.status_code != 200:
                raise SystemExit(f"{asked} answers {answer.status_code}")
    empty, large = map(statistics.median, times)
    line = f"{path:46} {empty * 1000:6.1f} ms {large * 1000:6.1f} ms {large / empty:6.2f}"
    print(f"{line}  {count(full, clients[1], path):7}", flush=True)
    return large / empty


def without_page(path: str) -> str:
    """An empty list has one page."""
    address, _, arguments = path.partition("?")
    kept = [pair for pair in parse_qsl(arguments) if pair[0] != "page"]
    return f"{address}?{urlencode(kept)}" if kept else address


def count(app: Flask, client: FlaskClient, path: str) -> int:
    asked: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", hear)
        Context().run(client.get, path)
        event.remove(db.engine, "before_cursor_execute", hear)
    return len([one for one in asked if not one.startswith("BEGIN")])


# -- the large site


def signed_in(app: Flask, username: str) -> FlaskClient:
    with app.app_context():
        person = db.session.scalars(User.known_as(username)).one()
        _, token = UserSession.start(person, address="127.0.0.1", user_agent="bench")
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = token, True
    return client


def fill() -> None:
    now = clock.now()

    def ago(**distance: float) -> dt.datetime:
        return now - dt.timedelta(**distance)

    insert_rows(Series, [{"name": f"Part {n}", "slug": f"part-{n}"} for n in range(SERIES)])
    insert_rows(Tag, [{"name": f"Tag {n}", "slug": f"tag-{n}"} for n in range(TAGS)])
    insert_rows(
        User,
        [
            {
                "name": f"Person {n}",
                "username": f"person-{n}",
                "role": "author" if n % 4 else "reader",
                "email": f"person-{n}@example.com" if n % 4 else None,
                "last_signed_in_at": ago(hours=n) if n % 4 else None,
                "suspended_at": now if n % 40 == 1 else None,
                "bio": "",
                "links": [],
            }
            for n in range(PEOPLE)
        ],
    )
    body = WORDS * 65
    text = {"summary": WORDS, "body": body, "html": f"<p>{body}</p>", "excerpt": WORDS}
    text |= {"version": 1, "shown_version": 1}
    insert_rows(
        Post,
        [
            text
            | {
                "title": f"Headline number {n} of a large site",
                "slug": f"headline-{n}",
                "language": "de" if n % 20 == 5 else "",
                "word_count": 900 + n % 300,
                "status": "draft" if n % 10 == 0 else "published",
                "published_at": None if n % 10 == 0 else ago(hours=n - 50),
                "expires_at": ago(hours=1) if n > 100 and n % 50 == 7 else None,
                "review_requested_at": ago(hours=n) if n % 60 == 0 else None,
                "trashed_at": ago(days=1) if n % 25 == 3 else None,
                "updated_at": ago(minutes=n),
                "created_at": ago(hours=n),
            }
            for n in range(POSTS)
        ],
    )
    insert_rows(
        Page,
        [
            text | {"title": f"Page {n}", "slug": f"page-{n}", "status": "published", "published_at": now}
            for n in range(PAGES)
        ],
    )
    posts = list(db.session.scalars(db.select(Post.id)))
    people = list(db.session.scalars(db.select(User.id).where(User.username.startswith("person"))))
    tags = list(db.session.scalars(db.select(Tag.id)))
    ann = db.session.scalars(User.known_as("ann")).one().id
    insert_rows(
        PostAuthor,
        [{"post_id": id, "user_id": ann if id % 10 == 1 else people[id % len(people)]} for id in posts],
    )
    insert_rows(
        PostTag,
        [
            {"post_id": id, "tag_id": tag, "position": position}
            for id in posts
            for position, tag in enumerate({tags[id % 270], tags[id * 7 % 270]})
        ],
    )
    insert_rows(
        Upload,
        [
            {
                "name": f"picture-{n}.{ending}",
                "key": f"{n:016x}/picture-{n}.{ending}",
                "sha256": f"{n:064x}",
                "media_type": media_type,
                "size": n,
                "width": 800,
                "height": 600,
                "alt": "A picture" if n % 3 else "",
                "created_at": ago(hours=n),
                "uploaded_by_id": people[n % len(people)],
            }
            for n, (media_type, ending) in zip(
                range(UPLOADS),
                cycle([*[("image/png", "png")] * 8, ("video/mp4", "mp4"), ("application/pdf", "pdf")]),
                strict=False,
            )
        ],
    )
    uploads = list(db.session.scalars(db.select(Upload.id)))
    insert_rows(UploadUse, [{"upload_id": id, "post_id": posts[id % POSTS]} for id in uploads if id % 4])
    come_in = [
        {
            "name": f"Vic {n}",
            "email": f"vic{n}@example.org",
            "body": WORDS * 5,
            "created_at": ago(hours=n),
            "is_spam": n % 10 == 4,
            "trashed_at": ago(days=1) if n % 20 == 6 else None,
        }
        for n in range(max(MESSAGES, SUBMISSIONS))
    ]
    insert_rows(
        Message,
        [
            one | {"subject": f"Subject {n}", "read_at": None if n % 9 == 0 else now}
            for n, one in enumerate(come_in[:MESSAGES])
        ],
    )
    insert_rows(
        Submission,
        [
            one | {"title": f"Piece {n}", "state": ("waiting", "accepted", "declined")[n % 3]}
            for n, one in enumerate(come_in[:SUBMISSIONS])
        ],
    )
    insert_rows(Alias, [{"path": f"/old/{n}", "post_id": posts[n]} for n in range(ALIASES)])
    insert_rows(
        OutgoingAddress,
        [
            {
                "url": f"https://site{n}.example/",
                "digest": f"{n:064x}",
                "host": f"site{n}.example",
                "check_at": now,
                "problem": "",
                "failures": 4 if n % 5 == 0 else n % 5 == 1,
                "failing_since": ago(days=9) if n % 5 < 2 else None,
                "dead_since": ago(days=2) if n % 5 == 0 else None,
                "ignored": n % 15 == 0,
            }
            for n in range(ADDRESSES)
        ],
    )
    addresses = list(db.session.scalars(db.select(OutgoingAddress.id)))
    insert_rows(
        Link,
        [
            {"post_id": id, "path": "", "fragment": "", "outgoing_id": addresses[id % ADDRESSES]}
            for id in posts
        ],
    )
    insert_rows(
        Event,
        [
            {
                "at": ago(minutes=n),
                "action": "post_published" if n % 10 == 0 else "post_revised",
                "subject_kind": "post",
                "subject_id": posts[n % POSTS],
                "subject_label": f"Headline {n}",
                "actor_id": 1 if n % 100 == 0 else people[n % PEOPLE],
                "actor_name": f"Person {n % PEOPLE}",
                "address": "192.0.2.1",
                "details": {},
            }
            for n in range(EVENTS)
        ],
    )
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


if __name__ == "__main__":
    raise SystemExit(main())
