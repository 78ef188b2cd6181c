"""Webhooks for programs."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import Role, Scope, Webhook
from broadsheet.models.webhook import Because
from receiver import receiver
from stage import person

SENT = {"name": "App", "url": "http://127.0.0.1:1/", "events": ["tag.created", "post.published"]}


@pytest.fixture
def app(make_app):
    app = make_app(BROADSHEET_WEBHOOK_NETWORKS="127.0.0.1")
    with app.app_context():
        person("Ada Admin", Role.ADMIN)
        yield app


@pytest.fixture
def target():
    with receiver() as target:
        yield target


def test_one_is_added_and_its_secret_told_once(adas, ada, target):
    made = adas.post("/webhooks", json=SENT | {"url": target.url})
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    told = made.json
    secret = told.pop("secret")
    assert (told["events"], told["state"]) == (["post.published", "tag.created"], "on")
    assert told["created_by"]["id"] == ada.id
    address = made.headers["Location"]
    assert "ETag" not in made.headers
    assert adas.get(address).json == adas.get("/webhooks").json["items"][0] == told
    adas.post("/tags", json={"name": "News"})
    (got,) = target.received
    assert got.signatures() == [got.signed_with(secret)]
    tag = adas.get(got.told["data"]["api_url"].partition("/api/v1")[2]).json
    assert tag["name"] == "News"
    new = adas.post(f"{address}/secret").json["secret"]
    adas.post("/tags", json={"name": "Olds"})
    got = target.received[-1]
    assert got.signatures() == [got.signed_with(new), got.signed_with(secret)]


WRONG = [
    ({"name": ""}, "/name"),
    ({"url": "http://10.0.0.1/"}, "/url"),
    ({"url": "http://127.0.0.1:99999/"}, "/url"),
    ({"events": []}, "/events"),
    ({"events": ["signed.in"]}, "/events"),
    ({"events": "post.published"}, "/events"),
    ({"secret": "whsec_x"}, "/secret"),
]


def test_what_is_wrong_is_said_at_its_place(adas):
    for changed, pointer in WRONG:
        answer = adas.post("/webhooks", json=SENT | changed)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert db.session.query(Webhook).count() == 0


def test_it_is_changed_switched_off_and_on_and_deleted(adas):
    made = adas.post("/webhooks", json=SENT)
    address = made.headers["Location"]
    seen = adas.get(address).headers["ETag"]
    changed = adas.patch(address, json={"events": ["*"]}, headers={"If-Match": seen})
    assert (changed.json["events"], changed.json["name"]) == (["*"], "App")
    assert adas.patch(address, json={"name": "x"}, headers={"If-Match": seen}).status_code == 412
    assert adas.put(address, json={"name": "New"}).status_code == 422
    assert adas.put(address, json=SENT | {"name": "New"}).json["name"] == "New"
    assert adas.delete(f"{address}/activation").status_code == 204
    off = adas.get(address).json
    assert (off["state"], off["off_because"]) == ("off", Because.BY_HAND)
    assert adas.put(f"{address}/activation").json["state"] == "on"
    assert adas.delete(address).status_code == 204
    assert adas.get(address).status_code == 404


def test_a_test_is_looked_at_and_sent_again(adas, target):
    target.answers = [(500, {})]
    address = adas.post("/webhooks", json=SENT | {"url": target.url}).headers["Location"]
    made = adas.post(f"{address}/tests")
    where = made.headers["Location"]
    assert (made.status_code, made.json["type"]) == (201, "webhook.test")
    told = adas.get(where).json
    assert (told["state"], told["attempts"][0]["status"], told["attempts"][0]["problem"]) == (
        "given_up",
        500,
        "status",
    )
    assert told["payload"] == target.received[0].body.decode()
    assert adas.post(f"{where}/attempts").status_code == 202
    listed = adas.get(f"{address}/deliveries").json["items"]
    assert [(one["message_id"], one["state"]) for one in listed] == [(told["message_id"], "delivered")]
    assert "payload" not in listed[0]
    adas.post("/tags", json={"name": "News"})
    adas.delete(f"{address}/activation")
    event = adas.get(f"{address}/deliveries").json["items"][0]
    again = adas.post(f"{address}/deliveries/{event['id']}/attempts")
    assert (again.status_code, again.json["detail"]) == (
        409,
        "The webhook is switched off. Switch it on first.",
    )


def test_a_scope_of_its_own_is_needed(token_for, ada, ed):
    reader = token_for(ada, Scope.WEBHOOKS_READ)
    assert reader.get("/webhooks").status_code == 200
    assert reader.post("/webhooks", json=SENT).status_code == 403
    assert token_for(ada, Scope.SITE_WRITE).get("/webhooks").status_code == 403
    assert token_for(ed).get("/webhooks").status_code == 403
