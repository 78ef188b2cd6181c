"""Against lost updates: an ETag says which state somebody has seen, If-Match that it is still the same
(RFC 9110, section 13.1)."""

import hashlib
from typing import Any

from flask import json, request
from werkzeug.http import parse_etags

from broadsheet.blueprints.api.representing import Representation
from broadsheet.web.problems import Problem


def etag_of(body: Any) -> str:
    """Of what an answer says, in whatever coding it is sent."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def demand_match(shape: Representation, subject: Any) -> None:
    """Refuses (412) whoever has seen another state than this one, held for writing. Without If-Match the
    newest state is meant."""
    if "If-Match" not in request.headers:
        return
    sent = parse_etags(request.headers["If-Match"])
    # A proxy names its coding behind a hyphen; of an empty tag Werkzeug makes None.
    known = {tag.partition("-")[0] for tag in sent.as_set() if tag}
    if not sent.star_tag and etag_of(shape.of(subject)) not in known:
        raise Problem(
            412,
            "Somebody has changed it since you read it. Nothing was stored. Read it again, look at what is "
            "different, and send your change with the new ETag.",
            errors=[("If-Match", "It names another state than the present one.")],
        )
