"""What is the same of all calls of the API."""

import pytest

from broadsheet.blueprints.api import contents
from broadsheet.extensions import db
from broadsheet.models import Post, Role
from program import program
from stage import person


def test_a_cookie_opens_nothing(app, sign_in, ada, draft):
    browser = sign_in(ada)
    assert browser.get(f"/api/v1/posts/{draft.id}").status_code == 404
    answer = browser.post("/api/v1/posts", json={"title": "Forged"})
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_what_the_press_keeps_is_for_strangers_alone(stranger, anns, post, draft):
    def titles(who, **headers):
        return {one["title"] for one in who.get("/posts", headers=headers).json["items"]}

    for _twice in range(2):
        assert titles(stranger) == {"A published post"}
        assert titles(anns) == {"A published post", "A draft"}
    assert stranger.get("/posts", headers={"Authorization": "Bearer bsh_wrong"}).status_code == 401
    assert stranger.get("/posts", headers={"Accept": "text/html"}).status_code == 406


ODD = ["Text/Markdown, */*;q=0.1", "application/JSON;q=0, */*;q=0.5", "application/json ;q=0, */*"]


@pytest.mark.parametrize("accepted", ODD)
def test_nobody_makes_others_read_markdown_who_asked_for_json(stranger, post, accepted):
    stranger.get(f"/posts/{post.id}", headers={"Accept": accepted})
    for usual in ("application/json", "*/*"):
        answer = stranger.get(f"/posts/{post.id}", headers={"Accept": usual})
        assert answer.mimetype == "application/json"


def test_nobody_fills_the_press_with_orders_of_fields(app, stranger, post):
    press = app.extensions["broadsheet_press"]
    stranger.get("/posts?fields=id,title")
    made = press.made
    stranger.get("/posts?fields=id,title")
    assert press.made == made + 1


def test_what_is_wrong_is_told_up_to_a_bound(anns):
    answer = anns.post("/posts", json={f"x{number}": 1 for number in range(200)})
    assert (answer.status_code, len(answer.json["errors"])) == (422, 50)


def test_the_press_keeps_what_strangers_ask_for(app, stranger, post):
    press = app.extensions["broadsheet_press"]
    stranger.get("/posts")
    made = press.made
    stranger.get("/posts")
    for accepted in ("application/json", "application/json, text/plain, */*", "text/html,*/*;q=0.8"):
        stranger.get("/posts", headers={"Accept": accepted})
    assert press.made == made
    for weighed in ("application/json;q=0.1, */*", "application/*;q=0.1, */*", "text/*", "text/markdown"):
        answer = stranger.get(f"/posts/{post.id}", headers={"Accept": weighed})
        assert answer.mimetype == "text/markdown"
    stranger.get(f"/posts/{post.id}")
    post.revise(by=None, title="Anew")
    db.session.commit()
    assert stranger.get("/posts").json["items"][0]["title"] == "Anew"


def test_a_call_that_takes_nothing_takes_nothing(anns, draft):
    answer = anns.delete(f"/posts/{draft.id}", json={"for_good": True})
    assert (answer.status_code, draft.trashed_at) == (400, None)
    assert anns.delete(f"/posts/{draft.id}", json={}).status_code == 204


@pytest.mark.parametrize("number", [2**31, 2**70, -(2**70)])
def test_a_number_that_no_database_holds_is_refused(adas, post, draft, number):
    calls = (
        ("POST", f"/tags/{post.tags[0].id}/merge", "into"),
        ("PATCH", "/settings", "posts_per_page"),
        ("PATCH", f"/posts/{draft.id}", "series_position"),
    )
    for method, address, name in calls:
        answer = adas.open(address, method=method, json={name: number})
        assert answer.status_code == 422, answer.text
        (error,) = answer.json["errors"]
        assert error["pointer"] == f"/{name}"
        assert "at most 2147483647" in error["detail"]


NO_CHOICE = (
    *("/people?state=", "/people?role=", "/uploads?kind=", "/posts?state=", "/outgoing-links?state="),
    *("/messages?box=", "/submissions?state=", "/activity?what=", "/activity?who=", "/visits?days="),
)


def test_an_empty_filter_finds_nothing_or_is_refused(adas, post):
    for address in ("/people?username=", "/tags?slug="):
        assert (address, adas.get(address).json["items"]) == (address, [])
    for address in NO_CHOICE:
        assert (address, adas.get(address).status_code) == (address, 400)


def test_what_was_refused_may_be_sent_again_with_its_key(anns):
    headers = {"Idempotency-Key": "k"}
    assert anns.post("/posts", json={"title": 7}, headers=headers).status_code == 422
    assert anns.post("/posts", json={"title": "Right"}, headers=headers).status_code == 201


def test_a_key_is_of_one_token(anns, eds):
    for program_ in (anns, eds):
        answer = program_.post("/posts", json={"title": "Mine"}, headers={"Idempotency-Key": "k"})
        assert "Idempotent-Replayed" not in answer.headers
    assert db.session.scalar(db.select(db.func.count()).select_from(Post)) == 2


def test_two_at_once_with_the_same_key_make_one_post(app, ann, anns, monkeypatch):
    """The other comes while the text of the first is rendered, and nobody holds the writers' lock."""
    rendered, other = contents.rendered_apart, program(app, ann)
    other.token = anns.token
    send = {"json": {"title": "Once"}, "headers": {"Idempotency-Key": "k"}}
    answers = []

    def meanwhile(*told):
        monkeypatch.setattr(contents, "rendered_apart", rendered)
        answers.append(other.post("/posts", **send).status_code)
        return rendered(*told)

    monkeypatch.setattr(contents, "rendered_apart", meanwhile)
    answers.append(anns.post("/posts", **send).status_code)
    assert answers == [201, 409]
    assert db.session.scalar(db.select(db.func.count()).select_from(Post)) == 1
    assert anns.post("/posts", **send).status_code == 201


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "ä"])
def test_a_key_that_cannot_be_kept_is_refused(anns, key):
    answer = anns.post("/posts", json={"title": "x"}, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json["errors"][0]["header"]) == (400, "Idempotency-Key")


# -- scripts of other sites


@pytest.fixture
def shared(make_app):
    """A site that lets the scripts of another one in."""
    app = make_app(BROADSHEET_API_ORIGINS="https://app.example.org")
    with app.app_context():
        yield program(app, person("Ada Admin", Role.ADMIN))


def preflight(client, origin):
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return client.options("/posts", headers=asked | {"Authorization": ""})


def test_scripts_of_other_sites_are_kept_out(anns):
    answer = anns.get("/posts", headers={"Origin": "https://app.example.org"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Access-Control-Allow-Origin" not in preflight(anns, "https://app.example.org").headers


def test_those_that_a_setting_names_are_let_in(shared):
    asked = preflight(shared, "https://app.example.org")
    assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (
        204,
        "https://app.example.org",
    )
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    answer = shared.get("/posts", headers={"Origin": "https://app.example.org"})
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.org"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    shared.token = ""
    for _twice in range(2):
        shared.get("/api/v1", headers={"Origin": "https://app.example.org"})
        assert "Access-Control-Allow-Origin" not in shared.get("/api/v1").headers
    assert "Access-Control-Allow-Origin" not in preflight(shared, "https://evil.example").headers
    page = shared.application.test_client().get("/", headers={"Origin": "https://app.example.org"})
    assert "Access-Control-Allow-Origin" not in page.headers


def test_a_number_beyond_all_ids_is_not_found_by_any_method(adas):
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert adas.open(f"/posts/{2**31}", method=method, json=None).status_code == 404
    assert adas.post(f"/posts/{2**31}").status_code == 405


def test_an_empty_etag_is_that_of_no_state(anns, draft):
    answer = anns.delete(f"/posts/{draft.id}", headers={"If-Match": '"", W/"seen"'})
    assert (answer.status_code, draft.trashed_at) == (412, None)


def test_the_answer_to_a_change_can_be_cut_and_its_etag_is_that_of_the_whole(anns, draft):
    answer = anns.patch(f"/posts/{draft.id}?fields=title", json={"title": "Cut"})
    assert answer.json == {"title": "Cut"}
    assert answer.headers["ETag"] == anns.get(f"/posts/{draft.id}").headers["ETag"]
    assert anns.patch(f"/posts/{draft.id}?fields=nothing", json={"title": "Lost"}).status_code == 400
    assert draft.title == "Cut"


def test_the_root_leads_everywhere(stranger, post):
    root = stranger.get("/api/v1").json
    assert stranger.get(root["openapi"]).json["openapi"].startswith("3.1")
    assert [one["id"] for one in stranger.get(root["nouns"]["posts"]).json["items"]] == [post.id]


def test_what_stands_first_is_said_first(stranger, post):
    text = stranger.get(f"/posts/{post.id}").text
    assert text.index('"id"') < text.index('"title"') < text.index('"body"')
    assert stranger.get("/nonsense").text.startswith('{"type":')
