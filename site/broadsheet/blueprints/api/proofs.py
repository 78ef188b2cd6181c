"""Proofs: what the pipeline makes of a text, which is not stored."""

from typing import Any

from flask import Blueprint
from flask_login import current_user
from werkzeug.exceptions import TooManyRequests

from broadsheet.blueprints.api.fields import kinds_of
from broadsheet.blueprints.api.operations import Input, operation
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.forms.content import PostForm
from broadsheet.forms.saving import rendered_apart
from broadsheet.models import Post
from broadsheet.web import limits

blueprint = Blueprint("proofs", __name__, url_prefix="/proofs")

HEADING = Representation(
    "Heading",
    "One line of the contents.",
    (
        attribute("id", str, "The place in the text, without #.", get=lambda one: one["id"]),
        attribute("title", str, get=lambda one: one["title"]),
        attribute("level", int, "2 or 3.", get=lambda one: one["level"]),
    ),
)
PROOF = Representation(
    "Proof",
    "A text as readers would see it.",
    (
        attribute("html", str),
        attribute("contents", [HEADING], get=lambda one: one.toc),
        attribute("excerpt", str, "How it begins."),
        attribute("word_count", int),
        attribute("troubles", [str], "What cannot be shown as it is meant."),
        attribute("undescribed", [str], "Pictures that say nothing to those who do not see them."),
    ),
)
OTHERS = tuple(name for name in kinds_of(PostForm) if name not in ("body", "language"))


@blueprint.post("")
@operation(
    "See what a text would look like",
    description="Nothing is stored.",
    takes=Input(PostForm, OTHERS),
    gives=PROOF,
    statuses={429: "Too many requests; `Retry-After` says when."},
    example={"body": "## First\n\nSome *text*.", "language": "en"},
)
def create() -> dict[str, Any]:
    if wait := limits.count(limits.PREVIEWS, "preview", str(current_user.id)):
        raise TooManyRequests(retry_after=wait)
    form = filled(PostForm, Post(), but=OTHERS)
    return PROOF.of(rendered_apart(Post(), form.body.data, form.language.data))
