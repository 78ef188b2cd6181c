"""A call that changes something is done once, however often its answer gets lost.

Whoever sends an `Idempotency-Key` with a POST gets for the same key and the same request the same answer
again (draft-ietf-httpapi-idempotency-key-header-07). The answer is kept in the transaction that does the
work: either both are there, or neither is.
"""

import hashlib
import re
from collections.abc import Callable

from flask import Response, g, request

from broadsheet.extensions import db
from broadsheet.models import IdempotencyKey
from broadsheet.web.problems import Problem
from broadsheet.web.receiving import JSON

HEADER = "Idempotency-Key"
LONGEST = 255
KEY = re.compile(rf"[!-~]{{1,{LONGEST}}}")
KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Link")


def once(work: Callable[[], Response]) -> Response:
    """Does the work and commits it, unless its key tells that it is done."""
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        response = work()
        db.session.commit()
        return response
    refuse_odd(key)
    if known := IdempotencyKey.find(g.api_token, key):
        return again(known)
    response = work()
    if response.status_code < 400:
        keep(key, response)
    db.session.commit()
    return response


def refuse_odd(key: str) -> None:
    if not KEY.fullmatch(key):
        words = f"Write 1 to {LONGEST} letters, digits or signs of ASCII without spaces, such as a UUID."
        raise Problem(400, "The key of this request cannot be kept.", errors=[(HEADER, words)])


def again(known: IdempotencyKey) -> Response:
    if known.fingerprint != fingerprint():
        words = "Another request was sent with this key. Give each one of its own."
        raise Problem(422, "Nothing was done.", errors=[(HEADER, words)])
    if known.status == 409:
        raise Problem(409, "It was done already. Its answer held a secret, which is told only once.")
    return Response(known.body, known.status, {**known.headers, "Idempotent-Replayed": "true"})


def keep(key: str, response: Response) -> None:
    # What holds a secret says so, and no secret is kept for the sake of a retry.
    is_secret = response.cache_control.no_store
    IdempotencyKey.keep(
        g.api_token,
        key,
        fingerprint=fingerprint(),
        status=409 if is_secret else response.status_code,
        headers={name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
        body="" if is_secret else response.get_data(as_text=True),
    )


def fingerprint() -> str:
    """By which a request is known again. A file is not read a second time: its length stands for it."""
    body = request.get_data() if request.mimetype in JSON else str(request.content_length).encode()
    said = f"{request.method} {request.full_path} {request.mimetype}\n".encode()
    return hashlib.sha256(said + body).hexdigest()
