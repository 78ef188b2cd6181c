"""Submissions: pieces that readers offer. One that is accepted becomes a draft."""

from typing import Any

from flask import Blueprint, url_for
from flask_login import current_user
from sqlalchemy import ColumnElement

from broadsheet.blueprints.api import inbox
from broadsheet.blueprints.api.listing import choice_parameter, wanted_choice
from broadsheet.blueprints.api.operations import Created, Input, operation
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import POST, NewestSave
from broadsheet.extensions import db
from broadsheet.forms.submissions import AcceptanceForm
from broadsheet.models import Submission
from broadsheet.models.submission import SubmissionState
from broadsheet.web.problems import Problem

blueprint = Blueprint("submissions", __name__, url_prefix="/submissions")

SUBMISSION = Representation(
    "Submission",
    "A piece that somebody offers.",
    (
        *inbox.SHARED[:3],
        attribute("title", str),
        *inbox.SHARED[3:],
        attribute("state", SubmissionState, "What was decided."),
        attribute("post_id", int, "The draft that was made of it.", or_null=True),
    ),
)


def in_state(_asked: str) -> ColumnElement[bool]:
    return Submission.state == wanted_choice("state", SubmissionState)


inbox.put_on(
    blueprint,
    Submission,
    SUBMISSION,
    filters={"state": in_state},
    parameters=(choice_parameter("state", "Only these.", SubmissionState),),
)


@blueprint.post("/<int:id>/acceptance")
@operation(
    "Accept a submission",
    description="A draft is made of it; a second time it is the same draft. `author` is the id of whoever is "
    "named over it, 0 a new byline of the sender's name; left out, it is whoever has the sender's name or "
    "address.",
    takes=Input(AcceptanceForm),
    gives=POST,
    status=201,
    example={"author": 0},
)
def accept(id: int) -> Created:
    submission = held_or_404(id)
    form = filled(AcceptanceForm, submission)
    post = submission.accept(current_user._get_current_object(), form.byline)
    db.session.flush()
    return Created(POST.of(NewestSave(post)), url_for("api.posts.show", id=post.id, _external=True))


@blueprint.put("/<int:id>/refusal")
@operation("Decline a submission", description="The sender is not told: send a reply.", gives=SUBMISSION)
def decline(id: int) -> dict[str, Any]:
    submission = held_or_404(id)
    if submission.state == SubmissionState.ACCEPTED:
        raise Problem(409, "It was accepted before: its draft can be deleted.")
    submission.decline()
    db.session.flush()
    return SUBMISSION.of(submission)


@blueprint.delete("/<int:id>/refusal")
@operation("Take a refusal back", description="It waits again.", status=204)
def reconsider(id: int) -> None:
    held_or_404(id).reconsider()


def held_or_404(id: int) -> Submission:
    submission: Submission = db.one_or_404(db.select(Submission).where(Submission.id == id).with_for_update())
    demand_match(SUBMISSION, submission)
    return submission
