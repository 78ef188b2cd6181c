"""The judgement: rules and learned words weighed together, with the reasons."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from broadsheet.lib.spam.learned import Count, combined, probabilities
from broadsheet.lib.spam.letter import Letter
from broadsheet.lib.spam.signs import CIRCUMSTANCES, SIGNS
from broadsheet.lib.spam.words import words

# Weights are log-odds (add 2.2 and the odds are nine times as high); a letter without any sign starts here.
START = -3.0
SURE_OF_WORDS = 5.0  # so far words alone may move it, in either direction
ENOUGH_WORDS = 5  # fewer telling words weigh less: "you" and "the" alone are no character
THRESHOLD = 0.7  # from here on it is spam: rather one in the inbox than a reader's letter in the spam
CERTAIN = 0.1  # below, it may be learned from without a person's word
MOST_TOLD, MOST_WORDS_TOLD = 6, 4
WORTH_TELLING = 0.5


class Verdict(NamedTuple):
    score: float  # 0 to 1: how likely it is spam
    reasons: list[dict[str, Any]]  # {"sign", "count", "detail"} or {"word", "chance"}, the weightiest first

    @property
    def is_spam(self) -> bool:
        return self.score >= THRESHOLD


def judge(
    letter: Letter, counts: Mapping[str, Count] | None = None, circumstances: tuple[str, ...] = ()
) -> Verdict:
    """`counts` are those of `words(letter)` and of learned.TOTAL; `circumstances` names of CIRCUMSTANCES."""
    weighed: list[tuple[float, dict[str, Any]]] = [
        (CIRCUMSTANCES[name], {"sign": name}) for name in circumstances
    ]
    for sign in SIGNS:
        if found := sign.find(letter):
            reason = {"sign": sign.name, "count": found.times, "detail": found.detail}
            weighed.append((sign.weight(found.times) * found.share, reason))
    chances = probabilities(words(letter), counts or {})
    weight_of_words = _log_odds(combined(chances.values())) * min(1.0, len(chances) / ENOUGH_WORDS)
    score = _chance(START + sum(weight for weight, _ in weighed) + weight_of_words)
    return Verdict(round(score, 4), _told(weighed) + _told_of_words(chances, is_spam=weight_of_words > 0))


def _told(weighed: list[tuple[float, dict[str, Any]]]) -> list[dict[str, Any]]:
    weighed = sorted(weighed, key=lambda one: -abs(one[0]))
    return [reason for weight, reason in weighed if abs(weight) >= WORTH_TELLING][:MOST_TOLD]


def _told_of_words(chances: Mapping[str, float], *, is_spam: bool) -> list[dict[str, Any]]:
    told = [(word, chance) for word, chance in chances.items() if (chance > 0.5) == is_spam]
    return [{"word": word, "chance": round(chance, 2)} for word, chance in told[:MOST_WORDS_TOLD]]


def _log_odds(chance: float) -> float:
    bound = _chance(SURE_OF_WORDS)
    chance = min(max(chance, 1 - bound), bound)
    return math.log(chance / (1 - chance))


def _chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
