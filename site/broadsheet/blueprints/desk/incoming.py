"""Messages and submissions share their boxes, their lists and most deeds: /desk/messages/7/judgement,
/desk/submissions/7/judgement. A rule says `<any(messages, submissions):noun>`.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, case, false, func

from broadsheet.blueprints.desk.search import wanted_view, wanted_words
from broadsheet.blueprints.desk.sorting import Sorting
from broadsheet.extensions import db
from broadsheet.models import Message, Submission
from broadsheet.models.incoming import SPAM_IS_KEPT, TRASH_IS_KEPT, Box
from broadsheet.models.submission import SubmissionState
from broadsheet.web.pagination import paginate

NOUN = "/<any(messages, submissions):noun>"
KINDS: dict[str, Any] = {"messages": Message, "submissions": Submission}
PER_PAGE = 30

Incoming = Message | Submission


def held_or_404(noun: str, id: int) -> Any:
    """Held until the commit: two who judge it at once teach the filter one after the other."""
    return db.get_or_404(KINDS[noun], id, with_for_update=True)


class View(NamedTuple):
    label: Any
    condition: ColumnElement[bool]
    box: Box = Box.INBOX


VIEWS: dict[str, dict[str, View]] = {
    "messages": {
        "": View(_("Inbox"), Message.is_in(Box.INBOX)),
        "unread": View(_("Unread"), Message.is_unread()),
    },
    "submissions": {
        "": View(_("Waiting"), Submission.is_waiting()),
        "accepted": View(
            _("Accepted"),
            and_(Submission.state == SubmissionState.ACCEPTED, Submission.is_in(Box.INBOX)),
        ),
        "declined": View(
            _("Declined"),
            and_(Submission.state == SubmissionState.DECLINED, Submission.is_in(Box.INBOX)),
        ),
    },
}
for _noun, _views in VIEWS.items():
    _views["spam"] = View(_("Spam"), KINDS[_noun].is_in(Box.SPAM), Box.SPAM)
    _views["trash"] = View(_("Trash"), KINDS[_noun].is_in(Box.TRASH), Box.TRASH)

PARAMETERS = {"messages": "show", "submissions": "state"}  # by which the address names the view


class IncomingList:
    """One view, searched and sorted, as the address asks for it. A view or an order that does not exist
    lists nothing and is a problem, which the page tells (422)."""

    def __init__(self, noun: str) -> None:
        self.noun, self.kind = noun, KINDS[noun]
        self.endpoint = f"desk.{noun}.index"
        self.views = VIEWS[noun]
        self.problems: list[str] = []
        self.name = wanted_view(PARAMETERS[noun], self.views, self.problems)
        self.view = self.views[self.name]
        self.q = wanted_words()
        self.sorting = Sorting(self._columns(), self.problems)

    @cached_property
    def pagination(self) -> Pagination:
        query = self.query().options(*self.kind.for_a_list()).order_by(*self._order())
        return paginate(query, PER_PAGE, total=self.counts[self.name])

    def query(self) -> Select[Any]:
        return db.select(self.kind).where(false() if self.problems else self.view.condition, self._matching)

    @property
    def days_kept(self) -> int:
        """How long this view keeps what nobody takes out of it."""
        return (TRASH_IS_KEPT if self.view.box == Box.TRASH else SPAM_IS_KEPT).days

    @property
    def page_count(self) -> int:
        count = db.session.scalar(self.query().with_only_columns(func.count())) or 0
        return max(1, -(-count // PER_PAGE))

    @property
    def tabs(self) -> list[dict[str, Any]]:
        return [
            {
                "label": view.label,
                "url": url_for(self.endpoint, **self.arguments | {PARAMETERS[self.noun]: name or None}),
                "count": self.counts[name],
                "current": name == self.name and not self.problems,
            }
            for name, view in self.views.items()
        ]

    @cached_property
    def counts(self) -> dict[str, int]:
        columns = [func.count(case((view.condition, 1))) for view in self.views.values()]
        row = db.session.execute(db.select(*columns).select_from(self.kind).where(self._matching)).one()
        return dict(zip(self.views, row, strict=True))

    @property
    def arguments(self) -> dict[str, Any]:
        """Of the address of this list."""
        return {
            PARAMETERS[self.noun]: self.name or None,
            "q": self.q or None,
            "sort": self.sorting.asked or None,
        }

    @property
    def kept(self) -> dict[str, Any]:
        """What a new search keeps."""
        return self.arguments | {"q": None}

    def back(self) -> ResponseReturnValue:
        """The list as it was; its last page, if the one looked at has become empty."""
        page = min(request.args.get("page", 1, int), self.page_count)
        return redirect(url_for(self.endpoint, **self.arguments, page=page if page > 1 else None), 303)

    @property
    def _matching(self) -> ColumnElement[bool]:
        return self.kind.matching(self.q)

    def _columns(self) -> Mapping[str, tuple[Any, Any]]:
        title = self.kind.subject if self.kind is Message else self.kind.title
        return {
            "title": (_("Subject") if self.kind is Message else _("Title"), func.lower(title)),
            "from": (_("From"), func.lower(self.kind.name)),
            "date": (_("Received"), self.kind.created_at),
        }

    def _order(self) -> tuple[Any, ...]:
        usual = self.kind.trashed_at if self.view.box == Box.TRASH else self.kind.created_at
        return self.sorting.order(usual.desc()), self.kind.id.desc()


def named(one: Incoming) -> str:
    return (one.title or gettext("No subject"))[:80]
