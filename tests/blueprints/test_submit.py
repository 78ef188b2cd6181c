from pathlib import Path

import pytest
from sqlalchemy import select

from broadsheet import signals
from broadsheet.extensions import db
from broadsheet.models import Submission
from broadsheet.models.submission import SubmissionState
from markup import Page
from visiting import fill_in

PIECE = {
    "name": "Rita Reader",
    "email": "rita@example.org",
    "title": "What I saw",
    "body": "It was *large*.\n\n    and = indented\n\nThe end.",
}


def test_shows_the_form(client):
    page = Page(client.get("/submit").text)
    assert page.one("h1").text == "Offer a piece"
    for name in PIECE:
        control = page.one(name=name)
        assert page.one("label", **{"for": control["id"]}).text


def test_stores_the_piece_and_says_thanks(client):
    answer = fill_in(client, "/submit", **PIECE)
    assert (answer.status_code, answer.location) == (303, "/submit/thanks")
    piece = db.session.scalars(select(Submission)).one()
    assert {name: getattr(piece, name) for name in PIECE} == PIECE
    assert piece.state == SubmissionState.WAITING
    assert "Thank you" in client.get("/submit/thanks").text


def test_announces_the_piece_once_it_is_stored(client):
    heard = []

    def hear(submission):
        heard.append(submission.title)

    with signals.submission_received.connected_to(hear):
        fill_in(client, "/submit", **PIECE)
    assert heard == ["What I saw"]


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", " ", "Please fill this in."),
        ("email", "rita", "does not look like an e-mail address"),
        ("title", "", "Please fill this in."),
        ("title", "x" * 301, "300"),
        ("body", "\n \n", "Please fill this in."),
        ("body", "x" * 200_001, "1 character too long"),
    ],
)
def test_says_what_is_wrong_and_keeps_what_was_typed(client, field, typed, words):
    answer = fill_in(client, "/submit", **PIECE | {field: typed})
    assert answer.status_code == 422
    page = Page(answer.text)
    control = page.one(name=field)
    assert control["aria-invalid"] == "true"
    assert words in page.one(id=control["aria-describedby"].split()[0]).text
    for other in PIECE.keys() - {field}:
        assert page.one(name=other).value == PIECE[other]
    assert no_submission()


def test_long_text_in_any_script_fits(client):
    # Nine bytes a character on their way: more than Flask's own bound for a form.
    assert fill_in(client, "/submit", **PIECE | {"body": "文" * 200_000}).status_code == 303


def test_what_a_program_sent_is_kept_in_the_spam_and_nobody_is_mailed(client, app):
    answer = fill_in(client, "/submit", **PIECE, website="https://pills.example/")
    assert (answer.status_code, answer.location) == (303, "/submit/thanks")
    piece = db.session.scalars(select(Submission)).one()
    assert piece.is_spam
    assert piece.body == PIECE["body"]
    assert list((Path(app.instance_path) / "outbox").glob("*.eml")) == []


def test_script_may_offer_a_piece(client):
    assert client.post("/submit", data=PIECE).status_code == 303
    assert not db.session.scalars(select(Submission)).one().is_spam


def test_refuses_what_a_foreign_page_sent(client):
    answer = client.post("/submit", data=PIECE, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400


def test_sixth_piece_in_an_hour_waits_and_is_kept(limited_client):
    for _ in range(5):
        assert fill_in(limited_client, "/submit", **PIECE).status_code == 303
    answer = fill_in(limited_client, "/submit", **PIECE)
    assert answer.status_code == 429
    assert Page(answer.text).one(name="body").value == PIECE["body"]


def test_pieces_and_messages_are_counted_apart(limited_client):
    for _ in range(5):
        fill_in(limited_client, "/submit", **PIECE)
    letter = {"name": "Rita", "email": "rita@example.org", "message": "Did it arrive?"}
    assert fill_in(limited_client, "/contact", **letter).status_code == 303


@pytest.mark.parametrize("path", ["/submit", "/submit/thanks"])
def test_asks_one_question_and_gives_no_cookie(client, queries, path):
    client.get("/")
    with queries() as asked:
        answer = client.get(path)
    assert len(asked) == 1, asked  # settings
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"


def no_submission() -> bool:
    return db.session.scalars(select(Submission)).first() is None
