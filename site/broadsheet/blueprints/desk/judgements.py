"""Judgements: a person says whether a message or submission is spam, and the filter learns from it."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broadsheet.blueprints.desk.inbox_selections import do_to_one
from broadsheet.blueprints.desk.incoming import NOUN

blueprint = Blueprint("judgements", __name__)


@blueprint.post(f"{NOUN}/<int:id>/judgement")
def create(noun: str, id: int) -> ResponseReturnValue:
    """`spam` is "no" for what is none."""
    if request.form.get("spam") == "no":
        return do_to_one(
            noun, id, "ham", lambda title: _("“%(title)s” is no spam; the filter has learned.", title=title)
        )
    return do_to_one(
        noun, id, "spam", lambda title: _("“%(title)s” is spam; the filter has learned.", title=title)
    )
