"""Every migration goes up and down on a site with something in it."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import check, downgrade, upgrade

from broadsheet.commands.migrating import script_directory
from broadsheet.extensions import db
from broadsheet.models import Edition, Event, Post
from everything import fill


@pytest.fixture
def filled_app(empty_app: Flask) -> Flask:
    """With rows in every table."""
    with empty_app.app_context():
        fill()
    return empty_app


def test_the_migrations_make_what_the_models_say(empty_app: Flask) -> None:
    with empty_app.app_context():
        check()


def test_every_constraint_has_a_name(empty_app: Flask) -> None:
    with empty_app.app_context():
        nameless = [
            f"{table.name}: {constraint}"
            for table in db.metadata.sorted_tables
            for constraint in table.constraints
            if constraint.name is None
        ]
    assert nameless == []


def test_every_migration_goes_down_and_up_again_on_data(filled_app: Flask) -> None:
    with filled_app.app_context():
        scripts = script_directory(filled_app)
        db.session.remove()
        for script in scripts.walk_revisions():
            before = rows()
            downgrade(revision=script.down_revision or "base")
            kept = rows()
            upgrade(revision=script.revision)
            after = rows()
            assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
            downgrade(revision=script.down_revision or "base")
        upgrade()
        check()


def test_going_all_the_way_down_leaves_no_table(filled_app: Flask) -> None:
    with filled_app.app_context():
        db.session.remove()
        downgrade(revision="base")
        assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}


def test_a_second_upgrade_changes_nothing(filled_app: Flask) -> None:
    with filled_app.app_context():
        before = counted()
        upgrade()
        assert counted() == before > 0


def test_a_table_that_was_made_anew_keeps_its_triggers(filled_app: Flask) -> None:
    with filled_app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("only SQLite makes tables anew")
        kept = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        before = db.session.execute(kept).all()
        db.session.execute(sa.text("DROP TRIGGER search_of_posts"))
        db.session.execute(sa.text("DROP TRIGGER edition_posts_update"))
        db.session.commit()
        upgrade()
        assert db.session.execute(kept).all() == before
        db.session.remove()


def test_new_column_is_watched_by_the_edition(filled_app: Flask) -> None:
    with filled_app.app_context():
        db.session.execute(sa.text("ALTER TABLE tags ADD COLUMN colour VARCHAR(20)"))
        db.session.commit()
        upgrade()
        number = sa.select(Edition.number)
        before = db.session.scalar(number)
        db.session.execute(sa.text("UPDATE tags SET colour = 'red'"))
        db.session.commit()
        assert (db.session.scalar(number) or 0) > (before or 0)
        db.session.remove()


def rows() -> dict[str, int]:
    """How many each table has; those of the search's indexes are SQLite's own business."""
    names = [name for name in sa.inspect(db.engine).get_table_names() if not name.startswith("search_")]
    with db.engine.connect() as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0
            for name in names
            if name != "alembic_version"
        }


def counted() -> int:
    events, posts = (
        db.session.scalar(sa.select(sa.func.count()).select_from(each)) for each in (Event, Post)
    )
    db.session.remove()
    return (events or 0) + (posts or 0)
