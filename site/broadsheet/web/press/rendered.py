"""What Flask answered, on its way to whoever asked."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from broadsheet.lib.codings import SMALLEST, best, encoded
from broadsheet.web.press.page import Headers
from broadsheet.web.press.queries import Queries
from broadsheet.web.press.sheet import Sheet

StartResponse = Callable[..., Any]


class Rendered:
    def __init__(self, at: datetime) -> None:
        self.sheet = Sheet()
        self.queries = Queries(at)
        self.status = ""
        self.headers: Headers = []
        self.body: Iterable[bytes] = ()

    def begin(self, status: str, headers: Headers, _exc_info: Any = None) -> Callable[[bytes], Any]:
        self.status, self.headers = status, headers
        return lambda _data: None  # nothing of ours writes so

    def read(self) -> bytes:
        text = b"".join(self.body)
        self.close()
        return text

    def compressed(self, accepted: str, start_response: StartResponse) -> Iterable[bytes]:
        """Of a text that is not kept."""
        text, coding = self.read(), best(accepted)
        if not coding or len(text) < SMALLEST:
            start_response(self.status, self.headers)
            return [text]
        body = encoded(text, coding, once=True)
        headers = [header for header in self.headers if header[0].lower() != "content-length"]
        start_response(
            self.status, [*headers, ("Content-Length", str(len(body))), ("Content-Encoding", coding)]
        )
        return [body]

    def close(self) -> None:
        if close := getattr(self.body, "close", None):
            close()
