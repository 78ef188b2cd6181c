"""How forms come in, also from those who send them slowly."""

import io
from datetime import timedelta

import pytest

from broadsheet.config import MEGABYTE
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Post, PreviewLink, Role
from broadsheet.web import preview_links
from program import program
from stage import person


class Slow(io.BytesIO):
    """A body that looks, while it comes, whether the request has a transaction open."""

    locked = False

    def readinto(self, place):
        self.locked |= db.session().in_transaction()
        return super().readinto(place)


@pytest.fixture
def preview(draft, ann):
    link = PreviewLink.create(draft, by=ann, expires_at=clock.now() + timedelta(days=1), may_note=True)
    db.session.commit()
    return f"/preview/{preview_links.token(link)}/notes"


@pytest.mark.parametrize("path", ["/contact", "/submit", "/login", "preview"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_nobody_waits_for_a_form_that_comes_slowly(client, preview, path, kind):
    body = Slow(b"name=Vic&message=Hello")
    path = preview if path == "preview" else path
    answer = client.post(path, input_stream=body, content_type=kind, content_length=22)
    assert answer.status_code in (400, 422)
    assert body.tell() > 0
    assert not body.locked


CALLS = [("DELETE", "/tokens/current"), ("PUT", "/posts/1/publication"), ("POST", "/posts"), ("PATCH", "/me")]


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", ""])
def test_nobody_waits_for_a_program_that_sends_slowly(app, ann, draft, method, path, kind):
    body = Slow(b'{"name": "Ann"}')
    answer = program(app, ann).open(
        path, method=method, input_stream=body, content_type=kind, content_length=15
    )
    assert answer.status_code < 500
    assert body.tell() > 0
    assert not body.locked


def taken(client, path, size, **environ):
    """Whether so much would be read; all that comes is the beginning."""
    form = {"content_type": "application/x-www-form-urlencoded", "input_stream": io.BytesIO(b"a=b")}
    answer = client.post(path, environ_overrides={"CONTENT_LENGTH": str(size * MEGABYTE)} | environ, **form)
    assert answer.status_code in (400, 413)
    return answer.status_code != 413


def test_strangers_send_texts_and_no_files(client):
    for path in ("/contact", "/login", "/desk/uploads", "/account"):
        assert taken(client, path, 4), path
        assert not taken(client, path, 5), path


@pytest.mark.parametrize(
    ("path", "most"), [("/desk/posts/new", 12), ("/account", 24), ("/desk/uploads", 504), ("/contact", 12)]
)
def test_each_address_has_a_bound_of_its_own(sign_in, ann, path, most):
    browser = sign_in(ann)
    assert taken(browser, path, most)
    assert not taken(browser, path, most + 1)


def send_a_film(client):
    """The answer to its beginning, and whether anything was read."""
    body = Slow(b"a=b")
    form = {"content_type": "application/x-www-form-urlencoded", "input_stream": body}
    length = {"CONTENT_LENGTH": str(400 * MEGABYTE)}
    answer = client.post(
        "/desk/uploads", environ_overrides=length, headers={"Sec-Fetch-Site": "same-origin"}, **form
    )
    assert not body.locked
    return answer.status_code, body.tell() > 0


def test_a_session_that_was_ended_sends_no_large_file(sign_in, ann):
    browser = sign_in(ann)
    assert send_a_film(browser)[1]
    ann.end_sessions()
    db.session.commit()
    assert send_a_film(browser) == (401, False), "the cookie is as good as before"


def test_a_reader_sends_no_large_file(sign_in):
    assert send_a_film(sign_in(person("Rita Reader", Role.READER))) == (403, False)


def test_what_has_no_length_or_too_long_an_address_is_refused(client):
    unbounded = client.post("/contact", data={"a": "b"}, headers={"Transfer-Encoding": "chunked"})
    assert unbounded.status_code == 411
    assert client.get("/search?q=" + "x" * 7_900).status_code == 200
    assert client.get("/search?q=" + "x" * 8_000).status_code == 414


@pytest.mark.parametrize("path", ["/contact", "/submit", "preview"])
@pytest.mark.parametrize(
    "body", ['{"name": {"a": ["b"]}, "message": 1}', "NaN", '[["name"]]', '{"a":' * 50_000, "[" * 50_000]
)
def test_form_is_not_read_out_of_json(client, preview, path, body):
    path = preview if path == "preview" else path
    answer = client.post(
        path, data=body, content_type="application/json", headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 422  # as one in which nothing was filled in


@pytest.mark.parametrize("kind", ["application/json", "application/problem+json", "text/plain"])
@pytest.mark.parametrize("what", ["autosaves", "preview"])
def test_nothing_but_a_form_comes_to_the_desk(sign_in, ann, what, kind):
    answer = sign_in(ann).post(f"/desk/posts/new/{what}", data='{"title":' * 9_000, content_type=kind)
    assert answer.status_code == 415
    assert db.session.scalar(db.select(Post.id)) is None


def test_file_does_not_stand_where_a_text_is_expected(client):
    sent = {"password": (io.BytesIO(b"x" * 5_000), "password.png"), "username": "ada"}
    answer = client.submit("/login", sent, content_type="multipart/form-data")
    assert answer.status_code == 422  # as one in which no password was filled in
    assert "Please fill this in." in answer.text
