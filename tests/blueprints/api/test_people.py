"""People for programs."""

import pytest

from broadsheet.extensions import db
from broadsheet.models import Role, Scope, User
from stage import PASSWORD


@pytest.fixture
def byline(app):
    byline = User.create(name="Imported Author")
    db.session.commit()
    return byline


def names(answer):
    return [one["name"] for one in answer.json["items"]]


def wrong(answer, status=422):
    assert answer.status_code == status, answer.text
    return [error.get("pointer") or error["parameter"] for error in answer.json["errors"]]


# -- reading


def test_strangers_are_told_of_those_whom_readers_meet(stranger, ann, rea, byline, post):
    answer = stranger.get("/people")
    assert names(answer) == ["Ada Admin", "Ann Author"]
    assert answer.json["items"][1]["public_posts"] == 1
    assert "public" in answer.headers["Cache-Control"]
    assert names(stranger.get("/people?username=ANN")) == ["Ann Author"]
    assert stranger.get(f"/people/{byline.id}").status_code == 404
    for secret in ("@example.com", "role", "hash", "factor"):
        assert secret not in answer.text + stranger.get(f"/people/{ann.id}").text


@pytest.mark.parametrize(
    "query",
    ["q=example.com", "state=active", "state=", "role=admin", "sort=last_signed_in_at", "fields=role"],
)
def test_strangers_cannot_ask_for_what_they_are_not_told(stranger, query):
    answer = stranger.get(f"/people?{query}")
    assert answer.status_code == 403
    assert answer.json["errors"][0]["parameter"] == query.partition("=")[0]


def test_who_manages_people_finds_all_of_them(adas, token_for, ada, ann, byline, draft):
    ann.suspend()
    db.session.commit()
    assert names(adas.get("/people?sort=-username")) == ["Imported Author", "Ann Author", "Ada Admin"]
    assert names(adas.get("/people?state=suspended")) == names(adas.get("/people?q=ann%40")) == ["Ann Author"]
    assert (
        names(adas.get("/people?state=byline"))
        == names(adas.get("/people?q=imported"))
        == ["Imported Author"]
    )
    hers = adas.get(f"/people/{ann.id}").json
    assert (hers["email"], hers["role"], hers["state"], hers["posts"]) == (
        "ann@example.com",
        "author",
        "suspended",
        1,
    )
    assert "hash" not in adas.get("/people").text
    assert names(token_for(ada, Scope.CONTENT_READ).get("/people")) == ["Ada Admin"]


def test_a_list_asks_no_more_however_long_it_is(adas, ada, queries):
    adas.get("/people")
    with queries() as few:
        adas.get("/people")
    for number in range(8):
        User.create(name=f"Person {number}", email=f"p{number}@example.com", password=PASSWORD)
    db.session.commit()
    with queries() as more:
        assert len(adas.get("/people").json["items"]) == 9
    assert len(more) <= len(few)


# -- writing


def test_a_person_is_changed(adas, ann):
    ann.links = [{"label": "Site", "url": "https://ann.example.org"}]
    db.session.commit()
    seen = adas.get(f"/people/{ann.id}").headers["ETag"]
    said = adas.patch(f"/people/{ann.id}", json={"bio": "Writes *well*."}, headers={"If-Match": seen}).json
    assert (said["bio_html"], said["name"], said["links"]) == (
        "<p>Writes <em>well</em>.</p>\n",
        "Ann Author",
        ann.links,
    )
    late = adas.patch(f"/people/{ann.id}", json={"bio": "Late."}, headers={"If-Match": seen})
    assert (late.status_code, ann.bio) == (412, "Writes *well*.")
    whole = {"name": "Anna", "email": "anna@example.com", "role": "editor", "own_password": PASSWORD}
    said = adas.put(f"/people/{ann.id}", json=whole).json
    assert (said["name"], said["email"], said["role"], said["bio"]) == (
        "Anna",
        "anna@example.com",
        "editor",
        "",
    )


@pytest.mark.parametrize("sent", [{"role": "admin"}, {"email": "thief@example.net"}])
def test_whoever_comes_with_a_token_proves_that_doors_may_be_opened(adas, ann, sent):
    for password in ({}, {"own_password": "wrong"}):
        answer = adas.patch(f"/people/{ann.id}", json=sent | password)
        assert wrong(answer) == ["/own_password"]
    assert (ann.role, ann.email) == (Role.AUTHOR, "ann@example.com")
    assert adas.patch(f"/people/{ann.id}", json=sent | {"own_password": PASSWORD}).status_code == 200


def test_what_cannot_be_is_refused(adas, ada, ann, ben, byline):
    sent = {"name": "", "email": "ben@example.com", "role": "emperor", "own_password": PASSWORD}
    assert wrong(adas.patch(f"/people/{ann.id}", json=sent)) == ["/name", "/email", "/role"]
    for person in (ada, byline):
        sent = {"email": "x@example.com", "role": "reader", "own_password": PASSWORD}
        assert wrong(adas.patch(f"/people/{person.id}", json=sent)) == ["/email", "/role"]
        assert adas.put(f"/people/{person.id}/suspension").status_code == 403
    assert ada.is_active


def test_an_account_is_closed_and_opened_again(adas, anns, ann):
    for _ in range(2):
        assert adas.put(f"/people/{ann.id}/suspension").json["state"] == "suspended"
    assert anns.get("/me").status_code == 401
    for _ in range(2):
        assert adas.delete(f"/people/{ann.id}/suspension").status_code == 204
    assert anns.get("/me").status_code == 200


def test_second_factors_are_removed_by_whoever_knows_the_own_password(adas, ada, ann, passkey):
    ann.add_passkey(passkey)
    db.session.commit()
    assert adas.get(f"/people/{ann.id}").json["has_second_factor"]
    address = f"/people/{ann.id}/second-factors"
    assert wrong(adas.delete(address, json={"own_password": "wrong"})) == ["/own_password"]
    assert ann.factors
    assert adas.delete(address, json={"own_password": PASSWORD}).status_code == 204
    assert not adas.get(f"/people/{ann.id}").json["has_second_factor"]
    own = adas.delete(f"/people/{ada.id}/second-factors", json={"own_password": PASSWORD})
    assert own.status_code == 403


# -- oneself


def test_a_program_learns_who_it_works_for(anns, token_for, ann):
    said = anns.get("/me").json
    assert (said["username"], said["role"], said["abilities"]) == (
        "ann",
        "author",
        ["have_account", "write", "upload"],
    )
    narrow = token_for(ann, Scope.MEDIA_READ)
    assert narrow.get("/me").json["token"]["scopes"] == ["media:read"]
    assert narrow.patch("/me", json={"bio": "x"}).status_code == 403


def test_the_own_profile_is_changed_and_keeps_what_is_left_out(anns, ann):
    links = [{"label": "Site", "url": "https://ann.example.org/"}, {"label": "", "url": "mailto:a@b.example"}]
    assert anns.patch("/me", json={"links": links}).status_code == 200
    said = anns.patch("/me", json={"bio": "*Much*."}).json
    assert (said["bio_html"], said["name"]) == ("<p><em>Much</em>.</p>\n", "Ann Author")
    assert said["links"] == [links[0], {"label": "mailto:a@b.example", "url": "mailto:a@b.example"}]
    one = anns.patch("/me", json={"links": [{"url": "https://other.example/"}]}).json["links"]
    assert one == [{"label": "https://other.example/", "url": "https://other.example/"}]
    assert wrong(anns.patch("/me", json={"links": [{"url": "javascript:x"}]})) == ["/links/0/url"]
    assert wrong(anns.patch("/me", json={"links": links * 3})) == ["/links"]
    assert wrong(anns.patch("/me", json={"role": "admin"})) == ["/role"]


def test_remarks_in_a_biography_are_not_told_to_strangers(stranger, adas, ann, post):
    ann.bio = "Writes.<!-- On leave. -->"
    db.session.commit()
    assert stranger.get(f"/people/{ann.id}").json["bio"] == "Writes."
    assert "leave" not in stranger.get("/people").text
    assert adas.get(f"/people/{ann.id}").json["bio"] == ann.bio
