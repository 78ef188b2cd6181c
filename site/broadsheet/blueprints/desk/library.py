"""The media library: what of it is shown, in which order, and where an upload is used."""

from functools import cached_property
from typing import Any, NamedTuple

from flask import abort, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, case, func, not_

from broadsheet.blueprints.desk.search import wanted_view, wanted_words
from broadsheet.extensions import db
from broadsheet.models import Page, Post, Upload
from broadsheet.models.setting import SITE_PICTURES
from broadsheet.models.upload import Sort
from broadsheet.models.upload_use import is_used, what_uses
from broadsheet.web.current_site import site
from broadsheet.web.pagination import paginate

PER_PAGE = 48
CHOICES_PER_PAGE = 24

VIEWS = {
    "": _("All"),
    "pictures": _("Pictures"),
    "sound-and-film": _("Sound and film"),
    "documents": _("Documents"),
    "undescribed": _("Not described"),
    "unused": _("Unused"),
}
ORDERS = {
    "": (_("Newest first"), (Upload.created_at.desc(), Upload.id.desc())),
    "oldest": (_("Oldest first"), (Upload.created_at, Upload.id)),
    "name": (_("By name"), (func.lower(Upload.name), Upload.id)),
    "size": (_("Largest first"), (Upload.size.desc(), Upload.id.desc())),
}
LAYOUTS = {"": _("Grid"), "list": _("List")}


class Library:
    """`show`, `order`, `layout` and `q` of the address, and what they lead to. What does not exist lists
    nothing and is a problem, which the page tells (422)."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.show = wanted_view("show", VIEWS, self.problems)
        self.order = wanted_view("order", ORDERS, self.problems)
        self.layout = wanted_view("layout", LAYOUTS, self.problems)
        self.q = wanted_words()

    @cached_property
    def pagination(self) -> Pagination:
        query = self.query.order_by(*ORDERS[self.order][1]).options(db.joinedload(Upload.uploaded_by))
        found = query.where(db.false()) if self.problems else query
        return paginate(found, PER_PAGE, total=self.counts[self.show])

    @property
    def query(self) -> Select[tuple[Upload]]:
        return db.select(Upload).where(Upload.matching(self.q), is_shown(self.show))

    @property
    def tabs(self) -> list[dict[str, Any]]:
        return [
            {
                "label": label,
                "url": self.url(show=view or None),
                "count": count,
                "current": view == self.show and not self.problems,
            }
            for view, label in VIEWS.items()
            if (count := self.counts[view]) or view in ("", "unused", self.show)
        ]

    @cached_property
    def counts(self) -> dict[str, int]:
        columns = [func.count(case((is_shown(view), 1))) for view in VIEWS]
        row = db.session.execute(db.select(*columns).select_from(Upload).where(Upload.matching(self.q))).one()
        return dict(zip(VIEWS, row, strict=True))

    @property
    def layouts(self) -> list[dict[str, Any]]:
        return [
            {"label": label, "url": self.url(layout=layout or None), "current": layout == self.layout}
            for layout, label in LAYOUTS.items()
        ]

    @property
    def orders(self) -> list[tuple[str, Any, bool]]:
        return [(order, label, order == self.order) for order, (label, _columns) in ORDERS.items()]

    @property
    def arguments(self) -> dict[str, Any]:
        """Of the address of this list."""
        own = {"show": self.show, "order": self.order, "layout": self.layout, "q": self.q}
        return {name: value or None for name, value in own.items()}

    def url(self, **changes: Any) -> str:
        return url_for("desk.uploads.index", **self.arguments | changes)


class Choices(NamedTuple):
    """What a dialog offers to pick from: pictures, unless `show` asks for another view."""

    show: str
    q: str
    pagination: Pagination

    @classmethod
    def wanted(cls) -> "Choices":
        show = request.args.get("show") or "pictures"
        if show != "all" and show not in VIEWS:
            abort(404)
        query = Upload.newest_first().where(Upload.matching(wanted_words()))
        if show != "all":
            query = query.where(is_shown(show))
        return cls(show, wanted_words(), paginate(query, CHOICES_PER_PAGE))

    def url(self, page: int | None) -> str | None:
        if page is None:
            return None
        show = self.show if self.show != "pictures" else None
        return url_for("desk.uploads.choices", q=self.q or None, show=show, page=page if page > 1 else None)

    @property
    def next(self) -> str | None:
        return self.url(self.pagination.next_num if self.pagination.has_next else None)

    @property
    def previous(self) -> str | None:
        return self.url(self.pagination.prev_num if self.pagination.has_prev else None)


def is_shown(view: str) -> ColumnElement[bool]:
    conditions: dict[str, Any] = {
        "pictures": Upload.is_a(Sort.PICTURE),
        "sound-and-film": Upload.is_a(Sort.SOUND, Sort.FILM),
        "documents": Upload.is_a(Sort.DOCUMENT),
        "undescribed": and_(Upload.is_a(Sort.PICTURE), Upload.alt == ""),
        "unused": not_(is_used()),
    }
    return conditions.get(view, db.true())


# -- where one is used


class Use(NamedTuple):
    label: str
    url: str


def used_in(upload: Upload) -> list[Use]:
    """Where it stands, as far as the person may know."""
    found = [Use(label_of(one), path_of(one)) for one in what_uses(upload, current_user)]
    if upload.id in Upload.ids_in([site.footer]):
        found.append(Use(gettext("The footer of every page"), url_for("desk.settings.edit")))
    if upload.id in [getattr(site, name) for name in SITE_PICTURES]:
        found.append(Use(gettext("The look of the site"), url_for("desk.appearance.edit")))
    return found


def label_of(one: Any) -> str:
    return (one.title or gettext("Untitled")) if isinstance(one, Post | Page) else str(one.name)


def path_of(one: Any) -> str:
    if isinstance(one, Post | Page) and one.is_editable_by(current_user):
        return url_for(f"desk.{one.kind}s.edit", id=one.id)
    return str(one.path)
