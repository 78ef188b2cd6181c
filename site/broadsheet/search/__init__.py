"""Full text over what readers see. `find` answers a question with one page of posts, the best first.

However many posts there are, only the newest finds are looked at: the newest whose title has the words, and
the newest that have them anywhere. So a word that stands in every post costs no more than a rare one, and
nothing is counted. Why that is so: docs/decisions/0028.
"""

from broadsheet.search.finding import Find, Finds, find
from broadsheet.search.suggesting import suggest

__all__ = ["Find", "Finds", "find", "suggest"]
