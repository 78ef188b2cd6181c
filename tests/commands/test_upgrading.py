"""An upgrade is taken when it has gone well, and can be gone back on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade

from broadsheet.commands import migrating, upgrading
from broadsheet.extensions import db
from broadsheet.lib.locks import shared_lock
from broadsheet.models import Role, User, UserSession
from stage import person


@pytest.fixture
def older(empty_app: Flask, capfd: pytest.CaptureFixture[str]) -> Flask:
    """A site as the release before left it."""
    with empty_app.app_context():
        person("Ada Admin", Role.ADMIN)
        db.session.remove()
        downgrade(revision="-1")
        db.engine.dispose()
        capfd.readouterr()
    return empty_app


def state() -> tuple[Any, ...]:
    with db.engine.connect() as connection:
        revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        people = tuple(connection.scalars(sa.text("SELECT name FROM users")))
    db.engine.dispose()
    return revision, people


def test_what_was_there_is_kept_and_comes_back(older: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    settings = older.config["BROADSHEET"]
    with older.app_context():
        before = state()
        migrating.bring_up_to_date(older)
        said = capfd.readouterr().err
        assert migrating.is_at_head()
        assert f"What it was, revision {before[0]}, is in {settings.instance / 'backups'}" in said
        (kept,) = upgrading.kept_before(settings.instance / "backups")
        assert kept.stat().st_mode & 0o777 == 0o600
        person("Ed Editor", Role.EDITOR)
        db.session.remove()
        db.engine.dispose()

        former, replaced = upgrading.go_back(settings)
        assert (former, state()) == (before[0], before)
        assert replaced.exists()
        with pytest.raises(click.ClickException, match="Nothing is kept of before an upgrade"):
            upgrading.go_back(settings)
        migrating.bring_up_to_date(older)
        assert migrating.is_at_head()
        assert db.session.scalars(sa.select(User.name)).all() == ["Ada Admin"]
        db.session.remove()


def test_what_another_start_is_making_is_waited_for(
    empty_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it is whole there are tables, and no revision: it looks like somebody else's."""
    with empty_app.app_context():
        (head,) = migrating.revisions_of(empty_app)

        @contextmanager
        def lock_of_the_other(path: Path) -> Iterator[None]:
            say_revision("INSERT INTO alembic_version VALUES (:head)", head=head)
            yield

        say_revision("DELETE FROM alembic_version")
        monkeypatch.setattr("broadsheet.lib.locks.file_lock", lock_of_the_other)
        migrating.bring_up_to_date(empty_app)
        assert migrating.is_at_head()


def say_revision(statement: str, **values: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text(statement), values)


def test_nobody_is_signed_in_after_going_back(older: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    """Who was signed in before the upgrade may have been signed out since: the cookie of a thief, say."""
    with older.app_context():
        UserSession.start(db.session.scalars(sa.select(User)).one(), address="", user_agent="")
        db.session.commit()
        migrating.bring_up_to_date(older)
        db.session.remove()
        db.engine.dispose()
        upgrading.go_back(older.config["BROADSHEET"])
        with db.engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM user_sessions")) == 0
        db.engine.dispose()


def fails(app: Flask, revision: str = "head") -> None:
    db.session.execute(sa.text("DELETE FROM users"))
    db.session.commit()
    raise RuntimeError("no such\ncolumn")


def loses_rows(app: Flask, revision: str = "head") -> None:
    upgrade(app)
    with db.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM users"))


def breaks_references(app: Flask, revision: str = "head") -> None:
    upgrade(app)
    raw = db.engine.raw_connection()
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("INSERT INTO post_tags (post_id, tag_id, position) VALUES (7, 7, 7)")
    raw.close()


upgrade = migrating.upgrade


@pytest.mark.parametrize(
    ("migrate", "said"),
    [
        (fails, "could not be upgraded (RuntimeError: no such column). It is as it was"),
        (loses_rows, "users has 0 rows instead of 1. The database is as it was."),
        (breaks_references, "rows of post_tags refer to what is not there. The database is as it was."),
    ],
)
def test_an_upgrade_that_goes_wrong_is_not_taken(
    older: Flask, monkeypatch: pytest.MonkeyPatch, migrate: Callable[..., None], said: str
) -> None:
    settings = older.config["BROADSHEET"]
    if settings.database_file is None:
        pytest.skip("on a server a migration is one transaction")
    with older.app_context():
        before = state()
        monkeypatch.setattr(migrating, "upgrade", migrate)
        with pytest.raises(click.ClickException) as refused:
            migrating.bring_up_to_date(older)
        assert said in refused.value.message
        assert "\n" not in refused.value.message
        assert state() == before
    assert list(settings.database_file.parent.glob(".*")) == []


def test_nothing_is_upgraded_while_somebody_uses_it(older: Flask) -> None:
    settings = older.config["BROADSHEET"]
    with older.app_context(), shared_lock(Path(settings.instance) / "in_use.lock"):
        before = state()
        with pytest.raises(click.ClickException, match="The site is in use: stop the server"):
            migrating.bring_up_to_date(older)
        assert state() == before
