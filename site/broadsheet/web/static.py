"""The files under static/, answered without Flask.

The address of each stands under one folder, named by a hash over them all (`/static/3f9c…/js/editor.js`): it
may be kept for ever, and what a script imports or a style sheet names beside itself is found unchanged. Only
what was listed at the start is answered; any other address falls through to Flask, and so to the page for
what is not there.
"""

import hashlib
import mimetypes
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

from broadsheet.lib.codings import SMALLEST, accepted, densest, is_known
from broadsheet.web.headers import ALWAYS, HSTS, POLICY, written

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/static/"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
LARGEST = 4_000_000  # bytes of a file that is kept in memory and answered here

# Not left to the machine's own table, which differs from one to the next.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
COMPRESSIBLE = re.compile(r"text/|application/json|image/svg|image/x-icon")
HASHED = re.compile(r"(?:([0-9a-f]{12})/)?(.+)", re.DOTALL)


class File:
    """One file as it was at the start, and as it travels."""

    def __init__(self, name: str, body: bytes) -> None:
        self.type = (
            TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        )
        self.hash = hashlib.sha256(body).hexdigest()[:16]
        self.bodies = {"": body}

    def best(self, accepted: tuple[str, ...]) -> str:
        """The coding in which it is sent to somebody who accepts these. It is compressed but once."""
        if len(self.bodies[""]) < SMALLEST or not COMPRESSIBLE.match(self.type):
            return ""
        for coding in accepted:
            if coding not in self.bodies:
                self.bodies[coding] = densest(self.bodies[""], coding)
            if len(self.bodies[coding]) < len(self.bodies[""]):
                return coding
        return ""


class Files:
    """All that lies in the folder, but for what begins with a dot. Raises nothing if there is no folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stamp = stamp(folder)
        self.files = {
            name: File(name, (folder / name).read_bytes()) for name, size, _ in self.stamp if size <= LARGEST
        }
        listed = "".join(f"{name}\0{file.hash}\n" for name, file in sorted(self.files.items()))
        self.hash = hashlib.sha256(listed.encode()).hexdigest()[:12]

    def find(self, path: str) -> tuple[File | None, bool]:
        """The file of a path below /static/, and whether the path names this very state of it."""
        found = HASHED.fullmatch(path)
        hashed, name = (found[1], found[2]) if found else (None, "")
        return self.files.get(name), hashed == self.hash


def stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, size and time of each file: what differs when something has changed."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not any(part.startswith(".") for part in name.split("/")):
            status = path.stat()
            found.append((name, status.st_size, status.st_mtime_ns))
    return tuple(found)


def init_app(app: Flask) -> None:
    files = Files(Path(app.static_folder or ""))
    app.extensions["broadsheet_static"] = files
    app.url_defaults(add_hash)
    app.wsgi_app = Static(app, app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents it


def current() -> Files:
    files: Files = current_app.extensions["broadsheet_static"]
    return files


def add_hash(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and values.get("filename") in (files := current()).files:
        values["filename"] = f"{files.hash}/{values['filename']}"


class Static:
    def __init__(self, app: Flask, inner: "WSGIApplication") -> None:
        self.app = app
        self.inner = inner

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if self.app.debug:
            self._follow()
        path = environ.get("PATH_INFO", "")
        if path.startswith(PREFIX) and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            files = self.app.extensions["broadsheet_static"]
            file, is_current = files.find(path[len(PREFIX) :])
            if file:
                return self._answer(file, is_current, environ, start_response)
        return self.inner(environ, start_response)

    def _follow(self) -> None:
        """Who works on the files sees each change at the next page."""
        files = self.app.extensions["broadsheet_static"]
        if stamp(files.folder) != files.stamp:
            self.app.extensions["broadsheet_static"] = Files(files.folder)

    def _answer(
        self, file: File, is_current: bool, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        coding = file.best(accepted(environ.get("HTTP_ACCEPT_ENCODING", "")))
        etag = f'"{file.hash}-{coding}"' if coding else f'"{file.hash}"'
        headers = [
            *ALWAYS.items(),
            ("Content-Security-Policy", CONTENT_POLICY),
            # A page of before an upgrade asks for what was; it gets what is, but nobody may keep it as that.
            ("Cache-Control", FOR_EVER if is_current else ASK_AGAIN),
            ("ETag", etag),
            ("Vary", "Accept-Encoding"),
        ]
        if environ.get("wsgi.url_scheme") == "https":
            headers.append(("Strict-Transport-Security", HSTS))
        if is_known(etag, environ.get("HTTP_IF_NONE_MATCH", "")):
            start_response("304 Not Modified", headers)
            return []
        body = file.bodies[coding]
        headers += [("Content-Type", file.type), ("Content-Length", str(len(body)))]
        if coding:
            headers.append(("Content-Encoding", coding))
        start_response("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


CONTENT_POLICY = written(POLICY)
