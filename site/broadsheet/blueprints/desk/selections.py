"""Selections: what is ticked in a list of posts or pages, and one deed done to all of it; and undone. What
undoing needs to know travels in the form of the button "Undo". The deeds: selection_deeds.py."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from wtforms import ValidationError

from broadsheet.blueprints.desk.concerns import are_confirmed, digest
from broadsheet.blueprints.desk.listing import Listing
from broadsheet.blueprints.desk.selection_deeds import Deed, Refused, choices_for, deeds_for
from broadsheet.blueprints.desk.ticked import as_sent, chosen_ids, remembered, what_is_missing
from broadsheet.extensions import db
from broadsheet.forms.concerns import Concern, concerns_of_withdrawing
from broadsheet.forms.content import the_one_called
from broadsheet.models import Ability, Tag, User
from broadsheet.models.tag import NAME_LENGTH
from broadsheet.web.fields import line
from broadsheet.web.kinds import Content, Kind
from broadsheet.web.undo import flash_with_undo

blueprint = Blueprint("selections", __name__)

NAMED = 3  # of those with which it could not be done


@blueprint.post("/<kind:kind>/selection")
def update(kind: Kind) -> ResponseReturnValue:
    ids, deed = chosen_ids(), deeds_for(kind).get(request.form.get("deed", ""))
    if (problem := what_is_missing(ids, deed)) or deed is None:
        flash(problem, "error")
        return back_to_list(kind)
    try:
        with_what = asked_for(request.form["deed"])
    except ValidationError as error:
        flash(str(error), "error")
        return back_to_list(kind)
    done: dict[Content, str] = {}
    refused: list[tuple[str, str]] = []
    chosen = held(kind, ids)
    found = concerns_of_withdrawing(chosen) if deed.withdraws else []
    if not are_confirmed(found):
        return ask(kind, deed, ids, found)
    for content in chosen:
        try:
            if (was := deed.do(content, with_what)) is not None:
                done[content] = was
        except Refused as refusal:
            refused.append((content.title or _("Untitled"), str(refusal)))
    db.session.commit()
    tell(kind, request.form["deed"], deed, done, refused, missing=len(ids) - len(chosen))
    return back_to_list(kind)


@blueprint.post("/<kind:kind>/selection/undo")
def undo(kind: Kind) -> ResponseReturnValue:
    deed = deeds_for(kind).get(request.form.get("deed", ""))
    was = remembered()
    undone = 0
    if deed is not None:
        for content in held(kind, list(was)):
            with suppress(Refused):  # only what somebody made up can ask for it
                deed.undo(content, was[content.id])
                undone += 1
    db.session.commit()
    flash(ngettext("Undone for %(num)d.", "Undone for %(num)d.", undone), "success")
    return back_to_list(kind)


def held(kind: Kind, ids: Sequence[int]) -> list[Content]:
    """Those that the person may edit, held until the commit; by number, so that two who do this at once do
    not wait for each other for ever."""
    query = kind.editable_by(current_user).where(kind.id.in_(ids)).order_by(kind.id)
    return list(db.session.scalars(query.with_for_update()))


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


def ask(kind: Kind, deed: Deed, ids: Sequence[int], found: list[Concern]) -> ResponseReturnValue:
    """Nothing is done yet: which texts lead to what would be taken away, and the button that does it."""
    listing = Listing(kind)
    page = render_template(
        "desk/concerns/selection.html",
        concerns=found,
        deed=deed.label,
        fields={"deed": request.form["deed"], "ids": [str(id) for id in ids], "confirmed": digest(found)},
        again=url_for("desk.selections.update", kind=kind, **listing.arguments),
        back=url_for(listing.endpoint, **listing.arguments),
    )
    return page, 422


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
    if not done:
        flash(text, "warning" if refused or missing else "message")
        return
    fields = {"deed": name, "was": as_sent({content.id: was for content, was in done.items()})}
    url = url_for("desk.selections.undo", kind=kind, **Listing(kind).arguments)
    flash_with_undo(text, url, fields, "warning" if refused or missing else "success")
