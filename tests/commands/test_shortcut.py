"""How a kept page gets past WSGI: the same answer, with nobody asked for it but the press."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from granian.server import mp
from werkzeug.test import create_environ

from broadsheet.commands.shortcut import WRAPPER, Shortcut
from broadsheet.models import Post


class Protocol:
    """What Granian gives for the answer."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answer = status, dict(headers), body

    def response_iter(self, status: int, headers: list[tuple[str, str]], body: Any) -> None:
        self.response_bytes(status, headers, b"".join(pieces(body.__next__)))
        body.close()


def pieces(next_piece: Callable[[], bytes]) -> Iterator[bytes]:
    with suppress(StopIteration):
        while True:
            yield next_piece()


@pytest.fixture
def shortcut() -> Iterator[Shortcut]:
    before = getattr(mp, WRAPPER)  # of another name since Granian was upgraded?
    yield Shortcut()
    setattr(mp, WRAPPER, before)


def test_kept_page_is_answered_without_the_application(app: Flask, post: Post, shortcut: Shortcut) -> None:
    press = app.extensions["broadsheet_press"]
    path, entered = post.path, []

    def application(environ: Any, start_response: Any) -> Any:
        entered.append(environ)
        return press(environ, start_response)

    shortcut.open(press)
    answer = getattr(mp, WRAPPER)(application, {})

    def ask(**headers: str) -> tuple[int, dict[str, str], bytes]:
        environ = create_environ(path, headers={name.replace("_", "-"): headers[name] for name in headers})
        answer(protocol := Protocol(), environ)
        return protocol.answer

    made = ask(Accept_Encoding="gzip")
    assert len(entered) == 1
    kept = ask(Accept_Encoding="gzip")
    assert len(entered) == 1
    assert kept == made
    assert kept[1]["Content-Encoding"] == "gzip"
    known = ask(Accept_Encoding="gzip", If_None_Match=kept[1]["ETag"])
    assert len(entered) == 1
    assert (known[0], known[2]) == (304, b"")
    assert ask(Accept_Encoding="gzip", If_None_Match='"other"') == kept
    ask(Accept_Encoding="gzip", Cookie="broadsheet=1")
    assert len(entered) == 3
    shortcut.is_closed = True
    assert ask(Accept_Encoding="gzip") == kept
    assert len(entered) == 4
