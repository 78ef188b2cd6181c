"""What the tests stand on: a database on a server is used again, as if it were new, or not at all."""

import pytest
import sqlalchemy as sa

from stage import Database

ROWS = "SELECT json_agg(t) FROM settings t", "SELECT count(*) FROM tags", "SELECT nextval('tags_id_seq')"


@pytest.fixture
def server(database, tmp_path):
    if not database.server:
        pytest.skip("SQLite's are files")
    own = Database(tmp_path)
    yield own
    own.drop_templates()


def test_what_was_written_is_gone(server, tmp_path):
    url = server.copy(tmp_path)
    with server.connect(url) as connection:
        before = [connection.scalar(sa.text(one)) for one in ROWS]
        connection.execute(sa.text("INSERT INTO tags (name, slug, description) VALUES ('A', 'a', '')"))
        connection.execute(sa.text("DELETE FROM settings"))
    server.drop(url)
    assert server.copy(tmp_path) == url
    with server.connect(url) as connection:
        assert [connection.scalar(sa.text(one)) for one in ROWS] == before
    server.drop(url)


@pytest.mark.parametrize(
    "change", ["ALTER TABLE posts ADD COLUMN rank integer", "ALTER TABLE posts DISABLE TRIGGER USER"]
)
def test_a_changed_schema_is_not_used_again(server, tmp_path, change):
    url = server.copy(tmp_path)
    with server.connect(url) as connection:
        connection.execute(sa.text(change))
    server.drop(url)
    other = server.copy(tmp_path)
    assert other != url
    server.drop(other)
