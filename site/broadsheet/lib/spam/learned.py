"""What learned words say of a letter.

Gary Robinson, "A Statistical Approach to the Spam Problem", Linux Journal 107 (March 2003), after Paul
Graham, "A Plan for Spam" (2002): each word has a probability, drawn towards even while it is rare; the
probabilities are combined by Fisher's method once for spam and once against it. The three constants are
those of SpamBayes. To each class belongs one letter more, which has each word as often as all letters
together: so a word that one class has not shown yet is no proof, and whoever knows only one class holds no
opinion.
"""

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

UNKNOWN, STRENGTH = 0.5, 0.45  # what a word says of which nothing is known, and how many letters that weighs
TELLING = 0.1  # words nearer to even than this say nothing
MOST_TELLING = 150
TOTAL = ""  # the word under which the letters themselves are counted


class Count(NamedTuple):
    spam: int
    ham: int


def probabilities(words: Iterable[str], counts: Mapping[str, Count]) -> dict[str, float]:
    """For each telling word how likely a letter with it is spam, the most telling first."""
    letters = counts.get(TOTAL, Count(0, 0))
    found = {word: _probability(counts[word], letters) for word in words if word in counts and word != TOTAL}
    telling = [(word, chance) for word, chance in found.items() if abs(chance - 0.5) >= TELLING]
    telling.sort(key=lambda one: -abs(one[1] - 0.5))
    return dict(telling[:MOST_TELLING])


def combined(chances: Iterable[float]) -> float:
    """Fisher's method: 1 for certain spam, 0 for certainly none, 0.5 for no or contradicting evidence."""
    chances = list(chances)
    if not chances:
        return 0.5
    spam = 1 - _chi_square(-2 * sum(math.log(1 - chance) for chance in chances), len(chances))
    ham = 1 - _chi_square(-2 * sum(math.log(chance) for chance in chances), len(chances))
    return (1 + spam - ham) / 2


def _probability(word: Count, letters: Count) -> float:
    seen = word.spam + word.ham
    if not seen:
        return UNKNOWN
    of_spam, of_ham = max(letters.spam, word.spam), max(letters.ham, word.ham)
    everywhere = seen / (of_spam + of_ham)
    in_spam = (word.spam + everywhere) / (of_spam + 1)
    in_ham = (word.ham + everywhere) / (of_ham + 1)
    return (STRENGTH * UNKNOWN + seen * in_spam / (in_spam + in_ham)) / (STRENGTH + seen)


def _chi_square(value: float, pairs: int) -> float:
    """How likely chi-square with 2 × `pairs` degrees of freedom is greater than `value`."""
    half = value / 2
    term = total = math.exp(-half)
    for number in range(1, pairs):
        term *= half / number
        total += term
    return min(total, 1.0)
