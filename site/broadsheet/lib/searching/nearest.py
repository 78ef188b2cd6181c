"""Words that are nearly the one that was typed."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

MOST_COMPARED = 400  # some milliseconds
LIKE_ENOUGH = 0.7


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word (all of them folded) that is most like this one, "" if none is like it enough."""
    if len(word) < 3:
        return ""
    pairs = _pairs(word)
    # Cheap first: those that share most pairs of letters.
    like = sorted(
        (-len(pairs & _pairs(one)), abs(len(one) - len(word)), one)
        for one in set(known)
        if _may_be(word, one)
    )
    matcher = SequenceMatcher(None, b=word, autojunk=False)
    best, most = "", LIKE_ENOUGH
    for _shared, _difference, one in like[:MOST_COMPARED]:
        matcher.set_seq1(one)
        if (
            matcher.real_quick_ratio() > most
            and matcher.quick_ratio() > most
            and (ratio := matcher.ratio()) > most
        ):
            best, most = one, ratio
    return best


def _may_be(word: str, one: str) -> bool:
    return one != word and abs(len(one) - len(word)) <= 2 and len(one) > 2


@lru_cache(maxsize=4096)  # the words of a site are the same in the next question
def _pairs(word: str) -> frozenset[str]:
    word = f" {word} "
    return frozenset(word[at : at + 2] for at in range(len(word) - 1))
