import pytest

from broadsheet.extensions import db
from broadsheet.models import Page as OwnPage
from markup import Page


def test_shows_the_words_of_its_page(client, about):
    page = Page(client.get("/about").text)
    assert page.one("h1").text == "About us"
    assert page.one("em").text == "club"
    assert page.one("link", rel="canonical")["href"] == "http://localhost/about"


def test_is_not_found_while_it_has_no_words(client):
    assert client.get("/about").status_code == 404


def test_is_hidden_from_strangers_while_a_draft(client, sign_in, ed, about):
    about.unpublish()
    db.session.commit()
    assert client.get("/about").status_code == 404
    assert sign_in(ed).get("/about").status_code == 200


def test_refuses_other_methods(client, about):
    assert client.post("/about").status_code == 405


def test_asks_three_questions(client, about, queries):
    client.get("/")
    with queries() as asked:
        client.get("/about")
    assert len(asked) == 3, asked  # settings, the page, its translations


@pytest.fixture
def about(app) -> OwnPage:
    page = OwnPage()
    page.revise(by=None, title="About us", slug="about", body="We are a *club*.")
    page.publish()
    db.session.commit()
    return page
