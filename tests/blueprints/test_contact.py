import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from broadsheet import signals
from broadsheet.extensions import db
from broadsheet.models import Message
from broadsheet.models import Page as OwnPage
from markup import Page
from visiting import fill_in, send_again

LETTER = {
    "name": "Vic Visitor",
    "email": "vic@example.org",
    "subject": "A question",
    "message": "How do you do?\n\n  And how does she?",
}


def test_shows_the_form(client):
    page = Page(client.get("/contact").text)
    assert page.one("h1").text == "Contact"
    for name in LETTER:
        control = page.one(name=name)
        assert page.one("label", **{"for": control["id"]}).text


def test_words_of_the_page_contact_stand_above_the_form(client):
    words = OwnPage()
    words.revise(by=None, title="Write to us", slug="contact", body="We *answer*.")
    assert "answer" not in client.get("/contact").text
    words.publish()
    page = Page(client.get("/contact").text)
    assert (page.one("h1").text, page.one("em").text) == ("Write to us", "answer")


def test_stores_the_message_and_says_thanks(client):
    answer = fill_in(client, "/contact", **LETTER)
    assert (answer.status_code, answer.location) == (303, "/contact/thanks")
    message = only_message()
    assert (message.name, message.email, message.subject) == (
        "Vic Visitor",
        "vic@example.org",
        "A question",
    )
    assert message.body == LETTER["message"]
    assert "Thank you" in client.get("/contact/thanks").text


def test_announces_the_message_once_it_is_stored(client):
    heard = []

    def hear(message):
        heard.append(message.subject)

    with signals.message_received.connected_to(hear):
        fill_in(client, "/contact", **LETTER)
        fill_in(client, "/contact", **LETTER | {"email": "nobody"})
    assert heard == ["A question"]


def test_subject_may_be_missing(client):
    assert fill_in(client, "/contact", **LETTER | {"subject": ""}).status_code == 303


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Please fill this in."),
        ("name", " \t​ ", "Please fill this in."),
        ("name", "x" * 121, "120"),
        ("email", "", "Please fill this in."),
        ("email", "vic at example.org", "does not look like an e-mail address"),
        ("email", "vic@localhost", "does not look like an e-mail address"),
        ("email", "vic@example.org, eve@example.org", "does not look like an e-mail address"),
        ("email", "vic@" + "x" * 250 + ".org", "254"),
        ("subject", "x" * 201, "200"),
        ("message", "\r\n  \r\n", "Please fill this in."),
        ("message", "x" * 20_002, "2 characters too long"),
    ],
)
def test_says_what_is_wrong_and_keeps_what_was_typed(client, field, typed, words):
    answer = fill_in(client, "/contact", **LETTER | {field: typed})
    assert answer.status_code == 422
    page = Page(answer.text)
    control = page.one(name=field)
    assert control["aria-invalid"] == "true"
    assert words in page.one(id=control["aria-describedby"].split()[0]).text
    assert page.one("title").text.startswith("Error:")
    for other in LETTER.keys() - {field}:
        assert page.one(name=other).value == LETTER[other]
    assert no_message()


def test_form_that_came_back_can_be_sent_again(client):
    answer = fill_in(client, "/contact", **LETTER | {"email": "vic@"})
    assert send_again(client, answer, "/contact", email="vic@example.org").status_code == 303
    assert only_message().body == LETTER["message"]


def test_nothing_typed_can_add_a_header_to_a_mail(client):
    typed = {"subject": "Hello\r\nBcc: everyone@example.org", "name": "V\x00i\x1bc"}
    fill_in(client, "/contact", **LETTER | typed)
    message = only_message()
    assert message.subject == "Hello Bcc: everyone@example.org"
    assert message.name == "Vic"


def test_words_of_every_script_arrive_as_they_are(client):
    typed = {"name": "Дмитрий 👩‍👩‍👧", "subject": "سؤال", "message": "これは\n\n\tन मस्ते"}
    fill_in(client, "/contact", **LETTER | typed)
    message = only_message()
    assert {"name": message.name, "subject": message.subject, "message": message.body} == typed


def test_markup_comes_back_as_text(client):
    typed = '"><script>alert(1)</script>'
    answer = fill_in(client, "/contact", **LETTER | {"name": typed, "message": typed, "email": typed})
    page = Page(answer.text)
    assert page.one(name="name").value == page.one(name="message").value == typed
    assert "alert" not in "".join(script.text for script in page.all("script"))


def test_what_a_program_sent_is_kept_in_the_spam_with_thanks_and_nobody_is_mailed(client, app):
    answer = fill_in(client, "/contact", **LETTER, website="https://pills.example/")
    assert (answer.status_code, answer.location) == (303, "/contact/thanks")
    message = only_message()
    assert message.is_spam
    assert message.body == LETTER["message"]
    assert message.spam_reasons == [{"sign": "trap"}]
    assert mails(app) == []


def test_spam_by_its_words_is_kept_in_the_spam_and_nobody_is_mailed(client, app):
    answer = fill_in(client, "/contact", **LETTER | {"message": "[url=https://x.example]online casino[/url]"})
    assert answer.location == "/contact/thanks"
    assert only_message().is_spam
    assert mails(app) == []


def test_trap_is_empty_in_a_form_that_comes_back(client):
    answer = fill_in(
        client, "/contact", **LETTER | {"email": "vic"}, website="https://filled-in-by-a-manager.example"
    )
    assert Page(answer.text).one(name="website").value == ""
    assert send_again(client, answer, "/contact", email="vic@example.org").status_code == 303
    assert not only_message().is_spam


@pytest.mark.parametrize(
    ("typing", "sign"), [(timedelta(seconds=1), "quick"), (timedelta(hours=25), "stale")]
)
def test_haste_and_delay_of_a_person_are_no_spam_but_noted(client, app, typing, sign):
    assert fill_in(client, "/contact", typing=typing, **LETTER).status_code == 303
    assert not only_message().is_spam
    assert only_message().spam_reasons == [{"sign": sign}]
    assert len(mails(app)) == 1


@pytest.mark.parametrize("ticket", ["forged", "MTczMjE.forged"])
def test_form_without_a_true_ticket_is_noted(client, ticket):
    assert client.post("/contact", data=LETTER | {"ticket": ticket}).status_code == 303
    assert only_message().spam_reasons == [{"sign": "unopened"}]


def test_ticket_of_another_form_is_none(client):
    ticket = Page(client.get("/submit").text).one(name="ticket").value
    fill_in(client, "/contact", **LETTER, ticket=ticket)
    assert only_message().spam_reasons == [{"sign": "unopened"}]


def test_script_may_write_to_us(client):
    assert client.post("/contact", data=LETTER).status_code == 303
    assert not only_message().is_spam


def test_the_same_text_from_another_address_is_noted(client):
    fill_in(client, "/contact", **LETTER)
    fill_in(client, "/contact", **LETTER | {"email": "eve@example.net"})
    first, second = db.session.scalars(select(Message).order_by(Message.id))
    assert first.spam_reasons == []
    assert {"sign": "repeated"} in second.spam_reasons


def test_judging_asks_a_bounded_number_of_questions(client, queries):
    fill_in(client, "/contact", **LETTER)
    with queries() as asked:
        fill_in(
            client,
            "/contact",
            **LETTER | {"message": "Many different words. " + " ".join(map(str, range(20_000, 23_000)))},
        )
    assert len([one for one in asked if "spam_words" in one]) == 3, asked  # known words; learned; how many
    assert len(asked) <= 14


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_refuses_what_a_foreign_page_sent(client, headers):
    assert client.post("/contact", data=LETTER, headers=headers).status_code == 400
    assert no_message()


def test_whoever_is_signed_in_need_not_type_what_we_know(sign_in, rea):
    page = Page(sign_in(rea).get("/contact").text)
    assert page.one(name="name").value == "Rea Reader"
    assert page.one(name="email").value == "rea@example.com"


def test_sixth_message_in_an_hour_waits_and_is_kept(limited_client):
    for _ in range(5):
        assert fill_in(limited_client, "/contact", **LETTER).status_code == 303
    answer = fill_in(limited_client, "/contact", **LETTER)
    assert answer.status_code == 429
    assert 3590 < int(answer.headers["Retry-After"]) <= 3601
    page = Page(answer.text)
    assert re.search("in 6[01] minutes", page.one("div", class_="error-summary").text)
    assert page.one(name="message").value == LETTER["message"]
    assert len(db.session.scalars(select(Message)).all()) == 5
    assert send_again(limited_client, answer, "/contact", waiting=timedelta(minutes=61)).status_code == 303


def test_errors_do_not_count_towards_the_limit(limited_client):
    for _ in range(6):
        assert fill_in(limited_client, "/contact", **LETTER | {"email": "vic"}).status_code == 422
    assert fill_in(limited_client, "/contact", **LETTER).status_code == 303


def test_program_is_told_to_wait_in_json(limited_client):
    for _ in range(5):
        fill_in(limited_client, "/contact", **LETTER)
    answer = limited_client.post("/contact", data=LETTER, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["status"]) == (429, 429)


@pytest.mark.parametrize("path", ["/contact", "/contact/thanks"])
def test_asks_few_questions_and_gives_no_cookie(client, queries, path):
    client.get("/")
    with queries() as asked:
        answer = client.get(path)
    assert len(asked) == (2 if path == "/contact" else 1), asked  # settings, the words of the page
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_form_is_not_kept_by_shared_caches(client):
    assert client.get("/contact").headers["Cache-Control"] == "private, no-cache"


def only_message() -> Message:
    return db.session.scalars(select(Message)).one()


def no_message() -> bool:
    return db.session.scalars(select(Message)).first() is None


def test_file_in_place_of_an_address_is_no_address(client):
    answer = client.post("/contact", data={**LETTER, "email": (BytesIO(b"x"), "hostname")})
    assert answer.status_code == 422


def test_subject_cannot_turn_the_list_around_in_which_it_is_shown(client):
    fill_in(client, "/contact", **{**LETTER, "subject": "Hi \u202etxt.exe"})
    assert db.session.scalars(select(Message.subject)).one() == "Hi txt.exe"


def mails(app) -> list[Path]:
    return list((Path(app.instance_path) / "outbox").glob("*.eml"))
