"""What tags and series share: a name, an address, a description, a picture, and posts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from sqlalchemy import ColumnElement, ForeignKey, Select, Text, func, or_, select
from sqlalchemy.orm import Mapped, declared_attr, joinedload, mapped_column, relationship

from broadsheet import signals
from broadsheet.lib.slugs import slugify
from broadsheet.models.alias import Alias
from broadsheet.models.base import Identified, db, each_word_in
from broadsheet.models.event import happened
from broadsheet.models.list_entry import ListCount, ListEntry, ListKind
from broadsheet.models.rendering import rendered
from broadsheet.models.upload import Upload

if TYPE_CHECKING:
    from broadsheet.models.post import Post

SLUG_LENGTH = 80


class Count(NamedTuple):
    """How many posts a topic has: all of them, and those that readers find."""

    all: int = 0
    public: int = 0


class Topic(Identified):
    # -- columns: a kind brings `name`, `slug` and `posts`

    description: Mapped[str] = mapped_column(Text, default="")
    description_html: Mapped[str] = mapped_column(Text, default="")  # rendered at save

    kind: ClassVar[str]  # also the first part of its address
    NAME_LENGTH: ClassVar[int]
    LIST: ClassVar[ListKind]

    if TYPE_CHECKING:
        name: Mapped[str]
        slug: Mapped[str]
        posts: Mapped[list["Post"]]
        picture_id: Mapped[int | None]
        picture: Mapped[Upload | None]
    else:

        @declared_attr
        def picture_id(cls) -> Mapped[int | None]:
            return mapped_column(ForeignKey("uploads.id", ondelete="SET NULL"), index=True)

        @declared_attr
        def picture(cls) -> Mapped[Upload | None]:
            return relationship(Upload)

    def __str__(self) -> str:
        return self.name

    # -- queries

    @classmethod
    def at(cls, slug: str) -> Select[Self]:
        return select(cls).where(cls.slug == slug)

    @classmethod
    def by_name(cls) -> tuple[Any, ...]:
        return func.lower(cls.name), cls.name, cls.id

    @classmethod
    def matching(cls, words: str) -> ColumnElement[bool]:
        """Whether each of the words stands in the name, the address or the description."""
        return each_word_in(words, cls.name, cls.slug, cls.description)

    @classmethod
    def listed(cls) -> Select[Self]:
        """Those of which a post is shown to readers who did not ask for it: no other is told of."""
        shown = ListEntry.found(cls.LIST, cls.id, listed=True)
        return select(cls).where(select(ListEntry.post_id).where(*shown).exists())

    @classmethod
    def unused(cls) -> ColumnElement[bool]:
        """Whether no post has it, not even one in the trash."""
        return ~cls.posts.any()

    @classmethod
    def namesake(cls, name: str, slug: str, *, but: "Topic | None" = None) -> Self | None:
        """Another one that has this name, in any case, or this address."""
        others = select(cls).where(or_(func.lower(cls.name) == name.lower(), cls.slug == slug))
        if but is not None and but.id:
            others = others.where(cls.id != but.id)
        with db.session.no_autoflush:
            return db.session.scalar(others.limit(1))

    @classmethod
    def counts(cls, topics: Sequence["Topic"]) -> dict[int, Count]:
        """Of each that has a post, in whatever state."""
        ids = [topic.id for topic in topics]
        public, all_ = cls.count_public(topics), Counter(ListCount.standing(cls.LIST, ids))
        all_.update({id: many for id, many in db.session.execute(cls._not_in_lists()) if id in ids})
        return {id: Count(many, public.get(id, 0)) for id, many in all_.items()}

    @classmethod
    def count_public(cls, topics: Sequence["Topic"]) -> dict[int, int]:
        """How many posts of each readers find; one that has none is not in it."""
        return ListCount.of(cls.LIST, [topic.id for topic in topics])

    @classmethod
    def named(cls, names: Iterable[str]) -> list[Self]:
        """Those of these names, in this order; what does not exist yet is made. Names that make the same
        slug ("Web Dev", "web dev") are one; the first spelling stays. A name that a topic had before it was
        renamed or merged still means it: earlier versions of texts know it by that name."""
        return list(dict.fromkeys(cls.meant(names).values()))

    @classmethod
    def meant(cls, names: Iterable[str]) -> dict[str, Self]:
        """The same, each by the slug of the name that was asked for."""
        wanted: dict[str, str] = {}
        for name in names:
            tidy = " ".join(name.split())[: cls.NAME_LENGTH]
            if slug := cls.slug_of(tidy):
                wanted.setdefault(slug, tidy)
        known = cls._known(wanted) if wanted else {}
        for slug, name in wanted.items():
            if slug not in known:
                known[slug] = cls._new(name, slug)
                db.session.add(known[slug])
        return {slug: known[slug] for slug in wanted}

    @classmethod
    def remembered(cls, names: Iterable[str]) -> list[Self]:
        """Those of these names, for reading: one that is gone is made, but stored only with what bears it."""
        wanted = {slug: name for name in names if (slug := cls.slug_of(name))}
        known = cls._known(wanted) if wanted else {}
        return list(dict.fromkeys(known.get(slug) or cls._new(name, slug) for slug, name in wanted.items()))

    @classmethod
    def meant_by(cls, name: str) -> Self | None:
        """The one of this name or address, or that had it before."""
        slug = cls.slug_of(name)
        return cls._known({slug: name}).get(slug) if slug else None

    @staticmethod
    def slug_of(name: str) -> str:
        """Empty if the name has no letter and no digit: such a topic cannot be."""
        return slugify(name, SLUG_LENGTH)

    # -- verbs

    @classmethod
    def create(
        cls, *, name: str, slug: str = "", description: str = "", picture: Upload | None = None
    ) -> Self:
        topic = cls._new(name, slug or cls.slug_of(name))
        topic._describe(description, picture)
        db.session.add(topic)
        Alias.free(topic.path)
        happened(getattr(signals, f"{cls.kind}_created"), topic)
        return topic

    def change(self, *, name: str, slug: str, description: str, picture: Upload | None) -> bool:
        """Whether there was anything to change. A slug that was made from the name follows it; the old
        address leads to the new one."""
        if not slug or (slug == self.slug == self.slug_of(self.name)):
            slug = self.slug_of(name)
        before = self._said()
        old_path = self.path
        self.name, self.slug = name, slug
        self._describe(description, picture)
        if before == self._said():
            return False
        self._moved_from(old_path)
        happened(getattr(signals, f"{self.kind}_changed"), self)
        return True

    def delete(self) -> None:
        """The posts stay."""
        happened(getattr(signals, f"{self.kind}_deleted"), self)
        db.session.delete(self)

    # -- questions

    @property
    def path(self) -> str:
        raise NotImplementedError

    @property
    def is_published(self) -> bool:
        """Whether readers find anything there."""
        entry = select(ListEntry.post_id).where(*ListEntry.found(self.LIST, self.id))
        return db.session.scalar(entry.limit(1)) is not None

    @property
    def is_used(self) -> bool:
        return db.session.scalar(self._asked_for(type(self).posts.any())) is not None

    def former_addresses(self) -> list[str]:
        mine = Alias.tag_id if self.kind == "tag" else Alias.series_id
        return list(db.session.scalars(select(Alias.path).where(mine == self.id).order_by(Alias.path)))

    # -- private

    @classmethod
    def _new(cls, name: str, slug: str) -> Self:
        topic = cls()
        topic.name, topic.slug = name, slug
        return topic

    @classmethod
    def _known(cls, wanted: dict[str, str]) -> dict[str, Self]:
        """By the slug of the wanted name: whose name or slug it is, else whose it was."""
        lowered = {name.lower(): slug for slug, name in wanted.items()}
        query = select(cls).where(or_(cls.slug.in_(wanted), func.lower(cls.name).in_(lowered)))
        known: dict[str, Self] = {}
        for topic in db.session.scalars(query):
            if topic.slug in wanted:
                known.setdefault(topic.slug, topic)
            if topic.name.lower() in lowered:
                known[lowered[topic.name.lower()]] = topic  # a name says more than an address
        former = {f"/{cls.kind}/{slug}": slug for slug in wanted if slug not in known}
        if former:
            mine = getattr(Alias, cls.kind)
            aliases = select(Alias).where(
                Alias.path.in_(former), getattr(Alias, f"{cls.kind}_id").is_not(None)
            )
            for alias in db.session.scalars(aliases.options(joinedload(mine))):
                known[former[alias.path]] = getattr(alias, cls.kind)
        return known

    @classmethod
    def _not_in_lists(cls) -> Select[*tuple[Any, ...]]:
        """Each that drafts and the trash have, and how many of them."""
        raise NotImplementedError

    @classmethod
    def _post(cls) -> "type[Post]":
        # Post is made of topics, so its module cannot be imported here.
        return cls.posts.property.mapper.class_  # type: ignore[no-any-return]

    def _describe(self, description: str, picture: Upload | None) -> None:
        if description != self.description or not self.description_html:
            self.description, self.description_html = description, rendered(description).html
        self.picture = picture

    def _said(self) -> tuple[Any, ...]:
        return self.name, self.slug, self.description, self.picture

    def _moved_from(self, old_path: str) -> None:
        if old_path != self.path:
            # Also of what was never public: earlier versions of texts know it by that name (Tag.named).
            Alias.keep(old_path, self)
            Alias.free(self.path)

    def _asked_for(self, condition: ColumnElement[bool]) -> Select[Any]:
        return select(type(self).id).where(type(self).id == self.id, condition)
