"""The rules of a frozen site for programs that the tests do not run: a former address stays a word."""

import re
from urllib.parse import quote

import pytest

from broadsheet.transfer.frozen import caddy, netlify
from broadsheet.transfer.frozen.serving import Serving

# As Caddy's lexer takes them: within quotation marks a backslash counts before one of these alone.
WORD = re.compile(r'"((?:\\"|\\(?!")|[^"\\])*)"|(\S+)')
PLAIN = ["/2019/old", "/sp ace", '/a"b', "/a;b{c}", "/*", "/:id", "/$uri", "/new\nline"]
ODD = ["/ends\\", '/x\\" respond /pwned 200 "', "/{$HOME}", "/\\\\"]


def serving(paths: list[str]) -> Serving:
    types = {".html": "text/html; charset=utf-8"}
    return Serving(types=types, redirects=dict.fromkeys(paths, ("/post/1/new", 301)))


def words(text: str) -> list[str]:
    return [(found[1] or found[2] or "").replace('\\"', '"') for found in WORD.finditer(text)]


@pytest.mark.parametrize("path", PLAIN)
def test_caddy_takes_a_former_address_for_one_word(path):
    said = words(caddy.files(serving([path]))[caddy.NAME])
    assert said[said.index(path) + 1] == "/post/1/new"


@pytest.mark.parametrize("path", ODD)
def test_what_caddy_cannot_be_told_is_left_out(path):
    assert caddy.files(serving([path])) == caddy.files(serving([]))


def test_netlify_gets_one_line_for_each():
    lines = netlify.redirects(serving(PLAIN + ODD), plain=True).splitlines()
    assert sorted(lines) == sorted(f"{quote(path)} /post/1/new 301" for path in PLAIN + ODD)
