"""A list of posts or pages at the desk: a view of one state, searched, page by page."""

from functools import cached_property
from typing import Any

from flask import abort, request, url_for
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, case, func

from broadsheet.blueprints.desk.kinds import Kind
from broadsheet.blueprints.desk.search import wanted_words
from broadsheet.extensions import db
from broadsheet.models.content import State
from broadsheet.web.fields import line
from broadsheet.web.pagination import paginate

PER_PAGE = 30

TABS = {
    None: _("All"),
    State.DRAFT: _("Drafts"),
    State.SCHEDULED: _("Scheduled"),
    State.PUBLISHED: _("Published"),
    State.EXPIRED: _("Expired"),
    State.TRASHED: _("Trash"),
}
SELDOM = (State.EXPIRED,)  # shown only when there are any


class Listing:
    """`state`, `q` and `author` of the address, and what they lead to. "All" leaves out the trash."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.state = self._state()
        self.q = wanted_words()
        self.author = line(request.args.get("author"))[:40]
        self.endpoint = f"desk.{kind.kind}s.index"

    @cached_property
    def pagination(self) -> Pagination:
        query = self._found().options(*self.kind.for_a_list())
        if self.state is None:
            query = query.where(self.kind.trashed_at.is_(None))
        else:
            query = query.where(self.kind.in_state(self.state))
        return paginate(query.order_by(*self._order()), PER_PAGE)

    @property
    def tabs(self) -> list[dict[str, Any]]:
        counts = self._counts
        return [
            {
                "label": label,
                "url": url_for(self.endpoint, **self.arguments | {"state": state and state.value}),
                "count": counts[state],
                "current": state == self.state,
            }
            for state, label in TABS.items()
            if counts[state] or state not in SELDOM
        ]

    @property
    def arguments(self) -> dict[str, Any]:
        """Of the address of this list."""
        return {"state": self.state and self.state.value, "q": self.q or None, "author": self.author or None}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.author)

    def _state(self) -> State | None:
        wanted = request.args.get("state")
        if not wanted:
            return None
        if wanted not in set(State):
            abort(404)
        return State(wanted)

    def _found(self) -> Select[Any]:
        query = self.kind.editable_by(current_user).where(self.kind.matching(self.q))
        return query.where(self.kind.with_byline_of(self.author)) if self.author else query

    def _order(self) -> tuple[Any, ...]:
        kind = self.kind
        first: dict[State | None, Any] = {
            State.SCHEDULED: kind.published_at.asc(),
            State.PUBLISHED: kind.published_at.desc(),
            State.TRASHED: kind.trashed_at.desc(),
        }
        return first.get(self.state, kind.updated_at.desc()), kind.id.desc()

    @cached_property
    def _counts(self) -> dict[State | None, int]:
        states = [*State]
        columns = [func.count(case((self.kind.in_state(state), 1))) for state in states]
        row = db.session.execute(self._found().with_only_columns(*columns)).one()
        counts: dict[State | None, int] = dict(zip(states, row, strict=True))
        counts[None] = sum(number for state, number in counts.items() if state != State.TRASHED)
        return counts
