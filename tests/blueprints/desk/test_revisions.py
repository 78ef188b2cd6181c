import pytest

from broadsheet.extensions import db
from broadsheet.models import Reason
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
    assert len(many) <= len(few) <= 10
