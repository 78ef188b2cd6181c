"""The sitemap, as a search engine reads it."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Page, Post, Series, Tag, Upload, sitemap
from markup import Page as HtmlPage

XML = {
    "": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "xhtml": "http://www.w3.org/1999/xhtml",
}


@pytest.fixture
def parts_of(app, monkeypatch):
    """Makes parts of so many ids, of what is there: the database has them in parts of 9,000."""

    def parts_of(many):
        monkeypatch.setattr(sitemap, "IN_A_PART", many)
        db.session.execute(
            db.text("UPDATE list_entries SET subject_id = (post_id - 1) / :many + 1 WHERE kind = 6"),
            {"many": many},
        )
        db.session.execute(db.text("DELETE FROM list_counts WHERE kind = 6"))
        counted = "SELECT kind, subject_id, 0, count(*) FROM list_entries WHERE kind = 6 GROUP BY 1, 2"
        db.session.execute(db.text(f"INSERT INTO list_counts (kind, subject_id, month, many) {counted}"))
        db.session.commit()

    return parts_of


def places(client, path="/sitemap.xml"):
    """Path → what is said of it."""
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    root = ElementTree.fromstring(answer.get_data())  # noqa: S314  our own
    assert root.tag in (f"{{{XML['']}}}urlset", f"{{{XML['']}}}sitemapindex")
    found = {}
    for one in root:
        address = one.findtext("loc", namespaces=XML)
        assert address.startswith("http://localhost/")
        path = address.removeprefix("http://localhost")
        assert path not in found
        found[path] = one
    return found


def test_names_every_public_page(client, post, page):
    post.series = Series.create(name="Letters")
    db.session.commit()
    year, month = post.published_at.year, post.published_at.month
    found = places(client)
    assert set(found) == {
        *("/", "/contact", "/submit", "/archive", f"/archive/{year}", f"/archive/{year}/{month}"),
        *("/tags", "/series", "/authors"),
        *(post.path, "/imprint", "/tag/notes", "/series/letters", "/user/ann"),
    }
    for path in found:
        assert client.get(path).status_code == 200, path


def test_says_when_something_was_changed(client, post, page, ann):
    post.published_at = clock.now() - timedelta(days=30)
    post.revised_at = clock.now() - timedelta(days=2)
    db.session.commit()
    found = places(client)
    said = {path: found[path].findtext("lastmod", namespaces=XML) for path in (post.path, "/imprint", "/")}
    assert said == {
        post.path: f"{post.revised_at:%Y-%m-%dT%H:%M:%SZ}",
        "/imprint": f"{max(page.revised_at, page.published_at):%Y-%m-%dT%H:%M:%SZ}",
        "/": f"{post.published_at:%Y-%m-%dT%H:%M:%SZ}",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"unlisted": True},
        {"canonical_url": "https://elsewhere.example/first"},
        {"published_at": clock.now() + timedelta(days=1)},
        {"expires_at": clock.now() - timedelta(days=1)},
        {"trashed_at": clock.now()},
        {"status": "draft"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_leaves_out_what_shall_not_be_found_here(client, post, change):
    for name, value in change.items():
        setattr(post, name, value)
    db.session.commit()
    assert post.path not in places(client)


def test_leaves_out_pages_that_are_drafts_or_stand_elsewhere(client, page, ada):
    elsewhere = Page()
    elsewhere.revise(by=ada, title="Elsewhere", body="Text.", canonical_url="https://elsewhere.example/")
    elsewhere.publish()
    page.unpublish()
    db.session.commit()
    assert not {"/imprint", "/elsewhere"} & set(places(client))


def test_leaves_out_topics_and_people_without_a_public_post(client, draft, ann):
    draft.revise(by=ann, tags=Tag.named(["Secret"]))
    draft.series = Series.create(name="Letters")
    db.session.commit()
    assert not {"/tag/secret", "/series/letters", "/user/ann"} & set(places(client))


def test_what_only_an_unlisted_post_has_is_told_of_nowhere(client, post):
    post.series, post.unlisted = Series.create(name="Letters"), True
    db.session.commit()
    found = places(client)
    assert not {"/tag/notes", "/series/letters", "/user/ann"} & set(found)
    assert [path for path in found if path.startswith("/archive")] == ["/archive"]
    for told, path in {
        "/tags": "/tag/notes",
        "/series": "/series/letters",
        "/authors": "/user/ann",
        "/search": "/tag/notes",
    }.items():
        assert not HtmlPage(client.get(told).text).all("a", href=path), told
        assert client.get(path).status_code == 200, path


def test_shows_the_picture_of_a_post(client, post, ann):
    upload = Upload(
        name="harbour.jpg", key="0123456789abcdef/harbour.jpg", sha256="1" * 64, media_type="image/jpeg",
        size=1, width=10, height=10, uploaded_by=ann,
    )  # fmt: skip
    db.session.add(upload)
    db.session.flush()
    post.cover = upload
    db.session.commit()
    picture = places(client)[post.path].findtext("image:image/image:loc", namespaces=XML)
    assert picture == "http://localhost/uploads/0123456789abcdef/harbour.jpg"


def told(place):
    return {link.get("hreflang"): link.get("href") for link in place.findall("xhtml:link", XML)}


def in_the_head(client, path):
    links = HtmlPage(client.get(path).text).all("link", rel="alternate")
    return {link["hreflang"]: link["href"] for link in links if link.get("hreflang")}


def translate(first, language, title, **more):
    text = type(first)()
    text.revise(by=None, title=title, body="…", language=language, translation_of_id=first.id, **more)
    text.publish()
    db.session.commit()
    return text


def test_tells_of_translations_what_the_pages_tell(client, post, page):
    contact = Page()
    contact.revise(by=None, title="Contact", slug="contact", body="Write to us.")
    contact.publish()
    db.session.commit()
    for first in (post, page, contact):
        translate(first, "de", f"Deutsch {first.title}")
        translate(first, "ru", f"Русский {first.title}")
        translate(first, "de", f"Noch einmal {first.title}")
        translate(first, "fr", f"Français {first.title}", canonical_url="https://elsewhere.example/fr")
    found = places(client)
    assert set(told(found[post.path])) == {"en", "de", "ru", "x-default"}
    translated = [path for path, place in found.items() if told(place)]
    assert len(translated) == 3 * 4
    for path in found:
        assert told(found[path]) == in_the_head(client, path), path
    assert told(found[post.path])["x-default"] == f"http://localhost{post.path}"


def test_tells_of_no_unlisted_translation_and_neither_do_the_pages(client, post):
    translate(post, "de", "Ein Beitrag")
    hidden = translate(post, "fr", "Un article", unlisted=True)
    found = places(client)
    assert hidden.path not in found
    assert set(told(found[post.path])) == {"en", "de", "x-default"}
    for path in found:
        assert told(found[path]) == in_the_head(client, path), path
    assert in_the_head(client, hidden.path) == {}


def test_does_not_tell_of_translations_that_are_not_public(client, post):
    translate(post, "de", "Ein Beitrag").unpublish()
    db.session.commit()
    assert told(places(client)[post.path]) == {}


def test_translations_know_each_other_from_part_to_part(client, publish_many, parts_of):
    publish_many(9)
    parts_of(4)
    first, second = db.session.get(Post, 1), db.session.get(Post, 9)
    second.translation_of_id, second.language = first.id, "de"
    db.session.commit()
    whole = told(places(client, "/sitemap-1.xml")[first.path])
    assert whole == told(places(client, "/sitemap-3.xml")[second.path])
    assert set(whole) == {"en", "de", "x-default"}


def test_address_in_any_script_is_written_as_an_address(client, ann):
    post = Post()
    post.revise(by=ann, title="Новости", body="Text.", authors=[ann], tags=Tag.named(["Дом & сад"]))
    post.publish()
    db.session.commit()
    found = places(client)
    assert f"/post/{post.id}/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8" in found
    for path in found:
        assert client.get(path).status_code == 200, path


def test_empty_site_has_one(client):
    assert set(places(client)) == {"/", "/contact", "/submit", "/archive", "/tags", "/series", "/authors"}


def test_large_site_has_an_index_of_parts(client, unpressed, publish_many, parts_of, monkeypatch):
    publish_many(9)
    parts_of(4)
    monkeypatch.setattr(sitemap, "MOST", 10)
    parts = places(client)
    assert set(parts) == {"/sitemap-1.xml", "/sitemap-2.xml", "/sitemap-3.xml"}
    assert all(part.findtext("lastmod", namespaces=XML) for part in parts.values())
    first, second, third = (places(client, path) for path in sorted(parts))
    assert not set(first) & set(second)
    whole = {*first, *second, *third}
    monkeypatch.setattr(sitemap, "MOST", 50_000)
    assert whole == set(places(client))
    assert "/" in first
    assert "/" not in second


def test_part_of_an_address_stays_the_same_when_others_come_and_go(client, publish_many, parts_of):
    publish_many(9)
    parts_of(4)
    before = set(places(client, "/sitemap-2.xml"))
    for post in db.session.scalars(db.select(Post).where(Post.id.in_([1, 2, 9]))):
        post.trash()
    db.session.commit()
    assert set(places(client, "/sitemap-2.xml")) == before


@pytest.mark.parametrize("number", [0, 2, 999999])
def test_part_that_is_none_is_not_found(client, post, number):
    assert client.get(f"/sitemap-{number}.xml").status_code == 404


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemap-1.xml"])
def test_asks_as_many_questions_however_many_posts_there_are(client, queries, publish_many, path):
    counts = []
    for more in (50, 1_950):
        publish_many(more)
        even = db.update(Post).where(Post.id % 2 == 0)
        db.session.execute(even.values(translation_of_id=Post.id - 1, language="de"))
        db.session.commit()
        client.get("/")
        with queries() as asked:
            found = places(client, path)
        counts.append(len(asked))
        db.session.execute(db.update(Post).values(slug=db.literal("former-") + db.cast(Post.id, db.String)))
        db.session.commit()
    assert len([place for place in found if place.startswith("/post/")]) == 2_000
    assert counts[0] == counts[1] <= 17, asked


def test_may_be_kept_by_caches(client, post):
    answer = client.get("/sitemap.xml")
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Set-Cookie" not in answer.headers
    assert client.post("/sitemap.xml").status_code == 405


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemap-1.xml"])
def test_who_has_it_is_told_so_until_it_says_something_else(client, post, path):
    known = {"If-None-Match": client.get(path).headers["ETag"]}
    assert client.get(path, headers=known).status_code == 304
    post.trash()
    db.session.commit()
    answer = client.get(path, headers=known)
    assert (answer.status_code, post.path in answer.text) == (200, False)


def test_long_one_is_written_while_it_is_sent(client, unpressed, post, monkeypatch):
    whole = client.get("/sitemap.xml")
    monkeypatch.setattr("broadsheet.blueprints.sitemap.AT_ONCE", 2)
    streamed = client.get("/sitemap.xml")
    assert "ETag" not in streamed.headers
    assert streamed.text == whole.text
