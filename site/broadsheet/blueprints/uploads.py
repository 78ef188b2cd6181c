"""What people uploaded, sent to browsers. No query: the address says where the file is."""

import re

from flask import Blueprint, abort, send_from_directory
from flask.typing import ResponseReturnValue

from broadsheet import media

blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")

# An address never gets other bytes: it carries the hash of what was sent.
MAX_AGE = 365 * 24 * 3600
KEY = re.compile(r"[0-9a-f]{16}/[a-z0-9][a-z0-9.-]*(\.[a-z]+)", re.ASCII)
# A drawing is a document: opened by itself it must not run or fetch anything.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@blueprint.get("/<path:key>")
def show(key: str) -> ResponseReturnValue:
    known = KEY.fullmatch(key)
    if not known or known[1] not in media.MEDIA_TYPES:
        abort(404)
    response = send_from_directory(
        media.folder(), key, mimetype=media.MEDIA_TYPES[known[1]], conditional=True, max_age=MAX_AGE
    )
    response.cache_control.immutable = True
    response.headers["Content-Security-Policy"] = POLICY
    return response
