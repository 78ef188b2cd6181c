"""What comes in: how much of it, and where it lies until it is looked at.

A file that somebody uploads never stands in memory: what is larger than a mouthful goes to the disk on which
it would stay, in a file without a name, so that a crash leaves nothing behind.
"""

import tempfile
from typing import IO, Any

from flask import Flask, abort, current_app, request, session
from flask import Request as FlaskRequest

from broadsheet import media
from broadsheet.config import LARGEST_TEXT, MEGABYTE

MOUTHFUL = 512 * 1024
LONGEST_ADDRESS = 8000  # as RFC 9110, section 4.1, recommends at least
LENGTHENED = 3  # a byte of a text that is not ASCII takes three in a form
# Several files in one form; the part of a file that a script sends has a bound of its own.
SENT_BY_FORM = ("desk.uploads.create", "desk.replacements.create")
WITH_A_PICTURE = ("account.profile",)


class Request(FlaskRequest):
    # Forms come as forms. Flask-WTF would read one out of JSON as well, with lists and numbers where the
    # fields expect text, and as deep as somebody nests it.
    is_json = False

    def _load_form_data(self) -> None:
        super()._load_form_data()
        # Where no form takes a file, one would stand where a field expects text, such as a password.
        if self.endpoint not in SENT_BY_FORM + WITH_A_PICTURE:
            for _name, file in self.__dict__["files"].items(multi=True):
                file.close()
            self.__dict__["files"] = self.parameter_storage_class()

    def _get_file_stream(self, *_args: Any, **_kwargs: Any) -> IO[bytes]:
        place = media.incoming()
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return tempfile.SpooledTemporaryFile(MOUTHFUL, dir=str(place))


def init_app(app: Flask) -> None:
    app.request_class = Request
    app.before_request(refuse_unbounded)
    app.before_request(make_room)
    app.before_request(read_form)


def refuse_unbounded() -> None:
    """What has no length may have no end; and where it ends too early, the server does not tell: half a text
    would be taken for the whole. Browsers always name it."""
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        abort(411)
    if len(request.full_path) > LONGEST_ADDRESS:
        abort(414)


def make_room() -> None:
    """Anybody may send a text. Large files come from people who are signed in: strangers must not keep the
    disk busy."""
    if "_user_id" not in session:
        return
    settings, most = current_app.config["BROADSHEET"], LENGTHENED * LARGEST_TEXT
    if request.endpoint in SENT_BY_FORM:
        most = max(settings.max_media_size, settings.max_upload_size) * MEGABYTE + LARGEST_TEXT
    elif request.endpoint in WITH_A_PICTURE:
        most = settings.max_upload_size * MEGABYTE + LARGEST_TEXT
    request.max_content_length = max(most, current_app.config["MAX_CONTENT_LENGTH"])


def read_form() -> None:
    """Before the database is asked for the first time: who writes to it holds its lock from then on, and
    whoever sends a form slowly would keep everybody else waiting. A body that is no form is not touched."""
    if request.endpoint is not None and request.method == "POST":
        _form = request.form
