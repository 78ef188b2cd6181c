"""Previews: a post or page as readers will see it, made by the very pipeline and the very template."""

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import TooManyRequests

from broadsheet.forms.content import form_for
from broadsheet.models import Correction, Visitor
from broadsheet.web import limits
from broadsheet.web.kinds import Content, Kind, editable_or_404, held_or_new

blueprint = Blueprint("previews", __name__)

TEMPLATES = {"post": "posts/show.html", "page": "pages/show.html"}


@blueprint.get("/<kind:kind>/<int:id>/preview")
def show(kind: Kind, id: int) -> ResponseReturnValue:
    content = editable_or_404(kind, id)
    return page(content.proof(remarks=True), content, is_saved=True)


@blueprint.post("/<kind:kind>/new/preview", defaults={"id": None})
@blueprint.post("/<kind:kind>/<int:id>/preview")
def create(kind: Kind, id: int | None) -> ResponseReturnValue:
    """Of what stands in the editor, saved or not, right or wrong. Nothing is stored. A `live` one, which the
    editor shows beside the text, has blocks that say in which line of the text they begin."""
    if wait := limits.count(limits.PREVIEWS, "preview", str(current_user.id)):
        raise TooManyRequests(retry_after=wait)
    content = held_or_new(kind, id) if id is None else editable_or_404(kind, id)
    form = form_for(content)
    form.validate()
    proof = content.proof(lines="live" in request.form, remarks=True, **form.changes())
    return page(proof, content, is_saved=False)


def page(proof: Content, content: Content, *, is_saved: bool) -> Response:
    html = render_template(
        "desk/previews/show.html",
        public_template=TEMPLATES[proof.kind],
        current_user=Visitor(),  # sees no way to the desk
        **{proof.kind: proof},
        corrections=Correction.told_with(content) if content.id else [],
        content=content,
        is_saved=is_saved,
    )
    response = make_response(html)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
