"""What readers are told when they search: what is found, and what may help to find more."""

from dataclasses import dataclass, replace
from datetime import timedelta

from flask_babel import gettext as _

from broadsheet.lib.searching import LONGEST, Problem, Query, parse
from broadsheet.search import Finds, find, suggest
from broadsheet.web.filters import zone

PER_PAGE = 10
# Somebody who types asks a few times a second, and rests.
OFTEN_ENOUGH = "200 per minute"


@dataclass(frozen=True)
class Search:
    """`older` is the question about what is older than all that was looked at; "" if that is all."""

    text: str
    finds: Finds
    advice: list[str]
    suggestion: str
    older: str


def search(text: str, *, page: int) -> Search:
    # It stands in addresses, which are remembered: no more of it than shows that it was too long.
    text = " ".join(text.replace("\0", " ").split())[: 2 * LONGEST]
    query = parse(text)
    finds = find(query, zone=zone(), page=page, per_page=PER_PAGE)
    return Search(
        text,
        finds,
        [_advice(problem) for problem in finds.problems],
        str(suggest(query) or "") if not query.is_empty and not finds.items else "",
        _older(query, finds),
    )


def _advice(problem: Problem) -> str:
    if problem.kind == "length":
        return _("That is a long question: only its first words were looked for.")
    if not problem.value:
        return _("After “%(filter)s:” its value is missing.", filter=problem.kind)
    if problem.kind == "tag":
        return _("No post has the tag “%(name)s”.", name=problem.value)
    if problem.kind == "author":
        return _("Nobody called “%(name)s” has written here.", name=problem.value)
    return _(
        "“%(value)s” is no date and was left out. Write %(filter)s:2024, %(filter)s:2024-05 or"
        " %(filter)s:2024-05-31.",
        value=problem.value,
        filter=problem.kind,
    )


def _older(query: Query, finds: Finds) -> str:
    """The question about what is older than all that was looked at; "" if that is all."""
    if finds.older_than is None or finds.has_next:
        return ""
    day = finds.older_than.astimezone(zone()).date()
    next_day = day + timedelta(days=1)
    return str(replace(query, before=day if query.before == next_day else next_day))
