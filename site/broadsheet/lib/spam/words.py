"""The words of a letter by which the filter learns, each once: also of scripts that do not part them."""

import re
import unicodedata
from collections.abc import Iterator

from broadsheet.lib.spam.letter import Letter

MOST_WORDS = 400  # of one letter; a database takes so many in one statement
WORD_LENGTH = 60
SHORTEST, SHORTEST_NUMBER = 3, 5

# Thai, Lao, Myanmar, Khmer, kana, Han: no spaces between words, so pairs of letters stand for them.
UNPARTED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")


def words(letter: Letter) -> list[str]:
    """At most MOST_WORDS, in the order in which they come; `link:`, `from:` and `name:` tell where from.

    Of the sender's address only the host is kept: the counts outlive a letter that somebody deletes.
    """
    found = dict.fromkeys(word[:WORD_LENGTH] for word in _all(letter))
    return list(found)[:MOST_WORDS]


def _all(letter: Letter) -> Iterator[str]:
    for host in letter.hosts:
        yield f"link:{host[-WORD_LENGTH + 5 :]}"
        yield f"link:{'.'.join(host.split('.')[-2:])}"
    yield f"from:{letter.email.rpartition('@')[2].casefold()}"
    yield from (f"name:{word}" for word in _words_in(letter.name.casefold()))
    yield from _words_in(letter.without_links)


def _words_in(text: str) -> Iterator[str]:
    for run in "".join(one if _is_of_a_word(one) else " " for one in text).split():
        if unparted := UNPARTED.findall(run):
            for part in unparted:
                yield from (part[at : at + 2] for at in range(max(1, len(part) - 1)))
        elif run.isdigit():
            if len(run) >= SHORTEST_NUMBER:
                yield run
        elif len(run) >= SHORTEST or not run.isascii():
            yield run


def _is_of_a_word(character: str) -> bool:
    # Marks belong to words: the vowels of Hindi or Arabic are some.
    return character.isalnum() or unicodedata.category(character)[0] == "M"
