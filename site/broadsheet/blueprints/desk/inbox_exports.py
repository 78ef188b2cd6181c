"""Messages or submissions as a table for spreadsheets: what the list shows, searched as it is."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _
from sqlalchemy import Engine, Select

from broadsheet.blueprints.desk.incoming import NOUN, IncomingList
from broadsheet.database import reading
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.lib.csv_export import csv_lines
from broadsheet.models import Message, Submission
from broadsheet.web.filters import timestamp

blueprint = Blueprint("inbox_exports", __name__)

AT_ONCE = 200  # rows; a piece may have 200,000 characters


@blueprint.get(f"{NOUN}.csv")
def show(noun: str) -> Response:
    listing = IncomingList(noun)
    columns = columns_of(noun)
    lines = csv_lines(columns, rows(db.engine, listing.query(), listing.kind, list(columns.values())))
    answer = Response(lines, mimetype="text/csv")
    name = f"{noun}-{clock.now():%Y-%m-%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


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


def rows(engine: Engine, query: Select[Any], kind: Any, columns: list[Any]) -> Iterator[list[Any]]:
    """The newest first, a handful at a time: however slowly they are fetched, no transaction stays open."""
    last = None
    while True:
        part = query.with_only_columns(*columns).order_by(kind.id.desc()).limit(AT_ONCE)
        if last is not None:
            part = part.where(kind.id < last)
        with reading(), engine.connect() as connection:
            found = connection.execute(part).all()
        for row in found:
            yield [written(cell) for cell in row]
        if len(found) < AT_ONCE:
            return
        last = found[-1][0]


def written(cell: Any) -> Any:
    if isinstance(cell, bool):
        return int(cell)
    return timestamp(cell) if hasattr(cell, "astimezone") else cell
