from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from broadsheet.extensions import db
from broadsheet.models import Post, Series, Site, Tag
from broadsheet.models.archive import years
from effort import calls
from markup import Page


def test_tag_lists_its_posts(client, post, draft, ann):
    written(ann, "Elsewhere", datetime(2024, 1, 1, tzinfo=UTC))
    page = Page(client.get("/tag/notes").text)
    assert page.one("h1").text == "Notes"
    assert page.headlines == ["A published post"]


def test_tag_in_any_script_is_found(client, ann):
    written(ann, "Hello", datetime(2024, 1, 1, tzinfo=UTC), tags=["Новости дня"])
    assert client.get("/tag/новости-дня").status_code == 200


@pytest.mark.parametrize("spelling", ["Notes", "NOTES", "notes-"])
def test_tag_spelt_otherwise_leads_to_the_right_one(client, post, spelling):
    answer = client.get(f"/tag/{spelling}")
    assert (answer.status_code, answer.location) == (301, "/tag/notes")


def test_tag_of_drafts_alone_is_not_told(client, draft, ann):
    draft.revise(by=ann, tags=Tag.named(["Secret"]))
    assert client.get("/tag/secret").status_code == 404


@pytest.mark.parametrize("slug", ["nothing", "%F0%9F%98%80", "-"])
def test_tag_that_does_not_exist_is_not_found(client, post, slug):
    assert client.get(f"/tag/{slug}").status_code == 404


def test_tag_with_many_posts_has_pages(client, publish_many):
    Site.load().change(posts_per_page=5)
    publish_many(7)
    second = Page(client.get("/tag/notes?page=2").text)
    assert second.headlines == ["Post 6", "Post 7"]
    assert "Page 2" in second.one("title").text
    assert client.get("/tag/notes?page=3").status_code == 404
    assert client.get("/tag/notes?page=1").location == "/tag/notes"


def test_archive_lists_years_and_months_with_their_counts(client, ann):
    for month, day in ((3, 1), (3, 31), (1, 15)):
        written(ann, f"Of {month}/{day}", datetime(2024, month, day, 12, tzinfo=UTC))
    written(ann, "Older", datetime(2019, 12, 24, tzinfo=UTC))
    page = Page(client.get("/archive").text)
    assert [heading.text for heading in page.all("h2", class_="year-name")] == ["2024", "2019"]
    assert [(link["href"], link.text) for link in page.one("div", class_="years").all("a")] == [
        ("/archive/2024", "2024"),
        ("/archive/2024/3", "March 2"),
        ("/archive/2024/1", "January 1"),
        ("/archive/2019", "2019"),
        ("/archive/2019/12", "December 1"),
    ]


def test_archive_counts_only_what_is_public(client, ann, draft):
    later = written(ann, "Later", datetime(2030, 1, 1, tzinfo=UTC))
    written(ann, "Binned", datetime(2024, 1, 1, tzinfo=UTC)).trash()
    db.session.commit()
    assert "Nothing has been published yet" in client.get("/archive").text
    with time_machine.travel(later.published_at):
        assert "January" in client.get("/archive").text


def test_year_and_month_list_their_posts(client, ann):
    written(ann, "In March", datetime(2024, 3, 1, tzinfo=UTC))
    written(ann, "In May", datetime(2024, 5, 1, tzinfo=UTC))
    written(ann, "A year before", datetime(2023, 5, 1, tzinfo=UTC))
    year, month = Page(client.get("/archive/2024").text), Page(client.get("/archive/2024/5").text)
    assert (year.one("h1").text, year.headlines) == ("2024", ["In May", "In March"])
    assert (month.one("h1").text, month.headlines) == ("May 2024", ["In May"])


def test_months_are_those_of_the_sites_time_zone(client, ann):
    Site.load().change(timezone="Europe/Berlin")
    written(ann, "New Year's morning", datetime(2023, 12, 31, 23, 30, tzinfo=UTC))
    assert "/archive/2024/1" in client.get("/archive").text
    assert client.get("/archive/2024/1").status_code == 200
    assert client.get("/archive/2023").status_code == 404


@pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_months_hold_what_their_calendar_says(ann, publish_many, timezone):
    zone = ZoneInfo(timezone)
    publish_many(60)
    edges = [datetime(2020, month, 1, tzinfo=UTC) for month in (1, 2, 3, 7, 12)]
    hours = (-15, -11, -8, -1, 0, 1, 8, 13, 14, 15, 300, 700)
    dates = [edge + timedelta(hours=hour) for edge in edges for hour in hours]
    for post, date in zip(db.session.scalars(db.select(Post)), dates, strict=True):
        post.published_at = date
        if date.month == 7:
            post.expires_at = date + timedelta(days=1)
    db.session.commit()
    local = [date.astimezone(zone) for date in dates if date.month != 7]
    found = {(year.number, month.number): month.count for year in years(zone) for month in year.months}
    assert found == Counter((date.year, date.month) for date in local)
    assert list(found) == sorted(found, reverse=True)


@pytest.mark.parametrize("path", ["/archive", "/sitemap.xml"])
def test_one_old_post_costs_as_much_as_one_of_lately(client, unpressed, post, ann, path):
    old = written(ann, "Old", datetime(2019, 1, 1, tzinfo=UTC))
    client.get(path)
    lately = calls(client.get, path)
    old.published_at = datetime(1000, 1, 1, tzinfo=UTC)
    db.session.commit()
    client.get("/")
    assert calls(client.get, path) < 1.3 * lately
    assert "/archive/1000/1" in client.get(path).text


@pytest.mark.parametrize(
    "period",
    ["2023", "2024/2", "2024/0", "2024/13", "0000", "0999", "9999", "9999/12", "24", "20245", "2024/x"],
)
def test_time_in_which_nothing_was_published_is_not_found(client, ann, period):
    written(ann, "In March", datetime(2024, 3, 1, tzinfo=UTC))
    assert client.get(f"/archive/{period}").status_code == 404


def test_month_has_one_address(client, ann):
    written(ann, "In March", datetime(2024, 3, 1, tzinfo=UTC))
    for spelling in ("2024/03", "2024/3/"):
        answer = client.get(f"/archive/{spelling}")
        assert (answer.status_code, answer.location) == (301, "/archive/2024/3")


def test_year_with_many_posts_has_pages(client, ann):
    Site.load().change(posts_per_page=5)
    for day in range(1, 8):
        written(ann, f"Of {day} March", datetime(2024, 3, day, tzinfo=UTC))
    second = Page(client.get("/archive/2024/3?page=2").text)
    assert second.headlines == ["Of 2 March", "Of 1 March"]
    assert "Page 2" in second.one("title").text
    assert second.one("a", rel="prev")["href"] == "/archive/2024/3"
    assert client.get("/archive/2024?page=3").status_code == 404


@pytest.mark.parametrize("path", ["/tag/notes", "/series/letters", "/archive", "/archive/2024"])
def test_refuses_other_methods(client, path):
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("count", [50, 500])
@pytest.mark.parametrize(
    ("path", "questions"),
    [
        ("/tag/notes", 5),  # settings, the tag, how many, posts, their authors and tags
        ("/archive", 2),  # settings, the counts
        ("/archive/{year}", 4),  # settings, how many, posts, their authors and tags
    ],
)
def test_asks_as_many_questions_however_many_posts_there_are(
    client, publish_many, queries, count, path, questions
):
    with time_machine.travel(datetime(2024, 12, 1, tzinfo=UTC), tick=False):
        publish_many(count)
        client.get("/")
        with queries() as asked:
            assert client.get(path.format(year=2024)).status_code == 200
    assert len(asked) == questions, asked


def written(person, title, date, tags=()):
    post = Post()
    post.revise(by=person, title=title, body="Text.", authors=[person], tags=Tag.named(tags))
    post.publish()
    post.published_at = date
    db.session.commit()
    return post


@pytest.fixture
def letters(ann):
    """A series of three public parts, of which the last is second by number, and of a draft."""
    series = Series.create(name="Letters home", description="From *afar*.")
    for number, (title, place) in enumerate([("One", 1), ("Three", None), ("Two", 2)], 1):
        post = written(ann, title, datetime(2024, 1, number, tzinfo=UTC))
        post.series, post.series_position = series, place
    hidden = Post()
    hidden.revise(by=ann, title="Hidden", body="Text.", authors=[ann])
    hidden.series, hidden.series_position = series, 1
    db.session.commit()
    return series


def test_series_lists_its_parts_in_order(client, letters):
    page = Page(client.get("/series/letters-home").text)
    assert (page.one("h1").text, page.headlines) == ("Letters home", ["One", "Two", "Three"])
    assert [one.text for one in page.all("strong", class_="row-part")] == ["Part 1", "Part 2", "Part 3"]
    assert page.one("header", class_="page-head").one("em").text == "afar"
    assert page.one("meta", name="description")["content"] == "From afar."
    assert page.one("link", rel="canonical")["href"] == "http://localhost/series/letters-home"


def test_long_series_has_pages_and_counts_on(client, letters):
    Site.load().change(posts_per_page=2)
    db.session.commit()
    second = Page(client.get("/series/letters-home?page=2").text)
    assert second.headlines == ["Three"]
    assert second.one("strong", class_="row-part").text == "Part 3"
    assert "Earlier parts" in second.one("a", rel="prev").text


def test_series_spelt_otherwise_leads_to_the_right_one(client, letters):
    answer = client.get("/series/Letters-Home")
    assert (answer.status_code, answer.location) == (301, "/series/letters-home")


def test_series_of_drafts_alone_is_not_told(client, draft):
    draft.series = Series.create(name="Secret")
    db.session.commit()
    assert client.get("/series/secret").status_code == 404
    assert client.get("/series/nothing").status_code == 404


def test_post_says_which_part_it_is_and_leads_to_the_others(client, letters):
    two = db.session.scalars(db.select(Post).where(Post.title == "Two")).one()
    page = Page(client.get(two.path).text)
    assert "Part 2 of 3" in page.one("p", class_="kicker").text
    assert page.one("p", class_="kicker").one("a")["href"] == "/series/letters-home"
    nav = page.one("nav", class_="neighbours")
    assert nav.get("aria-label") == "In this series"
    assert nav.one("a", rel="prev").text.endswith("Part 1 One")
    assert nav.one("a", rel="next").text.endswith("Three")


def test_draft_in_a_series_is_no_part_yet(sign_in, ann, letters):
    hidden = db.session.scalars(db.select(Post).where(Post.title == "Hidden")).one()
    assert "Part" not in Page(sign_in(ann).get(hidden.path).text).one("article").text


@pytest.mark.parametrize("count", [5, 200])
def test_series_asks_as_many_questions_however_long_it_is(client, publish_many, queries, count):
    publish_many(count)
    series = Series.create(name="Long")
    db.session.flush()
    db.session.execute(db.update(Post).values(series_id=series.id))
    db.session.commit()
    middle = db.session.scalars(db.select(Post).where(Post.slug == "post-3")).one().path
    client.get("/")
    for path, most in (("/series/long", 6), (middle, 8)):
        with queries() as asked:
            assert client.get(path).status_code == 200
        assert len(asked) <= most, asked


def entries(client, address):
    page = Page(client.get(address).text)
    return [
        (one.one("a").text, one.one("a")["href"], one.one("span").text)
        for one in page.all("li", class_="entry")
    ]


def test_all_tags_stand_by_name_with_their_posts(client, ann):
    written(ann, "One", datetime(2024, 1, 1, tzinfo=UTC), tags=["Trains", "bees"])
    written(ann, "Two", datetime(2024, 1, 2, tzinfo=UTC), tags=["bees"])
    Tag.create(name="Unused")
    assert entries(client, "/tags") == [("bees", "/tag/bees", "2 posts"), ("Trains", "/tag/trains", "1 post")]


def test_a_tag_is_described_in_the_list(client, post):
    post.tags[0].change(name="Notes", slug="notes", description="What *we* noted.", picture=None)
    assert "What we noted." in Page(client.get("/tags").text).one("li", class_="entry").text


def test_tags_of_drafts_alone_are_not_told(client, draft, ann):
    draft.revise(by=ann, tags=Tag.named(["Secret"]))
    page = Page(client.get("/tags").text)
    assert "No post has a tag yet." in page.one("main").text
    assert "Secret" not in page.text


def test_all_series_stand_by_name_with_their_parts(client, post, draft):
    series = Series.create(name="Letters home")
    post.series = draft.series = series
    Series.create(name="Empty")
    db.session.commit()
    assert entries(client, "/series") == [("Letters home", "/series/letters-home", "1 part")]


def test_without_series_the_page_says_so(client, post):
    assert "There is no series yet." in Page(client.get("/series").text).one("main").text


@pytest.mark.parametrize("address", ["/tags", "/series", "/authors", "/archive"])
def test_the_indexes_lead_to_each_other(client, post, address):
    ways = Page(client.get(address).text).one("nav", class_="ways")
    assert [link["href"] for link in ways.all("a")] == ["/archive", "/tags", "/series", "/authors"]
    assert ways.one("a", **{"aria-current": "page"})["href"] == address


def test_many_tags_have_pages(client, ann):
    for first in range(0, 205, 15):
        tags = [f"Tag {number:03}" for number in range(first, min(first + 15, 205))]
        written(ann, "One", datetime(2024, 1, 1, tzinfo=UTC), tags=tags)
    assert len(entries(client, "/tags")) == 200
    assert len(entries(client, "/tags?page=2")) == 5
    assert client.get("/tags?page=3").status_code == 404


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("en", "All series"),
        ("de", "Alle Serien"),
        ("fr", "Toutes les séries"),
        ("es", "Todas las series"),
        ("ar", "كل السلاسل"),
    ],
)
def test_all_series_are_headed_as_many(client, language, heading):
    Site.load().change(language=language)
    db.session.commit()
    assert Page(client.get("/series").text).one("h1").text == heading
