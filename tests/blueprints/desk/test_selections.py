from datetime import timedelta

import pytest

from broadsheet.blueprints.desk.ticked import MOST
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, Post, Tag
from broadsheet.models.content import State
from markup import Page


@pytest.fixture
def drafts(ann):
    posts = [Post() for _ in range(3)]
    for number, post in enumerate(posts, 1):
        post.revise(by=ann, title=f"Draft {number}", body="Text.", authors=[ann], tags=Tag.named(["One"]))
    db.session.commit()
    return posts


@pytest.fixture
def select(drafts):
    """`select(browser, "trash")`: ticks all drafts, does it, and gives the page that follows."""

    def select(browser, deed, ids=None, kind="posts", **fields):
        ids = [post.id for post in drafts] if ids is None else ids
        data = {"deed": deed, "ids": [str(id) for id in ids], **fields}
        answer = browser.submit(f"/desk/{kind}/selection", data)
        assert answer.status_code == 303
        return Page(browser.get(answer.location).text)

    return select


def flash(page):
    return page.one("div", class_="flash")


def undo(browser, page):
    form = flash(page).one("form")
    data: dict[str, list[str]] = {}
    for hidden in form.all("input"):
        if hidden["name"] != "csrf_token":
            data.setdefault(hidden["name"], []).append(hidden["value"])
    return Page(browser.get(browser.submit(form["action"], data).location).text)


def test_list_has_a_tick_for_each_row_and_a_form_that_needs_no_script(sign_in, ann, drafts):
    page = Page(sign_in(ann).get("/desk/posts").text)
    form = page.one("form", id="bulk")
    ticks = page.all("input", name="ids", form="bulk")
    assert {tick["value"] for tick in ticks} == {str(post.id) for post in drafts}
    assert "Tick “Draft 1”" in page.one("tbody").text
    assert [one["value"] for one in form.one("select").all("option")] == [
        "", "publish", "unpublish", "trash", "tag", "untag",
    ]  # fmt: skip


def test_many_go_to_the_trash_and_back(sign_in, ann, drafts, select):
    browser = sign_in(ann)
    page = select(browser, "trash")
    assert "3 moved to the trash." in flash(page).text
    assert {post.state for post in drafts} == {State.TRASHED}
    page = undo(browser, page)
    assert "Undone for 3." in flash(page).text
    assert {post.state for post in drafts} == {State.DRAFT}


def test_many_are_published_and_drafts_again(sign_in, ann, drafts, select):
    browser = sign_in(ann)
    page = select(browser, "publish")
    assert all(post.is_published for post in drafts)
    undo(browser, page)
    assert {(post.state, post.published_at) for post in drafts} == {(State.DRAFT, None)}


def test_undo_gives_each_its_own_date_back(sign_in, ann, drafts, select):
    tomorrow, yesterday = clock.now() + timedelta(days=1), clock.now() - timedelta(days=1)
    drafts[0].schedule(tomorrow)
    drafts[1].publish(yesterday)
    browser = sign_in(ann)
    page = select(browser, "unpublish")
    assert "2 unpublished." in flash(page).text
    undo(browser, page)
    assert [post.state for post in drafts] == [State.SCHEDULED, State.PUBLISHED, State.DRAFT]
    assert (drafts[0].published_at, drafts[1].published_at) == (tomorrow, yesterday)


def test_many_are_tagged_and_untagged(sign_in, client, ann, drafts, select):
    browser = sign_in(ann)
    page = select(browser, "tag", tag="Two")
    assert [[tag.name for tag in post.tags] for post in drafts] == [["One", "Two"]] * 3
    assert drafts[0].version == 2  # a revision that can be restored
    undo(browser, page)
    assert [[tag.name for tag in post.tags] for post in drafts] == [["One"]] * 3


def test_undo_puts_a_removed_tag_where_it_stood(sign_in, ann, drafts, select):
    drafts[0].revise(by=ann, tags=Tag.named(["One", "Two"]))
    browser = sign_in(ann)
    page = select(browser, "untag", tag="one")
    assert [tag.name for tag in drafts[0].tags] == ["Two"]
    undo(browser, page)
    assert [tag.name for tag in drafts[0].tags] == ["One", "Two"]


def test_an_editor_gives_posts_to_another_author(sign_in, ed, ann, ben, drafts, select):
    browser = sign_in(ed)
    page = select(browser, "give", author="Ben Author")
    assert "3 have another author." in flash(page).text
    assert all(list(post.authors) == [ben] for post in drafts)
    undo(browser, page)
    assert all(list(post.authors) == [ann] for post in drafts)


def test_an_author_gives_nothing_away(sign_in, ann, ben, drafts, select):
    page = select(sign_in(ann), "give", author="ben")
    assert "Choose what to do first." in flash(page).text
    assert all(list(post.authors) == [ann] for post in drafts)


def test_says_with_which_it_could_not_be_done_and_why(sign_in, ann, drafts, select):
    drafts[1].title = ""
    page = select(sign_in(ann), "publish")
    assert "2 published. 1 could not: “Untitled”: Readers need a title." in flash(page).text
    assert [post.is_published for post in drafts] == [True, False, True]


def test_what_is_not_yours_stays_as_it_is(sign_in, ben, drafts, select):
    page = select(sign_in(ben), "trash")
    assert "3 are not there any more, or not yours." in flash(page).text
    assert {post.state for post in drafts} == {State.DRAFT}


def test_forged_undo_changes_nothing_that_is_not_yours(sign_in, ben, drafts):
    data = {"deed": "recover", "was": [f"{drafts[0].id}:published|2026-01-01T00:00:00+00:00"]}
    assert sign_in(ben).submit("/desk/posts/selection/undo", data).status_code == 303
    assert drafts[0].state == State.DRAFT


@pytest.mark.parametrize("was", ["", "x", "9:", "{id}:nonsense|||", "{id}:draft|yesterday|2026|", "{id}"])
def test_nonsense_in_an_undo_is_no_error(sign_in, ann, drafts, was):
    for deed in ("publish", "trash", "tag", "untag", "nothing"):
        data = {"deed": deed, "was": [was.format(id=drafts[0].id)]}
        assert sign_in(ann).submit("/desk/posts/selection/undo", data).status_code == 303
    assert not drafts[0].is_published


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"deed": "trash"}, "Tick something first."),
        ({"ids": "1"}, "Choose what to do first."),
        ({"deed": "trash", "ids": ["-1", "x", "99999999999999999999"]}, "Tick something first."),
        ({"deed": "tag", "ids": "1"}, "Write the tag."),
        ({"deed": "untag", "ids": "1", "tag": "unknown"}, "There is no tag “unknown”."),
    ],
)
def test_says_what_is_missing(sign_in, ann, sent, said):
    browser = sign_in(ann)
    browser.submit("/desk/posts/selection", sent)
    assert said in flash(Page(browser.get("/desk/posts").text)).text


def test_comes_back_to_the_list_as_it_was(sign_in, ann, drafts):
    browser = sign_in(ann)
    data = {"deed": "trash", "ids": [str(drafts[0].id)]}
    answer = browser.submit("/desk/posts/selection?state=draft&sort=-title&q=draft&page=7", data)
    assert answer.location == "/desk/posts?state=draft&q=draft&sort=-title"


def test_pages_that_the_site_needs_stay(sign_in, ed, page, select):
    about = db.session.scalars(db.select(type(page)).where(type(page).slug == "imprint")).one()
    about.slug = "about"
    told = select(sign_in(ed), "trash", [about.id], kind="pages")
    assert "The site needs this page." in flash(told).text
    assert about.state == State.PUBLISHED


def test_each_is_in_the_audit_log(sign_in, ann, drafts, select):
    select(sign_in(ann), "trash")
    events = db.session.scalars(db.select(Event).where(Event.action == "post_trashed")).all()
    assert {event.subject_id for event in events} == {post.id for post in drafts}
    assert {event.actor_name for event in events} == {"Ann Author"}


def test_as_many_as_can_be_ticked_can_be_undone(sign_in, ann, select):
    """The cookie, in which undoing travels, is one that browsers still take; else Werkzeug would warn."""
    posts = []
    for number in range(MOST):
        post = Post()
        post.revise(by=ann, title=f"Post {number}", body="Text.", authors=[ann])
        post.publish(clock.now() - timedelta(microseconds=number * 98_765_432_101))
        post.expires_at = clock.now() + timedelta(microseconds=number * 12_345_678_901_234 + 3_600_000_000)
        posts.append(post)
    db.session.commit()
    browser = sign_in(ann)
    times = [(post.published_at, post.expires_at) for post in posts]
    page = select(browser, "unpublish", [post.id for post in posts])
    assert f"{MOST} unpublished." in flash(page).text
    assert f"Undone for {MOST}." in flash(undo(browser, page)).text
    assert [(post.published_at, post.expires_at) for post in posts] == times


def test_more_than_can_be_undone_is_refused_in_words(sign_in, ann, drafts, select):
    page = select(sign_in(ann), "trash", [post.id for post in drafts] + list(range(1000, 1497)))
    assert "50 at once are the most. Nothing is done yet." in flash(page).text
    assert {post.state for post in drafts} == {State.DRAFT}


def test_messages_that_nobody_has_seen_yet_never_overflow_the_cookie(sign_in, ann, drafts):
    browser = sign_in(ann)
    data = {"deed": "publish", "ids": [str(post.id) for post in drafts]}
    for _ in range(20):
        assert browser.submit("/desk/posts/selection", data).status_code == 303
        data["deed"] = "unpublish" if data["deed"] == "publish" else "publish"
    assert "3 unpublished." in browser.get("/desk/posts").text


def test_requires_sign_in_and_a_token(client, sign_in, ann, drafts):
    data = {"deed": "trash", "ids": [str(drafts[0].id)]}
    assert client.submit("/desk/posts/selection", data).status_code == 401
    assert sign_in(ann).post("/desk/posts/selection", data=data).status_code == 400
    assert drafts[0].state == State.DRAFT


def test_changes_that_are_held_back_are_not_let_out_by_the_way(sign_in, ann, drafts, select):
    drafts[0].publish()
    drafts[0].version += 1  # saved since, and readers do not see it yet
    page = select(sign_in(ann), "unpublish", [drafts[0].id])
    assert "It has changes that are held back. Open it." in flash(page).text
    assert drafts[0].is_published


@pytest.fixture
def other(ann, post):
    """A public text that leads to the post."""
    other = Post()
    other.revise(by=ann, title="How to get there", body=f"See [this]({post.path}).", authors=[ann])
    other.publish()
    db.session.commit()
    return other


@pytest.mark.parametrize("deed", ["trash", "unpublish"])
def test_says_which_texts_lead_to_what_would_be_taken_away_and_does_it_when_told_so(
    sign_in, ann, post, drafts, other, deed
):
    browser = sign_in(ann)
    ticked = {"deed": deed, "ids": [str(post.id), str(drafts[0].id)]}
    answer = browser.submit("/desk/posts/selection?sort=-title", ticked)
    assert answer.status_code == 422
    page = Page(answer.text)
    told = page.one(class_="concerns")
    assert "Other texts lead to “A published post”." in told.text
    assert told.one("a", href=f"/desk/posts/{other.id}/edit").text == "How to get there"
    assert told.one("a", class_="button")["href"] == "/desk/posts?sort=-title"
    assert post.is_published
    assert drafts[0].trashed_at is None
    form = told.one("form")
    fields = {}
    for hidden in form.all("input", type="hidden"):
        fields.setdefault(hidden["name"], []).append(hidden["value"])
    del fields["csrf_token"]
    done = browser.submit(form["action"], fields)
    assert (done.status_code, done.location) == (303, "/desk/posts?sort=-title")
    assert not post.is_published
    undo(browser, Page(browser.get(done.location).text))
    assert post.is_published


def test_what_leads_to_one_another_goes_together_without_a_question(sign_in, ann, post, other, select):
    page = select(sign_in(ann), "trash", [post.id, other.id])
    assert "2 moved to the trash." in flash(page).text


@pytest.mark.parametrize("deed", ["publish", "trash", "untag"])
@pytest.mark.parametrize(
    "was",
    [
        "0{id}:",
        "9999999999999999999999999:",
        "{id}:draft|9999-12-31T23:59:59-12:00||",
        "{id}:draft||0001-01-01T00:00:00+12:00|0001-01-01T00:00:00+12:00",
        "{id}:²,one",
    ],
)
def test_undo_passes_over_what_nobody_was_given(sign_in, ann, draft, drafts, deed, was):
    answer = sign_in(ann).submit("/desk/posts/selection/undo", {"deed": deed, "was": was.format(id=draft.id)})
    assert answer.status_code == 303
    assert (draft.state, draft.expires_at) == (State.DRAFT, None)
