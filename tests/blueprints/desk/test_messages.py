import pytest
from sqlalchemy import func, select

from broadsheet.extensions import db
from broadsheet.models import Event, Message
from markup import Page


@pytest.fixture
def message(app):
    return received("A question", "How do you do?\nAnd <b>why</b>?")


def received(subject="Hello", body="Hello there.", name="Vic Visitor", email="vic@example.org"):
    message = Message.receive(name=name, email=email, subject=subject, body=body)
    db.session.commit()
    return message


def test_empty_list_says_where_messages_come_from(sign_in, ed):
    page = Page(sign_in(ed).get("/desk/messages").text)
    assert page.one("p", class_="empty-heading").text == "No messages yet"
    assert page.one("div", class_="empty").one("a")["href"] == "/contact"


def test_lists_newest_first_with_their_state(sign_in, ed, message):
    received("Second").mark_read()
    page = Page(sign_in(ed).get("/desk/messages").text)
    assert [one.text for one in page.all("a", class_="listing-title")] == ["Second", "A question"]
    assert [one.text for one in page.one("tbody").all("span", class_="state")] == ["Read", "Unread"]


def test_filter_shows_the_unread(sign_in, ed, message):
    received("Second").mark_read()
    page = Page(sign_in(ed).get("/desk/messages?show=unread").text)
    assert [one.text for one in page.all("a", class_="listing-title")] == ["A question"]
    assert page.one("nav", class_="tabs").one("a", **{"aria-current": "page"}).text == "Unread 1"


def test_search_looks_at_sender_subject_and_text(sign_in, ed, message):
    browser = sign_in(ed)
    for words in ("QUESTION", "how do", "vic@", "Visitor"):
        assert "A question" in browser.get("/desk/messages", query_string={"q": words}).text
    page = Page(browser.get("/desk/messages", query_string={"q": "100%_\0"}).text)
    assert page.one("p", class_="empty-heading").text == "No message says that"
    assert page.one("input", name="q")["value"] == "100%_"


def test_shows_a_message_as_text(sign_in, ed, message):
    answer = sign_in(ed).get(f"/desk/messages/{message.id}")
    page = Page(answer.text)
    assert page.one("h1").text == "A question"
    assert page.one("div", class_="letter").text == "How do you do? And <b>why</b>?"
    assert page.one("a", class_="button-primary")["href"].startswith(
        "mailto:vic@example.org?subject=Re%3A%20A%20question"
    )


def test_opening_a_message_changes_nothing(sign_in, ed, message):
    sign_in(ed).get(f"/desk/messages/{message.id}")
    assert not message.is_read


def test_is_marked_read_and_unread(sign_in, ed, message):
    browser = sign_in(ed)
    answer = browser.submit(f"/desk/messages/{message.id}/reading", {"show": "unread"})
    assert (answer.status_code, answer.location) == (303, "/desk/messages?show=unread")
    assert message.is_read
    assert browser.submit(f"/desk/messages/{message.id}/reading").location == "/desk/messages"
    browser.submit(f"/desk/messages/{message.id}/reading/delete")
    assert not message.is_read
    browser.submit(f"/desk/messages/{message.id}/reading/delete")
    assert not message.is_read


def test_is_deleted_and_the_log_knows(sign_in, ed, message):
    assert sign_in(ed).submit(f"/desk/messages/{message.id}/delete").status_code == 303
    assert not db.session.scalar(select(func.count()).select_from(Message))
    event = db.session.scalars(select(Event).where(Event.action == "message_deleted")).one()
    assert (event.actor_id, event.subject_label) == (ed.id, "A question")


def test_missing_message_is_not_found(sign_in, ed):
    assert sign_in(ed).get("/desk/messages/4711").status_code == 404
    assert sign_in(ed).submit("/desk/messages/4711/reading").status_code == 404


def test_requires_sign_in_and_the_role(client, sign_in, ann, message):
    for address in ("/desk/messages", f"/desk/messages/{message.id}"):
        assert client.get(address).location.startswith("/login?")
        assert sign_in(ann).get(address).status_code == 403
    assert sign_in(ann).submit(f"/desk/messages/{message.id}/delete").status_code == 403


def test_refuses_the_wrong_method_and_a_form_without_token(sign_in, ed, message):
    browser = sign_in(ed)
    assert browser.get(f"/desk/messages/{message.id}/delete").status_code == 405
    assert browser.post(f"/desk/messages/{message.id}/delete").status_code in (400, 403)


def test_pages_hold_thirty_and_the_number_of_queries_does_not_grow(sign_in, ed, queries, message):
    browser = sign_in(ed)
    browser.get("/desk/messages")
    with queries() as few:
        browser.get("/desk/messages")
    for number in range(35):
        received(f"Number {number}")
    with queries() as many:
        page = Page(browser.get("/desk/messages").text)
    assert len(page.all("a", class_="listing-title")) == 30
    assert len(few) == len(many) <= 7
    assert len(Page(browser.get("/desk/messages?page=2").text).all("a", class_="listing-title")) == 6
    assert browser.get("/desk/messages?page=3").status_code == 404
