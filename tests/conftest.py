"""The cast and the stage: a real site on a real database, fresh for every test."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from flask_migrate import upgrade
from flask_wtf.csrf import generate_csrf

from broadsheet import config, create_app
from broadsheet.extensions import db
from broadsheet.lib import passwords
from broadsheet.models import Page, Post, Role, Tag, User, UserSession

PASSWORD = "correct horse battery"
SECRET_KEY = "a secret key that only the tests know"


class Client(FlaskClient):
    """A browser without JavaScript: keeps cookies; `submit` sends a form with its token, as a page would."""

    csrf_token = ""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Each request in a context of its own, as in a server: nothing of the test leaks in.

        What the test has written is committed before, and what it has loaded is read anew after.
        """
        db.session.commit()
        try:
            return Context().run(super().open, *args, **kwargs)
        finally:
            db.session.expire_all()

    def submit(self, url: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        if not self.csrf_token:
            with self.application.test_request_context(), self.session_transaction() as session:
                from flask import session as flask_session

                token = generate_csrf()
                session["csrf_token"] = flask_session["csrf_token"]
                self.csrf_token = token
        return self.post(url, data={"csrf_token": self.csrf_token, **(data or {})}, **kwargs)


class Database:
    """A database made once by the migrations, and copied for every test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = os.environ.get("BROADSHEET_DATABASE_URL", "")
        self.template = (
            f"broadsheet_{uuid.uuid4().hex[:12]}" if self.server else str(folder / "template.sqlite3")
        )
        if self.server:
            self._on_server(f'CREATE DATABASE "{self.template}"')
        app = create_app(settings(folder / "template", self.url(self.template)))
        with app.app_context():
            upgrade()
            db.engine.dispose()
            db.session.remove()

    def url(self, name: str) -> str:
        if not self.server:
            return f"sqlite:///{name}"
        return sa.make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def copy(self, folder: Path) -> str:
        if not self.server:
            copy = str(folder / "broadsheet.sqlite3")
            shutil.copyfile(self.template, copy)
            return self.url(copy)
        name = f"broadsheet_{uuid.uuid4().hex[:12]}"
        self._on_server(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        if self.server:
            self._on_server(f'DROP DATABASE "{sa.make_url(url).database}" WITH (FORCE)')

    def _on_server(self, statement: str) -> None:
        engine = sa.create_engine(self.server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


def settings(instance: Path, database_url: str, **more: str) -> config.Settings:
    instance.mkdir(parents=True, exist_ok=True)
    environ = {
        "BROADSHEET_INSTANCE": str(instance),
        "BROADSHEET_DATABASE_URL": database_url,
        "BROADSHEET_SECRET_KEY": SECRET_KEY,
        "BROADSHEET_RATE_LIMITS": "off",
        **more,
    }
    return config.load(environ)


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(tmp_path_factory.mktemp("database"))
    yield database
    if database.server:
        database.drop(database.url(database.template))


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Argon2id with its least parameters: the same code, without 64 MiB for each sign-in."""
    patch = pytest.MonkeyPatch()
    quick = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patch.setattr(passwords, "_hasher", quick)
    patch.setattr(passwords, "_nobody", quick.hash("nobody"))
    yield
    patch.undo()


@pytest.fixture
def make_app(database: Database, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes a site with settings of its own: `make_app(BROADSHEET_PROXY_HOPS="1")`."""
    url = database.copy(tmp_path)
    apps: list[Flask] = []

    def make(**environ: str) -> Flask:
        app = create_app(settings(tmp_path / "instance", url, **environ), TESTING=True)
        app.test_client_class = Client
        apps.append(app)
        return app

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    database.drop(url)


@pytest.fixture
def empty_app(make_app: Callable[..., Flask]) -> Flask:
    """A site that nobody has set up."""
    return make_app()


@pytest.fixture
def app(empty_app: Flask) -> Iterator[Flask]:
    """A site with an admin, `ada`. Its context stays open, so that a test can ask the database directly."""
    with empty_app.app_context():
        person("Ada Admin", Role.ADMIN)
        yield empty_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor."""
    return app.test_client()


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def refresh(app: Flask) -> Callable[[], None]:
    """Forget what was loaded before, so that the test sees what another process wrote."""

    def forget() -> None:
        db.session.rollback()
        db.session.expire_all()

    return forget


def person(name: str, role: Role) -> User:
    first = name.split()[0].lower()
    user = User.create(name=name, username=first, email=f"{first}@example.com", password=PASSWORD, role=role)
    db.session.commit()
    return user


@pytest.fixture
def ada(app: Flask) -> User:
    """An admin."""
    return db.session.scalars(User.known_as("ada")).one()


@pytest.fixture
def ed(app: Flask) -> User:
    return person("Ed Editor", Role.EDITOR)


@pytest.fixture
def ann(app: Flask) -> User:
    return person("Ann Author", Role.AUTHOR)


@pytest.fixture
def ben(app: Flask) -> User:
    return person("Ben Author", Role.AUTHOR)


@pytest.fixture
def rea(app: Flask) -> User:
    return person("Rea Reader", Role.READER)


@pytest.fixture
def sign_in(app: Flask) -> Callable[[User], Client]:
    """A browser in which the person is signed in."""

    def sign_in(user: User) -> Client:
        _, token = UserSession.start(user, address="127.0.0.1", user_agent="pytest")
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return client

    return sign_in


@pytest.fixture
def draft(ann: User) -> Post:
    post = Post()
    post.revise(by=ann, title="A draft", body="Not yet *ready*.", authors=[ann], tags=[])
    db.session.commit()
    return post


@pytest.fixture
def post(ann: User) -> Post:
    post = Post()
    post.revise(
        by=ann,
        title="A published post",
        summary="What it is about.",
        body="## First\n\nSome *text*.\n\n## Second\n\nMore text.",
        authors=[ann],
        tags=Tag.named(["Notes"]),
    )
    post.publish()
    db.session.commit()
    return post


@pytest.fixture
def page(ada: User) -> Page:
    page = Page()
    page.revise(by=ada, title="Imprint", body="Who is behind this.")
    page.publish()
    db.session.commit()
    return page
