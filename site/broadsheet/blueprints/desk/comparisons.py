"""Comparisons: what differs between any two revisions, in the source and as readers see it, word by word."""

from flask import Blueprint, abort, render_template, request

from broadsheet.web.comparing import comparison
from broadsheet.web.kinds import Kind, editable_or_404, revision_or_404

blueprint = Blueprint("comparisons", __name__)


@blueprint.get("/<kind:kind>/<int:id>/comparison")
def show(kind: Kind, id: int) -> str:
    """`from` and `to` are the ids of the revisions; without `to` it is the newest save."""
    content = editable_or_404(kind, id)
    latest = content.latest_revision()
    first, second = (request.args.get(name, type=int) for name in ("from", "to"))
    if first is None or latest is None:
        abort(404)
    old, new = revision_or_404(content, first), revision_or_404(content, second or latest.id)
    compared = comparison(content, old, new)
    return render_template(
        "desk/comparisons/show.html",
        content=content,
        old=old,
        new=new,
        latest=latest,
        lines=compared.lines,
        html=compared.html,
        particulars=compared.particulars,
    )
