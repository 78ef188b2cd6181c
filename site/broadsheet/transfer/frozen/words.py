"""The index of a search that has no server: for each word the posts that have it, on shelves of some
kilobytes, of which a question loads those it needs (static/js/frozen-search.js).

A post's number grows with its date, and a shelf begins at words that begin one whatever stands before them:
so what is published later changes few of the shelves that lie there.
"""

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import pairwise
from zlib import crc32

from broadsheet.lib.searching.words import LETTERS, words_of

LONGEST_WORD = 64
MOST = 2_000  # posts of a word, the newest: of what stands in every post, nobody reads on to the oldest
FULL, LEAST = 40_000, 12_000  # bytes of a shelf; compressed they are a third
TEXT, OFTEN, NEAR, TITLE = range(
    4
)  # where a word stands in a post: `OFTEN` is in the text, at least so often:
OFTEN_IS = 3
SHELF = 32  # posts on a shelf of rows


class Words:
    """`add` takes one post after another, the oldest first."""

    def __init__(self) -> None:
        self._posts: dict[str, array[int]] = {}
        self._cut: set[str] = set()

    def add(self, post: int, title: str, near: Iterable[str], text: str, keys: Iterable[str]) -> None:
        """`near` is what stands around the text; `keys` are the tags' and authors', as `tag_key` has them."""
        found = {word: OFTEN if many >= OFTEN_IS else TEXT for word, many in Counter(_words(text)).items()}
        found.update((word, NEAR) for part in near for word in _words(part))
        found.update((word, TITLE) for word in _words(title))
        found.update((key, TEXT) for key in keys)
        for word, where in found.items():
            posts = self._posts.get(word)
            if posts is None:
                posts = self._posts[word] = array("I")
            posts.append(post * 4 + where)
            if len(posts) >= 2 * MOST:
                del posts[: len(posts) - MOST]
                self._cut.add(word)

    def shelves(self) -> Iterator[tuple[str, bytes]]:
        """The first word of each, and its content."""
        shelf: dict[str, list[int]] = {}
        cut: list[str] = []
        first, size = "", 0
        for word in sorted(self._posts, key=_order):
            if shelf and (size >= FULL or (size >= LEAST and crc32(word.encode()) % 4 == 0)):
                yield first, as_json({"words": shelf, "cut": cut})
                shelf, cut, size = {}, [], 0
            if not shelf:
                first = word
            posts = self._posts[word][-MOST:]
            shelf[word] = [posts[0], *(two - one for one, two in pairwise(posts))]
            if word in self._cut or len(self._posts[word]) > MOST:
                cut.append(word)
            size += len(word) + 4 + 4 * len(posts)
        if shelf:
            yield first, as_json({"words": shelf, "cut": cut})


def tag_key(name: str) -> str:
    return "#" + " ".join(_words(name))


def author_keys(names: str) -> list[str]:
    return [f"@{word}" for word in _words(names)]


def letters() -> dict[str, str]:
    """What becomes of letters that Unicode's own rules would leave apart, for the script."""
    return {chr(one): chr(to) if isinstance(to, int) else to or "" for one, to in LETTERS.items()}


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()[:10]


def as_json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _words(text: str) -> list[str]:
    return [word[:LONGEST_WORD] for word in words_of(text)]


def _order(word: str) -> bytes:
    """As JavaScript compares."""
    return word.encode("utf-16-be")
