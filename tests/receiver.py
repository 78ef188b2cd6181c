"""A program elsewhere that is told what happens: it answers as it is told to, and keeps what it got."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from broadsheet.lib import webhook_signing


@dataclass
class Received:
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def signatures(self) -> list[str]:
        return self.headers["webhook-signature"].split(" ")

    def signed_with(self, secret: str) -> str:
        return webhook_signing.signature(secret, self.id, int(self.headers["webhook-timestamp"]), self.body)


class Receiver(ThreadingHTTPServer):
    daemon_threads = True
    received: list[Received]
    answers: list[tuple[int, dict[str, str]]]  # of the next requests; then 204
    lets_go: threading.Event  # while it is not set, nobody is answered

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"

    def types(self) -> list[str]:
        return [one.told["type"] for one in self.received]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Receiver)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        names = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append(Received(names, body))
        self.server.lets_go.wait(30)
        status, headers = self.server.answers.pop(0) if self.server.answers else (204, {})
        content = b"" if status == 204 else b"I say \x00" + str(status).encode() + b"x" * 2000
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def receiver() -> Iterator[Receiver]:
    server = Receiver(("127.0.0.1", 0), Handler)
    server.received, server.answers, server.lets_go = [], [], threading.Event()
    server.lets_go.set()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.lets_go.set()
        server.shutdown()
        server.server_close()
        thread.join()
