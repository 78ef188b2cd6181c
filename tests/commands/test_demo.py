"""`demo`: sample content, as if somebody had written it."""

import pytest
from flask.testing import FlaskClient, FlaskCliRunner
from markupsafe import escape
from sqlalchemy import func, select

from broadsheet.extensions import db
from broadsheet.lib.searching import plain_text
from broadsheet.models import Event, Link, Post, Revision, SearchText, UploadUse
from broadsheet.models.link import led, place
from broadsheet.models.rendering import rendered
from broadsheet.models.upload import Upload

MANY = 32


def posts() -> list[Post]:
    return list(db.session.scalars(select(Post).order_by(Post.id)))


def test_demo_brings_a_small_paper(runner: FlaskCliRunner, client: FlaskClient) -> None:
    outcome = runner.invoke(args=["demo"])
    assert (outcome.exit_code, outcome.stdout) == (0, "Written: 10 posts, 1 picture.\n")
    assert "What the harbour remembers" in client.get("/").text


def test_demo_writes_as_many_as_are_wanted(runner: FlaskCliRunner, client: FlaskClient) -> None:
    """What a save and a publication make of a text is there, and no other."""
    outcome = runner.invoke(args=["demo", "--posts", str(MANY)])
    assert (outcome.exit_code, outcome.stdout) == (0, "Written: 32 posts by 12 authors.\n")
    written = posts()
    assert len({post.title for post in written}) > MANY * 0.9
    newest = db.session.scalars(Post.published().order_by(*Post.newest_first())).first()
    assert newest
    assert escape(newest.title) in client.get("/").text
    assert db.session.scalars(select(Event.action).order_by(Event.id.desc())).first() == "import_finished"
    links = 0
    for post in written:
        document = rendered(post.body, language=post.language)
        assert post.html == document.html
        assert post.toc == document.toc
        assert (post.excerpt, post.word_count) == (document.excerpt, document.word_count)
        assert (post.picture, post.needs) == (document.picture, document.needs)
        (revision,) = db.session.scalars(select(Revision).where(Revision.post_id == post.id))
        assert {name: getattr(revision, name) for name in post._snapshot()} == post._snapshot()
        words = db.session.scalars(select(SearchText).where(SearchText.post_id == post.id)).one()
        assert (words.body, words.title) == (plain_text(post.html), post.title)
        assert words.shown == (post.status == "published" and post.trashed_at is None)
        kept = {one.path for one in db.session.scalars(Link.of(post)) if one.path}
        assert kept == {
            place(one.path) for one in led(document.links, post.path, frozenset()) if hasattr(one, "path")
        }
        links += len(kept)
        used = db.session.scalars(select(UploadUse.upload_id).where(UploadUse.post_id == post.id))
        assert set(used) == Upload.ids_in([post.body])
    assert links > MANY / 10


def test_samples_are_the_same_each_time(runner: FlaskCliRunner) -> None:
    for _time in range(2):
        assert runner.invoke(args=["demo", "--posts", "8", "--force"]).exit_code == 0
    said = [(post.title, post.body) for post in posts()]
    assert [title for title, _body in said[:8]] == [title for title, _body in said[8:]]


@pytest.mark.parametrize("arguments", [[], ["--posts", "8"]])
def test_demo_leaves_a_site_with_posts_alone(
    runner: FlaskCliRunner, post: Post, arguments: list[str]
) -> None:
    post.revise(by=None, title="Edited", body="By somebody.")
    db.session.commit()
    outcome = runner.invoke(args=["demo", *arguments])
    assert outcome.exit_code == 1
    assert "This site has 1 post already. --force adds the samples to them." in outcome.output
    assert db.session.scalar(select(func.count()).select_from(Post)) == 1
    assert runner.invoke(args=["demo", *arguments, "--force"]).exit_code == 0
    assert db.session.scalar(select(func.count()).select_from(Post)) in (11, 9)


def test_the_welcome_of_a_new_site_does_not_count(runner: FlaskCliRunner, post: Post) -> None:
    assert runner.invoke(args=["demo"]).exit_code == 0
