"""Somebody was signed out while typing: nothing that was typed is lost."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import Post, Tag, UserSession
from stage import PASSWORD
from visiting import fields_of

HERE = {"Sec-Fetch-Site": "same-origin"}
TEXT = 'First line\n\n<b>"second" & third</b>\nÄ 🗞'


@pytest.fixture
def writing(sign_in, ann):
    """Ann's browser on the page of a new post, and what she typed."""
    client = sign_in(ann)
    form = fields_of(client.get("/desk/posts/new").text, "/desk/posts/new")
    return client, form | {"title": "Much work", "body": TEXT}


def sign_out_behind_her_back(ann):
    ann.end_sessions()
    db.session.commit()


def test_what_was_typed_comes_back_and_is_sent_after_signing_in(writing, ann):
    client, typed = writing
    sign_out_behind_her_back(ann)
    answer = client.post("/desk/posts/new", data=typed, headers=HERE)
    assert answer.status_code == 403
    kept = fields_of(answer.text, "/desk/posts/new")
    assert kept["title"] == "Much work"
    assert kept["body"] == TEXT
    assert 'target="_blank"' in answer.text, "signing in does not leave the page"

    client.submit("/login", {"username": "ann", "password": PASSWORD})  # in the other tab
    again = client.post("/desk/posts/new", data=kept, headers=HERE)
    if again.status_code == 403:  # the page was made before the sign-in, whose token is another: once more
        kept = fields_of(again.text, "/desk/posts/new")
        again = client.post("/desk/posts/new", data=kept, headers=HERE)
    assert again.status_code == 303
    post = db.session.scalars(db.select(Post)).one()
    assert (post.title, post.body.replace("\r\n", "\n")) == ("Much work", TEXT)


def test_a_lost_token_alone_is_no_loss_either(writing):
    client, typed = writing
    answer = client.post("/desk/posts/new", data=typed | {"csrf_token": "stale"}, headers=HERE)
    assert answer.status_code == 403
    kept = fields_of(answer.text, "/desk/posts/new")
    assert client.post("/desk/posts/new", data=kept, headers=HERE).status_code == 303


def test_no_password_comes_back(client, ann):
    client.get("/login")
    answer = client.post("/login", data={"username": "ann", "password": PASSWORD}, headers=HERE)
    assert answer.status_code == 403
    assert PASSWORD not in answer.text
    assert fields_of(answer.text, "/login")["username"] == "ann"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
    ],
)
def test_a_strangers_form_gets_no_token(writing, headers):
    client, typed = writing
    answer = client.post("/desk/posts/new", data=typed | {"csrf_token": ""}, headers=headers)
    assert answer.status_code == 400
    assert "csrf_token" not in answer.text or "Send again" not in answer.text
    assert db.session.scalar(db.select(Post.id)) is None


def test_a_program_is_told_in_json(writing):
    client, _ = writing
    answer = client.post("/desk/posts/new", data={}, headers=HERE | {"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json["status"] == 400


def test_nobody_signed_in_and_no_form_here(client):
    assert client.submit("/desk/posts/new").status_code == 401
    assert db.session.scalar(db.select(UserSession.id)) is None


def test_what_met_another_request_is_sent_again(writing, monkeypatch):
    client, typed = writing
    monkeypatch.setattr(Tag, "named", lambda names: [Tag(name="Notes", slug="notes")])  # as if it were free
    db.session.add(Tag(name="Notes", slug="notes"))
    answer = client.post("/desk/posts/new", data=typed | {"tags": "Notes"}, headers=HERE)
    assert answer.status_code == 409
    kept = fields_of(answer.text, "/desk/posts/new")
    monkeypatch.undo()
    assert client.post("/desk/posts/new", data=kept, headers=HERE).status_code == 303
    assert db.session.scalars(db.select(Post)).one().body.replace("\r\n", "\n") == TEXT
