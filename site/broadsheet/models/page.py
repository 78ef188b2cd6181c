"""Pages: the undated texts of the site, at addresses of their own."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlalchemy import Select, UniqueConstraint, select

from broadsheet.models.alias import Alias
from broadsheet.models.base import Model, db
from broadsheet.models.content import SLUG_LENGTH, Content
from broadsheet.models.revision import Revision
from broadsheet.models.role import Ability

if TYPE_CHECKING:
    from broadsheet.models.user import User

# Their addresses belong to blueprints of their own; the desk edits their words, not their existence.
FIXED_SLUGS = ("about", "contact")

# The first part of every other address that the site has or will have. A test compares it with the routes.
# fmt: off
RESERVED_SLUGS = frozenset({
    "account", "api", "archive", "authors", "comments", "desk", "favicon.ico", "feed", "feeds", "health",
    "home", "icon",
    "inbox", "invitation", "login", "logout", "manifest.webmanifest", "metrics", "newsletter", "outbox",
    "page", "pages",
    "password", "people", "post", "posts", "preview", "register", "rss", "search", "series", "setup",
    "sitemap", "static", "submit", "subscribe", "tag", "tags", "theme", "unsubscribe", "uploads",
    "user", "users", "webmention", "well-known",
})
# fmt: on


class Page(Content, Model):
    __tablename__ = "pages"
    __table_args__ = (UniqueConstraint("slug"),)
    kind: ClassVar[str] = "page"
    written_with: ClassVar[Ability] = Ability.EDIT_PAGES

    # -- queries

    @classmethod
    def editable_by(cls, user: Any) -> Select[Self]:
        return select(cls).where(user.can(Ability.EDIT_PAGES))

    @classmethod
    def removable_by(cls, user: Any) -> Select[Self]:
        return cls.editable_by(user).where(cls.slug.not_in(FIXED_SLUGS))

    @classmethod
    def has_taken(cls, slug: str, *, but: "Page | None" = None) -> bool:
        """Whether another page than `but`, or the site itself, stands at this address."""
        if slug in RESERVED_SLUGS:
            return True
        others = select(cls.id).where(cls.slug == slug)
        if but is not None and but.id:
            others = others.where(cls.id != but.id)
        with db.session.no_autoflush:
            return db.session.scalar(others.limit(1)) is not None

    @classmethod
    def visible_to(cls, user: Any) -> Select[Self]:
        return select(cls) if user.can(Ability.EDIT_PAGES) else cls.published()

    @classmethod
    def at(cls, slug: str) -> Select[Self]:
        return cls.published().where(cls.slug == slug)

    # -- verbs

    def delete(self) -> None:
        if self.is_fixed:
            raise ValueError("the About and Contact pages cannot be deleted")
        super().delete()

    # -- questions

    @property
    def path(self) -> str:
        return f"/{self.slug}"

    @property
    def is_fixed(self) -> bool:
        return self.slug in FIXED_SLUGS

    def is_editable_by(self, user: "User") -> bool:
        return user.can(Ability.EDIT_PAGES)

    # -- private

    def _slug_of(self, title: str) -> str:
        """Made from the title, and numbered if that is taken."""
        wanted = super()._slug_of(title)
        slug, number = wanted, 1
        while self.has_taken(slug, but=self):
            number += 1
            slug = f"{wanted[: SLUG_LENGTH - 6]}-{number}"
        return slug

    def _said_in(self, revision: Revision) -> dict[str, Any]:
        said = super()._said_in(revision)
        if said["slug"] != self.slug and self.has_taken(said["slug"], but=self):
            said["slug"] = self.slug  # another page stands there by now
        return said

    def _unsettle(self, version: int) -> None:
        held = self.slug
        super()._unsettle(version)
        seen_there = self.history().where(Revision.slug == held, Revision.version <= version)
        if held != self.slug and db.session.scalar(seen_there.limit(1)) is None:
            Alias.free(f"/{held}")  # readers never saw it there

    def _take_over(self, changes: dict[str, Any]) -> None:
        old_path = self.path if self.version else None
        super()._take_over(changes)
        if old_path and old_path != self.path:
            if self.was_ever_public:
                Alias.keep(old_path, self)
            Alias.free(self.path)
