"""Posts from a folder of Markdown files, as Zola, Hugo and Jekyll keep them.

First all front matter is read and every post gets its id, so that posts can link to those that come after
them. Then the texts follow in slices: rendered on all cores, committed one slice after the other. Only what
describes a post is kept in memory, never its text. Whoever stops the import in the middle, or runs it again,
loses nothing and gets nothing twice.
"""

import hashlib
import json
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import insert, select
from sqlalchemy.orm import selectinload

from broadsheet import media, signals
from broadsheet.database import reading
from broadsheet.extensions import db
from broadsheet.lib import markdown
from broadsheet.lib.locks import file_lock
from broadsheet.models import Alias, Correction, ImportedFile, Post, Reason, Series, Site, Tag, User
from broadsheet.models.content import Status
from broadsheet.models.event import happened
from broadsheet.models.post import PostAuthor
from broadsheet.models.rendering import words_of
from broadsheet.models.tag import PostTag
from broadsheet.transfer import entry as entries
from broadsheet.transfer import files, front_matter, history, losses, rewriting, shortcodes
from broadsheet.transfer.entry import Entry
from broadsheet.transfer.pictures import Pictures
from broadsheet.transfer.places import Places, Target, is_picture, lacks_its_scheme
from broadsheet.transfer.progress import Progress
from broadsheet.transfer.rendering import Later, Renderer
from broadsheet.transfer.report import Counts, Report

SLICE = 50  # posts a commit: what is lost at most, and how long the writers of a running site wait at most
AHEAD = 8  # slices that are being rendered while one is written

_NAME_LENGTH = 120
_IN_A_FRAGMENT = "!$&'*+,;=:@/?%"

Item = TypeVar("Item")


class NothingToImport(Exception):
    """There is no Markdown at the path."""


class Import(str):
    """The source's name as the sender of `import_finished`; the audit log says what kind of thing it is."""

    __slots__ = ()


@dataclass(slots=True)
class Prepared:
    """A post whose text is being rendered."""

    entry: Entry
    body: str
    fingerprint: str
    links: int
    remarks: list[str]
    refused: set[str]  # pictures, as written
    document: Later


Rendered = list[tuple[Prepared, markdown.Document]]


class Importer:
    """One run. `source` names the imported site, for whoever imports several; `base_url` is where it was."""

    def __init__(
        self,
        path: Path,
        *,
        source: str = "markdown",
        base_url: str = "",
        dry_run: bool = False,
        progress: Progress = lambda done, total: None,
    ) -> None:
        self.path, self.root = path, path if path.is_dir() else path.parent
        self.source, self.dry_run, self.progress = source, dry_run, progress
        self.report = Report()
        self.entries: list[Entry] = []
        self.known: dict[str, history.Known] = {}
        self.places = Places(self.root, base_url, history.behind)
        self.pictures = Pictures(dry_run=dry_run)
        self._words = cache(words_of)  # many posts, few languages
        self._people: dict[str, str] = {}  # a folded name → how it is spelt
        self._had_people: set[str] = set()
        self._had_tags: set[str] = set()
        self._new_people: set[str] = set()
        self._new_tags: set[str] = set()
        self._hosts: Counter[str] = Counter()  # of full links whose paths are old addresses of these posts

    @property
    def counts(self) -> Counts:
        return self.report.counts

    def run(self) -> Report:
        """Raises NothingToImport. Commits by itself, slice after slice; a dry run changes nothing at all."""
        lock = Path(current_app.instance_path) / "import.lock"
        with nullcontext() if self.dry_run else file_lock(lock):
            self._look_around()
            self._survey()
            if not self.dry_run:
                self._reserve()
            with Renderer(len(self.entries)) as renderer:
                done = 0
                for taken, prepared in self._prepared_ahead(renderer):
                    self._write(prepared)
                    done += taken
                    self.progress(done, len(self.entries))
            self._finish()
        return self.report

    # -- what is there already

    def _look_around(self) -> None:
        with reading():
            self._zone = ZoneInfo(Site.load().timezone or "UTC")
            for name in db.session.scalars(select(User.name).order_by(User.id)):
                self._people.setdefault(_folded(name), name)
                self._had_people.add(name)
            self._had_tags = set(db.session.scalars(select(Tag.slug)))
            self.known = dict(history.of(self.source))
            db.session.rollback()
        self.places.targets = {key: known.target for key, known in self.known.items()}

    # -- the first pass: what each file says of itself

    def _survey(self) -> None:
        for key in files.below(self.path):
            self.counts.files += 1
            try:
                self._take_in(entries.read(key, files.read(self.root, key), self._zone))
            except entries.NoPost as error:
                self.report.could_not(key, error)
            except files.UnreadableFile as error:
                self.report.could_not(key, error, error.line)
        if not self.entries:
            raise NothingToImport(_("There are no posts in %(path)s.", path=self.path))

    def _take_in(self, entry: Entry) -> None:
        self.entries.append(entry)
        for address, holder in list(self.places.add(entry)):
            entry.addresses.remove(address)
            reason = _("The address %(address)s leads to %(file)s already.", address=address, file=holder)
            entry.remarks.append(reason)
        names = [self._people.setdefault(_folded(name), name[:_NAME_LENGTH]) for name in entry.authors]
        entry.authors = list(dict.fromkeys(names))
        self.places.targets.setdefault(entry.key, Target(0, entry.slug))  # its id is still to come

    # -- an id for each

    def _reserve(self) -> None:
        """New posts come as empty drafts first: their texts need each other's ids."""
        new = [entry for entry in self.entries if entry.key not in self.known]
        for some in _slices(new, 10 * SLICE):
            rows = [{"title": entry.title, "slug": entry.slug or Post.kind} for entry in some]
            ids = db.session.scalars(
                insert(Post).returning(Post.id, sort_by_parameter_order=True), rows
            ).all()
            for entry, post_id in zip(some, ids, strict=True):
                self.places.targets[entry.key] = Target(post_id, entry.slug or Post.kind)
                db.session.add(ImportedFile(source=self.source, path=entry.key, post_id=post_id))
            db.session.commit()

    # -- the second pass: the texts

    def _prepared_ahead(self, renderer: Renderer) -> Iterator[tuple[int, list[Prepared]]]:
        """Slices whose texts are being rendered, each with the number of files it stands for."""
        waiting: deque[tuple[int, list[Prepared]]] = deque()
        for some in _slices(self.entries, SLICE):
            with self._access():
                prepared = [one for entry in some if (one := self._prepare(entry, renderer))]
                self._commit()  # pictures are kept, and nobody waits for a lock while texts are rendered
            waiting.append((len(some), prepared))
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        yield from waiting

    def _prepare(self, entry: Entry, renderer: Renderer) -> Prepared | None:
        """The text as it will be stored; None if its post stays as it is."""
        try:
            text = files.read(self.root, entry.key)
        except files.UnreadableFile as error:  # it changed under our hands
            self.report.could_not(entry.key, error, error.line)
            return None
        body = shortcodes.to_markdown(entries.without_title(text.body, entry.title)).strip("\n") + "\n"
        addresses = rewriting.find(body)
        posts, shown = self._meant(addresses, entry)
        fingerprint = self._fingerprint(text, posts, shown)
        if not self._is_wanted(entry, fingerprint):
            return None
        pictures, refusals = self._bring_pictures(shown)
        new = {written: _with_fragment(target.path, written) for written, target in posts.items()}
        late = (
            {one.written for one in addresses if lacks_its_scheme(one.written)} - posts.keys() - shown.keys()
        )
        new |= {written: f"https://{written}" for written in late}
        body = rewriting.replace(body, addresses, new | {name: one.src for name, one in pictures.items()})
        return Prepared(
            entry,
            body,
            fingerprint,
            links=sum(address.written in posts for address in addresses),
            remarks=[*entry.remarks, *refusals.values(), *losses.in_text(body)],
            refused=set(refusals),
            document=renderer.start(
                body, {one.src: one for one in pictures.values()}, self._words(entry.language)
            ),
        )

    def _meant(
        self, addresses: list[rewriting.Address], entry: Entry
    ) -> tuple[dict[str, Target], dict[str, Path]]:
        """The posts and the picture files to which a text points, by the addresses as written."""
        posts: dict[str, Target] = {}
        shown: dict[str, Path] = {}
        for written in dict.fromkeys(address.written for address in addresses):
            path = self.places.local(written)
            if not path:
                self._hosts.update(filter(None, [self.places.host_of(written)]))
            elif is_picture(path):
                if file := self.places.picture(path, entry):
                    shown[written] = file
            elif target := self.places.target(path, entry):
                posts[written] = target
        return posts, shown

    def _fingerprint(self, text: front_matter.Text, posts: dict[str, Target], shown: dict[str, Path]) -> str:
        """Changes with the file, with a picture beside it, and when a link begins to find its post."""
        parts = [
            json.dumps(text.values, sort_keys=True, default=str),
            text.body,
            sorted((written, target.post_id) for written, target in posts.items()),
            sorted((written, self.pictures.hash_of(file)) for written, file in shown.items()),
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _is_wanted(self, entry: Entry, fingerprint: str) -> bool:
        known = self.known.get(entry.key)
        if known is None or not known.is_complete:
            return True
        if known.fingerprint == fingerprint:
            self.counts.posts_unchanged += 1
            return False
        if reason := known.why_not(entry):
            self._leave_alone(entry, reason)
        return not reason

    def _leave_alone(self, entry: Entry, reason: str) -> None:
        self.counts.posts_left_alone += 1
        self.report.could_not(entry.key, reason)

    def _bring_pictures(self, shown: dict[str, Path]) -> tuple[dict[str, markdown.Resource], dict[str, str]]:
        """Those that came, and why the others did not."""
        brought: dict[str, markdown.Resource] = {}
        refusals: dict[str, str] = {}
        for written, file in shown.items():
            try:
                brought[written] = self.pictures.bring(file)
            except media.Refused as refusal:
                reason = _("The picture %(name)s was refused: %(why)s", name=written, why=refusal.message)
                refusals[written] = reason
        return brought, refusals

    # -- a slice is written

    def _write(self, prepared: list[Prepared]) -> None:
        rendered = [(one, document) for one in prepared if (document := self._rendered(one)) is not None]
        with self._access():
            written = rendered if self.dry_run else self._save(rendered)
            for one, document in written:
                self._count(one)
                for reason in [*one.remarks, *losses.in_page(document, one.refused)]:
                    self.report.could_not(one.entry.key, reason)
            self._keep_addresses([one.entry for one, _document in written])
            self._commit()
        db.session.expire_all()  # a slice leaves nothing in memory

    def _rendered(self, one: Prepared) -> markdown.Document | None:
        try:
            return one.document()
        except Exception as error:  # one text that the pipeline stumbles over must not stop the others
            self.report.could_not(one.entry.key, _("It cannot be rendered: %(why)s", why=repr(error)))
            return None

    def _save(self, rendered: Rendered) -> Rendered:
        """Stores the texts; returns those that could be."""
        ids = [self.places.targets[one.entry.key].post_id for one, _document in rendered]
        posts = {
            post.id: post
            for post in db.session.scalars(select(Post).where(Post.id.in_(ids)).options(*_WHOLE))
        }
        brought = db.session.scalars(ImportedFile.of(self.source).where(ImportedFile.post_id.in_(ids)))
        file_of = {file.post_id: file for file in brought}
        names = list(dict.fromkeys(name for one, _document in rendered for name in one.entry.authors))
        authors = dict(zip(names, User.named(names), strict=True))
        tags = Tag.meant(name for one, _document in rendered for name in one.entry.tags)
        series = Series.meant(one.entry.series for one, _document in rendered)
        db.session.flush()
        written = []
        for (one, document), post_id in zip(rendered, ids, strict=True):
            entry, post, file = one.entry, posts.get(post_id), file_of.get(post_id)
            if post is None or file is None or post.version != file.version:
                self._leave_alone(entry, _("Its post was edited or deleted while it was imported."))
                continue
            slugs = dict.fromkeys(filter(None, map(Tag.slug_of, entry.tags)))
            _bring(
                post,
                one,
                document,
                authors=[authors[name] for name in entry.authors],
                tags=[tags[slug] for slug in slugs],
                **_in_series(series.get(Series.slug_of(entry.series)), entry),
            )
            if entry.corrections:
                Correction.bring(post, entry.corrections)
            file.fingerprint, file.version = one.fingerprint, post.version
            written.append((one, document))
        return written

    def _count(self, one: Prepared) -> None:
        known = self.known.get(one.entry.key)
        is_new = known is None or not known.is_complete
        self.counts.posts_new += is_new
        self.counts.posts_updated += not is_new
        self.counts.links += one.links
        self._new_people.update(set(one.entry.authors) - self._had_people)
        self._new_tags.update({Tag.slug_of(tag) for tag in one.entry.tags} - self._had_tags - {""})

    def _keep_addresses(self, written: list[Entry]) -> None:
        wanted = {address: entry for entry in written for address in entry.addresses}
        taken = Alias.targets(wanted)
        for address, entry in wanted.items():
            post_id = self.places.targets[entry.key].post_id
            if address not in taken:
                self.counts.redirects += 1
                if not self.dry_run:
                    db.session.add(Alias(path=address, post_id=post_id))
            elif taken[address] != post_id:
                reason = _("The address %(address)s leads to something else already.", address=address)
                self.report.could_not(entry.key, reason)

    # -- the end

    def _finish(self) -> None:
        self.counts.bylines, self.counts.tags = len(self._new_people), len(self._new_tags)
        self.counts.pictures = self.pictures.new
        self.report.problems.sort()
        self.report.hosts = self._hosts.most_common()
        if not self.dry_run and self.report.has_brought_something:
            happened(signals.import_finished, Import(self.source), counts=self.counts.as_dict())
            db.session.commit()

    # -- transactions

    def _access(self) -> AbstractContextManager[None]:
        return reading() if self.dry_run else nullcontext()

    def _commit(self) -> None:
        if self.dry_run:
            db.session.rollback()
        else:
            db.session.commit()


_WHOLE = (
    selectinload(Post.authorships).joinedload(PostAuthor.user),
    selectinload(Post.taggings).joinedload(PostTag.tag),
)


def _bring(post: Post, one: Prepared, document: markdown.Document, **people_and_tags: Any) -> None:
    entry, is_new = one.entry, not post.version
    changes: dict[str, Any] = {"expires_at": entry.expires}
    if is_new or not post.was_ever_public:  # what was taken back here stays so
        changes["status"] = Status.DRAFT if entry.is_draft else Status.PUBLISHED
    if not entry.is_draft:
        changes["published_at"] = entry.date
    post.revise(
        by=None,
        reason=Reason.IMPORTED,
        rendered=document,
        title=entry.title,
        slug=entry.slug,
        summary=entry.summary,
        body=one.body,
        language=entry.language,
        canonical_url=entry.canonical_url or post.canonical_url or "",
        **people_and_tags,
        **changes,
    )
    post.updated_at = post.revised_at = entry.updated or (is_new and entry.date) or post.updated_at


def _in_series(series: Series | None, entry: Entry) -> dict[str, Any]:
    """What a file does not say stays as the desk has it."""
    if series is None:
        return {}
    place = {"series_position": entry.series_position} if entry.series_position else {}
    return {"series_id": series.id, **place}


def _with_fragment(path: str, written: str) -> str:
    fragment = urlsplit(written).fragment
    return f"{path}#{quote(fragment, safe=_IN_A_FRAGMENT)}" if fragment else path


def _folded(name: str) -> str:
    # "the Core Team" and "The core team" are one byline.
    return re.sub(r"^the\s+", "", name.casefold())


def _slices(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    remaining = iter(items)
    while some := list(islice(remaining, size)):
        yield some
