"""The site that is fuzzed, asked without a server: what each answer is, and what the site did for it."""

import inspect
import io
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import run_wsgi_app
from wtforms.form import Form

from broadsheet.web.problems import API
from stage import SECRET_KEY

PATIENCE = 30  # seconds after which an answer counts as a hang, on a busy machine as well
RAW_TOKEN = "0" * 40  # against forged forms, of everybody's session


class Hang(BaseException):
    """No answer came within PATIENCE. Not an Exception, which the site would turn into a page."""


@dataclass
class Notes:
    """What the site does for the request that is under way."""

    asked: set[str] = field(default_factory=set)  # names that were looked for in query, form and files
    entered: str = ""  # the endpoint whose view ran
    forms: list[Form] = field(default_factory=list)  # that were judged


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str
    notes: Notes

    @property
    def is_html(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")


_notes = Notes()


class Asked(ImmutableMultiDict[str, Any]):
    """A query or a form that notes what is looked for in it."""

    def __getitem__(self, key: str) -> Any:
        _notes.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        _notes.asked.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, type: Any = None) -> list[Any]:
        _notes.asked.add(key)
        return super().getlist(key, type)


class Site:
    def __init__(self, app: Flask, cookies: dict[str, str], tokens: dict[str, str] | None = None) -> None:
        """`cookies` and `tokens` are those of each actor; a stranger may have a cookie."""
        self.app, self.cookies, self.tokens, self.requests = app, cookies, tokens or {}, 0
        app.request_class = type(
            "Request", (app.request_class,), {"parameter_storage_class": Asked, "__module__": __name__}
        )
        self._code = {
            name: Path(inspect.getfile(inspect.unwrap(view))) for name, view in app.view_functions.items()
        }
        for endpoint, view in app.view_functions.items():
            app.view_functions[endpoint] = _noting(endpoint, view)

    def open(self, actor: str, url: str) -> Answer:
        path, _, query = url.partition("?")
        return self.send(actor, "GET", path, query.encode(), b"", {})

    def send(
        self, actor: str, method: str, path: str, query: bytes, body: bytes, headers: dict[str, str]
    ) -> Answer:
        """`path` is percent-encoded; all else goes as it is. Raises Hang, and whatever the site lets out."""
        global _notes
        _notes = notes = Notes()
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query.decode("latin-1"),
            "REQUEST_URI": path,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_ORIGIN": "http://localhost",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
        }
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key.startswith("CONTENT_") else f"HTTP_{key}"] = value
        if (token := self.tokens.get(actor)) and path.startswith(API):
            environ.setdefault("HTTP_AUTHORIZATION", f"Bearer {token}")
        if cookie := self.cookies.get(actor):
            environ["HTTP_COOKIE"] = cookie
        self.requests += 1
        with _patience(), _noting_forms():
            chunks, status, answered = run_wsgi_app(self.app.wsgi_app, environ, buffered=True)
        names = {name.lower(): value for name, value in answered}
        return Answer(int(status.split()[0]), names, b"".join(chunks).decode("utf-8", "replace"), notes)

    def code_of(self, endpoint: str) -> Path:
        return self._code[endpoint]

    def logged_errors(self) -> str:
        """What an owner would find in the desk's list, since somebody last asked here."""
        path: Path = self.app.extensions["broadsheet_errors"].path
        found = path.read_text() if path.exists() else ""
        path.unlink(missing_ok=True)
        return found


def csrf_token() -> str:
    return str(URLSafeTimedSerializer(SECRET_KEY, salt="wtf-csrf-token").dumps(RAW_TOKEN))


def _noting(endpoint: str, view: Any) -> Any:
    @wraps(view)  # some are known by their names: which need no token against forged forms
    def entered(*args: Any, **kwargs: Any) -> Any:
        _notes.entered = endpoint
        return view(*args, **kwargs)

    return entered


@contextmanager
def _noting_forms() -> Iterator[None]:
    validate = Form.validate

    def judged(form: Form, *args: Any, **kwargs: Any) -> bool:
        if any(field.raw_data for field in form):
            _notes.forms.append(form)
        return bool(validate(form, *args, **kwargs))

    Form.validate = judged  # type: ignore[method-assign]
    try:
        yield
    finally:
        Form.validate = validate  # type: ignore[method-assign]


@contextmanager
def _patience() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():  # which alone gets signals
        yield
        return

    def give_up(*_: object) -> None:
        raise Hang(f"no answer within {PATIENCE} seconds")

    former = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
