"""What somebody may have meant who found nothing."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from broadsheet.extensions import db
from broadsheet.lib.searching import Query, Term, fold, nearest, words_of
from broadsheet.models import SearchText, Tag
from broadsheet.search.finding import is_found, is_seen, is_somebody
from broadsheet.search.indexes import index

TITLES = 600  # the newest, whose words are known here; some milliseconds
MOST_DOUBTED = 5  # words of a question, each looked for by itself


def suggest(query: Query) -> Query | None:
    """What finds something: the same with other words, in place of one that nobody has used one that is
    nearly the same, and none where there is no such, likewise of tags and authors; or without these. None if
    there is no such."""
    known = _known()
    doubtful = [word for word in dict.fromkeys(query.words) if word not in known][:MOST_DOUBTED]
    unused = [word for word in doubtful if not _is_used(word)]
    other = query.with_words({word: nearest(word, known) for word in unused})
    mended = replace(other, tags=_tags(query.tags), authors=_authors(query.authors))
    for one in (mended, Query(other.terms)):  # the filters may be what nothing has
        if one != query and not one.is_empty and is_found(one):
            return one
    return None


def _tags(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names or all(Tag.meant_by(name) for name in names):
        return names
    known = {fold(name): name for name in Tag.suggestions()}
    return tuple(
        name if Tag.meant_by(name) else known.get(fold(name)) or known.get(nearest(fold(name), known), name)
        for name in names
    )


def _authors(names: tuple[str, ...]) -> tuple[str, ...]:
    strangers = [name for name in names if not is_somebody(name)]
    if not strangers:
        return names
    known = _words(SearchText.names)
    return tuple(
        " ".join(word if word in known else nearest(word, known) or word for word in words_of(name))
        if name in strangers
        else name
        for name in names
    )


def _is_used(word: str) -> bool:
    """As it is, or going on."""
    ways = (False, True) if index().EXACT_FIRST else (True,)
    return any(is_found(Query((Term((word,), goes_on),))) for goes_on in ways)


def _known() -> set[str]:
    """The words of the newest titles, of who wrote them, and of what they are about."""
    return _words(SearchText.title, SearchText.names, SearchText.tags)


def _words(*columns: InstrumentedAttribute[str]) -> set[str]:
    newest = (
        select(*columns)
        .where(SearchText.shown, is_seen(SearchText.post_id))
        .order_by(SearchText.place.desc())
        .limit(TITLES)
    )
    texts = {text for row in db.session.execute(newest) for text in row}
    return set(words_of(" ".join(texts)))
