from datetime import timedelta

import pytest
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, Role, User, UserSession
from markup import Page


@pytest.fixture
def byline(app):
    byline = User.create(name="Imported Author")
    db.session.commit()
    return byline


def row_of(answer, name):
    return next(row for row in Page(answer.text).one("tbody").all("tr") if row.one("a").text == name)


def names(answer):
    return [one.text for one in Page(answer.text).all("a", class_="listing-title")]


def test_lists_people_with_role_state_and_work(sign_in, ada, ann, byline, post, draft):
    answer = sign_in(ada).get("/desk/people")
    assert names(answer) == ["Ada Admin", "Ann Author", "Imported Author"]
    cells = [cell.text for cell in row_of(answer, "Ann Author").all("td")]
    assert cells == ["Author", "Active", "", "2 posts"]
    assert row_of(answer, "Imported Author").one("span", class_="state").text == "Byline only"


def test_filters_and_search(sign_in, ada, ann, ben, byline):
    ben.suspend()
    browser = sign_in(ada)
    assert names(browser.get("/desk/people?show=accounts")) == ["Ada Admin", "Ann Author", "Ben Author"]
    assert names(browser.get("/desk/people?show=bylines")) == ["Imported Author"]
    assert names(browser.get("/desk/people?show=suspended")) == ["Ben Author"]
    assert names(browser.get("/desk/people?q=ANN%40example")) == ["Ann Author"]
    nobody = Page(browser.get("/desk/people?q=nobody").text)
    assert nobody.one("p", class_="empty-heading").text == "Nobody is here"


def test_changes_a_person(sign_in, ada, ann):
    form = {"name": "Anna Author", "email": "Anna@Example.com", "role": "editor", "bio": "Writes *well*."}
    answer = sign_in(ada).submit(f"/desk/people/{ann.id}/edit", form)
    assert (answer.status_code, answer.location) == (303, f"/desk/people/{ann.id}/edit")
    assert (ann.name, ann.email, ann.role) == ("Anna Author", "anna@example.com", Role.EDITOR)
    assert "<em>well</em>" in ann.bio_html
    assert db.session.scalars(select(Event).where(Event.action == "role_changed")).one().details == {
        "old": "author",
        "new": "editor",
    }


def test_bad_input_is_explained_and_kept(sign_in, ada, ann, ben):
    form = {"name": "", "email": "ben@example.com", "role": "emperor", "bio": "Kept."}
    answer = sign_in(ada).submit(f"/desk/people/{ann.id}/edit", form)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert [error.text for error in page.all("p", class_="field-error")][:2] == [
        "Please fill this in.",
        "Somebody else has this address.",
    ]
    assert page.one("input", name="email")["value"] == "ben@example.com"
    assert page.one("textarea", name="bio").value == "Kept."
    assert (ann.name, ann.role) == ("Ann Author", Role.AUTHOR)


def test_somebodys_username_is_no_address_of_another(sign_in, ada, ann):
    person = User.create(
        name="Eve", username="eve", email="eve@example.com", password="correct horse battery"
    )
    form = {"name": "Ann", "email": "eve@example.com", "role": "author", "bio": ""}
    assert sign_in(ada).submit(f"/desk/people/{ann.id}/edit", form).status_code == 422
    assert person.email == "eve@example.com"


def test_nobody_changes_the_own_role_or_suspends_oneself(sign_in, ada):
    browser = sign_in(ada)
    page = Page(browser.get(f"/desk/people/{ada.id}/edit").text)
    assert not page.all("select", name="role")
    assert "Suspend" not in page.one("main").text
    form = {"name": "Ada Admin", "email": "ada@example.com", "role": "reader", "bio": ""}
    assert browser.submit(f"/desk/people/{ada.id}/edit", form).status_code == 303
    assert ada.role == Role.ADMIN
    assert browser.submit(f"/desk/people/{ada.id}/suspension").status_code == 403
    assert ada.is_active


def test_an_admin_s_own_address_is_changed_where_it_can_be_taken_back(sign_in, ada):
    """A thief at an admin's screen would be done with one form, without the new mailbox."""
    browser = sign_in(ada)
    address = f"/desk/people/{ada.id}/edit"
    page = Page(browser.get(address).text)
    assert not page.all("input", name="email")
    assert "/account/email" in [link["href"] for link in page.one("dl").all("a")]
    form = {"name": "Ada A.", "email": "thief@example.net", "bio": ""}
    assert browser.submit(address, form).status_code == 303
    assert (ada.name, ada.email) == ("Ada A.", "ada@example.com")


def test_an_admin_steps_down_by_the_hand_of_another(sign_in, ada, ed):
    ed.give_role(Role.ADMIN)
    form = {"name": "Ada", "email": "ada@example.com", "role": "reader", "bio": ""}
    assert sign_in(ed).submit(f"/desk/people/{ada.id}/edit", form).status_code == 303
    assert ada.role == Role.READER


def test_suspension_signs_out_and_can_be_taken_back(sign_in, ada, ann):
    hers, browser = sign_in(ann), sign_in(ada)
    assert hers.get("/desk").status_code == 200
    answer = browser.submit(f"/desk/people/{ann.id}/suspension")
    assert answer.status_code == 303
    assert hers.get("/desk").status_code == 303
    assert not db.session.scalars(select(UserSession).where(UserSession.user_id == ann.id)).all()
    page = Page(browser.get(answer.location).text)
    assert page.one("dl").one("span", class_="state").text == "Suspended"
    undo = page.one("div", class_="flash").one("form")["action"]
    browser.submit(undo)
    assert ann.suspended_at is None


def test_byline_has_no_address_role_or_suspension(sign_in, ada, byline):
    browser = sign_in(ada)
    page = Page(browser.get(f"/desk/people/{byline.id}/edit").text)
    assert [
        one["name"] for one in page.one("form", class_="form").walk() if one.get("id") and one.get("name")
    ] == [
        "csrf_token",
        "name",
        "bio",
    ]
    assert (
        browser.submit(f"/desk/people/{byline.id}/edit", {"name": "Known Author", "bio": ""}).status_code
        == 303
    )
    assert byline.name == "Known Author"
    assert browser.submit(f"/desk/people/{byline.id}/suspension").status_code == 403


def test_requires_sign_in_and_the_role(client, sign_in, ed, ann):
    for address in ("/desk/people", f"/desk/people/{ann.id}/edit"):
        assert client.get(address).location.startswith("/login?")
        assert sign_in(ed).get(address).status_code == 403
    assert sign_in(ed).submit(f"/desk/people/{ann.id}/edit", {"name": "X"}).status_code == 403
    assert sign_in(ed).submit(f"/desk/people/{ann.id}/suspension").status_code == 403


def test_refuses_the_wrong_method(sign_in, ada, ann):
    assert sign_in(ada).get(f"/desk/people/{ann.id}/suspension").status_code == 405
    assert sign_in(ada).get("/desk/people/4711/edit").status_code == 404


def test_number_of_queries_does_not_grow(sign_in, ada, ann, queries):
    browser = sign_in(ada)
    browser.get("/desk/people")
    with queries() as few:
        browser.get("/desk/people")
    for number in range(20):
        User.create(name=f"Author {number}")
    db.session.commit()
    with queries() as many:
        browser.get("/desk/people")
    assert len(few) == len(many) <= 8


def test_sorts_by_name_last_sign_in_and_work(sign_in, ada, ann, ben, byline, post, draft):
    now = clock.now()
    ann.last_signed_in_at, ben.last_signed_in_at = now - timedelta(days=1), now
    ben.name = "aaron"
    browser = sign_in(ada)
    assert names(browser.get("/desk/people")) == ["aaron", "Ada Admin", "Ann Author", "Imported Author"]
    assert names(browser.get("/desk/people?sort=-name"))[0] == "Imported Author"
    assert names(browser.get("/desk/people?sort=-posts"))[0] == "Ann Author"
    assert names(browser.get("/desk/people?sort=-signed-in")) == ["aaron", "Ann Author"]
    head = Page(browser.get("/desk/people?sort=-posts&show=accounts").text).one("thead")
    assert head.one("th", **{"aria-sort": "descending"}).text == "Posts ↓"


@pytest.mark.parametrize("query", ["show=ghosts", "sort=shoe-size"])
def test_a_filter_that_cannot_be_is_explained(sign_in, ada, query):
    answer = sign_in(ada).get(f"/desk/people?{query}")
    assert answer.status_code == 422
    assert Page(answer.text).one("p", class_="empty-heading").text == "This filter cannot be"


def test_a_person_s_page_shows_their_work(sign_in, ada, ann, ben, post, draft):
    page = Page(sign_in(ada).get(f"/desk/people/{ann.id}/edit").text)
    work = page.one("section", **{"aria-labelledby": "posts"})
    assert {one.text for one in work.all("a", class_="brief-title")} == {"A published post", "A draft"}
    assert work.one("p", class_="brief-more").one("a")["href"] == "/desk/posts?author=ann"
    assert not Page(sign_in(ada).get(f"/desk/people/{ben.id}/edit").text).all(
        "section", **{"aria-labelledby": "posts"}
    )


def test_number_of_queries_does_not_grow_with_people(sign_in, ada, queries):
    browser = sign_in(ada)
    browser.get("/desk/people?sort=-posts")
    with queries() as few:
        browser.get("/desk/people?sort=-posts")
    for number in range(60):
        User.create(name=f"Person {number}")
    db.session.commit()
    with queries() as many:
        browser.get("/desk/people?sort=-posts")
    assert len(many) <= len(few) + 1 <= 10
