"""A post or page at its `.md` address."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Correction, Page, Post, Series
from broadsheet.transfer import entry, front_matter
from markup import Page as Markup


def said(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return front_matter.split(answer.text)


def test_post_answers_as_markdown(client, post):
    text = said(client, f"{post.path}.md")
    assert text.body.strip() == "## First\n\nSome *text*.\n\n## Second\n\nMore text."
    assert text.values == {
        "title": "A published post",
        "description": "What it is about.",
        "date": post.published_at,
        "authors": ["Ann Author"],
        "tags": ["Notes"],
        "language": "en",
        "canonical": f"http://localhost{post.path}",
    }


def test_comments_stay_with_their_writer(client, post, ann):
    post.revise(by=ann, body="Words.\n\n<!-- Told by Jane. -->\n\nMore.")
    db.session.commit()
    assert said(client, f"{post.path}.md").body.strip() == "Words.\n\n\nMore."


def test_tells_of_a_later_change(client, post, ann):
    post.revise(by=ann, body="New words.")
    db.session.commit()
    assert said(client, f"{post.path}.md").values["updated"] == post.revised_at


def test_says_what_it_is_and_where_its_page_is(client, post):
    answer = client.get(f"{post.path}.md")
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.headers["Link"] == f'<http://localhost{post.path}>; rel="canonical"'
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    etag = answer.headers["ETag"]
    assert client.get(f"{post.path}.md", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("https://köln.example/ü?q=é#ä", "https://xn--kln-sna.example/%C3%BC?q=%C3%A9#%C3%A4"),
        ('https://a.example/b>;rel="x",<c', "https://a.example/b%3E;rel=%22x%22,%3Cc"),
        ("https://a.example/%C3%BC", "https://a.example/%C3%BC"),
        ("https://a..example/ü>", "https://a..example/%C3%BC%3E"),
        ("https://a.example:99999/日本", "https://a.example:99999/%E6%97%A5%E6%9C%AC"),
    ],
)
def test_address_elsewhere_stays_within_its_header(client, post, ann, address, sent):
    post.revise(by=ann, canonical_url=address)
    db.session.commit()
    answer = client.get(f"{post.path}.md")
    assert answer.headers["Link"] == f'<{sent}>; rel="canonical"'
    assert front_matter.split(answer.text).values["canonical"] == address


def test_page_leads_to_it(client, post, page):
    for content in (post, page):
        found = Markup(client.get(content.path).text).one("link", rel="alternate", type="text/markdown")
        assert found["href"] == f"{content.path}.md"
        assert client.get(found["href"]).status_code == 200


def test_wrong_slug_leads_to_the_right_one(client, post):
    answer = client.get(f"/post/{post.id}/wrong.md")
    assert (answer.status_code, answer.location) == (301, f"{post.path}.md")


def test_own_page_answers_as_markdown(client, page):
    text = said(client, "/imprint.md")
    assert (text.body.strip(), text.values["title"]) == ("Who is behind this.", "Imprint")


@pytest.mark.parametrize("change", ["draft", "later", "over", "trash"])
def test_what_readers_do_not_see_is_not_told(client, post, page, change):
    for content in (post, page):
        if change == "draft":
            content.unpublish()
        elif change == "later":
            content.published_at = clock.now() + timedelta(days=1)
        elif change == "over":
            content.expires_at = clock.now() - timedelta(days=1)
        else:
            content.trash()
    db.session.commit()
    assert client.get(f"{post.path}.md").status_code == 404
    assert client.get("/imprint.md").status_code == 404


def test_held_changes_are_not_told(client, post, ann):
    post.hold(by=ann, title="A secret title", body="A secret.")
    db.session.commit()
    assert "secret" not in client.get(f"{post.path}.md").text


def test_nothing_leads_nowhere(client, post):
    for path in ("/nothing.md", "/post/99/nothing.md"):
        assert client.get(path).status_code == 404


def test_former_address_of_a_page_leads_on(client, page):
    page.revise(by=None, slug="legal")
    db.session.commit()
    answer = client.get("/imprint.md")
    assert (answer.status_code, answer.location) == (301, "/legal.md")


def test_hostile_title_stays_a_title(client, ann):
    post = Post()
    post.revise(by=ann, title="---\u2028: '\" # [x]", body="---\n\nText.", authors=[ann], byline="A: b")
    post.publish()
    db.session.commit()
    text = said(client, f"{post.path}.md")
    assert (text.values["title"], text.values["authors"]) == (post.title, ["A: b"])
    assert text.body.strip() == "---\n\nText."


def test_our_own_importer_understands_it(client, post, ann):
    post.series = Series.create(name="Letters")
    post.published_at = datetime(2024, 2, 29, 12, 30, tzinfo=UTC)
    post.revise(by=ann, language="fr", canonical_url="https://elsewhere.example/first")
    db.session.commit()
    found = entry.read("a.md", said(client, f"{post.path}.md"), ZoneInfo("UTC"))
    assert (found.title, found.summary) == (post.title, post.summary)
    assert (found.date, found.authors, found.tags) == (post.published_at, ["Ann Author"], ["Notes"])
    assert (found.series, found.language) == ("Letters", "fr")
    assert found.canonical_url == "https://elsewhere.example/first"
    assert found.remarks == []


def test_our_own_importer_understands_the_rest(client, post, ann):
    post.series, post.series_position = Series.create(name="Letters"), 3
    post.expires_at = clock.now() + timedelta(days=9)
    told = [(datetime(2027, 3, day, 10, 0, 0, day, tzinfo=UTC), f"---\nOf *{day}*: a") for day in (1, 5)]
    Correction.bring(post, told)
    db.session.commit()
    found = entry.read("a.md", said(client, f"{post.path}.md"), ZoneInfo("UTC"))
    assert (found.series_position, found.expires) == (3, post.expires_at)
    assert (found.corrections, found.remarks) == (told, [])


def test_refuses_other_methods(client, post):
    assert client.post(f"{post.path}.md").status_code == 405


def test_about_answers_too(client, ada):
    about = Page()
    about.revise(by=ada, title="About", slug="about", body="We.")
    about.publish()
    db.session.commit()
    assert said(client, "/about.md").body.strip() == "We."
