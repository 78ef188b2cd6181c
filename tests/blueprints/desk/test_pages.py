"""Pages are written like posts; what is said here is where they differ."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import Page as SitePage
from markup import Page


def error_at(answer, name: str) -> str:
    return Page(answer.text).one("p", id=f"{name}-error").text


def fixed(slug: str) -> SitePage:
    page = db.session.scalar(db.select(SitePage).where(SitePage.slug == slug)) or SitePage()
    page.revise(by=None, title=slug.title(), slug=slug, body="As it was.")
    page.publish()
    db.session.commit()
    return page


def test_pages_are_listed(sign_in, ed, page):
    listed = Page(sign_in(ed).get("/desk/pages").text)
    assert "Imprint" in [link.text for link in listed.all("a", class_="listing-title")]


def test_a_page_is_written_published_and_read(sign_in, client, ed):
    browser = sign_in(ed)
    assert browser.get("/desk/pages/new").status_code == 200
    answer = browser.submit("/desk/pages/new", {"title": "House rules", "body": "Be *kind*."})
    page = db.session.scalars(db.select(SitePage).where(SitePage.slug == "house-rules")).one()
    assert (answer.status_code, answer.location) == (303, f"/desk/pages/{page.id}/edit")
    assert client.get("/house-rules").status_code == 404
    browser.submit(f"/desk/pages/{page.id}/publication")
    assert "<em>kind</em>" in client.get("/house-rules").text


def test_a_page_is_written_and_published_with_one_press(sign_in, client, ed):
    sign_in(ed).submit("/desk/pages/new/publication", {"title": "House rules"})
    assert client.get("/house-rules").status_code == 200


def test_a_moved_page_leads_on_from_its_old_address(sign_in, client, ed, page):
    answer = sign_in(ed).submit(f"/desk/pages/{page.id}/publication", {"slug": "legal"})
    assert answer.status_code == 303
    answer = client.get("/imprint")
    assert (answer.status_code, answer.location) == (301, "/legal")


@pytest.mark.parametrize("slug", ["imprint", "post", "tag", "desk", "login", "static", "api", "search"])
def test_an_address_that_is_taken_is_refused(sign_in, ed, page, slug):
    answer = sign_in(ed).submit("/desk/pages/new", {"title": "Mine", "slug": slug, "body": "Kept"})
    assert answer.status_code == 422
    assert f"/{slug}" in error_at(answer, "slug")
    assert "Kept" in answer.text


def test_a_page_may_keep_its_own_address(sign_in, ed, page):
    answer = sign_in(ed).submit(f"/desk/pages/{page.id}/edit", {"slug": "imprint", "title": "Who we are"})
    assert answer.status_code == 303


@pytest.mark.parametrize("slug", ["about", "contact"])
def test_about_and_contact_keep_their_addresses_and_stay(sign_in, ed, slug):
    page = fixed(slug)
    client = sign_in(ed)
    assert client.submit(f"/desk/pages/{page.id}/publication", {"body": "As it is."}).status_code == 303
    assert page.body == "As it is."
    assert client.submit(f"/desk/pages/{page.id}/edit", {"slug": "elsewhere"}).status_code == 422
    assert client.submit(f"/desk/pages/{page.id}/trash").status_code == 404
    assert "/trash" not in client.get(f"/desk/pages/{page.id}/edit").text


def test_saving_over_a_newer_version_shows_both(sign_in, ed, ada, page):
    page.revise(by=ada, body="Newer.")
    answer = sign_in(ed).submit(f"/desk/pages/{page.id}/edit", {"body": "Older.", "version": 1})
    assert answer.status_code == 409
    assert "Newer." in answer.text
    assert "Older." in answer.text


def test_a_page_is_deleted_for_good_from_the_trash(sign_in, ed, page):
    client = sign_in(ed)
    page.trash()
    assert client.submit(f"/desk/pages/{page.id}/delete").location == "/desk/pages"
    assert db.session.scalar(db.select(SitePage).where(SitePage.slug == "imprint")) is None


@pytest.mark.parametrize("path", ["", "/new", "/{}/edit"])
def test_authors_see_no_pages(sign_in, ann, page, path):
    client = sign_in(ann)
    assert client.get(f"/desk/pages{path.format(page.id)}").status_code == 403
    assert "/desk/pages" not in client.get("/desk/posts").text


@pytest.mark.parametrize(
    "path",
    ["new/publication", "{}/publication", "{}/publication/delete", "{}/trash", "{}/revisions/1/restoration"],
)
def test_authors_touch_no_pages(sign_in, ann, page, path):
    answer = sign_in(ann).submit(f"/desk/pages/{path.format(page.id)}", {"title": "Mine"})
    assert answer.status_code == 404
    assert (page.title, page.state) == ("Imprint", "published")


def test_long_list_asks_no_more(sign_in, ed, page, queries):
    client = sign_in(ed)
    with queries() as few:
        client.get("/desk/pages")
    for number in range(40):
        SitePage().revise(by=None, title=f"Page number {number}")
    with queries() as many:
        client.get("/desk/pages")
    assert len(many) <= len(few) <= 10


def test_address_without_a_verb_leads_to_the_editor(sign_in, ed, page):
    assert sign_in(ed).get(f"/desk/pages/{page.id}").location == f"/desk/pages/{page.id}/edit"
