"""What can be done to messages and submissions: to one on its page or to many in a list; and undone."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _
from flask_babel import ngettext

from broadsheet.blueprints.desk.incoming import Incoming, IncomingList
from broadsheet.blueprints.desk.ticked import moment
from broadsheet.models import Message
from broadsheet.models.incoming import Box


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
    at = moment(was)
    if at and one.trashed_at and at < one.trashed_at:
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
