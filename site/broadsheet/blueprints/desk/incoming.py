"""Messages and submissions share their boxes, their lists and most deeds: /desk/messages/7/judgement,
/desk/submissions/7/judgement. A rule says `<any(messages, submissions):noun>`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, case, false, func

from broadsheet.blueprints.desk.search import wanted_words
from broadsheet.blueprints.desk.sorting import Sorting
from broadsheet.extensions import db
from broadsheet.models import Message, Submission
from broadsheet.models.incoming import Box
from broadsheet.models.submission import SubmissionState
from broadsheet.web.pagination import paginate

NOUN = "/<any(messages, submissions):noun>"
KINDS: dict[str, Any] = {"messages": Message, "submissions": Submission}
PER_PAGE = 30

Incoming = Message | Submission


def held_or_404(noun: str, id: int) -> Any:
    """Held until the commit: two who judge it at once teach the filter one after the other."""
    return db.get_or_404(KINDS[noun], id, with_for_update=True)


# -- lists


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
    """One view, searched and sorted, as the address asks for it. An order that does not exist lists nothing
    and is a problem, which the page tells (422)."""

    def __init__(self, noun: str) -> None:
        self.noun, self.kind = noun, KINDS[noun]
        self.endpoint = f"desk.{noun}.index"
        self.views = VIEWS[noun]
        wanted = request.values.get(PARAMETERS[noun], "")  # of a list's address, or of a form on it
        self.name = wanted if wanted in self.views else ""
        self.view = self.views[self.name]
        self.q = wanted_words()
        self.problems: list[str] = []
        self.sorting = Sorting(self._columns(), self.problems)

    @cached_property
    def pagination(self) -> Pagination:
        return paginate(self.query().options(*self.kind.for_a_list()).order_by(*self._order()), PER_PAGE)

    def query(self) -> Select[Any]:
        return db.select(self.kind).where(false() if self.problems else self.view.condition, self._matching)

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


# -- deeds: to one on its page, to many in a list; and back


class Deed(NamedTuple):
    """`do` gives back what `undo` needs to know, or None where nothing had to be done."""

    label: Any
    told: Callable[[int], str]
    do: Callable[[Any], str | None]
    undo: Callable[[Any, str], None]
    boxes: Sequence[Box]  # in which it is offered
    only_messages: bool = False


def judge_spam(one: Incoming) -> str | None:
    return judge(one, is_spam=True)


def judge_ham(one: Incoming) -> str | None:
    return judge(one, is_spam=False)


def judge(one: Incoming, *, is_spam: bool) -> str | None:
    was = ("spam" if one.is_spam else "ham") if one.judged_by_person else "nothing"
    if was == ("spam" if is_spam else "ham"):
        return None
    one.judge(is_spam=is_spam)
    return was


def judge_again(one: Incoming, was: str) -> None:
    if was in ("spam", "ham"):
        one.judge(is_spam=was == "spam")
    else:
        one.withdraw_judgement()


def trash(one: Incoming) -> str | None:
    if one.trashed_at is not None:
        return None
    one.trash()
    return ""


def recover(one: Incoming) -> str | None:
    if one.trashed_at is None:
        return None
    was = one.trashed_at.isoformat()
    one.recover()
    return was


def trash_again(one: Incoming, was: str) -> None:
    one.trash()
    try:
        at = datetime.fromisoformat(was)
    except ValueError:
        return
    if at.tzinfo and one.trashed_at and at < one.trashed_at:
        one.trashed_at = at  # its thirty days do not begin anew


def mark_read(one: Message) -> str | None:
    if one.is_read:
        return None
    one.mark_read()
    return ""


def mark_unread(one: Message) -> str | None:
    if not one.is_read:
        return None
    one.mark_unread()
    return ""


DEEDS: dict[str, Deed] = {
    "read": Deed(
        _("Mark as read"),
        lambda n: ngettext("%(num)d marked as read.", "%(num)d marked as read.", n),
        mark_read,
        lambda one, _was: one.mark_unread(),
        (Box.INBOX,),
        only_messages=True,
    ),
    "unread": Deed(
        _("Mark as unread"),
        lambda n: ngettext("%(num)d marked as unread.", "%(num)d marked as unread.", n),
        mark_unread,
        lambda one, _was: one.mark_read(),
        (Box.INBOX,),
        only_messages=True,
    ),
    "spam": Deed(
        _("Spam"),
        lambda n: ngettext(
            "%(num)d is spam; the filter has learned.", "%(num)d are spam; the filter has learned.", n
        ),
        judge_spam,
        judge_again,
        (Box.INBOX, Box.SPAM),
    ),
    "ham": Deed(
        _("Not spam"),
        lambda n: ngettext(
            "%(num)d is no spam; the filter has learned.", "%(num)d are no spam; the filter has learned.", n
        ),
        judge_ham,
        judge_again,
        (Box.SPAM,),
    ),
    "trash": Deed(
        _("Move to the trash"),
        lambda n: ngettext("%(num)d moved to the trash.", "%(num)d moved to the trash.", n),
        trash,
        lambda one, _was: one.recover(),
        (Box.INBOX, Box.SPAM),
    ),
    "recover": Deed(
        _("Take back from the trash"),
        lambda n: ngettext("%(num)d taken back.", "%(num)d taken back.", n),
        recover,
        trash_again,
        (Box.TRASH,),
    ),
}


def deeds_for(noun: str) -> dict[str, Deed]:
    return {name: deed for name, deed in DEEDS.items() if noun == "messages" or not deed.only_messages}


def choices_for(listing: IncomingList) -> list[tuple[str, Any]]:
    """What the list offers to do with what is ticked."""
    return [
        (name, deed.label) for name, deed in deeds_for(listing.noun).items() if listing.view.box in deed.boxes
    ]


def named(one: Incoming) -> str:
    return (one.title or gettext("No subject"))[:80]
