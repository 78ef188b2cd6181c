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
    assert client.get("/Imprint").status_code == 404


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


def test_asks_two_questions(client, page, queries):
    client.get("/")
    with queries() as asked:
        client.get("/imprint")
    assert len(asked) == 2, asked  # settings, the page


@pytest.fixture
def unpublished(page: OwnPage) -> OwnPage:
    page.unpublish()
    db.session.commit()
    return page
