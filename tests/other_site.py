"""Another site of the web, on this machine: it answers as the path says."""

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_to_bytes

from pictures import picture


class OtherSite(ThreadingHTTPServer):
    """Answers as its path says, and remembers what it was asked."""

    daemon_threads = True
    asked: list[tuple[str, str, str]]
    cookies: list[str | None]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, OtherSite)
        self.server.asked.append((self.command, self.path, self.headers["Host"]))
        self.server.cookies.append(self.headers["Cookie"])
        kind, _, argument = self.path.strip("/").partition("/")
        content = b"x" * 200_000 if kind == "large" else b"ok"
        content = picture() if kind == "picture" else content
        if kind == "said":
            content = unquote_to_bytes(argument)
        elif kind == "deep":  # more than a reader of JSON goes down
            content = b'{"a":' * 10_000
        if kind == "to":
            self.send_response(302)
            self.send_header("Location", f"http://{argument}:{self.server.server_port}/ok")
        elif kind == "round":
            self.send_response(302)
            self.send_header("Location", "/round")
        elif kind == "patience":
            self.send_response(429)
            self.send_header("Retry-After", unquote_to_bytes(argument).decode("latin-1"))
        elif kind == "packed":
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            content = gzip.compress(bytes(100_000))
        elif kind == "cookie":
            self.send_response(302)
            for cookie in ("one=1; Path=/", argument):
                self.send_header("Set-Cookie", unquote_to_bytes(cookie).decode("latin-1"))
            self.send_header("Location", "/ok")
        elif kind == "slow":
            self.send_response(200)
            self.flush_headers()
            self.wfile.write(b"X-Slow: ")
            for _ in range(100):
                self.wfile.write(b"H")
                self.wfile.flush()
                time.sleep(0.1)
            self.wfile.write(b"\r\n")
        else:
            self.send_response(int(kind) if kind.isdigit() else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def other_site() -> Iterator[OtherSite]:
    server = OtherSite(("127.0.0.1", 0), Handler)
    server.asked, server.cookies = [], []
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
