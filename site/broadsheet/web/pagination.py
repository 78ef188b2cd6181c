"""Lists page by page, by number."""

from typing import Any, Protocol
from urllib.parse import urlencode

from flask import abort, redirect, request, url_for
from flask_sqlalchemy.pagination import Pagination, SelectPagination
from sqlalchemy import Select

from broadsheet.extensions import db
from broadsheet.models import Post
from broadsheet.models.post_list import Place
from broadsheet.models.story import Order, Story
from broadsheet.web.headers import know_query

LAST_PAGE = 1_000_000  # beyond it a database may refuse the offset


class Among(Protocol):
    """What knows how many posts there are, and which of them stand where, without a look at all."""

    def page(self, offset: int, limit: int) -> Place: ...


def paginate(
    query: Select[Any], per_page: int, *, total: int | None = None, among: Among | None = None
) -> Pagination:
    """The page that `?page=` asks for. One that is no number, or beyond the end, is not found; the first
    has one address, without a number. The desk's lists shrink while one works on them: there, beyond the end
    is the last page. Who has counted already hands `total` in; where `among` finds the posts, the query only
    says what of them is wanted, and in which order."""
    return _page(Pages, per_page, select=query, session=db.session(), total=total, among=among)


def paginate_stories(among: Among, per_page: int, *, order: Order = Post.newest_first) -> Pagination:
    """The same of posts, as readers' lists show them: the newest first, or in another order of that list."""
    return _page(StoryPages, per_page, among=among, order=order)


def _page(kind: type[Pagination], per_page: int, **asked: Any) -> Pagination:
    found = kind(page=asked_page(), per_page=per_page, max_per_page=None, error_out=False, **asked)
    if found.page > 1 and not found.items:
        abort(redirect(_address_of(found.pages), 303) if "desk" in request.blueprints else 404)
    return found


def asked_page() -> int:
    know_query("page")
    number = request.args.get("page", "1")
    if "page" in request.args and number == "1":
        abort(redirect(_address_of(1), 301))
    if not _is_right(number):
        abort(404)
    return int(number)


class Pages(SelectPagination):
    """Counts what there is only if nobody has, and if that does not show: a page with room is the last."""

    def _query_items(self) -> list[Any]:
        among: Among | None = self._query_args["among"]
        if among is None:
            return super()._query_items()
        place = among.page(self._query_offset, self.per_page)
        self._query_args["total"] = place.total
        if place.ids is None:
            return []
        query = self._query_args["select"].where(Post.id.in_(place.ids))
        return list(self._query_args["session"].scalars(query, place.parameters).unique())

    def _query_count(self) -> int:
        if len(self.items) < self.per_page and (self.items or self.page == 1):
            return self._query_offset + len(self.items)
        total: int | None = self._query_args["total"]
        return super()._query_count() if total is None or not self.items else total


class StoryPages(Pagination):
    def _query_items(self) -> list[Story]:
        self._place = self._query_args["among"].page(self._query_offset, self.per_page)
        return Story.at(self._place, self._query_args["order"])

    def _query_count(self) -> int:
        return self._place.total


def _is_right(number: str) -> bool:
    return number.isascii() and number.isdigit() and number[0] != "0" and int(number[:8]) <= LAST_PAGE


def _address_of(page: int) -> str:
    # url_for would take `_scheme` and its other own words out of what a stranger asks for.
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    if page > 1:
        asked.append(("page", str(page)))
    address = url_for(str(request.endpoint), **(request.view_args or {}))
    return f"{address}?{urlencode(asked)}" if asked else address
