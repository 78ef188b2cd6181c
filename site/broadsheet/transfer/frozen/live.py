"""The site, asked in this process as a visitor asks it over HTTP: its answers are what the files hold."""

from collections.abc import Callable, Iterable
from contextvars import Context
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, render_template
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

T = TypeVar("T")

WHOLE = 4_000_000  # bytes; what is longer is handed on piece by piece


@dataclass
class Answer:
    status: int
    headers: Headers
    body: Iterable[bytes]

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0]

    @property
    def is_html(self) -> bool:
        return self.media_type == "text/html"

    @property
    def text(self) -> str:
        """Of what is text; "" of everything else."""
        is_text = self.media_type.startswith("text/") or self.media_type.endswith(
            ("xml", "json", "javascript")
        )
        return b"".join(self.body).decode() if is_text and isinstance(self.body, list) else ""


class Live:
    """`url` is where the frozen site will stand."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app, self.url = app, url

    def ask(self, address: str) -> Answer:
        """Each in a context of its own, as in a server: what one request has loaded is not the next one's."""
        return Context().run(self._ask, address)

    def render(self, address: str, template: str, words: Callable[[], dict[str, Any]]) -> Answer:
        """What stands only in the frozen site, with the headers that a page has at this address. `words` are
        asked for within the request."""

        def answer() -> Answer:
            response = self.app.make_response(render_template(template, **words()))
            response = self.app.process_response(response)
            return Answer(response.status_code, response.headers, [response.get_data()])

        return self.within(address, answer)

    def within(self, address: str, function: Callable[[], T]) -> T:
        """Calls it as if a visitor had asked for this address."""

        def call() -> T:
            with self.app.test_request_context(address, base_url=self.url):
                self.app.preprocess_request()
                return function()

        return Context().run(call)

    def _ask(self, address: str) -> Answer:
        environ = EnvironBuilder(path=address, base_url=self.url).get_environ()
        body, status, headers = run_wsgi_app(self.app.wsgi_app, environ)
        if headers.get("Content-Length", WHOLE, int) < WHOLE or headers.get("Content-Type", "").startswith(
            "text/"
        ):
            pieces = list(body)
            if close := getattr(body, "close", None):
                close()
            body = pieces
        return Answer(int(status[:3]), headers, body)
