"""What is sent: the form that a page would send, with other values, in ways that no browser has."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from hypothesis import strategies as st

from bench.fuzzing.content import ACTORS
from bench.fuzzing.pages import Field
from bench.fuzzing.site import csrf_token
from bench.fuzzing.surface import Target
from bench.fuzzing.values import FILE_NAMES, FILES, NASTY, values

LONGEST = 6_000  # characters of a query, of which the site takes a little more
BOUNDARY = b"------------fuzzing"
PLAIN = "application/x-www-form-urlencoded"

Part = tuple[bytes, bytes, bytes | None]  # name, value, the name of a file if it is one


@dataclass(frozen=True)
class Attempt:
    actor: str
    method: str
    path: str  # percent-encoded
    query: bytes
    body: bytes
    headers: tuple[tuple[str, str], ...]
    typed: tuple[Part, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path[:200]}?{self.query[:200]!r} as {self.actor}, {self.body[:600]!r}"


WAYS = ("plain", "plain", "parts", "parts", "raw", "json", "text", "torn", "none", "charset")


@st.composite
def attempts(draw: st.DrawFn, target: Target) -> Attempt:
    actor = draw(st.sampled_from((*target.actors[:1] * 3, *target.actors, *ACTORS)))
    names = sorted(target.names - {"csrf_token"})
    action, fields = draw(st.sampled_from(target.forms or [(address, []) for address in target.addresses]))
    path, _, query = action.partition("?")
    mode = draw(st.sampled_from(("every", "one", "few", "all as it is", "address")))
    if mode == "address" and target.rule.arguments:
        path = draw(addresses(target))
    typed = draw(mutations(str(target), fields, names, mode))
    if target.method == "GET":
        if draw(st.integers(0, 9)) < 9:  # else the address may be too long to be looked at
            typed = [(name, value[: LONGEST // (3 * len(typed))], named) for name, value, named in typed]
        return Attempt(actor, "GET", path, _query(typed), b"", draw(extras()), tuple(typed))
    token = draw(st.sampled_from((csrf_token(),) * 8 + ("", "nonsense", csrf_token() + "x")))
    sent = [(b"csrf_token", token.encode(), None), *typed]
    body, content_type = draw(bodies(sent))
    headers = (("Content-Type", content_type), ("X-CSRFToken", token))[not content_type :]
    of_query = draw(st.sampled_from((query.encode(), query.encode(), _query(typed[:3]))))
    return Attempt(actor, target.method, path, of_query, body, headers + draw(extras()), tuple(typed))


@st.composite
def mutations(
    draw: st.DrawFn, target: str, fields: Sequence[Field], names: Sequence[str], mode: str
) -> list[Part]:
    """The fields of a form, some with other values, some missing, some twice."""
    kept: list[Part] = [
        (one.name.encode(), one.value.encode(), b"" if one.kind == "file" else None)
        for one in fields
        if one.name != "csrf_token"
    ]
    files = {one.name for one in fields if one.kind == "file"}
    if mode == "all as it is" or not names:
        return kept
    few = {"every": len(names), "one": 1, "few": min(4, len(names))}.get(mode, 1)
    chosen = names if few == len(names) else draw(st.lists(st.sampled_from(names), min_size=1, max_size=few))
    for name in chosen:
        key = name.encode()
        others = [part for part in kept if part[0] != key]
        of_this = [part for part in kept if part[0] == key]
        value = values(f"{target} {name}")
        deed = draw(st.sampled_from(("other", "other", "other", "gone", "twice", "array", "many", "file")))
        if deed == "gone":
            kept = others
        elif deed == "twice":
            kept = [*others, *of_this, (key, draw(value), None), *of_this]
        elif deed == "array":
            end = draw(st.sampled_from((b"[]", b"[0]", b"[a][b]", b"-0", b"-999999999999999999999", b".x")))
            kept = [*others, (key + end, draw(value), None)]
        elif deed == "many":
            kept = [*others, *[(key, draw(value), None)] * draw(st.sampled_from((3, 300)))]
        elif deed == "file" or name in files:
            named, content = draw(st.sampled_from(FILE_NAMES)), draw(st.sampled_from(FILES))
            kept = [*others, (key, content, named)]
        else:
            kept = [*others, (key, draw(value), None)]
    return kept


@st.composite
def addresses(draw: st.DrawFn, target: Target) -> str:
    """The address with something else in place of one or all of its parts."""
    pieces = []
    for is_argument, text in target.rule._trace:
        if is_argument:
            value = draw(st.one_of(st.just(b"1"), values(str(target))))[:4_000]
            pieces.append(quote(value, safe=draw(st.sampled_from(("", "/.~")))))
        else:
            pieces.append(text)
    return "/" + "".join(pieces).lstrip("|").lstrip("/")


@st.composite
def bodies(draw: st.DrawFn, parts: Sequence[Part]) -> tuple[bytes, str]:
    """A body, and its type."""
    way = draw(st.sampled_from(WAYS))
    if any(named is not None for *_, named in parts) and way == "plain":
        way = "parts"
    if way == "parts":
        return multipart(parts), f"multipart/form-data; boundary={BOUNDARY.decode()}"
    if way == "torn":
        whole = multipart(parts)
        return whole[: draw(st.integers(0, len(whole)))], f"multipart/form-data; boundary={BOUNDARY.decode()}"
    if way == "raw":
        return b"&".join(name + b"=" + value for name, value, _ in parts), PLAIN
    if way == "json":
        return draw(st.sampled_from(NASTY)), "application/json"
    if way == "text":
        return _query(parts), "text/plain"
    if way == "none":
        return _query(parts), ""
    if way == "charset":
        return _query(parts), f"{PLAIN}; charset={draw(st.sampled_from(('utf-16', 'utf-7', 'x', 'latin-1')))}"
    return _query(parts), PLAIN


@st.composite
def extras(draw: st.DrawFn) -> tuple[tuple[str, str], ...]:
    """Headers that change what is answered."""
    return draw(
        st.sampled_from(
            (
                (),
                (),
                (("Accept", "application/json"),),
                (("Accept", "\xff/*;q=x"), ("Accept-Language", "x-\xff, *;q=9, ar")),
                (("Range", "bytes=5-1"), ("If-Range", "x")),
                (("If-None-Match", '"' * 99), ("If-Modified-Since", "Thu, 99 Foo 0000 99:99:99 GMT")),
                (("Sec-Fetch-Site", "cross-site"),),
                (("Origin", "null"), ("Referer", "http://[")),
                (("User-Agent", "\xff" * 2_000),),
                (("Content-Digest", "sha-256=:x:"),),
                (("Authorization", "Bearer \xff"), ("X-Forwarded-For", "\0")),
            )
        )
    )


def multipart(parts: Sequence[Part]) -> bytes:
    pieces = []
    for name, value, named in parts:
        file = b'; filename="' + named + b'"\r\nContent-Type: image/png' if named is not None else b""
        pieces.append(b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="' + name + b'"' + file)
        pieces.append(b"\r\n\r\n" + value + b"\r\n")
    return b"".join(pieces) + b"--" + BOUNDARY + b"--\r\n"


def _query(parts: Sequence[Part]) -> bytes:
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value, _ in parts).encode()
