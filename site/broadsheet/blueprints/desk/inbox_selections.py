"""Selections of messages or submissions: what is ticked in a list, one deed done to all of it; and undone.
What undoing needs to know travels in the form of the button "Undo".
"""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from broadsheet.blueprints.desk.incoming import KINDS, NOUN, Incoming, IncomingList, held_or_404, named
from broadsheet.blueprints.desk.incoming_deeds import DEEDS, deeds_for
from broadsheet.blueprints.desk.ticked import as_sent, chosen_ids, remembered, what_is_missing
from broadsheet.extensions import db
from broadsheet.web.undo import flash_with_undo

blueprint = Blueprint("inbox_selections", __name__)


@blueprint.post(f"{NOUN}/selection")
def update(noun: str) -> ResponseReturnValue:
    listing, name, ids = IncomingList(noun), request.form.get("deed", ""), chosen_ids()
    deed = deeds_for(noun).get(name)
    if (problem := what_is_missing(ids, deed)) or deed is None:
        flash(problem, "error")
        return listing.back()
    chosen = held(noun, ids)
    done = {one: was for one in chosen if (was := deed.do(one)) is not None}
    db.session.commit()
    text = deed.told(len(done))
    if missing := len(ids) - len(chosen):
        text += " " + ngettext("%(num)d is not there any more.", "%(num)d are not there any more.", missing)
    if done:
        tell(listing, text, name, done)
    else:
        flash(text, "warning" if missing else "message")
    return listing.back()


@blueprint.post(f"{NOUN}/selection/undo")
def undo(noun: str) -> ResponseReturnValue:
    deed = deeds_for(noun).get(request.form.get("deed", ""))
    was = remembered()
    undone = 0
    if deed is not None:
        for one in held(noun, list(was)):
            deed.undo(one, was[one.id])
            undone += 1
    db.session.commit()
    flash(ngettext("Undone for %(num)d.", "Undone for %(num)d.", undone), "success")
    return IncomingList(noun).back()


def do_to_one(noun: str, id: int, name: str, told: Callable[[str], str]) -> ResponseReturnValue:
    """The deed done to one, from its own page or its row; back to the list as it was."""
    listing, one = IncomingList(noun), held_or_404(noun, id)
    was = DEEDS[name].do(one)
    db.session.commit()
    if was is None:
        flash(told(named(one)), "message")
    else:
        tell(listing, told(named(one)), name, {one: was})
    return listing.back()


def held(noun: str, ids: Sequence[int]) -> list[Any]:
    """By number, so that two who do this at once do not wait for each other for ever."""
    kind = KINDS[noun]
    return list(
        db.session.scalars(db.select(kind).where(kind.id.in_(ids)).order_by(kind.id).with_for_update())
    )


def tell(listing: IncomingList, text: str, name: str, done: dict[Incoming, str]) -> None:
    fields = {"deed": name, "was": as_sent({one.id: was for one, was in done.items()})}
    flash_with_undo(
        text, url_for("desk.inbox_selections.undo", noun=listing.noun, **listing.arguments), fields
    )
