"""Purges: unused uploads deleted at once, exactly those that somebody saw in the list and left ticked."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import not_

from broadsheet.blueprints.desk.ticked import chosen_ids, what_is_missing
from broadsheet.extensions import db
from broadsheet.models import Upload
from broadsheet.models.upload_use import is_used

blueprint = Blueprint("purges", __name__, url_prefix="/uploads/purges")

NAMED = 3


@blueprint.post("")
def create() -> ResponseReturnValue:
    """`ids` are those that were shown; what somebody has used since is spared."""
    ids = chosen_ids()
    if missing := what_is_missing(ids):
        flash(missing, "error")
        return redirect(url_for("desk.uploads.index", show="unused"), 303)
    seen = db.session.scalars(db.select(Upload).where(Upload.id.in_(ids)).with_for_update()).all()
    unused = set(db.session.scalars(db.select(Upload.id).where(Upload.id.in_(ids), not_(is_used()))))
    spared = [upload.name for upload in seen if upload.id not in unused]
    for upload in seen:
        if upload.id in unused:
            upload.delete()
    db.session.commit()
    if unused:
        flash(ngettext("%(num)d file is deleted.", "%(num)d files are deleted.", len(unused)), "success")
    if spared:
        names = ", ".join(f"“{name}”" for name in spared[:NAMED]) + (" …" if len(spared) > NAMED else "")
        flash(_("Used by now, and therefore kept: %(names)s", names=names), "message")
    return redirect(url_for("desk.uploads.index", show="unused"), 303)
