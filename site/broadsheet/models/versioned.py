"""The text of a post or page: every save of it, what readers see of it, and what is held back from them."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, cast

from sqlalchemy import JSON, ColumnDefault, ForeignKey, Select, String, Text, inspect
from sqlalchemy.orm import (
    MANYTOONE,
    Mapped,
    RelationshipProperty,
    WriteOnlyMapped,
    declared_attr,
    joinedload,
    mapped_column,
    relationship,
)
from sqlalchemy.orm.attributes import set_committed_value

from broadsheet.lib import clock, markdown, merging
from broadsheet.models import rendering
from broadsheet.models.base import Created, Identified, UTCDateTime, db
from broadsheet.models.event import acting_now
from broadsheet.models.rendering import Resolve
from broadsheet.models.revision import Reason, Revision
from broadsheet.models.upload import Upload

if TYPE_CHECKING:
    from broadsheet.models.user import User

TITLE_LENGTH = 300
SLUG_LENGTH = 100
ADDRESS_LENGTH = 500
DESCRIPTION_LENGTH = 500


class Merged(NamedTuple):
    """What a save comes to that was based on an older version."""

    changes: dict[str, Any]  # what `revise` takes; of a field in `conflicts`, what the writer wants
    brought: list[str]  # the fields in which somebody else's changes were kept
    conflicts: list[str]  # the fields in which the two contradict each other
    ancestor: dict[str, Any]
    theirs: dict[str, Any]


class EditConflict(Exception):
    """Somebody saved a newer version meanwhile that contradicts this one; nothing was changed."""

    def __init__(self, merged: Merged) -> None:
        super().__init__(", ".join(merged.conflicts))
        self.merged = merged


class Versioned(Identified, Created):
    """The row says what readers see. What is saved beyond that waits in the newest revision until it is
    released."""

    # -- columns

    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH))
    summary: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(20), default="")
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)  # saved last
    revised_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=clock.now)  # what readers see
    version: Mapped[int] = mapped_column(default=0)  # of the newest save
    shown_version: Mapped[int] = mapped_column(default=0)  # what this row says; older while changes are held

    canonical_url: Mapped[str] = mapped_column(String(ADDRESS_LENGTH), default="")
    search_title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    search_description: Mapped[str] = mapped_column(String(DESCRIPTION_LENGTH), default="")

    # Rendered at save, by the pipeline of that version.
    html: Mapped[str] = mapped_column(Text, default="")
    toc: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    excerpt: Mapped[str] = mapped_column(String(400), default="")
    picture: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    word_count: Mapped[int] = mapped_column(default=0)
    needs: Mapped[list[str]] = mapped_column(JSON, default=list)
    frames: Mapped[list[str]] = mapped_column(JSON, default=list)
    rendered_with: Mapped[int] = mapped_column(default=0, index=True)

    # Where the text leads, from its rendering until models/link.py has written it with the text.
    leads = cast("list[str] | None", None)
    # Until models/search_text.py has written its words.
    is_freshly_rendered = False

    # The columns that a revision keeps besides the text, by name; a kind adds its own. What they hold is
    # plain JSON.
    PARTICULARS: ClassVar[tuple[str, ...]] = (
        "canonical_url",
        "search_title",
        "search_description",
        "social_picture_id",
    )
    WORDS: ClassVar[tuple[str, ...]] = ("title", "slug", "summary", "body", "language")
    DATES: ClassVar[tuple[str, ...]] = ("published_at", "expires_at")

    if TYPE_CHECKING:
        published_at: Mapped[datetime | None]
        expires_at: Mapped[datetime | None]
        social_picture_id: Mapped[int | None]
        social_picture: Mapped[Upload | None]
        revisions: WriteOnlyMapped[Revision]
        kind: ClassVar[str]
    else:

        @declared_attr
        def social_picture_id(cls) -> Mapped[int | None]:
            return mapped_column(ForeignKey("uploads.id", ondelete="SET NULL"), index=True)

        @declared_attr
        def social_picture(cls) -> Mapped[Upload | None]:
            return relationship(Upload, foreign_keys=[cls.social_picture_id])

        @declared_attr
        def revisions(cls) -> WriteOnlyMapped[Revision]:
            return relationship(
                Revision, order_by=Revision.id.desc(), cascade="all, delete-orphan", passive_deletes=True
            )

    # -- queries

    def history(self) -> Select[Revision]:
        """Every save, the newest first; autosaves are none."""
        return self.revisions.select().where(Revision.reason != Reason.AUTOSAVED)

    def latest_revision(self) -> Revision | None:
        return db.session.scalar(self.history().options(joinedload(Revision.author)).limit(1))

    def revision_of(self, version: int) -> Revision | None:
        return db.session.scalar(self.history().where(Revision.version == version).limit(1))

    # -- verbs

    def revise(
        self,
        *,
        by: "User | None",
        reason: Reason = Reason.SAVED,
        based_on: int | None = None,
        resolve: Resolve | None = None,
        rendered: markdown.Document | None = None,
        **changes: Any,
    ) -> bool:
        """Takes over `changes` (title, summary, body, slug, language, and what a kind adds) into what readers
        see, renders, keeps a revision. Whether there was anything to change. Changes that are held back stay
        so.

        `based_on` is the version that the writer had before her eyes. What somebody else has changed since is
        kept beside hers; where the two contradict each other this raises EditConflict. `rendered` is what the
        pipeline already made of the body, elsewhere."""
        if self.has_held_changes:
            return self._revise_below(
                by=by, reason=reason, based_on=based_on, resolve=resolve, rendered=rendered, **changes
            )
        asked = changes
        changes, reason = self._reconciled(changes, based_on, reason)
        if any(changes.get(name) != asked.get(name) for name in ("body", "language")):
            rendered = None  # that was of another text
        return self._show(changes, by, reason, resolve, rendered)

    def hold(
        self,
        *,
        by: "User | None",
        reason: Reason = Reason.SAVED,
        based_on: int | None = None,
        **changes: Any,
    ) -> bool:
        """Keeps a revision that readers do not see until it is released. Whether there was anything to
        change."""
        changes, reason = self._reconciled(changes, based_on, reason)
        before = self.working()
        wanted = before | changes
        if wanted == before:
            return False
        self.version += 1
        if wanted == self._shown():  # back to what readers see: nothing is held any more
            self.shown_version = self.version
        self._keep_revision(by, reason, wanted)
        self._happened("held")
        return True

    def save(self, *, by: "User | None", **changes: Any) -> bool:
        """Holds the changes of what readers see or will see; of a draft, writes them down."""
        if not self.holds_changes:
            return self.revise(by=by, **changes)
        changes.pop("rendered", None)
        return self.hold(by=by, **changes)

    def release(
        self,
        *,
        by: "User | None" = None,
        reason: Reason = Reason.PUBLISHED,
        based_on: int | None = None,
        rendered: markdown.Document | None = None,
        **changes: Any,
    ) -> bool:
        """The newest save, with the changes, is what the row says from now on. Whether that is something new.

        A date to come is left to `publish(at)` and `schedule`.
        """
        changes, reason = self._reconciled(changes, based_on, reason)
        said = self.working() | changes if self.version else changes
        at = said.pop("published_at", None)
        if self.is_published and at is not None and at <= clock.now():
            said["published_at"] = at
        return self._show(said, by, reason, None, rendered)

    def give_up_held_changes(self, *, by: "User | None" = None) -> None:
        """The newest version says again what readers see; what was held stays among the revisions."""
        if not self.has_held_changes:
            return
        self.version += 1
        self.shown_version = self.version
        self._keep_revision(by, Reason.RESTORED, self._shown())
        self._happened("given_up")

    def restore(
        self,
        revision: Revision,
        *,
        by: "User | None",
        based_on: int | None = None,
        rendered: markdown.Document | None = None,
    ) -> bool:
        """Says again what it said then. The address, the byline and the dates stay as they are now."""
        said = self._said_in(revision)
        for name in ("slug", "authors", *self.DATES):
            said.pop(name, None)
        return self.save(by=by, reason=Reason.RESTORED, based_on=based_on, rendered=rendered, **said)

    def render(self, resolve: Resolve | None = None, *, lines: bool = False, remarks: bool = False) -> None:
        self.take_rendered(
            rendering.rendered(
                self.body, language=self.language, resolve=resolve, lines=lines, remarks=remarks
            )
        )

    def take_rendered(self, document: markdown.Document) -> None:
        """Keeps what the pipeline made of the body; an importer renders elsewhere and hands it in."""
        self.html, self.toc, self.excerpt = document.html, list(document.toc), document.excerpt[:400]
        self.picture, self.word_count = document.picture, document.word_count
        self.needs, self.frames = list(document.needs), list(document.frames)
        self.rendered_with, self.leads = markdown.VERSION, list(document.links)
        self.is_freshly_rendered = True

    def proof(self, *, lines: bool = False, remarks: bool = False, **changes: Any) -> Self:
        """A copy of the newest save with the changes, rendered but never stored: what readers would see. With
        `lines` its blocks say where in the text they begin, with `remarks` what cannot be shown."""
        now = clock.now()
        proof = type(self)()
        proof.id, proof.updated_at, proof.revised_at = self.id or 0, now, now
        proof._take_over(self.working() | changes)
        proof.published_at = proof.published_at or now
        for name, related in self._references().items():  # of what is not stored, nothing is loaded
            set_committed_value(proof, related.key, self._referred(related, getattr(proof, name)))
        proof.render(lines=lines, remarks=remarks)
        return proof

    # -- questions

    @property
    def holds_changes(self) -> bool:
        """Whether a save keeps its changes back from what readers see."""
        raise NotImplementedError

    @property
    def has_held_changes(self) -> bool:
        return self.version != self.shown_version

    def working(self) -> dict[str, Any]:
        """The newest save, as `revise` takes it: what the row says, or the changes that are held."""
        shown = self._shown()
        if not self.has_held_changes:
            return shown
        revision = self.revision_of(self.version)
        if revision is None:
            return shown
        held = self._said_in(revision)
        for name in self.DATES:
            if name not in (revision.particulars or {}).get("held", ()):
                held.pop(name, None)
        return shown | held

    def merge(self, changes: dict[str, Any], based_on: int | None) -> Merged:
        """What the changes come to if others have saved since the version on which they are based.

        What differs on one side only is taken over; in the text, paragraph by paragraph; of tags and authors,
        each name by itself."""
        theirs = self.working()
        if based_on is None or based_on == self.version or not self._differ(changes, theirs):
            return Merged(changes, [], [], theirs, theirs)
        revision = self.revision_of(based_on)
        ancestor = theirs | self._said_in(revision) if revision is not None else {}
        merged, brought, conflicts = {}, [], []
        for name, mine in changes.items():
            before, other = ancestor.get(name, _UNKNOWN), theirs[name]
            merged[name] = mine
            if mine == other or other == before:
                continue
            result = other if mine == before else _merged(before, mine, other)
            if result is _UNKNOWN:
                conflicts.append(name)
            else:
                merged[name] = result
                brought.append(name)
        return Merged(merged, brought, conflicts, ancestor or theirs, theirs)

    # -- private

    def _reconciled(
        self, changes: dict[str, Any], based_on: int | None, reason: Reason
    ) -> tuple[dict[str, Any], Reason]:
        merged = self.merge(changes, based_on)
        if merged.conflicts:
            raise EditConflict(merged)
        return merged.changes, Reason.MERGED if merged.brought and reason == Reason.SAVED else reason

    def _show(
        self,
        changes: dict[str, Any],
        by: "User | None",
        reason: Reason,
        resolve: Resolve | None,
        rendered: markdown.Document | None,
    ) -> bool:
        is_new = not self.version
        before = None if is_new else self._snapshot()
        self._take_over(dict(changes))
        is_same = before is not None and before == self._snapshot() and not self.has_held_changes
        if is_same and self.rendered_with == markdown.VERSION:
            return False
        if rendered is not None:
            self.take_rendered(rendered)
        else:
            self.render(resolve)
        self.version = self.shown_version = (self.version or 0) + 1
        self.revised_at = clock.now()
        db.session.add(self)
        self._keep_revision(by, Reason.CREATED if is_new and reason == Reason.SAVED else reason)
        if reason != Reason.IMPORTED:  # an import tells of itself, once; not of each of a thousand texts
            self._happened("created" if is_new else "revised")
        return True

    def _revise_below(self, *, by: "User | None", **revising: Any) -> bool:
        """Changes what readers see, and the held changes with it."""
        shown, held, shown_version = self._shown(), self.working(), self.shown_version
        self.shown_version = self.version  # for a moment nothing is held
        if not self.revise(by=by, **revising):
            self.shown_version = shown_version
            return False
        now = self._shown()
        changes = {name: mine for name, mine in held.items() if mine != shown[name]}
        for name, mine in changes.items():
            both = now[name] if mine == now[name] else _merged(shown[name], mine, now[name])
            changes[name] = mine if both is _UNKNOWN else both
        self.hold(by=by, reason=Reason.MERGED, **changes)
        return True

    def _settle(self) -> None:
        """Nobody sees the row any more: it says again what was saved last."""
        if self.has_held_changes:
            self._take_over(self.working())
            self.shown_version = self.version
            self.render()

    def _unsettle(self, version: int) -> None:
        """The row says again what it said in that version; the newest one is held."""
        if version == self.version or (revision := self.revision_of(version)) is None:
            return
        said = self._said_in(revision)
        self._take_over({name: value for name, value in said.items() if name not in self.DATES})
        self.shown_version = version
        self.render()

    def _take_over(self, changes: dict[str, Any]) -> None:
        former = self.slug
        # Until readers know the address, one that was made from the title follows the title.
        follows = not self.was_ever_public and former == self._slug_of(self.title or "")
        for name, value in changes.items():
            setattr(self, name, value)
        for name in self.WORDS:
            if getattr(self, name) is None:
                setattr(self, name, "")
        if not self.slug or (follows and self.slug == former):
            self.slug = self._slug_of(self.title)

    def _slug_of(self, title: str) -> str:
        raise NotImplementedError

    def _differ(self, changes: dict[str, Any], from_: dict[str, Any]) -> bool:
        return any(from_.get(name, _UNKNOWN) != value for name, value in changes.items())

    def _text(self) -> dict[str, Any]:
        """What `revise` takes, as the row says it; without the dates, which are no text."""
        text = {name: getattr(self, name) for name in (*self.WORDS, *self.PARTICULARS)}
        for name in self.PARTICULARS:  # what is new has its defaults only once it is stored
            default = inspect(type(self)).columns[name].default
            if text[name] is None and isinstance(default, ColumnDefault) and default.is_scalar:
                text[name] = default.arg
        return text

    def _shown(self) -> dict[str, Any]:
        return self._text() | {name: getattr(self, name) for name in self.DATES}

    def _said_in(self, revision: Revision) -> dict[str, Any]:
        """What `revise` takes, as it was then; what it points to may be gone since."""
        said: dict[str, Any] = {name: getattr(revision, name) for name in self.WORDS}
        kept = revision.particulars or {}
        said |= {name: kept[name] for name in self.PARTICULARS if name in kept}
        for name, related in self._references().items():
            if said.get(name) is not None and self._referred(related, said[name]) is None:
                said[name] = None
        for name in self.DATES:
            if name in kept:
                said[name] = datetime.fromisoformat(kept[name]) if kept[name] else None
        return said

    def _references(self) -> dict[str, RelationshipProperty[Any]]:
        """The particulars that point to something, by the name of their column."""
        return {
            column.name: related
            for related in inspect(type(self)).relationships
            for column in related.local_columns
            if related.direction == MANYTOONE and column.name in self.PARTICULARS
        }

    def _referred(self, related: RelationshipProperty[Any], id: int | None) -> Any:
        return None if id is None else db.session.get(related.mapper.class_, id)

    def _snapshot(self) -> dict[str, Any]:
        """What a revision keeps of the row."""
        return self._kept(self._shown())

    def _kept(self, text: dict[str, Any]) -> dict[str, Any]:
        """What a revision keeps of a text in the shape that `revise` takes."""
        particulars = {name: text[name] for name in self.PARTICULARS}
        particulars |= {name: text[name] and text[name].isoformat() for name in self.DATES}
        # The row may get another date while changes are held, and then only those dates count that differed.
        if held := [name for name in self.DATES if text[name] != getattr(self, name)]:
            particulars["held"] = held
        return {name: text[name] for name in self.WORDS} | {"particulars": particulars}

    def _keep_revision(self, by: "User | None", reason: Reason, text: dict[str, Any] | None = None) -> None:
        kept = self._snapshot() if text is None else self._kept(text)
        revision = Revision(reason=reason, version=self.version, **kept)
        self.updated_at = clock.now()
        if by is not None:
            revision.author = by
        elif reason != Reason.IMPORTED:
            revision.author_id = acting_now().user_id
        self.revisions.add(revision)

    def _happened(self, verb: str, **details: Any) -> None:
        raise NotImplementedError

    if TYPE_CHECKING:

        @property
        def was_ever_public(self) -> bool: ...

        @property
        def is_published(self) -> bool: ...


_UNKNOWN: Any = object()


def _merged(ancestor: Any, mine: Any, theirs: Any) -> Any:
    """Both changes together, or _UNKNOWN where they contradict each other."""
    if isinstance(mine, list) and isinstance(ancestor, list):
        return _merged_lists(ancestor, mine, theirs)
    if isinstance(mine, str) and isinstance(ancestor, str):
        merged = merging.merge(ancestor, mine, theirs)
        return merged.text if merged.is_clean else _UNKNOWN
    return _UNKNOWN


def _merged_lists(ancestor: Iterable[Any], mine: list[Any], theirs: list[Any]) -> list[Any]:
    """Mine in my order, without what they took out, and then what they put in."""
    before = list(ancestor)
    kept = [one for one in mine if one in theirs or one not in before]
    return kept + [one for one in theirs if one not in before and one not in kept]
