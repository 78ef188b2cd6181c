"""The trash of messages and submissions: thirty days in which they can be taken back."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from broadsheet.blueprints.desk.inbox_selections import do_to_one
from broadsheet.blueprints.desk.incoming import KINDS, NOUN, PARAMETERS
from broadsheet.extensions import db
from broadsheet.models.incoming import Box

blueprint = Blueprint("inbox_trash", __name__)

EMPTIED_AT_ONCE = 500  # a second or two; what is left takes another press


@blueprint.post(f"{NOUN}/<int:id>/trash")
def create(noun: str, id: int) -> ResponseReturnValue:
    return do_to_one(noun, id, "trash", lambda title: _("“%(title)s” is in the trash.", title=title))


@blueprint.post(f"{NOUN}/<int:id>/trash/delete")
def destroy(noun: str, id: int) -> ResponseReturnValue:
    return do_to_one(noun, id, "recover", lambda title: _("“%(title)s” is taken back.", title=title))


@blueprint.post(f"{NOUN}/trash/empty")
def empty(noun: str) -> ResponseReturnValue:
    """Deletes all of it for good, ahead of its time."""
    kind = KINDS[noun]
    trashed = db.select(kind).where(kind.is_in(Box.TRASH)).limit(EMPTIED_AT_ONCE).with_for_update()
    gone = list(db.session.scalars(trashed))
    for one in gone:
        one.delete()
    db.session.commit()
    flash(ngettext("%(num)d deleted for good.", "%(num)d deleted for good.", len(gone)), "success")
    return redirect(url_for(f"desk.{noun}.index", **{PARAMETERS[noun]: "trash"}), 303)  # type: ignore[arg-type]
