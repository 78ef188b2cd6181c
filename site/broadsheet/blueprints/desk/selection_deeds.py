"""What can be done to many posts or pages at once, within what the person may do; and how it is undone."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from broadsheet.blueprints.desk.ticked import is_number, moment
from broadsheet.extensions import db
from broadsheet.forms.content import TAGS_AT_MOST
from broadsheet.models import Ability, Post, Tag, User
from broadsheet.models.content import State, Status
from broadsheet.web.kinds import Content, Kind


class Refused(Exception):
    """It cannot be done to this one; the text says why."""


class Deed(NamedTuple):
    """`do` gives back what `undo` needs to know, or None where nothing had to be done."""

    label: Any
    told: Callable[[int], str]
    do: Callable[[Content, Any], str | None]
    undo: Callable[[Content, str], None]
    needs: Ability = Ability.WRITE
    only_posts: bool = False
    withdraws: bool = False  # from readers, who may be led there by other texts


def deeds_for(kind: Kind) -> dict[str, Deed]:
    return {
        name: deed
        for name, deed in DEEDS.items()
        if current_user.can(deed.needs) and (kind is Post or not deed.only_posts)
    }


def choices_for(kind: Kind, state: State | None) -> list[tuple[str, Any]]:
    """What the list offers: in the trash the way back, elsewhere the way there."""
    hidden = {"trash", "publish", "unpublish"} if state == State.TRASHED else {"recover"}
    return [(name, deed.label) for name, deed in deeds_for(kind).items() if name not in hidden]


# -- the deeds


def require_publisher(content: Content) -> None:
    if not current_user.can_publish(content):
        raise Refused(_("On this site an editor decides what readers see."))


def publish(content: Content, _nothing: None) -> str | None:
    if content.state == State.PUBLISHED:
        return None
    require_publisher(content)
    if not content.title:
        raise Refused(_("Readers need a title."))
    refuse_held(content)
    was = standing(content)
    content.publish()
    return was


def unpublish(content: Content, _nothing: None) -> str | None:
    if content.status == Status.DRAFT:
        return None
    require_publisher(content)
    refuse_held(content)
    was = standing(content)
    content.unpublish()
    return was


def trash(content: Content, _nothing: None) -> str | None:
    if content.state == State.TRASHED:
        return None
    if getattr(content, "is_fixed", False):
        raise Refused(_("The site needs this page."))
    if content.status == Status.PUBLISHED:
        require_publisher(content)
    content.trash()
    return ""


def recover(content: Content, _nothing: None) -> str | None:
    if content.state != State.TRASHED:
        return None
    take_back(content, was := standing(content))
    return was


def tag(content: Any, wanted: Tag) -> str | None:
    if wanted in content.tags:
        return None
    if len(content.tags) >= TAGS_AT_MOST:
        raise Refused(_("%(limit)s tags are the most.", limit=TAGS_AT_MOST))
    retag(content, [*content.tags, wanted])
    return wanted.slug


def untag(content: Any, unwanted: Tag) -> str | None:
    if unwanted not in content.tags:
        return None
    place = list(content.tags).index(unwanted)
    retag(content, [one for one in content.tags if one is not unwanted])
    return f"{place},{unwanted.slug}"


def give(content: Any, author: User) -> str | None:
    before = [one.id for one in content.authors]
    if before == [author.id]:
        return None
    content.revise(by=current_user._get_current_object(), authors=[author])
    return ",".join(map(str, before))


def refuse_held(content: Content) -> None:
    """To take changes that readers do not see yet out of their hold could not be undone."""
    if content.has_held_changes:
        raise Refused(_("It has changes that are held back. Open it."))


# -- and back


def stand_again(content: Content, was: str) -> None:
    """As it stood before: draft, scheduled, public, expired, in the trash."""
    status, published_at, expires_at, trashed_at = (was.split("|") + [""] * 4)[:4]
    at, ends, gone = moment(published_at), moment(expires_at), moment(trashed_at)
    if Status.PUBLISHED in (status, content.status):
        require_publisher(content)
    if status == Status.DRAFT:
        content.unpublish()
        content.date(at)
    elif status == Status.PUBLISHED and content.title:
        content.publish(at)
    content.expires_at = ends
    if gone:
        content.trash()


def take_back(content: Content, _was: str) -> None:
    if content.status == Status.PUBLISHED:
        require_publisher(content)
    content.recover()


def untag_again(content: Any, slug: str) -> None:
    retag(content, [one for one in content.tags if one.slug != slug])


def tag_again(content: Any, was: str) -> None:
    place, _comma, slug = was.partition(",")
    wanted = db.session.scalar(Tag.at(slug))
    if wanted is not None and wanted not in content.tags and is_number(place):
        tags = list(content.tags)
        tags.insert(int(place[:2]), wanted)
        retag(content, tags)


def give_back(content: Any, was: str) -> None:
    ids = [int(id) for id in was.split(",") if is_number(id)]
    people = {one.id: one for one in db.session.scalars(db.select(User).where(User.id.in_(ids)))}
    if authors := [people[id] for id in ids if id in people]:
        content.revise(by=current_user._get_current_object(), authors=authors)


def retag(content: Any, tags: list[Tag]) -> None:
    if content.status == Status.PUBLISHED:
        require_publisher(content)
    content.revise(by=current_user._get_current_object(), tags=tags)


def standing(content: Content) -> str:
    times = (content.published_at, content.expires_at, content.trashed_at)
    return "|".join([content.status.value, *(at.isoformat() if at else "" for at in times)])


DEEDS: dict[str, Deed] = {
    "publish": Deed(
        _l("Publish"),
        lambda n: ngettext("%(num)d published.", "%(num)d published.", n),
        publish,
        stand_again,
    ),
    "unpublish": Deed(
        _l("Unpublish"),
        lambda n: ngettext("%(num)d unpublished.", "%(num)d unpublished.", n),
        unpublish,
        stand_again,
        withdraws=True,
    ),
    "trash": Deed(
        _l("Move to the trash"),
        lambda n: ngettext("%(num)d moved to the trash.", "%(num)d moved to the trash.", n),
        trash,
        take_back,
        withdraws=True,
    ),
    "recover": Deed(
        _l("Take back from the trash"),
        lambda n: ngettext("%(num)d taken back.", "%(num)d taken back.", n),
        recover,
        stand_again,
    ),
    "tag": Deed(
        _l("Add a tag"),
        lambda n: ngettext("%(num)d tagged.", "%(num)d tagged.", n),
        tag,
        untag_again,
        only_posts=True,
    ),
    "untag": Deed(
        _l("Remove a tag"),
        lambda n: ngettext("Removed the tag from %(num)d.", "Removed the tag from %(num)d.", n),
        untag,
        tag_again,
        only_posts=True,
    ),
    "give": Deed(
        _l("Change the author"),
        lambda n: ngettext("%(num)d has another author.", "%(num)d have another author.", n),
        give,
        give_back,
        needs=Ability.EDIT_ALL_POSTS,
        only_posts=True,
    ),
}
