"""Headers of every answer: content security policy, caching, and the rest of the usual armour."""

import re
from collections.abc import Iterable, Mapping

from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user

from broadsheet.web.press.sheet import Sheet, sheet_of

# Answers that are the same for every visitor, and so may be kept by browsers and shared caches.
PUBLIC_BLUEPRINTS = frozenset(
    {
        *("home", "about", "posts", "people", "topics", "search", "pages", "feeds", "sitemap", "well_known"),
        "api_docs",
    }
)

POLICY = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "frame-src": "'none'",  # but for what a text has embedded: see allow_frames
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "img-src": "'self'",
    "manifest-src": "'self'",
    "media-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    # Scripts put in HTML by js/trusted.js alone; `default` is the empty text of js/editor-paste.js.
    "require-trusted-types-for": "'script'",
    "trusted-types": "broadsheet default",
}

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: Flask-WTF checks the Referer of forms on HTTPS.
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}
HSTS = "max-age=31536000"
PUBLIC = "public, max-age=0, must-revalidate"

TEXTS = frozenset(
    {
        *("text/html", "text/plain", "text/css", "text/markdown", "application/json", "application/xml"),
        *("application/feed+json", "application/problem+json", "application/manifest+json", "image/svg+xml"),
    }
)

# A host of a frame, as lib/embeds.py makes them: nothing that could be another directive.
HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,24}")


def init_app(app: Flask) -> None:
    app.jinja_env.globals["allow_frames"] = allow_frames
    app.after_request(set_headers)


def set_headers(response: Response) -> Response:
    wanted = ALWAYS | {"Content-Security-Policy": policy()}
    if request.is_secure:
        wanted["Strict-Transport-Security"] = HSTS
    own = {name.lower() for name in response.headers.keys()}  # noqa: SIM118  these are no dictionary
    response.headers.extend({name: value for name, value in wanted.items() if name.lower() not in own})
    sheet = sheet_of(request.environ)
    if "Cache-Control" not in response.headers:
        cache(response, sheet)
    # Whoever has a session gets it as it is: what is secret in it could be guessed from its length (BREACH).
    is_plain = not response.is_streamed and not response.content_encoding
    if response.mimetype in TEXTS and is_plain and not session.modified:
        sheet.may_be_compressed = True
        response.vary.add("Accept-Encoding")
    return response


def know_query(name: str) -> None:
    """This page is another one by what is asked under this name; any other question leads past the press."""
    g.known_query = name


def is_for_everybody() -> None:
    """This answer is the same for every visitor, wherever it stands."""
    g.is_for_everybody = True


def allow_frames(hosts: Iterable[str]) -> str:
    """For a template: this answer's readers may load frames from these hosts, and from no other."""
    g.setdefault("frame_hosts", []).extend(host for host in hosts if HOST.fullmatch(host))
    return ""


def policy() -> str:
    sources = dict(POLICY)
    sources["style-src"] = " ".join(["'self'", *g.get("style_hashes", [])])
    if hosts := g.get("frame_hosts"):
        sources["frame-src"] = " ".join(f"https://{host}" for host in dict.fromkeys(hosts))
    return written(sources)


def written(policy: Mapping[str, str]) -> str:
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items())


def cache(response: Response, sheet: Sheet) -> None:
    """Public pages may be kept but must be asked for again; all else is for this browser alone."""
    is_public = request.blueprint in PUBLIC_BLUEPRINTS or g.get("is_for_everybody", False)
    is_page = request.method in ("GET", "HEAD") and is_public
    # A flash that is shown is somebody's own, and taking it out changes the session.
    if not is_page or current_user.is_authenticated or session.modified:
        response.headers["Cache-Control"] = "private, no-cache"
        return
    if response.status_code not in (200, 301, 308, 404, 410):
        # A cache might keep the trouble longer than it lasts.
        response.headers["Cache-Control"] = "no-store"
        return
    shared = current_app.config["BROADSHEET"].cdn_max_age
    response.headers["Cache-Control"] = f"{PUBLIC}, s-maxage={shared}" if shared else PUBLIC
    # What a plugin has encoded goes out as it is.
    if response.status_code == 200 and not response.is_streamed and not response.content_encoding:
        sheet.is_public = True
        sheet.may_be_kept = is_query_known()


def is_query_known() -> bool:
    query = request.query_string.decode("latin-1")
    name, _, value = query.partition("=")
    return not query or (name == g.get("known_query") and "&" not in value)
