"""Readers' mail in a real browser: from the contact form to the answer in their mailbox."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Page, expect

from broadsheet.extensions import db
from broadsheet.models import Message, Reply, Submission, User
from newsroom import LiveSite, flaws, live, sign_in
from stage import Database, free_port
from test_mail import Postbox, wait_until

CASINO = "Play now at [url=https://casino.example/win]best online casino[/url], free spins"


@pytest.fixture(scope="module")
def server() -> Iterator[Controller]:
    controller = Controller(Postbox(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture(scope="module")
def site(
    database: Database, tmp_path_factory: pytest.TempPathFactory, server: Controller
) -> Iterator[LiveSite]:
    """A newsroom that can send mail."""
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("BROADSHEET_SMTP_URL", f"smtp://127.0.0.1:{server.port}")
        environ.setenv("BROADSHEET_MAIL_FROM", "office@news.example")
        yield from live(database, tmp_path_factory.mktemp("inbox"), filled=True)


def write_to_us(page: Page, site: LiveSite, subject: str, text: str, name: str = "Vic Visitor") -> None:
    page.goto(f"{site.url}/contact")
    page.locator("[name=name]").fill(name)
    page.locator("[name=email]").fill("vic@example.org")
    page.locator("[name=subject]").fill(subject)
    page.locator("[name=message]").fill(text)
    page.wait_for_timeout(2200)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile("/contact/thanks"))


def letters_to(server: Controller, address: str) -> list[object]:
    return [letter for envelope, letter in server.handler.letters if envelope.rcpt_tos == [address]]


def test_spam_is_found_taken_back_and_answered_without_javascript(
    site: LiveSite, plain: Page, server: Controller
) -> None:
    write_to_us(plain, site, "Our old casino", CASINO)
    assert letters_to(server, "ada@example.com") == [] or all(
        letter["Subject"] != "Message: Our old casino" for letter in letters_to(server, "ada@example.com")
    )
    sign_in(plain, site, "ed")
    plain.goto(f"{site.url}/desk/messages")
    expect(plain.get_by_role("link", name="Our old casino")).to_have_count(0)
    plain.get_by_role("link", name=re.compile("^Spam")).click()
    row = plain.get_by_role("row", name=re.compile("Our old casino"))
    expect(row).to_contain_text("because: sells gambling (“casino”)")
    row.get_by_role("link", name="Our old casino").click()
    expect(plain.get_by_text("sells gambling (“casino”)")).to_be_visible()
    plain.get_by_role("button", name="Not spam").click()
    expect(plain.get_by_role("status")).to_contain_text(
        "“Our old casino” is no spam; the filter has learned."
    )

    plain.get_by_role("link", name=re.compile("^Inbox")).click()
    plain.get_by_role("link", name="Our old casino").click()
    form = plain.locator(".reply-form")
    expect(form.locator("[name=subject]")).to_have_value("Re: Our old casino")
    expect(form.locator("[name=body]")).to_have_value(re.compile("Vic Visitor wrote:\n> Play now"))
    form.locator("[name=body]").fill("We know the house well.\n\n> Play now")
    form.locator("[name=answers_to]").select_option("office@news.example")
    form.get_by_role("button", name="Send the reply").click()
    expect(plain.get_by_role("status")).to_contain_text("on its way to Vic Visitor")
    wait_until(lambda: letters_to(server, "vic@example.org"))
    (letter,) = letters_to(server, "vic@example.org")
    assert letter["Reply-To"].addresses[0].addr_spec == "office@news.example"  # type: ignore[index]
    plain.reload()
    thread = plain.locator("article.reply")
    expect(thread).to_contain_text("We know the house well.")
    expect(thread.locator(".state")).to_have_text("Sent")
    plain.goto(f"{site.url}/desk/messages")
    expect(plain.get_by_role("row", name=re.compile("Our old casino"))).to_contain_text("Answered")


def test_many_go_to_the_trash_and_come_back(site: LiveSite, visitor: Page) -> None:
    with site.app.app_context():
        for number in range(3):
            Message.receive(
                name="Bea", email="bea@example.org", subject=f"Note {number}", body=f"No. {number}"
            )
        db.session.commit()
    sign_in(visitor, site, "ed")
    visitor.goto(f"{site.url}/desk/messages?q=Note")
    visitor.get_by_label("All on this page").check()
    expect(visitor.locator(".bulk-count")).to_have_text("3 are ticked.")
    visitor.get_by_label("With what is ticked:").select_option("trash")
    visitor.get_by_role("button", name="Do it").click()
    expect(visitor.get_by_text("No message says that")).to_be_visible()
    visitor.get_by_role("button", name="Undo").click()
    expect(visitor.get_by_role("link", name=re.compile("Note"))).to_have_count(3)


def test_list_is_taken_along(site: LiveSite, visitor: Page, tmp_path: Path) -> None:
    sign_in(visitor, site, "ed")
    visitor.goto(f"{site.url}/desk/messages?q=Hello")
    with visitor.expect_download() as download:
        visitor.get_by_role("link", name="Take this list along as CSV").click()
    saved = tmp_path / "messages.csv"
    download.value.save_as(saved)
    assert saved.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "vera@example.com" in saved.read_text(encoding="utf-8-sig")


@pytest.fixture(scope="module")
def correspondence(site: LiveSite, server: Controller) -> dict[str, int]:
    """One of each thing that a page of the inbox can show."""
    with site.app.app_context():
        ed = db.session.scalars(User.known_as("ed")).one()
        spam = Message.receive(name="JamesTog", email="j@mail.example", subject="Casino", body=CASINO)
        Submission.receive(name="Shop", email="s@shop.example", title="Guest post", body=CASINO)
        trashed = Message.receive(
            name="Old Friend", email="of@example.org", subject="Old news", body="Long ago."
        )
        trashed.trash()
        answered = Message.receive(
            name="Cornelia Correspondent-Withalongname",
            email="cornelia@example.org",
            subject="On the harbour, and why the year on your plaque cannot be right",
            body="In your story you write 1893.\n\nIt was 1895, see the plaque: https://museum.example/"
            + "a-very-long-address" * 8,
        )
        db.session.flush()
        for text, file in (("You are right, thank you!", "sent.eml"), ("It is changed now.", "refused.eml")):
            reply = Reply.write(
                answered, by=ed, subject=f"Re: {answered.subject}", body=text, answers_to="ed@example.com"
            )
            db.session.commit()
            reply.hand_over(f"<{reply.mark}@news.example>", file)
        answered_piece = Submission.receive(
            name="Sam Sender", email="sam@example.org", title="A piece about bees", body="They *hum*."
        )
        Reply.write(
            answered_piece, by=ed, subject="Re: A piece about bees", body="We like it.", answers_to=""
        )
        db.session.commit()
        outbox = site.app.extensions["broadsheet_outbox"]
        (outbox.folder / "refused.eml.refused").touch()
        (outbox.folder / "refused.eml.why").write_text("550 5.1.1 No such reader at this address")
        return {"spam": spam.id, "trashed": trashed.id, "answered": answered.id, "piece": answered_piece.id}


def test_pages_are_accessible_and_fit(site: LiveSite, visitor: Page, correspondence: dict[str, int]) -> None:
    sign_in(visitor, site, "ed")
    problems = []
    for path in (
        "messages",
        "messages?show=spam",
        "messages?show=trash",
        "messages?q=nothing-says-this",
        "messages?sort=from",
        f"messages/{correspondence['spam']}",
        f"messages/{correspondence['trashed']}",
        f"messages/{correspondence['answered']}",
        "submissions",
        "submissions?state=spam",
        "submissions?state=declined",
        f"submissions/{correspondence['piece']}",
    ):
        visitor.goto(f"{site.url}/desk/{path}")
        problems += [f"{path}: {flaw}" for flaw in flaws(visitor)]
    assert not problems, "\n".join(problems)
