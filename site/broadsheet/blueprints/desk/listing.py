"""A list of posts or pages at the desk: a view of one state, narrowed, sorted, page by page."""

from functools import cached_property
from typing import Any

from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, case, false, func

from broadsheet.blueprints.desk.search import wanted_words
from broadsheet.blueprints.desk.sorting import Sorting
from broadsheet.extensions import db
from broadsheet.lib import languages
from broadsheet.models import Ability, Note, Post, PostList, Tag, User
from broadsheet.models.content import KEPT_IN_TRASH, State, Status
from broadsheet.web.fields import line
from broadsheet.web.kinds import Kind
from broadsheet.web.pagination import paginate

PER_PAGE = 30
MOST_MATCHES = 150
SUGGESTED = 40  # authors and tags that a filter offers; any other can be typed

TABS = {
    None: _("All"),
    State.DRAFT: _("Drafts"),
    State.IN_REVIEW: _("In review"),
    State.SCHEDULED: _("Scheduled"),
    State.PUBLISHED: _("Published"),
    State.EXPIRED: _("Expired"),
    State.TRASHED: _("Trash"),
}
SELDOM = (State.EXPIRED,)  # shown only when there are any


class Listing:
    """What the address asks for, and what it leads to. "All" leaves out the trash.

    A state, language or order that does not exist lists nothing and is a problem, which the page tells (422).
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.endpoint = f"desk.{kind.kind}s.index"
        self.q = wanted_words()
        self.author = self._typed("author", 120)
        self.tag = self._typed("tag", 80)
        self.problems: list[str] = []
        self.state = self._chosen_state()
        self.language = self._chosen_language()
        self.sorting = Sorting(self._columns(), self.problems)

    @cached_property
    def pagination(self) -> Pagination:
        # First the numbers alone: to sort whole rows, the database would have to read each text for it.
        ids = self._in_view().with_only_columns(self.kind.id).order_by(*self._order())
        found = paginate(ids, PER_PAGE, total=self._counts[self.state])
        shown = db.select(self.kind).where(self.kind.id.in_(found.items)).options(*self.kind.for_a_list())
        by_id = {content.id: content for content in db.session.scalars(shown)}
        found.items = [by_id[id] for id in found.items]
        return found

    @cached_property
    def open_notes(self) -> dict[int, int]:
        """How many notes wait on each post or page of this list."""
        return Note.count_open(self.pagination.items)

    @property
    def days_in_trash(self) -> int:
        return KEPT_IN_TRASH.days

    @property
    def page_count(self) -> int:
        count = db.session.scalar(self._in_view().with_only_columns(func.count())) or 0
        return max(1, -(-count // PER_PAGE))

    @property
    def tabs(self) -> list[dict[str, Any]]:
        counts = self._counts
        return [
            {
                "label": label,
                "url": url_for(self.endpoint, **self.arguments | {"state": state and state.value}),
                "count": counts[state],
                "current": state == self.state and not self.problems,
            }
            for state, label in TABS.items()
            if counts[state] or state not in SELDOM
        ]

    @property
    def arguments(self) -> dict[str, Any]:
        """Of the address of this list."""
        return (
            {"state": self.state and self.state.value} | self.narrowed | {"sort": self.sorting.asked or None}
        )

    @property
    def narrowed(self) -> dict[str, Any]:
        names = ("q", "author", "tag", "language")
        return {name: getattr(self, name) or None for name in names}

    @property
    def is_narrowed(self) -> bool:
        return any(self.narrowed.values())

    @property
    def is_cut(self) -> bool:
        """Whether there may be more matches than are listed."""
        return bool(self.q) and len(self._matches) == self.most_matches

    @property
    def most_matches(self) -> int:
        return MOST_MATCHES

    @property
    def is_filtered(self) -> bool:
        """Whether something stands in the filters that fold away."""
        return bool(self.author or self.tag or self.language or self.sorting.asked)

    @property
    def languages(self) -> list[tuple[str, str]]:
        return list(languages.choices())

    @cached_property
    def authors(self) -> list[Any]:
        """Those to suggest, by username and name: who writes most."""
        names = User.busiest().with_only_columns(User.username, User.name)
        return list(db.session.execute(names.limit(SUGGESTED)))

    @cached_property
    def tags(self) -> list[str]:
        return list(db.session.scalars(Tag.most_used().with_only_columns(Tag.name).limit(SUGGESTED)))

    # -- private

    def _typed(self, name: str, length: int) -> str:
        """For posts alone: pages have neither authors nor tags."""
        return line(request.args.get(name))[:length] if self.kind is Post else ""

    def _chosen_state(self) -> State | None:
        wanted = request.args.get("state")
        if not wanted:
            return None
        if wanted in set(State):
            return State(wanted)
        self.problems.append(gettext("There is no state “%(name)s”.", name=wanted[:40]))
        return None

    def _chosen_language(self) -> str:
        wanted = request.args.get("language") or ""
        if wanted and wanted not in languages.TAGS:
            self.problems.append(gettext("There is no language “%(name)s”.", name=wanted[:40]))
            return ""
        return wanted

    def _found(self) -> Select[Any]:
        if self.q:
            return db.select(self.kind).where(self.kind.id.in_(self._matches))
        return self._allowed()

    @cached_property
    def _matches(self) -> list[int]:
        """The newest with these words. They are looked for once, not again for the tabs' counts."""
        kind = self.kind
        found = self._allowed().where(kind.matching(self.q)).with_only_columns(kind.id)
        return list(db.session.scalars(found.order_by(kind.id.desc()).limit(MOST_MATCHES)))

    def _allowed(self) -> Select[Any]:
        kind = self.kind
        query = kind.editable_by(current_user)
        if self.author:
            query = query.where(kind.with_byline_of(self.author))
        if self.tag:
            query = query.where(Post.id.in_(Post.ids_tagged(Tag.slug_of(self.tag))))
        if self.language:
            query = query.where(kind.language == self.language)
        return query

    def _in_view(self) -> Select[Any]:
        if self.problems:
            return self._found().where(false())
        return self._found().where(self._in_state(self.state))

    def _in_state(self, state: State | None) -> ColumnElement[bool]:
        return self.kind.trashed_at.is_(None) if state is None else self.kind.in_state(state)

    def _columns(self) -> dict[str, tuple[Any, Any]]:
        kind = self.kind
        return {
            "title": (_("Title"), func.lower(kind.title)),
            "date": (_("Date"), kind.published_at),
            "saved": (_("Last change"), kind.updated_at),
            "words": (_("Length"), kind.word_count),
        } | ({} if kind is Post else {"address": (_("Address"), kind.slug)})

    def _order(self) -> tuple[Any, ...]:
        kind = self.kind
        usual: dict[State | None, Any] = {
            State.IN_REVIEW: kind.review_requested_at.asc(),
            State.SCHEDULED: kind.published_at.asc(),
            State.PUBLISHED: kind.published_at.desc(),
            State.TRASHED: kind.trashed_at.desc(),
        }
        return self.sorting.order(usual.get(self.state, kind.updated_at.desc())), kind.id.desc()

    @cached_property
    def _counts(self) -> dict[State | None, int]:
        posts = self._counted_list()
        return self._counts_anew() if posts is None else self._counts_of(posts)

    def _counted_list(self) -> PostList | None:
        """What is allowed, if a list of published posts is of the same, and counted already."""
        if self.kind is not Post or self.q or self.language:
            return None
        lists = []
        if not current_user.can(Ability.EDIT_ALL_POSTS):
            lists.append(PostList.by(current_user))
        if self.author:
            named = db.session.scalars(User.with_byline_name(self.author).limit(2)).all()
            lists += [PostList.by(one) for one in named]
            if not named:
                return None
        if self.tag:
            tag = db.session.scalar(Tag.at(Tag.slug_of(self.tag)))
            if tag is None:
                return None
            lists.append(PostList.tagged(tag))
        if len(lists) > 1:
            return None
        return lists[0] if lists else PostList.of_site()

    def _counts_of(self, posts: PostList) -> dict[State | None, int]:
        """Only what is not published is counted here: a short stretch of an index each."""
        own = db.select(func.count()).select_from(Post).where(posts.has(Post.id))
        kept = own.where(Post.trashed_at.is_(None))
        drafts = kept.where(Post.status == Status.DRAFT)
        dateless = kept.where(Post.status == Status.PUBLISHED, Post.published_at.is_(None))
        others = [State.DRAFT, State.IN_REVIEW, State.TRASHED]
        counts = [drafts, dateless, *(own.where(Post.in_state(state)) for state in others)]
        columns = [*posts.standing(), *(count.scalar_subquery() for count in counts)]
        all_, to_come, over, draft, dateless_, *rest = db.session.execute(db.select(*columns)).one()
        found = dict(zip(others, rest, strict=True)) | {
            None: all_ + draft + dateless_,
            State.SCHEDULED: to_come,
            State.EXPIRED: over,
            State.PUBLISHED: all_ - to_come - over,
        }
        return {state: found[state] for state in TABS}

    def _counts_anew(self) -> dict[State | None, int]:
        views = {state: self._in_state(state) for state in TABS}
        found = self._found()
        if found.whereclause is not None:  # what is left is looked at once
            counts = [func.count(case((view, 1))) for view in views.values()]
            row = db.session.execute(found.with_only_columns(*counts)).one()
        else:  # each is a stretch of an index
            all_ = found.with_only_columns(func.count())
            row = db.session.execute(
                db.select(*(all_.where(view).scalar_subquery() for view in views.values()))
            ).one()
        return dict(zip(views, row, strict=True))
