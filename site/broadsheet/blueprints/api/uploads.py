"""Uploads: listed, sent at once, described, replaced, deleted when unused. Large ones in parts (`parts`).

What is sent goes to the disk as it comes, while no transaction waits; what is kept is committed at once.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from flask import Blueprint, Response, request, url_for
from sqlalchemy import Select, not_

from broadsheet import media
from broadsheet.blueprints.api.contents import reader
from broadsheet.blueprints.api.files import (
    AS_FORM,
    AS_THEY_ARE,
    BYTES,
    STATUSES,
    form_schema,
    refusals_told,
    sent_file,
)
from broadsheet.blueprints.api.listing import (
    by,
    choice_parameter,
    list_parameters,
    page,
    wanted_choice,
    wanted_flag,
)
from broadsheet.blueprints.api.operations import FIELDS, Created, Input, Parameter, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled, refuse_strange
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import BYLINE, address
from broadsheet.extensions import db
from broadsheet.forms.keeping import KeptAlready, keep, own, put_in_place, take_back
from broadsheet.forms.uploads import DescriptionForm
from broadsheet.models import Page, Post, Upload, UploadAlias, User
from broadsheet.models.upload import Sort
from broadsheet.models.upload_use import is_used, is_used_anywhere, is_used_by_the_site, what_uses
from broadsheet.web.problems import Problem
from broadsheet.web.public_address import absolute_url

DIGEST = 16  # characters, with which a key begins

blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")

UPLOAD = Representation(
    "Upload",
    "A file of the library.",
    (
        attribute("id", int, "Its number, which never changes."),
        attribute("name", str),
        attribute("kind", Sort, get=lambda one: one.sort),
        attribute("path", str, "As texts and forms name it."),
        attribute("url", str, get=address),
        attribute("media_type", str),
        attribute("size", int, "In bytes."),
        attribute("width", int, "In pixels.", or_null=True),
        attribute("height", int, "In pixels.", or_null=True),
        attribute("seconds", float, "How long a film or a sound is, where it says so.", or_null=True),
        attribute("alt", str, "What it shows, for those who do not see it."),
        attribute("markdown", str, "How a text shows it."),
        attribute("created_at", datetime),
        attribute("uploaded_by", BYLINE, "Who sent it; null if the account is gone.", or_null=True),
    ),
)
USE = Representation(
    "UseOfUpload",
    "Something that shows a file.",
    (
        attribute("kind", str, "post, page, person, tag, series, or site: the footer and the look of it."),
        attribute("id", int, or_null=True),
        attribute("title", str),
        attribute("url", str),
    ),
)
USES = Representation(
    "UsesOfUpload",
    "Where a file is used now. Earlier versions of a text do not count.",
    (
        attribute("is_used", bool, "Also where you may not look.", get=is_used_anywhere),
        attribute("places", [USE], get=lambda one: list(places_of(one))),
    ),
)
FORMER = Representation(
    "FormerFile",
    "What an upload was before it was replaced.",
    (
        attribute("digest", str, "By which it is taken back.", get=lambda one: one.key[:DIGEST]),
        attribute("media_type", str, get=lambda one: one.former["media_type"]),
        attribute("size", int, "In bytes.", get=lambda one: one.former["size"]),
        attribute("replaced_at", datetime, get=lambda one: one.created_at),
        attribute("is_kept", bool, "Whether it can still be taken back."),
    ),
)

ORDERS = {
    "created_at": by(Upload.created_at, datetime),
    "name": by(Upload.name, str),
    "size": by(Upload.size, int),
    "id": by(Upload.id, int),
}
FORMER_ORDERS = {"replaced_at": by(UploadAlias.created_at, datetime)}
DESCRIBED = Input(DescriptionForm)
FILE = Input(bodies={AS_FORM: form_schema(), AS_THEY_ARE: BYTES})
NEW_FILE = Input(bodies={AS_FORM: form_schema(alt={"type": "string", "maxLength": 1000}), AS_THEY_ARE: BYTES})


@blueprint.get("")
@operation(
    "List uploads",
    gives=UPLOAD,
    lists=True,
    parameters=(
        *list_parameters(ORDERS, "-created_at"),
        choice_parameter("kind", "Of one kind.", Sort),
        Parameter("q", "Only those with these words in the name or the description."),
        Parameter("used", "Whether anything shows it.", {"type": "boolean"}),
        Parameter("described", "Whether it has a description.", {"type": "boolean"}),
    ),
)
def index() -> Response:
    return page(
        wanted(),
        UPLOAD,
        orders=ORDERS,
        default="-created_at",
        id_column=Upload.id,
        options=(db.joinedload(Upload.uploaded_by),),
    )


@blueprint.post("")
@operation(
    "Send a file",
    description="As a form (multipart/form-data) with `file` and, if you like, `alt`; or the bytes alone, "
    "with their own Content-Type. Then its name is that of Content-Disposition or of `name`. What it is, its "
    "bytes say. A file that is here already is not kept twice: 200, with what is known of it.",
    takes=NEW_FILE,
    gives=UPLOAD,
    status=201,
    statuses=STATUSES | {200: "It was here already."},
    parameters=(
        Parameter("name", "Of a file that comes alone."),
        Parameter("alt", "Of a file that comes alone: what it shows."),
    ),
)
def create() -> Created:
    stream, name, said = sent_file()
    form = filled(DescriptionForm, sent=beside(said))
    db.session.commit()  # nobody waits for the lock while somebody sends
    with refusals_told(), media.received(stream) as sent:
        upload, is_new = keep(sent, name, form.alt.data)
    return kept(upload, is_new=is_new)


@blueprint.get("/<int:id>")
@operation("Read about an upload", gives=UPLOAD, parameters=(FIELDS,))
def show(id: int) -> dict[str, Any]:
    return shown(UPLOAD, db.get_or_404(Upload, id))


@blueprint.get("/<int:id>/uses")
@operation("Read where an upload is used", gives=USES)
def uses(id: int) -> dict[str, Any]:
    return shown(USES, db.get_or_404(Upload, id))


@blueprint.patch("/<int:id>")
@operation(
    "Describe an upload",
    description="A text that uses it may say it anew.",
    takes=DESCRIBED,
    gives=UPLOAD,
    example={"alt": "Three boats in the harbour."},
)
def change(id: int) -> dict[str, Any]:
    upload = own(id)
    demand_match(UPLOAD, upload)
    upload.describe(filled(DescriptionForm, upload).alt.data)
    db.session.flush()
    return UPLOAD.of(upload)


@blueprint.delete("/<int:id>")
@operation("Delete an upload", description="For good; only one that nothing uses.", status=204)
def destroy(id: int) -> None:
    upload = db.one_or_404(db.select(Upload).where(Upload.id == id).with_for_update())
    demand_match(UPLOAD, upload)
    if is_used_anywhere(upload):
        raise Problem(409, "It is still used. Take it out of the texts first: …/uses names them.")
    upload.delete()


@blueprint.put("/<int:id>/file")
@operation(
    "Replace a file",
    description="By another one of its kind, in every text that shows it. Name and description stay. For "
    "some days it can be taken back.",
    takes=FILE,
    gives=UPLOAD,
    statuses=STATUSES,
)
def replace(id: int) -> dict[str, Any]:
    upload = own(id)
    demand_match(UPLOAD, upload)
    stream, _name, said = sent_file()
    refuse_strange(said, {})
    with refusals_told():
        try:
            upload = put_in_place(upload, stream, still=lambda one: demand_match(UPLOAD, one))
        except KeptAlready as already:
            if already.upload.id != id:
                raise
            upload = already.upload  # sent once more
    db.session.flush()
    return UPLOAD.of(upload)


@blueprint.get("/<int:id>/replacements")
@operation(
    "List what a file was before",
    gives=FORMER,
    lists=True,
    parameters=list_parameters(FORMER_ORDERS, "-replaced_at"),
)
def replacements(id: int) -> Response:
    upload = db.get_or_404(Upload, id)
    query = db.select(UploadAlias).where(UploadAlias.upload_id == upload.id)
    return page(query, FORMER, orders=FORMER_ORDERS, default="-replaced_at", id_column=UploadAlias.id)


@blueprint.delete("/<int:id>/replacements/<digest>")
@operation(
    "Take the last replacement back",
    description="The former file is in its place again, and the present one is what it was before.",
    gives=UPLOAD,
    statuses={422: "The former file is no longer kept."},
)
def restore(id: int, digest: str) -> dict[str, Any]:
    upload = own(id)
    demand_match(UPLOAD, upload)
    former = db.select(UploadAlias).where(
        UploadAlias.upload_id == id, UploadAlias.key.startswith(f"{digest}/", autoescape=True)
    )
    alias = db.first_or_404(former.order_by(UploadAlias.id.desc()).limit(1))
    if alias is not upload.last_replaced():
        raise Problem(409, "Only the last replacement can be taken back; one by one, the earlier ones, too.")
    with refusals_told():
        take_back(upload, alias)
    db.session.flush()
    return UPLOAD.of(upload)


# -- what is asked for


def wanted() -> Select[Any]:
    query = db.select(Upload).where(Upload.matching(request.args.get("q", "")[:200]))
    if kind := wanted_choice("kind", Sort):
        query = query.where(Upload.is_a(Sort(kind)))
    used, described = wanted_flag("used"), wanted_flag("described")
    if used is not None:
        query = query.where(is_used() if used else not_(is_used()))
    if described is not None:
        query = query.where(Upload.alt != "" if described else Upload.alt == "")
    return query


def kept(upload: Upload, *, is_new: bool) -> Created:
    where = url_for("api.uploads.show", id=upload.id, _external=True)
    return Created(UPLOAD.of(upload), where, status=201 if is_new else 200)


def beside(said: dict[str, Any]) -> dict[str, Any]:
    """What is said of a file that comes alone stands in the address."""
    return said or {name: request.args[name] for name in ("alt",) if name in request.args}


class Place(NamedTuple):
    kind: str
    id: int | None
    title: str
    url: str


def places_of(upload: Upload) -> Iterator[Place]:
    for one in what_uses(upload, reader()):
        kind = "person" if isinstance(one, User) else one.kind
        title = one.title if isinstance(one, Post | Page) else one.name
        yield Place(kind, one.id, title, address(one))
    if is_used_by_the_site(upload):
        yield Place("site", None, "", absolute_url("/"))
