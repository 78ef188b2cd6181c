"""The list of posts, and the editor. The editor of pages is the same; test_pages.py says where it differs."""

import pytest

from broadsheet.database import writing
from broadsheet.extensions import db
from broadsheet.lib import markdown
from broadsheet.models import Post, Tag, rendering
from markup import Page


def only_post() -> Post:
    return db.session.scalars(db.select(Post)).one()


def titles(answer) -> list[str]:
    return [link.text for link in Page(answer.text).all("a", class_="listing-title")]


def field(answer, name: str) -> str:
    return next(one.value for one in Page(answer.text).walk() if one.get("name") == name)


def error_at(answer, name: str) -> str:
    return Page(answer.text).one("p", id=f"{name}-error").text


def flash_of(answer_client, url: str) -> str:
    return " ".join(one.text for one in Page(answer_client.get(url).text).all("div", class_="flash"))


# -- the list


def test_authors_list_their_own_posts(sign_in, ann, ben, post, draft):
    assert set(titles(sign_in(ann).get("/desk/posts"))) == {"A published post", "A draft"}
    assert titles(sign_in(ben).get("/desk/posts")) == []


def test_editors_list_everybodys(sign_in, ed, post, draft):
    assert set(titles(sign_in(ed).get("/desk/posts"))) == {"A published post", "A draft"}


@pytest.mark.parametrize(
    ("state", "expected"),
    [("", {"A published post", "A draft"}), ("draft", {"A draft"}), ("published", {"A published post"})],
)
def test_list_shows_one_state(sign_in, ann, post, draft, state, expected):
    assert set(titles(sign_in(ann).get("/desk/posts", query_string={"state": state}))) == expected


def test_trash_is_listed_apart(sign_in, ann, post, draft):
    draft.trash()
    client = sign_in(ann)
    assert titles(client.get("/desk/posts")) == ["A published post"]
    trash = client.get("/desk/posts?state=trashed")
    assert titles(trash) == ["A draft"]
    assert Page(trash.text).one("form", action=f"/desk/posts/{draft.id}/trash/delete")


def test_list_counts_each_state(sign_in, ann, post, draft):
    tabs = Page(sign_in(ann).get("/desk/posts").text).one("nav", class_="tabs")
    assert [link.text for link in tabs.all("a")] == [
        "All 2",
        "Drafts 1",
        "In review 0",
        "Scheduled 0",
        "Published 1",
        "Trash 0",
    ]
    assert tabs.one("a", **{"aria-current": "page"}).text == "All 2"


@pytest.mark.parametrize("query", ["state=lost", "language=martian", "sort=colour", "sort=--title"])
def test_a_filter_that_cannot_be_is_explained(sign_in, ann, draft, query):
    answer = sign_in(ann).get(f"/desk/posts?{query}")
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.one("p", class_="empty-heading").text == "This filter cannot be"
    assert "Show all" in page.one("div", class_="empty").text
    assert not page.all("tbody")


@pytest.mark.parametrize(("words", "expected"), [("ready", ["A draft"]), ("PUBLISHED", ["A published post"])])
def test_search_looks_into_title_and_text(sign_in, ann, post, draft, words, expected):
    assert titles(sign_in(ann).get("/desk/posts", query_string={"q": words})) == expected


def test_search_without_a_result_says_so(sign_in, ann, post):
    answer = sign_in(ann).get("/desk/posts?q=nowhere")
    assert "Nothing matches" in answer.text
    assert field(answer, "q") == "nowhere"


@pytest.mark.parametrize("words", ["\x00", "%", "'; DROP TABLE posts; --", "x" * 5000])
def test_search_survives_anything(sign_in, ann, post, words):
    assert sign_in(ann).get("/desk/posts", query_string={"q": words}).status_code == 200


def test_editors_filter_by_author(sign_in, ed, ben, post):
    bens = Post()
    bens.revise(by=ben, title="Ben's", authors=[ben])
    client = sign_in(ed)
    assert titles(client.get("/desk/posts?author=ben")) == ["Ben's"]
    choices = Page(client.get("/desk/posts").text).one("datalist", id="author-choices").all("option")
    assert {one["value"] for one in choices} == {"ann", "ben"}


def test_author_filter_shows_nothing_that_is_not_yours(sign_in, ben, post):
    assert titles(sign_in(ben).get("/desk/posts?author=ann")) == []


def test_empty_list_offers_the_first_step(sign_in, ann):
    page = Page(sign_in(ann).get("/desk/posts").text)
    assert page.one("div", class_="empty").one("a")["href"] == "/desk/posts/new"


def test_long_list_has_pages_and_asks_no_more(sign_in, ed, post, publish_many, queries):
    client = sign_in(ed)
    with queries() as few:
        client.get("/desk/posts")
    publish_many(64)
    with queries() as many:
        answer = client.get("/desk/posts")
    assert len(titles(answer)) == 30
    assert len(many) <= len(few) <= 14
    assert len(titles(client.get("/desk/posts?page=2"))) == 30


def test_list_requires_sign_in(client):
    answer = client.get("/desk/posts")
    assert (answer.status_code, answer.location) == (303, "/login?next=/desk/posts")


def test_readers_have_no_desk(sign_in, rea):
    assert sign_in(rea).get("/desk/posts").status_code == 403


# -- a new post


def test_a_post_is_written(sign_in, ann):
    client = sign_in(ann)
    assert client.get("/desk/posts/new").status_code == 200
    answer = client.submit(
        "/desk/posts/new",
        {
            "title": "  First  light ",
            "summary": "What I saw.",
            "body": "One.\r\n\r\n*Two*.",
            "tags": "Notes, Web Dev, notes",
            "language": "en-GB",
        },
    )
    post = only_post()
    assert (answer.status_code, answer.location) == (303, f"/desk/posts/{post.id}/edit")
    assert (post.title, post.body, post.slug) == ("First light", "One.\n\n*Two*.", "first-light")
    assert [tag.name for tag in post.tags] == ["Notes", "Web Dev"]
    assert (post.language, post.state, list(post.authors)) == ("en-GB", "draft", [ann])
    assert "Saved as a draft" in flash_of(client, answer.location)


def test_a_draft_may_be_empty(sign_in, ann):
    client = sign_in(ann)
    assert client.submit("/desk/posts/new").status_code == 303
    assert titles(client.get("/desk/posts")) == ["Untitled"]


def test_the_new_post_is_a_form_without_scripts(sign_in, ann):
    form = Page(sign_in(ann).get("/desk/posts/new").text).one("form", class_="editor-form")
    assert (form["method"], form["action"]) == ("post", "/desk/posts/new")
    names = {one.get("name") for one in form.walk() if one.name in ("input", "textarea", "select")}
    assert {"title", "summary", "body", "tags", "slug", "language", "published_at", "version"} <= names
    buttons = {button.text: button.get("formaction") for button in form.all("button", type="submit")}
    assert buttons == {
        "Save": "",
        "Send for review": "/desk/posts/new/reviews",
        "Save draft": "",
        "Publish": "/desk/posts/new/publication",
        "Preview": "/desk/posts/new/preview",
    }


def test_enter_in_a_field_only_saves(sign_in, ann, draft):
    """Browsers press the first button of the form."""
    form = Page(sign_in(ann).get(f"/desk/posts/{draft.id}/edit").text).one("form", class_="editor-form")
    assert form.all("button", type="submit")[0].get("formaction") == ""


def test_list_itself_takes_no_post(sign_in, ann):
    assert sign_in(ann).submit("/desk/posts", {"title": "x"}).status_code == 405


def test_writing_requires_sign_in(client):
    assert client.get("/desk/posts/new").status_code == 303
    assert client.submit("/desk/posts/new", {"title": "x"}).status_code in (401, 403)
    assert db.session.scalars(db.select(Post)).all() == []


def test_writing_requires_the_token(sign_in, ann):
    assert sign_in(ann).post("/desk/posts/new", data={"title": "x"}).status_code in (400, 403)
    assert db.session.scalars(db.select(Post)).all() == []


WRONG = {
    "title": ("x" * 301, "1 character too long"),
    "summary": ("x" * 1001, "1 character too long"),
    "body": ("x" * 1_000_001, "1000001 bytes"),
    "slug": ("Not a Slug!", "not-a-slug"),
    "tags": ("y" * 61, "at most 60"),
    "language": ("klingon", "Choose a language"),
    "published_at": ("soon", "2027-05-31T09:00"),
}


@pytest.mark.parametrize("name", WRONG)
def test_says_what_is_wrong_and_keeps_what_was_typed(sign_in, ann, name):
    wrong, words = WRONG[name]
    typed = {"title": "My title", "body": "My text", "tags": "One, Two", name: wrong}
    answer = sign_in(ann).submit("/desk/posts/new", typed)
    assert answer.status_code == 422
    assert words in error_at(answer, name)
    for other, value in typed.items():
        if other != "language":
            assert field(answer, other) == value
    assert db.session.scalars(db.select(Post)).all() == []


@pytest.mark.parametrize("tags", [", ".join(f"tag {number}" for number in range(21)), "fine, !!!"])
def test_tags_that_cannot_be_are_named(sign_in, ann, tags):
    answer = sign_in(ann).submit("/desk/posts/new", {"title": "x", "tags": tags})
    assert answer.status_code == 422
    assert error_at(answer, "tags")


def test_control_characters_are_taken_out_and_the_writer_is_told(sign_in, ann):
    client = sign_in(ann)
    answer = client.submit("/desk/posts/new", {"title": "A\x00B", "body": "one\x00 two\x08\tthree"})
    assert answer.status_code == 422
    assert "2 invisible control characters" in error_at(answer, "body")
    assert (field(answer, "title"), field(answer, "body")) == ("AB", "one two\tthree")


def test_any_script_can_be_written(sign_in, ann):
    sign_in(ann).submit("/desk/posts/new", {"title": "Привет, мир 🌍", "body": "שלום", "tags": "日本語"})
    post = only_post()
    assert (post.title, post.slug, post.tags[0].slug) == ("Привет, мир 🌍", "привет-мир", "日本語")


# -- authors


def test_editors_choose_the_authors(sign_in, ed, ann, ben, draft):
    client = sign_in(ed)
    client.submit(f"/desk/posts/{draft.id}/edit", {"authors": "ben, Ann Author"})
    assert [author.username for author in draft.authors] == ["ben", "ann"]
    assert field(client.get(f"/desk/posts/{draft.id}/edit"), "authors") == "Ben Author, Ann Author"


def test_authors_cannot_give_a_post_away(sign_in, ann, ben, draft):
    client = sign_in(ann)
    client.submit(f"/desk/posts/{draft.id}/edit", {"title": "Mine", "authors": "ben"})
    assert (draft.title, list(draft.authors)) == ("Mine", [ann])


@pytest.mark.parametrize(
    ("authors", "words"),
    [("Ben Autor", "Did you mean “Ben Author”?"), ("Zzz", "Nobody is called"), ("", "at least one author")],
)
def test_unknown_authors_are_named(sign_in, ed, ben, draft, authors, words):
    answer = sign_in(ed).submit(f"/desk/posts/{draft.id}/edit", {"authors": authors})
    assert answer.status_code == 422
    assert words in error_at(answer, "authors")
    assert field(answer, "authors") == authors


def test_namesakes_are_told_apart(sign_in, ed, ann, ben, rea, draft):
    ben.name = rea.name = "Sam Same"
    client = sign_in(ed)
    answer = client.submit(f"/desk/posts/{draft.id}/edit", {"authors": "Sam Same"})
    assert "ben, rea" in error_at(answer, "authors")
    client.submit(f"/desk/posts/{draft.id}/edit", {"authors": "rea"})
    assert list(draft.authors) == [rea]
    # Shown by name, and that name means the one who is there already.
    assert client.submit(f"/desk/posts/{draft.id}/edit", {"authors": "Sam Same"}).status_code == 303
    assert list(draft.authors) == [rea]


# -- editing


def test_the_editor_says_how_the_post_stands(sign_in, ann, post):
    page = Page(sign_in(ann).get(f"/desk/posts/{post.id}/edit").text)
    facts = page.one("p", class_="editor-facts").text
    for fact in ("Published", "version 1, saved by Ann Author"):
        assert fact in facts
    assert page.one("p", class_="editor-counts").text == f"{post.word_count} words · 1 minute to read"
    hrefs = {link["href"] for link in page.one("header", class_="desk-head").all("a")}
    assert {post.path, f"/desk/posts/{post.id}/revisions"} <= hrefs
    assert (
        "Readers see what you save once you publish the changes."
        in page.one("form", class_="editor-form").text
    )


def test_a_saved_change_to_a_public_post_waits_for_its_publication(sign_in, client, ann, post):
    anns = sign_in(ann)
    answer = anns.submit(f"/desk/posts/{post.id}/edit", {"body": "All *new*.", "version": 1})
    assert (answer.status_code, answer.location) == (303, f"/desk/posts/{post.id}/edit")
    assert "not published" in flash_of(anns, answer.location)
    assert "<em>new</em>" not in client.get(post.path).text
    assert field(anns.get(answer.location), "body") == "All *new*."
    anns.submit(f"/desk/posts/{post.id}/publication")
    assert "<em>new</em>" in client.get(post.path).text


def test_what_a_program_leaves_out_stays(sign_in, ann, post):
    before = post.published_at
    sign_in(ann).submit(f"/desk/posts/{post.id}/publication", {"summary": "Shorter."})
    assert (post.title, post.summary, post.published_at) == ("A published post", "Shorter.", before)
    assert [tag.name for tag in post.tags] == ["Notes"]


def test_saving_as_shown_changes_nothing(sign_in, ann, post):
    client = sign_in(ann)
    before = post.published_at
    form = Page(client.get(f"/desk/posts/{post.id}/edit").text).one("form", class_="editor-form")
    fields = [one for one in form.walk() if one.get("name") and one.name != "select"]
    sent = {
        one["name"]: one.value
        for one in fields
        if one.get("type") != "checkbox" or "checked" in one.attributes
    }
    sent.pop("csrf_token")
    assert client.submit(form["action"], sent).status_code == 303
    assert (post.version, post.published_at) == (1, before)


def test_a_public_post_cannot_lose_its_title(sign_in, ann, post):
    answer = sign_in(ann).submit(f"/desk/posts/{post.id}/edit", {"title": " ", "body": "Kept"})
    assert answer.status_code == 422
    assert "title" in error_at(answer, "title")
    assert field(answer, "body") == "Kept"


def test_a_public_post_cannot_be_dated_ahead(sign_in, ann, post):
    answer = sign_in(ann).submit(f"/desk/posts/{post.id}/edit", {"published_at": "2999-01-01T09:00"})
    assert answer.status_code == 422
    assert "Unpublish it first" in error_at(answer, "published_at")


def test_a_changed_slug_leads_on_from_the_old_address(sign_in, client, ann, post):
    old = post.path
    sign_in(ann).submit(f"/desk/posts/{post.id}/publication", {"slug": "better-words"})
    assert post.slug == "better-words"
    answer = client.get(old)
    assert (answer.status_code, answer.location) == (301, post.path)


def test_a_slug_from_elsewhere_may_stay_as_it_is(sign_in, ann, post):
    post.slug = "Rust_1.95"
    assert sign_in(ann).submit(f"/desk/posts/{post.id}/edit", {"slug": "Rust_1.95"}).status_code == 303


@pytest.mark.parametrize("path", ["edit", "preview", "revisions", "revisions/1", "comparison?from=1"])
def test_somebody_elses_post_is_not_found(sign_in, ben, post, path):
    assert sign_in(ben).get(f"/desk/posts/{post.id}/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "edit",
        "preview",
        "publication",
        "publication/delete",
        "trash",
        "trash/delete",
        "revisions/1/restoration",
        "autosaves",
        "autosaves/delete",
        "presence",
        "held-changes/delete",
        "resolution",
        "resolution/edit",
        "revisions/1/milestone",
        "revisions/1/milestone/delete",
    ],
)
def test_somebody_elses_post_cannot_be_touched(sign_in, ben, draft, path):
    assert sign_in(ben).submit(f"/desk/posts/{draft.id}/{path}", {"title": "Taken"}).status_code == 404
    assert (draft.title, draft.state) == ("A draft", "draft")


@pytest.mark.parametrize(
    "path", ["publication", "publication/delete", "trash", "trash/delete", "pin", "delete"]
)
def test_deeds_are_no_links(sign_in, ed, draft, path):
    assert sign_in(ed).get(f"/desk/posts/{draft.id}/{path}").status_code == 405


def test_a_post_that_is_not_there(sign_in, ed):
    assert sign_in(ed).get("/desk/posts/999/edit").status_code == 404


# -- two people in one post


@pytest.fixture
def contradicted(sign_in, ann, ed, draft):
    """Ann's browser; she and Ed have both changed the second paragraph and the title, and Ed saved first."""
    draft.revise(by=ann, body="One.\n\nTwo.\n\nThree.")
    draft.revise(
        by=ed, title="Ed's title", body="One.\n\nTwo by Ed.\n\nThree by Ed.", tags=Tag.named(["Eds"])
    )
    return sign_in(ann)


ANNS = {"title": "Ann's title", "body": "One by Ann.\n\nTwo by Ann.\n\nThree.", "tags": "Anns", "version": 2}


def filled_in(page, **choices) -> dict[str, str]:
    """What a browser would send from the page of a conflict."""
    form = page.one("form", class_="conflict")
    sent = {one["name"]: one.value for one in form.walk() if one.get("name") and one.get("type") != "radio"}
    for one in form.all("input", type="radio"):
        if "checked" in one.attributes:
            sent[one["name"]] = one["value"]
    return {name: value for name, value in sent.items() if name != "csrf_token"} | choices


def test_saving_over_a_newer_version_shows_both_and_the_ancestor(contradicted, draft):
    answer = contradicted.submit(f"/desk/posts/{draft.id}/edit", ANNS)
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "Ed Editor saved version 3" in page.one("div", class_="error-summary").text
    title, body = page.all("fieldset", class_="conflict-choice")
    assert [one.text for one in title.all("div", class_="conflict-words")] == [
        "Ann's title",
        "Ed's title",
        "A draft",
    ]
    assert [one.text for one in body.all("div", class_="conflict-words")] == [
        "Two by Ann.",
        "Two by Ed.",
        "Two.",
    ]
    assert (draft.version, draft.title) == (3, "Ed's title")


def summary_of_conflict(answer) -> str:
    assert answer.status_code == 409
    return Page(answer.text).one("div", class_="error-summary").text


def test_a_conflict_says_how_much_fits_together(contradicted, draft):
    told = summary_of_conflict(contradicted.submit(f"/desk/posts/{draft.id}/edit", ANNS))
    assert "In 2 places you changed the same" in told
    assert "The rest fits together." in told
    other = {"title": "Ed's title", "body": "Quite another text.", "version": 2}
    told = summary_of_conflict(contradicted.submit(f"/desk/posts/{draft.id}/edit", other))
    assert "In 1 place you changed the same" in told
    assert "Of the text, nothing fits together." in told


def test_a_conflict_marks_the_words_that_differ_where_most_are_the_same(sign_in, ann, ed, draft):
    draft.revise(by=ann, body="The ferry leaves at seven from the old quay.\n\nTickets are sold on board.")
    both = "The ferry leaves at {} from the old quay.\n\n{}"
    draft.revise(by=ed, body=both.format("eight", "Nobody pays."))
    mine = {"title": draft.title, "body": both.format("nine", "Buy yours ashore, before noon."), "version": 2}
    page = Page(sign_in(ann).submit(f"/desk/posts/{draft.id}/edit", mine).text)
    first, second = page.all("fieldset", class_="conflict-choice")
    assert [one.text for one in first.all("mark")] == ["nine", "eight"]
    assert not second.all("mark")


@pytest.mark.parametrize(
    ("choice", "middle"),
    [
        ("mine", "Two by Ann."),
        ("theirs", "Two by Ed."),
        ("both", "Two by Ann.\n\nTwo by Ed."),
        ("neither", ""),
    ],
)
def test_a_conflict_is_resolved_as_it_is_chosen(contradicted, draft, choice, middle):
    page = Page(contradicted.submit(f"/desk/posts/{draft.id}/edit", ANNS).text)
    name = next(one["name"] for one in page.all("input", type="radio") if "body" in one["name"])
    sent = filled_in(page, **{name: choice, "choice-title": "theirs"})
    answer = contradicted.submit(page.one("form", class_="conflict")["action"], sent)
    assert answer.status_code == 303
    assert draft.body == "\n\n".join(filter(None, ["One by Ann.", middle, "Three by Ed."]))
    assert (draft.title, draft.version, [tag.name for tag in draft.tags]) == (
        "Ed's title",
        4,
        ["Anns", "Eds"],
    )
    assert draft.latest_revision().reason == "merged"


def test_a_resolution_can_be_edited_before_it_is_saved(contradicted, draft):
    page = Page(contradicted.submit(f"/desk/posts/{draft.id}/edit", ANNS).text)
    button = next(one for one in page.all("button") if "Edit what I chose" in one.text)
    answer = contradicted.submit(button["formaction"], filled_in(page))
    assert answer.status_code == 200
    assert field(answer, "body") == "One by Ann.\n\nTwo by Ann.\n\nTwo by Ed.\n\nThree by Ed."
    assert (field(answer, "title"), field(answer, "version")) == ("Ann's title", "3")
    assert draft.version == 3


def test_a_resolution_that_somebody_overtook_asks_again(contradicted, ed, draft):
    page = Page(contradicted.submit(f"/desk/posts/{draft.id}/edit", ANNS).text)
    draft.revise(by=ed, body=draft.body + "\n\nFour by Ed.")
    sent = filled_in(page)
    answer = contradicted.submit(f"/desk/posts/{draft.id}/resolution", sent)
    assert answer.status_code == 409
    again = Page(answer.text)
    assert contradicted.submit(f"/desk/posts/{draft.id}/resolution", filled_in(again)).status_code == 303
    assert "Four by Ed." in draft.body
    assert "Two by Ann." in draft.body


def test_programs_are_told_of_a_conflict_in_json(contradicted, draft):
    answer = contradicted.submit(f"/desk/posts/{draft.id}/edit", ANNS, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["version"]) == (409, 3)
    assert answer.json["conflicts"]["title"] == {
        "yours": "Ann's title",
        "theirs": "Ed's title",
        "ancestor": "A draft",
    }


def test_publishing_over_a_newer_version_shows_both_and_publishes_nothing(sign_in, ann, ed, draft):
    draft.revise(by=ed, body="Newer.")
    answer = sign_in(ann).submit(f"/desk/posts/{draft.id}/publication", {"body": "Older.", "version": 1})
    assert answer.status_code == 409
    assert (draft.state, draft.body) == ("draft", "Newer.")


def test_different_paragraphs_are_merged_and_the_writer_is_told(sign_in, ann, ed, draft):
    draft.revise(by=ann, body="One.\n\nTwo.")
    draft.revise(by=ed, body="One.\n\nTwo, says Ed.")
    anns = sign_in(ann)
    answer = anns.submit(f"/desk/posts/{draft.id}/edit", {"body": "One, says Ann.\n\nTwo.", "version": 2})
    assert answer.status_code == 303
    assert draft.body == "One, says Ann.\n\nTwo, says Ed."
    assert "merged: Text" in flash_of(anns, answer.location)


def test_a_program_that_names_no_version_overwrites_nothing_that_it_has_not_seen(sign_in, ann, ed, draft):
    anns = sign_in(ann)
    draft.revise(by=ed, body="Ed's words.")
    assert anns.submit(f"/desk/posts/{draft.id}/edit", {"body": "Ann's words."}).status_code == 409
    assert draft.body == "Ed's words."
    # What Ed left alone can be changed all the same, and everything once she has opened it.
    assert anns.submit(f"/desk/posts/{draft.id}/edit", {"title": "Ann's title"}).status_code == 303
    assert (draft.title, draft.body) == ("Ann's title", "Ed's words.")
    draft.revise(by=ed, body="Ed's words again.")
    anns.get(f"/desk/posts/{draft.id}/edit")
    assert anns.submit(f"/desk/posts/{draft.id}/edit", {"body": "Ann's words."}).status_code == 303
    assert draft.body == "Ann's words."


@pytest.fixture
def others(monkeypatch):
    """The texts that were rendered while somebody else wrote: a hostile one takes seconds, and the lock for
    writing is free meanwhile."""
    rendered, others = rendering.rendered, []

    def slow(text, **how):
        with writing(), db.engine.begin() as other:  # waits ten seconds for the lock, then fails
            other.execute(db.update(Post).values(word_count=7))
            others.append(text)
        return rendered(text, **how)

    monkeypatch.setattr(rendering, "rendered", slow)
    return others


def test_nobody_waits_for_a_text_that_is_merged(sign_in, ann, ed, draft, others):
    draft.revise(by=ann, body="One.\n\nTwo.", rendered=markdown.render(""))
    draft.revise(by=ed, body="One.\n\nTwo, says Ed.", rendered=markdown.render(""))
    typed = {"body": "One, says Ann.\n\nTwo.", "tags": "Fresh", "version": 2}
    assert sign_in(ann).submit(f"/desk/posts/{draft.id}/edit", typed).status_code == 303
    assert others == ["One, says Ann.\n\nTwo.", "One, says Ann.\n\nTwo, says Ed."]
    assert "One, says Ann." in draft.html
    assert "Two, says Ed." in draft.html
    assert [tag.name for tag in draft.tags] == ["Fresh"]


def test_nobody_waits_for_a_text_that_is_restored(sign_in, ann, draft, others):
    was = draft.latest_revision()
    draft.revise(by=ann, body="Newer.", rendered=markdown.render(""))
    address = f"/desk/posts/{draft.id}/revisions/{was.id}/restoration"
    assert sign_in(ann).submit(address, {"version": 2}).status_code == 303
    assert others == [was.body]
    assert "<em>ready</em>" in draft.html


def test_nobody_waits_for_what_was_chosen(contradicted, draft, others):
    page = Page(contradicted.submit(f"/desk/posts/{draft.id}/edit", ANNS).text)
    others.clear()
    answer = contradicted.submit(page.one("form", class_="conflict")["action"], filled_in(page))
    assert (answer.status_code, others) == (303, [draft.body])


def test_nobody_waits_for_a_text_that_is_being_rendered(sign_in, ann, draft, others):
    for address in ("edit", "publication"):
        answer = sign_in(ann).submit(f"/desk/posts/{draft.id}/{address}", {"body": f"Slow {address}."})
        assert answer.status_code == 303
        assert f"Slow {address}." in draft.html
    assert others == ["Slow edit.", "Slow publication."]


def test_changes_are_given_up(sign_in, ann, post):
    anns = sign_in(ann)
    anns.submit(f"/desk/posts/{post.id}/edit", {"body": "Held.", "version": 1})
    page = Page(anns.get(f"/desk/posts/{post.id}/edit").text)
    assert "readers do not see yet" in page.one("div", class_="editor-notice").text
    anns.submit(page.one("form", action=f"/desk/posts/{post.id}/held-changes/delete")["action"])
    assert not post.has_held_changes
    assert "Held." in [one.body for one in db.session.scalars(post.history())]


def test_sending_the_same_twice_is_no_conflict(sign_in, ann, draft):
    client = sign_in(ann)
    for _ in range(2):
        typed = {"title": "A draft", "body": "Twice.", "version": 1}
        assert client.submit(f"/desk/posts/{draft.id}/edit", typed).status_code == 303
    assert draft.version == 2


# -- deleting for good


def test_deleted_for_good_only_from_the_trash(sign_in, ed, draft):
    client = sign_in(ed)
    assert client.submit(f"/desk/posts/{draft.id}/delete").status_code == 404
    draft.trash()
    answer = client.submit(f"/desk/posts/{draft.id}/delete")
    assert (answer.status_code, answer.location) == (303, "/desk/posts")
    assert db.session.scalars(db.select(Post)).all() == []


def test_authors_delete_nothing_for_good(sign_in, ann, draft):
    draft.trash()
    client = sign_in(ann)
    assert client.submit(f"/desk/posts/{draft.id}/delete").status_code == 403
    assert "Delete for good" not in client.get(f"/desk/posts/{draft.id}/edit").text


def test_unused_tags_of_a_refused_form_are_not_kept(sign_in, ann):
    sign_in(ann).submit("/desk/posts/new", {"title": "x" * 301, "tags": "Brand new"})
    assert db.session.scalars(Tag.at("brand-new")).all() == []


def test_address_without_a_verb_leads_to_the_editor(sign_in, ann, ben, post, client):
    answer = sign_in(ann).get(f"/desk/posts/{post.id}")
    assert (answer.status_code, answer.location) == (303, f"/desk/posts/{post.id}/edit")
    assert sign_in(ben).get(f"/desk/posts/{post.id}").status_code == 404
    assert client.get(f"/desk/posts/{post.id}").location.startswith("/login?")


def test_beyond_the_end_of_a_list_is_its_last_page(sign_in, ann, publish_many):
    publish_many(60)
    browser = sign_in(ann)
    answer = browser.get("/desk/posts?state=published&page=99999")
    assert answer.status_code == 303
    assert answer.location.startswith("/desk/posts?state=published&page=")
    assert titles(browser.get(answer.location))
    assert browser.get("/desk/posts?state=draft&page=99999").location == "/desk/posts?state=draft"
    assert browser.get("/desk/posts?page=two").status_code == 404
