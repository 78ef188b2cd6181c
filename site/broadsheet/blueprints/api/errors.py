"""Errors: what went wrong on the side of the server lately. They lie in a file, which is short."""

from datetime import datetime
from itertools import islice

from flask import Blueprint, Response, current_app, request

from broadsheet.blueprints.api.listing import list_parameters, wanted_limit
from broadsheet.blueprints.api.operations import FIELDS, Parameter, in_json, operation, wanted_fields
from broadsheet.blueprints.api.representing import Representation, attribute
from broadsheet.lib.error_log import ErrorLog

blueprint = Blueprint("errors", __name__, url_prefix="/errors")

ERROR = Representation(
    "Error",
    "What went wrong.",
    (
        attribute("at", datetime),
        attribute("request_id", str, "The reference that the reader was shown; empty: in the background."),
        attribute("logger", str, "Which part of the server tells of it."),
        attribute("message", str),
        attribute("cause", str, "The exception, in a line."),
        attribute("trace", str, "The way to it through the code.", large=True),
    ),
)
LIMIT = next(one for one in list_parameters({}, "") if one.name == "limit")


@blueprint.get("")
@operation(
    "List what went wrong lately",
    description="The newest first. The server's own log has all of them.",
    gives=ERROR,
    lists=True,
    parameters=(LIMIT, Parameter("request_id", "The reference that a reader was shown."), FIELDS),
)
def index() -> Response:
    errors: ErrorLog = current_app.extensions["broadsheet_errors"]
    names, limit, wanted = (
        wanted_fields(ERROR, ERROR.small),
        wanted_limit(),
        request.args.get("request_id"),
    )
    found = (one for one in errors.newest_first() if wanted in (None, one.request_id))
    return in_json({"items": [ERROR.of(one, names) for one in islice(found, limit)], "next": None})
