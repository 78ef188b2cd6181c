"""What somebody may have meant who found nothing."""

from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.lib.searching import Query, Term, nearest, words_of
from broadsheet.models import SearchText
from broadsheet.search.finding import is_found, is_seen
from broadsheet.search.indexes import index

TITLES = 600  # the newest, whose words are known here; some milliseconds
MOST_DOUBTED = 5  # words of a question, each looked for by itself


def suggest(query: Query) -> Query | None:
    """What finds something: the same with other words, in place of one that nobody has used one that is
    nearly the same, and none where there is no such; or without the filters. None if there is no such."""
    known = _known()
    doubtful = [word for word in dict.fromkeys(query.words) if word not in known][:MOST_DOUBTED]
    unused = [word for word in doubtful if not _is_used(word)]
    other = query.with_words({word: nearest(word, known) for word in unused})
    for one in (other, Query(other.terms)):  # the filters may be what nothing has
        if one != query and one.terms and is_found(one):
            return one
    return None


def _is_used(word: str) -> bool:
    """As it is, or going on."""
    ways = (False, True) if index().EXACT_FIRST else (True,)
    return any(is_found(Query((Term((word,), goes_on),))) for goes_on in ways)


def _known() -> set[str]:
    """The words of the newest titles, of who wrote them, and of what they are about."""
    newest = (
        select(SearchText.title, SearchText.names, SearchText.tags)
        .where(SearchText.shown, is_seen(SearchText.post_id))
        .order_by(SearchText.place.desc())
        .limit(TITLES)
    )
    texts = {text for row in db.session.execute(newest) for text in row}
    return set(words_of(" ".join(texts)))
