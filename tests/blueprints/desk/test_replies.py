"""Replies by mail, delivered to a real server on this machine."""

import re
import time

import pytest
from aiosmtpd.controller import Controller

from broadsheet.extensions import db
from broadsheet.models import Event, Message, Reply, Role, Submission, User, UserSession
from broadsheet.models.incoming import Box
from markup import Page
from stage import free_port, person
from test_mail import Postbox, outbox_of, wait_until
from visiting import fields_of

QUESTION = "How do you do?\nAnd how does she?"


@pytest.fixture
def server():
    controller = Controller(Postbox(), hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=True)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def newsroom(make_app, server):
    """A site with a mail server."""
    app = make_app(
        BROADSHEET_SMTP_URL=f"smtp://127.0.0.1:{server.port}",
        BROADSHEET_MAIL_FROM="The Tide <office@news.example>",
    )
    with app.app_context():
        person("Ada Admin", Role.ADMIN)
        person("Ed Editor", Role.EDITOR)
        yield app
        outbox_of(app).close()


@pytest.fixture
def ed(newsroom):
    """The editor's browser."""
    editor = db.session.scalars(User.known_as("ed")).one()
    _, token = UserSession.start(editor, address="127.0.0.1", user_agent="pytest")
    db.session.commit()
    client = newsroom.test_client()
    with client.session_transaction() as session:
        session.update(_user_id=token, _fresh=True)
    return client


@pytest.fixture
def message(newsroom):
    message = Message.receive(
        name="Vic Visitor", email="vic@example.org", subject="A question", body=QUESTION
    )
    db.session.commit()
    return message


@pytest.fixture
def submission(newsroom):
    piece = Submission.receive(
        name="Sue Sender", email="sue@example.org", title="On rivers", body="They flow."
    )
    db.session.commit()
    return piece


REPLY = {
    "subject": "Re: A question",
    "body": "Very well.\n\n> How do you do?",
    "answers_to": "ed@example.com",
}


def reply(browser, to, **changes):
    return browser.submit(f"/desk/{to.kind}s/{to.id}/replies", REPLY | changes)


def letters_to(server, address, count=1):
    def found():
        return [letter for envelope, letter in server.handler.letters if envelope.rcpt_tos == [address]]

    wait_until(lambda: len(found()) == count)
    return found()


def test_form_quotes_the_message_and_names_the_subject(ed, message):
    address = f"/desk/messages/{message.id}"
    markup = ed.get(address).text
    fields = fields_of(markup, f"{address}/replies#thread")
    assert fields["subject"] == "Re: A question"
    assert fields["body"].startswith("\n\n"), "there is room above the quotation"
    assert re.search(r"On .*, Vic Visitor wrote:\n> How do you do\?\n> And how does she\?", fields["body"])
    options = Page(markup).one("select", name="answers_to").all("option")
    assert [one["value"] for one in options] == ["ed@example.com", "office@news.example"]


def test_is_sent_and_kept_as_a_thread(ed, message, server):
    answer = reply(ed, message)
    assert (answer.status_code, answer.location) == (303, f"/desk/messages/{message.id}#thread")
    (letter,) = letters_to(server, "vic@example.org")
    assert letter["Subject"] == "Re: A question"
    assert letter["From"].addresses[0].addr_spec == "office@news.example"
    assert letter["From"].addresses[0].display_name == "Ed Editor · Broadsheet"
    assert letter["Reply-To"] == "Ed Editor <ed@example.com>"
    assert letter["Auto-Submitted"] is None, "a person wrote it: out-of-office programs may answer"
    assert "Very well.\n\n> How do you do?" in letter.get_content().replace("\r\n", "\n")
    page = Page(ed.get(f"/desk/messages/{message.id}").text)
    kept = page.one("article", class_="reply")
    assert "Ed Editor" in kept.text
    wait_until(lambda: outbox_of(ed.application).waiting() == [])
    assert "Sent" in Page(ed.get(f"/desk/messages/{message.id}").text).one("article", class_="reply").text
    assert message.is_read
    assert message.is_answered


def test_mail_programs_put_the_thread_together(ed, message, server):
    reply(ed, message)
    (first,) = letters_to(server, "vic@example.org")
    reply(ed, message, body="One more thing.")
    second = letters_to(server, "vic@example.org", 2)[1]
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Message-ID"] == db.session.scalars(db.select(Reply.mail_id).order_by(Reply.id)).first()
    of_message = f"<{message.mark}@news.example>"
    assert (first["In-Reply-To"], first["References"]) == (of_message, of_message)
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["References"].split() == [of_message, first["Message-ID"]]


def test_notification_has_the_id_that_replies_refer_to(newsroom, server):
    with newsroom.test_request_context():
        message = Message.receive(name="Vic", email="vic@example.org", subject="", body=QUESTION)
        db.session.commit()
        (letter,) = letters_to(server, "ada@example.com")
        assert letter["Message-ID"] == f"<{message.mark}@news.example>"


def test_answers_may_go_to_the_site(ed, message, server):
    reply(ed, message, answers_to="office@news.example")
    (letter,) = letters_to(server, "vic@example.org")
    assert letter["Reply-To"].addresses[0].addr_spec == "office@news.example"


def test_answers_go_to_no_address_of_strangers(ed, message):
    answer = reply(ed, message, answers_to="eve@example.net")
    assert answer.status_code == 422
    assert no_reply()


def test_a_submission_is_answered_in_the_same_way(ed, submission, server):
    for state in ("waiting", "declined"):
        if state == "declined":
            submission.decline()
        assert reply(ed, submission, subject="Re: On rivers", body=f"It is {state}.").status_code == 303
    first, second = letters_to(server, "sue@example.org", 2)
    assert second["In-Reply-To"] == first["Message-ID"]
    page = Page(ed.get(f"/desk/submissions/{submission.id}").text)
    assert len(page.all("article", class_="reply")) == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"body": " \n "}, "Please fill this in."),
        ({"subject": ""}, "Please fill this in."),
        ({"subject": "x" * 251}, "1 character too long"),
        ({"body": "x" * 50_001}, "1 character too long"),
    ],
)
def test_says_what_is_wrong_and_keeps_the_draft(ed, message, changes, words):
    answer = reply(ed, message, **changes)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert words in page.one("div", class_="error-summary").text
    for name in {"subject", "body"} - set(changes):
        assert page.one(name=name, class_="control").value == REPLY[name]
    assert no_reply()


def test_nothing_typed_becomes_a_header(ed, message, server):
    reply(ed, message, subject="Re: Hello\r\nBcc: everybody@example.com")
    (letter,) = letters_to(server, "vic@example.org")
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Re: Hello Bcc: everybody@example.com"


def test_pressed_twice_is_sent_once(ed, message, server):
    reply(ed, message)
    reply(ed, message)
    letters_to(server, "vic@example.org")
    time.sleep(0.2)
    letters_to(server, "vic@example.org")
    assert len(db.session.scalars(db.select(Reply)).all()) == 1


def test_spam_and_trash_are_not_answered(ed, message):
    message.judge(is_spam=True)
    assert "Write back" not in ed.get(f"/desk/messages/{message.id}").text
    answer = reply(ed, message)
    assert answer.status_code == 422
    assert "in the spam" in Page(answer.text).one("div", class_="error-summary").text
    assert Page(answer.text).one("textarea", name="body").value == REPLY["body"]
    assert no_reply()


def test_whom_we_answer_is_no_spammer(ed, message):
    message.spam_score, message.learned_as_spam = 0.4, None
    reply(ed, message)
    assert message.judged_by_person
    assert (message.learned_as_spam, message.box) == (False, Box.INBOX)


def test_refusal_of_the_mail_server_is_shown_and_tried_again(ed, message, server):
    server.handler.answer = "550 No such reader"
    reply(ed, message)
    # The editors' notice of the message is refused as well.
    wait_until(lambda: len(list(outbox_of(ed.application).folder.glob("*.refused"))) == 2)
    page = Page(ed.get(f"/desk/messages/{message.id}").text)
    kept = page.one("article", class_="reply")
    assert "The mail server refused it: 550 No such reader" in kept.text
    server.handler.answer = "250 OK"
    assert ed.submit(kept.one("form")["action"]).location == f"/desk/messages/{message.id}#thread"
    letters_to(server, "vic@example.org")


def test_waiting_for_the_mail_server_is_shown(ed, message, server):
    server.handler.answer = "451 Later, please"
    reply(ed, message)
    kept = Page(ed.get(f"/desk/messages/{message.id}").text).one("article", class_="reply")
    assert "In the outbox" in kept.text


def test_reply_that_never_reached_the_outbox_is_shown_and_sent(ed, message, server, monkeypatch, caplog):
    outbox = outbox_of(ed.application)
    with monkeypatch.context() as full:
        full.setattr(outbox, "put", lambda message: (_ for _ in ()).throw(OSError("no space left on device")))
        assert reply(ed, message).status_code == 303
    kept = Page(ed.get(f"/desk/messages/{message.id}").text).one("article", class_="reply")
    assert "it did not reach the outbox" in kept.text
    ed.submit(kept.one("form")["action"])
    letters_to(server, "vic@example.org")


def test_log_leads_to_the_thread(ed, message):
    reply(ed, message)
    event = db.session.scalars(db.select(Event).where(Event.action == "reply_written")).one()
    assert event.subject_label == "Re: A question"
    assert ed.get(f"/desk/replies/{event.subject_id}").location == f"/desk/messages/{message.id}#thread"


def test_replies_go_with_their_message(ed, message):
    reply(ed, message)
    ed.submit(f"/desk/messages/{message.id}/delete")
    assert no_reply()


def test_without_a_mail_server_the_page_says_why_and_offers_the_mail_program(app, sign_in):
    editor = person("Eve Editor", Role.EDITOR)
    message = Message.receive(name="Vic", email="vic@example.org", subject="A question", body=QUESTION)
    browser = sign_in(editor)
    page = Page(browser.get(f"/desk/messages/{message.id}").text)
    hint = page.one("p", class_="reply-hint")
    assert "smtp_url" in hint.text
    assert hint.one("a")["href"].startswith("mailto:vic@example.org?subject=Re%3A%20A%20question")
    assert not page.all("textarea")
    answer = browser.submit(f"/desk/messages/{message.id}/replies", REPLY | {"answers_to": "eve@example.com"})
    assert answer.status_code == 422
    assert Page(answer.text).one("textarea", name="body").value == REPLY["body"]
    assert no_reply()


def no_reply():
    return db.session.scalars(db.select(Reply)).first() is None
