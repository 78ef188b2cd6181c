"""Whatever somebody types, no database calls it an error."""

import sqlite3
from contextlib import closing

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.lib.searching import parse
from broadsheet.search.indexes import PostgreSQL, SQLite

SYNTAX = st.sampled_from(
    [*"\"'*:^-+(){}[]|&!<>\\%_", "AND", "OR", "NOT", "NEAR(", "tag:", "author:", "a", "é", "字"]
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(SYNTAX, max_size=12).map("".join)))
def test_no_text_is_an_error_of_syntax(text):
    query = parse(text)
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE VIRTUAL TABLE w USING fts5(title, summary, names, tags, keys, body)")
        for in_titles in (True, False):
            if match := SQLite().match(query.opened(), [], in_titles=in_titles):
                database.execute("SELECT rowid FROM w WHERE w MATCH ?", [match]).fetchall()
    for term in query.terms:
        assert not set(PostgreSQL.phrase(term.words, "")[1:-1].replace(" <-> ", "")) & set("\\&|!():*<>")
