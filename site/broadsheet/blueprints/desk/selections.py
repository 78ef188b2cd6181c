"""Selections: what is ticked in a list of posts or pages, and one deed done to all of it, each within what
the person may do; and undone. What undoing needs to know travels in the form of the button "Undo"."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from wtforms import ValidationError

from broadsheet.blueprints.desk.concerns import concerns_of_withdrawal
from broadsheet.blueprints.desk.forms import TAGS_AT_MOST, the_one_called
from broadsheet.blueprints.desk.kinds import Content, Kind
from broadsheet.blueprints.desk.listing import Listing
from broadsheet.extensions import db
from broadsheet.models import Ability, Post, Tag, User
from broadsheet.models.content import State, Status
from broadsheet.models.tag import NAME_LENGTH
from broadsheet.web.fields import line
from broadsheet.web.undo import flash_with_undo

blueprint = Blueprint("selections", __name__)

MOST = 50  # rows at once; a page of a list has fewer
NAMED = 3  # of those with which it could not be done


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


# -- routes


@blueprint.post("/<kind:kind>/selection")
def update(kind: Kind) -> ResponseReturnValue:
    ids, deed = chosen_ids(), deeds_for(kind).get(request.form.get("deed", ""))
    if not ids or deed is None:
        flash(_("Tick something first.") if deed else _("Choose what to do first."), "error")
        return back_to_list(kind)
    try:
        with_what = asked_for(request.form["deed"])
    except ValidationError as error:
        flash(str(error), "error")
        return back_to_list(kind)
    done: dict[Content, str] = {}
    refused: list[tuple[str, str]] = []
    chosen = held(kind, ids)
    led_to = {content.id for content in chosen if deed.withdraws and concerns_of_withdrawal(content)}
    for content in chosen:
        try:
            if (was := deed.do(content, with_what)) is not None:
                done[content] = was
        except Refused as refusal:
            refused.append((content.title or _("Untitled"), str(refusal)))
    db.session.commit()
    led_to &= {content.id for content in done}
    tell(kind, request.form["deed"], deed, done, refused, missing=len(ids) - len(chosen), led_to=len(led_to))
    return back_to_list(kind)


@blueprint.post("/<kind:kind>/selection/undo")
def undo(kind: Kind) -> ResponseReturnValue:
    deed = deeds_for(kind).get(request.form.get("deed", ""))
    was = dict(entry.partition(":")[::2] for entry in request.form.getlist("was")[:MOST])
    ids = [int(id) for id in was if is_number(id)]
    undone = 0
    if deed is not None:
        for content in held(kind, ids):
            with suppress(Refused):  # only what somebody made up can ask for it
                deed.undo(content, was[str(content.id)])
                undone += 1
    db.session.commit()
    flash(ngettext("Undone for %(num)d.", "Undone for %(num)d.", undone), "success")
    return back_to_list(kind)


# -- what both need


def chosen_ids() -> list[int]:
    sent = dict.fromkeys(request.form.getlist("ids"))
    return [int(id) for id in sent if is_number(id)][:MOST]


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def held(kind: Kind, ids: Sequence[int]) -> list[Content]:
    """Those that the person may edit, held until the commit; by number, so that two who do this at once do
    not wait for each other for ever."""
    query = kind.editable_by(current_user).where(kind.id.in_(ids)).order_by(kind.id)
    return list(db.session.scalars(query.with_for_update()))


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


def page(kind: Kind) -> ResponseReturnValue:
    """The list in which one ticks."""
    listing = Listing(kind)
    page = render_template(
        f"desk/{kind.kind}s/index.html",
        listing=listing,
        deeds=choices_for(kind, listing.state),
        may_empty=current_user.can(Ability.DELETE_FOR_GOOD),
    )
    return page, 422 if listing.problems else 200


def back_to_list(kind: Kind) -> ResponseReturnValue:
    """The list as it was narrowed and sorted; its last page, if the one looked at has become empty."""
    listing = Listing(kind)
    page = min(request.args.get("page", 1, int), listing.page_count)
    return redirect(url_for(listing.endpoint, **listing.arguments, page=page if page > 1 else None), 303)


def asked_for(name: str) -> Any:
    """The tag or the person that the deed is to be done with."""
    if name in ("tag", "untag"):
        wanted = line(request.form.get("tag"))[:NAME_LENGTH]
        if not Tag.slug_of(wanted):
            raise ValidationError(_("Write the tag."))
        if name == "tag":
            return Tag.named([wanted])[0]
        tag = db.session.scalar(Tag.at(Tag.slug_of(wanted)))
        if tag is None:
            raise ValidationError(_("There is no tag “%(name)s”.", name=wanted))
        return tag
    if name == "give":
        wanted = line(request.form.get("author"))[:120]
        if not wanted:
            raise ValidationError(_("Write the author's name."))
        return the_one_called(wanted, [], list(db.session.scalars(User.called([wanted]))))
    return None


def tell(
    kind: Kind,
    name: str,
    deed: Deed,
    done: dict[Content, str],
    refused: list[tuple[str, str]],
    *,
    missing: int,
    led_to: int,
) -> None:
    text = deed.told(len(done))
    if refused:
        which = "; ".join(
            _("“%(title)s”: %(reason)s", title=title[:60], reason=reason) for title, reason in refused[:NAMED]
        )
        more = f"; … +{len(refused) - NAMED}" if len(refused) > NAMED else ""
        text += " " + ngettext("%(num)d could not:", "%(num)d could not:", len(refused)) + f" {which}{more}"
    if missing:
        text += " " + ngettext(
            "%(num)d is not there any more, or not yours.",
            "%(num)d are not there any more, or not yours.",
            missing,
        )
    if led_to:
        text += " " + ngettext(
            "Other texts lead to %(num)d of them.", "Other texts lead to %(num)d of them.", led_to
        )
    if not done:
        flash(text, "warning" if refused or missing else "message")
        return
    fields = {"deed": name, "was": [f"{content.id}:{was}" for content, was in done.items()]}
    url = url_for("desk.selections.undo", kind=kind, **Listing(kind).arguments)
    flash_with_undo(text, url, fields, "warning" if refused or missing or led_to else "success")


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
    if wanted is not None and wanted not in content.tags and place.isdigit():
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


def moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


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
