"""Files that come in: as a form, or as their bytes alone; and what is said of those that are not kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from flask import request
from werkzeug.http import parse_options_header

from broadsheet import media
from broadsheet.extensions import db
from broadsheet.web.fields import line
from broadsheet.web.problems import Problem
from broadsheet.web.receiving import FORMS, JSON

BYTES: dict[str, Any] = {"type": "string", "format": "binary"}
AS_FORM, AS_THEY_ARE = "multipart/form-data", "application/octet-stream"
MOMENT = 60  # seconds after which there may be room again
STATUSES = {
    411: "Say how long it is, in Content-Length.",
    503: "There is no room for it at present; `Retry-After` says when to try again.",
}


def form_schema(**beside: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"file": BYTES, **beside},
        "required": ["file"],
        "additionalProperties": False,
    }


def sent_file() -> tuple[IO[bytes], str, dict[str, Any]]:
    """The stream, the name of the file, and what the form says beside it. Nothing of it is in memory."""
    if request.mimetype == AS_FORM:
        return in_form()
    refuse_other_than_bytes(
        f"Send a file: as {AS_FORM}, or its bytes alone with a Content-Type of their own."
    )
    disposition = parse_options_header(request.headers.get("Content-Disposition", ""))[1]
    return request.stream, named(disposition.get("filename") or request.args.get("name")), {}


def refuse_other_than_bytes(words: str) -> None:
    if request.mimetype in (*JSON, *FORMS):
        raise Problem(415, words)


def in_form() -> tuple[IO[bytes], str, dict[str, Any]]:
    files = [(name, one) for name, one in request.files.items(multi=True) if one.filename or name == "file"]
    if [name for name, _one in files] != ["file"]:
        raise Problem(422, "Send one file.", errors=[("/file", "One file is wanted here, and no other.")])
    return files[0][1].stream, named(files[0][1].filename), request.form.to_dict()


def named(name: str | None) -> str:
    return line(name)[:200]


@contextmanager
def refusals_told() -> Iterator[None]:
    """What is not kept is a problem: 413, 503 or 422."""
    try:
        yield
    except media.Refused as refusal:
        db.session.rollback()
        if isinstance(refusal, media.NotNow):
            raise Problem(503, str(refusal.message), headers={"Retry-After": str(MOMENT)}) from refusal
        raise Problem(413 if isinstance(refusal, media.TooLarge) else 422, str(refusal.message)) from refusal
