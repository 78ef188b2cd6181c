"""Many sample posts, as if they had been written over the years: texts, links, words to search, revisions.

Each slice is written as drafts first and published last, in one transaction: what the database keeps beside a
published post is then made once, not anew with each byline and tag.
"""

import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import current_app
from sqlalchemy import insert, update

from broadsheet import media, signals
from broadsheet.extensions import db
from broadsheet.lib import clock, kinship, markdown
from broadsheet.lib.locks import file_lock
from broadsheet.lib.slugs import slugify
from broadsheet.models import (
    Post,
    PostAuthor,
    PostTag,
    Reason,
    RelatedPost,
    Revision,
    Series,
    Tag,
    Upload,
    UploadUse,
    User,
    link,
    search_text,
)
from broadsheet.models.content import SLUG_LENGTH, Status
from broadsheet.models.event import happened
from broadsheet.models.rendering import words_of
from broadsheet.transfer.demo import drawing, phrases
from broadsheet.transfer.demo.texts import Text, drafts, words_for
from broadsheet.transfer.markdown import Import
from broadsheet.transfer.progress import Progress
from broadsheet.transfer.rendering import Renderer
from broadsheet.transfer.report import Counts

SLICE = 500  # posts a commit: so long, half a second, the writers of a running site wait at most
SEED = 1874  # the same site each time
YEARS = 20
MOST_TEXTS = 480  # that are rendered
PICTURES = 18
SERIES = 24
RELATED = 4

SCHEDULED = 5  # posts, however many there are
# Of a thousand posts.
DRAFTS, EXPIRED, UNLISTED, TRASHED, PINNED = 10, 2, 4, 2, 1
MOST_PINNED = 2


@dataclass(slots=True)
class Sample:
    """A post before it is written."""

    row: dict[str, Any]
    status: Status
    authors: list[User]
    tags: list[Tag]
    text: Text
    plain: str
    leads: list[str]
    id: int = 0

    @property
    def path(self) -> str:
        return f"/post/{self.id}/{self.row['slug']}"

    @property
    def is_published(self) -> bool:
        return self.status == Status.PUBLISHED


class Filling:
    """One run. Commits by itself, slice after slice."""

    def __init__(self, posts: int, progress: Progress = lambda done, total: None) -> None:
        self.many, self.progress = posts, progress
        self.chance = random.Random(SEED)  # noqa: S311  of no consequence
        self.now = clock.now().replace(microsecond=0)
        self.families = ["".join(parts) for parts in product(*phrases.FAMILY)]
        self.houses = ["".join(parts) for parts in product(*phrases.HOUSE)]
        self.written: deque[str] = deque(maxlen=2000)  # paths to which later posts may lead
        self.latest: dict[str, deque[int]] = {topic: deque(maxlen=RELATED) for topic in phrases.TOPICS}
        self.parts: dict[int, int] = {}  # of a series, so far
        self.pinned = 0

    def run(self) -> Counts:
        with file_lock(Path(current_app.instance_path) / "import.lock"):
            self.pictures = self._pictures()
            self.people = self._people()
            self.tags = {
                tag.name: tag
                for tag in Tag.named([*phrases.TOPICS, *phrases.LESSER_TAGS, phrases.EVERYWHERE])
            }
            self.series = Series.named(_names_of_series(min(SERIES, self.many // 40)))
            db.session.flush()
            self.texts = self._texts()
            db.session.commit()
            for dates in _slices(self._dates(), SLICE):
                self._write([self._sample(number, at) for number, at in dates])
                self.progress(dates[-1][0] + 1, self.many)
            counts = Counts(
                posts_new=self.many,
                bylines=len(self.people),
                tags=len(self.tags),
                pictures=len(self.pictures),
            )
            happened(signals.import_finished, Import("demo"), counts=counts.as_dict())
            db.session.commit()
        return counts

    # -- what they have in common

    def _pictures(self) -> list[Upload]:
        found = []
        for number in range(min(PICTURES, 2 + self.many // 20)):
            data = BytesIO()
            drawing.landscape(number).save(data, "JPEG", quality=88)
            data.seek(0)
            seen = phrases.SCENES[number % len(phrases.SCENES)]
            with media.received(data, only_pictures=True) as file:
                name = f"{slugify(seen, 60)}-{number + 1}.jpg"
                # The other sizes are made later, by the chore or when readers ask.
                upload = media.keep(media.prepare(file, name, with_renditions=False))
            upload.describe(f"{seen[0].upper()}{seen[1:]}.")
            found.append(upload)
        db.session.flush()
        return found

    def _people(self) -> list[User]:
        people = User.named(phrases.AUTHORS)
        for number, person in enumerate(people):
            if not person.bio:
                beat = list(phrases.TOPICS)[number % len(phrases.TOPICS)].lower()
                since = self.now.year - YEARS + number
                bio = f"Has written about {beat}, and what comes of it, since {since}."
                person.describe(name=person.name, bio=bio, links=person.links, timezone=person.timezone)
        return people

    def _texts(self) -> dict[str, list[Text]]:
        """By their topics."""
        shown = [(upload.path, upload.alt.rstrip(".")) for upload in self.pictures]
        wanted = list(drafts(self.chance, min(MOST_TEXTS, max(self.many, len(phrases.TOPICS))), shown))
        resources = {upload.path: upload.as_resource() for upload in self.pictures}
        words = words_of()
        db.session.commit()  # nobody waits for a lock while texts are rendered
        found: dict[str, list[Text]] = {}
        with Renderer(len(wanted)) as renderer:
            for draft, document in [(one, renderer.start(one.body, resources, words)) for one in wanted]:
                found.setdefault(draft.topic, []).append(Text.of(draft, document()))
        return found

    def _dates(self) -> Iterator[tuple[int, datetime]]:
        """From twenty years ago to now, and a few to come."""
        start, last = self.now - timedelta(days=365.25 * YEARS), self.many - 1
        to_come = min(SCHEDULED, self.many // 20)
        for number in range(self.many):
            if number > last - to_come:
                yield number, self.now + timedelta(days=2 + number - last + to_come, hours=7)
            else:
                passed = (number + self.chance.random()) / self.many * 365.25 * YEARS
                yield number, start + timedelta(seconds=int(passed * 86400))

    # -- one post

    def _sample(self, number: int, at: datetime) -> Sample:
        chance = self.chance
        topic = _weighed(chance, list(phrases.TOPICS))
        text = chance.choice(self.texts[topic])
        address = chance.choice(self.written) if self.written else "/archive"
        words = words_for(chance, self.families, self.houses, address)
        body, html, plain = text.varied(words)
        named = {
            "subject": text.draft.subject,
            "Subject": text.draft.subject[0].upper() + text.draft.subject[1:],
            "someone": chance.choice(phrases.PEOPLE),
            "family": words["Qzfamilya"],
            "house": words["Qzhousea"],
            "number": words["Qznumbera"],
        }
        title = chance.choice(phrases.TITLES).format_map(named)
        status, dates = self._standing(number, at)
        cover = chance.choice(self.pictures) if chance.random() < 0.25 else None
        series = chance.choice(self.series) if self.series and chance.random() < 0.1 else None
        if series:
            self.parts[series.id] = self.parts.get(series.id, 0) + 1
        row = {
            "title": title,
            "slug": slugify(title, SLUG_LENGTH),
            "summary": chance.choice(phrases.SUMMARIES).format_map(named),
            "body": body,
            "html": html,
            "toc": list(text.document.toc),
            "excerpt": text.document.excerpt[:400],
            "picture": text.document.picture,
            "word_count": text.document.word_count,
            "needs": list(text.document.needs),
            "frames": list(text.document.frames),
            "rendered_with": markdown.VERSION,
            "version": 1,
            "shown_version": 1,
            "status": Status.DRAFT,
            "series_id": series.id if series else None,
            "series_position": self.parts[series.id] if series else None,
            "cover_id": cover.id if cover else None,
            "cover_alt": cover.alt if cover else "",
            "related_with": kinship.VERSION if status == Status.PUBLISHED else 0,
            "updated_at": min(at, self.now),
            "revised_at": min(at, self.now),
            "created_at": min(at, self.now),
            **dates,
        }
        tags = [
            self.tags[topic],
            *(self.tags[name] for name in chance.sample(phrases.LESSER_TAGS, chance.choice((0, 1, 1, 2)))),
        ]
        if chance.random() < 0.1:
            tags.append(self.tags[phrases.EVERYWHERE])
        authors = [_weighed(chance, self.people)]
        if chance.random() < 0.08:
            authors = list(dict.fromkeys([*authors, chance.choice(self.people)]))
        return Sample(row, status, authors, tags, text, plain, text.links(words))

    def _standing(self, number: int, at: datetime) -> tuple[Status, dict[str, Any]]:
        """What becomes of it, and the columns that say so. By its number: the same share of any many."""
        place = number * 7 % 1000
        dates: dict[str, Any] = {
            "published_at": at, "expires_at": None, "trashed_at": None, "pinned": False, "unlisted": False,
        }  # fmt: skip
        if at > self.now:
            return Status.PUBLISHED, dates
        if place < DRAFTS:
            return Status.DRAFT, dates | {"published_at": None}
        if place < (end := DRAFTS + EXPIRED):
            dates["expires_at"] = min(at + timedelta(days=60), self.now)
        elif place < (end := end + UNLISTED):
            dates["unlisted"] = True
        elif place < (end := end + TRASHED):
            dates["trashed_at"] = self.now - timedelta(days=3)
        elif place < end + PINNED and self.pinned < MOST_PINNED:
            dates["pinned"], self.pinned = True, self.pinned + 1
        return Status.PUBLISHED, dates

    # -- a slice is written

    def _write(self, samples: list[Sample]) -> None:
        new = insert(Post).returning(Post.id, sort_by_parameter_order=True)
        ids = db.session.scalars(new, [sample.row for sample in samples]).all()
        for sample, id in zip(samples, ids, strict=True):
            sample.id = id
        db.session.execute(insert(PostAuthor), list(_rows(samples, "authors", "user_id")))
        db.session.execute(insert(PostTag), list(_rows(samples, "tags", "tag_id")))
        search_text.write(db.session.connection(), {sample.id: sample.plain for sample in samples})
        db.session.execute(insert(Revision), [_revision(sample) for sample in samples])
        _keep_links(samples)
        for kind, rows in ((UploadUse, self._uses(samples)), (RelatedPost, self._related(samples))):
            if some := list(rows):
                db.session.execute(insert(kind), some)
        published = [sample for sample in samples if sample.is_published]
        db.session.execute(
            update(Post)
            .where(Post.id.in_([sample.id for sample in published]))
            .values(status=Status.PUBLISHED),
            execution_options={"synchronize_session": False},
        )
        db.session.commit()
        self.written.extend(sample.path for sample in published)

    def _uses(self, samples: list[Sample]) -> Iterator[dict[str, int]]:
        ids = {upload.path: upload.id for upload in self.pictures}
        for sample in samples:
            if picture := sample.text.draft.picture:
                yield {"upload_id": ids[picture], "post_id": sample.id}

    def _related(self, samples: list[Sample]) -> Iterator[dict[str, Any]]:
        """The latest on the same topic: to compare each with a hundred others would take hours."""
        for sample in samples:
            if not sample.is_published:
                continue
            latest = self.latest[sample.text.draft.topic]
            for place, other in enumerate(latest):
                yield {"post_id": sample.id, "related_id": other, "nearness": 0.2 + 0.05 * place}
            latest.append(sample.id)


def _rows(samples: list[Sample], name: str, column: str) -> Iterator[dict[str, int]]:
    for sample in samples:
        for position, one in enumerate(getattr(sample, name)):
            yield {"post_id": sample.id, column: one.id, "position": position}


def _keep_links(samples: list[Sample]) -> None:
    texts: list[Any] = [
        SimpleNamespace(id=sample.id, kind=Post.kind, path=sample.path, leads=sample.leads)
        for sample in samples
        if sample.leads
    ]
    link.keep(db.session.connection(), texts)


def _revision(sample: Sample) -> dict[str, Any]:
    """As the first save of a post keeps it."""
    row = sample.row
    particulars = {name: row.get(name, _DEFAULTS[name]) for name in Post.PARTICULARS}
    particulars |= {name: row[name] and row[name].isoformat() for name in Post.DATES}
    return {
        "post_id": sample.id,
        "author_id": sample.authors[0].id,
        "reason": Reason.CREATED,
        "version": 1,
        **{name: row.get(name, "") for name in Post.WORDS},
        "tags": [tag.name for tag in sample.tags],
        "authors": [author.username for author in sample.authors],
        "particulars": particulars,
        "created_at": row["created_at"],
    }


# What a new post says that nobody has told anything.
_DEFAULTS = {
    name: column.default.arg if column.default is not None and column.default.is_scalar else None
    for name in Post.PARTICULARS
    for column in [Post.__table__.columns[name]]
}


def _names_of_series(many: int) -> list[str]:
    subjects = [subject for subjects in phrases.TOPICS.values() for subject in subjects[1:3]]
    return [f"The book of {subject.removeprefix('the ').removeprefix('a ')}" for subject in subjects[:many]]


def _weighed(chance: random.Random, items: Sequence[Any]) -> Any:
    """The first of them the most often."""
    return chance.choices(items, [1 / (place + 2) for place in range(len(items))])[0]


def _slices(items: Iterator[Any], size: int) -> Iterator[list[Any]]:
    some: list[Any] = []
    for item in items:
        some.append(item)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some
