import pytest
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.models import Event, Post, PostTag, Revision, Tag
from markup import Page


@pytest.fixture
def desk(sign_in, ed):
    return sign_in(ed)


@pytest.fixture
def notes(post):
    return post.tags[0]


def error_at(answer, name):
    return Page(answer.text).one("p", id=f"{name}-error").text


def listed(answer):
    return [one.text for one in Page(answer.text).all("a", class_="listing-title")]


def written(person, title, *tags):
    post = Post()
    post.revise(by=person, title=title, body="Text.", authors=[person], tags=Tag.named(tags))
    db.session.commit()
    return post


# -- the list


def test_list_tells_how_many_posts_each_has(desk, ann, post):
    written(ann, "Another", "Notes", "Wind")
    rows = Page(desk.get("/desk/tags").text).one("tbody").all("tr")
    assert [[cell.text for cell in row.all("td")] for row in rows] == [
        ["/tag/notes", "2 posts", "1 public"],
        ["/tag/wind", "1 post", "0 public"],
    ]
    assert [link["href"] for link in rows[0].all("td")[0].all("a")] == ["/tag/notes"]
    assert not rows[1].all("td")[0].all("a")  # nothing for readers to see there


@pytest.mark.parametrize(("words", "found"), [("NOT", ["Notes"]), ("salt", ["Sea"]), ("nowhere", [])])
def test_list_is_searched(desk, post, words, found):
    Tag.create(name="Sea", description="Salt water.")
    answer = desk.get("/desk/tags", query_string={"q": words})
    assert listed(answer) == found
    assert ("No tag is called that" in answer.text) == (not found)


def test_list_of_none_says_where_they_come_from(desk):
    assert "A tag is made by writing it at a post" in desk.get("/desk/tags").text


@pytest.mark.parametrize("many", [2, 200])
def test_list_asks_as_many_questions_however_many_tags_there_are(desk, ann, queries, many):
    written(ann, "One", *[f"Tag {number}" for number in range(20)])
    Tag.named([f"Spare {number}" for number in range(many)])
    desk.get("/desk/tags")
    with queries() as asked:
        assert desk.get("/desk/tags").status_code == 200
    assert len(asked) <= 9, asked


# -- one tag


def test_a_tag_is_described(desk, client, notes):
    answer = desk.submit(
        f"/desk/tags/{notes.id}/edit",
        {"name": "Notes", "slug": "notes", "description": "Short *pieces*.", "picture": ""},
    )
    assert answer.status_code == 303
    page = Page(client.get("/tag/notes").text)
    assert page.one("header", class_="page-head").one("em").text == "pieces"
    assert page.one("meta", name="description")["content"] == "Short pieces."


def test_a_renamed_tag_keeps_its_posts_and_its_old_address(desk, client, notes):
    desk.submit(f"/desk/tags/{notes.id}/edit", {"name": "Remarks", "slug": "notes"})
    answer = client.get("/tag/notes")
    assert (answer.status_code, answer.location) == (301, "/tag/remarks")
    assert Page(client.get("/tag/remarks").text).headlines == ["A published post"]
    assert "/tag/notes" in desk.get(f"/desk/tags/{notes.id}/edit").text
    assert db.session.scalars(select(Event.action).where(Event.subject_kind == "tag")).all() == [
        "tag_changed"
    ]


def test_an_address_of_its_own_stays_when_the_name_changes(desk, notes):
    desk.submit(f"/desk/tags/{notes.id}/edit", {"name": "Notes", "slug": "short"})
    desk.submit(f"/desk/tags/{notes.id}/edit", {"name": "Remarks", "slug": "short"})
    assert (notes.name, notes.slug) == ("Remarks", "short")


def test_renamed_twice_both_old_addresses_lead_straight_to_the_newest(desk, client, notes):
    for name in ("Remarks", "Comments"):
        desk.submit(f"/desk/tags/{notes.id}/edit", {"name": name, "slug": ""})
    assert client.get("/tag/notes").location == client.get("/tag/remarks").location == "/tag/comments"


def test_a_tag_renamed_back_stands_at_its_address_again(desk, client, notes):
    for name in ("Remarks", "Notes"):
        desk.submit(f"/desk/tags/{notes.id}/edit", {"name": name, "slug": ""})
    assert client.get("/tag/notes").status_code == 200
    assert client.get("/tag/remarks").location == "/tag/notes"


def test_a_former_name_written_at_a_post_still_means_the_tag(desk, ann, notes):
    desk.submit(f"/desk/tags/{notes.id}/edit", {"name": "Remarks", "slug": ""})
    assert list(written(ann, "New", "notes", "Remarks").tags) == [notes]


def test_an_earlier_version_restored_gets_the_tag_by_its_new_name(desk, ed, post, notes):
    first = db.session.scalars(select(Revision)).one()
    post.revise(by=ed, tags=[])
    notes.change(name="Remarks", slug="", description="", picture=None)
    post.restore(first, by=ed)
    assert [tag.name for tag in post.working()["tags"]] == ["Remarks"]


def test_readers_are_not_led_to_a_tag_of_drafts(client, desk, ann):
    tag = written(ann, "Secret", "Hush").tags[0]
    desk.submit(f"/desk/tags/{tag.id}/edit", {"name": "Quiet", "slug": ""})
    assert client.get("/tag/hush").status_code == 404


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"name": ""}, "name", "Please fill this in"),
        ({"name": "!!!"}, "name", "no letter and no digit"),
        ({"name": "a, b"}, "name", "commas divide"),
        ({"name": "x" * 61}, "name", "1 character too long"),
        ({"name": "sea", "slug": ""}, "name", "merge the two"),
        ({"slug": "sea"}, "slug", "merge the two"),
        ({"slug": "Not a Slug"}, "slug", "not-a-slug"),
        ({"picture": "/uploads/none.png"}, "picture", "no such picture"),
        ({"picture": "https://elsewhere.example/x.png"}, "picture", "no such picture"),
        ({"description": "x" * 10_001}, "description", "1 character too long"),
    ],
)
def test_says_what_is_wrong_and_keeps_what_was_typed(desk, notes, typed, field, words):
    Tag.create(name="Sea")
    sent = {"name": "Notes", "slug": "notes", "description": "Mine."} | typed
    answer = desk.submit(f"/desk/tags/{notes.id}/edit", sent)
    assert answer.status_code == 422
    assert words in error_at(answer, field)
    assert Page(answer.text).one(id="description").value == sent["description"]
    assert (notes.name, notes.description) == ("Notes", "")


def test_a_new_tag_is_made_and_takes_back_a_former_name(desk, client, ann, notes):
    desk.submit(f"/desk/tags/{notes.id}/edit", {"name": "Remarks", "slug": ""})
    answer = desk.submit("/desk/tags/new", {"name": "Notes"})
    tag = db.session.scalars(Tag.at("notes")).one()
    assert (answer.status_code, answer.location) == (303, f"/desk/tags/{tag.id}/edit")
    assert tag is not notes
    assert client.get("/tag/notes").status_code == 404
    assert list(written(ann, "New", "Notes").tags) == [tag]


# -- merging


def test_a_merge_is_shown_before_it_is_done(desk, ann, notes):
    written(ann, "Another", "Remarks")
    written(ann, "Both", "Remarks", "Notes")
    form = Page(desk.get(f"/desk/tags/{notes.id}/merge").text).one("form", method="get", class_="form")
    assert [option["value"] for option in form.all("option")] == ["Remarks"]
    page = Page(desk.get(f"/desk/tags/{notes.id}/merge?into=remarks").text)
    told = page.one("ul", class_="outcome").text
    assert "1 post gets “Remarks” in the place of “Notes”. 1 post has both and keeps “Remarks”." in told
    assert "/tag/notes leads to /tag/remarks" in told
    assert db.session.scalars(select(Tag.name)).all() == ["Notes", "Remarks"]
    assert page.one("form", method="post", action=f"/desk/tags/{notes.id}/merge").one("input", name="into")


def test_a_merge_retags_every_post_once_and_leaves_redirects(desk, client, ann, post, notes):
    both = written(ann, "Both", "First", "Remarks", "Notes", "Last")
    one = written(ann, "One", "Wind", "Notes", "Sea")
    notes.change(name="Notices", slug="", description="", picture=None)  # an older address is to follow
    answer = desk.submit(f"/desk/tags/{notes.id}/merge", {"into": "Remarks"})
    remarks = db.session.scalars(Tag.at("remarks")).one()
    assert answer.location == f"/desk/tags/{remarks.id}/edit"
    assert [tag.name for tag in post.tags] == ["Remarks"]
    assert [tag.name for tag in one.tags] == ["Wind", "Remarks", "Sea"]
    assert [tag.name for tag in both.tags] == ["First", "Remarks", "Last"]
    for old in ("notes", "notices"):
        found = client.get(f"/tag/{old}")
        assert (found.status_code, found.location) == (301, "/tag/remarks")
    assert db.session.scalars(Tag.at("notices")).first() is None
    assert {
        tuple(one.tags) for one in db.session.scalars(select(Revision).where(Revision.post_id == post.id))
    } == {("Notes",)}
    assert [tag.name for tag in Tag.named(["notes", "Notices"])] == ["Remarks"]
    event = db.session.scalars(select(Event).where(Event.action == "tag_merged")).one()
    assert (event.subject_label, event.details["into"], event.details["posts"]) == ("Notices", "Remarks", 3)


@pytest.mark.parametrize("many", [3, 300])
def test_a_merge_asks_as_many_questions_however_many_posts_there_are(desk, publish_many, queries, many):
    publish_many(many)
    Tag.create(name="Remarks")
    tag = db.session.scalars(Tag.at("notes")).one()
    desk.get("/desk")
    with queries() as asked:
        desk.submit(f"/desk/tags/{tag.id}/merge", {"into": "Remarks"})
    assert len(asked) <= 28, asked
    remarks = db.session.scalars(Tag.at("remarks")).one()
    assert db.session.scalar(select(db.func.count()).where(PostTag.tag_id == remarks.id)) == many


def undo_of(client, address):
    form = Page(client.get(address).text).one("div", class_="flash").one("form")
    return form["action"], {"merge": form.one("input", name="merge").value}


def test_a_merge_is_taken_back(desk, client, ann, post, notes):
    both = written(ann, "Both", "First", "Remarks", "Notes", "Last")
    notes.change(name="Notes", slug="", description="Mine.", picture=None)
    notes.change(name="Notices", slug="", description="Mine.", picture=None)
    answer = desk.submit(f"/desk/tags/{notes.id}/merge", {"into": "Remarks"})
    later = written(ann, "Later", "Notices")
    assert [tag.name for tag in later.tags] == ["Remarks"]
    again = desk.submit(*undo_of(desk, answer.location))
    tag = db.session.scalars(Tag.at("notices")).one()
    assert again.location == f"/desk/tags/{tag.id}/edit"
    assert (tag.name, tag.description) == ("Notices", "Mine.")
    assert [one.name for one in post.tags] == ["Notices"]
    assert {one.name for one in both.tags} == {"First", "Remarks", "Notices", "Last"}
    assert [one.name for one in later.tags] == ["Remarks"]
    assert client.get("/tag/notices").status_code == 200
    assert client.get("/tag/notes").location == "/tag/notices"


def test_a_merge_that_cannot_be_taken_back_says_so(desk, ann, post, notes):
    written(ann, "Another", "Remarks")
    answer = desk.submit(f"/desk/tags/{notes.id}/merge", {"into": "Remarks"})
    action, fields = undo_of(desk, answer.location)
    desk.submit("/desk/tags/new", {"name": "Notes"})
    assert desk.submit(action, fields).location == "/desk/tags"
    assert "can no longer be taken back" in desk.get("/desk/tags").text
    assert [tag.name for tag in post.tags] == ["Remarks"]
    assert desk.submit(action, {"merge": "999"}).status_code == 404
    assert desk.submit(action).status_code == 404


@pytest.mark.parametrize(("into", "words"), [("Notes", "the tag itself"), ("Nothing", "no tag “Nothing”")])
def test_a_merge_into_nothing_is_explained(desk, notes, into, words):
    assert words in error_at(desk.get(f"/desk/tags/{notes.id}/merge", query_string={"into": into}), "into")
    assert desk.submit(f"/desk/tags/{notes.id}/merge", {"into": into}).status_code == 422
    assert db.session.scalars(Tag.at("notes")).one()


# -- deleting


def test_only_an_unused_tag_is_deleted(desk, post, notes):
    spare = Tag.create(name="Spare")
    db.session.commit()
    desk.submit(f"/desk/tags/{notes.id}/delete")
    desk.submit(f"/desk/tags/{spare.id}/delete")
    assert db.session.scalars(select(Tag.name)).all() == ["Notes"]


def test_a_tag_of_a_post_in_the_trash_is_used(desk, post, notes):
    post.trash()
    assert listed(desk.get("/desk/tags?show=unused")) == []
    desk.submit(f"/desk/tags/{notes.id}/delete")
    assert list(post.tags) == [notes]


def test_the_ticked_ones_of_the_unused_are_deleted(desk, ann, notes):
    first, second, third = Tag.named(["First", "Second", "Third"])
    db.session.commit()
    page = Page(desk.get("/desk/tags?show=unused").text)
    assert [box["value"] for box in page.all("input", type="checkbox")] == [
        str(tag.id) for tag in (first, second, third)
    ]
    written(ann, "Meanwhile", "Third")
    answer = desk.submit("/desk/tags/unused/delete", {"id": [first.id, third.id, notes.id]})
    assert answer.location == "/desk/tags?show=unused"
    assert set(db.session.scalars(select(Tag.name))) == {"Notes", "Second", "Third"}


# -- who may


def test_authors_use_tags_and_do_not_manage_them(sign_in, ann, client, notes):
    assert client.get("/desk/tags").location == "/login?next=/desk/tags"
    author = sign_in(ann)
    assert author.get("/desk/tags").status_code == 403
    assert author.submit(f"/desk/tags/{notes.id}/edit", {"name": "Mine"}).status_code == 403
    assert "/desk/tags" not in author.get("/desk").text


def test_what_does_not_exist_is_not_found(desk):
    for path in ("/desk/tags/99/edit", "/desk/tags/99/merge"):
        assert desk.get(path).status_code == 404
        assert desk.submit(path).status_code == 404


def test_view_that_does_not_exist_is_said_and_lists_nothing(sign_in, ed, post):
    answer = sign_in(ed).get("/desk/tags?show=nonsense")
    assert answer.status_code == 422
    assert "There is no view “nonsense”." in Page(answer.text).one("div", class_="empty").text
