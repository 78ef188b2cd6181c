"""Files whose names, words and drawings are the shapes."""

import json
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from xml.sax.saxutils import quoteattr

from PIL import Image

from bench.client import Browser

BOUNDARY = "----------------------------what-a-browser-makes-up"
NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
HTML = "xmlns='http://www.w3.org/1999/xhtml'"
# Of XML, where the shapes of HTML would not be well-formed.
DRAWN = (
    "<script>alert(1)</script>",
    "<script xlink:href='data:text/javascript,alert(1)'/>",
    "<script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
    "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>",
    "<g onload='alert(1)'/>",
    "<path d='M0 0h9v9' onmouseover='alert(1)'/>",
    "<a xlink:href='javascript:alert(1)'><text y='9'>x</text></a>",
    "<a><animate attributeName='href' values='javascript:alert(1)'/><text y='9'>x</text></a>",
    "<set attributeName='onload' to='alert(1)'/>",
    "<animate onbegin='alert(1)' attributeName='x' dur='1s'/>",
    "<use href='data:image/svg+xml,&lt;svg id=&quot;x&quot; onload=&quot;alert(1)&quot;/&gt;#x'/>",
    "<use href='//evil.example/x.svg#x'/>",
    "<image href='//evil.example/x.png'/>",
    "<image xlink:href='data:image/svg+xml,&lt;svg onload=&quot;alert(1)&quot;/&gt;'/>",
    f"<foreignObject><iframe {HTML} srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'/></foreignObject>",
    f"<foreignObject><body {HTML} onload='alert(1)'><img src='x' onerror='alert(1)'/></body></foreignObject>",
    "<style>@import url(//evil.example/x.css);</style>",
    "<path style='fill:url(//evil.example/x)' d='M0 0h9'/>",
    "<filter id='f'><feImage href='//evil.example/x.png'/></filter>",
    "<handler xmlns='http://www.w3.org/2001/xml-events' event='load'>alert(1)</handler>",
    "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>",
    "<?xml-stylesheet href='//evil.example/x.xsl' type='text/xsl'?>",
    "<metadata><x onload='alert(1)'/></metadata>",
)  # fmt: skip


def send(browser: Browser, shapes: Sequence[str]) -> int:
    """How many fields were filled: the name of a file, its words, its drawing, its description."""
    kept = [_sent(browser, name, content) for name, content in files(shapes)]
    for id, shape in zip([id for id in kept if id], shapes, strict=False):
        browser.send(f"/desk/uploads/{id}/edit", {"alt": shape})
    return 4


def files(shapes: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for number, drawn in enumerate(DRAWN):
        yield f"{number}.svg", f"<svg {NAMESPACES} width='9' height='9'>{drawn}</svg>".encode()
    for number, shape in enumerate(shapes):
        yield shape, f"{number} {shape}".encode()
        attribute = quoteattr(re.sub("[\x00-\x1f]", "", shape))
        drawing = (
            f"<svg {NAMESPACES} width='9' height='9' id={attribute} fill={attribute} style={attribute}/>"
        )
        if number % 8 == 0:
            yield shape + ".svg", drawing.encode()
    yield from (
        ("page.html", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("page.txt", b"\xef\xbb\xbf <script>alert(1)</script>"),
        ("picture.png", b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"),
        ("picture.gif", b"GIF89a/*<script>alert(1)</script>*/=1;"),
        ("paper.pdf", b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"),
        ("drawing.svgz", b"\x1f\x8b\x08\x00<svg onload=alert(1)>"),
    )


def a_picture(browser: Browser) -> str:
    """The address of one that a cover can be."""
    out = BytesIO()
    Image.new("RGB", (400, 300), "teal").save(out, "PNG")
    status, text = _post(browser, "cover.png", out.getvalue())
    return str(json.loads(text)["path"]) if status == 201 else ""


def _sent(browser: Browser, name: str, content: bytes) -> int:
    status, text = _post(browser, name, content)
    return int(json.loads(text)["id"]) if status == 201 else 0


def _post(browser: Browser, name: str, content: bytes) -> tuple[int, str]:
    # As the form-data encoding of WHATWG's HTML writes a file's name.
    said = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    part = f"--{BOUNDARY}\r\nContent-Disposition: form-data"
    head = (
        f'{part}; name="csrf_token"\r\n\r\n{browser.token}\r\n'
        f'{part}; name="files"; filename="{said}"\r\nContent-Type: image/svg+xml\r\n\r\n'
    )
    body = head.encode("utf-8", "replace") + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Accept": "application/json"}
    return browser.post("/desk/uploads", body, headers)
