"""What people uploaded, sent to browsers. No query: the address says where the file is.

Only what is not there asks the database: a size that nobody wanted yet is made, and the address of a file
that was replaced leads to the new one.
"""

import re
from os.path import isfile
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, request, send_from_directory
from flask.typing import ResponseReturnValue

from broadsheet import media
from broadsheet.lib.lazy import lazily
from broadsheet.models import Upload
from broadsheet.web.headers import written

if TYPE_CHECKING:
    from broadsheet.lib import svg
else:
    svg = lazily("broadsheet.lib.svg")

blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")

# An address never gets other bytes: it carries the hash of what was sent.
MAX_AGE = 365 * 24 * 3600
KEY = re.compile(r"[0-9a-f]{16}/[a-z0-9][a-z0-9.-]*(\.[a-z0-9]+)", re.ASCII)
# A drawing is a document: opened by itself it must not run or fetch anything. A browser that opens a film by
# itself writes a page around it, which plays only that.
POLICY = written(
    {
        "default-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "media-src": "'self'",
        "sandbox": "allow-same-origin",  # but no script; a film's page asks for the film as itself
    }
)


@blueprint.get("/<path:key>")
def show(key: str) -> ResponseReturnValue:
    known = KEY.fullmatch(key)
    if not known or known[1] not in media.MEDIA_TYPES:
        abort(404)
    ending = known[1]
    # Path.is_file would raise an OSError at a name that is too long.
    if not isfile(media.folder() / key) and not media.rendition(key):
        upload = Upload.at(key)
        if upload is None or upload.key == key:
            abort(404)
        return redirect(upload.path, 302)  # not for ever: a replacement can be taken back
    response = (ending == ".svg" and plain(key)) or send_from_directory(
        media.folder(), key, mimetype=media.MEDIA_TYPES[ending], conditional=True, max_age=MAX_AGE
    )
    response.cache_control.immutable = True
    response.headers["Content-Security-Policy"] = POLICY
    if ending not in media.SHOWN:
        response.headers.set("Content-Disposition", "attachment", filename=key.rpartition("/")[2])
    return response


def plain(key: str) -> Response | None:
    """A drawing that was kept when styles were left in: with attributes in their place, since the policy
    would hold back the styles. None for any other."""
    content = (media.folder() / key).read_bytes()
    if b" style=" not in content:
        return None
    response = Response(svg.sanitise(content)[0], mimetype=media.MEDIA_TYPES[".svg"])
    response.cache_control.public, response.cache_control.max_age = True, MAX_AGE
    response.add_etag()
    response.make_conditional(request)
    return response
