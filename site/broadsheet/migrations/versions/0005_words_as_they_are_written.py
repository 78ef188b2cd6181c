"""A word is found as it is written, in every script, and without the marks that one may leave out

Revision ID: 0005
Revises: 0004
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from broadsheet.migrations import mariadb

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# As in lib/searching/words.py, by which questions go; a test holds the two together.
FOLDED = {
    **dict(
        zip(
            "ΆΈΉΊΌΎΏΪΫάέήίόύώϊϋΐΰς" + "ЁЙЇЎёйїў" + "أإآؤئىة" + "ŁłØøĐđı",
            "ΑΕΗΙΟΥΩΙΥαεηιουωιυιυσ" + "ЕИІУеиіу" + "\u0627\u0627\u0627\u0648\u064a\u064a\u0647" + "LlOoDdi",
            strict=True,
        )
    ),
    # Points of Hebrew; signs for vowels and the stretching line of Arabic; the variant of an emoji
    **dict.fromkeys(map(chr, [*range(0x5B0, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C7]), ""),
    **dict.fromkeys(map(chr, [0x640, *range(0x64B, 0x656), 0x670, 0xFE0E, 0xFE0F]), ""),
    "ß": "ss",
    "ẞ": "SS",
    "œ": "oe",
    "Œ": "OE",
    "æ": "ae",
    "Æ": "AE",
}
# SQLite's parser goes only so deep into calls within calls.
CALLS = 20

WORDS = ("title", "summary", "names", "tags", "keys", "body")
INDEXES = {"search_words": WORDS, "search_titles": ("title", "names", "keys")}
TRIGGERS = ("search_texts_new", "search_texts_gone", "search_texts_changed", "search_texts_changing")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _drop_indexes(TRIGGERS[:3])
        for statement in views():
            _do(statement)
        _make_indexes("search_folded", "L* N* Mn Mc")
        _keep_indexes_by_the_view()
    elif op.get_bind().dialect.name == "postgresql":
        _do(
            "CREATE FUNCTION search_folded(words text) RETURNS text"
            f" LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$ SELECT {_folded_by_postgresql()} $$"
        )
        _make_columns(lambda column: f"search_folded({column})")
    else:
        for statement in mariadb.words_of_search(FOLDED):
            _do(statement)
        _take_in_words()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _drop_indexes(TRIGGERS)
        for number in range(len(_steps()), 0, -1):
            _do(f"DROP VIEW {_view(number)}")
        _make_indexes("search_texts", "L* N* Co")
        _keep_indexes_by_the_table()
    elif op.get_bind().dialect.name == "postgresql":
        _make_columns(
            lambda column: rf"lower(regexp_replace(normalize({column}, NFD), '[\u0300-\u036f]', '', 'g'))"
        )
        _do("DROP FUNCTION search_folded(text)")
    else:
        for statement in mariadb.no_words_of_search():
            _do(statement)


def _do(statement: str) -> None:
    """As it is: neither a colon nor a sign of per cent in it stands for a parameter."""
    op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})


# -- SQLite


def views() -> Iterator[str]:
    """The words as they are indexed: views, one upon another, of which each folds some letters. No trigger
    could do so many, and a function of our own would be missing where anything else opens the database."""
    source = "search_texts"
    for number, step in enumerate(_steps(), 1):
        columns = ", ".join(f"{_replaced(name, step)} AS {name}" for name in WORDS if name != "keys")
        yield f"CREATE VIEW {_view(number)} AS SELECT place, shown, keys, {columns} FROM {source}"  # noqa: S608  our own names
        source = _view(number)


def _steps() -> list[list[tuple[str, str]]]:
    pairs = list(FOLDED.items())
    return [pairs[at : at + CALLS] for at in range(0, len(pairs), CALLS)]


def _view(number: int) -> str:
    return "search_folded" if number == len(_steps()) else f"search_folded_{number}"


def _replaced(column: str, step: list[tuple[str, str]]) -> str:
    for letter, folded in step:
        column = f"replace({column}, '{letter}', '{folded}')"
    return column


def _drop_indexes(triggers: tuple[str, ...]) -> None:
    for name in triggers:
        _do(f"DROP TRIGGER {name}")
    for index in INDEXES:
        _do(f"DROP TABLE {index}")


def _make_indexes(source: str, categories: str) -> None:
    """Without texts of their own (sqlite.org/fts5.html#external_content_tables). With the marks (Mn, Mc)
    among what makes a word, no Indic word falls apart at its vowels."""
    for index, names in INDEXES.items():
        columns = ", ".join(names)
        _do(
            f"CREATE VIRTUAL TABLE {index} USING fts5({columns}, content='{source}', content_rowid='place',"
            f" tokenize=\"unicode61 remove_diacritics 2 categories '{categories}'\", prefix='2 3')"
        )
        _do(f"INSERT INTO {index} (rowid, {columns}) SELECT place, {columns} FROM {source} WHERE shown")  # noqa: S608  our own names


def _differs() -> str:
    return " OR ".join(f"new.{name} IS NOT old.{name}" for name in ("place", "shown", *WORDS))


def _keep_indexes_by_the_view() -> None:
    """What is taken out has to be read while it is still there: before the change."""
    add, take = [], []
    for index, names in INDEXES.items():
        columns = ", ".join(names)
        of = f"{columns} FROM search_folded WHERE shown AND place ="
        add.append(f"INSERT INTO {index} (rowid, {columns}) SELECT place, {of} new.place;")
        take.append(
            f"INSERT INTO {index} ({index}, rowid, {columns}) SELECT 'delete', place, {of} old.place;"
        )
    added, taken = " ".join(add), " ".join(take)
    _do(f"CREATE TRIGGER search_texts_new AFTER INSERT ON search_texts BEGIN {added} END")
    _do(f"CREATE TRIGGER search_texts_gone BEFORE DELETE ON search_texts BEGIN {taken} END")
    for name, when, does in (("changing", "BEFORE", taken), ("changed", "AFTER", added)):
        _do(
            f"CREATE TRIGGER search_texts_{name} {when} UPDATE ON search_texts WHEN {_differs()}"
            f" BEGIN {does} END"
        )


def _keep_indexes_by_the_table() -> None:
    """As migration 0003 had them."""
    add, take = [], []
    for index, names in INDEXES.items():
        columns = ", ".join(names)
        new, old = (", ".join(f"{row}.{name}" for name in names) for row in ("new", "old"))
        add.append(f"INSERT INTO {index} (rowid, {columns}) SELECT new.place, {new} WHERE new.shown;")
        take.append(
            f"INSERT INTO {index} ({index}, rowid, {columns})"
            f" SELECT 'delete', old.place, {old} WHERE old.shown;"
        )
    added, taken = " ".join(add), " ".join(take)
    _do(f"CREATE TRIGGER search_texts_new AFTER INSERT ON search_texts BEGIN {added} END")
    _do(f"CREATE TRIGGER search_texts_gone AFTER DELETE ON search_texts BEGIN {taken} END")
    _do(
        f"CREATE TRIGGER search_texts_changed AFTER UPDATE ON search_texts WHEN {_differs()}"
        f" BEGIN {taken} {added} END"
    )


# -- PostgreSQL


def _folded_by_postgresql() -> str:
    """The diacritics that SQLite's tokenizer takes away by itself, then the letters. Hangul has to be
    composed again, or its letters would be words."""
    marks = r"regexp_replace(normalize(lower(words), NFD), '[\u0300-\u036f]', '', 'g')"
    one = sorted((pair for pair in FOLDED.items() if len(pair[1]) < 2), key=lambda pair: -len(pair[1]))
    letters, folded = "".join(pair[0] for pair in one), "".join(pair[1] for pair in one)
    expression = f"translate(normalize({marks}, NFC), '{letters}', '{folded}')"
    for letter, two in FOLDED.items():
        if len(two) == 2:
            expression = f"replace({expression}, '{letter}', '{two.lower()}')"
    return expression


def _make_columns(folded) -> None:  # type: ignore[no-untyped-def]  a migration
    """As migration 0003 has them, but for how they are folded."""

    def words(column: str, weight: str) -> str:
        spaced = f"translate({folded(column)}, $p$!\"#$%&'()*+,-./:;<=>?@[\\]^_`{{|}}~$p$, repeat(' ', 32))"
        return f"setweight(to_tsvector('simple', {spaced}), '{weight}')"

    everything = " || ".join(
        words(column, weight)
        for column, weight in zip(("title", "summary", "names", "tags", "body"), "ADCBD", strict=True)
    )
    for column, expression in (("words", everything), ("title_words", words("title", "A"))):
        _do(f"ALTER TABLE search_texts DROP COLUMN search_{column}")  # and its index
        _do(
            f"ALTER TABLE search_texts ADD COLUMN search_{column} tsvector"
            f" GENERATED ALWAYS AS ({expression}) STORED"
        )
        _do(f"CREATE INDEX ix_search_texts_{column} ON search_texts USING gin (search_{column}) WHERE shown")


# -- MariaDB


def triggers() -> Iterator[str]:
    """The statements that make them there, see env.py."""
    return mariadb.word_triggers()


def _take_in_words() -> None:
    """Those of the texts that are there; from here on they come with each rendering."""
    from broadsheet.lib.searching import between_spaces, words_of

    bind, last = op.get_bind(), 0
    write = sa.text("UPDATE search_texts SET search_words_body = :words WHERE place = :place")
    read = sa.text(
        "SELECT place, post_id, body FROM search_texts WHERE post_id > :last ORDER BY post_id LIMIT 500"
    )
    while rows := bind.execute(read, {"last": last}).all():
        found = [{"place": row.place, "words": between_spaces(words_of(row.body))} for row in rows]
        bind.execute(write, found)
        last = rows[-1].post_id
