"""Pages: the undated texts of the site, at addresses of their own."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from sqlalchemy import Select, UniqueConstraint, select

from broadsheet.models.alias import Alias
from broadsheet.models.base import Model
from broadsheet.models.content import Content
from broadsheet.models.role import Ability

if TYPE_CHECKING:
    from broadsheet.models.user import User

# Their addresses belong to blueprints of their own; the desk edits their words, not their existence.
FIXED_SLUGS = ("about", "contact")


class Page(Content, Model):
    __tablename__ = "pages"
    __table_args__ = (UniqueConstraint("slug"),)
    kind: ClassVar[str] = "page"

    # -- queries

    @classmethod
    def editable_by(cls, user: Any) -> Select[Self]:
        return select(cls).where(user.can(Ability.EDIT_PAGES))

    @classmethod
    def visible_to(cls, user: Any) -> Select[Self]:
        return select(cls) if user.can(Ability.EDIT_PAGES) else cls.published()

    @classmethod
    def at(cls, slug: str) -> Select[Self]:
        return cls.published().where(cls.slug == slug)

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

    def _take_over(self, changes: dict[str, Any]) -> None:
        old_path = self.path if self.version else None
        super()._take_over(changes)
        if old_path and old_path != self.path:
            if self.was_ever_public:
                Alias.keep(old_path, self)
            Alias.free(self.path)

    def delete(self) -> None:
        if self.is_fixed:
            raise ValueError("the About and Contact pages cannot be deleted")
        super().delete()
