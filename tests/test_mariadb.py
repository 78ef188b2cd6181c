"""What MariaDB would do otherwise than SQLite and PostgreSQL, if it were let."""

import threading
from datetime import UTC, datetime

import click
import pytest
import sqlalchemy as sa
from flask_migrate import downgrade
from sqlalchemy.exc import IntegrityError

from broadsheet.commands import migrating
from broadsheet.doctor import facts, store
from broadsheet.extensions import db
from broadsheet.models import Edition, Job, Page, Post, Tag, User
from broadsheet.transfer.archive import places


@pytest.fixture(autouse=True)
def on_mariadb(app):
    if db.engine.dialect.name != "mariadb":
        pytest.skip("of MariaDB alone")


def number():
    db.session.rollback()
    return db.session.scalar(sa.select(Edition.number))


def test_texts_are_compared_by_their_bytes_and_kept_whole(app):
    db.session.add_all(Tag(name=name, slug=name) for name in ("a", "A", "ä", "a ", "\U0001f5de"))
    db.session.commit()
    found = db.session.scalars(sa.select(Tag.slug).where(Tag.slug == "a")).all()
    assert found == ["a"]
    db.session.add(Tag(name="again", slug="a "))
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()
    db.session.add(Page(title="Long", slug="long", body="x" * 100_000, summary="", html="y" * 100_000))
    db.session.commit()
    db.session.expire_all()
    assert len(db.session.scalars(sa.select(Page.body).where(Page.slug == "long")).one()) == 100_000


def test_moments_keep_their_microseconds(app, post):
    at = datetime(1999, 12, 31, 23, 59, 59, 123456, UTC)
    post.published_at = at
    db.session.commit()
    db.session.expire_all()
    assert post.published_at == at


def test_what_is_too_long_is_refused_and_not_cut(app):
    db.session.add(Tag(name="x" * 200, slug="x"))
    with pytest.raises(sa.exc.DBAPIError):
        db.session.commit()
    db.session.rollback()


def test_what_a_foreign_key_takes_along_is_heard_of(app, ann, post):
    """No trigger is told of it."""
    before = number()
    db.session.execute(sa.text("DELETE FROM users WHERE username = 'ann'"))
    db.session.commit()
    assert number() > before
    ask = "SELECT count(*) FROM list_counts WHERE kind = 4", "SELECT names FROM search_texts"
    assert [db.session.scalar(sa.text(one)) for one in ask] == [0, ""]
    db.session.execute(sa.text("DELETE FROM posts"))
    db.session.commit()
    assert db.session.scalar(sa.text("SELECT count(*) FROM list_counts")) == 0


def test_writers_take_turns_and_none_is_turned_away(app, post, page):
    """Each locks what the other wants next: without turns, the server would end one of them."""
    ids, wrong = (post.id, db.session.scalar(sa.select(User.id).limit(1))), []
    db.session.commit()

    def write(first, then):
        with app.app_context():
            try:
                for _ in range(20):
                    for table, id in (first, then):
                        db.session.execute(sa.update(table).where(table.id == id).values(SAID[table]))
                    db.session.commit()
            except Exception as error:
                wrong.append(error)
            finally:
                db.session.remove()

    pairs = (Post, ids[0]), (User, ids[1])
    threads = [threading.Thread(target=write, args=args, daemon=True) for args in (pairs, pairs[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "they wait for each other"
    assert wrong == []


def test_a_transaction_whose_connection_is_lost_can_be_given_up(app, post):
    post.title = "Lost"
    db.session.flush()
    id = db.session.scalar(sa.text("SELECT connection_id()"))
    with db.engine.connect() as other:
        other.execute(sa.text(f"KILL {id}"))
    with pytest.raises(sa.exc.DBAPIError):
        db.session.scalar(sa.select(Post.title))
    db.session.rollback()
    assert db.session.scalar(sa.select(Post.title)) == "A published post"


SAID = {Post: {"summary": Post.summary + "."}, User: {"bio": User.bio + "."}}


def test_what_a_restore_left_without_triggers_gets_them_at_the_next_start(app, capfd):
    settings = app.config["BROADSHEET"]
    before = triggers()
    for name in before:
        db.session.execute(sa.text(f"DROP TRIGGER {name}"))
    db.session.commit()
    assert "its triggers are missing" in next(one.words for one in store.database(settings))
    db.session.remove()
    assert not migrating.is_at_head()
    migrating.bring_up_to_date(app)
    assert migrating.is_at_head()
    assert triggers() == before


def triggers():
    query = "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = database()"
    return sorted(db.session.scalars(sa.text(query)))


def test_an_upgrade_that_fails_on_a_copy_is_not_tried(app, monkeypatch):
    settings = app.config["BROADSHEET"]
    db.session.remove()
    downgrade(revision="-1")
    upgrade = migrating.upgrade

    def fails(app, revision="head"):
        if "_restoring_" in str(db.engine.url.database) and revision == "head":
            raise RuntimeError("no such\ncolumn")
        upgrade(app, revision)

    monkeypatch.setattr(migrating, "upgrade", fails)
    with pytest.raises(click.ClickException, match=r"was not tried: .*no such column.*as it was"):
        migrating.bring_up_to_date(app)
    assert not migrating.is_at_head()
    assert list((settings.instance / "backups").glob("*")) == []
    assert db.session.scalars(sa.select(User.username)).all() == ["ada"]
    assert db.session.scalars(sa.select(Job.id)).all() == []
    db.session.remove()
    upgrade(app)


def test_a_move_that_the_server_refuses_leaves_the_site_whole(app, post, monkeypatch):
    place = places.MariaDB(app.config["BROADSHEET"].database)
    db.session.remove()
    before = triggers()
    db.session.remove()
    place.make()
    with place._connected() as connection:
        connection.exec_driver_sql(f'CREATE TABLE "{place.name}".posts (id int)')
        connection.exec_driver_sql(f'CREATE TABLE "{place.former}".posts (id int)')  # in its way
    with pytest.raises(sa.exc.DBAPIError):
        place.take()
    place.clear()
    assert triggers() == before
    assert db.session.scalars(sa.select(Post.title)).all() == [post.title]


def test_the_size_of_the_database_is_known(app):
    assert facts.database_size() > 100_000
