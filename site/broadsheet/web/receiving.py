"""What comes in: how much of it, and where it lies until it is looked at.

A file that somebody uploads never stands in memory: what is larger than a mouthful goes to the disk on which
it would stay, in a file without a name, so that a crash leaves nothing behind.
"""

import tempfile
from contextlib import ExitStack
from typing import IO, Any, cast

from flask import Flask, abort, current_app, request, session
from flask import Request as FlaskRequest
from sqlalchemy.orm import joinedload

from broadsheet import media
from broadsheet.config import LARGEST_TEXT, MEGABYTE
from broadsheet.database import reading
from broadsheet.extensions import db
from broadsheet.models import Ability, UserSession
from broadsheet.web.access import ACCESS, guard
from broadsheet.web.problems import is_for_api

MOUTHFUL = 512 * 1024
LONGEST_ADDRESS = 8000  # as RFC 9110, section 4.1, recommends at least
LENGTHENED = 3  # a byte of a text that is not ASCII takes three in a form
# Several files in one form; the part of a file that a script sends has a bound of its own.
SENT_TO_API = ("api.uploads.create", "api.uploads.replace")
SENT_BY_FORM = ("desk.uploads.create", "desk.replacements.create", *SENT_TO_API)
# A part of one, whose length is known before it is read.
PARTS_FOR_API = ("api.parts.change",)
WITH_A_PICTURE = ("account.profile",)

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
JSON = ("application/json", "application/merge-patch+json")
# What comes to the desk without being a form: a part of a file, sent by a script.
NO_FORM = ("desk.parts.update",)


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
        streams: ExitStack = self.__dict__.setdefault("_streams", ExitStack())
        return streams.enter_context(tempfile.SpooledTemporaryFile(MOUTHFUL, dir=str(place)))

    def close(self) -> None:
        super().close()
        if streams := self.__dict__.get("_streams"):  # those of a form that broke off stand in no `files`
            streams.close()


def init_app(app: Flask) -> None:
    app.request_class = Request
    app.before_request(refuse_unbounded)
    app.before_request(make_room)
    app.before_request(read_form)


def refuse_unbounded() -> None:
    """What has no length may have no end; and where it ends too early, the server does not tell: half a text
    would be taken for the whole. Browsers always name it."""
    has_no_length = request.content_length is None and request.endpoint in SENT_TO_API + PARTS_FOR_API
    if has_no_length or "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        abort(411, "Say how long the body is, in Content-Length.")
    if len(request.full_path) > LONGEST_ADDRESS:
        abort(414)


def make_room() -> None:
    """Anybody may send a text. Large files come from people who may send them: others must not keep the disk
    busy."""
    if is_for_api():
        make_room_for_program()
        return
    if "_user_id" not in session:
        return
    request.max_content_length = max(LENGTHENED * LARGEST_TEXT, current_app.config["MAX_CONTENT_LENGTH"])
    largest = largest_file()
    if largest and (request.content_length or 0) > request.max_content_length:
        demand_ability()
        request.max_content_length = max(largest + LARGEST_TEXT, request.max_content_length)


def make_room_for_program() -> None:
    """Its token is known by now, and what it may not send is refused before anything is read."""
    largest = largest_file()
    if largest and (request.content_length or 0) > LARGEST_TEXT:
        with reading():
            guard()
            db.session.commit()  # no transaction waits for a body that comes slowly
        request.max_content_length = largest + LARGEST_TEXT


def largest_file() -> int:
    """That this address takes."""
    settings = current_app.config["BROADSHEET"]
    if request.endpoint in SENT_BY_FORM:
        return int(max(settings.max_media_size, settings.max_upload_size)) * MEGABYTE
    return int(settings.max_upload_size) * MEGABYTE if request.endpoint in WITH_A_PICTURE else 0


def demand_ability() -> None:
    """Before anything is read: the cookie outlives its session, and not everybody may upload."""
    with reading():
        current = UserSession.current(str(session["_user_id"])).options(joinedload(UserSession.user))
        found = db.session.scalar(current)
        user = found.user if found is not None and found.user.is_active else None
        is_able = user is not None and user.can(cast(Ability, ACCESS[request.endpoint or ""]))
        db.session.commit()  # no transaction waits for a body that comes slowly
    if not is_able:
        abort(403 if user else 401)


def read_form() -> None:
    """Before the database is asked for the first time: who writes to it holds its lock from then on, and
    whoever sends something slowly would keep everybody else waiting. To the API that is whatever it calls
    itself, but for files, which go to the disk as they come."""
    if request.endpoint is None:
        return
    if is_for_api() and request.endpoint not in SENT_TO_API + PARTS_FOR_API:
        request.get_data()
    elif request.method == "POST" or request.endpoint in SENT_BY_FORM:
        refuse_what_is_no_form(request.endpoint)
        _form = request.form


def refuse_what_is_no_form(endpoint: str) -> None:
    """At the desk it would be taken for a form in which nothing was filled in, and so for an empty text."""
    is_form = not request.mimetype or request.mimetype in FORMS
    if endpoint.startswith("desk.") and endpoint not in NO_FORM and not is_form:
        abort(415)
