from datetime import timedelta

import pytest
import time_machine
from itsdangerous import URLSafeSerializer

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Correction, Note, Post, PreviewLink, Role
from broadsheet.web import preview_links
from markup import Page
from stage import SECRET_KEY, person
from visiting import A_WHILE, fields_of

NOTE = {"name": "Gina Guest", "quote": "Not yet", "note": "Lovely.\n\nBut is it *true*?"}


@pytest.fixture
def make(app, draft, ann):
    """Makes a link to Ann's draft and says its address."""

    def make(**given) -> tuple[PreviewLink, str]:
        end = clock.now() + timedelta(days=7)
        link = PreviewLink.create(draft, **{"by": ann, "expires_at": end, **given})
        db.session.commit()
        return link, path_of(link)

    return make


def path_of(link: PreviewLink) -> str:
    return f"/preview/{preview_links.token(link)}"


def leave_note(client, path: str, **typed):
    fields = fields_of(client.get(path).text, f"{path}/notes")
    with time_machine.travel(clock.now() + A_WHILE, tick=False):
        return client.post(f"{path}/notes", data=fields | NOTE | typed)


# -- seeing


def test_a_guest_sees_the_draft_as_readers_will(client, make):
    _, path = make()
    answer = client.get(path)
    assert answer.status_code == 200
    page = Page(answer.text)
    assert page.one("h1").text == "A draft"
    assert "<em>ready</em>" in answer.text
    assert "Preview" in page.one("aside", class_="preview-bar").text


def test_the_link_follows_each_save(client, make, draft, ann):
    _, path = make()
    draft.revise(by=ann, body="The newest words.")
    assert "The newest words." in client.get(path).text


def test_a_guest_sees_the_corrections_as_well(client, make, draft, ann):
    Correction.make(draft, body="It was *1879*.", by=ann)
    _, path = make()
    page = Page(client.get(path).text)
    assert "It was 1879." in page.one("header", class_="post-head").one("div", class_="correction").text
    assert page.one("section", class_="corrections")


def test_a_pinned_link_stays_with_its_version(client, make, draft, ann):
    _, path = make(revision=draft.latest_revision())
    draft.revise(by=ann, title="Another title", body="The newest words.")
    shown = client.get(path).text
    assert "The newest words." not in shown
    assert "Not yet" in shown
    assert Page(shown).one("h1").text == "A draft"


def test_a_page_is_previewed_too(client, page, ed):
    page.unpublish()
    link = PreviewLink.create(page, by=ed, expires_at=clock.now() + timedelta(days=1))
    db.session.commit()
    assert "Who is behind this." in client.get(path_of(link)).text


def test_nothing_is_indexed_cached_or_told_to_other_sites_and_no_cookie_is_set(client, make):
    _, path = make(may_note=True)
    answers = [client.get(path), client.get("/preview/made-up"), leave_note(client, path)]
    for answer in answers:
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Set-Cookie" not in answer.headers
    assert Page(answers[0].text).one("meta", name="robots")["content"] == "noindex, nofollow"
    assert 'rel="canonical"' not in answers[0].text


def test_a_writer_who_follows_the_link_sees_what_the_guest_sees(sign_in, ann, make):
    _, path = make()
    page = Page(sign_in(ann).get(path).text)
    assert not page.all("p", class_="editing")
    assert not page.all("a", href="/desk")


def test_the_desk_learns_when_it_was_seen_last(client, make):
    link, path = make()
    client.head(path)
    assert link.seen_at is None
    client.get(path)
    first = link.seen_at
    assert first is not None
    client.get(path)
    assert link.seen_at == first
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        client.get(path)
    assert link.seen_at > first


# -- links that are no more


def test_an_expired_link_says_so(client, make):
    _, path = make(expires_at=clock.now() - timedelta(seconds=1))
    answer = client.get(path)
    assert answer.status_code == 410
    assert "This preview has expired" in answer.text
    assert "Not yet" not in answer.text


def test_a_revoked_link_says_so(client, make):
    link, path = make()
    link.revoke()
    answer = client.get(path)
    assert answer.status_code == 410
    assert "taken back" in answer.text
    assert "A draft" not in answer.text


def test_a_link_to_the_trash_is_over(client, make, draft):
    _, path = make()
    draft.trash()
    assert client.get(path).status_code == 410
    draft.recover()
    assert client.get(path).status_code == 200


def test_a_link_to_what_was_deleted_never_was(client, make, draft):
    _, path = make()
    draft.delete()
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("deed", ["suspend", "demote", "leave"])
def test_a_link_ends_with_the_right_of_who_made_it(client, make, draft, ann, ben, deed):
    _, path = make()
    if deed == "suspend":
        ann.suspend()
    elif deed == "demote":
        ann.give_role(Role.READER)
    else:
        draft.revise(by=ben, authors=[ben])
    assert client.get(path).status_code == 410


def test_a_made_up_link_is_not_told_from_a_forgotten_one(client, make):
    link, path = make()
    content, _, signature = path.rpartition("/")[2].rpartition(".")
    forged = [
        "made-up",
        # Not at its end: the last sign holds bits that mean nothing, so another one may be as good.
        f"{content}.{signature[:12].swapcase()}{signature[12:]}",
        URLSafeSerializer("another key", salt="preview link").dumps([link.id, 0]),
        URLSafeSerializer(SECRET_KEY, salt="another purpose").dumps([link.id, 0]),
        URLSafeSerializer(SECRET_KEY, salt="preview link").dumps([999, 0]),
    ]
    answers = {
        (answer.status_code, len(answer.text))
        for token in forged
        if (answer := client.get(f"/preview/{token}"))
    }
    assert len(answers) == 1
    assert answers.pop()[0] == 404


def test_the_number_of_a_forgotten_link_opens_no_other(client, make, draft, ann):
    link, path = make()
    id = link.id
    db.session.delete(link)
    db.session.commit()
    again = PreviewLink(
        id=id, post=draft, created_by=ann, expires_at=clock.now() + timedelta(days=1),
        created_at=clock.now() + timedelta(seconds=1),
    )  # fmt: skip
    db.session.add(again)
    db.session.commit()
    assert client.get(path).status_code == 404
    assert client.get(path_of(again)).status_code == 200


def test_the_token_stays_out_of_the_log(client, make, caplog):
    _, path = make()
    with caplog.at_level("INFO"):
        client.get(path)
    assert path.rpartition("/")[2] not in caplog.text


# -- notes


def test_a_guest_leaves_a_note_that_the_desk_reads(client, make, draft, sign_in, ann):
    link, path = make(may_note=True)
    answer = leave_note(client, path)
    note = db.session.scalars(Note.on(draft)).one()
    assert (answer.status_code, answer.location) == (303, f"{path}#note-{note.id}")
    assert (note.author_name, note.quote, note.body) == tuple(NOTE.values())
    assert (note.preview_link, note.author, note.version) == (link, None, draft.version)
    assert "Lovely." in client.get(path).text
    item = Page(sign_in(ann).get(f"/desk/posts/{draft.id}/notes").text).one("li", class_="note").text
    assert "Gina Guest (guest)" in item


def test_a_guest_sees_the_notes_of_this_link_alone(client, make, draft, ed):
    _, path = make(may_note=True)
    other, _ = make(may_note=True)
    Note.leave(draft, body="Between us.", by=ed)
    Note.leave(draft, body="By another guest.", name="Gus", through=other)
    shown = client.get(path).text
    assert "Between us." not in shown
    assert "By another guest." not in shown


def test_a_link_without_the_right_takes_no_notes(client, make, draft):
    _, path = make(may_note=False)
    assert "Leave the note" not in client.get(path).text
    assert client.post(f"{path}/notes", data=NOTE).status_code == 404
    assert db.session.scalar(Note.on(draft)) is None


def test_an_ended_link_takes_no_notes(client, make, draft):
    link, path = make(may_note=True)
    link.revoke()
    assert client.post(f"{path}/notes", data=NOTE).status_code == 410
    assert db.session.scalar(Note.on(draft)) is None


def test_the_note_of_a_pinned_link_is_about_its_version(client, make, draft, ann):
    _, path = make(may_note=True, revision=draft.latest_revision())
    draft.revise(by=ann, body="Newer.")
    leave_note(client, path)
    assert db.session.scalars(Note.on(draft)).one().version == 1


@pytest.mark.parametrize("missing", ["name", "note"])
def test_what_is_missing_is_said_and_the_rest_kept(client, make, draft, missing):
    _, path = make(may_note=True)
    answer = leave_note(client, path, **{missing: " "})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "Please fill this in." in page.one("p", id=f"{missing}-error").text
    kept = "Lovely." if missing == "name" else "Gina Guest"
    assert kept in answer.text
    assert db.session.scalar(Note.on(draft)) is None


def test_a_program_that_fills_the_trap_stores_nothing(client, make, draft):
    _, path = make(may_note=True)
    assert leave_note(client, path, website="https://spam.example").status_code == 422
    assert db.session.scalar(Note.on(draft)) is None


def test_a_foreign_page_sends_no_note(client, make, draft):
    _, path = make(may_note=True)
    answer = client.post(f"{path}/notes", data=NOTE, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert db.session.scalar(Note.on(draft)) is None


def test_too_many_notes_wait_and_none_is_lost(limited_client):
    ann, draft = person("Ann Author", Role.AUTHOR), Post()
    draft.revise(by=ann, title="A draft", body="Words.", authors=[ann])
    link = PreviewLink.create(draft, by=ann, expires_at=clock.now() + timedelta(days=1), may_note=True)
    db.session.commit()
    path = path_of(link)
    for _ in range(20):
        assert leave_note(limited_client, path).status_code == 303
    answer = leave_note(limited_client, path, note="The twenty-first.")
    assert answer.status_code == 429
    assert "The twenty-first." in answer.text


def test_a_link_takes_only_so_many_open_notes_and_loses_none(client, make, draft, ann, monkeypatch):
    monkeypatch.setattr("broadsheet.models.note.OPEN_OF_A_LINK", 2)
    link, path = make(may_note=True)
    _, other = make(may_note=True)
    assert [leave_note(client, path).status_code for _ in range(2)] == [303, 303]
    answer = leave_note(client, path, note="The third.")
    assert answer.status_code == 422
    assert "wait to be read" in Page(answer.text).one("div", class_="error-summary").text
    assert Page(answer.text).one("textarea", name="note").text.strip() == "The third."
    assert leave_note(client, other).status_code == 303
    db.session.scalars(Note.left_through(link)).first().resolve(by=ann)
    assert leave_note(client, path, note="The third.").status_code == 303


def test_seeing_asks_the_database_little(client, make, queries):
    _, path = make(may_note=True)
    client.get(path)
    with queries() as asked:
        client.get(path)
    assert len(asked) <= 14
