"""Large files, sent in parts by a script: begun, continued where a broken connection left them, finished.

Every answer is JSON. A part is the raw body of a POST; `offset` in the address says where it belongs.
"""

from flask import Blueprint, abort, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet import media
from broadsheet.blueprints.desk.uploads import refused, told
from broadsheet.extensions import db
from broadsheet.forms.keeping import keep
from broadsheet.media.parts import PART, OutOfStep, Parts
from broadsheet.web.fields import line

blueprint = Blueprint("parts", __name__, url_prefix="/uploads/parts")


@blueprint.post("")
def create() -> ResponseReturnValue:
    """Begins one of `size` bytes, called `name`."""
    size = request.form.get("size", "")
    if not (size.isascii() and size.isdigit() and len(size) < 16):
        abort(400)
    try:
        parts = Parts.begin(line(request.form.get("name"))[:200], int(size), by=current_user.id)
    except media.Refused as refusal:
        return refused([refusal.message], refusal)
    return jsonify(state(parts) | {"part": PART}), 201


@blueprint.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """How much of it is here."""
    return jsonify(state(own(token)))


@blueprint.post("/<token>")
def update(token: str) -> ResponseReturnValue:
    """Takes the part that begins at `offset`. 409 says where the next one begins instead."""
    parts = own(token)
    offset = request.args.get("offset", "")
    if not (offset.isascii() and offset.isdigit() and len(offset) < 16):
        abort(400)
    db.session.rollback()  # nobody waits for the lock while somebody sends
    try:
        parts.append(request.stream, int(offset), request.headers.get("Content-Digest", ""))
    except OutOfStep:
        return jsonify(state(own(token))), 409
    except media.Refused as refusal:
        return refused([refusal.message], refusal)
    return jsonify(state(parts))


@blueprint.post("/<token>/upload")
def finish(token: str) -> ResponseReturnValue:
    """All parts are here: the file is kept, and told of as any other."""
    parts = own(token)
    try:
        with parts.received() as sent:
            upload, _is_new = keep(sent, parts.name)
    except OutOfStep:
        return jsonify(state(parts)), 409
    except media.Refused as refusal:
        db.session.rollback()
        said = _("“%(name)s” was not kept. %(reason)s", name=parts.name, reason=refusal.message)
        return refused([said], refusal)
    return jsonify(told(upload)), 201


def own(token: str) -> Parts:
    return Parts.find(token, by=current_user.id) or abort(404)


def state(parts: Parts) -> dict[str, object]:
    return {"url": url_for("desk.parts.show", token=parts.token), "offset": parts.offset, "size": parts.size}
