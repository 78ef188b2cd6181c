"""Preview links, which show a draft to somebody without an account."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, url_for
from flask_login import current_user

from broadsheet.blueprints.api.listing import by, list_parameters, page
from broadsheet.blueprints.api.operations import Created, Input, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import body_if_any, filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import BYLINE
from broadsheet.extensions import db
from broadsheet.forms.preview_links import PreviewLinkForm
from broadsheet.models import PreviewLink
from broadsheet.models.preview_link import LinkState
from broadsheet.web import preview_links
from broadsheet.web.kinds import Content, Kind, editable_or_404, held_or_404

LINK = (
    attribute("id", int),
    attribute("label", str, "Whom it is for."),
    attribute("state", LinkState, "`ended`: who made it may no longer show the text, or it is trashed."),
    attribute("revision_id", int, "null: it shows the newest save, always.", or_null=True),
    attribute("may_note", bool, "Whether guests may leave notes."),
    attribute("created_at", datetime),
    attribute("created_by", BYLINE, or_null=True),
    attribute("expires_at", datetime),
    attribute("revoked_at", datetime, or_null=True),
    attribute("seen_at", datetime, "When somebody looked last.", or_null=True),
)
PREVIEW_LINK = Representation("PreviewLink", "A link that shows a draft for a while.", LINK)
NEW_PREVIEW_LINK = Representation(
    "NewPreviewLink",
    "A link that shows a draft, with its address.",
    (
        *LINK,
        attribute("url", str, "Who has it sees the draft. Told only now.", get=preview_links.address),
    ),
)
ORDERS = {"id": by(PreviewLink.id, int)}


def put_on(blueprint: Blueprint, kind: Kind) -> None:
    word, many = kind.kind, f"{kind.kind}s"

    @blueprint.get("/<int:id>/preview-links")
    @operation(
        f"List the preview links of a {word}",
        gives=PREVIEW_LINK,
        lists=True,
        parameters=list_parameters(ORDERS, "-id"),
    )
    def list_preview_links(id: int) -> Response:
        query = PreviewLink.to(editable_or_404(kind, id)).order_by(None)
        return page(query, PREVIEW_LINK, orders=ORDERS, default="-id", id_column=PreviewLink.id)

    @blueprint.post("/<int:id>/preview-links")
    @operation(
        f"Make a preview link of a {word}",
        description="Keep its `url`: it is not told again. `revision` is the id of one as a text; without it "
        "the link shows the newest save, always. It works for a week, or for as many days as `lifetime` "
        "says, or until `expires_at`.",
        takes=Input(PreviewLinkForm, may_be_missing=True),
        gives=NEW_PREVIEW_LINK,
        status=201,
        example={"label": "For Vic", "lifetime": "30", "may_note": True},
    )
    def create_preview_link(id: int) -> Created:
        content = held_or_404(kind, id)
        form = filled(PreviewLinkForm, content, sent=body_if_any())
        link = PreviewLink.create(
            content,
            by=current_user._get_current_object(),
            expires_at=form.end,
            label=form.label.data or "",
            revision=form.revisions.get(form.revision.data),
            may_note=bool(form.may_note.data),
        )
        db.session.flush()
        where = url_for(f"api.{many}.show_preview_link", id=id, link_id=link.id, _external=True)
        return Created(NEW_PREVIEW_LINK.of(link), where, is_secret=True)

    @blueprint.get("/<int:id>/preview-links/<int:link_id>")
    @operation(f"Read a preview link of a {word}", gives=PREVIEW_LINK)
    def show_preview_link(id: int, link_id: int) -> dict[str, Any]:
        return shown(PREVIEW_LINK, link_or_404(editable_or_404(kind, id), link_id))

    @blueprint.put("/<int:id>/preview-links/<int:link_id>/revocation")
    @operation(f"Revoke a preview link of a {word}", gives=PREVIEW_LINK)
    def revoke_preview_link(id: int, link_id: int) -> dict[str, Any]:
        link = held(kind, id, link_id)
        link.revoke()
        return PREVIEW_LINK.of(link)

    @blueprint.delete("/<int:id>/preview-links/<int:link_id>/revocation")
    @operation(f"Reinstate a preview link of a {word}", description="Its address works again.", status=204)
    def reinstate_preview_link(id: int, link_id: int) -> None:
        held(kind, id, link_id).reinstate()


def held(kind: Kind, id: int, link_id: int) -> PreviewLink:
    link = link_or_404(held_or_404(kind, id), link_id)
    demand_match(PREVIEW_LINK, link)
    return link


def link_or_404(content: Content, id: int) -> PreviewLink:
    return db.one_or_404(PreviewLink.to(content).where(PreviewLink.id == id))
