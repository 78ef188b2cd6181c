"""Former and imported addresses; each redirects permanently to where its target is now."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self, TypeAlias
from urllib.parse import unquote

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Select, String, and_, delete, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.models.base import Created, Identified, Model, db
from broadsheet.models.event import happened

if TYPE_CHECKING:
    from broadsheet.models.page import Page
    from broadsheet.models.post import Post
    from broadsheet.models.series import Series
    from broadsheet.models.tag import Tag
    from broadsheet.models.topic import Topic

    Target: TypeAlias = Post | Page | Tag | Series

PATH_LENGTH = 500


def normalised(path: str) -> str:
    """One spelling an address: decoded, one leading slash, no trailing one, no `index.html`, no `.html`."""
    path = "/" + unquote(path).replace("\0", "").strip().strip("/")
    return path.removesuffix("/index.html").removesuffix(".html")[:PATH_LENGTH] or "/"


KINDS = ("post", "page", "tag", "series")
_EXACTLY_ONE = " + ".join(f"CASE WHEN {kind}_id IS NULL THEN 0 ELSE 1 END" for kind in KINDS) + " = 1"


class Alias(Identified, Created, Model):
    __tablename__ = "aliases"
    __table_args__ = (CheckConstraint(_EXACTLY_ONE, name="one_target"),)

    path: Mapped[str] = mapped_column(String(PATH_LENGTH), unique=True)
    # It points to the target, not to an address: a chain of redirects cannot arise.
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), index=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"), index=True)

    post: Mapped["Post | None"] = relationship("Post")
    page: Mapped["Page | None"] = relationship("Page")
    tag: Mapped["Tag | None"] = relationship("Tag")
    series: Mapped["Series | None"] = relationship("Series")

    def __str__(self) -> str:
        return self.path

    @classmethod
    def of(cls, path: str) -> Select[Self]:
        return select(cls).where(cls.path == normalised(path))

    @classmethod
    def keep(cls, path: str, target: "Target | Topic") -> Self:
        """From now on the path leads to the target, wherever it led before."""
        alias = db.session.scalar(cls.of(path)) or cls(path=normalised(path))
        for kind in KINDS:
            setattr(alias, kind, target if target.kind == kind else None)
        db.session.add(alias)
        return alias

    @classmethod
    def create(cls, path: str, target: "Target") -> Self:
        """By hand: that it leads there is somebody's doing, and told of in the audit log."""
        alias = cls.keep(path, target)
        happened(signals.redirect_created, alias, to=target.path)
        return alias

    def delete(self) -> None:
        happened(signals.redirect_deleted, self, to=self.target.path)
        db.session.delete(self)

    @classmethod
    def targets(cls, paths: Iterable[str]) -> dict[str, int | None]:
        """Those of the normalised paths that lead somewhere, with the id of the post; None for others."""
        rows = db.session.execute(select(cls.path, cls.post_id).where(cls.path.in_(paths)))
        return {path: post_id for path, post_id in rows}  # noqa: C416  # rows are no pairs to mypy

    @classmethod
    def free(cls, path: str) -> None:
        """The path is taken by something that stands there itself."""
        db.session.execute(delete(cls).where(cls.path == normalised(path)))

    @classmethod
    def leads_to(cls, content: Any) -> ColumnElement[bool]:
        column = cls.post_id if content.kind == "post" else cls.page_id
        return and_(column.is_not(None), column == content.id)

    @property
    def target(self) -> "Target":
        target = self.post or self.page or self.tag or self.series
        assert target is not None  # noqa: S101  the check constraint says so
        return target
