"""Messages or submissions as a table for spreadsheets: what the list shows, searched as it is."""

from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from broadsheet.blueprints.desk.incoming import NOUN, IncomingList
from broadsheet.extensions import db
from broadsheet.models import Message, Submission
from broadsheet.web.downloads import csv_download, in_portions
from broadsheet.web.filters import timestamp

blueprint = Blueprint("inbox_exports", __name__)

AT_ONCE = 200  # rows; a piece may have 200,000 characters


@blueprint.get(f"{NOUN}.csv")
def show(noun: str) -> Response:
    listing = IncomingList(noun)
    columns = columns_of(noun)
    query = listing.query().with_only_columns(*columns.values())
    rows = in_portions(query, db.engine, by=listing.kind.id, size=AT_ONCE)
    return csv_download(noun, columns, (map(written, row) for row in rows))


def columns_of(noun: str) -> dict[str, Any]:
    own = (
        {_("Subject"): Message.subject, _("Message"): Message.body, _("Read"): Message.read_at}
        if noun == "messages"
        else {_("Title"): Submission.title, _("Text"): Submission.body, _("State"): Submission.state}
    )
    kind: Any = Message if noun == "messages" else Submission
    return {
        _("Number"): kind.id,
        _("Received"): kind.created_at,
        _("Name"): kind.name,
        _("E-mail"): kind.email,
        **own,
        _("Answered"): kind.answered_at,
        _("Spam"): kind.is_spam,
        _("Spam score"): kind.spam_score,
        _("In the trash since"): kind.trashed_at,
    }


def written(cell: Any) -> Any:
    if isinstance(cell, bool):
        return int(cell)
    return timestamp(cell) if hasattr(cell, "astimezone") else cell
