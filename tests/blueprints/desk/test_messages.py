from datetime import timedelta

import pytest
from sqlalchemy import func, select

from broadsheet.extensions import db
from broadsheet.models import Event, Message, SpamWord
from effort import calls
from markup import Page


@pytest.fixture
def message(app):
    return received("A question", "How do you do?\nAnd <b>why</b>?")


def received(subject="Hello", body="Hello there.", name="Vic Visitor", email="vic@example.org"):
    message = Message.receive(name=name, email=email, subject=subject, body=body)
    db.session.commit()
    return message


def titles(answer):
    return [one.text for one in Page(answer.text).all("a", class_="listing-title")]


def press_undo(browser, answer):
    """Presses the button in the message that the answer leads to; gives back what the message said."""
    flash = Page(browser.get(answer.location).text).one("div", class_="flash")
    form = flash.one("form")
    fields = {}
    for field in form.all("input", type="hidden"):
        fields.setdefault(field["name"], []).append(field.value)
    fields.pop("csrf_token")
    assert browser.submit(form["action"], fields).status_code == 303
    return flash.text


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


def test_inbox_leaves_out_spam_and_trash(sign_in, ed, message):
    received("Casino", "[url=https://x.example]online casino[/url]")
    received("Old news").trash()
    browser = sign_in(ed)
    assert titles(browser.get("/desk/messages")) == ["A question"]
    assert titles(browser.get("/desk/messages?show=unread")) == ["A question"]
    assert titles(browser.get("/desk/messages?show=spam")) == ["Casino"]
    assert titles(browser.get("/desk/messages?show=trash")) == ["Old news"]
    tabs = Page(browser.get("/desk/messages").text).one("nav", class_="tabs")
    assert [tab.text for tab in tabs.all("a")] == ["Inbox 1", "Unread 1", "Spam 1", "Trash 1"]
    menu = Page(browser.get("/desk/messages").text).one("nav", class_="desk-side")
    assert [count.text for count in menu.all("span", class_="desk-count") if count.text] == ["1"]


def test_list_of_spam_says_why(sign_in, ed, message):
    spam = received("Casino", "[url=https://x.example]online casino[/url]")
    browser = sign_in(ed)
    row = Page(browser.get("/desk/messages?show=spam").text).one("tbody").text
    assert "because: links written as markup, as programs do, sells gambling (“casino”)" in row
    page = Page(browser.get(f"/desk/messages/{spam.id}").text)
    assert "hardly anything but links" in page.one("div", class_="verdict").text


def test_what_was_learned_is_among_the_reasons(sign_in, ed, app):
    for number in range(4):
        received(f"Robots {number}", "Warehouse floors shine by our cleaning robots.").judge(is_spam=True)
        received(f"Question {number}", "When does the museum open?", email="m@example.net")
    again = received("Robots again", "Ask about cleaning robots for warehouse floors.")
    assert again.is_spam
    page = Page(sign_in(ed).get(f"/desk/messages/{again.id}").text)
    assert "learned: " in page.one("div", class_="verdict").text
    assert "“robots”" in page.one("div", class_="verdict").text


def test_is_judged_and_the_judgement_undone(sign_in, ed, message):
    browser = sign_in(ed)
    answer = browser.submit(f"/desk/messages/{message.id}/judgement", {"spam": "yes"})
    assert (answer.status_code, answer.location) == (303, "/desk/messages")
    assert (message.is_spam, message.judged_by_person) == (True, True)
    press_undo(browser, answer)
    assert (message.is_spam, message.judged_by_person) == (False, False)


def test_judged_spam_is_judged_again(sign_in, ed, message):
    message.judge(is_spam=True)
    browser = sign_in(ed)
    answer = browser.submit(f"/desk/messages/{message.id}/judgement?show=spam", {"spam": "no"})
    assert answer.location == "/desk/messages?show=spam"
    assert not message.is_spam
    press_undo(browser, answer)
    assert (message.is_spam, message.judged_by_person) == (True, True)
    event = db.session.scalars(select(Event).where(Event.action == "message_judged")).first()
    assert event.details == {"spam": True}


def test_the_same_judgement_twice_changes_nothing_and_offers_no_undo(sign_in, ed, message):
    browser = sign_in(ed)
    browser.submit(f"/desk/messages/{message.id}/judgement", {"spam": "yes"})
    browser.get("/desk/messages")
    browser.submit(f"/desk/messages/{message.id}/judgement", {"spam": "yes"})
    flash = Page(browser.get("/desk/messages").text).one("div", class_="flash")
    assert not flash.all("form")
    assert db.session.get(SpamWord, "").spam == 1


def test_goes_to_the_trash_and_back(sign_in, ed, message):
    browser = sign_in(ed)
    answer = browser.submit(f"/desk/messages/{message.id}/trash")
    assert titles(browser.get("/desk/messages?show=trash")) == ["A question"]
    browser.submit(f"/desk/messages/{message.id}/trash/delete")
    assert titles(browser.get("/desk/messages")) == ["A question"]
    answer = browser.submit(f"/desk/messages/{message.id}/trash")
    press_undo(browser, answer)
    assert message.trashed_at is None


def test_taking_back_is_undone_without_thirty_new_days(sign_in, ed, message):
    message.trash()
    message.trashed_at = long_ago = message.trashed_at - timedelta(days=20)
    browser = sign_in(ed)
    answer = browser.submit(f"/desk/messages/{message.id}/trash/delete?show=trash")
    press_undo(browser, answer)
    assert message.trashed_at == long_ago


def test_trash_is_emptied_by_hand(sign_in, ed, message):
    received("Old news").trash()
    browser = sign_in(ed)
    assert browser.submit("/desk/messages/trash/empty").location == "/desk/messages?show=trash"
    assert [one.subject for one in db.session.scalars(select(Message))] == ["A question"]


def test_many_at_once_and_undone(sign_in, ed, message):
    second, third = received("Second"), received("Third")
    browser = sign_in(ed)
    ids = [str(second.id), str(third.id), "4711"]
    answer = browser.submit("/desk/messages/selection", {"deed": "spam", "ids": ids})
    assert [one.is_spam for one in (message, second, third)] == [False, True, True]
    flash = press_undo(browser, answer)
    assert "2 are spam; the filter has learned. 1 is not there any more." in flash
    assert titles(browser.get("/desk/messages?show=spam")) == []
    for deed, then in (("read", "Read"), ("unread", "Unread")):
        answer = browser.submit("/desk/messages/selection", {"deed": deed, "ids": ids[:2]})
        states = [
            one.text
            for one in Page(browser.get("/desk/messages").text).one("tbody").all("span", class_="state")
        ]
        assert states[:2] == [then, then]
    browser.submit("/desk/messages/selection", {"deed": "trash", "ids": ids})
    assert titles(browser.get("/desk/messages")) == ["A question"]
    browser.submit("/desk/messages/selection?show=trash", {"deed": "recover", "ids": ids})
    assert len(titles(browser.get("/desk/messages"))) == 3


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"deed": "spam"}, "Tick something first."),
        ({"ids": "1"}, "Choose what to do first."),
        ({"ids": "1", "deed": "eat"}, "Choose what to do first."),
    ],
)
def test_selection_that_says_too_little_is_explained(sign_in, ed, message, sent, words):
    browser = sign_in(ed)
    assert browser.submit("/desk/messages/selection", sent).status_code == 303
    assert words in browser.get("/desk/messages").text
    assert not message.is_spam


def test_is_sorted_by_sender_and_by_subject(sign_in, ed, message):
    received("Bees", name="Zoe")
    received("Zebras", name="adam")
    browser = sign_in(ed)
    assert titles(browser.get("/desk/messages?sort=title")) == ["A question", "Bees", "Zebras"]
    assert titles(browser.get("/desk/messages?sort=-from")) == ["Bees", "A question", "Zebras"]
    answer = browser.get("/desk/messages?sort=nonsense")
    assert answer.status_code == 422
    assert "has no order" in answer.text


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
    assert len(few) == len(many) <= 8
    assert len(Page(browser.get("/desk/messages?page=2").text).all("a", class_="listing-title")) == 6
    assert browser.get("/desk/messages?page=3").location == "/desk/messages?page=2"


def test_with_two_thousand_messages_the_list_asks_no_more_and_takes_hardly_longer(sign_in, ed, queries):
    browser = sign_in(ed)
    browser.get("/desk/messages")  # templates and statements are compiled
    browser.get("/desk/messages")  # what is made once, is made now
    empty = calls(browser.get, "/desk/messages")
    now = received().created_at
    rows = [
        {
            "name": f"Vic {number}",
            "email": f"vic{number}@example.org",
            "subject": f"Number {number}",
            "body": "Words and words. " * 100,
            "created_at": now - timedelta(minutes=number),
            "is_spam": number % 4 == 0,
            "spam_reasons": [{"sign": "trap"}],
        }
        for number in range(2000)
    ]
    db.session.execute(db.insert(Message), rows)
    for address in ("/desk/messages", "/desk/messages?show=spam&page=3", "/desk/messages?q=number"):
        with queries() as asked:
            assert browser.get(address).status_code == 200
        assert len(asked) <= 8, asked
        assert not any("messages.body AS" in one for one in asked if "count(" not in one), (
            "the list loads no whole texts"
        )
    full = calls(browser.get, "/desk/messages")
    assert full < 4 * empty, "thirty rows are drawn, an empty list draws none"


def test_undo_passes_over_what_nobody_was_given(sign_in, ed, message):
    for was in (f"0{message.id}:", "9" * 25 + ":", f"{message.id}:0001-01-01T00:00:00+12:00"):
        answer = sign_in(ed).submit("/desk/messages/selection/undo", {"deed": "recover", "was": was})
        assert answer.status_code == 303


def test_view_that_does_not_exist_is_said_and_lists_nothing(sign_in, ed):
    answer = sign_in(ed).get("/desk/messages?show=nonsense")
    assert answer.status_code == 422
    assert "There is no view “nonsense”." in Page(answer.text).one("div", class_="empty").text


def test_what_comes_out_of_the_spam_is_mailed_as_if_it_had_just_come(app, sign_in, ed):
    spam, ham = received("Casino", "[url=https://x.example]online casino[/url]"), received()
    assert (spam.is_spam, ["Hello" in mail for mail in mails(app)]) == (True, [True])
    browser = sign_in(ed)
    browser.submit(f"/desk/messages/{spam.id}/judgement", {"spam": "no"})
    assert ["Subject: Message: Casino" in mail for mail in mails(app)] == [False, True]
    for letter in (ham, spam):  # of both they were told already
        for verdict in ("yes", "no"):
            browser.submit(f"/desk/messages/{letter.id}/judgement", {"spam": verdict})
    assert len(mails(app)) == 2


def mails(app):
    folder = app.extensions["broadsheet_outbox"].folder
    return [file.read_text() for file in sorted(folder.glob("*.eml"))]
