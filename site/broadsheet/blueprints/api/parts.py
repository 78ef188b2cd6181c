"""Large files, sent in parts, so that a broken connection costs one part and not the whole."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import current_user

from broadsheet.blueprints.api.fields import Kind
from broadsheet.blueprints.api.files import (
    AS_THEY_ARE,
    BYTES,
    STATUSES,
    named,
    refusals_told,
    refuse_other_than_bytes,
)
from broadsheet.blueprints.api.listing import wanted_number
from broadsheet.blueprints.api.operations import FIELDS, Created, Input, Parameter, operation, shown
from broadsheet.blueprints.api.reading import body, refuse_strange
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.uploads import UPLOAD, kept
from broadsheet.extensions import db
from broadsheet.forms.keeping import keep
from broadsheet.media.parts import PART, OutOfStep, Parts
from broadsheet.web.problems import Problem

blueprint = Blueprint("parts", __name__, url_prefix="/uploads/parts")


def address(parts: Parts) -> str:
    return url_for("api.parts.show", token=parts.token, _external=True)


HALF_SENT = Representation(
    "HalfSentFile",
    "A file of which not all has come yet. What nobody finishes is thrown away after a day.",
    (
        attribute("url", str, "Where its parts are sent to.", get=address),
        attribute("name", str),
        attribute("size", int, "How many bytes it will have."),
        attribute("offset", int, "How many are here: where the next part begins."),
        attribute("part", int, "How many a part has at most.", get=lambda one: PART),
    ),
)
LARGEST = 10**15  # bytes; how many the site takes is said when they are begun
KINDS = {
    "name": Kind({"type": ["string"]}, "a text"),
    "size": Kind({"type": ["integer"]}, f"a whole number of at most {LARGEST}", most=LARGEST),
}
ABOUT = Input(
    schema={
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "size": {"type": "integer", "minimum": 1, "description": "In bytes."},
        },
        "required": ["size"],
        "additionalProperties": False,
    }
)


@blueprint.post("")
@operation(
    "Begin a file in parts",
    takes=ABOUT,
    gives=HALF_SENT,
    status=201,
    statuses=STATUSES,
    example={"name": "harbour.mp4", "size": 300_000_000},
)
def create() -> Created:
    sent = body()
    refuse_strange(sent, KINDS)
    if (sent.get("size") or 0) < 1:
        raise Problem(422, "Nothing is begun.", errors=[("/size", "Say how many bytes it has.")])
    with refusals_told():
        parts = Parts.begin(named(sent.get("name")), sent["size"], by=current_user.id)
    return Created(HALF_SENT.of(parts), address(parts))


@blueprint.get("/<token>")
@operation("Read how much of a file is here", gives=HALF_SENT, parameters=(FIELDS,))
def show(token: str) -> dict[str, Any]:
    return shown(HALF_SENT, own(token))


@blueprint.patch("/<token>")
@operation(
    "Send a part of a file",
    description="The bytes that begin at `offset`. 409 says where the next part begins instead. A "
    "Content-Digest (RFC 9530, sha-256) is checked.",
    takes=Input(bodies={AS_THEY_ARE: BYTES}),
    gives=HALF_SENT,
    statuses=STATUSES,
    parameters=(
        Parameter(
            "offset", "Where the part begins, in bytes.", {"type": "integer", "minimum": 0}, required=True
        ),
    ),
    heeds_match=False,
)
def change(token: str) -> dict[str, Any]:
    parts = own(token)
    refuse_other_than_bytes(f"Send the bytes alone, as {AS_THEY_ARE}.")
    offset = wanted_number("offset", None, 0, LARGEST)
    db.session.commit()  # nobody waits for the lock while somebody sends
    with refusals_told():
        try:
            parts.append(request.stream, offset, request.headers.get("Content-Digest", ""))
        except OutOfStep:
            raise out_of_step(token) from None
    return HALF_SENT.of(parts)


@blueprint.post("/<token>/upload")
@operation(
    "Finish a file in parts",
    description="All parts are here: it is kept, as if it had come at once.",
    gives=UPLOAD,
    status=201,
    statuses=STATUSES | {200: "It was here already."},
)
def finish(token: str) -> Created:
    parts = own(token)
    with refusals_told():
        try:
            with parts.received() as sent:
                upload, is_new = keep(sent, parts.name)
        except OutOfStep:
            raise out_of_step(token) from None
    return kept(upload, is_new=is_new)


def own(token: str) -> Parts:
    found = Parts.find(token, by=current_user.id)
    if found is None:
        raise Problem(404, "No such file is being sent by you: it is kept by now, or was thrown away.")
    return found


def out_of_step(token: str) -> Problem:
    parts = own(token)
    words = "The part does not begin where the last one ended, or did not arrive whole. Go on at `offset`."
    return Problem(409, words, offset=parts.offset)
