"""Presences: who else has a post or page open in the editor just now."""

import logging

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import IntegrityError, OperationalError

from broadsheet.database import writing
from broadsheet.extensions import db
from broadsheet.models import Presence
from broadsheet.models.presence import HERE
from broadsheet.web.filters import timestamp
from broadsheet.web.kinds import Content, Kind, editable_or_404

log = logging.getLogger(__name__)

blueprint = Blueprint("presences", __name__)


@blueprint.post("/<kind:kind>/<int:id>/presence")
def create(kind: Kind, id: int) -> ResponseReturnValue:
    """Says that the editor is still open, and asks who else is there."""
    content = editable_or_404(kind, id)
    Presence.keep(db.session.connection(), content, current_user, opened=False)
    db.session.commit()
    others = db.session.scalars(Presence.of_others(content, current_user, HERE))
    return jsonify(
        {
            "others": [{"name": one.user.name, "seen": timestamp(one.seen_at)} for one in others],
            "version": content.version,
        }
    )


def note(content: Content) -> None:
    """The person has just opened the editor: a small write of its own within a request that only reads."""
    try:
        with writing(), db.engine.begin() as connection:
            Presence.keep(connection, content, current_user, opened=True)
    except (IntegrityError, OperationalError) as error:  # two windows at once; or the database is busy
        log.info("a presence was not noted: %s", error.orig)
