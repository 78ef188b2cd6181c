"""What comes in as JSON: read strictly, then put into the very form that people fill at the desk, whose rules
judge it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NoReturn, TypeVar

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form

from broadsheet.blueprints.api.fields import Kind, kinds_of
from broadsheet.web.problems import Problem
from broadsheet.web.receiving import JSON

DEEPEST = 32
MOST_TOLD = 50  # of what is wrong
MOST_CHOICES_TOLD = 30

F = TypeVar("F", bound=FlaskForm)


# -- JSON


def body() -> dict[str, Any]:
    """The object that was sent (RFC 8259). 415, 400 or 413 if there is none."""
    if request.mimetype not in JSON:
        raise Problem(
            415,
            "Send JSON, with “Content-Type: application/json”.",
            headers={"Accept-Post" if request.method == "POST" else "Accept-Patch": JSON[0]},
        )
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "Send the body as it is, without a Content-Encoding.")
    try:
        text = request.get_data().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(
            400, f"The body is not UTF-8: byte {error.start} cannot be read (RFC 8259, section 8.1)."
        ) from None
    return an_object(parsed(text))


def body_if_any() -> dict[str, Any]:
    """The same; for calls that need nothing of it, no body is an empty one."""
    return body() if request.content_length else {}


def parsed(text: str) -> Any:
    try:
        sent = json.loads(text, object_pairs_hook=without_duplicates, parse_constant=no_number)
    except RecursionError:
        raise too_deep() from None
    except json.JSONDecodeError as error:
        raise Problem(
            400, f"The body is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from None
    except ValueError as error:  # a number of thousands of digits
        raise Problem(400, f"The body is not JSON that can be read: {error}.") from None
    if deeper_than(sent, DEEPEST):
        raise too_deep()
    if "\\u" in text:
        refuse_halves(sent)
    return sent


def refuse_halves(sent: Any) -> None:
    """Half of a surrogate pair is no character, and no UTF-8 (RFC 8259, section 8.2)."""
    try:
        json.dumps(sent, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Problem(400, "The body holds half of a character: \\ud800 to \\udfff go in pairs.") from None


def an_object(sent: Any) -> dict[str, Any]:
    if not isinstance(sent, dict):
        raise Problem(400, f'The body is {named(sent)}; an object is wanted, as in {{"title": "…"}}.')
    return sent


def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two members of one name nobody knows which is meant (RFC 8259, section 4)."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Problem(400, f"“{name[:40]}” stands in one object twice. Send it once.")
        found[name] = value
    return found


def no_number(constant: str) -> NoReturn:
    raise Problem(400, f"{constant} is no number of JSON (RFC 8259, section 6).")


def deeper_than(sent: Any, levels: int) -> bool:
    inside = sent.values() if isinstance(sent, dict) else sent if isinstance(sent, list) else ()
    return any(levels <= 0 or deeper_than(one, levels - 1) for one in inside if isinstance(one, dict | list))


def too_deep() -> Problem:
    return Problem(400, f"The body is nested deeper than {DEEPEST} levels.")


# -- into a form


def filled(
    make: Callable[..., F],
    *subjects: Any,
    sent: dict[str, Any] | None = None,
    but: Sequence[str] = (),
    whole: bool = False,
) -> F:
    """The form, valid, of what was sent (422 if it is not). What is left out stays as it is stored; with
    `whole`, as PUT has it, it is as if it had been left empty.

    `make` is a class of forms, called with the subjects; the fields in `but` are none that a program sends.
    """
    sent = body() if sent is None else sent
    kinds = {name: kind for name, kind in kinds_of(make).items() if name not in but}
    refuse_strange(sent, kinds)
    if whole:
        sent = {name: None for name, kind in kinds.items() if name != "version"} | sent
    # Never empty, or a list that was sent empty would be taken for none.
    typed = MultiDict([("", ""), *texts(sent, kinds)])
    form = make(*subjects, formdata=typed, meta={"csrf": False})
    if missing := [field for field in form if isinstance(field, FieldList) and field.name not in sent]:
        # A list that nobody sent is not empty.
        stored = make(*subjects, formdata=None, meta={"csrf": False})
        for field in missing:
            typed.update(entries(stored[field.name]))
        form = make(*subjects, formdata=typed, meta={"csrf": False})
    if not form.validate():
        raise invalid(form, sent, kinds)
    return form


def refuse_strange(sent: dict[str, Any], kinds: Mapping[str, Kind], at: str = "") -> None:
    """422 for names that the form does not know, and for values of another type."""
    errors = list(islice(strange(sent, kinds, at), MOST_TOLD))
    if errors:
        raise Problem(422, "Some of it cannot be right. Nothing was stored.", errors=errors)


def strange(sent: dict[str, Any], kinds: Mapping[str, Kind], at: str) -> Iterator[tuple[str, str]]:
    for name, value in sent.items():
        pointer = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"  # RFC 6901
        kind = kinds.get(name)
        if kind is None:
            yield pointer, f"Not known here. Known are: {', '.join(kinds)}."
        elif not kind.is_list:
            if not kind.takes(value):
                yield pointer, f"This is {named(value)}; {kind.words} is wanted."
        elif not isinstance(value, list | None):
            yield pointer, f"This is {named(value)}; {kind.words} is wanted."
        else:
            if (most := kind.schema.get("maxItems")) and len(value or ()) > most:
                yield pointer, f"These are {len(value or ())}; {most} at most can be stored."
            for number, one in enumerate(value or ()):
                if not isinstance(one, dict):
                    yield f"{pointer}/{number}", f"This is {named(one)}; an object is wanted."
                else:
                    yield from strange(one, kind.parts, f"{pointer}/{number}")


def choose(choices: Sequence[Any]) -> str:
    there = [str(one) for one in choices if one is not None]
    told = ", ".join(there[:MOST_CHOICES_TOLD])
    return f"There are: {told}{'' if len(there) <= MOST_CHOICES_TOLD else ' and others'}."


def texts(sent: dict[str, Any], kinds: Mapping[str, Kind], prefix: str = "") -> Iterator[tuple[str, str]]:
    """As a browser would send it."""
    for name, value in sent.items():
        kind = kinds[name]
        if not kind.is_list:
            yield prefix + name, kind.text(value)
            continue
        for number, one in enumerate(value or ()):
            whole = dict.fromkeys(kind.parts) | one  # of what stood at its place before, nothing is kept
            yield from texts(whole, kind.parts, f"{prefix}{name}-{number}-")


def entries(field: FieldList) -> dict[str, str]:
    return {part.name: str(part.data or "") for entry in field for part in entry.form if part.name}


def invalid(form: Form, sent: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Problem:
    """422, with what the form says of each field; of what is no choice, which there are."""
    errors: list[tuple[str, str]] = []
    for name, said in form.errors.items():
        choices = kinds[name].schema.get("enum") if name in kinds else None
        if choices and name in sent and sent[name] not in choices:
            said = [choose(choices)]
        errors += places(f"/{name}" if name else "", said)
    return Problem(422, "Some of it cannot be right. Nothing was stored.", errors=errors)


def places(pointer: str, said: Any) -> Iterator[tuple[str, str]]:
    if isinstance(said, dict):
        for name, inner in said.items():
            yield from places(f"{pointer}/{name}", inner)
        return
    for number, one in enumerate(said):
        if isinstance(one, dict):
            yield from places(f"{pointer}/{number}", one)
        elif one:
            yield pointer, str(one)


def named(value: Any) -> str:
    if value is None:
        return "null"
    names: dict[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
    return names[type(value)]
