"""How near texts are to each other, by their tags and their words: for "Read next"."""

import math
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from typing import NamedTuple

VERSION = 1  # raised when the same texts give another order
WORDS_COUNT = 0.8  # what the words weigh beside the tags: chosen by somebody, those tell more
LEAST = 0.04  # below it, texts share little more than a word that everybody uses

_WORD = re.compile(r"[^\W\d_]{3,}|[^\W_]*\d[^\W_]*")
# Scripts that put no space between words: there, two signs in a row serve as a word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2,}")


class Text(NamedTuple):
    id: int
    tags: frozenset[int]
    words: frozenset[str]


def words_of(*texts: str) -> frozenset[str]:
    """In small letters, without those of one or two letters. Numbers count."""
    found: set[str] = set()
    for text in texts:
        for match in _WORD.findall(text.casefold()):
            found.update(_parts(match))
    return frozenset(found)


def nearest(own: Text, others: Sequence[Text], most: int) -> list[tuple[int, float]]:
    """The ids of those that are related to it, the nearest first, each with how near it is: from 0 to 1.

    What few of them have weighs more than what many have (inverse document frequency), and a word that all
    of them have weighs nothing; both kinds are
    compared as the angle between two vectors, so that a text is not near because it is long.
    """
    tags = _weights([own, *others], lambda text: text.tags, 1)
    words = _weights([own, *others], lambda text: text.words, 0)
    scores = [
        (
            text.id,
            (_alike(own.tags, text.tags, tags) + WORDS_COUNT * _alike(own.words, text.words, words))
            / (1 + WORDS_COUNT),
        )
        for text in others
    ]
    near = [one for one in scores if one[1] >= LEAST]
    return sorted(near, key=lambda one: (-one[1], -one[0]))[:most]


def _parts(word: str) -> Iterable[str]:
    if not _UNSPACED.fullmatch(word):
        return (word,)
    return (word[at : at + 2] for at in range(len(word) - 1))


def _weights(
    texts: Sequence[Text], of: Callable[[Text], Iterable[Hashable]], least: int
) -> dict[Hashable, float]:
    counts = Counter(one for text in texts for one in of(text))
    return {one: math.log(least + len(texts) / count) ** 2 for one, count in counts.items()}


def _alike(mine: Set[Hashable], theirs: Set[Hashable], weights: Mapping[Hashable, float]) -> float:
    shared = sum(weights[one] for one in mine & theirs)
    if not shared:
        return 0.0
    return shared / math.sqrt(sum(weights[one] for one in mine) * sum(weights[one] for one in theirs))
