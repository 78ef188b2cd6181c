import pytest

from broadsheet.extensions import db
from broadsheet.models import Correction, Post, Role, Tag
from broadsheet.web import limits
from markup import Page
from stage import PASSWORD, person


def test_a_draft_is_seen_as_readers_will(sign_in, ann, draft):
    answer = sign_in(ann).get(f"/desk/posts/{draft.id}/preview")
    page = Page(answer.text)
    assert page.one("h1").text == "A draft"
    assert page.one("article").one("em").text == "ready"
    assert page.one("aside", class_="preview-bar").one("a")["href"] == f"/desk/posts/{draft.id}/edit"


def test_a_preview_is_never_indexed_or_shared(sign_in, ann, draft):
    answer = sign_in(ann).get(f"/desk/posts/{draft.id}/preview")
    assert Page(answer.text).one("meta", name="robots")["content"] == "noindex, nofollow"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "private" in answer.headers["Cache-Control"]


def test_a_preview_is_the_public_page_but_for_its_bar(sign_in, client, ann, post):
    previewed = Page(sign_in(ann).get(f"/desk/posts/{post.id}/preview").text)
    public = Page(client.get(post.path).text)
    for part in ("h1", "header", "article"):
        assert [one.text for one in previewed.all(part)] == [one.text for one in public.all(part)]


def test_corrections_are_seen_as_readers_will(sign_in, ann, draft):
    Correction.make(draft, body="It was *1879*.", by=ann)
    db.session.commit()
    shown = Page(sign_in(ann).get(f"/desk/posts/{draft.id}/preview").text)
    assert "It was 1879." in shown.one("section", class_="corrections").text


@pytest.mark.parametrize("address", ["/desk/posts/new/preview", "/desk/posts/{}/preview"])
def test_what_is_not_saved_is_seen_and_stays_unsaved(sign_in, ann, draft, address):
    typed = {"title": "Only typed", "body": "Not *saved*.", "tags": "Fresh", "version": 0}
    answer = sign_in(ann).submit(address.format(draft.id), typed)
    page = Page(answer.text)
    assert answer.status_code == 200
    assert page.one("h1").text == "Only typed"
    assert "not saved" in page.one("aside", class_="preview-bar").text
    assert page.one("a", rel="tag").text == "Fresh"
    assert [post.title for post in db.session.scalars(db.select(Post))] == ["A draft"]
    assert db.session.scalars(Tag.at("fresh")).all() == []


def test_even_what_cannot_be_saved_is_seen(sign_in, ann):
    typed = {
        "title": "x" * 400,
        "slug": "No slug!",
        "language": "klingon",
        "published_at": "soon",
        "tags": "!",
    }
    assert sign_in(ann).submit("/desk/posts/new/preview", typed).status_code == 200


def test_an_empty_post_is_seen(sign_in, ann):
    assert sign_in(ann).submit("/desk/posts/new/preview").status_code == 200


def test_a_page_is_seen_as_readers_will(sign_in, ed, page):
    client = sign_in(ed)
    assert Page(client.get(f"/desk/pages/{page.id}/preview").text).one("h1").text == "Imprint"
    answer = client.submit("/desk/pages/new/preview", {"title": "Terms", "body": "*Fair*."})
    assert Page(answer.text).one("article").one("em").text == "Fair"


def test_authors_preview_no_pages(sign_in, ann, page):
    client = sign_in(ann)
    assert client.get(f"/desk/pages/{page.id}/preview").status_code == 404
    assert client.submit("/desk/pages/new/preview", {"title": "Terms"}).status_code == 404


def test_a_preview_requires_sign_in(client, draft):
    assert client.get(f"/desk/posts/{draft.id}/preview").status_code == 303


def test_a_live_preview_says_where_in_the_text_each_block_begins(sign_in, ann, draft):
    sent = {"body": "One.\n\n## Two\n\n- three\n", "live": "1"}
    page = Page(sign_in(ann).submit(f"/desk/posts/{draft.id}/preview", sent).text)
    lines = {one.name: one["data-line"] for one in page.walk() if one.get("data-line")}
    assert lines == {"p": "0", "h2": "2", "ul": "4"}


def test_a_program_that_previews_without_end_is_asked_to_wait(limited_client, monkeypatch):
    monkeypatch.setattr(limits, "PREVIEWS", "2 per minute")
    browser, ann = limited_client, person("Ann Author", Role.AUTHOR)
    assert browser.submit("/login", {"username": ann.username, "password": PASSWORD}).status_code == 303
    typed = {"title": "Begun", "body": "First words"}
    answers = [
        browser.submit("/desk/posts/new/preview", typed, headers={"Accept": "application/json"})
        for _ in range(3)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
