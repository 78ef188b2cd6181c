"""What the tests stand on: a database on a server is used again, as if it were new, or not at all."""

import pytest
import sqlalchemy as sa

from broadsheet.models import Tag
from stage import Database

ROWS = "SELECT name, value FROM settings ORDER BY 1", "SELECT count(*) FROM tags"

NEW = sa.insert(Tag.__table__).values(name="A", slug="a", description="").returning(Tag.id)


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
        before = [connection.execute(sa.text(one)).all() for one in ROWS]
        number = connection.scalar(NEW)
        connection.execute(sa.text("DELETE FROM settings"))
    server.drop(url)
    assert server.copy(tmp_path) == url
    with server.connect(url) as connection:
        assert [connection.execute(sa.text(one)).all() for one in ROWS] == before
        assert connection.scalar(NEW) == number
    server.drop(url)


@pytest.mark.parametrize(
    "change", ["ALTER TABLE posts ADD COLUMN standing integer", "ALTER TABLE posts DISABLE TRIGGER USER"]
)
def test_a_changed_schema_is_not_used_again(server, tmp_path, change):
    if "TRIGGER" in change and server.server.startswith("mariadb"):
        pytest.skip("MariaDB has no such thing")
    url = server.copy(tmp_path)
    with server.connect(url) as connection:
        connection.execute(sa.text(change))
    server.drop(url)
    other = server.copy(tmp_path)
    assert other != url
    server.drop(other)
