"""The stage: a client like a browser, a real database for every test, and how people come to be."""

import os
import shutil
import socket
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_migrate import upgrade
from itsdangerous import URLSafeTimedSerializer
from jinja2.bccache import Bucket, BytecodeCache

import emptying
import mariadb_copies
from broadsheet import config, create_app
from broadsheet.commands import migrating
from broadsheet.database import set_up_mariadb
from broadsheet.extensions import db
from broadsheet.models import Role, User

PASSWORD = "correct horse battery"
SECRET_KEY = "a secret key that only the tests know"


def is_on(store: str) -> bool:
    """Whether the tests run on it: "sqlite", "postgresql" or "mariadb"."""
    return (os.environ.get("BROADSHEET_DATABASE_URL") or "sqlite").startswith(store)


on_sqlite = pytest.mark.skipif(not is_on("sqlite"), reason="of SQLite alone")


class Client(FlaskClient):
    """A browser without JavaScript: keeps cookies; `submit` sends a form with its token, as a page would."""

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
        with self.session_transaction() as session:
            # Whatever signs in or out drops the session with its token; a page would show the new one.
            raw = session.setdefault("csrf_token", uuid.uuid4().hex)
        token = URLSafeTimedSerializer(SECRET_KEY, salt="wtf-csrf-token").dumps(raw)
        return self.post(url, data={"csrf_token": token, **(data or {})}, **kwargs)


class CompiledTemplates(BytecodeCache):
    """What the site of one test has compiled serves the sites of the others."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key, bucket.checksum] = bucket.code


class CompiledStatements(dict[Any, Any]):
    """What the site of one test has compiled to SQL serves the sites of the others.

    Part of the key is the dialect, an object of each site's own; its name says enough.
    """

    def get(self, key: tuple[sa.Dialect, ...], default: Any = None) -> Any:
        return super().get(self._shared(key), default)

    def __setitem__(self, key: tuple[sa.Dialect, ...], compiled: Any) -> None:
        super().__setitem__(self._shared(key), compiled)

    @staticmethod
    def _shared(key: tuple[sa.Dialect, ...]) -> tuple[Any, ...]:
        dialect, *statement = key
        return (dialect.name, *statement)


class Database:
    """A database made once by the migrations, and copied for every test."""

    def __init__(self, folder: Path, server: str | None = None) -> None:
        self.folder = folder
        self.server = os.environ.get("BROADSHEET_DATABASE_URL", "") if server is None else server
        self._templates: dict[Callable[[], None] | None, str] = {}
        self._empty: list[str] = []  # on a server, to be used again
        self._begun: emptying.Template | mariadb_copies.Template | None = None
        self._is_mariadb = self.server.startswith("mariadb")
        # As one says it, and without what only the application sets up.
        self.server = config.database_url(self.server) if self.server else ""

    def copy(self, folder: Path, fill: Callable[[], None] | None = None) -> str:
        """The address of a copy in this folder, with what `fill` writes; made once, then copied."""
        if fill not in self._templates:
            self._templates[fill] = self._make(fill)
        if fill is None and self._empty:
            return self._empty.pop()
        return self._copy(self._templates[fill], folder)

    def overwrite(self, url: str, fill: Callable[[], None]) -> None:
        """Gives a file of SQLite what such a copy has, while others have it open (sqlite.org/backup.html)."""
        with closing(self._connect(self._templates[fill])) as source, closing(self._connect(url)) as target:
            source.backup(target)

    def drop(self, url: str) -> None:
        if not self.server:
            return
        if self._is_emptied(url):
            self._empty.append(url)
        else:
            self._drop(url)

    def drop_templates(self) -> None:
        for url in [*self._templates.values(), *self._empty] if self.server else ():
            self._drop(url)

    def _drop(self, url: str) -> None:
        name = sa.make_url(url).database
        self._on_server(
            f"DROP DATABASE `{name}`" if self._is_mariadb else f'DROP DATABASE "{name}" WITH (FORCE)'
        )

    def _is_emptied(self, url: str) -> bool:
        if self._begun is None:
            with self.connect(self._templates[None]) as template:
                self._begun = (mariadb_copies if self._is_mariadb else emptying).Template.read(template)
        try:
            with self.connect(url) as connection:
                return self._begun.restore(connection)
        except sa.exc.DBAPIError:  # it is gone, or this role may not do without triggers
            return False

    @contextmanager
    def connect(self, url: str) -> Iterator[sa.Connection]:
        """A transaction in a database on a server."""
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        set_up_mariadb(engine)
        with engine.begin() as connection:
            yield connection

    def _make(self, fill: Callable[[], None] | None) -> str:
        folder = self.folder / (f"{fill.__module__}-{fill.__name__}" if fill else "empty")
        folder.mkdir()
        url = self.copy(folder) if fill else self._create(folder)
        app = create_app(settings(folder, url))
        migrating.set_up(app)
        with app.app_context():
            (fill or upgrade)()
            db.session.remove()
            db.engine.dispose()
        return url

    def _create(self, folder: Path) -> str:
        if not self.server:
            return f"sqlite:///{folder / 'broadsheet.sqlite3'}"
        return self._on_server("CREATE DATABASE {}")

    def _copy(self, template: str, folder: Path) -> str:
        if not self.server:
            shutil.copyfile(str(sa.make_url(template).database), folder / "broadsheet.sqlite3")
            return f"sqlite:///{folder / 'broadsheet.sqlite3'}"
        if self._is_mariadb:
            return self._named(lambda name: mariadb_copies.copy(template, name))
        return self._on_server(f'CREATE DATABASE {{}} TEMPLATE "{sa.make_url(template).database}"')

    def _connect(self, url: str) -> sqlite3.Connection:
        return sqlite3.connect(str(sa.make_url(url).database), timeout=10)

    def _on_server(self, statement: str) -> str:
        """Does this to a database, a new one where `{}` stands; its address."""
        engine = sa.create_engine(self.server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        quote = engine.dialect.identifier_preparer.quote_identifier

        def do(name: str) -> None:
            with engine.connect() as connection:
                connection.exec_driver_sql(statement.format(quote(name)))

        return self._named(do)

    def _named(self, make: Callable[[str], None]) -> str:
        name = f"broadsheet_{uuid.uuid4().hex[:12]}"
        make(name)
        return sa.make_url(self.server).set(database=name).render_as_string(hide_password=False)


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


def person(name: str, role: Role) -> User:
    first = name.split()[0].lower()
    user = User.create(name=name, username=first, email=f"{first}@example.com", password=PASSWORD, role=role)
    db.session.commit()
    return user


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
