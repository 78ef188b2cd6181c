"""Tags, and what merges two of them."""

from typing import Any

from flask import Blueprint

from broadsheet import signals
from broadsheet.blueprints.api.fields import WHOLE, Kind
from broadsheet.blueprints.api.operations import Input, operation
from broadsheet.blueprints.api.reading import body, refuse_strange
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.blueprints.api.topics import NAMED, TAG, held, put_on
from broadsheet.extensions import db
from broadsheet.models import Event, Tag
from broadsheet.web.problems import Problem

blueprint = Blueprint("tags", __name__, url_prefix="/tags")

put_on(blueprint, Tag, TAG)

# Without the counts: while posts change hands, not every database knows them.
TAG_NAME = Representation("TagName", "A tag, without its posts.", NAMED)
MERGE = Representation(
    "TagMerge",
    "What became of a tag that was merged into another one.",
    (
        attribute("id", int, "By which it is taken back."),
        attribute("posts", int, "How many posts had the tag that is gone."),
        attribute("into", TAG_NAME, "The tag that they have now."),
    ),
)
INTO = Kind({"type": ["integer"]}, f"the number of a tag, {WHOLE},")
TAKES_INTO = Input(
    schema={
        "type": "object",
        "properties": {"into": {"type": "integer", "description": "The number of the tag that stays."}},
        "required": ["into"],
        "additionalProperties": False,
    }
)


@blueprint.post("/<int:id>/merge")
@operation(
    "Merge a tag into another one",
    description="Its posts have the other tag from then on, its address leads there, and it is gone.",
    takes=TAKES_INTO,
    gives=MERGE,
    example={"into": 2},
)
def merge(id: int) -> dict[str, Any]:
    tag = held(Tag, id)
    other = the_other(tag)
    event = tag.merge_into(other)
    db.session.flush()
    return {"id": event.id, "posts": event.details["posts"], "into": TAG_NAME.of(other)}


@blueprint.delete("/<int:id>/merge/<int:merge_id>")
@operation(
    "Take a merge of tags back",
    description="The tag that was gone stands again, with a new number, at those of its posts that still "
    "have the other one; the address is that of the other one.",
    gives=TAG_NAME,
    heeds_match=False,
)
def separate(id: int, merge_id: int) -> dict[str, Any]:
    event = db.get_or_404(Event, merge_id)
    if event.action != signals.tag_merged.name or event.details.get("into_id") != id:
        raise Problem(404, "No such merge led to this tag.")
    tag = Tag.separate(event)
    if tag is None:
        raise Problem(409, "It can no longer be taken back: one of the tags is gone, or the name is taken.")
    return TAG_NAME.of(tag)


def the_other(tag: Tag) -> Tag:
    sent = body()
    refuse_strange(sent, {"into": INTO})
    other = db.session.get(Tag, sent.get("into") or 0)
    if other is None or other is tag:
        words = "That is the tag itself." if other else "Name the tag that stays, by its number."
        raise Problem(422, "It cannot be merged so.", errors=[("/into", words)])
    return other
