"""Messages, submissions and replies for programs."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import Message, Post, Reply, Role, Scope, SpamWord, Submission
from broadsheet.models.submission import SubmissionState
from program import program
from stage import person
from test_mail import outbox_of


def message(**changes):
    told = {
        "name": "Vic Visitor",
        "email": "vic@example.org",
        "subject": "A question",
        "body": "How are you?",
    }
    made = Message.receive(**told | changes)
    db.session.commit()
    return made


def submission(**changes):
    told = {"name": "Sue Sender", "email": "sue@example.org", "title": "On rivers", "body": "They flow."}
    made = Submission.receive(**told | changes)
    db.session.commit()
    return made


def ids(answer):
    return [one["id"] for one in answer.json["items"]]


def pointer(answer):
    assert answer.status_code == 422, answer.text
    return answer.json["errors"][0]["pointer"]


# -- both


def test_each_is_in_one_box(eds, anns, app):
    first, second = message(), message(subject="Another", body="Long ago.")
    listed = eds.get("/messages").json["items"]
    assert [one["id"] for one in listed] == [second.id, first.id]
    assert (listed[1]["subject"], listed[1]["excerpt"], "body" in listed[1]) == (
        "A question",
        "How are you?",
        False,
    )
    assert ids(eds.get("/messages?q=long+ago")) == [second.id]
    second.judge(is_spam=True)
    db.session.commit()
    assert ids(eds.get("/messages?box=spam")) == [second.id]
    assert eds.get("/messages?box=attic").json["errors"][0]["parameter"] == "box"
    assert eds.delete(f"/messages/{second.id}").status_code == 204
    assert (ids(eds.get("/messages?box=spam")), ids(eds.get("/messages?box=trash"))) == ([], [second.id])
    assert eds.post(f"/messages/{second.id}/recovery").json["box"] == "spam"
    assert anns.get("/messages").status_code == 403


@pytest.mark.parametrize(("make", "many"), [(message, "messages"), (submission, "submissions")])
def test_only_what_is_in_the_trash_is_deleted_for_good(eds, make, many):
    id = make().id
    assert eds.delete(f"/trash/{many}/{id}").status_code == 409
    eds.delete(f"/{many}/{id}")
    assert eds.delete(f"/trash/{many}/{id}").status_code == 204
    assert eds.get(f"/{many}/{id}").status_code == 404


def test_a_judgement_teaches_the_filter_and_is_withdrawn(eds):
    one = message()
    learned = lambda: SpamWord.counts(["question"])["question"]  # noqa: E731
    assert (learned().spam, learned().ham) == (0, 1)
    for _ in range(2):
        said = eds.put(f"/messages/{one.id}/judgement", json={"is_spam": True}).json
        assert (said["box"], said["judged_by_person"], learned().spam) == ("spam", True, 1)
    for _ in range(2):
        assert eds.delete(f"/messages/{one.id}/judgement").status_code == 204
        assert (learned().spam, learned().ham, one.is_spam) == (0, 1, False)
    for wrong in ({}, {"is_spam": None}, {"is_spam": "yes"}):
        assert pointer(eds.put(f"/messages/{one.id}/judgement", json=wrong)) == "/is_spam"
    assert pointer(eds.put(f"/messages/{one.id}/judgement", json={"is_spam": True, "odd": 1})) == "/odd"


def test_the_reasons_of_the_filter_are_told_in_words(eds):
    one = message(body="https://a.example https://b.example https://c.example https://d.example")
    assert eds.get(f"/messages/{one.id}").json["spam_reasons"]


# -- messages


def test_a_message_is_marked_as_read_by_a_word_alone(eds, token_for, ed):
    one = message()
    assert not eds.get(f"/messages/{one.id}").json["is_read"]
    assert ids(eds.get("/messages?is_read=false")) == [one.id]
    assert eds.patch(f"/messages/{one.id}", json={"is_read": True}).json["is_read"]
    assert ids(eds.get("/messages?is_read=false")) == []
    assert not eds.patch(f"/messages/{one.id}", json={"is_read": False}).json["is_read"]
    assert pointer(eds.patch(f"/messages/{one.id}", json={})) == "/is_read"
    reader = token_for(ed, Scope.INBOX_READ)
    assert reader.get(f"/messages/{one.id}").status_code == 200
    assert reader.patch(f"/messages/{one.id}", json={"is_read": True}).status_code == 403


# -- submissions


def test_a_submission_becomes_a_draft(eds, ann):
    one = submission()
    made = eds.post(f"/submissions/{one.id}/acceptance", json={"author": ann.id})
    assert (made.status_code, made.json["title"], made.json["state"]) == (201, "On rivers", "draft")
    assert [author["id"] for author in made.json["authors"]] == [ann.id]
    assert eds.get(made.headers["Location"]).json["id"] == made.json["id"]
    again = eds.post(f"/submissions/{one.id}/acceptance", json={"author": 0})
    assert again.json["id"] == made.json["id"]
    said = eds.get(f"/submissions/{one.id}").json
    assert (said["state"], said["post_id"]) == ("accepted", made.json["id"])
    assert eds.put(f"/submissions/{one.id}/refusal").status_code == 409


def test_the_byline_of_a_submission_is_the_senders_unless_another_is_named(eds):
    made = eds.post(f"/submissions/{submission().id}/acceptance", json={}).json
    assert [author["name"] for author in made["authors"]] == ["Sue Sender"]
    other = submission(title="On lakes")
    for wrong in ({"author": 99999}, {"author": "Sue"}):
        assert pointer(eds.post(f"/submissions/{other.id}/acceptance", json=wrong)) == "/author"
    again = eds.post(f"/submissions/{other.id}/acceptance", json={}).json
    assert again["authors"] == made["authors"]
    assert db.session.query(Post).count() == 2


def test_a_submission_is_declined_and_waits_again(eds):
    one = submission()
    for _ in range(2):
        assert eds.put(f"/submissions/{one.id}/refusal").json["state"] == "declined"
    assert ids(eds.get("/submissions?state=declined")) == [one.id]
    assert ids(eds.get("/submissions?state=waiting")) == []
    assert eds.get("/submissions?state=odd").status_code == 400
    assert eds.delete(f"/submissions/{one.id}/refusal").status_code == 204
    assert one.state == SubmissionState.WAITING


# -- replies


@pytest.fixture
def posting(make_app):
    """A program of an editor, at a site whose mail server does not answer."""
    app = make_app(BROADSHEET_SMTP_URL="smtp://127.0.0.1:1", BROADSHEET_MAIL_FROM="office@news.example")
    with app.app_context():
        person("Ada Admin", Role.ADMIN)
        yield program(app, person("Ed Editor", Role.EDITOR))
        outbox_of(app).close()


def test_a_reply_is_written_and_waits_for_its_mail(posting):
    one = message()
    made = posting.post(f"/messages/{one.id}/replies", json={"body": "Well."})
    assert (made.status_code, made.json["subject"], made.json["answers_to"], made.json["state"]) == (
        201,
        "Re: A question",
        "ed@example.com",
        "waiting",
    )
    assert made.json["author"]["name"] == "Ed Editor"
    assert posting.post(f"/messages/{one.id}/replies", json={"body": "Well."}).json["id"] == made.json["id"]
    assert posting.get(made.headers["Location"]).json["body"] == "Well."
    assert ids(posting.get(f"/messages/{one.id}/replies")) == [made.json["id"]]
    assert posting.get(f"/messages/{one.id}").json["answered_at"]
    delivery = f"/replies/{made.json['id']}/delivery"
    assert posting.post(delivery).status_code == 409
    reply = db.session.get(Reply, made.json["id"])
    reply.mail_file = ""
    db.session.commit()
    assert posting.post(delivery).status_code == 200
    db.session.expire_all()
    assert reply.mail_file


def test_what_cannot_be_answered_is_refused(posting, make_app):
    one = message()
    sent = {"answers_to": "elsewhere@example.com"}
    said = posting.post(f"/messages/{one.id}/replies", json=sent).json["errors"]
    assert {error["pointer"] for error in said} == {"/body", "/answers_to"}
    one.trash()
    db.session.commit()
    said = posting.post(f"/messages/{one.id}/replies", json={"body": "Well."})
    assert (said.status_code, db.session.query(Reply).count()) == (422, 0)
    assert "Take it back first" in said.text


def test_without_a_mail_server_nothing_is_answered(eds):
    said = eds.post(f"/submissions/{submission().id}/replies", json={"body": "Well."})
    assert said.status_code == 422
    assert "no mail server" in said.text
