"""What the migrations make on MariaDB in other words than elsewhere: triggers, and the words of the search.

Three things are different there. A trigger fires at once, and none at the end of a transaction. No trigger
hears of what a foreign key deletes or empties, so that it is done before, by a trigger on what it refers to.
And none can say which columns it watches, so that it compares them.
"""

import unicodedata
from collections.abc import Iterable, Iterator

TEXT = "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
# Before each word that is indexed: so none is too short for the index, and none a word that it leaves out.
BEFORE_WORD = "zz"
AT_ONCE = 50  # calls within calls


def trigger(name: str, when: str, table: str, does: str, condition: str = "") -> str:
    """`does` ends with a semicolon."""
    body = f"IF {condition} THEN {does} END IF;" if condition else does
    return f"CREATE OR REPLACE TRIGGER {name} {when} ON {table} FOR EACH ROW BEGIN {body} END"


def differs(columns: Iterable[str]) -> str:
    return f"NOT ({' AND '.join(f'NEW.{name} <=> OLD.{name}' for name in columns)})"


# -- what is searched (0003)

REFRESH = """
INSERT INTO search_texts (place, post_id, shown, title, summary, names, tags, `keys`)
SELECT coalesce(timestampdiff(SECOND, '1970-01-01', posts.published_at), 0) * 16777216 + posts.id % 16777216,
  posts.id, posts.status = 'published' AND posts.trashed_at IS NULL, posts.title, posts.summary,
  CASE WHEN posts.byline <> '' THEN posts.byline ELSE coalesce((
    SELECT group_concat(concat(users.name, ' ', users.username) SEPARATOR ', ')
    FROM post_authors JOIN users ON users.id = post_authors.user_id
    WHERE post_authors.post_id = posts.id), '') END,
  coalesce((
    SELECT group_concat(tags.name SEPARATOR ', ') FROM post_tags JOIN tags ON tags.id = post_tags.tag_id
    WHERE post_tags.post_id = posts.id), ''),
  coalesce((
    SELECT group_concat(concat('t', post_tags.tag_id) SEPARATOR ' ') FROM post_tags
    WHERE post_tags.post_id = posts.id), '')
FROM posts WHERE {which}
ON DUPLICATE KEY UPDATE place = VALUES(place), shown = VALUES(shown), title = VALUES(title),
  summary = VALUES(summary), names = VALUES(names), tags = VALUES(tags), `keys` = VALUES(`keys`)
"""
# Whoever goes leaves the lists of authors and tags first, which triggers hear of.
GONE = (
    ("search_of_people_gone", "users", "DELETE FROM post_authors WHERE user_id = OLD.id;"),
    ("search_of_tag_names_gone", "tags", "DELETE FROM post_tags WHERE tag_id = OLD.id;"),
)


def search_triggers(wanted: Iterable[tuple[str, str, str, str]]) -> Iterator[str]:
    """Of (name, when, table, which posts), as migration 0003 has them."""
    for name, when, table, which in wanted:
        event, _, columns = when.partition(" OF ")
        condition = differs(columns.split(", ")) if columns else ""
        if name == "posts":  # what has none gets them by a change that changes nothing
            condition += " OR NOT EXISTS (SELECT 1 FROM search_texts WHERE post_id = NEW.id)"
        refresh = f"{REFRESH.format(which=which)};"
        yield trigger(f"search_of_{name}", f"AFTER {event}", table, refresh, condition)
    for name, table, does in GONE:
        yield trigger(name, "BEFORE DELETE", table, does)


# -- words as they are written (0005)

WORDS = ("search_words_head", "search_words_names", "search_words_body", "search_title_words")


def words_of_search(letters: dict[str, str]) -> Iterator[str]:
    """Functions that fold, columns with the folded words, triggers that fill them, and the indexes. The words
    of the text come from the application, as the text does: a function here would take seconds for a book."""
    yield folding(letters)
    # The words of a text as the index takes them, between spaces: " zzone zztwo ".
    yield (
        f"CREATE OR REPLACE FUNCTION search_indexed(words {TEXT}) RETURNS {TEXT} DETERMINISTIC NO SQL BEGIN"
        r" SET words = trim(regexp_replace(search_folded(words), '[^\\p{L}\\p{N}\\p{M}]+', ' '));"
        f" RETURN if(words = '', ' ', concat(' {BEFORE_WORD}', replace(words, ' ', ' {BEFORE_WORD}'), ' '));"
        " END"
    )
    columns = ", ".join(f"ADD COLUMN {name} LONGTEXT NOT NULL DEFAULT ''" for name in WORDS)
    yield f"ALTER TABLE search_texts {columns}"
    yield from word_triggers()
    yield "UPDATE search_texts SET title = concat(title, ' ')"  # the triggers fill what is there already
    yield "UPDATE search_texts SET title = left(title, char_length(title) - 1)"
    yield (
        "CREATE FULLTEXT INDEX ix_search_texts_words ON search_texts (search_words_head, search_words_body)"
    )
    yield "CREATE FULLTEXT INDEX ix_search_texts_title_words ON search_texts (search_title_words)"


def word_triggers() -> Iterator[str]:
    # A full stop is no word: nothing follows across it.
    fill = (
        "SET NEW.search_title_words = search_indexed(NEW.title),"
        " NEW.search_words_names = search_indexed(NEW.names),"
        " NEW.search_words_head = concat(NEW.search_title_words, '.', search_indexed(NEW.summary), '.',"
        " NEW.search_words_names, '.', search_indexed(NEW.tags));"
    )
    yield trigger("search_texts_new", "BEFORE INSERT", "search_texts", fill)
    changed = differs(("title", "summary", "names", "tags"))
    yield trigger("search_texts_changed", "BEFORE UPDATE", "search_texts", fill, changed)


def no_words_of_search() -> Iterator[str]:
    yield "DROP TRIGGER search_texts_new"
    yield "DROP TRIGGER search_texts_changed"
    for index in ("words", "title_words"):
        yield f"DROP INDEX ix_search_texts_{index} ON search_texts"
    yield f"ALTER TABLE search_texts {', '.join(f'DROP COLUMN {name}' for name in WORDS)}"
    yield "DROP FUNCTION search_indexed"
    yield "DROP FUNCTION search_folded"


def folding(letters: dict[str, str]) -> str:
    """As `lib/searching` folds: capitals, the diacritics of Latin letters, and these."""
    latin = {
        chr(n): base.lower()
        for n in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00), 0x212A, 0x212B)
        if (base := unicodedata.normalize("NFD", chr(n))[0]).isascii() and base.isalpha()
    }
    all_ = latin | {letter: folded.lower() for letter, folded in letters.items()}
    marks = "".join(letter for letter, folded in all_.items() if not folded)
    pairs = [pair for pair in all_.items() if pair[1]]
    steps = [pairs[at : at + AT_ONCE] for at in range(0, len(pairs), AT_ONCE)]
    replaced = " ".join(f"SET words = {_replaced('words', step)};" for step in steps)
    return (
        f"CREATE OR REPLACE FUNCTION search_folded(words {TEXT}) RETURNS {TEXT} DETERMINISTIC NO SQL BEGIN"
        r" SET words = lower(words); IF words REGEXP '[^\\x{1}-\\x{7f}]' THEN"
        rf" SET words = regexp_replace(words, '[\\x{{300}}-\\x{{36f}}{marks}]', ''); {replaced}"
        " END IF; RETURN words; END"
    )


def _replaced(words: str, step: list[tuple[str, str]]) -> str:
    for letter, folded in step:
        words = f"replace({words}, '{letter}', '{folded}')"
    return words


# -- the edition (0006)


def edition_trigger(table: str, event: str, public: list[str], condition: str) -> str:
    does = "UPDATE edition SET number = number + 1;"
    if event == "DELETE":
        condition = ""  # what the keys of others empty then, a translation's say, might be seen
    if event == "UPDATE":
        condition = f"{differs(public)} AND ({condition})" if condition else differs(public)
    return trigger(f"edition_{table}_{event.lower()}", f"AFTER {event}", table, does, condition)


# -- lists that are counted (0007)

EMPTIED = (
    ("lists_of_posts_gone", "posts", "DELETE FROM list_entries WHERE post_id = OLD.id;"),
    ("lists_of_series_gone", "series", "UPDATE posts SET series_id = NULL WHERE series_id = OLD.id;"),
)
MONTH = "year({at}) * 12 + month({at})"


def list_triggers(wanted: Iterable[tuple[str, tuple[str, str], str, str]]) -> Iterator[str]:
    """Of (name, when and if, table, what it does), as migration 0007 has them."""
    for name, (when, condition), table, does in wanted:
        event = when.partition(" OF ")[0]
        condition = condition.removeprefix("WHEN ")
        yield trigger(name, f"AFTER {event}", table, does, condition)
    for name, table, does in EMPTIED:
        yield trigger(name, "BEFORE DELETE", table, does)
