"""Somebody was signed out while typing: nothing that was typed is lost."""

import errno
import importlib
import pkgutil
import re

import pytest
import time_machine
from flask_wtf import FlaskForm
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from wtforms import PasswordField
from wtforms.fields.core import UnboundField

import broadsheet
from broadsheet import ROOT
from broadsheet.extensions import db
from broadsheet.lib import clock, markdown
from broadsheet.models import Message, Post, Tag, UserSession
from broadsheet.web import errors
from markup import Page
from stage import PASSWORD, on_sqlite
from visiting import A_WHILE, fields_of

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


def test_what_was_typed_is_seen_before_it_is_sent_again(writing):
    client, typed = writing
    long = "word " * 30
    typed |= {"csrf_token": "stale", "summary": long, "unlisted": "y", "ids": "17", "slug": ""}
    page = Page(client.post("/desk/posts/new", data=typed, headers=HERE).text)
    form = next(form for form in page.all("form") if form.get("action") == "/desk/posts/new")
    fields = {one["name"]: one for one in form.walk() if one.name in ("input", "textarea")}
    assert [fields[name].name for name in ("body", "summary", "title")] == ["textarea", "textarea", "input"]
    labels = {one["for"]: one.text for one in form.all("label")}
    for name in ("body", "summary", "title"):
        assert "readonly" in fields[name].attributes
        assert labels[fields[name]["id"]] == name
        assert fields[name].get("type") != "hidden"
    for name in ("csrf_token", "version", "unlisted", "ids", "slug"):
        assert fields[name].get("type") == "hidden"


def test_no_password_comes_back(client, ann):
    client.get("/login")
    answer = client.post("/login", data={"username": "ann", "password": PASSWORD}, headers=HERE)
    assert answer.status_code == 403
    assert PASSWORD not in answer.text
    assert fields_of(answer.text, "/login")["username"] == "ann"


def test_no_secret_of_any_form_comes_back(sign_in, ada):
    browser = sign_in(ada)
    secrets = {name: f"the {name} of Ada" for name in errors.SECRET}
    path = f"/desk/people/{ada.id}/edit"
    answer = browser.post(path, data=secrets | {"name": "Ada A.", "csrf_token": "stale"}, headers=HERE)
    assert answer.status_code == 403
    assert fields_of(answer.text, path)["name"] == "Ada A."
    assert " of Ada" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


SECRETS = {"one-time-code", "current-password", "new-password"}  # as browsers are told
SECRET_NAME = re.compile(r"password|passphrase|secret|credential|(^|_)(code|token|key)s?$")


def fields_of_all_forms():
    """(name, whether it is for a secret) of the fields that forms have and of those that templates write."""
    for module in pkgutil.walk_packages(broadsheet.__path__, "broadsheet."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    forms = [FlaskForm]
    for form in forms:
        forms += form.__subclasses__()
        for name, field in vars(form).items():
            if isinstance(field, UnboundField):
                told = field.kwargs.get("render_kw", {}).get("autocomplete")
                yield name, issubclass(field.field_class, PasswordField) or told in SECRETS
    for path in (ROOT / "templates").rglob("*.html"):
        for tag in re.findall(r"<input[^>]*>", path.read_text()):
            if name := re.search(r' name="(\w+)"', tag):
                told = re.search(r' autocomplete="([\w-]+)"', tag)
                yield name[1], 'type="password"' in tag or bool(told and told[1] in SECRETS)


def test_every_field_that_holds_a_secret_is_known_as_one():
    """By its kind, by what browsers are told to fill in, or by its name."""
    secret = {name for name, is_secret in fields_of_all_forms() if is_secret or SECRET_NAME.search(name)}
    assert secret - {"csrf_token"} == errors.SECRET


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


# -- something of ours failed


def test_a_full_disk_is_told_and_keeps_what_was_typed(writing, monkeypatch):
    client, typed = writing

    def is_full(*_args, **_more):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as trouble:
        trouble.setattr(Post, "revise", is_full)
        answer = client.post("/desk/posts/new", data=typed, headers=HERE)
    assert answer.status_code == 507
    assert "the disk is full" in answer.text
    kept = fields_of(answer.text, "/desk/posts/new")
    assert kept["body"] == TEXT
    assert client.post("/desk/posts/new", data=kept, headers=HERE).status_code == 303


def test_a_text_that_cannot_be_rendered_is_kept_and_hurts_no_other(writing, client, post, monkeypatch):
    writer, typed = writing

    def breaks(*_args, **_more):
        raise RecursionError("the secret cause")

    with monkeypatch.context() as trouble:
        trouble.setattr(markdown, "render", breaks)
        answer = writer.post("/desk/posts/new", data=typed, headers=HERE)
        assert client.get("/").status_code == client.get(post.path).status_code == 200
    assert answer.status_code == 500
    assert "secret cause" not in answer.text
    assert answer.headers["X-Request-ID"] in answer.text
    assert fields_of(answer.text, "/desk/posts/new")["body"] == TEXT


@on_sqlite
def test_a_database_that_has_no_room_is_507(writing):
    client, typed = writing
    pages = db.session.scalar(db.text("PRAGMA page_count"))
    db.session.remove()

    def bound(connection, _record):
        connection.execute(f"PRAGMA max_page_count = {pages}")

    db.engine.dispose()
    event.listen(db.engine, "connect", bound)
    answer = client.post("/desk/posts/new", data=typed | {"body": TEXT * 20_000}, headers=HERE)
    event.remove(db.engine, "connect", bound)
    db.engine.dispose()
    assert answer.status_code == 507
    assert fields_of(answer.text, "/desk/posts/new")["body"].replace("\r\n", "\n") == TEXT * 20_000
    assert client.post("/desk/posts/new", data=typed, headers=HERE).status_code == 303


def test_a_visitor_gets_no_cookie_with_the_kept_letter(client, monkeypatch):
    def away(*_args, **_more):
        raise OperationalError("", {}, Exception("locked"))

    monkeypatch.setattr(Message, "receive", away)
    fields = fields_of(client.get("/contact").text, "/contact")
    letter = fields | {"name": "Vic", "email": "vic@example.org", "message": TEXT}
    with time_machine.travel(clock.now() + A_WHILE, tick=False):
        answer = client.post("/contact", data=letter, headers=HERE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "Set-Cookie" not in answer.headers
    assert fields_of(answer.text, "/contact")["message"] == TEXT
