"""Two clients: a bare connection, which costs almost nothing itself, and a browser that fills in forms."""

import http.client
import json
import re
import socket
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

TIMEOUT = 60


class Unexpected(Exception):
    """An answer that makes the measurement worthless, in one line."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    size: int  # as it went over the line, headers and all
    seconds: float

    def header(self, name: str) -> str:
        return next((value for given, value in self.headers if given.lower() == name.lower()), "")


class Connection:
    """A kept-alive connection to a server of this machine; opened anew if it was closed for being idle."""

    def __init__(self, port: int) -> None:
        self._port, self._request, self._began = port, b"", 0.0
        self._socket = self._opened()

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        self.ask(path, headers)
        return self.answer()

    def ask(self, path: str, headers: Mapping[str, str] | None = None) -> None:
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self._request = "\r\n".join([*lines, "", ""]).encode()
        self._send()

    def answer(self) -> Answer:
        """The one to what was asked."""
        try:
            got = self._more(b"")
        except (Unexpected, ConnectionError):
            self._socket.close()
            self._socket = self._opened()
            self._send()
            got = self._more(b"")
        while b"\r\n\r\n" not in got:
            got = self._more(got)
        head, _, body = got.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        found = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in rest))
        answer = Answer(int(first.split()[1]), found, body, 0, 0)
        if answer.header("Transfer-Encoding") == "chunked":
            while not body.endswith(b"0\r\n\r\n"):
                body = self._more(body)
            size, body = len(body), _unchunked(body)
        else:
            wanted = int(answer.header("Content-Length") or 0) if answer.status not in (204, 304) else 0
            while len(body) < wanted:
                body = self._more(body)
            size = len(body)
        took = time.perf_counter() - self._began
        return Answer(answer.status, found, body, len(head) + 4 + size, took)

    def _opened(self) -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self._port), timeout=TIMEOUT)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    def _send(self) -> None:
        self._began = time.perf_counter()
        with suppress(ConnectionError):  # of one that is closed: the answer tells
            self._socket.sendall(self._request)

    def _more(self, got: bytes) -> bytes:
        piece = self._socket.recv(1 << 18)
        if not piece:
            raise Unexpected("the server closed the connection in the middle of an answer")
        return got + piece


def _unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        length, _, rest = body.partition(b"\r\n")
        count = int(length, 16)
        whole, body = whole + rest[:count], rest[count + 2 :]
        if not count:
            break
    return whole


def get(port: int, path: str, headers: Mapping[str, str] | None = None, status: int = 200) -> Answer:
    """One answer on a connection of its own. Raises Unexpected if its status is another."""
    with Connection(port) as connection:
        answer = connection.get(path, headers)
    if answer.status != status:
        raise Unexpected(f"{path} answers {answer.status}, not {status}")
    return answer


class Browser:
    """A person with a browser: keeps cookies, sends forms with their tokens."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}
        self._token = ""
        self.policy = ""  # the content security policy of the last answer

    @property
    def token(self) -> str:
        """Of the form that was opened last, against forged ones."""
        return self._token

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def open(self, path: str) -> str:
        status, text = self._ask("GET", path)
        if status != 200:
            raise Unexpected(f"{path} answers {status}")
        self._token = Token(text).found or self._token
        return text

    def submit(self, path: str, **typed: str) -> float:
        """Sends a form; the seconds until it was acknowledged. Raises Unexpected unless it was."""
        began = time.perf_counter()
        status, text = self.send(path, typed)
        took = time.perf_counter() - began
        if status != 303:
            raise Unexpected(f"sending a form to {path} is answered by {status}: {_words(text)}")
        return took

    def send(self, path: str, typed: Mapping[str, str], headers: Any = ()) -> tuple[int, str]:
        """Sends a form, whatever comes of it: the status and the page of the answer."""
        fields = urlencode({"csrf_token": self._token, **typed})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.post(path, fields, kind | dict(headers))

    def post(self, path: str, body: str | bytes, headers: Any) -> tuple[int, str]:
        return self._ask("POST", path, body, headers)

    def sign_in(self, username: str, password: str) -> None:
        self.open("/login")
        self.submit("/login", username=username, password=password)

    def upload(self, path: str, name: str, content: bytes) -> str:
        """Sends a file as the editor's script does; the path at which it is read."""
        boundary = "what-a-browser-makes-up"
        part = f"--{boundary}\r\nContent-Disposition: form-data; name="
        head = f'{part}"csrf_token"\r\n\r\n{self._token}\r\n{part}"files"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Accept": "application/json"}
        status, text = self._ask("POST", path, body, headers)
        if status != 201:
            raise Unexpected(f"an upload to {path} is answered by {status}: {_words(text)}")
        return str(json.loads(text)["path"])

    def _ask(self, method: str, path: str, body: str | bytes = "", headers: Any = ()) -> tuple[int, str]:
        # A connection each: one that was closed for being idle would lose the form.
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)) as connection:
            connection.request(method, path, body or None, {"Cookie": self.cookie, **dict(headers)})
            answer = connection.getresponse()
            self.policy = answer.getheader("Content-Security-Policy") or ""
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    key, _, content = value.partition(";")[0].partition("=")
                    self._cookies[key] = content
            return answer.status, answer.read().decode("utf-8", "replace")


class Token(HTMLParser):
    """The page's token against forged forms (CSRF)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if given.get("name") == "csrf_token":
            self.found = given.get("value") or self.found  # some forms get theirs later


def hidden(html: str, name: str) -> str:
    """The value of a hidden field; empty if there is none."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', html)
    return found[1] if found else ""


def _words(html: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found[1] if found else html[:80]).strip()


def path_of(url: str) -> str:
    """Path and query of an address, as it is asked for on a connection."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
