"""One's own e-mail address: changed from the new one, taken back from the old one."""

import re
from datetime import timedelta

import pytest
import time_machine

from app_codes import actions
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import EmailChange, Event, Role, User, UserSession
from stage import PASSWORD, person

NEW = "ann@new.example"


@pytest.fixture
def mails(app):
    """To whom and what, oldest first."""

    def read():
        folder = app.extensions["broadsheet_outbox"].folder
        texts = [path.read_text() for path in sorted(folder.glob("*.eml"))]
        return [(re.search(r"^To: (.*)$", text, re.MULTILINE)[1], text) for text in texts]

    return read


def ask(client, email=NEW):
    return client.submit("/account/email", {"email": email})


def link(text, path):
    return re.search(rf"http://localhost({path}/\S+)", text)[1]


@pytest.fixture
def own(sign_in, ann):
    return sign_in(ann)


@pytest.fixture
def changed(own, ann, mails):
    """Ann's address is the new one; by this link the old one takes it back."""
    ask(own)
    own.submit(link(mails()[-1][1], "/account/email"))
    assert ann.email == NEW
    return link(mails()[-1][1], "/account/email/undo")


# -- another one


def test_the_new_address_confirms_by_a_link(own, ann, mails):
    assert ask(own, " Ann@New.example ").location == "/account/email"
    assert ann.email == "ann@example.com", "not before it is confirmed"
    page = own.get("/account/email").text
    assert "The link for ann@new.example waits on the server" in page, "for this site sends no mail"
    ((to, text),) = mails()
    assert to == f"Ann Author <{NEW}>"
    path = link(text, "/account/email")
    assert "Use this address" in own.get(path).text
    assert ann.email == "ann@example.com", "to look is not to confirm: programs look at links in mails"
    answer = own.submit(path)
    assert (answer.status_code, answer.location) == (303, "/account/email")
    assert ann.email == NEW
    assert own.get("/account").status_code == 200
    assert own.submit(path).status_code == 410, "once"
    assert actions(ann)[-2:] == ["email_change_requested", "email_changed"]


def test_the_old_address_is_told_and_no_link_stands_in_the_log(own, ann, changed, mails):
    to, text = mails()[-1]
    assert to == "Ann Author <ann@example.com>"
    assert "the last mail to the old one" in text
    assert "take the old address back within 7 days" in text
    kept = "".join(str(one.details) for one in db.session.scalars(db.select(Event)))
    assert "undo" not in kept
    assert "@" not in kept


def test_an_old_session_says_first_who_it_is(own, ann):
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        assert ask(own).location == "/account/confirmation?next=/account/email"
        assert not db.session.scalars(db.select(EmailChange)).all()
        own.submit("/account/confirmation?next=/account/email", {"password": PASSWORD})
        assert own.get("/account/email").status_code == 200
        assert ask(own).location == "/account/email"


def test_the_link_is_of_who_asked_for_it(client, own, sign_in, ann, ben, mails):
    """A slip in the address must not give the account to a stranger."""
    ask(own)
    path = link(mails()[-1][1], "/account/email")
    assert client.get(path).location == f"/login?next={path}"
    assert client.submit(path).status_code in (401, 403)
    assert sign_in(ben).submit(path).status_code == 410
    assert ann.email == "ann@example.com"


def test_the_link_works_for_a_day_and_only_the_newest(own, ann, mails):
    ask(own)
    first = link(mails()[-1][1], "/account/email")
    ask(own, "ann@newer.example")
    second = link(mails()[-1][1], "/account/email")
    assert own.submit(first).status_code == 410
    assert own.get(second).status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert own.get(second).status_code == 410


def test_it_can_be_left_as_it_was(own, ann, mails):
    ask(own)
    assert own.submit("/account/email/delete").status_code == 303
    assert "waits on the server" not in own.get("/account/email").text
    assert own.submit(link(mails()[-1][1], "/account/email")).status_code == 410


def test_a_new_password_voids_the_link(own, ann, mails):
    ask(own)
    own.submit("/account/password", {"password": PASSWORD, "new_password": "staple stable table"})
    assert own.submit(link(mails()[0][1], "/account/email")).status_code == 410


@pytest.mark.parametrize("email", ["", "no address", "ann@example.com", "a" * 250 + "@example.com"])
def test_nonsense_is_explained_and_kept(own, email):
    answer = ask(own, email)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert not db.session.scalars(db.select(EmailChange)).all()


def test_an_address_that_somebody_has_looks_the_same_to_who_asks(own, ann, ben, mails):
    assert ask(own, "ben@example.com").location == "/account/email"
    page = own.get("/account/email").text
    assert "The link for ben@example.com waits" in page
    ((to, text),) = mails()
    assert to == "ben@example.com"
    assert "Another account there has it already" in text
    assert "/account/email/" not in text
    assert "Ann" not in text, "nor learns the owner who it was"


def test_an_address_that_was_taken_meanwhile(own, ann, mails):
    ask(own)
    User.create(name="Somebody", email=NEW, password=PASSWORD)
    answer = own.submit(link(mails()[0][1], "/account/email"))
    assert answer.status_code == 410
    assert "Another account has this address" in answer.text
    assert ann.email == "ann@example.com"


def test_five_mails_a_day(make_app):
    app = make_app(BROADSHEET_RATE_LIMITS="on")
    with app.app_context():
        client = app.test_client()
        person("Ada Admin", Role.ADMIN)
        client.submit("/login", {"username": "ada", "password": PASSWORD})
        answers = [ask(client, f"ada@{number}.example").status_code for number in range(6)]
        assert answers == [303] * 5 + [429]


def test_without_a_mail_server_it_says_what_happens_instead(own, sign_in, ada):
    page = own.get("/account/email").text
    assert "sends no mail yet" in page
    assert "An admin can also change your address" in page
    assert "An admin can also" not in sign_in(ada).get("/account/email").text, "and nobody one's own"


def test_with_a_mail_server_it_says_nothing_of_that(make_app):
    app = make_app(BROADSHEET_SMTP_URL="smtp://127.0.0.1:9")
    with app.app_context():
        client = app.test_client()
        person("Ada Admin", Role.ADMIN)
        client.submit("/login", {"username": "ada", "password": PASSWORD})
        ada = db.session.scalars(User.known_as("ada")).one()
        tomorrow = clock.now() + timedelta(days=1)
        db.session.add(EmailChange(user_id=ada.id, email=NEW, token_hash="x", expires_at=tomorrow))
        page = client.get("/account/email").text
        assert "sends no mail yet" not in page
        assert "A mail is on its way to ann@new.example" in page


# -- taken back


def test_the_old_address_takes_it_back_and_throws_everybody_out(client, own, ann, changed, mails):
    assert "Take it back" in client.get(changed).text
    assert ann.email == NEW, "to look is not to take back"
    answer = client.submit(changed)
    assert answer.status_code == 303
    assert ann.email == "ann@example.com"
    assert not db.session.scalars(UserSession.of(ann)).all()
    assert client.submit(answer.location, {"new_password": "staple stable table"}).location == "/desk"
    assert ann.check_password("staple stable table")
    assert client.submit(changed).status_code == 410, "once"
    assert "email_change_undone" in actions(ann)
    assert any("is this one again" in text for to, text in mails() if "ann@example.com" in to)


@pytest.fixture
def change_to(own, mails):
    """What the old address is told once Ann's has become another, by her browser."""

    def change(email, client=own):
        ask(client, email)
        client.submit(link(mails()[-1][1], "/account/email"))
        return mails()[-1]

    return change


def test_only_the_first_address_takes_back_however_often_it_was_changed_since(
    client, own, ann, changed, change_to
):
    """A thief's address in between gets no link: that would let the thief in again."""
    to, text = change_to("thief@example.net")
    assert (to, ann.email) == (f"Ann Author <{NEW}>", "thief@example.net")
    assert "/account/email/undo/" not in text
    assert "The link that was mailed to your address before this one" in text
    assert "Only ann@example.com can take it back" in own.get("/account/email").text
    ask(own, "thief@example.org")
    assert client.submit(changed).status_code == 303
    assert ann.email == "ann@example.com"
    assert not db.session.scalars(db.select(EmailChange)).all(), "no link of the thief's is left"


def test_a_change_after_the_change_gives_the_first_address_seven_days_more(
    client, sign_in, ann, changed, change_to
):
    """Or a thief would wait until the owner's own change is a week old."""
    with time_machine.travel(clock.now() + timedelta(days=6)):
        change_to("thief@example.net", sign_in(ann))
    with time_machine.travel(clock.now() + timedelta(days=12)):
        assert client.submit(changed).status_code == 303
    assert ann.email == "ann@example.com"


def test_an_address_that_came_back_by_the_form_leaves_no_link(client, own, ann, changed, change_to):
    change_to("thief@example.net")
    to, text = change_to("ann@example.com")
    assert (to, ann.email) == ("Ann Author <thief@example.net>", "ann@example.com")
    assert "/account/email/undo/" not in text
    assert "The link that was mailed to your address before" not in text
    assert not db.session.scalars(db.select(EmailChange)).all()
    assert client.submit(changed).status_code == 410


def test_nobody_is_mailed_a_link_back_to_no_address(client, own, ann, change_to):
    ann.email = None
    db.session.commit()
    _to, text = change_to(NEW)
    assert "/account/email/undo/" not in text
    assert db.session.scalar(EmailChange.undoable(ann)) is None


def test_it_can_be_taken_back_for_seven_days(client, ann, changed):
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        assert client.submit(changed).status_code == 410
    with time_machine.travel(clock.now() + timedelta(days=6, hours=23)):
        assert client.submit(changed).status_code == 303


def test_what_an_admin_sets_is_not_taken_back_by_mail(client, sign_in, ada, ann, changed):
    form = {"name": "Ann Author", "email": "ann@third.example", "role": "author"}
    assert sign_in(ada).submit(f"/desk/people/{ann.id}/edit", form).status_code == 303
    assert client.submit(changed).status_code == 410
    assert ann.email == "ann@third.example"


def test_nobody_takes_back_what_somebody_else_has_now(client, ann, changed):
    User.create(name="Somebody", email="ann@example.com", password=PASSWORD)
    assert client.submit(changed).status_code == 410
    assert ann.email == NEW


def test_a_link_for_a_new_password_to_the_old_address_is_void(client, own, ann, mails):
    client.submit("/password/forgot", {"email": "ann"})
    reset = link(mails()[-1][1], "/password/reset")
    assert client.get(reset).status_code == 200
    ask(own)
    own.submit(link(mails()[-1][1], "/account/email"))
    assert client.get(reset).status_code == 410


def test_requires_sign_in(client):
    assert client.get("/account/email").location == "/login?next=/account/email"
    assert client.submit("/account/email", {"email": NEW}).status_code in (401, 403)
