"""What search engines read: JSON-LD by the rules of schema.org, and of Google where it asks for more."""

import json
from datetime import timedelta

import pytest
import time_machine

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Correction, Post, Site, Tag, Upload
from broadsheet.models import Page as OwnPage
from markup import Page

# A type → what it must have, what it should have if it is known, and what it may have.
# developers.google.com/search/docs/appearance/structured-data/{article,breadcrumb,profile-page,organization}
# and schema.org for the rest. A value is checked by the kind that `KINDS` gives its name.
RULES = {
    "BlogPosting": (
        {"headline", "author", "datePublished"},
        {"dateModified", "image"},
        {
            *{"description", "url", "mainEntityOfPage", "publisher", "inLanguage", "articleSection"},
            *{"keywords", "wordCount", "correction"},
        },
    ),
    "CorrectionComment": ({"text", "datePublished"}, set(), set()),
    "Person": ({"name"}, {"url"}, {"alternateName", "description", "image", "sameAs"}),
    "Organization": ({"name", "url"}, {"logo"}, {"@id", "sameAs"}),
    "ImageObject": ({"url"}, set(), set()),
    "BreadcrumbList": ({"itemListElement"}, set(), set()),
    "ItemList": ({"itemListElement"}, set(), set()),
    "ListItem": ({"position"}, set(), {"name", "item", "url"}),
    "ProfilePage": ({"mainEntity"}, {"dateCreated"}, {"url"}),
    "WebSite": ({"name", "url"}, set(), {"@id", "description", "inLanguage", "publisher", "potentialAction"}),
    "SearchAction": ({"target", "query-input"}, set(), set()),
    "EntryPoint": ({"urlTemplate"}, set(), set()),
    "CollectionPage": (
        {"name", "url"},
        {"description", "inLanguage", "isPartOf"},
        {"about", "mainEntity"},
    ),
    "SearchResultsPage": ({"name", "url"}, {"inLanguage", "isPartOf"}, {"mainEntity"}),
    "Thing": ({"name"}, set(), set()),
} | {
    kind: (
        {"name", "url"},
        {"description", "inLanguage", "isPartOf", "publisher"},
        {"datePublished", "dateModified", "primaryImageOfPage"},
    )
    for kind in ("WebPage", "AboutPage", "ContactPage")
}
ADDRESSES = ("url", "item", "image", "mainEntityOfPage", "urlTemplate", "@id", "sameAs")
MOMENTS = ("datePublished", "dateModified", "dateCreated")

PATHS = {
    "/": ["WebSite", "Organization"],
    "/post/{id}/{slug}": ["BlogPosting", "BreadcrumbList"],
    "/tag/notes": ["CollectionPage", "BreadcrumbList"],
    "/archive": ["CollectionPage", "BreadcrumbList"],
    "/archive/{year}": ["CollectionPage", "BreadcrumbList"],
    "/tags": ["CollectionPage", "BreadcrumbList"],
    "/series": ["CollectionPage", "BreadcrumbList"],
    "/authors": ["CollectionPage", "BreadcrumbList"],
    "/search?q=text": ["SearchResultsPage", "BreadcrumbList"],
    "/search?q=nothing+%22%3C%2Fscript%3E": ["SearchResultsPage", "BreadcrumbList"],
    "/user/ann": ["ProfilePage", "BreadcrumbList"],
    "/about": ["AboutPage", "BreadcrumbList"],
    "/imprint": ["WebPage", "BreadcrumbList"],
    "/contact": ["ContactPage", "BreadcrumbList"],
    "/submit": ["WebPage", "BreadcrumbList"],
}


@pytest.mark.parametrize("path", PATHS)
def test_each_page_says_what_it_is_by_the_rules(client, content, path):
    graph = data(client.get(content(path)).text)
    assert [thing["@type"] for thing in graph] == PATHS[path]
    for thing in graph:
        check(thing)


def test_post_says_who_wrote_what_and_when(client, post):
    article, way = data(client.get(post.path).text)
    url = f"http://localhost{post.path}"
    assert (article["headline"], article["description"]) == ("A published post", "What it is about.")
    assert article["author"] == [
        {"@type": "Person", "name": "Ann Author", "url": "http://localhost/user/ann"}
    ]
    assert article["publisher"]["name"] == "Broadsheet"
    assert (article["url"], article["mainEntityOfPage"]) == (url, url)
    assert (article["articleSection"], article["keywords"]) == ("Notes", ["Notes"])
    assert [item["name"] for item in way["itemListElement"]] == ["Broadsheet", "Notes", "A published post"]
    assert "item" not in way["itemListElement"][-1]


def test_post_was_modified_when_readers_last_got_another_text(client, post, ann):
    post.published_at = clock.now() - timedelta(days=9)
    post.revise(by=ann, body="Another text.")
    db.session.commit()
    page = Page(client.get(post.path).text)
    article, _way = data(page)
    assert article["datePublished"] < article["dateModified"]
    assert meta(page, "article:modified_time") == [article["dateModified"]]
    assert meta(page, "article:published_time") == [article["datePublished"]]


def test_post_follows_what_its_writer_chose(client, post):
    post.byline, post.canonical_url, post.language = "The Editors", "https://elsewhere.example/1", "de"
    db.session.commit()
    page = Page(client.get(post.path).text)
    article, _way = data(page)
    assert article["author"] == [{"@type": "Person", "name": "The Editors"}]
    assert article["url"] == "https://elsewhere.example/1"
    assert (article["inLanguage"], meta(page, "og:locale")) == ("de", ["de_DE"])
    assert not meta(page, "article:author")


def test_post_says_what_was_wrong_in_it(client, post, ann):
    for day, words in ((1, "First: it was **1879** & not 1897."), (5, "Second.")):
        with time_machine.travel(f"2027-03-0{day}T10:00Z", tick=False):
            Correction.make(post, body=words, by=ann)
    db.session.commit()
    article, _way = data(client.get(post.path).text)
    check(article)
    assert article["correction"] == [
        {"@type": "CorrectionComment", "text": "Second.", "datePublished": "2027-03-05T10:00:00Z"},
        {
            "@type": "CorrectionComment",
            "text": "First: it was 1879 & not 1897.",
            "datePublished": "2027-03-01T10:00:00Z",
        },
    ]


def test_words_cannot_end_the_block_of_data(client, post):
    post.title = "</script><script>alert(1)</script> & \u2028 “so”"
    db.session.commit()
    text = client.get(post.path).text
    block = text.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert "<" not in block
    assert "\u2028" not in block
    assert data(text)[0]["headline"] == post.title


def test_site_can_be_searched_from_outside(client):
    Site.load().change(title="The Harbour", social_links=[{"label": "M", "url": "https://m.example/@h"}])
    website, publisher = data(client.get("/").text)
    assert website["potentialAction"]["target"]["urlTemplate"] == (
        "http://localhost/search?q={search_term_string}"
    )
    assert (website["name"], publisher["sameAs"]) == ("The Harbour", ["https://m.example/@h"])


def test_search_that_is_shared_says_what_was_looked_for_and_found(client, post):
    page = Page(client.get("/search?q=text").text)
    found, _way = data(page)
    assert [item["url"] for item in found["mainEntity"]["itemListElement"]] == [
        f"http://localhost{post.path}"
    ]
    assert meta(page, "og:title") == ["Search: text"]
    assert meta(page, "og:url") == [found["url"]] == ["http://localhost/search?q=text"]


def test_search_for_nothing_lists_nothing(client, post):
    page = Page(client.get("/search").text)
    assert not page.all("script", type="application/ld+json")
    assert meta(page, "og:title") == ["Search"]


@pytest.mark.parametrize("path", [*PATHS, "/search"])
def test_each_page_has_a_picture_where_it_is_shared(client, content, path):
    (picture,) = meta(Page(client.get(content(path)).text), "og:image")
    assert picture.startswith("http://localhost/")


def test_shared_post_says_all_that_is_known(client, post, ann):
    post.cover = Upload(
        key="00000000000000aa/sea.jpg",
        name="sea.jpg",
        sha256="a" * 64,
        media_type="image/jpeg",
        size=1,
        width=800,
        height=600,
        uploaded_by=ann,
    )
    post.cover_alt = "The sea"
    post.tags = Tag.named(["Notes", "Sea"])
    db.session.commit()
    page = Page(client.get(post.path).text)
    assert meta(page, "og:image") == ["http://localhost/uploads/00000000000000aa/sea.jpg"]
    assert meta(page, "og:image:type") == ["image/jpeg"]
    assert (meta(page, "og:image:width"), meta(page, "og:image:height")) == (["800"], ["600"])
    assert meta(page, "og:image:alt") == ["The sea"]
    assert meta(page, "article:author") == ["http://localhost/user/ann"]
    assert (meta(page, "article:section"), meta(page, "article:tag")) == (["Notes"], ["Notes", "Sea"])
    assert meta(page, "og:locale") == ["en_US"]


# -- the rules, applied


def data(page):
    page = Page(page) if isinstance(page, str) else page
    said = json.loads("".join(page.one("script", type="application/ld+json").children))
    assert said["@context"] == "https://schema.org"
    return said["@graph"]


def meta(page, name):
    return [one["content"] for one in page.all("meta", property=name)]


def check(thing, known=()):
    if set(thing) == {"@id"}:
        return  # what stands beside it in the graph
    kind = thing["@type"]
    required, recommended, possible = RULES[kind]
    names = set(thing) - {"@type"}
    assert required <= names, (kind, required - names)
    assert names <= required | recommended | possible | {"@id"}, (kind, names)
    for name, value in thing.items():
        for one in value if isinstance(value, list) else [value]:
            assert one not in ("", None, []), (kind, name)
            if isinstance(one, dict):
                check(one)
            elif name in ADDRESSES:
                assert one.startswith(("http://localhost/", "https://")), (kind, name, one)
            elif name in MOMENTS:
                clock.datetime.fromisoformat(one)
    if kind in ("BreadcrumbList", "ItemList"):
        steps = thing["itemListElement"]
        assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
        if kind == "BreadcrumbList":
            assert len(steps) >= 2
            assert all(step["name"] for step in steps)
            assert all("item" in step for step in steps[:-1])


@pytest.fixture
def content(post, page):
    about = OwnPage()
    about.revise(by=None, title="About", slug="about", body="We.")
    about.publish()
    db.session.commit()
    return lambda path: path.format(id=post.id, slug=post.slug, year=post.published_at.year)


def test_text_without_a_title_has_one_name_wherever_it_is_named(client, ann):
    post = Post()
    words = "The tide came in over the harbour wall and took with it the nets of half the village before dawn"
    post.revise(by=ann, title="", body=words, authors=[ann])
    post.publish()
    db.session.commit()
    assert post.headline.endswith("…")
    page = Page(client.get(post.path).text)
    article, way = data(client.get(post.path).text)
    named = {
        page.one("h1").text,
        article["headline"],
        way["itemListElement"][-1]["name"],
        client.get("/feed.json").get_json(force=True)["items"][0]["title"],
        Page(client.get("/search?q=harbour").text).all("h3")[0].text,
    }
    assert named == {post.headline}


def test_page_that_lists_no_post_has_no_empty_list(client):
    for path in ("/tags", "/series"):
        assert "mainEntity" not in data(client.get(path).text)[0], path
