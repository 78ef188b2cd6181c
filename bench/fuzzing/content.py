"""What the site has, who stands before it, and the way back to how it was."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import sqlalchemy as sa
from flask import Flask

import everything
from bench.client import Unexpected
from bench.fuzzing.site import RAW_TOKEN, Site
from broadsheet import create_app, edition
from broadsheet.blueprints.account import password as forgotten
from broadsheet.commands import migrating
from broadsheet.extensions import db
from broadsheet.lib import clock, passwords, tokens
from broadsheet.mail.outbox import Outbox
from broadsheet.media.parts import Parts
from broadsheet.models import (
    ApiToken,
    Edition,
    EmailChange,
    Invitation,
    Passkey,
    Post,
    PreviewLink,
    Role,
    Scope,
    User,
    UserSession,
)
from broadsheet.models.user_session import RECENT
from broadsheet.web import preview_links, second_factors, second_step
from broadsheet.web.setting_up import setup_token
from stage import Database, person, settings

PEOPLE = {"reader": "rea", "author": "ann", "editor": "ed", "admin": "ada"}
ACTORS = ("stranger", "halfway", *PEOPLE, "returning")
Restore = Callable[[], None]

# But those that the database makes of others.
COLUMNS = """
    SELECT table_name, string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
    WHERE table_schema = 'public' AND is_generated = 'NEVER' GROUP BY table_name
"""


@dataclass
class Stage:
    site: Site
    addresses: list[str]  # to which no page leads
    restore: Restore  # puts back what was changed


@contextmanager
def full(database: Database, folder: Path) -> Iterator[Stage]:
    """A site with a row in every table, and somebody of each kind before it."""
    with _stage(database, folder, everything.fill, lambda app: (_people(app), _addresses())) as stage:
        yield stage


@contextmanager
def empty(database: Database, folder: Path) -> Iterator[Stage]:
    """A site that nobody has set up."""

    def prepare(app: Flask) -> tuple[dict[str, str], list[str]]:
        return {"stranger": _cookie(app, {})}, [f"/setup/{setup_token(app)}"]

    with _stage(database, folder, None, prepare) as stage:
        yield stage


@contextmanager
def _stage(
    database: Database,
    folder: Path,
    fill: Callable[[], None] | None,
    prepare: Callable[[Flask], tuple[dict[str, str], list[str]]],
) -> Iterator[Stage]:
    url = database.copy(folder, fill)
    with _site(folder, url) as app:
        with app.app_context():
            cookies, addresses = prepare(app)
            held = _tokens(cookies)
            on_sqlite = db.engine.dialect.name == "sqlite"
            restore = _of_sqlite(folder / "snapshot") if on_sqlite else _of_postgresql()
        yield Stage(Site(app, cookies, held), addresses, partial(_put_back, app, restore))
    database.drop(url)


@contextmanager
def _site(folder: Path, url: str) -> Iterator[Flask]:
    # Argon2id with its least parameters, and nobody waits for what one process need not wait for.
    quick = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with (
        mock.patch.object(passwords, "_hasher", quick),
        mock.patch.object(passwords, "_nobody", quick.hash("nobody")),
        mock.patch.object(edition, "WINDOW", dict.fromkeys(edition.WINDOW, 0.0)),
        mock.patch.object(forgotten, "ANSWER_SECONDS", 0),
        mock.patch.object(Outbox, "open", return_value=None),
    ):
        # Mail could be sent, so that all forms for it are there; it waits in the outbox.
        app = create_app(settings(folder / "instance", url, BROADSHEET_SMTP_URL="smtp://127.0.0.1:9"))
        migrating.set_up(app)
        app.extensions["broadsheet_press"].stop()  # each page is made anew
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


# -- who stands before it


def _people(app: Flask) -> dict[str, str]:
    """The cookie of each actor."""
    person("Rea Reader", Role.READER)
    held: dict[str, dict[str, Any]] = {"stranger": {}}
    for actor, username in PEOPLE.items():
        user = db.session.scalars(User.known_as(username)).one()
        _, token = UserSession.start(user, address="127.0.0.1", user_agent="fuzzing")
        held[actor] = {"_user_id": token, "_fresh": True}
    session, token = UserSession.start(user, address="127.0.0.1", user_agent="fuzzing")
    session.created_at = clock.now() - 2 * RECENT  # an admin who has to say once more who it is
    held["returning"] = {"_user_id": token, "_fresh": True}
    ada = db.session.scalars(User.known_as("ada")).one()
    second_factors.offer_app(ada)
    # Not the odd values that everything else has: no browser gives any but these.
    of_a_browser = {"credential_id": "AAAA", "public_key": "AAAA", "handle": "AAAA", "transports": []}
    db.session.execute(sa.update(Passkey).values(of_a_browser))
    held["halfway"] = {second_step.KEY: [ada.id, ada.password_mark, int(time.time()) + 10**6, ""]}
    db.session.commit()
    return {actor: _cookie(app, session) for actor, session in held.items()}


def _tokens(cookies: dict[str, str]) -> dict[str, str]:
    """Of each person who is there, good for every scope."""
    made = {}
    for actor in cookies.keys() & PEOPLE.keys():
        user = db.session.scalars(User.known_as(PEOPLE[actor])).one()
        _, made[actor] = ApiToken.make(user, name="fuzzing", scopes=Scope, expires_at=None)
    db.session.commit()
    return made


def _cookie(app: Flask, session: dict[str, Any]) -> str:
    signed = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    held = signed.dumps({"csrf_token": RAW_TOKEN, **session})
    return f"{app.config['SESSION_COOKIE_NAME']}={held}"


def _addresses() -> list[str]:
    """What goes out by mail, is passed on, or only scripts ask for."""
    ada = db.session.scalars(User.known_as("ada")).one()
    invited = tokens.new_token()
    Invitation.create(email="new@example.org", role=Role.AUTHOR, by=ada, token=invited, url="")
    post = db.session.scalars(sa.select(Post).limit(1)).one()
    link = PreviewLink.create(post, by=ada, expires_at=clock.now() + timedelta(days=30), may_note=True)
    confirmed, undone = tokens.new_token(), tokens.new_token()
    EmailChange.ask(ada, "ada@example.net", token=confirmed, url="")
    rea = db.session.scalars(User.known_as("rea")).one()
    change = EmailChange.ask(rea, "rea@example.net", token=tokens.new_token(), url="")
    change.confirm(undo_token=undone, undo_url="")
    db.session.commit()
    return [
        f"/account/email/confirm/{confirmed}",
        f"/account/email/undo/{undone}",
        "/account/authenticator-app",
        f"/invitation/{invited}",
        f"/password/reset/{forgotten.reset_token(ada)}",
        f"/preview/{preview_links.token(link)}",
        f"/desk/uploads/parts/{Parts.begin('sent.txt', 5, by=ada.id).token}",
    ]


# -- the way back


def _put_back(app: Flask, restore: Restore) -> None:
    with app.app_context():
        db.session.remove()
        app.extensions.pop("broadsheet_set_up", None)
        restore()
        # Higher than any before: what was kept of another edition is not taken for this one's.
        with db.engine.begin() as connection:
            connection.execute(sa.update(Edition).values(number=time.time_ns()))


def _of_sqlite(snapshot: Path) -> Restore:
    file = str(db.engine.url.database)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(snapshot)) as target:
        source.backup(target)

    def restore() -> None:
        with closing(sqlite3.connect(snapshot)) as source, closing(sqlite3.connect(file)) as target:
            source.backup(target)

    return restore


def _of_postgresql() -> Restore:
    if db.engine.dialect.name != "postgresql":
        raise Unexpected("this is tried on SQLite and PostgreSQL alone")
    with db.engine.begin() as connection:
        ask = connection.exec_driver_sql
        columns = dict(ask(COLUMNS).tuples().all())
        ask("CREATE SCHEMA kept")
        for table in columns:
            ask(f'CREATE TABLE kept."{table}" AS TABLE "{table}"')

    def restore() -> None:
        with db.engine.begin() as connection:
            ask = connection.exec_driver_sql
            ask("SET LOCAL session_replication_role = replica")  # without triggers and foreign keys
            for table, names in columns.items():
                ask(f'DELETE FROM "{table}"')
                ask(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM kept."{table}"')

    return restore
