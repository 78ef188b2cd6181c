from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from broadsheet import signals
from broadsheet.extensions import db
from broadsheet.lib import clock, tokens
from broadsheet.models import Invitation, Role, User
from markup import Page
from stage import PASSWORD


@pytest.fixture
def invitation(ada):
    invitation = Invitation.create(
        email="new@example.org",
        role=Role.AUTHOR,
        by=ada,
        token=tokens.new_token(),
        url="https://example.org/…",
    )
    db.session.commit()
    return invitation


def test_link_is_shown_once_and_announced(sign_in, ada):
    browser, heard = sign_in(ada), []

    def hear(invitation, *, url, **_details):
        heard.append(url)

    with signals.invitation_created.connected_to(hear):
        answer = browser.submit("/desk/invitations", {"email": "New@Example.org", "role": "editor"})
    assert (answer.status_code, answer.location) == (303, "/desk/invitations")
    invitation = db.session.scalars(select(Invitation)).one()
    assert (invitation.email, invitation.role, invitation.invited_by) == ("new@example.org", Role.EDITOR, ada)

    first = browser.get("/desk/invitations")
    link = Page(first.text).one("section", class_="secret").one("input")["value"]
    assert heard == [link]
    assert first.headers["Cache-Control"] == "no-store"
    assert tokens.digest(link.rpartition("/")[2]) == invitation.token_hash
    assert "secret" not in [
        section.get("class") for section in Page(browser.get("/desk/invitations").text).all("section")
    ]


def test_link_opens_the_door(sign_in, client, ada):
    browser = sign_in(ada)
    browser.submit("/desk/invitations", {"email": "new@example.org", "role": "author"})
    link = Page(browser.get("/desk/invitations").text).one("section", class_="secret").one("input")["value"]
    assert client.get(link).status_code == 200


def test_second_invitation_replaces_the_first(sign_in, client, ada):
    browser = sign_in(ada)
    browser.submit("/desk/invitations", {"email": "new@example.org", "role": "author"})
    link = Page(browser.get("/desk/invitations").text).one("section", class_="secret").one("input")["value"]
    browser.submit("/desk/invitations", {"email": "NEW@example.org", "role": "reader"})
    assert db.session.scalars(select(Invitation)).one().role == Role.READER
    assert client.get(link).status_code == 410


def test_lists_the_open_ones(sign_in, ada, invitation):
    page = Page(sign_in(ada).get("/desk/invitations").text)
    row = page.one("tbody").one("tr")
    assert row.one("th").text == "new@example.org"
    assert [cell.text for cell in row.all("td")][:2] == ["Author", "Ada Admin"]


def test_empty_list_is_no_riddle(sign_in, ada):
    page = Page(sign_in(ada).get("/desk/invitations").text)
    assert page.one("p", class_="empty-heading").text == "No invitation is open"


def test_is_withdrawn(sign_in, ada, invitation):
    browser = sign_in(ada)
    assert browser.submit(f"/desk/invitations/{invitation.id}/delete").status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0
    assert browser.submit("/desk/invitations/4711/delete").status_code == 404


def test_bad_input_is_explained_and_kept(sign_in, ada, ann):
    browser = sign_in(ada)
    for email, words in (
        ("", "Please fill this in."),
        ("nobody", "does not look like an e-mail address"),
        ("ANN@example.com", "here already"),
    ):
        answer = browser.submit("/desk/invitations", {"email": email, "role": "author"})
        assert answer.status_code == 422
        page = Page(answer.text)
        assert words in page.one("p", class_="field-error").text
        assert page.one("input", name="email")["value"].lower() == email.lower()
    assert (
        browser.submit("/desk/invitations", {"email": "a@example.org", "role": "emperor"}).status_code == 422
    )
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_requires_sign_in_and_the_role(client, sign_in, ed, invitation):
    assert client.get("/desk/invitations").location.startswith("/login?")
    browser = sign_in(ed)
    assert browser.get("/desk/invitations").status_code == 403
    assert browser.submit("/desk/invitations", {"email": "a@example.org", "role": "admin"}).status_code == 403
    assert browser.submit(f"/desk/invitations/{invitation.id}/delete").status_code == 403


def test_refuses_the_wrong_method(sign_in, ada, invitation):
    assert sign_in(ada).get(f"/desk/invitations/{invitation.id}/delete").status_code == 405


def test_gives_a_byline_an_account(sign_in, ada):
    byline = User.create(name="Imported Author")
    db.session.commit()
    browser = sign_in(ada)
    edit = Page(browser.get(f"/desk/people/{byline.id}/edit").text)
    (way,) = (link["href"] for link in edit.all("a") if link.text == "Give this byline an account")
    form = Page(browser.get(way).text).one("form", class_="form")
    assert "Imported Author" in form.text
    assert browser.submit(form["action"], {"email": "a@example.org", "role": "author"}).status_code == 303
    assert browser.submit(form["action"], {"email": "b@example.org", "role": "author"}).status_code == 303
    invitation = db.session.scalars(select(Invitation)).one()
    assert (invitation.user, invitation.email) == (byline, "b@example.org"), "the second replaces the first"


def test_account_is_no_byline(sign_in, ada, ann):
    assert sign_in(ada).get("/desk/invitations?byline=ann").status_code == 404
    answer = sign_in(ada).submit(
        "/desk/invitations?byline=nobody", {"email": "a@example.org", "role": "author"}
    )
    assert answer.status_code == 404


def test_whoever_signed_in_long_ago_says_who_they_are_to_invite(sign_in, ada):
    browser = sign_in(ada)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        typed = {"email": "new@example.org", "role": "admin"}
        for given in ({}, {"own_password": "a wrong one"}):
            answer = browser.submit("/desk/invitations", typed | given)
            assert answer.status_code == 422
            assert 'value="new@example.org"' in answer.text
        assert not db.session.scalars(select(Invitation)).all()
        assert browser.submit("/desk/invitations", typed | {"own_password": PASSWORD}).status_code == 303
