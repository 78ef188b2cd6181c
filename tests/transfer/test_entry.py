from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from broadsheet.transfer.entry import Entry, NoPost, read, without_title
from broadsheet.transfer.front_matter import Text


@pytest.fixture(autouse=True)
def words(app):
    """Remarks are spoken in the site's language."""


def entry(key: str = "hello.md", body: str = "Text.", /, **values: Any) -> Entry:
    return read(key, Text(body, values), UTC)


def day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


# -- title and address


@pytest.mark.parametrize(
    ("key", "body", "title"),
    [
        ("a-first-post.md", "Text.", "A first post"),
        ("2020-01-02-a-first-post.md", "Text.", "A first post"),
        ("a-first-post/index.md", "Text.", "A first post"),
        ("a.md", "# The *real* [title](x) #\n\nText.", "The real title"),
        ("a.md", "The title\n=========\n\nText.", "The title"),
        ("a.md", "Text.\n\n# Later", "A"),
    ],
)
def test_a_title_is_found_when_none_is_given(key, body, title):
    assert entry(key, body).title == title


def test_a_heading_that_repeats_the_title_goes():
    assert without_title("# Hello\n\nText.", "Hello") == "\nText."
    assert without_title("# Hello\n\nText.", "Other") == "# Hello\n\nText."


def test_a_title_that_is_too_long_is_cut_and_remarked():
    found = entry(title="word " * 100, date=day(2020, 1, 2))
    assert len(found.title) == 300
    assert found.remarks == ["The title is longer than 300 characters and was cut."]


@pytest.mark.parametrize(
    ("key", "values", "slug", "addresses"),
    [
        ("a/hello.md", {}, "hello", ["/a/hello"]),
        ("a/Hello World/index.md", {}, "hello-world", ["/a/Hello World"]),
        ("content/a/hello.md", {"slug": "other"}, "other", ["/a/other", "/a/hello"]),
        ("_posts/2020-01-02-hello.md", {}, "hello", ["/2020/01/02/hello"]),
        (
            "news/_posts/2020-01-02-hello.md",
            {},
            "hello",
            ["/news/2020/01/02/hello", "/2020/01/02/hello"],
        ),
        ("x.md", {"path": "2015/05/15/Rust-1.0"}, "rust-1-0", ["/2015/05/15/Rust-1.0"]),
        ("x.md", {"permalink": "/a/hello.html"}, "hello", ["/a/hello"]),
        ("x.md", {"permalink": "/:year/:title/"}, "x", ["/x"]),
        ("x.md", {"url": "https://old.example/a/hello/"}, "hello", ["/a/hello"]),
        ("x.md", {"aliases": ["/b/", "c/index.html", "/b"]}, "x", ["/x", "/b", "/c"]),
        ("x.md", {"redirect_from": "/b.html"}, "x", ["/x", "/b"]),
    ],
)
def test_addresses_are_those_that_the_generator_gave(key, values, slug, addresses):
    found = entry(key, **values)
    assert (found.slug, found.addresses) == (slug, addresses)


# -- dates


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("a.md", {"date": day(2020, 1, 2).date()}),
        ("a.md", {"date": "2020-01-02"}),
        ("a.md", {"date": "2020-01-02 12:00:00 +0000"}),
        ("a.md", {"date": "2020-01-02T13:00:00+01:00"}),
        ("a.md", {"date": datetime(2020, 1, 2, 12)}),  # noqa: DTZ001  # as YAML gives it
        ("a.md", {"pubDate": "January 2, 2020"}),
        ("2020-01-02-a.md", {}),
        ("2020/01/02/a.md", {}),
        ("a.md", {"path": "news/2020/01/02/a"}),
        ("2019-09-09-a.md", {"date": "2020-01-02"}),
    ],
)
def test_a_date_is_found_wherever_it_is_said(key, values):
    assert entry(key, **values).date == day(2020, 1, 2)


def test_a_day_is_meant_in_the_zone_of_the_site():
    found = read("a.md", Text("Text.", {"date": "2020-01-02"}), ZoneInfo("Asia/Tokyo"))
    assert found.date == datetime(2020, 1, 2, 3, tzinfo=UTC)


def test_other_dates():
    found = entry(date="2020-01-02", lastmod="2021-01-02", expiryDate="2022-01-02")
    assert (found.updated, found.expires) == (day(2021, 1, 2), day(2022, 1, 2))
    assert entry(updated="2021-01-02").updated == day(2021, 1, 2)


@pytest.mark.parametrize("value", ["soon", 5, "0001-01-01", [1]])
def test_what_is_no_date_is_remarked(value):
    found = entry("2020-01-02-a.md", date=value)
    assert found.date == day(2020, 1, 2)
    assert "is no date" in found.remarks[0]


def test_without_a_date_it_is_a_draft_and_says_so():
    found = entry()
    assert found.is_draft
    assert found.remarks == ["It has no date, so it came as a draft."]


@pytest.mark.parametrize(
    ("key", "values"), [("a.md", {"draft": True}), ("a.md", {"published": False}), ("_drafts/a.md", {})]
)
def test_drafts(key, values):
    found = entry(key, **values)
    assert found.is_draft
    assert not found.remarks


# -- people, tags and words


@pytest.mark.parametrize(
    "values",
    [
        {"authors": ["Ann Author", "Ben Baker"]},
        {"author": "Ann Author and Ben Baker"},
        {"author": {"name": "Ann Author, Ben Baker"}},
        {"authors": [{"name": "Ann Author"}, {"name": "Ben Baker"}]},
        {"extra": {"authors": ["Ann Author", "Ben Baker"]}},
        {"taxonomies": {"authors": ["Ann Author", "Ben Baker"]}},
    ],
)
def test_authors(values):
    assert entry(**values).authors == ["Ann Author", "Ben Baker"]


@pytest.mark.parametrize(
    ("key", "values", "tags"),
    [
        ("a.md", {"tags": ["One", "Two"], "categories": ["News"]}, ["One", "Two", "News"]),
        ("a.md", {"taxonomies": {"tags": ["One"], "categories": ["News"]}}, ["One", "News"]),
        ("a.md", {"tags": "One, Two words"}, ["One", "Two words"]),
        ("a.md", {"tags": "Two words"}, ["Two words"]),
        ("_posts/a.md", {"tags": "one two"}, ["one", "two"]),
        ("_posts/a.md", {"category": "Two words"}, ["Two words"]),
        ("news/_posts/a.md", {}, ["news"]),
        ("a.md", {"tags": [2020, None, True]}, ["2020"]),
        (
            "a.md",
            {"extra": {"team": "the press team <https://a.example>", "release": True}},
            ["Press team", "Release"],
        ),
        ("a.md", {"extra": {"release": False}}, []),
    ],
)
def test_tags(key, values, tags):
    assert entry(key, **values).tags == tags


@pytest.mark.parametrize("name", ["description", "summary", "excerpt"])
def test_summary(name):
    assert entry(**{name: " What it is about. "}).summary == "What it is about."


def test_language():
    assert entry(lang="de-AT").language == "de-AT"


# -- what is no post


@pytest.mark.parametrize(
    ("key", "body", "values", "why"),
    [
        ("_index.md", "", {"title": "Blog"}, "It describes a section, not a post."),
        ("a/_index.md", "Text.", {}, "It describes a section, not a post."),
        ("latest.md", "\n", {"template": "x.html"}, "It is empty: it has neither a title nor a text."),
        ("README.md", "# The repository", {}, "It is about the project, not a post."),
    ],
)
def test_what_is_no_post_says_what_it_is(key, body, values, why):
    with pytest.raises(NoPost, match=why.replace(".", r"\.")):
        entry(key, body, **values)


def test_corrections_are_a_list_of_dates_and_texts():
    found = entry(
        date=day(2020, 1, 2),
        corrections=[
            {"date": day(2020, 1, 3), "text": "It was *1879*."},
            {"date": "2020-01-04", "text": "Two.\n\nLines."},
            {"date": "never", "text": "A"},
            {"text": "B"},
            {"date": day(2020, 1, 5)},
            "C",
        ],
    )
    assert found.corrections == [
        (day(2020, 1, 3), "It was *1879*."),
        (day(2020, 1, 4), "Two.\n\nLines."),
    ]
    assert found.remarks == ["A correction was left out: it needs a date and a text."] * 4
