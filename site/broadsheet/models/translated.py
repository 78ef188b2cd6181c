"""Texts that say the same in several languages. Each names the one that was there first, and so all of them
find each other."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from sqlalchemy import ColumnElement, ForeignKey, Select, func, or_, select
from sqlalchemy.orm import Mapped, declared_attr, load_only, mapped_column, relationship
from sqlalchemy.orm.interfaces import ORMOption

from broadsheet.lib import languages
from broadsheet.models.base import db


class Translation(NamedTuple):
    language: str  # its tag (BCP 47)
    text: Any  # a post, a page, or a row of one
    is_default: bool  # for whoever reads none of the languages: what was there first

    @property
    def name(self) -> str:
        """Of the language, in itself."""
        return languages.name(self.language)


class Translated:
    LINKED: ClassVar[tuple[str, ...]] = ("title", "slug", "language", "canonical_url", "translation_of_id")

    if TYPE_CHECKING:
        id: Mapped[int]
        title: Mapped[str]
        slug: Mapped[str]
        language: Mapped[str]
        canonical_url: Mapped[str]
        translation_of_id: Mapped[int | None]
        translation_of: Mapped[Any]

        @classmethod
        def is_each_public(cls) -> ColumnElement[bool]: ...
    else:

        @declared_attr
        def translation_of_id(cls) -> Mapped[int | None]:
            first = ForeignKey(f"{cls.__tablename__}.id", ondelete="SET NULL")
            return mapped_column(first, index=True)

        @declared_attr
        def translation_of(cls) -> Mapped[Any]:
            return relationship(cls.__name__, remote_side=f"{cls.__name__}.id")

    # -- queries

    @classmethod
    def for_a_link(cls) -> Sequence[ORMOption]:
        """Loads what a link says: its title and where it leads."""
        return (load_only(*(getattr(cls, name) for name in cls.LINKED)),)

    def translations(self) -> Select[Self]:
        """The public ones that say the same: what was there first, and the oldest in each language, however
        many there are."""
        kind, first = type(self), self.translation_of_id or self.id
        others = kind.is_each_public(), kind.id != self.id
        oldest = select(func.min(kind.id)).where(*others, kind.translation_of_id == first)
        one_each = or_(kind.id == first, kind.id.in_(oldest.group_by(kind.language)))
        return select(kind).where(*others, one_each).options(*kind.for_a_link())

    def has_translations(self) -> bool:
        """Whether others, public or not, say that they are translations of this one."""
        kind = type(self)
        named = select(kind.id).where(kind.translation_of_id == self.id)
        return db.session.scalar(named.limit(1)) is not None

    # -- private

    def _bequeath_translations(self) -> None:
        """They stay together when it goes: the first of them takes its place."""
        kind = type(self)
        heirs = list(
            db.session.scalars(select(kind).where(kind.translation_of_id == self.id).order_by(kind.id))
        )
        for heir in heirs:
            heir.translation_of_id = heirs[0].id if heir is not heirs[0] else None


def in_each_language(own: Any, others: Sequence[Any], language_of: Callable[[Any], str]) -> list[Translation]:
    """Each language once, the text `own` among them; nothing if it stands in one language only.

    Of two in the same language, the one that was there first counts, for `own` is itself.
    """
    everyone = sorted([own, *others], key=oldest_first)
    of_language = {language_of(own): own}
    for one in everyone:
        of_language.setdefault(language_of(one), one)
    if len(of_language) == 1:
        return []
    default = min(of_language.values(), key=oldest_first)
    return [Translation(language, one, one is default) for language, one in of_language.items()]


def for_search_engines(own: Any, translations: Sequence[Translation]) -> list[tuple[str, Any]]:
    """What `hreflang` says of a text, and of each its translation alike; "x-default" comes last.

    What stands first elsewhere is left out: a search engine is told to keep no address of ours for it. So is
    what is unlisted, of which it is told nothing.
    """
    here = [one for one in translations if _is_told(one.text)]
    if not _is_told(own) or len(here) < 2:
        return []
    default = min(here, key=lambda one: (not one.is_default, one.text.id))
    return [*((one.language, one.text) for one in here), ("x-default", default.text)]


def _is_told(one: Any) -> bool:
    return not one.canonical_url and not getattr(one, "unlisted", False)  # which no page can be


def oldest_first(one: Any) -> tuple[bool, int]:
    """By it are sorted those that are translations of each other."""
    return one.translation_of_id is not None, one.id
