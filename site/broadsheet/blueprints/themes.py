"""The files that a theme brings: pictures, letters, scripts."""

from flask import Blueprint, abort, request, send_from_directory
from flask.typing import ResponseReturnValue

from broadsheet.web.themes import load

blueprint = Blueprint("themes", __name__, url_prefix="/theme")

MAX_AGE = 365 * 24 * 3600


@blueprint.get("/<name>/<path:filename>")
def show(name: str, filename: str) -> ResponseReturnValue:
    """Only what was found in the theme's own folder: the path is looked up, not followed."""
    theme = load(name)
    if theme is None or not theme.is_usable or filename not in theme.files:
        abort(404)
    lasts = MAX_AGE if request.args.get("v") == theme.files[filename] else None
    return send_from_directory(theme.folder / "static", filename, max_age=lasts)
