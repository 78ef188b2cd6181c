"""The driver that sends malformed requests to a real server: a short run of it, and that it would notice."""

import http.server
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import malformed_http
from bench.malformed_http import Target, changed, run, tried
from bench.malformed_shapes import AMBIGUOUS, SMUGGLED, shapes


def test_a_running_site_minds_no_request(tmp_path: Path) -> None:
    said: list[str] = []
    report = run(0, 7, tmp_path, said.append, thorough=False)
    assert said == []
    assert report.requests > 400
    assert report.statuses["200"] > 50
    assert report.statuses["400"] > 50


def test_there_are_many_shapes_and_each_has_a_name() -> None:
    names = [name for name, _data in shapes("localhost", "/")]
    assert len(names) == len(set(names)) > 400


def test_changes_are_the_same_for_the_same_seed() -> None:
    some = [changed(b"GET / HTTP/1.1\r\n\r\n", SMUGGLED, random.Random(3)) for _ in range(2)]  # noqa: S311  no secret
    assert some[0] == some[1] != b"GET / HTTP/1.1\r\n\r\n"


class Careless(http.server.BaseHTTPRequestHandler):
    """Breaks at one address, and takes whatever follows for a request."""

    protocol_version = "HTTP/1.1"
    timeout = 0.2  # seconds without a request, after which it closes

    def do_GET(self) -> None:
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    monkeypatch.setattr(malformed_http, "QUIET", 20.0)  # all that it says is heard, however slowly it comes
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    target = object.__new__(Target)
    target.port = server.server_port
    yield target
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_answer_that_no_site_should_give_is_noticed(careless: Target) -> None:
    line = b" HTTP/1.1\r\nHost: localhost\r\n"
    assert tried(careless, "good", b"GET /" + line + b"\r\n") == (["200"], [])
    statuses, wrong = tried(careless, "broken", b"GET /broken" + line + b"\r\n")
    assert (statuses, len(wrong)) == (["500"], 1)
    both = line + b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n"
    statuses, wrong = tried(careless, AMBIGUOUS + "both", b"POST /" + both + SMUGGLED)
    assert (statuses, len(wrong)) == (["200", "200"], 1)
