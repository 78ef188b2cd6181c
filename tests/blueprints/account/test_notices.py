"""What people are mailed of their own account, and that nobody is kept out by it."""

import pytest

from broadsheet import signals
from broadsheet.extensions import db
from broadsheet.web.signing import signer
from stage import PASSWORD

FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"}
NEW = "staple stable table"


@pytest.fixture
def mails(app):
    """To whom and what, oldest first."""

    def read():
        texts = [
            path.read_text() for path in sorted(app.extensions["broadsheet_outbox"].folder.glob("*.eml"))
        ]
        return [(text.split("To: ")[1].splitlines()[0], text) for text in texts]

    return read


def login(client, username="ann", password=PASSWORD, **kwargs):
    return client.submit("/login", {"username": username, "password": password}, **kwargs)


@pytest.fixture
def been_here(app, ann):
    """Ann has signed in once."""
    client = app.test_client()
    login(client)
    client.submit("/logout")
    return client


def test_a_sign_in_in_another_browser_is_mailed(app, ann, been_here, mails):
    login(app.test_client(), headers=FIREFOX, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    ((to, text),) = mails()
    assert to == "Ann Author <ann@example.com>"
    assert "not known before" in text
    assert "Network address: 203.0.113.9" in text
    assert "Browser: Firefox · Linux" in text
    assert "http://localhost/account/password" in text


def test_the_first_of_all_and_one_in_a_known_browser_are_not(been_here, mails):
    login(been_here)
    assert mails() == []


def test_a_browser_stays_known_when_the_password_changes(been_here, app, ann, mails):
    login(been_here)
    been_here.submit("/account/password", {"password": PASSWORD, "new_password": NEW})
    been_here.submit("/logout")
    login(been_here, password=NEW)
    assert ["was changed" in text for _, text in mails()] == [True]


def test_a_family_shares_a_browser(been_here, ann, ben, mails):
    login(been_here, "ben")
    been_here.submit("/logout")
    login(been_here, "ann")
    been_here.submit("/logout")
    login(been_here, "ben")
    assert mails() == []


def test_a_cookie_from_before_there_were_several_is_still_known(app, ann, been_here, mails):
    client = app.test_client()
    with app.test_request_context():
        former = signer("known browser").dumps([ann.id, ann.password_mark, "0123456789abcdef"])
    client.set_cookie("broadsheet_known", former, path="/login")
    login(client)
    assert mails() == []


def test_a_new_address_is_told_to_the_old_one(sign_in, ada, ann, mails):
    form = {"name": "Ann Author", "email": "ann@new.example", "role": "author"}
    sign_in(ada).submit(f"/desk/people/{ann.id}/edit", form)
    assert ann.email == "ann@new.example"
    ((to, text),) = mails()
    assert to == "Ann Author <ann@example.com>"
    assert "the last mail to the old one" in text


def test_the_command_line_tells_as_well(runner, ann, mails):
    runner.invoke(args=["user", "password", "ann", "--password-stdin"], input=NEW)
    assert "was changed" in mails()[0][1]


def test_whoever_has_no_address_is_spared(runner, ann, mails, caplog):
    ann.email = None
    db.session.commit()
    assert runner.invoke(args=["user", "password", "ann", "--password-stdin"], input=NEW).exit_code == 0
    assert mails() == []
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


@pytest.mark.parametrize(("by", "is_known"), [("password", True), ("app", True), ("passkey", False)])
def test_who_came_by_a_passkey_is_not_said_to_know_the_password(app, ann, been_here, mails, by, is_known):
    with app.test_request_context():
        signals.signed_in.send(ann, by=by, new_place=True, browser="", system="")
    ((_, text),) = mails()
    assert ("somebody has your password" in text) is is_known
