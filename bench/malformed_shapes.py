"""Requests that no client should send, by the name of what is wrong with them."""

import gzip
from collections.abc import Iterator

GOOD = "Accept: text/html"
FORM = "application/x-www-form-urlencoded"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
# Where a body ends is said in two ways: nothing after it may be taken for a request of its own.
AMBIGUOUS = "ambiguous: "

METHODS = (
    *("HEAD", "OPTIONS", "TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND", "PRI", "get", "GE T"),
    *("G\0T", "G" * 20_000, "ÄÖÜ", "", "<GET>", "GET/", "POST", "QUERY"),
)
VERSIONS = (
    *("HTTP/1.0", "HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/9.9", "HTTP/1", "HTTP/1.1.1", "HTTP/11"),
    *("http/1.1", "FTP/1.1", "", "HTTP/1.1 x", "HTTP/٣.1"),
)
TARGETS = (
    *("*", "http://localhost/", "http://example.org/", "https://[::1/", "//", "//example.org/"),
    *("/" * 5_000, "localhost:80", "?", "/?", "/?%", "/?a=%00", "/?%ff=%ff", "/?" + "a=b&" * 5_000),
    *("/?" + "x" * 20_000, "/%00", "/%ff", "/%c0%ae%c0%ae/", "/%e0%80%af", "/%ed%a0%80", "/%f4%90%80%80"),
    *("/%", "/%zz", "/%2", "/a\\b", "/../../etc/passwd", "/..%2f..%2fetc/passwd"),
    *("/%2e%2e/%2e%2e/etc/passwd", "/static/../../manage.py", "/static/%2e%2e/%2e%2e/manage.py"),
    *("/static/..%5c..%5cmanage.py", "/static/x/..%2f..%2f..%2fmanage.py", "/uploads/../broadsheet.db"),
    *("/uploads/..%2fbroadsheet.db", "/uploads/%2e%2e/secret_key", "/uploads/.incoming/x"),
    *("/uploads//etc/passwd", "/uploads/%2fetc%2fpasswd", "/uploads/a%00.png", "/theme/../x"),
    *("/theme/..%2f..%2f/x", "/feed.%00atom", "/post/99999999999999999999", "/post/-1", "/post/1/%ff"),
    *("/archive/9999/99", "/archive/0000", "/search?q=" + "%22" * 2_000, "/search?q=%00", "/search?q=%ff"),
    *("/search?page=9" + "9" * 5_000, "/;a=b", "/a b", "/#fragment", "/\x7f", "/\xe9", "/<script>"),
    *("/" + "a/" * 8_000, "/" + "x" * 9_000, "/" + "y" * 70_000, "/.git/config", "/.env", "/wp-login.php"),
    *("/cgi-bin/%%32%65%%32%65/", "/server-status"),
)
LENGTHS = ("-1", "+5", "0x5", "5 5", "5,5", "٣", "", "1e3", "9" * 23, "5;", " 5", str(2**64))
HOSTS = (
    *("", " ", "a b", "localhost:", "localhost:x", "localhost:99999", "localhost:-1", "[::1]", "[::1"),
    *("::1", "[v1.x]", "[::1%25eth0]", "a" * 300, "a." * 200, "exa\0mple.org", "exämple.org", "xn--a"),
    *("user@localhost", "localhost/x", "localhost?x", "localhost#x", "evil.example", "127.0.0.1", "0x7f.1"),
    *("localhost, evil.example", "%6cocalhost", "localhost\\x", "LOCALHOST", "localhost.", ".."),
    *("<script>", "'\"", "\xff\xfe", "\tlocalhost"),
)
# Of requests that are right but for one header.
HEADERS: dict[str, tuple[str, ...]] = {
    "Range": (
        *("bytes=", "bytes=-", "bytes=0-0", "bytes=5-1", "bytes=-0", "bytes=99999999999999999999-"),
        *("bytes=a-b", "bytes=0-,0-,0-", "bytes=" + ",".join(["0-0"] * 2_000), "items=0-1", "bytes 0-1"),
        *("=", "bytes=0--1", "\xff"),
    ),
    "If-Range": ("x", '"', "W/", "Thu, 99 Foo 0000 99:99:99 GMT", "\xff"),
    "If-None-Match": (
        "*",
        '"',
        'W/"',
        ",,,,",
        '"a" "b"',
        '"' * 3_000,
        "\xff\xfe",
        ", ".join(['"x"'] * 2_000),
    ),
    "If-Match": ("*", '"x"', "", "\xff"),
    "If-Modified-Since": (
        *("0", "-1", "now", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "\xff"),
        *("Mon, 01 Jan 0000 00:00:00 GMT", "Sat, 99 Foo 10000 99:99:99 +9999", "1" * 5_000),
    ),
    "If-Unmodified-Since": ("0", "Thu, 01 Jan 1970 00:00:00 GMT", "x" * 5_000),
    "Accept-Encoding": (
        *("", "*", "gzip;q=0", "identity;q=0, *;q=0", "br;q=-1", "gzip;q=2", "gzip;q=nan", "gzip;q=1e999"),
        *("br;q=" + "1" * 5_000, ",,,;;;===", "gzip," * 2_000, "\xff", "GZIP", "zstd", "gzip;q"),
        *("x" * 8_000,),
    ),
    "Accept": (
        *("", "*", "*/*;q=nan", "text/html;" * 1_000, "a/b/c", "\xff/\xff", "application/json;q=1e999"),
        *("/", ";"),
    ),
    "Accept-Language": (
        "",
        "*",
        "x" * 5_000,
        "en-" * 1_000,
        "\xff",
        "de;q=nan",
        "1",
        "i-klingon, ;q=1",
        "en;q=1;q=0",
    ),
    "Cookie": (
        *("", "=", ";", ";;;=;=", "session", "session=", "session=x", "session=.eJx.x.y"),
        *("session=" + "x" * 8_000, "a=1; " * 3_000, "session=\xff\xfe", 'session="'),
        *('session="\\377\\000"', "session=a; session=b", "$Version=1; session=x"),
        *("session=eyJhIjoxfQ.aaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaa",),
        *("session=.eJyrVkrMTlWyUjI0MjY2NjKuBQAkOgRb.x.y", "known=\0"),
    ),
    "Content-Type": (
        *("", ";", "multipart/form-data", "x" * 5_000, "application/json; charset=\xff"),
        *("text/html; charset=utf-7",),
    ),
    "Content-Encoding": ("gzip", "br", "deflate, gzip", "x"),
    "Expect": ("100-continue", "200-ok", "", "x" * 1_000),
    "Upgrade": ("websocket", "h2c", "HTTP/2.0", "TLS/1.3", "\xff"),
    "Connection": ("close, keep-alive", "Host", "Upgrade, HTTP2-Settings", "", "x" * 2_000, "\xff"),
    "Keep-Alive": ("timeout=-1", "timeout=99999999999999999999"),
    "Referer": ("http://[", "\xff", "x" * 5_000, "javascript:alert(1)", "http://localhost:99999/"),
    "Origin": ("null", "http://[", "\xff", "http://localhost:99999", "", "x" * 5_000),
    "User-Agent": (
        "",
        "\xff" * 500,
        "x" * 10_000,
        "\t",
        "() { :; }; echo x",
        "%s%n%p",
        "{{7*7}}",
        "\x1b[31m",
    ),
    "Sec-Fetch-Site": ("", "x", "same-origin, cross-site", "\xff"),
    "Forwarded": ("for=\0", "host=[;proto=x", "\xff"),
    "X-Forwarded-For": ("", ",,,", "x" * 5_000, "\xff", "127.0.0.1, " * 500),
    "X-Forwarded-Host": ("[", "a b", "\xff", "evil.example"),
    "X-Forwarded-Proto": ("x", "javascript", "\xff"),
    "X-Forwarded-Prefix": ("//evil.example", "\xff", "/.."),
    "X-Request-Id": ("", "x" * 5_000, "\xff", "a\tb", "{}", "../x"),
    "X-HTTP-Method-Override": ("DELETE", "\xff"),
    "Authorization": (
        "",
        "Basic",
        "Basic \xff",
        "Basic " + "=" * 5_000,
        "Bearer x",
        "Digest a=b",
        "Negotiate =",
    ),
    "Content-Digest": ("x", "sha-256=:x:", "sha-256=:" + "=" * 2_000 + ":"),
    "Purpose": ("prefetch", "\xff"),
    "Transfer-Encoding": (
        "gzip",
        "identity",
        "x",
        "gzip, chunked, chunked",
        "chunked, gzip",
        "",
        "\tchunked",
        "\xff",
    ),
    "TE": ("trailers, deflate;q=0.5", "\xff"),
    "Trailer": ("Content-Length", "Host"),
    "Date": ("x", "\xff"),
    "X" * 9_000: ("x",),
    "A\xffB": ("x",),
    "A B": ("x",),
    "A\0B": ("x",),
    " A": ("x",),
    "": ("x",),
    "A:B": ("x",),
    "Proxy": ("http://evil.example/",),
    "Content_Length": ("5",),
}


def shapes(host: str, path: str) -> Iterator[tuple[str, bytes]]:
    """`path` is that of a page, where it does not matter which."""
    yield from _lines(host, path)
    yield from _heads(host, path)
    yield from _bodies(host, path)
    yield from _ambiguous(host, path)
    yield from _other_protocols(host, path)


def _request(line: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([line, *headers, "", ""]).encode("latin-1", "replace") + body


def _lines(host: str, path: str) -> Iterator[tuple[str, bytes]]:
    to = f"Host: {host}"
    for method in METHODS:
        yield f"method {method[:20]!r}", _request(f"{method} {path} HTTP/1.1", to)
    for version in VERSIONS:
        yield f"version {version!r}", _request(f"GET {path} {version}".rstrip(), to)
    for target in TARGETS:
        yield f"target {target[:60]!r}", _request(f"GET {target} HTTP/1.1", to)
        if len(target) < 5_000:
            yield f"target of a form {target[:60]!r}", _form(target, host, b"name=x")
    yield "no target", _request("GET HTTP/1.1", to)
    yield "nothing but line ends", b"\r\n" * 2_000
    yield "bare LF", f"GET {path} HTTP/1.1\nHost: {host}\n\n".encode()
    yield "bare CR", f"GET {path} HTTP/1.1\rHost: {host}\r\r".encode()
    yield "tabs in the line", f"GET\t{path}\tHTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    yield "spaces in the line", f"  GET   {path}   HTTP/1.1  \r\nHost: {host}\r\n\r\n".encode()
    yield "one byte", b"G"
    yield "nothing", b""
    yield "half a line", f"GET {path}".encode()
    yield "half a head", f"GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: a".encode()
    yield "pipelined", _request(f"GET {path} HTTP/1.1", to) * 30
    yield "pipelined, then nonsense", _request(f"GET {path} HTTP/1.1", to) * 3 + b"\0\xff nonsense\r\n\r\n"
    yield "HTTP/0.9", f"GET {path}\r\n".encode()


def _heads(host: str, path: str) -> Iterator[tuple[str, bytes]]:
    line, to = f"GET {path} HTTP/1.1", f"Host: {host}"
    yield "no host", _request(line)
    yield "no host, HTTP/1.0", _request(f"GET {path} HTTP/1.0")
    yield "two hosts", _request(line, to, "Host: evil.example")
    yield "the same host twice", _request(line, to, to)
    for other in HOSTS:
        yield f"host {other[:40]!r}", _request(line, f"Host: {other}")
    for name, values in HEADERS.items():
        for value in values:
            yield f"{name[:30]!r}: {value[:40]!r}", _request(line, to, GOOD, f"{name}: {value}")
    yield "obsolete folding", _request(line, to, "Cookie: a=1;", " b=2", "\tc=3")
    yield "folding at once", _request(line, " x: y", to)
    yield "no colon", _request(line, to, "nonsense")
    yield "space before the colon", _request(line, to, "Cookie : a=1")
    yield "NUL in a value", _request(line, to, "Cookie: a=\0")
    yield "CR in a value", _request(line, to, "Cookie: a=\rb")
    yield "2,000 headers", _request(line, to, *(f"X-{number}: x" for number in range(2_000)))
    yield "one name 300 times", _request(line, to, *["Accept: text/html"] * 90, *["Cookie: a=b"] * 90)
    yield "a header of 1 MB", _request(line, to, "Cookie: " + "x" * 1_000_000)


def _form(path: str, host: str, body: bytes, kind: str = FORM, *more: str) -> bytes:
    sender = f"Host: {host}", f"Origin: http://{host}"
    about = f"Content-Type: {kind}", f"Content-Length: {len(body)}"
    return _request(f"POST {path} HTTP/1.1", *sender, *about, *more, body=body)


def _bodies(host: str, path: str) -> Iterator[tuple[str, bytes]]:
    form, parts, json = FORM, "multipart/form-data", "application/json"
    bound = f"{parts}; boundary=b"
    part = b'--b\r\nContent-Disposition: form-data; name="name"%s\r\n\r\nx\r\n'
    bodies: dict[str, tuple[str, bytes]] = {
        "10,000 fields": (form, b"&".join(b"f%d=x" % number for number in range(10_000))),
        "10,000 times one field": (form, b"&".join([b"name=x"] * 10_000)),
        "raw bytes in a form": (form, b"name=\xff\xfe\0&\0=\xc0\xaf&=&&==&%=%&%zz=%zz"),
        "a field of 900 kB": (form, b"message=" + b"x" * 900_000),
        "percent signs": (form, b"message=" + b"%" * 50_000),
        "a form in UTF-16": (f"{form}; charset=utf-16", "name=x".encode("utf-16")),
        "a form in an unknown charset": (f"{form}; charset=\xff", b"name=x"),
        "parts without a boundary": (parts, part % b""),
        "parts with an empty boundary": (f"{parts}; boundary=", part % b""),
        "parts with a strange boundary": (f'{parts}; boundary="\\"', part % b""),
        "parts with a long boundary": (f"{parts}; boundary={'b' * 5_000}", part % b""),
        "parts without an end": (bound, part % b""),
        "parts with nothing": (bound, b""),
        "only the end of parts": (bound, b"--b--\r\n"),
        "10,000 parts": (bound, (part % b"") * 10_000 + b"--b--\r\n"),
        "10,000 files": (bound, (part % b'; filename="x"') * 10_000 + b"--b--\r\n"),
        "parts without names": (bound, b"--b\r\n\r\nx\r\n--b--\r\n"),
        "a part with a large head": (bound, b"--b\r\n" + b"X: y\r\n" * 20_000 + b"\r\nx\r\n--b--"),
        "a part with a strange head": (bound, b"--b\r\n\xff\0:\r\nContent-Disposition\r\n\r\n--b--"),
        "a part with a strange length": (bound, b"--b\r\nContent-Length: -9\r\n\r\nx\r\n--b--"),
        "a part with bad encodings": (bound, part % b"; filename*=utf-9''%ff%zz; name*0=a" + b"--b--"),
        "parts within parts": (bound, b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c----b--"),
        "boundaries that are nearly right": (bound, b"\r\n--" * 30_000),
        "deep JSON": (json, b'{"a":' * 100_000),
        "lists without an end": (json, b"[" * 100_000),
        "JSON that is none": (json, b"NaN"),
        "XML": ("application/xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        "no type": ("", b"name=x"),
        "a strange type": ("\xff/\xff; a=b", b"name=x"),
    }
    for name, (kind, body) in bodies.items():
        yield name, _form(path, host, body, kind)
    packed, to, line = gzip.compress(bytes(10_000_000)), f"Host: {host}", f"POST {path} HTTP/1.1"
    yield "a packed body", _form(path, host, packed, form, "Content-Encoding: gzip")
    yield "a body to a GET", _request(f"GET {path} HTTP/1.1", to, "Content-Length: 3", body=b"abc")
    yield "a body that does not come", _request(line, to, f"Content-Type: {form}", "Content-Length: 9")
    yield "Expect and no body", _form(path, host, b"", form, "Expect: 100-continue")
    for length in (*LENGTHS, "99999999999"):
        about = f"Content-Type: {form}", f"Content-Length: {length}"
        yield f"length {length!r}", _request(line, to, *about, body=b"a=b&c")


def _ambiguous(host: str, path: str) -> Iterator[tuple[str, bytes]]:
    line, to = f"POST {path} HTTP/1.1", (f"Host: {host}", "Content-Type: application/x-www-form-urlencoded")
    chunked, length = "Transfer-Encoding: chunked", "Content-Length: 5"
    end = b"0\r\n\r\n"
    none, all_ = "Content-Length: 0", f"Content-Length: {len(SMUGGLED)}"
    yield AMBIGUOUS + "length, then chunks", _request(line, *to, length, chunked, body=end + SMUGGLED)
    yield AMBIGUOUS + "chunks, then length", _request(line, *to, chunked, length, body=end + SMUGGLED)
    yield AMBIGUOUS + "two lengths", _request(line, *to, none, all_, body=SMUGGLED)
    yield AMBIGUOUS + "two lengths in one", _request(line, *to, f"{none}, {len(SMUGGLED)}", body=SMUGGLED)
    for odd in ("xchunked", "chunked, identity", "chunked\x0b", '"chunked"', "chunked;a=b"):
        header = f"Transfer-Encoding: {odd}"
        yield AMBIGUOUS + header, _request(line, *to, none, header, body=SMUGGLED)
    older, spaced = f"POST {path} HTTP/1.0", "Transfer-Encoding : chunked"
    yield AMBIGUOUS + "chunks of HTTP/1.0", _request(older, *to, chunked, length, body=end + SMUGGLED)
    yield AMBIGUOUS + "a space before the colon", _request(line, *to, length, spaced, body=end + SMUGGLED)
    chunks = {
        "no number": b"x\r\nabc\r\n",
        "negative": b"-1\r\nabc\r\n",
        "enormous": b"f" * 17 + b"\r\nabc\r\n",
        "too short": b"2\r\nabcdef\r\n" + end,
        "too long": b"ff\r\nabc\r\n" + end,
        "bare LF": b"3\nabc\n0\n\n",
        "extensions": b"3;" + b"a=b;" * 3_000 + b"\r\nabc\r\n" + end,
        "trailers": b"0\r\nHost: x\r\nContent-Length: 5\r\n\r\n",
        "many trailers": b"0\r\n" + b"A: b\r\n" * 3_000 + b"\r\n",
        "of one byte": b"1\r\na\r\n" * 20_000 + end,
        "cut off": b"5\r\nab",
        "0x": b"0x3\r\nabc\r\n" + end,
        "spaces": b" 3 \r\nabc\r\n 0 \r\n\r\n",
        "zeros": b"0" * 5_000 + b"\r\n\r\n",
        "none": b"",
    }
    for name, body in chunks.items():
        yield f"chunks: {name}", _request(line, *to, chunked, body=body)


def _other_protocols(host: str, path: str) -> Iterator[tuple[str, bytes]]:
    settings = b"\0\0\0\4\0\0\0\0\0"
    yield "HTTP/2 at once", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings
    line, to = f"GET {path} HTTP/1.1", f"Host: {host}"
    h2c = "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"
    yield "an upgrade to HTTP/2", _request(line, to, *h2c)
    socket = (
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Key: eA==",
        "Sec-WebSocket-Version: 13",
    )
    yield "an upgrade to a WebSocket", _request(line, to, *socket)
    yield "TLS", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(range(160))
    yield "PROXY", f"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    yield "SSH", b"SSH-2.0-OpenSSH_9.9\r\n"
    yield "SMTP", b"EHLO example.org\r\nMAIL FROM:<a@example.org>\r\n"
    yield "zeros", bytes(100_000)
    yield "every byte", bytes(range(256)) * 100
