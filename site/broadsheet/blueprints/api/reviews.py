"""Reviews: an author sends a text, an editor publishes it (publications.py) or returns it with a note."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload

from broadsheet.blueprints.api.contents import form_of
from broadsheet.blueprints.api.fields import kinds_of
from broadsheet.blueprints.api.listing import by, list_parameters, page
from broadsheet.blueprints.api.operations import Created, Input, operation, shown
from broadsheet.blueprints.api.preconditions import demand_match
from broadsheet.blueprints.api.reading import body_if_any, filled
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.shapes import BYLINE
from broadsheet.extensions import db
from broadsheet.models import Review
from broadsheet.models.review import Outcome
from broadsheet.web.kinds import Content, Kind, editable_or_404, held_or_404
from broadsheet.web.problems import Problem

REVIEW = Representation(
    "Review",
    "Somebody asks an editor to look at a text.",
    (
        attribute("id", int),
        attribute("version", int, "That was sent."),
        attribute("question", str, "What the editor should look at."),
        attribute("created_at", datetime),
        attribute("requested_by", BYLINE, or_null=True),
        attribute("outcome", Outcome, "null: it waits.", or_null=True),
        attribute("answer", str, "The note with which it was returned."),
        attribute("decided_at", datetime, or_null=True),
        attribute("decided_by", BYLINE, or_null=True),
    ),
)
ORDERS = {"id": by(Review.id, int)}
PEOPLE = joinedload(Review.requested_by), joinedload(Review.decided_by)


def put_on(blueprint: Blueprint, kind: Kind) -> None:
    word, form = kind.kind, form_of(kind)
    form_to_return: Any = type(f"{kind.__name__}ReturnForm", (form,), {"to_return": True})

    def all_but(sent: str) -> tuple[str, ...]:
        return tuple(name for name in kinds_of(form_to_return) if name != sent)

    @blueprint.get("/<int:id>/reviews")
    @operation(
        f"List the reviews of a {word}", gives=REVIEW, lists=True, parameters=list_parameters(ORDERS, "-id")
    )
    def list_reviews(id: int) -> Response:
        query = editable_or_404(kind, id).reviews.select().order_by(None)
        return page(query, REVIEW, orders=ORDERS, default="-id", id_column=Review.id, options=PEOPLE)

    @blueprint.post("/<int:id>/reviews")
    @operation(
        f"Send a {word} for review",
        description="An editor is to look at what was saved last, and publishes it or returns it with a "
        "note. Sent again while a review waits, that one follows. 409 if readers see all of it already.",
        takes=Input(form, all_but("question"), may_be_missing=True),
        gives=REVIEW,
        status=201,
        example={"question": "Is the second paragraph fair?"},
    )
    def request_review(id: int) -> Created:
        content = held_or_404(kind, id)
        sent = filled(form, content, sent=body_if_any(), but=all_but("question"))
        if not content.has_unseen:
            raise Problem(409, "Readers see all of it already: there is nothing to review.")
        review = content.request_review(by=current_user._get_current_object(), question=sent.question.data)
        db.session.flush()
        return Created(REVIEW.of(review), address(content, review))

    @blueprint.get("/<int:id>/reviews/<int:review_id>")
    @operation(f"Read a review of a {word}", gives=REVIEW)
    def show_review(id: int, review_id: int) -> dict[str, Any]:
        content = editable_or_404(kind, id)
        query = content.reviews.select().where(Review.id == review_id).options(*PEOPLE)
        return shown(REVIEW, db.one_or_404(query))

    @blueprint.post("/<int:id>/reviews/return")
    @operation(
        f"Return a {word} that waits for review",
        description="With a note that says what is to be done. The text stays as it is.",
        takes=Input(form, all_but("answer"), required=("answer",)),
        gives=REVIEW,
        example={"answer": "Please name the source."},
    )
    def return_review(id: int) -> dict[str, Any]:
        content = held_or_404(kind, id)
        sent = filled(form_to_return, content, but=all_but("answer"))
        review = waiting(content)
        review.return_(by=current_user._get_current_object(), note=sent.answer.data)
        return REVIEW.of(review)

    @blueprint.post("/<int:id>/reviews/withdrawal")
    @operation(f"Take a {word} back from review", gives=REVIEW)
    def withdraw_review(id: int) -> dict[str, Any]:
        review = waiting(held_or_404(kind, id))
        review.withdraw(by=current_user._get_current_object())
        return REVIEW.of(review)


def waiting(content: Content) -> Review:
    review = content.waiting_review()
    if review is None:
        raise Problem(409, "No review waits here: nobody has asked for one, or it has been answered.")
    demand_match(REVIEW, review)
    return review


def address(content: Content, review: Review) -> str:
    return url_for(f"api.{content.kind}s.show_review", id=content.id, review_id=review.id, _external=True)
