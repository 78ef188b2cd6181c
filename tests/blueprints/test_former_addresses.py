"""Every address under which something ever stood leads to where it stands now: for good, in one step."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import Alias, Post, Series, Tag
from broadsheet.transfer.markdown import Importer


@pytest.fixture
def moved(client, post, page, ann):
    """Former address → present one, of everything that can move."""
    post.revise(by=ann, slug="second")
    post.revise(by=ann, slug="third")
    page.revise(by=ann, slug="legal")
    page.revise(by=ann, slug="who-we-are")
    notes = post.tags[0]
    post.revise(by=ann, tags=[notes, *Tag.named(["Old", "Older"])])
    post.series = Series.create(name="Letters")
    db.session.commit()
    notes.change(name="Jottings", slug="", description="", picture=None)
    post.series.change(name="Postcards", slug="", description="", picture=None)
    db.session.commit()
    (older, old) = (Tag.named([name])[0] for name in ("Older", "Old"))
    older.merge_into(old)
    db.session.commit()
    db.session.scalars(Tag.at("old")).one().merge_into(db.session.scalars(Tag.at("jottings")).one())
    Alias.create("/by/hand", post)
    db.session.commit()
    return {
        f"/post/{post.id}": f"/post/{post.id}/third",
        f"/post/{post.id}/a-published-post": f"/post/{post.id}/third",
        f"/post/{post.id}/second": f"/post/{post.id}/third",
        f"/post/{post.id}/second.md": f"/post/{post.id}/third.md",
        "/by/hand": f"/post/{post.id}/third",
        "/by/hand/": f"/post/{post.id}/third",
        "/imprint": "/who-we-are",
        "/legal": "/who-we-are",
        "/legal.md": "/who-we-are.md",
        "/tag/notes": "/tag/jottings",
        "/tag/old": "/tag/jottings",
        "/tag/older": "/tag/jottings",
        "/tag/notes/feed.atom": "/tag/jottings/feed.atom",
        "/tag/older/feed.rss": "/tag/jottings/feed.rss",
        "/series/letters": "/series/postcards",
        "/series/letters/feed.json": "/series/postcards/feed.json",
        "/user/ANN": "/user/ann",
    }


def test_every_former_address_leads_to_the_present_one(client, moved):
    found = {path: client.get(path) for path in moved}
    assert {path: answer.status_code for path, answer in found.items()} == dict.fromkeys(moved, 301)
    assert {path: answer.location for path, answer in found.items()} == moved
    for path in moved.values():
        assert client.get(path).status_code == 200, path


def test_imported_post_is_found_wherever_it_stood(client, ada, tmp_path):
    blog = tmp_path / "blog"
    blog.mkdir()
    (blog / "a-post.md").write_text(
        "+++\ntitle = 'A post'\ndate = 2020-02-29\npath = '2020/02/29/a-post'\n"
        "aliases = ['older/place.html', '/?p=7', 'Ältere/Stelle']\n+++\nText.\n"
    )
    Importer(blog).run()
    post = db.session.scalars(Post.published().where(Post.title == "A post")).one()
    former = ["/2020/02/29/a-post", "/2020/02/29/a-post/", "/2020/02/29/a-post.html", "/older/place"]
    for path in (*former, "/older/place.html", "/%C3%84ltere/Stelle"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (301, post.path), path
    post.revise(by=ada, slug="elsewhere")
    db.session.commit()
    assert {client.get(path).location for path in former} == {f"/post/{post.id}/elsewhere"}


def test_address_of_what_readers_no_longer_see_leads_nowhere(client, moved, post, page):
    post.unpublish()
    page.unpublish()
    db.session.commit()
    for path in moved:
        if path != "/user/ANN":
            assert client.get(path, follow_redirects=True).status_code == 404, path
