"""Calls of the API: JSON of the right types and of others, and what is no JSON, with a token and without."""

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from bench.fuzzing.attempts import LONGEST, Attempt, Part, addresses, multipart
from bench.fuzzing.content import ACTORS
from bench.fuzzing.surface import Target
from bench.fuzzing.values import FILE_NAMES, FILES, NASTY, values
from broadsheet.blueprints.api.document.schemas import of_input
from broadsheet.blueprints.api.operations import Operation
from stage import PASSWORD

JSON = "application/json"
FORM = "multipart/form-data; boundary=----------fuzzing"
# Of no type that a field has: numbers that no database keeps, half a sign, what is too deep.
OTHERS: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**63,
    10**400,
    1e308,
    0.5,
    "",
    "\ud800",
    "\0",
    [],
    [None],
    [[[{}]]],
    {},
    {"": ""},
    {"id": 2**70},
    ["x"] * 2_000,
    json.loads("[" * 40 + "]" * 40),
)
# Of calls that take none.
NO_BODIES = ((b"", ""), (b"", ""), (b"{}", JSON), (b"[1]", JSON), (b"\xff", "x"))
NUMBERS = (1, 0, 2, -1, 60, 2**31, 2**63 - 1, 2**63, 10**400)


@st.composite
def calls(draw: st.DrawFn, target: Target) -> Attempt:
    what: Operation = target.operation
    actor = draw(st.sampled_from((*target.actors[:1] * 12, *target.actors, *ACTORS)))
    path = draw(st.sampled_from(target.addresses))
    if draw(st.integers(0, 4)) == 4:
        path = draw(addresses(target))
    typed = draw(parameters(str(target), what))
    query = "&".join(f"{name}={quote(value[: LONGEST // 9], safe='')}" for name, value in typed)
    body, content_type, sent = draw(bodies(str(target), what))
    headers = (("Content-Type", content_type),) if content_type else ()
    parts: tuple[Part, ...] = tuple(
        (name.encode("utf-8", "replace"), b"", None) for name in (*dict(typed), *sent)
    )
    return Attempt(actor, target.method, path, query.encode(), body, headers + draw(extras()), parts)


def takes(what: Operation) -> set[str]:
    """The names of all that the call has a use for."""
    schemas = of_bodies(what).values()
    return {one.name for one in what.parameters}.union(*(schema.get("properties", ()) for schema in schemas))


def of_bodies(what: Operation) -> dict[str, dict[str, Any]]:
    """The schema of each type that it takes."""
    if what.takes is None:
        return {}
    return what.takes.bodies or dict.fromkeys(what.takes.media_types, of_input(what.takes))


@st.composite
def parameters(draw: st.DrawFn, of: str, what: Operation) -> list[tuple[str, bytes]]:
    names = {one.name: one.schema for one in what.parameters}
    chosen = draw(some(list(names), of_all=1))
    odd = draw(odd_ones(chosen))
    sent = [
        (name, draw(values(f"{of} {name}") if name in odd else written(names[name], of))) for name in chosen
    ]
    return sent + draw(st.sampled_from(([], [], [], [("unknown", b"1")], sent[:1])))


def odd_ones(names: Sequence[str]) -> st.SearchStrategy[Sequence[str]]:
    """Those that are to be of another type: all, none, or one of them."""
    one = [[name] for name in names] or [[]]
    return st.one_of(st.just(names), st.just([]), st.just([]), st.sampled_from(one))


def some(names: list[str], of_all: int) -> st.SearchStrategy[list[str]]:
    """All of them, so many times oftener than a few."""
    if not names:
        return st.just([])
    few = st.lists(st.sampled_from(names), max_size=4, unique=True)
    return st.one_of(*[st.just(names)] * of_all, few)


def written(schema: dict[str, Any], of: str) -> st.SearchStrategy[bytes]:
    def as_text(value: Any) -> bytes:
        if isinstance(value, list):
            return b",".join(map(as_text, value))
        text = value if isinstance(value, str) else json.dumps(value)
        return text.encode("utf-8", "surrogatepass")

    return right(schema, of).map(as_text)


# -- bodies


@st.composite
def bodies(draw: st.DrawFn, of: str, what: Operation) -> tuple[bytes, str, tuple[str, ...]]:
    """A body, its type, and the names in it."""
    schemas = of_bodies(what)
    if not schemas:
        return (*draw(st.sampled_from(NO_BODIES)), ())
    media_type = draw(st.sampled_from(list(schemas)))
    if "json" not in media_type:
        return draw(files(media_type, schemas[media_type], of))
    sent = draw(objects(schemas[media_type], what.example or {}, of))
    return (*draw(st.sampled_from(WAYS))(sent, media_type), tuple(sent))


def _torn(sent: dict[str, Any], media_type: str) -> tuple[bytes, str]:
    return json.dumps(sent).encode()[:-2], media_type


def _as_it_is(sent: dict[str, Any], media_type: str) -> tuple[bytes, str]:
    return json.dumps(sent, ensure_ascii=False).encode("utf-8", "surrogatepass"), media_type


WAYS: tuple[Callable[[dict[str, Any], str], tuple[bytes, str]], ...] = (
    *[lambda sent, media_type: (json.dumps(sent).encode(), media_type)] * 6,  # half signs as \ud800
    _as_it_is,
    _torn,
    *[lambda sent, media_type, nasty=nasty: (nasty, media_type) for nasty in NASTY[::9]],
    lambda sent, media_type: (json.dumps([sent]).encode(), media_type),
    lambda sent, media_type: (json.dumps(sent).encode("utf-16"), media_type),
    lambda sent, media_type: (json.dumps(sent).encode(), f"{media_type}; charset=utf-7"),
    lambda sent, media_type: (json.dumps(sent).encode(), "application/x-www-form-urlencoded"),
    lambda sent, media_type: (b'{"a": 1, "a": NaN}', media_type),
    lambda sent, media_type: (b"", ""),
)


@st.composite
def objects(draw: st.DrawFn, schema: dict[str, Any], example: dict[str, Any], of: str) -> dict[str, Any]:
    """All that it takes, some of it of another type; or what would be taken, with a little else."""
    known: dict[str, Any] = schema.get("properties", {})
    names = draw(some(list(known), of_all=2))
    sent = dict(example) if len(names) < len(known) else {}
    odd = draw(odd_ones(names))
    for name in names:
        of_another = st.one_of(st.sampled_from(OTHERS), values(f"{of} {name}").map(_decoded))
        fitting = st.just(PASSWORD) if name == "own_password" else right(known[name], f"{of} {name}")
        sent[name] = draw(of_another if name in odd else fitting)
    return sent | draw(st.sampled_from(({}, {}, {}, {}, {"unknown": 1}, {"\ud800": {}})))


def right(schema: dict[str, Any], of: str) -> st.SearchStrategy[Any]:
    """Of its type, whatever it says."""
    types = schema.get("type", "object")
    of_type = types if isinstance(types, str) else types[0]
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if of_type == "array":
        return st.lists(right(schema.get("items", {}), of), min_size=1, max_size=3)
    if of_type == "object":
        parts = {name: right(one, f"{of} {name}") for name, one in schema.get("properties", {}).items()}
        return st.fixed_dictionaries(parts)
    if of_type in ("integer", "number"):
        return st.sampled_from(NUMBERS)
    if of_type == "boolean":
        return st.booleans()
    typical = [
        *schema.get("examples", ()),
        "words",
        "a@example.net",
        "https://example.org/x",
        "2026-02-28T00:00:00Z",
    ]
    return st.one_of(st.sampled_from(typical), st.sampled_from(typical), values(of).map(_decoded))


def _decoded(value: bytes) -> str:
    return value.decode("utf-8", "surrogatepass" if b"\xed\xa0" in value else "replace")


@st.composite
def files(
    draw: st.DrawFn, media_type: str, schema: dict[str, Any], of: str
) -> tuple[bytes, str, tuple[str, ...]]:
    content = draw(st.sampled_from(FILES))
    if "form" not in media_type:
        return content, draw(st.sampled_from((media_type, "image/png", "", "\xff/x"))), ()
    names = tuple(schema["properties"])
    sent: list[Part] = [
        (name.encode(), content, draw(st.sampled_from(FILE_NAMES)))
        if name == "file"
        else (name.encode(), draw(values(f"{of} {name}")), None)
        for name in names
    ]
    body = draw(
        st.sampled_from((multipart(sent), multipart(sent), multipart(sent * 2), multipart(sent)[:-40]))
    )
    return body, FORM, names


@st.composite
def extras(draw: st.DrawFn) -> tuple[tuple[str, str], ...]:
    """Headers that a call heeds, and tokens that are none."""
    return draw(
        st.sampled_from(
            (
                *[()] * 12,
                (("Idempotency-Key", "one"),),
                (("Idempotency-Key", "\xff" * 300),),
                (("If-Match", '"x"'),),
                (("If-Match", "*"), ("Accept", "application/json")),
                (("If-Match", "W/\xff,,"), ("If-None-Match", "*")),
                (("Accept", "text/html"),),
                (("Accept", "\xff/*;q=x"), ("Accept-Language", "x-\xff, *;q=9, ar")),
                (("Authorization", "Bearer \xff"),),
                (("Authorization", "Bearer " + "bsh_" * 1_000),),
                (("Authorization", "Basic x"), ("Range", "bytes=5-1")),
                (("Content-Disposition", "attachment; filename*=utf-8''%ff%00"),),
                (("Content-Digest", "sha-256=:x:"), ("Content-Encoding", "gzip")),
                (("X-HTTP-Method-Override", "DELETE"), ("Origin", "null")),
            )
        )
    )
