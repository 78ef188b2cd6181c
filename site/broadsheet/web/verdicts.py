"""The spam filter's reasons in words (its signs are in lib/spam/signs.py)."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from broadsheet.models import Message, Submission

SIGNS: dict[str, Callable[[int, str], str]] = {
    "offer": lambda n, word: _("sounds like an offer (“%(word)s”)", word=word),
    "rank": lambda n, word: _("sells search-engine rank (“%(word)s”)", word=word),
    "gambling": lambda n, word: _("sells gambling (“%(word)s”)", word=word),
    "medicine": lambda n, word: _("sells medicine (“%(word)s”)", word=word),
    "money": lambda n, word: _("promises money (“%(word)s”)", word=word),
    "sex": lambda n, word: _("sells sex (“%(word)s”)", word=word),
    "bulk": lambda n, word: _("sells mass mail or web work (“%(word)s”)", word=word),
    "links": lambda n, all_: ngettext("%(num)d link", "%(num)d links", int(all_)),
    "anchors": lambda n, _word: _("links written as markup, as programs do"),
    "nothing_else": lambda n, _word: _("hardly anything but links"),
    "mixed_scripts": lambda n, word: _("letters of two scripts in one word (“%(word)s”)", word=word),
    "invisible": lambda n, _word: _("invisible characters within words"),
    "disguised": lambda n, word: _("a disguised word (“%(word)s”)", word=word),
    "shouting": lambda n, _word: _("written in capitals"),
    "name_is_link": lambda n, _word: _("the sender's name is a web address"),
    "random_letters": lambda n, word: _("random letters (“%(word)s”)", word=word),
    "throwaway": lambda n, _word: _("the mail address looks made to be thrown away"),
    "trap": lambda n, _word: _("a field was filled in that people do not see"),
    "quick": lambda n, _word: _("sent quicker than a person types"),
    "unopened": lambda n, _word: _("sent without opening the form"),
    "stale": lambda n, _word: _("the form had been open for more than a day"),
    "repeated": lambda n, _word: _("the same text came from another address lately"),
    "answered": lambda n, _word: _("we have written to this address before"),
}

PREFIXES: dict[str, Callable[[str], str]] = {
    "link": lambda word: _("link to %(host)s", host=word),
    "from": lambda word: _("mail from %(host)s", host=word),
    "name": lambda word: _("the name “%(word)s”", word=word),
}


def reasons(incoming: Message | Submission) -> list[str]:
    """Why the filter thought what it thought, the weightiest first; empty if nothing struck it."""
    signs = [sign(reason) for reason in incoming.spam_reasons if reason.get("sign") in SIGNS]
    words = [learned(reason["word"]) for reason in incoming.spam_reasons if reason.get("word")]
    if words:
        signs.append(_("learned: %(words)s", words=", ".join(words)))
    return signs


def sign(reason: dict[str, Any]) -> str:
    return SIGNS[reason["sign"]](reason.get("count", 1), reason.get("detail", ""))


def learned(word: str) -> str:
    prefix, _colon, rest = word.partition(":")
    return PREFIXES[prefix](rest) if rest and prefix in PREFIXES else f"“{word}”"
