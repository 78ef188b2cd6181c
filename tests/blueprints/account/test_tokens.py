"""One's own tokens: made, shown once, listed, revoked."""

import re
from datetime import timedelta

import pytest
import time_machine

from broadsheet.extensions import db
from broadsheet.lib import api_tokens, clock
from broadsheet.models import ApiToken, EmailChange, Event, Scope, UserSession
from broadsheet.models import user_session as lifetimes
from markup import Page
from stage import PASSWORD

SCOPES = ["content:read", "content:write", "media:read"]
NEW = {"name": " Deploy  script ", "scopes": SCOPES, "lifetime": "30"}


@pytest.fixture
def own(sign_in, ann):
    return sign_in(ann)


def tokens_of(person):
    return db.session.scalars(ApiToken.of(person)).all()


def make(person, name="Deploy", expires_at=None):
    token, _ = ApiToken.make(person, name=name, scopes=[Scope.CONTENT_READ], expires_at=expires_at)
    db.session.commit()
    db.session.rollback()  # what was read for the mail that tells of it
    return token


# -- making


def test_a_token_is_shown_once_and_opens_what_was_ticked(own, ann, client):
    answer = own.submit("/account/tokens", NEW)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    (secret,) = set(api_tokens.REGEX.findall(answer.text))
    (token,) = tokens_of(ann)
    assert (token.name, token.scopes) == ("Deploy script", SCOPES)
    assert abs(token.expires_at - clock.now() - timedelta(days=30)) < timedelta(minutes=1)
    listed = own.get("/account/tokens").text
    assert secret not in listed
    assert f"bsh_…{secret[-4:]}" in listed
    assert "Posts and pages: read and change. Media: read." in listed
    asked = client.get("/api/v1/posts", headers={"Authorization": f"Bearer {secret}"})
    assert asked.status_code == 200


def test_it_lasts_as_long_as_was_chosen(own, ann):
    wanted = f"{clock.now() + timedelta(days=500):%Y-%m-%dT%H:%M}"
    choices = {"90": "2001-01-01T00:00", "365": "", "until": wanted, "never": ""}
    for lifetime, until in choices.items():
        own.submit("/account/tokens", NEW | {"lifetime": lifetime, "expires_at": until})
    never, until, year, quarter = (token.expires_at for token in tokens_of(ann))
    assert (never, f"{until:%Y-%m-%dT%H:%M}") == (None, wanted)
    assert [(end - clock.now()).days for end in (year, quarter)] == [364, 89]


WRONG = [
    ({"name": " "}, "Please fill this in."),
    ({"name": "x" * 61}, "1 character too long"),
    ({"scopes": []}, "Tick at least one."),
    ({"scopes": ["people:write"]}, "Choose from the list."),
    ({"lifetime": "until", "expires_at": ""}, "Write the date until which it works."),
    ({"lifetime": "until", "expires_at": "2001-01-01T00:00"}, "That moment is over already."),
    ({"lifetime": "forever"}, "Not a valid choice"),
]


def test_says_what_is_wrong_and_keeps_what_was_typed(own, ann):
    for fields, words in WRONG:
        answer = own.submit("/account/tokens", NEW | fields)
        assert answer.status_code == 422
        page = Page(answer.text)
        assert words in page.one(class_="error-summary").text
        if "name" not in fields:
            assert page.one(id="name").value == "Deploy script"
        if "scopes" not in fields:
            boxes = page.all("input", type="checkbox")
            assert [box.value for box in boxes if "checked" in box.attributes] == NEW["scopes"]
    assert tokens_of(ann) == []


def test_offers_what_the_role_can_use(own, sign_in, ada):
    def offered(browser):
        return {box.value for box in Page(browser.get("/account/tokens").text).all("input", type="checkbox")}

    assert "content:publish" in offered(own)
    assert "inbox:read" not in offered(own)
    assert offered(sign_in(ada)) == set(Scope)


def test_is_asked_for_by_somebody_who_has_just_said_who_it_is(own, ann):
    with time_machine.travel(clock.now() + lifetimes.RECENT + timedelta(seconds=1), tick=False):
        assert own.get("/account/tokens").location == "/account/confirmation?next=/account/tokens"
        assert own.submit("/account/tokens", NEW).location == "/account/confirmation?next=/account/tokens"
        assert tokens_of(ann) == []
        token = make(ann)
        assert own.submit(f"/account/tokens/{token.id}/revocation").status_code == 303
        assert not token.is_alive, "to be rid of one is never too late"
        back = f"/account/tokens/{token.id}/revocation/delete"
        assert own.submit(back).location == "/account/confirmation?next=/account/tokens"


def test_the_account_is_mailed_that_one_was_made_and_how_to_be_rid_of_it(app, own, ann):
    own.submit("/account/tokens", NEW)
    (path,) = app.extensions["broadsheet_outbox"].folder.glob("*.eml")
    text = path.read_text()
    assert "To: Ann Author <ann@example.com>" in text
    assert "“Deploy script”" in text
    assert "http://localhost/account/tokens" in text
    assert not api_tokens.REGEX.search(text)


# -- the list


def test_without_one_the_list_says_what_to_do(own):
    assert "Make one below" in Page(own.get("/account/tokens").text).one(class_="empty").text


def test_the_list_tells_how_each_stands(own, ann):
    used = make(ann, "Used")
    used.last_used_at, used.last_address = clock.now(), "198.51.100.7"
    make(ann, "Over", expires_at=clock.now())
    make(ann, "Given up").revoke(by=ann)
    rows = {
        row.one(class_="listing-title").text: row
        for row in Page(own.get("/account/tokens").text).one("tbody").all("tr")
    }
    assert "198.51.100.7" in rows["Used"].text
    assert "without an end" in rows["Used"].text
    assert "Expired" in rows["Over"].text
    assert "Revoked" in rows["Given up"].text
    assert [name for name, row in rows.items() if row.all("button")] == ["Used"]


# -- the end


def test_one_is_revoked_and_that_can_be_undone(own, ann):
    token = make(ann)
    assert own.submit(f"/account/tokens/{token.id}/revocation").status_code == 303
    assert not token.is_alive
    undo = Page(own.get("/account/tokens").text).one(class_="flash").one("form")["action"]
    assert own.submit(undo).status_code == 303
    assert token.is_alive
    actions = db.session.scalars(db.select(Event.action).where(Event.action.startswith("token_"))).all()
    assert sorted(actions) == ["token_created", "token_reinstated", "token_revoked"]


def test_another_s_is_not_there(own, ben):
    token = make(ben)
    assert own.submit(f"/account/tokens/{token.id}/revocation").status_code == 404
    assert own.submit(f"/account/tokens/{token.id}/revocation/delete").status_code == 404
    assert token.is_alive


def test_an_admin_revokes_all_of_a_person_s_and_they_stay_so(own, sign_in, ann, ada):
    token, _over = make(ann), make(ann, expires_at=clock.now())
    admin = sign_in(ada)
    page = Page(admin.get(f"/desk/people/{ann.id}/edit").text)
    assert "1 lets programs in" in page.one(class_="particulars").text
    assert admin.submit(f"/desk/people/{ann.id}/tokens/delete").status_code == 303
    assert token.revoked_by_id == ada.id
    assert "One token opens nothing any more." in admin.get(f"/desk/people/{ann.id}/edit").text
    assert own.submit(f"/account/tokens/{token.id}/revocation/delete").status_code == 404
    assert admin.submit(f"/desk/people/{ada.id}/tokens/delete").status_code == 403


def test_a_new_password_ends_none_and_says_so(own, ann, client):
    token = make(ann)
    for page in ("/account/password", "/account/sessions"):
        assert "One token of yours still lets a program in." in own.get(page).text
    own.submit("/account/password", {"password": PASSWORD, "new_password": "staple stable table"})
    assert token.is_alive
    token.revoke(by=ann)
    assert "of yours still" not in own.get("/account/password").text


def test_a_password_that_was_set_by_mail_says_so_too(app, client, ann):
    make(ann)
    client.submit("/password/forgot", {"email": "ann"})
    (path,) = (
        one for one in app.extensions["broadsheet_outbox"].folder.glob("*.eml") if "reset" in one.read_text()
    )
    link = re.search(r"http://localhost(/password/reset/\S+)", path.read_text())[1]
    client.submit(link, {"new_password": "staple stable table"})
    assert "One token of yours still lets a program in." in client.get("/desk").text


def test_what_was_made_while_somebody_else_was_in_ends_with_them(ann):
    with time_machine.travel(clock.now() - timedelta(days=2), tick=False):
        older = make(ann, "Older")
    EmailChange.ask(ann, "thief@example.com", token="a", url="/a")
    change = db.session.scalars(EmailChange.awaited(ann)).one()
    change.confirm(undo_token="b", undo_url="/b")
    of_thief = make(ann, "Of the thief")
    db.session.commit()
    change.undo()
    assert (older.is_alive, of_thief.is_alive) == (True, False)
    assert db.session.scalars(UserSession.of(ann)).all() == []
