"""The cast: a real site, fresh for every test, with its people and posts."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from sqlalchemy import event, insert, select

from broadsheet import create_app, edition
from broadsheet.commands import migrating
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Page, Post, PostAuthor, PostTag, Role, Tag, User, UserSession
from stage import Client, CompiledStatements, CompiledTemplates, Database, person, settings
from storage import Storage

# The same examples in each run: what fails, fails for whoever looks at it too.
hypothesis.settings.register_profile("suite", derandomize=True, database=None, print_blob=False)
hypothesis.settings.load_profile("suite")

pytest_plugins = ["plugins.announced", "plugins.left_out", "plugins.quick"]


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(tmp_path_factory.mktemp("database"))
    yield database
    database.drop_templates()


@pytest.fixture(scope="session")
def compiled_templates() -> CompiledTemplates:
    return CompiledTemplates()


@pytest.fixture(scope="session")
def compiled_statements() -> CompiledStatements:
    return CompiledStatements()


@pytest.fixture(scope="session")
def storage() -> Iterator[Storage]:
    """A server that speaks S3."""
    with Storage() as storage:
        yield storage


@pytest.fixture
def bucket(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The settings that lead to an empty bucket there."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")  # nor does a test ask Amazon who it is
    yield storage.new_bucket()
    storage.behave()


@pytest.fixture
def make_app(
    database: Database,
    compiled_templates: CompiledTemplates,
    compiled_statements: CompiledStatements,
    tmp_path: Path,
) -> Iterator[Callable[..., Flask]]:
    """Makes a site with settings of its own: `make_app(BROADSHEET_PROXY_HOPS="1")`."""
    url = database.copy(tmp_path)
    apps: list[Flask] = []

    def make(**environ: str) -> Flask:
        app = create_app(settings(tmp_path / "instance", url, **environ), TESTING=True)
        migrating.set_up(app)
        app.test_client_class = Client
        app.jinja_env.bytecode_cache = compiled_templates
        with app.app_context():
            db.engine.update_execution_options(compiled_cache=compiled_statements)
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
def limited_client(make_app: Callable[..., Flask]) -> Iterator[FlaskClient]:
    """A visitor of a site that counts how often somebody does something."""
    app = make_app(BROADSHEET_RATE_LIMITS="on")
    with app.app_context():
        person("Ada Admin", Role.ADMIN)
        yield app.test_client()


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


@pytest.fixture
def unpressed(app: Flask) -> None:
    """Flask makes every page anew, as with `press_size = 0`."""
    app.extensions["broadsheet_press"].stop()


@pytest.fixture
def queries(app: Flask, unpressed: None) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with queries() as asked: client.get("/")`: the statements that the database was asked meanwhile."""

    @contextmanager
    def listening() -> Iterator[list[str]]:
        asked: list[str] = []

        def hear(connection: object, cursor: object, statement: str, *_: object) -> None:
            if not statement.startswith("BEGIN") and statement != edition.NUMBER:
                asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", hear)
        try:
            yield asked
        finally:
            event.remove(db.engine, "before_cursor_execute", hear)

    return listening


@pytest.fixture
def publish_many(ann: User) -> Callable[[int], None]:
    """Publishes so many posts, an hour apart, by ann, with the tag "Notes"; "Post 1" is the newest."""

    def publish_many(count: int) -> None:
        (tag,) = Tag.named(["Notes"])
        db.session.flush()
        now = clock.now()
        db.session.execute(
            insert(Post),
            [
                {
                    "title": f"Post {number}",
                    "slug": f"post-{number}",
                    "status": "published",
                    "published_at": now - timedelta(hours=number),
                    "html": f"<p>Text {number}.</p>",
                    "excerpt": f"Text {number}.",
                }
                for number in range(1, count + 1)
            ],
        )
        ids = list(db.session.scalars(select(Post.id).where(Post.slug.startswith("post-"))))
        db.session.execute(insert(PostAuthor), [{"post_id": id, "user_id": ann.id} for id in ids])
        db.session.execute(insert(PostTag), [{"post_id": id, "tag_id": tag.id} for id in ids])
        db.session.commit()

    return publish_many
