import pytest

from broadsheet.extensions import db
from broadsheet.models import Alias
from broadsheet.models import Page as OwnPage
from markup import Page


def test_shows_the_page(client, page):
    shown = Page(client.get("/imprint").text)
    assert shown.one("h1").text == "Imprint"
    assert shown.one("div", class_="prose").text == "Who is behind this."


def test_slug_may_be_written_in_any_script(client, page):
    page.revise(by=None, slug="上海")
    assert client.get("/上海").status_code == 200


@pytest.mark.parametrize("address", ["/imprint/", "/imprint//"])
def test_slash_at_the_end_is_taken_away(client, page, address):
    answer = client.get(address)
    assert answer.status_code in (301, 308)
    assert client.get(answer.location).location in ("/imprint", None)


@pytest.mark.parametrize(
    "address", ["//elsewhere.example/", "/%5Celsewhere.example/", "/\\elsewhere.example/"]
)
def test_slash_at_the_end_leads_to_no_other_site(client, page, address):
    answer = client.get(address)
    location = answer.location or "/"
    assert location.startswith(("/", "http://localhost/"))
    assert not location.startswith(("//", "/\\"))


def test_former_address_leads_to_the_page(client, page):
    Alias.keep("/legal/notice/", page)
    answer = client.get("/legal/notice/index.html")
    assert (answer.status_code, answer.location) == (301, "/imprint")


def test_page_that_does_not_exist_is_not_found(client, page):
    assert client.get("/nothing").status_code == 404


def test_draft_is_hidden_from_strangers(client, sign_in, ann, unpublished):
    assert client.get("/imprint").status_code == 404
    assert sign_in(ann).get("/imprint").status_code == 404


def test_whoever_may_edit_a_draft_sees_it_with_a_note(sign_in, ed, unpublished):
    answer = sign_in(ed).get("/imprint")
    assert answer.status_code == 200
    note = Page(answer.text).one("p", class_="editing")
    assert "readers do not see it" in note.text
    assert note.all("a")[0]["href"] == f"/desk/pages/{unpublished.id}/edit"


def test_head_has_no_body(client, page):
    answer = client.head("/imprint")
    assert (answer.status_code, answer.data) == (200, b"")


def test_refuses_other_methods(client, page):
    assert client.post("/imprint").status_code == 405


def test_asks_three_questions(client, page, queries):
    client.get("/")
    with queries() as asked:
        client.get("/imprint")
    assert len(asked) == 3, asked  # settings, the page, its translations


def alternates(client, path):
    links = Page(client.get(path).text).all("link", rel="alternate")
    return {link["hreflang"]: link["href"] for link in links if link.get("hreflang")}


def german(first, title="Impressum"):
    page = OwnPage()
    page.revise(by=None, title=title, body="Auf Deutsch.", language="de", translation_of_id=first.id)
    page.publish()
    db.session.commit()
    return page


def test_translations_link_to_each_other(client, page):
    german(page)
    for path, name, there in (
        ("/imprint", "Deutsch", "/impressum"),
        ("/impressum", "English", "/imprint"),
    ):
        link = Page(client.get(path).text).one("p", class_="also-in").one("a")
        assert (link.text, link["href"]) == (name, there)


def test_search_engines_are_told_of_the_translations(client, page):
    german(page)
    told = {
        "en": "http://localhost/imprint",
        "de": "http://localhost/impressum",
        "x-default": "http://localhost/imprint",
    }
    assert alternates(client, "/imprint") == alternates(client, "/impressum") == told


@pytest.mark.parametrize("slug", ["about", "contact"])
def test_pages_with_an_address_for_good_have_translations_as_well(client, slug):
    first = OwnPage()
    first.revise(by=None, title="What we say", slug=slug, body="We are a club.")
    first.publish()
    db.session.commit()
    german(first, "Was wir sagen")
    assert alternates(client, f"/{slug}") == alternates(client, "/was-wir-sagen") != {}
    assert Page(client.get(f"/{slug}").text).one("p", class_="also-in").one("a")["href"] == "/was-wir-sagen"


def test_translations_stay_together_when_the_first_is_deleted(client, page):
    german(page)
    french = OwnPage()
    french.revise(by=None, title="Mentions", body="…", language="fr", translation_of_id=page.id)
    french.publish()
    page.delete()
    db.session.commit()
    assert set(alternates(client, "/mentions")) == {"de", "fr", "x-default"}


@pytest.fixture
def unpublished(page: OwnPage) -> OwnPage:
    page.unpublish()
    db.session.commit()
    return page
