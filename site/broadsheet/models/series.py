"""Series: posts that belong together, in an order of their own."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Select, String, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.models.base import Created, Model
from broadsheet.models.event import happened
from broadsheet.models.list_entry import ListKind
from broadsheet.models.topic import SLUG_LENGTH, Topic

if TYPE_CHECKING:
    from broadsheet.models.post import Post
    from broadsheet.models.user import User

NAME_LENGTH = 120
LAST_PLACE = 9999
MOST_IN_ORDER = 500  # of a series that are put in order at once


class Series(Topic, Created, Model):
    __tablename__ = "series"
    kind: ClassVar[str] = "series"
    NAME_LENGTH: ClassVar[int] = NAME_LENGTH
    LIST: ClassVar[ListKind] = ListKind.SERIES

    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)

    posts: Mapped[list["Post"]] = relationship("Post", viewonly=True, lazy="raise")

    # -- queries

    def in_order(self) -> "Select[Post]":
        """Its posts, drafts included, as a list shows them."""
        post = self._post()
        mine = select(post).where(post.series_id == self.id, post.trashed_at.is_(None))
        return mine.order_by(*post.series_order()).options(*post.for_a_list()).limit(MOST_IN_ORDER)

    # -- verbs

    def order(self, places: "Mapping[Post, int | None]", *, by: "User | None") -> bool:
        """Gives posts of the series their places; whether any moved.

        One without a place comes after those that have one, by its date.
        """
        moved = [post for post, place in places.items() if post.place(place, by=by)]
        if moved:
            happened(signals.series_ordered, self)
        return bool(moved)

    # -- questions

    @property
    def path(self) -> str:
        return f"/series/{self.slug}"

    # -- private

    @classmethod
    def _not_in_lists(cls) -> Select[*tuple[Any, ...]]:
        post = cls._post()
        others = select(post.series_id, func.count()).where(post.id.in_(post.not_in_lists()))
        return others.group_by(post.series_id)
