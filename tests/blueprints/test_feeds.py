"""Feeds as the programs that read them find them, and as somebody who opens one in a browser."""

import json
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
import time_machine
from werkzeug.http import http_date

import feed_rules
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Correction, Post, Role, Series, Site, Tag, Upload
from markup import Page
from stage import person

FORMATS = ["atom", "rss", "json"]
XML = ["atom", "rss"]


def read(client, path="/feed.atom", **options):
    """As a feed reader does, once the rules are seen to be kept."""
    answer = client.get(path, **options)
    assert answer.status_code == 200
    feed_rules.check(path.partition("feed.")[2].partition("?")[0], answer.text, f"http://localhost{path}")
    if "json" in path:
        return json.loads(answer.text)
    sent = {name.lower(): value for name, value in answer.headers}
    found = feedparser.parse(answer.get_data(), response_headers=sent)
    assert not found.bozo, found.bozo_exception
    return found


def written(by, title="A title", body="Text.", at=None, **more):
    post = Post()
    post.revise(by=by, title=title, body=body, **({"authors": [by]} | more))
    post.publish()
    if at is not None:
        post.published_at = at
    db.session.commit()
    return post


@pytest.fixture
def picture(ann):
    upload = Upload(
        name="harbour.jpg", key="0123456789abcdef/harbour.jpg", sha256="1" * 64, media_type="image/jpeg",
        size=123_456, width=2000, height=1000, scales=True, alt="", uploaded_by=ann,
    )  # fmt: skip
    db.session.add(upload)
    db.session.commit()
    return upload


@pytest.mark.parametrize("format", XML)
def test_a_reader_s_program_finds_the_whole_post(client, post, format):
    feed = read(client, f"/feed.{format}")
    assert feed.feed.title == "Broadsheet"
    assert feed.feed.link == "http://localhost/"
    (entry,) = feed.entries
    assert (entry.title, entry.link) == ("A published post", f"http://localhost{post.path}")
    assert entry.summary == "What it is about."
    assert "<p>Some <em>text</em>.</p>" in entry.content[0].value
    assert entry.author == "Ann Author"
    assert [tag.term for tag in entry.tags] == ["Notes"]
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == post.published_at.replace(microsecond=0)


def test_the_same_as_json(client, post):
    (item,) = read(client, "/feed.json")["items"]
    assert item["url"] == f"http://localhost{post.path}"
    assert (item["title"], item["summary"]) == ("A published post", "What it is about.")
    assert "<p>Some <em>text</em>.</p>" in item["content_html"]
    assert item["authors"] == [{"name": "Ann Author", "url": "http://localhost/user/ann"}]
    assert (item["tags"], item["language"]) == (["Notes"], "en")


@pytest.mark.parametrize("format", FORMATS)
def test_formats_call_a_post_by_the_same_id(client, post, format):
    feed = read(client, f"/feed.{format}")
    ids = [item["id"] for item in (feed["items"] if format == "json" else feed.entries)]
    assert ids == [read(client).entries[0].id]


def test_id_outlives_another_address_and_another_host(client, post, ann):
    before = read(client).entries[0].id
    post.revise(by=ann, slug="elsewhere", title="Another title")
    db.session.commit()
    answer = client.get("/feed.atom", base_url="https://news.example")
    entry = feedparser.parse(answer.get_data()).entries[0]
    assert (entry.id, entry.link) == (before, f"https://news.example{post.path}")


def test_ids_of_two_sites_differ(client, post):
    before = read(client)
    Site.load().change(identity="another")
    after = read(client)
    assert before.feed.id != after.feed.id
    assert before.entries[0].id != after.entries[0].id


@pytest.mark.parametrize("format", FORMATS)
def test_holds_only_what_is_public_and_listed(client, post, draft, ann, format):
    for title, change in {
        "Unlisted": {"unlisted": True},
        "Later": {"published_at": clock.now() + timedelta(days=1)},
        "Over": {"expires_at": clock.now() - timedelta(days=1)},
        "Binned": {"trashed_at": clock.now()},
    }.items():
        hidden = written(ann, title, tags=Tag.named(["Notes"]))
        hidden.series = db.session.scalar(db.select(Series)) or Series.create(name="Letters")
        for name, value in change.items():
            setattr(hidden, name, value)
    post.series = hidden.series
    db.session.commit()
    month = f"/archive/{post.published_at.year}/{post.published_at.month}/"
    for path in ("/", "/tag/notes/", "/series/letters/", "/user/ann/", month):
        feed = read(client, f"{path}feed.{format}")
        entries = feed["items"] if format == "json" else feed.entries
        assert [entry["title"] for entry in entries] == ["A published post"]


def test_scheduled_post_is_new_when_its_time_comes(client, post, ann):
    later = written(ann, "Later", at=clock.now() + timedelta(days=1))
    at = later.published_at
    with time_machine.travel(at + timedelta(seconds=1)):
        entry = read(client).entries[0]
    assert entry.title == "Later"
    assert datetime.fromisoformat(entry.updated).replace(microsecond=0) == at.replace(microsecond=0)


def test_held_changes_are_not_told(client, post, ann):
    post.hold(by=ann, title="A secret title", body="A secret.")
    db.session.commit()
    assert "secret" not in client.get("/feed.atom").text


def test_posts_imported_with_one_date_were_not_updated_at_one_moment(client, ann):
    with time_machine.travel(datetime(2024, 1, 1, tzinfo=UTC), tick=False):
        for number in range(5):
            written(ann, f"Number {number}")
    for format in FORMATS:
        read(client, f"/feed.{format}")  # the rules ask for it


def test_updated_grows_with_every_change(client, post, ann):
    moments = [read(client).entries[0].updated]
    for number in range(3):
        post.revise(by=ann, body=f"Version {number}.")
        moments.append(read(client).entries[0].updated)
    assert moments == sorted(set(moments))
    assert read(client).feed.updated == moments[-1]


@pytest.mark.parametrize("format", XML)
def test_byline_stands_in_place_of_the_authors(client, ann, format):
    written(ann, byline="The editors")
    (entry,) = read(client, f"/feed.{format}").entries
    assert [author.name for author in entry.authors] == ["The editors"]
    assert read(client, "/feed.json")["items"][0]["authors"] == [{"name": "The editors"}]


def test_authors_are_named_in_their_order_with_their_pages(client, ann, ben):
    written(ann, authors=[ben, ann])
    authors = read(client).entries[0].authors
    assert [author.name for author in authors] == ["Ben Author", "Ann Author"]
    assert [author.href for author in authors] == ["http://localhost/user/ben", "http://localhost/user/ann"]
    assert [one["name"] for one in read(client, "/feed.json")["items"][0]["authors"]] == [
        "Ben Author",
        "Ann Author",
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_links_and_pictures_lead_back_from_anywhere(client, ann, picture, format):
    written(ann, body=f"# One\n\nA [page](/about), [part](#one) and [none](x.html).[^1]\n\n"
        f"![A harbour]({picture.path})\n\n[^1]: Note.")  # fmt: skip
    answer = client.get(f"/feed.{format}").text
    for address in (
        "http://localhost/about",
        "http://localhost/post/1/a-title#one",
        "http://localhost/post/1/x.html",
        "http://localhost/uploads/0123456789abcdef/harbour-480.avif 480w, http://localhost/uploads/",
    ):
        assert address in answer
    read(client, f"/feed.{format}")


def test_cover_is_told_and_stands_above_the_text(client, ann, picture):
    written(ann, cover_id=picture.id, cover_alt="A harbour & more")
    shown = "http://localhost/uploads/0123456789abcdef/harbour-1200.jpg"
    for format in XML:
        (entry,) = read(client, f"/feed.{format}").entries
        (media,) = entry.media_content
        assert media | {"url": shown, "type": "image/jpeg", "width": "1200", "height": "600"} == media
        assert entry.content[0].value.startswith(
            f'<p><img alt="A harbour &amp; more" height="600" src="{shown}"'
        )
    (item,) = read(client, "/feed.json")["items"]
    assert item["image"] == shown
    assert item["content_html"].startswith(f'<p><img src="{shown}" width="1200" height="600"')


def test_size_of_a_picture_is_told_where_it_is_known(client, ann, picture):
    picture.scales = False
    written(ann, cover_id=picture.id)
    assert read(client).entries[0].media_content[0]["filesize"] == "123456"


def test_cover_that_stands_in_the_text_is_not_shown_twice(client, ann, picture):
    written(ann, body=f"![A harbour]({picture.path})", cover_id=picture.id)
    assert read(client).entries[0].content[0].value.count("<img") == 1


@pytest.mark.parametrize("format", FORMATS)
def test_corrections_are_told_as_on_the_page(client, post, ann, format):
    for day in (1, 5):
        with time_machine.travel(datetime(2027, 3, day, tzinfo=UTC)):
            Correction.make(post, body=f"Of the *{day}th*: [more](/about).", by=ann)
    db.session.commit()
    feed = read(client, f"/feed.{format}")
    html = feed["items"][0]["content_html"] if format == "json" else feed.entries[0].content[0].value
    above, text, below = html.partition("Some <em>text</em>.")
    newest, oldest = "Of the <em>5th</em>", "Of the <em>1th</em>"
    assert (newest in above, oldest in above, "March 5, 2027" in above) == (True, False, True)
    assert text
    assert below.index(newest) < below.index(oldest)
    assert f'href="http://localhost{post.path}#corrections"' in html
    assert 'href="http://localhost/about"' in html


def test_corrected_post_is_updated_in_feeds(client, post, ann):
    before = read(client).entries[0].updated
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        Correction.make(post, body="It was 1879.", by=ann)
        db.session.commit()
        after = read(client)
    assert before < after.entries[0].updated == after.feed.updated


@pytest.fixture
def sounds(ann):
    """A sound whose length is known, and a film whose length is not."""
    files = [
        ("talk.mp3", "audio/mpeg", 4_200_000, 259.4),
        ("noon.mp4", "video/mp4", 9_900_000, None),
    ]
    uploads = [
        Upload(
            name=name, key=f"0123456789abcde{number}/{name}", sha256=str(number) * 64, media_type=media_type,
            size=size, seconds=seconds, alt="", uploaded_by=ann,
        )
        for number, (name, media_type, size, seconds) in enumerate(files)
    ]  # fmt: skip
    db.session.add_all(uploads)
    db.session.commit()
    return uploads


def listened_to(by, sounds, **more):
    talk, film = sounds
    body = f'![A > B & "C"]({talk.path})\n\nAnd ![]({film.path}) too.\n\n![Again]({talk.path})'
    return written(by, body=body, **more)


@pytest.mark.parametrize("format", XML)
def test_what_a_post_plays_is_enclosed(client, ann, sounds, format):
    listened_to(ann, sounds)
    (entry,) = read(client, f"/feed.{format}").entries
    talk = ("http://localhost/uploads/0123456789abcde0/talk.mp3", "audio/mpeg", "4200000")
    film = ("http://localhost/uploads/0123456789abcde1/noon.mp4", "video/mp4", "9900000")
    found = [(one.href, one.type, one.length) for one in entry.enclosures]
    if format == "atom":
        assert found == [talk, film]
        titles = [link.title for link in entry.links if link.rel == "enclosure"]
        assert titles == ['A > B & "C"', "noon.mp4"]
    else:  # of which RSS allows one
        assert (found, entry.itunes_duration) == ([talk], "259")
        (other,) = entry.media_content
        assert (other["url"], other["type"], other["filesize"], other["medium"]) == (*film, "video")


def test_the_same_as_attachments_in_json(client, ann, sounds):
    listened_to(ann, sounds)
    (item,) = read(client, "/feed.json")["items"]
    assert item["attachments"] == [
        {
            "url": "http://localhost/uploads/0123456789abcde0/talk.mp3",
            "mime_type": "audio/mpeg",
            "title": 'A > B & "C"',
            "size_in_bytes": 4_200_000,
            "duration_in_seconds": 259,
        },
        {
            "url": "http://localhost/uploads/0123456789abcde1/noon.mp4",
            "mime_type": "video/mp4",
            "title": "noon.mp4",
            "size_in_bytes": 9_900_000,
        },
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_only_what_readers_hear_is_enclosed(client, ann, sounds, format):
    """Neither what is only linked to, nor what is quoted as code, nor what is held back."""
    talk, _film = sounds
    post = written(ann, body=f"[A talk]({talk.path})\n\n```\n![A talk]({talk.path})\n```")
    post.hold(by=ann, body=f"![A talk]({talk.path})")
    db.session.commit()
    text = client.get(f"/feed.{format}").text
    assert "enclosure" not in text
    assert "attachments" not in text
    read(client, f"/feed.{format}")


def test_asks_once_for_all_that_is_played(client, queries, ann, sounds):
    counts = []
    for number in (1, 5):
        for _ in range(number):
            listened_to(ann, sounds)
        client.get("/feed.atom")
        with queries() as asked:
            client.get("/feed.atom")
        counts.append(len(asked))
    # Settings, how many, posts, authors, tags, corrections, what they play.
    assert counts == [7, 7], asked


def test_language_and_first_address_of_a_post_are_told(client, ann):
    written(ann, language="fr", canonical_url="https://elsewhere.example/first")
    entry = read(client).entries[0]
    assert entry.content[0].language == "fr"
    assert [link.href for link in entry.links if link.rel == "canonical"] == [
        "https://elsewhere.example/first"
    ]
    (item,) = read(client, "/feed.json")["items"]
    assert item["language"] == "fr"
    assert item["_broadsheet"] == {"canonical_url": "https://elsewhere.example/first"}


@pytest.mark.parametrize("format", FORMATS)
def test_marks_and_control_characters_break_no_feed(client, ann, format):
    title = 'A <b> & "c" ]]> d'
    post = written(ann, title, body="`]]>` and <em>this</em> & that", summary="a < b")
    post.html += "<p>\x00\x0b\ufffe\x1f</p>" if format != "json" else "<p>]]></p>"
    if db.engine.dialect.name != "sqlite":
        post.html = post.html.replace("\x00", "")
    db.session.commit()
    feed = read(client, f"/feed.{format}")
    assert (feed["items"] if format == "json" else feed.entries)[0]["title"] == title


@pytest.mark.parametrize("format", FORMATS)
def test_post_without_title_or_text_stands_in_a_valid_feed(client, ann, format):
    written(ann, title="", body="")
    written(ann, title="", body="Only *words*.")
    feed = read(client, f"/feed.{format}")
    titles = [entry["title"] for entry in (feed["items"] if format == "json" else feed.entries)]
    assert titles == ["Only words.", "…"]


@pytest.mark.parametrize("format", FORMATS)
def test_site_without_posts_has_a_valid_feed_that_stays_the_same(client, format):
    read(client, f"/feed.{format}")
    assert client.get(f"/feed.{format}").headers["ETag"] == client.get(f"/feed.{format}").headers["ETag"]


@pytest.mark.parametrize("format", FORMATS)
def test_tag_series_and_author_have_feeds_of_their_own(client, post, ben, format):
    other = written(ben, "Another", tags=Tag.named(["Else"]))
    other.series = Series.create(name="Letters", description="From *afar*.")
    db.session.commit()
    for path, title, entry in (
        ("/tag/notes/", "Notes on Broadsheet", "A published post"),
        ("/series/letters/", "Letters on Broadsheet", "Another"),
        ("/user/ann/", "Ann Author on Broadsheet", "A published post"),
    ):
        feed = read(client, f"{path}feed.{format}")
        said = (feed["title"], feed["items"]) if format == "json" else (feed.feed.title, feed.entries)
        assert (said[0], [one["title"] for one in said[1]]) == (title, [entry])
    series = read(client, "/series/letters/feed.atom")
    assert series.feed.subtitle == "From afar."
    assert series.feed.link == "http://localhost/series/letters"


@pytest.mark.parametrize("format", FORMATS)
def test_each_year_and_each_month_has_a_feed_of_its_own(client, ann, format):
    for title, month in (("In March", 3), ("In May", 5)):
        written(ann, title, at=datetime(2024, month, 1, tzinfo=UTC))
    written(ann, "A year before", at=datetime(2023, 5, 1, tzinfo=UTC))
    for path, title, entries in (
        ("/archive/2024", "2024 on Broadsheet", ["In May", "In March"]),
        ("/archive/2024/5", "May 2024 on Broadsheet", ["In May"]),
    ):
        feed = read(client, f"{path}/feed.{format}")
        said = (feed["title"], feed["items"]) if format == "json" else (feed.feed.title, feed.entries)
        assert (said[0], [one["title"] for one in said[1]]) == (title, entries)
    assert read(client, "/archive/2024/5/feed.atom").feed.link == "http://localhost/archive/2024/5"


def test_feeds_of_a_year_and_of_its_months_are_not_the_same(client, ann):
    written(ann, at=datetime(2024, 5, 1, tzinfo=UTC))
    written(ann, at=datetime(2024, 3, 1, tzinfo=UTC))
    periods = ("/archive/2024/", "/archive/2024/3/", "/archive/2024/5/", "/")
    assert len({read(client, f"{path}feed.atom").feed.id for path in periods}) == 4


def test_feed_of_a_month_is_that_of_the_sites_time_zone(client, ann):
    Site.load().change(timezone="Europe/Berlin")
    written(ann, at=datetime(2023, 12, 31, 23, 30, tzinfo=UTC))
    assert len(read(client, "/archive/2024/1/feed.atom").entries) == 1
    assert client.get("/archive/2023/feed.atom").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/archive/2023/feed.atom",
        "/archive/2024/4/feed.rss",
        "/archive/2024/13/feed.json",
        "/archive/0000/feed.atom",
        "/archive/feed.atom",
        "/tag/nothing/feed.atom",
        "/series/nothing/feed.rss",
        "/user/nobody/feed.json",
        "/feed.pdf",
        "/feed.atom/x",
    ],
)
def test_feed_of_nothing_is_not_found(client, post, path):
    post.published_at = datetime(2024, 3, 1, tzinfo=UTC)
    db.session.commit()
    assert client.get(path).status_code == 404


def test_feed_of_drafts_alone_is_not_told(client, draft, ann):
    draft.revise(by=ann, tags=Tag.named(["Secret"]))
    assert client.get("/tag/secret/feed.atom").status_code == 404


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("/tag/Notes/feed.atom", "/tag/notes/feed.atom"),
        ("/user/ANN/feed.atom", "/user/ann/feed.atom"),
        ("/tag/notes/feed.atom/", "/tag/notes/feed.atom"),
        ("/archive/2024/03/feed.rss", "/archive/2024/3/feed.rss"),
    ],
)
def test_feed_spelt_otherwise_leads_to_the_right_one(client, post, path, right):
    post.published_at = datetime(2024, 3, 1, tzinfo=UTC)
    db.session.commit()
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (301, right)


def test_feeds_follow_a_tag_and_a_series_that_are_renamed_or_merged(client, post, ann):
    post.series = Series.create(name="Letters")
    tag = post.tags[0]
    tag.change(name="Jottings", slug="", description="", picture=None)
    post.series.change(name="Postcards", slug="", description="", picture=None)
    db.session.commit()
    assert client.get("/tag/notes/feed.rss").location == "/tag/jottings/feed.rss"
    assert client.get("/series/letters/feed.json").location == "/series/postcards/feed.json"
    (other,) = Tag.named(["Diary"])
    db.session.flush()
    db.session.get(Tag, tag.id).merge_into(other)
    db.session.commit()
    for former in ("notes", "jottings"):
        answer = client.get(f"/tag/{former}/feed.atom")
        assert (answer.status_code, answer.location) == (301, "/tag/diary/feed.atom")


@pytest.mark.parametrize(
    ("usual", "format"),
    [("/feed", "rss"), ("/rss", "rss"), ("/feed.xml", "atom"), ("/atom.xml", "atom"), ("/rss.xml", "rss")],
)
def test_usual_addresses_of_other_systems_lead_on(client, usual, format):
    answer = client.get(usual)
    assert (answer.status_code, answer.location) == (301, f"/feed.{format}")


@pytest.mark.parametrize("format", FORMATS)
def test_older_posts_stand_on_further_pages(client, publish_many, format):
    publish_many(45)
    seen, path = [], f"/feed.{format}"
    while path:
        feed = read(client, path)
        entries, following = (
            (feed["items"], feed.get("next_url", ""))
            if format == "json"
            else (feed.entries, next((link.href for link in feed.feed.links if link.rel == "next"), ""))
        )
        seen += [entry["title"] for entry in entries]
        path = following.removeprefix("http://localhost")
    assert seen == [f"Post {number}" for number in range(1, 46)]


def test_pages_of_a_feed_know_each_other(client, publish_many):
    publish_many(45)
    links = {link.rel: link.href for link in read(client, "/feed.atom?page=2").feed.links}
    assert (
        links
        | {
            "first": "http://localhost/feed.atom",
            "previous": "http://localhost/feed.atom",
            "next": "http://localhost/feed.atom?page=3",
            "last": "http://localhost/feed.atom?page=3",
        }
        == links
    )
    assert client.get("/feed.atom?page=4").status_code == 404
    assert client.get("/feed.atom?page=1").location == "/feed.atom"


@pytest.mark.parametrize("format", FORMATS)
def test_who_has_the_feed_is_told_so(client, post, format):
    answer = client.get(f"/feed.{format}")
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Set-Cookie" not in answer.headers
    tag = answer.headers["ETag"]
    assert client.get(f"/feed.{format}", headers={"If-None-Match": tag}).status_code == 304


def test_who_has_an_older_feed_gets_the_new_one(client, post, ann):
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        before = client.get("/feed.atom").headers
        post.revise(by=ann, body="New words.")
        answer = client.get("/feed.atom", headers={"If-None-Match": before["ETag"]})
        assert (answer.status_code, "New words." in answer.text) == (200, True)


@pytest.mark.parametrize("taken_away", ["trash", "unpublish", "end"])
@pytest.mark.parametrize("format", FORMATS)
def test_who_asks_by_the_date_alone_learns_what_was_taken_away(client, ann, format, taken_away):
    """No date of what is left says when something went, so the feed names none."""
    written(ann, "Stays")
    post = written(ann, "Goes")
    dated = client.get(f"/feed.{format}").headers.get("Last-Modified") or http_date(clock.now())
    post.end(clock.now()) if taken_away == "end" else getattr(post, taken_away)()
    db.session.commit()
    answer = client.get(f"/feed.{format}", headers={"If-Modified-Since": dated})
    assert (answer.status_code, "Stays" in answer.text, "Goes" in answer.text) == (200, True, False)


@pytest.mark.parametrize("format", FORMATS)
def test_says_what_it_is(client, post, format):
    types = {"atom": "application/xml", "rss": "application/xml", "json": "application/feed+json"}
    answer = client.get(f"/feed.{format}")
    assert answer.headers["Content-Type"] == f"{types[format]}; charset=utf-8"
    assert client.post(f"/feed.{format}").status_code == 405
    assert client.head(f"/feed.{format}").headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("path", ["/", "/archive", "/about", "/post/1/a-published-post", "/contact"])
def test_pages_name_the_feeds_of_the_site(client, post, path):
    Site.load().change(title="The Daily Test")
    found = Page(client.get(path, follow_redirects=True).text).all("link", rel="alternate")
    feeds = [(link["type"], link["href"], link["title"]) for link in found if "feed" in link["href"]]
    assert feeds == [
        ("application/atom+xml", "/feed.atom", "The Daily Test"),
        ("application/rss+xml", "/feed.rss", "The Daily Test"),
        ("application/feed+json", "/feed.json", "The Daily Test"),
    ]


@pytest.mark.parametrize(
    "path", ["/tag/notes", "/series/letters", "/user/ann", "/archive/2024", "/archive/2024/3"]
)
def test_page_with_a_feed_of_its_own_names_it_first_and_offers_it(client, post, path):
    post.series, post.published_at = Series.create(name="Letters"), datetime(2024, 3, 1, tzinfo=UTC)
    db.session.commit()
    page = Page(client.get(path).text)
    assert [link["href"] for link in page.all("link", rel="alternate")][:4] == [
        f"{path}/feed.atom",
        f"{path}/feed.rss",
        f"{path}/feed.json",
        "/feed.atom",
    ]
    assert f"{path}/feed.atom" in [link["href"] for link in page.one("main").all("a")]


def test_foot_of_the_page_leads_to_the_feed(client):
    assert "/feed.atom" in [link["href"] for link in Page(client.get("/").text).one("footer").all("a")]


def test_feed_that_is_opened_in_a_browser_has_a_style(client, post):
    for format in XML:
        assert '<?xml-stylesheet href="/feed.css" type="text/css"?>' in client.get(f"/feed.{format}").text
    answer = client.get("/feed.css")
    assert answer.mimetype == "text/css"
    assert "This is a feed" in answer.text


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("path", "questions"),
    [
        ("/", 6),  # settings, posts, their authors, their tags, their corrections, how many
        ("/archive/2024/", 7),  # and whether there are any
    ],
)
@time_machine.travel(datetime(2024, 12, 31, tzinfo=UTC))
def test_asks_as_many_questions_however_many_posts_there_are(
    client, queries, publish_many, path, questions, format
):
    counts = []
    for more in (50, 450):
        publish_many(more)
        client.get("/feed.atom")
        with queries() as asked:
            assert client.get(f"{path}feed.{format}").status_code == 200
        counts.append(len(asked))
        for post in db.session.scalars(db.select(Post)):
            post.slug = f"former-{post.id}"
    assert counts == [questions, questions], asked


def test_reader_who_may_write_gets_the_same_entries(client, sign_in, post, draft, ann):
    mine = sign_in(ann).get("/feed.atom")
    assert mine.text == client.get("/feed.atom").text
    assert mine.headers["Cache-Control"] == "private, no-cache"


def test_suspended_author_keeps_the_feed_of_what_was_written(client, post, ann):
    person("Eve Extra", Role.ADMIN)
    ann.suspend()
    db.session.commit()
    assert len(read(client, "/user/ann/feed.atom").entries) == 1
