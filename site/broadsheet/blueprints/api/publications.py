"""Publications: a post or page becomes public, now or at a time, and is taken back."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response
from werkzeug.datastructures import MultiDict

from broadsheet.blueprints.api.contents import contradicted, form_of
from broadsheet.blueprints.api.fields import kinds_of
from broadsheet.blueprints.api.operations import Input, in_json, operation, shown, wanted_fields
from broadsheet.blueprints.api.preconditions import demand_match, etag_of
from broadsheet.blueprints.api.reading import body_if_any, filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import address
from broadsheet.extensions import db
from broadsheet.forms.concerns import Concern, concerns_of_saving
from broadsheet.forms.content import ContentForm
from broadsheet.forms.saving import rendered_apart, store
from broadsheet.models.content import State
from broadsheet.web.kinds import Content, Kind, editable_or_404, held_or_404, require_publisher
from broadsheet.web.public_address import absolute_url

MENTION = Representation(
    "Mention",
    "A text that is concerned.",
    (
        attribute("title", str),
        attribute("url", str, "Where it is edited.", get=lambda one: absolute_url(one.url)),
    ),
)
CONCERN = Representation(
    "Concern",
    "What whoever publishes should know. It forbids nothing.",
    (
        attribute("kind", str),
        attribute("field", str, "Where it can be mended; empty: elsewhere."),
        attribute("text", str),
        attribute("texts", [MENTION], get=lambda one: list(one.mentions)),
    ),
)
PUBLICATION = Representation(
    "Publication",
    "Whether readers see a text, and until when.",
    (
        attribute("state", State),
        attribute("url", str, "Where readers find it, or will.", get=address),
        attribute("published_at", datetime, "Of a draft: the date that it will bear.", or_null=True),
        attribute("expires_at", datetime, "From then on readers no longer see it.", or_null=True),
        attribute("version", int, "Of the newest save."),
        attribute("shown_version", int, "Of what readers see, or would."),
        attribute("has_held_changes", bool, "Whether there is a newer save that readers do not see yet."),
        attribute(
            "concerns",
            [CONCERN],
            "What readers would stumble over. Told when it is published, and only then.",
            get=lambda one: [],
        ),
    ),
)
SENT = ("published_at", "expires_at")


def put_on(blueprint: Blueprint, kind: Kind) -> None:
    word = kind.kind
    form: Any = form_to_publish(kind)
    others = tuple(name for name in kinds_of(form) if name not in SENT)

    @blueprint.get("/<int:id>/publication")
    @operation(f"Read whether readers see a {word}", gives=PUBLICATION)
    def show_publication(id: int) -> dict[str, Any]:
        return shown(PUBLICATION, editable_or_404(kind, id))

    @blueprint.put("/<int:id>/publication")
    @operation(
        f"Publish a {word}",
        description="What was saved last is what readers see from now on, or from `published_at` on, until "
        "`expires_at`. What is left out stays as it was saved; null takes it away. No text is saved here. "
        "Whoever may not publish gets 403, and can send it for review.",
        takes=Input(form, others, may_be_missing=True),
        gives=PUBLICATION,
        example={"expires_at": "2099-12-31T23:00:00Z"},
    )
    def publish(id: int) -> Response:
        content = held_or_404(kind, id)
        require_publisher(content)
        demand_match(PUBLICATION, content)
        sent = filled(form, content, sent=body_if_any(), but=others)
        return answer(content, published(content, sent))

    @blueprint.delete("/<int:id>/publication")
    @operation(
        f"Unpublish a {word}",
        description="It is a draft again, which says what was saved last; readers no longer see it.",
        status=204,
    )
    def unpublish(id: int) -> None:
        content = held_or_404(kind, id)
        require_publisher(content)
        demand_match(PUBLICATION, content)
        content.unpublish()


def form_to_publish(kind: Kind) -> type[ContentForm]:
    """It demands what readers need."""
    return type(f"{kind.__name__}PublicationForm", (form_of(kind),), {"to_publish": True})


def published(content: Content, form: ContentForm) -> list[Concern]:
    # What others save while it is rendered is published as well.
    form.version.process(MultiDict({"version": str(content.version)}))
    document = rendered_apart(content, form.body.data, form.language.data)
    demand_match(PUBLICATION, content)
    found = concerns_of_saving(content, form, to_publish=True, document=document)
    merged = store(content, form, to_publish=True, document=document)
    if merged.conflicts:
        raise contradicted(content, merged)
    content.publish(form.published_at.data)
    db.session.flush()
    return found


def answer(content: Content, found: list[Concern]) -> Response:
    said = PUBLICATION.of(content)
    whole = said | {"concerns": [CONCERN.of(one) for one in found]}
    response = in_json({name: whole[name] for name in wanted_fields(PUBLICATION, PUBLICATION.names)})
    response.set_etag(etag_of(said))  # of what the next GET says
    return response
