"""Redirects for programs."""

from broadsheet.extensions import db
from broadsheet.models import Alias
from problems import problem_of


def test_an_address_redirects(eds, anns, client, post):
    made = eds.post("/redirects", json={"path": "/old.html", "target": f"/post/{post.id}"})
    assert (made.status_code, made.json["path"], made.json["target"]) == (201, "/old", post.path)
    assert client.get("/old").location == post.path
    assert [one["path"] for one in eds.get("/redirects?q=old").json["items"]] == ["/old"]
    address = made.headers["Location"]
    problem_of(anns.get(address), 403)
    assert eds.get(address).json == made.json
    assert eds.delete(address, headers={"If-Match": made.headers["ETag"]}).status_code == 204
    problem_of(eds.delete(address), 404)
    assert db.session.scalar(db.select(Alias)) is None


def test_what_cannot_redirect_is_said(eds, post):
    said = problem_of(eds.post("/redirects", json={"path": post.path, "target": "/nowhere"}), 422)
    assert {one["pointer"] for one in said["errors"]} == {"/path", "/target"}


def test_a_list_of_redirects_asks_the_same_number_of_questions_however_long_it_is(eds, post, page, queries):
    for number, target in enumerate((post, page, post)):
        Alias.keep(f"/old-{number}", target)
    db.session.commit()
    counts = []
    eds.get("/redirects")
    for limit in (1, 3):
        with queries() as asked:
            eds.get(f"/redirects?limit={limit}")
        counts.append(len(asked))
    assert counts[0] == counts[1]
