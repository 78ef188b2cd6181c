from datetime import timedelta

import pytest
import time_machine

from broadsheet.blueprints.desk import autosaves
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Page as SitePage
from broadsheet.models import Post, Reason, Role
from markup import Page
from stage import PASSWORD, person

JSON = {"Accept": "application/json"}


def field(client, content, name: str) -> str:
    page = Page(client.get(f"/desk/{content.kind}s/{content.id}/edit").text)
    return next(one.value for one in page.walk() if one.get("name") == name)


def notices(client, content) -> str:
    page = Page(client.get(f"/desk/{content.kind}s/{content.id}/edit").text)
    return " ".join(one.text for one in page.all("", class_="editor-notice"))


@pytest.mark.parametrize("kind", ["post", "page"])
def test_words_are_kept_before_they_are_saved(request, sign_in, ed, client, kind):
    content = request.getfixturevalue(kind)
    eds, before = sign_in(ed), client.get(content.path).text
    answer = eds.submit(
        f"/desk/{kind}s/{content.id}/autosaves", {"body": "Half a sen", "version": 1}, headers=JSON
    )
    assert answer.status_code == 200
    assert answer.json["version"] == 1
    assert answer.json["newer"] is None
    assert answer.json["edit_url"] == f"/desk/{kind}s/{content.id}/edit"
    assert answer.json["saved_at"].endswith("Z")
    assert answer.json["saved_at_text"]
    assert client.get(content.path).text == before
    assert (content.version, content.latest_revision().reason) == (1, Reason.CREATED)
    assert field(eds, content, "body") == "Half a sen"
    assert "kept and not saved yet" in notices(eds, content)


def test_a_new_text_becomes_a_draft(sign_in, ann):
    anns = sign_in(ann)
    typed = {
        "title": "Begun",
        "body": "First words",
        "tags": "!!!",
        "published_at": "soon",
        "slug": "No Good",
    }
    answer = anns.submit("/desk/posts/new/autosaves", typed, headers=JSON)
    post = db.session.scalars(db.select(Post)).one()
    assert (answer.status_code, answer.json["id"]) == (201, post.id)
    assert answer.json["autosave_url"] == f"/desk/posts/{post.id}/autosaves"
    assert (post.title, post.body, post.state, list(post.authors)) == ("Begun", "First words", "draft", [ann])
    for name, value in typed.items():  # right or wrong
        assert field(anns, post, name) == value


def test_a_new_text_that_was_kept_and_then_saved_is_saved(sign_in, ann):
    anns, typed = sign_in(ann), {"title": "Begun", "body": "First words", "slug": ""}
    told = anns.submit("/desk/posts/new/autosaves", typed, headers=JSON).json
    anns.submit(told["edit_url"], typed | {"version": told["version"]})
    assert "not saved yet" not in notices(anns, db.session.get(Post, told["id"]))


def test_a_new_page_becomes_a_draft(sign_in, ed):
    answer = sign_in(ed).submit("/desk/pages/new/autosaves", {"title": "Begun"}, headers=JSON)
    assert db.session.get(SitePage, answer.json["id"]).title == "Begun"


def test_authors_begin_no_pages(sign_in, ann):
    assert sign_in(ann).submit("/desk/pages/new/autosaves", {"title": "x"}, headers=JSON).status_code == 404


def test_saving_what_was_kept_is_a_save_like_any_other(sign_in, ann, draft):
    anns = sign_in(ann)
    anns.submit(f"/desk/posts/{draft.id}/autosaves", {"title": "Kept", "body": "Kept.", "version": 1})
    form = Page(anns.get(f"/desk/posts/{draft.id}/edit").text).one("form", class_="editor-form")
    sent = {one["name"]: one.value for one in form.walk() if one.get("name") and one.name != "select"}
    assert anns.submit(form["action"], sent).status_code == 303
    assert (draft.title, draft.body, draft.version) == ("Kept", "Kept.", 2)
    assert "not saved yet" not in notices(anns, draft)


def test_an_older_autosave_is_merged_when_it_is_saved(sign_in, ann, ed, draft):
    draft.revise(by=ann, body="One.\n\nTwo.")
    anns = sign_in(ann)
    anns.submit(f"/desk/posts/{draft.id}/autosaves", {"body": "One, says Ann.\n\nTwo.", "version": 2})
    draft.revise(by=ed, body="One.\n\nTwo, says Ed.")
    answer = anns.submit(
        f"/desk/posts/{draft.id}/autosaves", {"body": "One, says Ann!\n\nTwo.", "version": 2}, headers=JSON
    )
    assert answer.status_code == 200  # never a conflict
    assert (answer.json["newer"]["version"], answer.json["newer"]["by"]) == (3, "Ed Editor")
    assert "will be merged" in notices(anns, draft)
    assert field(anns, draft, "version") == "2"
    sent = {"body": field(anns, draft, "body"), "version": 2}
    assert anns.submit(f"/desk/posts/{draft.id}/edit", sent).status_code == 303
    assert draft.body == "One, says Ann!\n\nTwo, says Ed."


def test_unsaved_words_are_set_aside_without_a_script(sign_in, ann, draft):
    anns = sign_in(ann)
    anns.submit(f"/desk/posts/{draft.id}/autosaves", {"body": "Rather not.", "version": 1})
    page = Page(anns.get(f"/desk/posts/{draft.id}/edit").text)
    assert anns.submit(page.one("form", action=f"/desk/posts/{draft.id}/autosaves/delete")["action"])
    assert field(anns, draft, "body") == "Not yet *ready*."
    assert [one.body for one in db.session.scalars(draft.autosaves())] == ["Rather not."]


def test_others_do_not_get_my_unsaved_words(sign_in, ann, ed, draft):
    sign_in(ann).submit(f"/desk/posts/{draft.id}/autosaves", {"body": "Mine.", "version": 1})
    assert field(sign_in(ed), draft, "body") == "Not yet *ready*."


def test_what_is_too_large_is_refused_in_words(sign_in, ann, draft):
    anns = sign_in(ann)
    for typed, name in [({"body": "x" * 1_000_001}, "body"), ({"summary": "x" * 60_000}, "title")]:
        answer = anns.submit(f"/desk/posts/{draft.id}/autosaves", typed, headers=JSON)
        assert answer.status_code == 422
        assert answer.json["errors"][name]
    assert list(db.session.scalars(draft.autosaves())) == []


def test_a_title_that_is_too_long_is_kept_whole(sign_in, ann, draft):
    anns = sign_in(ann)
    anns.submit(f"/desk/posts/{draft.id}/autosaves", {"title": "x" * 400, "version": 1})
    assert field(anns, draft, "title") == "x" * 400


def test_whoever_is_signed_out_is_told_in_json(client, draft):
    answer = client.submit(f"/desk/posts/{draft.id}/autosaves", {"body": "x"}, headers=JSON)
    assert (answer.status_code, answer.json["status"]) == (401, 401)


def test_an_autosave_needs_the_token_and_is_no_link(sign_in, ann, draft):
    anns = sign_in(ann)
    address = f"/desk/posts/{draft.id}/autosaves"
    assert anns.post(address, data={"body": "x"}, headers=JSON).status_code == 400
    assert anns.get(address).status_code == 405


def test_a_long_text_is_kept_quickly_and_asks_little(sign_in, ann, draft, queries):
    anns = sign_in(ann)
    text = "A sentence with *stress* and some more words.\n\n" * 2200
    with queries() as asked:
        answer = anns.submit(f"/desk/posts/{draft.id}/autosaves", {"body": text, "version": 1}, headers=JSON)
    assert answer.status_code == 200
    assert len(asked) <= 12
    assert draft.html == "<p>Not yet <em>ready</em>.</p>\n"


# -- presence


def presence(client, content):
    return client.submit(f"/desk/posts/{content.id}/presence", headers=JSON).json


def test_who_has_it_open_sees_who_else_has(sign_in, ann, ed, draft):
    anns, eds = sign_in(ann), sign_in(ed)
    assert presence(anns, draft) == {"others": [], "version": 1}
    (other,) = presence(eds, draft)["others"]
    assert other["name"] == "Ann Author"
    assert other["seen"].endswith("Z")
    assert [one["name"] for one in presence(anns, draft)["others"]] == ["Ed Editor"]


def test_the_editor_says_who_else_is_there_without_a_script(sign_in, ann, ed, draft):
    sign_in(ann).get(f"/desk/posts/{draft.id}/edit")
    eds = sign_in(ed)
    assert "Ann Author has this open, too." in notices(eds, draft)
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert "Ann Author opened this lately" in notices(eds, draft)
        assert presence(eds, draft)["others"] == []
    with time_machine.travel(clock.now() + timedelta(minutes=20)):
        assert "Ann" not in notices(eds, draft)


def test_presence_requires_sign_in(client, draft):
    assert client.submit(f"/desk/posts/{draft.id}/presence", headers=JSON).status_code == 401


def test_a_version_that_cannot_be_is_none(sign_in, ann, draft):
    client, typed = sign_in(ann), {"title": "A draft", "body": "Nearly.", "version": "9" * 25}
    assert client.submit(f"/desk/posts/{draft.id}/edit", typed).status_code == 422
    assert client.submit(f"/desk/posts/{draft.id}/autosaves", typed).status_code == 303
    assert draft.unsaved_of(ann).body == "Nearly."


def test_a_program_that_keeps_without_end_is_asked_to_wait(limited_client, monkeypatch):
    monkeypatch.setattr(autosaves, "OFTEN", "2 per minute")
    browser, ann = limited_client, person("Ann Author", Role.AUTHOR)
    assert browser.submit("/login", {"username": ann.username, "password": PASSWORD}).status_code == 303
    typed = {"title": "Begun", "body": "First words"}
    answers = [
        browser.submit("/desk/posts/new/autosaves", typed, headers={"Accept": "application/json"})
        for _ in range(3)
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
