"""Concerns (forms/concerns.py) at the desk: told once; pressed again, it is done all the same."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broadsheet.forms.concerns import Concern, concerns_of_saving
from broadsheet.lib import markdown
from broadsheet.web.errors import wants_json
from broadsheet.web.kinds import Content

CONFIRMED = "confirmed"
ALWAYS = ("1", "on", "yes", "true")  # a program that knows what it does


def worries(
    content: Content, form: Any, *, to_publish: bool, document: markdown.Document | None = None
) -> bool:
    """Whether there is something the writer should know first; the form then tells it. `document` is what the
    pipeline already made of the text."""
    found = concerns_of_saving(content, form, to_publish=to_publish, document=document)
    if are_confirmed(found):
        return False
    form.concerns, form.confirmation = found, digest(found)
    return True


def unless_confirmed(content: Content, found: Sequence[Concern], again: str) -> ResponseReturnValue | None:
    """The page that tells of the concerns and offers to do it `again`, until that was pressed."""
    if are_confirmed(found):
        return None
    if wants_json():
        return told(found, digest(found))
    page = render_template(
        "desk/concerns/show.html", content=content, concerns=found, digest=digest(found), again=again
    )
    return page, 422


def told(
    found: Iterable[Concern], confirmation: str, errors: Mapping[str, Any] | None = None
) -> ResponseReturnValue:
    """To a program: what is wrong, by field, and what is only of concern. Sent again with `confirmed`, the
    concerns stop nothing."""
    detail = _("Nothing is done yet: please look at this first")
    concerns = [
        {"kind": one.kind, "field": one.field, "text": one.text, "texts": [m._asdict() for m in one.mentions]}
        for one in found
    ]
    answer = {"status": 422, "detail": detail, "errors": errors or {}, "concerns": concerns}
    return jsonify(answer | ({CONFIRMED: confirmation} if concerns else {})), 422


def are_confirmed(found: Sequence[Concern]) -> bool:
    """Whether the writer has seen just these and pressed again."""
    return not found or request.form.get(CONFIRMED, "") in (*ALWAYS, digest(found))


def digest(found: Iterable[Concern]) -> str:
    """Names a set of concerns: other ones, found meanwhile, are shown first."""
    return hashlib.sha256("\n".join(f"{one.kind} {one.text}" for one in found).encode()).hexdigest()[:16]
