"""Concerns: the writer is told before a link breaks, once, and can do it all the same."""

from collections.abc import Callable

import pytest
from flask import Flask

from broadsheet.extensions import db
from broadsheet.models import Alias, Page, Post, Tag, User
from markup import Page as Markup
from stage import Client

SignIn = Callable[[User], Client]


def sent(post: Post, **changes: object) -> dict[str, object]:
    fields = {"title": post.title, "summary": post.summary, "body": post.body, "slug": post.slug}
    return fields | {"tags": "", "language": "", "version": post.version} | changes


def told(answer: object) -> str:
    assert answer.status_code == 422, answer.status_code  # type: ignore[attr-defined]
    return Markup(answer.text).one(class_="concerns").text  # type: ignore[attr-defined]


def confirmation(answer: object) -> str:
    return Markup(answer.text).one("input", name="confirmed").value  # type: ignore[attr-defined]


@pytest.fixture
def browser(sign_in: SignIn, ann: User) -> Client:
    return sign_in(ann)


def test_link_to_nowhere_is_told_before_publication_with_what_was_meant(browser: Client, draft: Post) -> None:
    address = f"/desk/posts/{draft.id}/publication"
    answer = browser.submit(address, sent(draft, body="See [this](/abuot) and [us](/about)."))
    assert "/abuot, where nothing stands. Did you mean /about?" in told(answer)
    assert "See [this](/abuot)" in answer.text
    assert not db.session.get_one(Post, draft.id).is_published
    again = sent(draft, body="See [this](/abuot) and [us](/about).", confirmed=confirmation(answer))
    assert browser.submit(address, again).status_code == 303
    assert db.session.get_one(Post, draft.id).is_published


def test_other_concerns_are_told_although_the_first_were_confirmed(browser: Client, draft: Post) -> None:
    address = f"/desk/posts/{draft.id}/publication"
    answer = browser.submit(address, sent(draft, body="[a](/nowhere)"))
    again = sent(draft, body="[a](/nowhere) [b](/elsewhere-too)", confirmed=confirmation(answer))
    assert "/elsewhere-too" in told(browser.submit(address, again))


def test_program_confirms_with_one_word(browser: Client, draft: Post) -> None:
    answer = browser.submit(f"/desk/posts/{draft.id}/edit", sent(draft, body="[a](/nowhere)", confirmed="1"))
    assert answer.status_code == 303


def test_draft_is_told_of_a_link_to_nowhere_once(browser: Client, draft: Post) -> None:
    address = f"/desk/posts/{draft.id}/edit"
    answer = browser.submit(address, sent(draft, body="[a](/nowhere)"))
    assert "/nowhere" in told(answer)
    browser.submit(address, sent(draft, body="[a](/nowhere)", confirmed=confirmation(answer)))
    stored = db.session.get_one(Post, draft.id)
    assert browser.submit(address, sent(stored, body="[a](/nowhere) More.")).status_code == 303


def test_draft_may_link_to_a_draft_but_readers_would_find_nothing(
    browser: Client, draft: Post, ann: User
) -> None:
    other = Post()
    other.revise(by=ann, title="Later", body="Text", authors=[ann], tags=[])
    db.session.commit()
    text = f"[later](/post/{other.id}/later)"
    assert browser.submit(f"/desk/posts/{draft.id}/edit", sent(draft, body=text)).status_code == 303
    stored = db.session.get_one(Post, draft.id)
    answer = browser.submit(f"/desk/posts/{draft.id}/publication", sent(stored, body=text))
    assert "which readers do not see yet" in told(answer)


# Each leads somewhere, or is none of ours.
INNOCENT = [
    "/",
    "/?page=2",
    "/about",
    "/about/#who",
    "/contact",
    "/archive",
    "/archive/2024",
    "/tag/notes",
    "/user/ann",
    "/user/Ann",
    "/static/images/favicon.svg",
    "/imprint",
    "/imprint.html",
    "/old/imprint",
    "/desk/posts",
    "/login",
    "/health/live",
    "mailto:ann@example.org",
    "tel:+49",
    "#",
    "#top",
    "/post/{post}#:~:text=second",
    "/post/{post}#second",
    "/about#who",
    "https://example.org/nowhere",
    "/post/{post}",
    "/post/{post}/any-slug-at-all",
    "/post/{draft}",  # itself
    "../../about",
    "http://localhost/about",
]


def test_no_false_alarm(browser: Client, app: Flask, draft: Post, post: Post, page: Page) -> None:
    page.publish()
    Alias.keep("/old/imprint", page)
    text = "\n".join(f"See [this]({address.format(post=post.id, draft=draft.id)})." for address in INNOCENT)
    answer = browser.submit(f"/desk/posts/{draft.id}/publication", sent(draft, body=text))
    assert answer.status_code == 303, Markup(answer.text).one(class_="concerns").text


@pytest.mark.parametrize(
    "address",
    ["/nowhere", "/post/999", "/tag/none", "/user/none", "/static/none.css", "/uploads/aa/none.png"],
)
def test_nothing_stands_there(browser: Client, draft: Post, address: str) -> None:
    answer = browser.submit(f"/desk/posts/{draft.id}/publication", sent(draft, body=f"[x]({address})"))
    assert address in told(answer)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/post/{post}#third", "third"),
        ("/post/{post}/any-slug#th%C3%ADrd", "thírd"),
        ("/imprint#third", "third"),
        ("/post/{draft}#third", "third"),
    ],
)
def test_place_that_the_text_does_not_have_is_told_once(
    browser: Client, draft: Post, post: Post, page: Page, address: str, name: str
) -> None:
    page.publish()
    text = f"See [this]({address.format(post=post.id, draft=draft.id)})."
    form = f"/desk/posts/{draft.id}/edit"
    answer = browser.submit(form, sent(draft, body=text))
    assert f"but the place #{name} is not there." in told(answer)
    assert browser.submit(form, sent(draft, body=text, confirmed=confirmation(answer))).status_code == 303
    stored = db.session.get_one(Post, draft.id)
    assert browser.submit(form, sent(stored, body=text + " More.")).status_code == 303


def test_new_text_may_lead_to_places_of_its_own(browser: Client) -> None:
    typed = {"title": "New", "body": "See [below](#below).\n\n## Below", "tags": ""}
    assert browser.submit("/desk/posts/new", typed).status_code == 303


def test_lost_anchor_is_told_with_the_texts_that_lead_there(browser: Client, post: Post, ann: User) -> None:
    other = Post()
    other.revise(by=ann, title="It leads there", body=f"[x](/post/{post.id}#second)", authors=[ann], tags=[])
    db.session.commit()
    changed = "## First\n\nText.\n\n## Another\n\nText."
    address = f"/desk/posts/{post.id}/publication"
    answer = browser.submit(address, sent(post, body=changed, tags="Notes"))
    assert "#second is gone" in told(answer)
    page = Markup(answer.text).one(class_="concerns")
    assert page.one("a", href=f"/desk/posts/{other.id}/edit").text == "It leads there"
    kept = "## First\n\nText.\n\n## Another {#second}\n\nText."
    assert browser.submit(address, sent(post, body=kept, tags="Notes")).status_code == 303


def test_unpublishing_what_others_lead_to_is_told_and_done_at_a_second_press(
    browser: Client, post: Post, ann: User
) -> None:
    other = Post()
    other.revise(by=ann, title="It leads there", body=f"[x](/post/{post.id})", authors=[ann], tags=[])
    other.publish()
    db.session.commit()
    for deed in ("publication/delete", "trash"):
        answer = browser.submit(f"/desk/posts/{post.id}/{deed}")
        assert "Other texts lead here" in told(answer)
        assert "It leads there" in answer.text
        assert db.session.get_one(Post, post.id).is_published
    confirmed = {"confirmed": confirmation(answer)}
    assert browser.submit(f"/desk/posts/{post.id}/trash", confirmed).status_code == 303
    assert not db.session.get_one(Post, post.id).is_published


def test_nobody_is_asked_when_nobody_leads_there(browser: Client, post: Post, ann: User) -> None:
    draft = Post()
    draft.revise(by=ann, title="A draft leads there", body=f"[x](/post/{post.id})", authors=[ann], tags=[])
    db.session.commit()
    assert browser.submit(f"/desk/posts/{post.id}/publication/delete").status_code == 303


def test_tag_that_is_called_alike_is_offered(browser: Client, draft: Post) -> None:
    Tag.named(["Photography"])
    answer = browser.submit(f"/desk/posts/{draft.id}/publication", sent(draft, body="[x](/tag/photografy)"))
    assert "Did you mean /tag/photography?" in told(answer)


def test_picture_without_words_is_told_before_publication_unless_it_decorates(
    browser: Client, draft: Post
) -> None:
    address = f"/desk/posts/{draft.id}/publication"
    body = "![](/uploads/0/a.png) ![](/uploads/0/b.png#decorative) ![The quay](/uploads/0/c.png)"
    answer = browser.submit(address, sent(draft, body=body))
    assert "The picture /uploads/0/a.png has no words for those who do not see it." in told(answer)
    assert "b.png" not in told(answer)
    assert "c.png" not in told(answer)
    assert browser.submit(f"/desk/posts/{draft.id}/edit", sent(draft, body=body)).status_code == 303
    draft = db.session.get_one(Post, draft.id)
    again = sent(draft, body=body, confirmed=confirmation(answer))
    assert browser.submit(address, again).status_code == 303


def test_picture_without_words_that_readers_see_already_is_not_told_again(
    browser: Client, post: Post, ann: User
) -> None:
    body = "![](/uploads/0/a.png)"
    post.revise(by=ann, body=body)
    db.session.commit()
    answer = browser.submit(f"/desk/posts/{post.id}/publication", sent(post, body=f"{body}\n\nMore words."))
    assert answer.status_code == 303


def test_program_is_told_as_json_and_confirms_what_it_was_told(browser: Client, draft: Post) -> None:
    address, json = f"/desk/posts/{draft.id}/publication", {"Accept": "application/json"}
    answer = browser.submit(address, sent(draft, body="[a](/nowhere)"), headers=json)
    assert (answer.status_code, answer.json["errors"]) == (422, {})
    assert [(one["kind"], one["field"]) for one in answer.json["concerns"]] == [("broken_link", "body")]
    again = sent(draft, body="[a](/nowhere)", confirmed=answer.json["confirmed"])
    assert browser.submit(address, again, headers=json).status_code == 303


def test_program_is_told_as_json_what_is_wrong_by_field(browser: Client, draft: Post) -> None:
    address, json = f"/desk/posts/{draft.id}/publication", {"Accept": "application/json"}
    answer = browser.submit(address, sent(draft, title=""), headers=json)
    assert answer.status_code == 422
    assert "Readers need a title" in answer.json["errors"]["title"][0]
    assert "confirmed" not in answer.json


def test_program_that_withdraws_is_told_which_texts_lead_there(
    browser: Client, post: Post, draft: Post, ann: User
) -> None:
    draft.revise(by=ann, body=f"[it]({post.path})")
    draft.publish()
    db.session.commit()
    address, json = f"/desk/posts/{post.id}/publication/delete", {"Accept": "application/json"}
    answer = browser.submit(address, headers=json)
    assert [one["title"] for one in answer.json["concerns"][0]["texts"]] == ["A draft"]
    again = {"confirmed": answer.json["confirmed"]}
    assert browser.submit(address, again, headers=json).status_code == 303


def test_no_headings_of_others_drafts_can_be_guessed(browser: Client, ben: User) -> None:
    secret = Post()
    secret.revise(by=ben, title="Not yet", body="## Budget cuts", authors=[ben])
    db.session.commit()
    for place in ("budget-cuts", "nothing-of-this"):
        body = f"[there](/post/{secret.id}/not-yet#{place})"
        assert browser.submit("/desk/posts/new", {"title": "Guess", "body": body}).status_code == 303


def test_chart_that_cannot_be_drawn_is_told_once_before_publication(browser: Client, draft: Post) -> None:
    body = "```chart bar\nMonth,Rain\nJan,wet\n```"
    assert browser.submit(f"/desk/posts/{draft.id}/edit", sent(draft, body=body)).status_code == 303
    db.session.refresh(draft)
    address = f"/desk/posts/{draft.id}/publication"
    answer = browser.submit(address, sent(draft))
    assert "Line 2 has “wet” under “Rain”" in told(answer)
    assert browser.submit(address, sent(draft, confirmed=confirmation(answer))).status_code == 303
    db.session.refresh(draft)
    assert browser.submit(address, sent(draft, body=body + "\n\nMore.")).status_code == 303
