"""Errors: what went wrong on the side of the server lately, each with the id that its reader was shown."""

from itertools import islice

from flask import Blueprint, current_app, render_template, request

from broadsheet.lib.error_log import ErrorLog

blueprint = Blueprint("errors", __name__, url_prefix="/errors")

SHOWN = 100


@blueprint.get("")
def index() -> str:
    """All of them, or those of one request."""
    wanted = request.args.get("id", "").strip()
    problems = (one for one in kept().newest_first() if not wanted or wanted in one.request_id)
    return render_template(
        "desk/errors/index.html", problems=list(islice(problems, SHOWN)), wanted=wanted, most=SHOWN
    )


def kept() -> ErrorLog:
    errors: ErrorLog = current_app.extensions["broadsheet_errors"]
    return errors
