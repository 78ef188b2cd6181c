"""Comparisons: what differs between any two revisions, in the source and as readers see it, word by word."""

from flask import Blueprint, abort, render_template, request

from broadsheet.blueprints.desk.comparing import particulars
from broadsheet.blueprints.desk.revisions import revision_or_404
from broadsheet.lib.diffing import differences
from broadsheet.lib.rendered_diffing import rendered_differences
from broadsheet.web.kinds import Kind, editable_or_404

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
    before = content.proof(title=old.title, summary=old.summary, body=old.body, language=old.language)
    after = content.proof(title=new.title, summary=new.summary, body=new.body, language=new.language)
    return render_template(
        "desk/comparisons/show.html",
        content=content,
        old=old,
        new=new,
        latest=latest,
        lines=differences(old.body, new.body),
        html=rendered_differences(before.html, after.html) if before.html != after.html else "",
        particulars=[one for one in particulars(content, old, new) if one.differs],
    )
