"""The set-up of a new site."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import Event, Page, Post, Role, Site, User
from broadsheet.web.setting_up import setup_token
from markup import Page as Markup

GOOD = {
    "title": "The Daily *Planet*",
    "tagline": "All of it",
    "language": "en",
    "timezone": "Europe/Berlin",
    "name": "Lois Lane",
    "email": "Lois@Example.com",
    "password": "a long enough secret",
}


@pytest.fixture
def new(empty_app):
    with empty_app.app_context():
        yield empty_app


@pytest.fixture
def link(new):
    return f"/setup/{setup_token(new)}"


@pytest.fixture
def client(new):
    return new.test_client()


def test_shows_the_form(client, link):
    answer = client.get(link)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_makes_the_admin_and_signs_in(client, link):
    answer = client.submit(link, GOOD)
    assert answer.status_code == 303
    admin = db.session.scalars(User.known_as("lois@example.com")).one()
    assert (admin.role, admin.username, admin.timezone) == (Role.ADMIN, "lois-lane", "Europe/Berlin")
    assert admin.check_password(GOOD["password"])
    assert client.get("/account").status_code == 200
    site = Site.load()
    assert (site.title, site.tagline, site.timezone) == (GOOD["title"], GOOD["tagline"], "Europe/Berlin")


def test_leaves_a_site_that_is_not_empty(client, link, new):
    client.submit(link, GOOD)
    post = db.session.scalars(Post.published()).one()
    assert [author.name for author in post.authors] == ["Lois Lane"]
    assert "The Daily *Planet*" in post.html, "the title is words, not Markdown"
    assert "<math" in post.html
    assert "<table" in post.html
    assert {page.slug for page in db.session.scalars(Page.published())} == {"about", "contact"}
    visitor = new.test_client()
    for path in ("/", "/about", "/contact", post.path):
        assert visitor.get(path).status_code == 200


def test_the_log_names_the_one_who_set_up(client, link):
    client.submit(link, GOOD)
    assert set(db.session.scalars(db.select(Event.actor_name))) == {"Lois Lane"}


def test_a_wrong_token_is_not_found(client, link):
    assert client.get(link + "x").status_code == 404
    assert client.get("/setup/ä").status_code == 404
    assert client.submit("/setup/" + "0" * 32, GOOD).status_code == 404


def test_works_once(client, link, new):
    client.submit(link, GOOD)
    assert client.get(link).status_code == 404
    assert new.test_client().submit(link, {**GOOD, "email": "other@example.com"}).status_code == 404
    assert db.session.scalar(db.select(db.func.count()).select_from(User)) == 1


def test_says_what_is_wrong_and_keeps_what_was_typed(client, link):
    answer = client.submit(link, {**GOOD, "email": "no address", "password": "short"})
    assert answer.status_code == 422
    assert "does not look like an e-mail address" in answer.text
    assert "Too short" in answer.text
    assert 'value="The Daily *Planet*"' in answer.text
    assert '<option selected value="Europe/Berlin">' in answer.text
    assert "short" not in [field for field in answer.text.split('"') if field == "short"]
    assert db.session.scalar(db.select(User.id)) is None


@pytest.mark.parametrize(
    "password", ["Lois  Lane", "lois@example.com", "the daily *planet*", "xyxyxyxyxyxyx"]
)
def test_refuses_a_password_that_anybody_would_try(client, link, password):
    answer = client.submit(link, {**GOOD, "password": password})
    assert answer.status_code == 422
    assert "Too easy to guess" in answer.text


def test_refuses_an_unknown_time_zone(client, link):
    assert client.submit(link, {**GOOD, "timezone": "Mars/Olympus"}).status_code == 422


@pytest.mark.parametrize(
    ("asked", "chosen", "spoken"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de-AT", "de-AT"),
        ("ar", "ar", "ar"),
        ("it,en;q=0.5", "it", "en"),
        ("", "en", "en"),
    ],
)
def test_it_speaks_the_language_of_its_owner(client, link, asked, chosen, spoken):
    page = Markup(client.get(link, headers={"Accept-Language": asked}).text)
    assert page.one("html")["lang"] == spoken
    assert page.one("select", name="language").one("option", selected="")["value"] == chosen


def test_a_site_of_another_language_begins_in_it(client, link):
    client.submit(link, GOOD | {"language": "fr"}, headers={"Accept-Language": "de"})
    assert Site.load().language == "fr"
    assert "Bienvenue" in client.get("/desk").text
    [post] = db.session.scalars(Post.published())
    assert [tag.name for tag in post.tags] == ["Bienvenue"]


def test_once_it_is_set_up_nobody_s_browser_changes_its_language(client, link):
    client.submit(link, GOOD)
    home = client.get("/", headers={"Accept-Language": "de"})
    assert Markup(home.text).one("html")["lang"] == "en"
    assert "Accept-Language" not in home.headers.get("Vary", "")
