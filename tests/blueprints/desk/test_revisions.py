from datetime import timedelta

import pytest
import time_machine

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Reason, Upload
from broadsheet.models.autosaved import thin_autosaves
from effort import calls
from markup import Page


def at(content, version: int, *more: str) -> str:
    """The address of a version."""
    return "/".join(
        [f"/desk/{content.kind}s/{content.id}/revisions", str(content.revision_of(version).id), *more]
    )


@pytest.fixture
def rewritten(draft, ed):
    """A draft by ann whose second line ed has changed."""
    draft.revise(by=draft.authors[0], body="One.\nTwo.\nThree.")
    draft.revise(by=ed, title="Better title", body="One.\n*Second*.\nThree.")
    db.session.commit()
    return draft


def test_every_save_is_listed(sign_in, ann, rewritten):
    page = Page(sign_in(ann).get(f"/desk/posts/{rewritten.id}/revisions").text)
    rows = [row.text for row in page.one("tbody").all("tr")]
    assert len(rows) == 3
    assert "Version 3" in rows[0]
    assert "Ed Editor" in rows[0]
    assert "the present one" in rows[0]
    assert "first saved Ann Author" in rows[2]


def test_a_revision_shows_what_has_changed_since(sign_in, ann, rewritten):
    page = Page(sign_in(ann).get(at(rewritten, 2)).text)
    changes = page.one("ol", class_="difference")
    assert [one.text for one in changes.all("del")] == ["Two."]
    assert [one.text for one in changes.all("ins")] == ["*Second*."]
    assert changes.one("li", class_="difference-removed").text == "Removed: Two."
    assert page.one("textarea", id="source").value == "One.\nTwo.\nThree."
    assert "now: Better title" in page.one("dl", class_="particulars").text


def test_a_revision_shows_how_it_read(sign_in, ann, rewritten):
    page = Page(sign_in(ann).get(at(rewritten, 3)).text)
    assert page.one("div", class_="prose").one("em").text == "Second"
    assert "the text is the same now" in page.one("main").text
    assert not page.all("form", action=at(rewritten, 3, "restoration"))


def test_a_revision_is_restored_as_a_new_one(sign_in, ann, rewritten):
    client = sign_in(ann)
    answer = client.submit(at(rewritten, 2, "restoration"), {"version": 3})
    assert (answer.status_code, answer.location) == (303, f"/desk/posts/{rewritten.id}/edit")
    assert (rewritten.version, rewritten.body) == (4, "One.\nTwo.\nThree.")
    assert rewritten.latest_revision().reason == Reason.RESTORED
    assert "restored" in client.get(f"/desk/posts/{rewritten.id}/revisions").text


def test_restoring_over_a_newer_version_is_refused(sign_in, ann, rewritten):
    answer = sign_in(ann).submit(at(rewritten, 1, "restoration"), {"version": 2})
    assert answer.status_code == 409
    assert "Somebody saved meanwhile" in answer.text
    assert rewritten.version == 3


def test_pages_have_revisions_too(sign_in, ed, page):
    page.revise(by=ed, body="Changed.")
    client = sign_in(ed)
    assert client.get(f"/desk/pages/{page.id}/revisions").status_code == 200
    client.submit(at(page, 1, "restoration"))
    assert page.working()["body"] == "Who is behind this."
    assert page.body == "Changed."  # what readers see, until it is published


def test_a_revision_of_another_text_is_not_found(sign_in, ann, post, draft):
    other = f"/desk/posts/{draft.id}/revisions/{post.revision_of(1).id}"
    client = sign_in(ann)
    assert client.get(other).status_code == 404
    assert client.submit(f"{other}/restoration").status_code == 404


def test_a_revision_that_is_not_there(sign_in, ann, draft):
    client = sign_in(ann)
    assert client.get(f"/desk/posts/{draft.id}/revisions/999").status_code == 404
    assert client.submit(f"/desk/posts/{draft.id}/revisions/999/restoration").status_code == 404


def test_restoring_is_no_link(sign_in, ann, draft):
    assert sign_in(ann).get(at(draft, 1, "restoration")).status_code == 405


def test_a_restoration_is_taken_back(sign_in, ann, rewritten):
    client = sign_in(ann)
    client.submit(at(rewritten, 2, "restoration"), {"version": 3})
    undo = Page(client.get(f"/desk/posts/{rewritten.id}/edit").text).one("div", class_="flash").one("form")
    sent = {one["name"]: one.value for one in undo.all("input") if one["name"] != "csrf_token"}
    assert client.submit(undo["action"], sent).status_code == 303
    assert (rewritten.version, rewritten.body, rewritten.title) == (
        5,
        "One.\n*Second*.\nThree.",
        "Better title",
    )


def test_restoring_a_public_post_is_held_back(sign_in, client, ann, post):
    post.revise(by=ann, body="Changed.")
    anns = sign_in(ann)
    anns.submit(at(post, 1, "restoration"))
    assert "Changed." in client.get(post.path).text
    assert "once you publish" in anns.get(f"/desk/posts/{post.id}/edit").text


# -- autosaves among them


def test_autosaves_are_folded_apart_and_ones_own(sign_in, ann, ed, draft):
    anns = sign_in(ann)
    anns.submit(f"/desk/posts/{draft.id}/autosaves", {"body": "Typed.", "version": 1})
    page = Page(anns.get(f"/desk/posts/{draft.id}/revisions").text)
    assert len(page.one("tbody").all("tr")) == 1
    folded = page.one("details", class_="disclosure")
    assert "1 autosave of yours" in folded.text
    address = folded.one("a")["href"]
    assert "Typed." in anns.get(address).text
    eds = sign_in(ed)
    assert "autosave" not in Page(eds.get(f"/desk/posts/{draft.id}/revisions").text).one("main").text
    assert eds.get(address).status_code == 404


# -- milestones


def test_a_milestone_is_named_renamed_and_unnamed(sign_in, ann, rewritten):
    client, address = sign_in(ann), at(rewritten, 2)
    for name in ("As sent to the printer", "  First   proof "):
        assert client.submit(f"{address}/milestone", {"name": name}).location == address
    milestones = client.get(f"/desk/posts/{rewritten.id}/revisions?only=milestones")
    rows = Page(milestones.text).one("tbody").all("tr")
    assert len(rows) == 1
    assert "Version 2 “First proof”" in rows[0].text
    client.submit(f"{address}/milestone/delete")
    assert "No milestones yet" in client.get(f"/desk/posts/{rewritten.id}/revisions?only=milestones").text
    assert len(list(db.session.scalars(rewritten.history()))) == 3


@pytest.mark.parametrize("name", ["", " ", "x" * 121])
def test_a_milestone_needs_a_name(sign_in, ann, draft, name):
    answer = sign_in(ann).submit(at(draft, 1, "milestone"), {"name": name})
    assert answer.status_code == 422
    assert "needs a name" in answer.text


def test_a_named_autosave_stays(sign_in, ann, draft):
    anns = sign_in(ann)
    anns.submit(f"/desk/posts/{draft.id}/autosaves", {"title": "A draft", "body": "Typed.", "version": 1})
    autosave = db.session.scalars(draft.autosaves()).one()
    anns.submit(f"/desk/posts/{draft.id}/revisions/{autosave.id}/milestone", {"name": "Keep"})
    draft.save(by=ann, title="A draft", body="Typed.")
    with time_machine.travel(clock.now() + timedelta(days=60)):
        assert thin_autosaves() == 0
    assert db.session.scalars(draft.autosaves()).one().name == "Keep"


# -- comparing


def compared(client, content, old: int, new: int):
    ids = {name: content.revision_of(version).id for name, version in (("from", old), ("to", new))}
    return Page(client.get(f"/desk/{content.kind}s/{content.id}/comparison", query_string=ids).text)


def test_any_two_are_compared_word_by_word(sign_in, ann, draft):
    draft.revise(by=ann, body="The sea is *calm* today.\n\nSame.", title="Morning", byline="The crew")
    draft.revise(by=ann, body="In between.")
    draft.revise(by=ann, body="The sea is *rough* today.\n\nSame.", title="Evening")
    page = compared(sign_in(ann), draft, 2, 4)
    source = page.one("ol", class_="difference")
    assert ([one.text for one in source.all("del")], [one.text for one in source.all("ins")]) == (
        ["calm"],
        ["rough"],
    )
    rendered = page.one("div", class_="rendered-difference")
    assert rendered.one("em").text == "calmrough"
    assert [one.text for one in rendered.all("ins")] == ["rough"]
    rows = [
        [cell.text for cell in row.children if not isinstance(cell, str)]
        for row in page.one("tbody").all("tr")
    ]
    assert ["Title", "Morning", "Evening"] in rows
    assert "Byline" not in {row[0] for row in rows}


def test_the_history_is_a_form_for_two_of_them(sign_in, ann, rewritten):
    client = sign_in(ann)
    form = Page(client.get(f"/desk/posts/{rewritten.id}/revisions").text).one("form", class_="history")
    assert form.get("method") == "get"
    chosen = {
        one["name"]: one["value"] for one in form.all("input", type="radio") if "checked" in one.attributes
    }
    assert chosen == {"from": str(rewritten.revision_of(2).id), "to": str(rewritten.revision_of(3).id)}
    assert client.get(form["action"], query_string=chosen).status_code == 200


def test_what_a_cover_was_is_told_by_name(sign_in, ann, draft):
    upload = Upload(
        name="quay.png", key="0/a.png", sha256="0" * 64, media_type="image/png", size=1, width=1, height=1
    )
    db.session.add(upload)
    db.session.flush()
    draft.revise(by=ann, cover_id=upload.id, cover_alt="The quay")
    page = compared(sign_in(ann), draft, 1, 2)
    assert "Cover–quay.png" in page.one("tbody").text
    assert page.one("main").text.count("The text is the same.") == 1


@pytest.mark.parametrize("query", ["", "from=x", "from=999", "from=1&to=999"])
def test_comparing_what_is_not_there(sign_in, ann, draft, query):
    assert sign_in(ann).get(f"/desk/posts/{draft.id}/comparison?{query}").status_code == 404


def test_long_texts_are_compared_in_bounded_time_and_few_queries(sign_in, ann, draft, queries):
    text = "\n\n".join(f"Paragraph {n} about the sea, the sky and the *tide*." for n in range(2000))
    draft.revise(by=ann, body=text)
    draft.revise(by=ann, body=text.replace("sea", "land"))
    client = sign_in(ann)
    with queries() as asked:
        assert calls(compared, client, draft, 2, 3) < 20_000_000
    assert len(asked) <= 16


def test_revisions_require_sign_in(client, draft):
    assert client.get(f"/desk/posts/{draft.id}/revisions").status_code == 303


def test_reading_writes_nothing(sign_in, ann, rewritten, queries):
    client = sign_in(ann)
    with queries() as asked:
        client.get(at(rewritten, 1))
    assert [one for one in asked if not one.startswith("SELECT")] == []


def test_a_long_history_has_pages_and_asks_no_more(sign_in, ann, draft, queries):
    client = sign_in(ann)
    with queries() as few:
        client.get(f"/desk/posts/{draft.id}/revisions")
    for number in range(60):
        draft.revise(by=ann, body=f"Text {number}")
    with queries() as many:
        answer = client.get(f"/desk/posts/{draft.id}/revisions")
    assert len(Page(answer.text).one("tbody").all("tr")) == 50
    assert len(many) <= len(few) + 1 <= 10  # how many there are


@pytest.mark.parametrize("id", ["9" * 25, "-" + "9" * 25])
def test_number_that_no_revision_can_have_is_not_found(sign_in, ann, draft, id):
    assert sign_in(ann).get(f"/desk/posts/{draft.id}/comparison?from={id}").status_code == 404
