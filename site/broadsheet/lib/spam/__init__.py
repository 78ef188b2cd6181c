"""Whether a letter that a stranger sent through a form is spam: rules to begin with, then what was learned.

Pure: no network, no key, no store. Whoever calls keeps the counts of words (models/spam_word.py).
"""

from broadsheet.lib.spam.letter import Letter
from broadsheet.lib.spam.verdict import CERTAIN, THRESHOLD, Verdict, judge
from broadsheet.lib.spam.words import MOST_WORDS, WORD_LENGTH, words

__all__ = ["CERTAIN", "MOST_WORDS", "THRESHOLD", "WORD_LENGTH", "Letter", "Verdict", "judge", "words"]
