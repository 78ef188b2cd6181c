"""Posts from a folder of Markdown files, as Zola, Hugo and Jekyll keep them.

First all front matter is read and every post gets its id, so that posts can link to those that come after
them. Then the texts follow in slices: rendered on all cores, committed one slice after the other. Only what
describes a post is kept in memory, never its text. Whoever stops the import in the middle, or runs it again,
loses nothing and gets nothing twice.
"""

import hashlib
import json
import os
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
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
from broadsheet.lib.markdown.policy import is_elsewhere
from broadsheet.models import Alias, ImportedFile, Post, Reason, Site, Tag, Upload, User
from broadsheet.models.content import Status
from broadsheet.models.event import happened
from broadsheet.models.post import PostAuthor, PostTag
from broadsheet.transfer import entry as entries
from broadsheet.transfer import front_matter, rewriting, shortcodes
from broadsheet.transfer.entry import Entry
from broadsheet.transfer.places import SUFFIXES, Places, Target, is_picture
from broadsheet.transfer.rendering import Later, Pictures, Renderer
from broadsheet.transfer.report import Counts, Report

SLICE = 50  # posts a commit: what is lost at most, and how long the writers of a running site wait at most
AHEAD = 3  # slices that are being rendered while one is written

_PASSED_OVER = {
    "node_modules",
    "vendor",
    "themes",
    "_site",
    "_includes",
    "_layouts",
    "archetypes",
    "resources",
}
_TAKEN_OUT = re.compile(r"<(script|style|iframe|object|embed|form|video|audio)\b", re.IGNORECASE)
_NAME_LENGTH = 120
_IN_A_FRAGMENT = "!$&'*+,;=:@/?%"

Progress = Callable[[int, int], object]
Item = TypeVar("Item")


class NothingToImport(Exception):
    """There is no Markdown at the path, or none that can be read."""


class Import(str):
    """The source's name as the sender of `import_finished`; the audit log says what kind of thing it is."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier run brought."""

    target: Target
    fingerprint: str
    version: int  # the post's, when it was brought
    version_now: int
    is_trashed: bool
    is_same_text: Callable[[Entry], bool]

    @property
    def is_complete(self) -> bool:
        return bool(self.fingerprint)


@dataclass(slots=True)
class Prepared:
    """A post whose text is being rendered."""

    entry: Entry
    body: str
    fingerprint: str
    links: int
    document: Later
    remarks: list[str] = field(default_factory=list)


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
        self.root = path if path.is_dir() else path.parent
        self.source, self.dry_run, self.progress = source, dry_run, progress
        self.report = Report()
        self.entries: list[Entry] = []
        self.known: dict[str, Known] = {}
        self.places = Places(self.root, base_url, _brought_before)
        self._path = path
        self._people: dict[str, str] = {}  # a folded name → how it is spelt
        self._had_people: set[str] = set()
        self._had_tags: set[str] = set()
        self._new_people: set[str] = set()
        self._new_tags: set[str] = set()
        self._pictures: dict[Path, markdown.Resource | str] = {}  # or why it was refused
        self._hashes: dict[Path, str] = {}
        self._hosts: Counter[str] = Counter()  # of full links whose paths are old addresses of these posts

    @property
    def counts(self) -> Counts:
        return self.report.counts

    def run(self) -> Report:
        """Raises NothingToImport. Commits by itself, slice after slice; a dry run changes nothing at all."""
        lock = Path(current_app.instance_path) / "import.lock"
        with nullcontext() if self.dry_run else file_lock(lock):
            with reading():
                self._look_around()
                db.session.rollback()
            self._survey()
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
        self._zone = ZoneInfo(Site.load().timezone or "UTC")
        for name in db.session.scalars(select(User.name).order_by(User.id)):
            self._people.setdefault(_folded(name), name)
            self._had_people.add(name)
        self._had_tags = set(db.session.scalars(select(Tag.slug)))
        for file, post_id, slug, title, date, now, trashed in db.session.execute(
            select(
                ImportedFile, Post.id, Post.slug, Post.title, Post.published_at, Post.version, Post.trashed_at
            )
            .join(Post, Post.id == ImportedFile.post_id)
            .where(ImportedFile.source == self.source)
        ):
            self.known[file.path] = Known(
                Target(post_id, slug),
                file.fingerprint,
                file.version,
                now,
                trashed is not None,
                _same(title, date),
            )
            self.places.targets[file.path] = Target(post_id, slug)

    # -- the first pass: what each file says of itself

    def _survey(self) -> None:
        for key, path in self._files():
            self.counts.files += 1
            try:
                entry = entries.read(key, self._text(path), self._zone)
            except entries.NoPost as error:
                self.report.could_not(key, error)
            except front_matter.FrontMatterError as error:
                self.report.could_not(
                    key, _("The front matter cannot be read: %(why)s", why=error), error.line
                )
            except UnreadableFile as error:
                self.report.could_not(key, error, error.line)
            else:
                self._take_in(entry)
        if not self.counts.files:
            raise NothingToImport(_("There are no Markdown files in %(path)s.", path=self._path))
        if not self.entries and not self.report.problems:
            raise NothingToImport(_("Nothing in %(path)s can be read.", path=self._path))

    def _files(self) -> Iterator[tuple[str, Path]]:
        if self._path.is_file():
            yield self._path.name, self._path
            return
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(
                name for name in folders if name not in _PASSED_OVER and not name.startswith(".")
            )
            for name in sorted(names):
                if name.endswith(SUFFIXES) and not name.startswith("."):
                    path = Path(folder, name)
                    yield path.relative_to(self.root).as_posix(), path

    def _text(self, path: Path) -> front_matter.Text:
        try:
            if path.is_symlink() and not path.resolve().is_relative_to(self.places.root):
                raise UnreadableFile(_("It is a link that leads out of the folder."))
            return front_matter.split(path.read_bytes().decode("utf-8"))
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise UnreadableFile(_("It is not UTF-8. Save it with that encoding."), line) from error
        except OSError as error:
            raise UnreadableFile(_("It cannot be read: %(why)s", why=error.strerror)) from error

    def _take_in(self, entry: Entry) -> None:
        self.entries.append(entry)
        for address, holder in list(self.places.add(entry)):
            entry.addresses.remove(address)
            reason = _("The address %(address)s leads to %(file)s already.", address=address, file=holder)
            entry.remarks.append(reason)
        entry.authors = [
            self._people.setdefault(_folded(name), name[:_NAME_LENGTH]) for name in entry.authors
        ]
        self.places.targets.setdefault(entry.key, Target(0, entry.slug))  # its id is still to come

    # -- an id for each

    def _reserve(self) -> None:
        """New posts come as empty drafts first: their texts need each other's ids."""
        new = [entry for entry in self.entries if entry.key not in self.known]
        if self.dry_run:
            return
        for some in _slices(new, 10 * SLICE):
            rows = [{"title": entry.title, "slug": entry.slug or Post.kind} for entry in some]
            ids = db.session.scalars(
                insert(Post).returning(Post.id, sort_by_parameter_order=True), rows
            ).all()
            pairs = list(zip(some, ids, strict=True))
            db.session.execute(
                insert(ImportedFile),
                [{"source": self.source, "path": entry.key, "post_id": post_id} for entry, post_id in pairs],
            )
            db.session.commit()
            for entry, post_id in pairs:
                self.places.targets[entry.key] = Target(post_id, entry.slug or Post.kind)

    # -- the second pass: the texts

    def _prepared_ahead(self, renderer: Renderer) -> Iterator[tuple[int, list[Prepared]]]:
        waiting: deque[tuple[int, list[Prepared]]] = deque()
        for some in _slices(self.entries, SLICE):
            with reading() if self.dry_run else nullcontext():
                prepared = [one for entry in some if (one := self._prepare(entry, renderer))]
                self._commit()  # pictures are kept, and nobody waits for a lock while texts are rendered
            waiting.append((len(some), prepared))
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        yield from waiting

    def _prepare(self, entry: Entry, renderer: Renderer) -> Prepared | None:
        try:
            text = self._text(self.root / entry.key)
        except (UnreadableFile, front_matter.FrontMatterError) as error:  # it changed under our hands
            self.report.could_not(entry.key, error, error.line)
            return None
        body = shortcodes.to_markdown(entries.without_title(text.body, entry.title)).strip("\n") + "\n"
        addresses = rewriting.find(body)
        posts, files = self._meant(addresses, entry)
        fingerprint = self._fingerprint(text, posts, files)
        if not self._is_wanted(entry, fingerprint):
            return None
        remarks = [*entry.remarks]
        pictures = {written: self._picture(file) for written, file in files.items()}
        kept = {written: one for written, one in pictures.items() if isinstance(one, markdown.Resource)}
        for written, one in pictures.items():
            if isinstance(one, str):
                remarks.append(_("The picture %(picture)s was refused: %(why)s", picture=written, why=one))
        new = {written: _with_fragment(target.path, written) for written, target in posts.items()}
        new |= {written: picture.src for written, picture in kept.items()}
        links = sum(address.written in posts for address in addresses)
        body = rewriting.replace(body, addresses, new)
        remarks += [_("“%(code)s” was left as text.", code=code) for code in shortcodes.left(body)]
        remarks += [_("“<%(tag)s>” was taken out.", tag=tag) for tag in _taken_out(body)]
        resources: Pictures = {picture.src: picture for picture in kept.values()}
        return Prepared(entry, body, fingerprint, links, renderer.start(body, resources), remarks)

    def _meant(
        self, addresses: list[rewriting.Address], entry: Entry
    ) -> tuple[dict[str, Target], dict[str, Path]]:
        """The posts and the picture files to which a text points, by the addresses as written."""
        posts: dict[str, Target] = {}
        files: dict[str, Path] = {}
        for written in dict.fromkeys(address.written for address in addresses):
            path = self.places.local(written)
            if not path:
                self._hosts.update(filter(None, [self.places.host_of(written)]))
            elif is_picture(path):
                if file := self.places.picture(path, entry):
                    files[written] = file
            elif target := self.places.target(path, entry):
                posts[written] = target
        return posts, files

    def _fingerprint(self, text: front_matter.Text, posts: dict[str, Target], files: dict[str, Path]) -> str:
        """Changes with the file, with a picture beside it, and when a link begins to find its post."""
        parts = [
            json.dumps(text.values, sort_keys=True, default=str),
            text.body,
            sorted((written, target.post_id) for written, target in posts.items()),
            sorted((written, self._hash(file)) for written, file in files.items()),
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _hash(self, file: Path) -> str:
        if file not in self._hashes:
            self._hashes[file] = hashlib.sha256(file.read_bytes()).hexdigest()
        return self._hashes[file]

    def _is_wanted(self, entry: Entry, fingerprint: str) -> bool:
        known = self.known.get(entry.key)
        if known is None or not known.is_complete:
            return True
        if known.fingerprint == fingerprint:
            self.counts.posts_unchanged += 1
            return False
        reason = ""
        if not known.is_same_text(entry):
            reason = _("Another text came under this name before. Give this site its own name by --source.")
        elif known.is_trashed:
            reason = _("The file changed, but its post is in the trash. It was left there.")
        elif known.version_now != known.version:
            reason = _("The file changed, but its post was edited here since. It was left as it is.")
        if reason:
            self._leave_alone(entry, reason)
        return not reason

    def _leave_alone(self, entry: Entry, reason: str) -> None:
        self.counts.posts_left_alone += 1
        self.report.could_not(entry.key, reason)

    def _picture(self, file: Path) -> markdown.Resource | str:
        if file not in self._pictures:
            try:
                self._pictures[file] = self._kept(file)
            except media.Refused as error:
                self._pictures[file] = str(error.message)
        return self._pictures[file]

    def _kept(self, file: Path) -> markdown.Resource:
        known = db.session.scalar(select(Upload).where(Upload.sha256 == self._hash(file)))
        if known is None:
            self.counts.pictures += 1
        if known is not None and self.dry_run:
            return known.as_resource()
        try:
            with file.open("rb") as stream:
                if not self.dry_run:
                    return media.store(stream, file.name).as_resource()
                prepared = media.prepare(media.read(stream), file.name)
        except media.Refused:
            self.counts.pictures -= known is None
            raise
        return markdown.Resource(f"/uploads/{prepared.key}", prepared.width, prepared.height)

    # -- a slice is written

    def _write(self, prepared: list[Prepared]) -> None:
        rendered = [(one, document) for one in prepared if (document := self._rendered(one)) is not None]
        with reading() if self.dry_run else nullcontext():
            written = rendered if self.dry_run else self._save(rendered)
            for one, document in written:
                self._tell(one, document)
            self._count_redirects(written)
            self._commit()
        db.session.expunge_all()

    def _rendered(self, one: Prepared) -> markdown.Document | None:
        try:
            return one.document()
        except Exception as error:  # one text that the pipeline stumbles over must not stop the others
            self.report.could_not(one.entry.key, _("It cannot be rendered: %(why)s", why=repr(error)))
            return None

    def _save(
        self, rendered: list[tuple[Prepared, markdown.Document]]
    ) -> list[tuple[Prepared, markdown.Document]]:
        ids = [self.places.targets[one.entry.key].post_id for one, _document in rendered]
        posts = {
            post.id: post
            for post in db.session.scalars(select(Post).where(Post.id.in_(ids)).options(*_WHOLE))
        }
        files = db.session.scalars(ImportedFile.of(self.source).where(ImportedFile.post_id.in_(ids)))
        file_of = {file.post_id: file for file in files}
        people = {name: None for one, _document in rendered for name in one.entry.authors}
        authors = dict(zip(people, User.named(people), strict=True))
        tags = {
            tag.slug: tag for tag in Tag.named(tag for one, _document in rendered for tag in one.entry.tags)
        }
        written = []
        for one, document in rendered:
            post_id = self.places.targets[one.entry.key].post_id
            post, file = posts.get(post_id), file_of.get(post_id)
            if post is None or file is None or post.version != file.version:
                self._leave_alone(one.entry, _("Its post was edited or deleted while it was imported."))
                continue
            _bring(
                post,
                one,
                document,
                authors=[authors[name] for name in one.entry.authors],
                tags=[tags[slug] for slug in dict.fromkeys(map(Tag.slug_of, one.entry.tags)) if slug in tags],
            )
            file.fingerprint, file.version = one.fingerprint, post.version
            written.append((one, document))
        return written

    def _tell(self, one: Prepared, document: markdown.Document) -> None:
        entry, known = one.entry, self.known.get(one.entry.key)
        self.counts.posts_new += not (known and known.is_complete)
        self.counts.posts_updated += bool(known and known.is_complete)
        self.counts.links += one.links
        self._new_people.update(set(entry.authors) - self._had_people)
        self._new_tags.update({Tag.slug_of(tag) for tag in entry.tags} - self._had_tags - {""})
        for reason in [*one.remarks, *_lost(document)]:
            self.report.could_not(entry.key, reason)

    def _count_redirects(self, written: list[tuple[Prepared, markdown.Document]]) -> None:
        wanted = {address: one.entry for one, _document in written for address in one.entry.addresses}
        taken = Alias.targets(wanted)
        for address, entry in wanted.items():
            post_id = self.places.targets[entry.key].post_id
            if address not in taken:
                self.counts.redirects += 1
                if not self.dry_run:
                    db.session.add(Alias(path=address, post_id=post_id))
            elif taken[address] != post_id:
                self.report.could_not(
                    entry.key, _("The address %(address)s leads to something else already.", address=address)
                )

    # -- the end

    def _finish(self) -> None:
        self.counts.bylines, self.counts.tags = len(self._new_people), len(self._new_tags)
        self.report.problems.sort()
        self.report.hosts = self._hosts.most_common()
        if not self.dry_run and self.report.has_brought_something:
            happened(signals.import_finished, Import(self.source), counts=self.counts.as_dict())
            db.session.commit()

    def _commit(self) -> None:
        if self.dry_run:
            db.session.rollback()
        else:
            db.session.commit()


class UnreadableFile(Exception):
    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


_WHOLE = (
    selectinload(Post.authorships).joinedload(PostAuthor.user),
    selectinload(Post.taggings).joinedload(PostTag.tag),
)


def _bring(post: Post, one: Prepared, document: markdown.Document, **people_and_tags: Any) -> None:
    entry, is_new = one.entry, not post.version
    changes: dict[str, Any] = {"expires_at": entry.expires}
    if is_new or not post.was_ever_public:
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
        **people_and_tags,
        **changes,
    )
    post.updated_at = entry.updated or (is_new and entry.date) or post.updated_at


def _taken_out(body: str) -> Iterable[str]:
    if not _TAKEN_OUT.search(body):
        return ()
    return dict.fromkeys(name.lower() for name in _TAKEN_OUT.findall(rewriting.prose(body)))


def _lost(document: markdown.Document) -> Iterator[str]:
    """What the rendered text points to in vain."""
    addresses = dict.fromkeys([*document.images, *document.links])
    strangers = sum(is_elsewhere(src) for src in dict.fromkeys(document.images))
    lost = [address for address in addresses if _leads_nowhere(address)]
    if pictures := [address for address in lost if is_picture(urlsplit(address).path)]:
        yield _("Missing pictures: %(names)s", names=", ".join(pictures))
    if links := [address for address in lost if address not in pictures]:
        yield _("Links to what was not brought: %(addresses)s", addresses=", ".join(links))
    if strangers:
        yield _("Pictures on other sites, now links: %(count)d", count=strangers)


def _leads_nowhere(address: str) -> bool:
    return (
        not is_elsewhere(address) and address != "/" and not address.startswith(("/post/", "/uploads/", "#"))
    )


def _with_fragment(path: str, written: str) -> str:
    fragment = urlsplit(written).fragment
    return f"{path}#{quote(fragment, safe=_IN_A_FRAGMENT)}" if fragment else path


def _brought_before(addresses: list[str]) -> Target | None:
    """For a link out of the imported folder: an address that an earlier import brought."""
    found = Alias.targets(addresses) if addresses else {}
    post_id = next((post_id for post_id in found.values() if post_id), None)
    slug = db.session.scalar(select(Post.slug).where(Post.id == post_id)) if post_id else None
    return Target(post_id, slug) if post_id and slug else None


def _same(title: str, date: Any) -> Callable[[Entry], bool]:
    return lambda entry: entry.title == title or entry.date == date


def _folded(name: str) -> str:
    # "the Core Team" and "The core team" are one byline.
    return re.sub(r"^the\s+", "", name.casefold())


def _slices(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    remaining = iter(items)
    while some := list(islice(remaining, size)):
        yield some
