"""Webhooks at the desk: added, looked at, tested, sent again, switched off and on, deleted."""

from collections.abc import Callable, Iterator
from threading import Event

import pytest
from flask import Flask

from broadsheet.extensions import db
from broadsheet.jobs import webhooks
from broadsheet.lib.outgoing import Guard
from broadsheet.models import Role, User, Webhook
from broadsheet.models.user_session import RECENT
from broadsheet.models.webhook import MOST, Because
from broadsheet.models.webhook_event import ALL, TYPES
from markup import Page
from receiver import Receiver, receiver
from stage import Client, person

SignIn = Callable[[User], Client]


@pytest.fixture
def target() -> Iterator[Receiver]:
    with receiver() as target:
        yield target


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    app = make_app(BROADSHEET_WEBHOOK_NETWORKS="127.0.0.1")
    with app.app_context():
        person("Ada Admin", Role.ADMIN)
        yield app


@pytest.fixture
def admin(sign_in: SignIn, ada: User) -> Client:
    return sign_in(ada)


@pytest.fixture
def webhook(app: Flask, target: Receiver, ada: User) -> Webhook:
    made = Webhook.create(name="Newsletter", url=target.url, events=["tag.created"], by=ada)
    db.session.commit()
    return made


def sent(**changed: object) -> dict[str, object]:
    return {"name": "App", "url": "http://127.0.0.1:9/hook", "events": ["post.published"]} | changed


def test_an_empty_list_says_what_a_webhook_is_for(admin: Client) -> None:
    page = Page(admin.get("/desk/webhooks").text)
    assert page.one("a", href="/desk/webhooks/new")
    assert "tells a program elsewhere" in page.one("div", class_="empty").text


def test_one_that_is_added_is_told_what_happens_and_looked_at(admin: Client, target: Receiver) -> None:
    answer = admin.submit(
        "/desk/webhooks/new", sent(url=target.url, events=["tag.created", "post.published"])
    )
    assert answer.status_code == 303
    made = db.session.scalars(db.select(Webhook)).one()
    assert made.events == ["post.published", "tag.created"]
    assert made.created_by
    admin.submit("/desk/tags/new", {"name": "News", "slug": "news"})
    assert [one.told["data"]["title"] for one in target.received] == ["News"]
    assert target.received[0].told["data"]["by"] == {"id": made.created_by.id, "name": "Ada Admin"}
    log = Page(admin.get(answer.location).text)
    row = log.one("tbody").one("tr")
    assert "tag.created" in row.text
    assert "Delivered" in row.text
    delivery = Page(admin.get(row.one("a")["href"]).text)
    assert "204" in delivery.one("tbody").text
    assert target.received[0].body.decode() in delivery.one("pre").text


WRONG: list[tuple[dict[str, object], str]] = [
    ({"name": ""}, "Name: Please fill this in."),
    ({"url": ""}, "Address: Please fill this in."),
    ({"url": "example.org/hook"}, "Write a whole address"),
    ({"url": "mailto:ann@example.org"}, "Write a whole address"),
    ({"url": "http://ann:pass@127.0.0.1/"}, "Leave name and password out of it"),
    ({"url": "http://10.0.0.1/"}, "a network that is not public"),
    ({"url": "http://[::1]/"}, "a network that is not public"),
    ({"url": "http://169.254.169.254/latest"}, "a network that is not public"),
    ({"url": "http://\u2026/"}, "No machine has this name."),
    ({"events": []}, "Choose at least one event."),
    ({"events": ["post.published", "signed.in"]}, "There is no event “signed.in”."),
]


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(admin: Client) -> None:
    for changed, complaint in WRONG:
        fields = sent(**changed)
        answer = admin.submit("/desk/webhooks/new", fields)
        page = Page(answer.text)
        assert answer.status_code == 422, changed
        assert complaint in page.one("div", class_="error-summary").text
        assert page.one("input", name="url")["value"] == fields["url"]
    assert db.session.scalar(db.select(Webhook)) is None


def test_a_name_server_that_takes_its_time_holds_nobody_up(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = Event()

    def resolve(host: str, port: int) -> list[str]:
        answers.wait(10)
        return ["10.0.0.1"]

    monkeypatch.setattr(webhooks, "guard", lambda: Guard(resolve=resolve))
    monkeypatch.setattr(webhooks, "LOOK", 0.01)
    assert admin.submit("/desk/webhooks/new", sent()).status_code == 303
    answers.set()


def test_there_is_an_end_to_how_many(admin: Client, ada: User) -> None:
    for number in range(MOST):
        Webhook.create(name=f"{number}", url="https://a.example/", events=["*"], by=ada)
    assert "already; delete one" in admin.submit("/desk/webhooks/new", sent()).text


def test_every_event_can_be_chosen(admin: Client) -> None:
    form = Page(admin.get("/desk/webhooks/new").text)
    boxes = form.all("input", name="events", type="checkbox")
    assert {one["value"] for one in boxes} == {ALL, *TYPES}


def test_changes_and_deletes_one(admin: Client, webhook: Webhook) -> None:
    at = f"/desk/webhooks/{webhook.id}"
    form = Page(admin.get(f"{at}/edit").text)
    assert [one["value"] for one in form.all("input", name="events") if "checked" in one.attributes] == [
        "tag.created"
    ]
    assert admin.submit(f"{at}/edit", sent(events=["*", "tag.created"])).status_code == 303
    db.session.refresh(webhook)
    assert (webhook.name, webhook.events) == ("App", ["*"])
    assert "All events" in admin.get(at).text
    assert admin.submit(f"{at}/delete").status_code == 303
    assert admin.get(at).status_code == 404


def test_a_test_tells_what_came_of_it_and_is_sent_again(
    admin: Client, webhook: Webhook, target: Receiver
) -> None:
    at = f"/desk/webhooks/{webhook.id}"
    target.answers = [(500, {})]
    admin.submit(f"{at}/tests")
    row = Page(admin.get(at).text).one("tbody").one("tr")
    assert "500" in row.text
    assert "Given up" in row.text
    delivery = row.one("a")["href"]
    shown = Page(admin.get(delivery).text)
    assert "The answer was no success." in shown.text
    assert "I say \ufffd500x" in shown.one("details").text
    admin.submit(f"{delivery}/attempts")
    assert target.types() == ["webhook.test"] * 2
    assert "Delivered" in admin.get(delivery).text


def test_nothing_is_sent_again_by_one_that_is_off(admin: Client, webhook: Webhook, target: Receiver) -> None:
    admin.submit("/desk/tags/new", {"name": "News", "slug": "news"})
    at = f"/desk/webhooks/{webhook.id}"
    admin.submit(f"{at}/activation/delete")
    delivery = Page(admin.get(at).text).one("tbody").one("a")["href"]
    admin.submit(f"{delivery}/attempts")
    assert "switch it on first" in admin.get(at).text
    assert len(target.received) == 1
    assert admin.submit(f"{at}/activation").status_code == 303
    db.session.refresh(webhook)
    assert webhook.is_active


def test_the_secret_is_shown_after_the_password_and_can_be_changed(
    admin: Client, webhook: Webhook, ada: User
) -> None:
    at = f"/desk/webhooks/{webhook.id}/secret"
    answer = admin.get(at)
    first = Page(answer.text).one("input", id="secret")["value"]
    assert (first, answer.headers["Cache-Control"]) == (webhook.secret, "no-store")
    assert Page(answer.text).one("button", **{"data-copied": "Copied"}).text == "Copy"
    assert admin.submit(at).status_code == 303
    assert Page(admin.get(at).text).one("input", id="secret")["value"] != first
    for session in ada.sessions:
        session.created_at -= RECENT
    db.session.commit()
    for answer in (admin.get(at), admin.submit(at)):
        assert answer.status_code == 303
        assert answer.location.startswith("/account/confirmation")


def test_today_tells_of_one_that_is_dead(admin: Client, webhook: Webhook) -> None:
    webhook.switch_off()
    db.session.commit()
    assert "Newsletter is switched off" not in admin.get("/desk").text
    webhook.switch_on()
    webhook.switch_off(Because.DEAD)
    db.session.commit()
    assert "Newsletter is switched off" in admin.get("/desk").text
    assert "Nothing came through for days." in admin.get("/desk/webhooks").text
