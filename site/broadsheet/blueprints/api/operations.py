"""A call of the API: what it takes and gives, said once beside its view. The view's answer is made here, and
what it did is committed here, once, with the answer that a retry will get."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from broadsheet.blueprints.api.idempotency import once
from broadsheet.blueprints.api.preconditions import etag_of
from broadsheet.blueprints.api.representing import Representation
from broadsheet.web.headers import is_for_everybody, know_query
from broadsheet.web.lifecycle import READ_METHODS
from broadsheet.web.problems import MEDIA_TYPE as PROBLEM
from broadsheet.web.problems import Problem, written


@dataclass(frozen=True)
class Parameter:
    """What may stand in the query. `schema` is one of JSON Schema."""

    name: str
    description: str
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})
    required: bool = False


@dataclass(frozen=True)
class Input:
    """The body of a call: the fields of a form but those named in `but`; or a schema of its own."""

    form: Any = None
    but: Sequence[str] = ()
    schema: dict[str, Any] | None = None
    media_types: Sequence[str] = ("application/json",)
    required: Sequence[str] = ()
    may_be_missing: bool = False  # no body is an empty one
    # In place of all that: the schema of each media type, where they differ.
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """`gives` is None where the answer has no body; `statuses` are those that are of this call alone."""

    summary: str
    description: str = ""
    takes: Input | None = None
    gives: Representation | None = None
    lists: bool = False
    status: int = 200
    parameters: Sequence[Parameter] = ()
    statuses: dict[int, str] = field(default_factory=dict)
    media_types: Sequence[str] = ("application/json",)
    example: dict[str, Any] | None = None
    heeds_match: bool = True  # If-Match, where the method has it
    is_kept: bool = True  # for whoever sends it again with the same key


@dataclass(frozen=True)
class Created:
    """201, and where it stands from now on. `body` is what the representation gives."""

    body: dict[str, Any]
    location: str
    status: int = 201
    is_secret: bool = False  # told this once: kept by nobody on the way, nor for the sake of a retry


FIELDS = Parameter(
    "fields",
    "Only these attributes, divided by commas, as in `id,title`.",
    {"type": "string", "examples": ["id"]},
)


def operation(
    summary: str, **told: Any
) -> Callable[[Callable[..., Any]], Callable[..., ResponseReturnValue]]:
    """Marks a view as a call of the API. It returns what its representation gives (200), Created (201), None
    (204) or a whole Response. It does not commit; what takes files in or in parts does, and says why."""
    what = Operation(summary, **told)
    if what.gives is not None and FIELDS not in what.parameters and what.status == 200:
        what = Operation(summary, **(told | {"parameters": (*what.parameters, FIELDS)}))

    def mark(view: Callable[..., Any]) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def call(**values: Any) -> ResponseReturnValue:
            refuse_unknown_parameters(what)
            refuse_other_types(what)
            if request.method in READ_METHODS:
                return read(what, view(**values))
            if what.takes is None:
                refuse_body()
            if not what.is_kept:
                return response_of(what, view(**values))
            return once(lambda: response_of(what, view(**values)))

        call.operation = what  # type: ignore[attr-defined]  # read by document/
        return call

    return mark


def refuse_unknown_parameters(what: Operation) -> None:
    """A slip in a name would else be taken for a filter that finds everything."""
    known = [parameter.name for parameter in what.parameters]
    errors = [(f"?{name}", unknown(known)) for name in request.args if name not in known]
    errors += [
        (f"?{name}", "It stands in the address more than once.")
        for name in known
        if len(request.args.getlist(name)) > 1
    ]
    if errors:
        raise Problem(400, "The address asks for something that this call does not know.", errors=errors)


def refuse_other_types(what: Operation) -> None:
    """406 (RFC 9110, section 15.5.7): better than an answer that cannot be read."""
    accepted = request.accept_mimetypes
    if accepted and what.status != 204 and not accepted.best_match([*what.media_types, PROBLEM], default=""):
        raise Problem(406, f"It can be had as {' or '.join(what.media_types)}.")


def refuse_body() -> None:
    """A call that takes nothing heeds nothing: whoever sends something must not take it for heard."""
    if request.get_data().strip() not in (b"", b"{}"):
        raise Problem(400, "This call takes no body. Send none, or an empty object.")


def unknown(known: Sequence[str]) -> str:
    return f"Not known here. Known are: {', '.join(known)}." if known else "This call takes no parameters."


def read(what: Operation, result: Any) -> Response:
    response = response_of(what, result)
    response.vary.update(("Accept", "Authorization"))
    if not current_user.is_authenticated and response.mimetype == "application/json":
        is_for_everybody()
        # Of `fields` there are too many orders, and long texts among them.
        if len(request.args) == 1 and FIELDS.name not in request.args:
            know_query(next(iter(request.args)))
    if response.status_code == 200 and "ETag" not in response.headers and not response.is_streamed:
        response.add_etag()
    response.make_conditional(request)
    if response.status_code == 412:
        raise Problem(412, "It is not, or no longer, what If-Match names.")
    return response


def response_of(what: Operation, result: Any) -> Response:
    if isinstance(result, Response):
        return result
    if result is None:
        response = current_app.response_class(status=204)
        del response.headers["Content-Type"]  # of nothing
        return response
    created = result if isinstance(result, Created) else None
    body = created.body if created else result
    response = in_json(as_asked(what, body), created.status if created else what.status)
    if created:
        response.headers["Location"] = created.location
        if created.is_secret:
            response.cache_control.no_store = True
            return response  # its ETag would be of more than reading it gives
    is_cut = "fields" in request.args and request.method in READ_METHODS
    if not what.lists and not is_cut:  # whoever changes something has seen all of it
        response.set_etag(etag_of(body))
    return response


def as_asked(what: Operation, body: dict[str, Any]) -> dict[str, Any]:
    """After a change `fields` leaves out of the answer what a reading view has not even asked for."""
    if what.gives is None or "fields" not in request.args or request.method in READ_METHODS:
        return body
    return {name: body[name] for name in wanted_fields(what.gives, what.gives.names)}


def in_json(body: Any, status: int = 200) -> Response:
    response: Response = current_app.response_class(written(body), status, mimetype="application/json")
    return response


def wanted_fields(shape: Representation, default: Sequence[str]) -> Sequence[str]:
    """What `?fields=` asks for."""
    asked = request.args.get("fields")
    if asked is None:
        return default
    names = [name for part in asked.split(",") if (name := part.strip())]
    strange = [name for name in names if name not in shape.names]
    if strange or not names:
        known = ", ".join(shape.names)
        words = f"There is no attribute “{strange[0][:40]}”." if strange else "It names no attribute."
        raise Problem(
            400, "What is asked for is not known.", errors=[("?fields", f"{words} There are: {known}.")]
        )
    return names


def shown(shape: Representation, subject: Any) -> dict[str, Any]:
    """The representation of one thing, as far as it is asked for."""
    return shape.of(subject, wanted_fields(shape, shape.names))
