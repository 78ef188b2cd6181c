"""Invitations for programs."""

from broadsheet.extensions import db
from broadsheet.models import Invitation, User
from stage import PASSWORD

SENT = {"email": "New@Example.org", "role": "editor", "own_password": PASSWORD}


def test_somebody_is_invited_and_the_link_is_told_once(adas, client):
    made = adas.post("/invitations", json=SENT, headers={"Idempotency-Key": "k"})
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    told = made.json
    link = told.pop("link")
    assert (told["email"], told["role"]) == ("new@example.org", "editor")
    assert client.get(link).status_code == 200
    again = adas.post("/invitations", json=SENT, headers={"Idempotency-Key": "k"})
    assert (again.status_code, db.session.query(Invitation).count()) == (409, 1)
    address = made.headers["Location"]
    read = adas.get(address)
    assert read.json == adas.get("/invitations").json["items"][0] == told
    token = link.rpartition("/")[2]
    assert token not in read.text + again.text
    assert adas.delete(address).status_code == 204
    assert client.get(link).status_code == 410
    assert adas.delete(address).status_code == 404


def test_a_byline_is_invited(adas):
    byline = User.create(name="Imported Author")
    db.session.commit()
    made = adas.post(f"/invitations?byline={byline.username}", json=SENT)
    assert made.json["byline"]["id"] == byline.id
    assert adas.post("/invitations?byline=ada", json=SENT).json["errors"][0]["parameter"] == "byline"


def test_nobody_is_invited_by_a_token_alone(adas):
    for sent in ({"email": SENT["email"]}, SENT | {"own_password": "wrong"}):
        answer = adas.post("/invitations", json=sent)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/own_password")
    taken = adas.post("/invitations", json=SENT | {"email": "ada@example.com"})
    assert taken.json["errors"][0]["pointer"] == "/email"
    assert db.session.query(Invitation).count() == 0
