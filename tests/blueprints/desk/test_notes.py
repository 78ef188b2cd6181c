import pytest

from broadsheet.extensions import db
from broadsheet.models import Event, Note
from markup import Page


@pytest.fixture
def anns(sign_in, ann):
    return sign_in(ann)


@pytest.fixture
def eds(sign_in, ed):
    return sign_in(ed)


@pytest.fixture
def note(draft, ed) -> Note:
    note = Note.leave(draft, body="Is this true?", quote="Not yet", by=ed)
    db.session.commit()
    return note


@pytest.fixture
def mails(app, monkeypatch):
    """Who got what: (recipients, subject, text)."""
    from flask import render_template

    sent: list[tuple[str, str, str]] = []

    def send(to, subject, template, **context):
        sent.append((str(to), str(subject), render_template(f"mail/{template}.txt", **context)))

    monkeypatch.setattr("broadsheet.mail.send", send)
    monkeypatch.setattr("broadsheet.mail.send_to_each", send)
    return sent


def notes(content) -> str:
    return f"/desk/{content.kind}s/{content.id}/notes"


def shown(client, content) -> Page:
    return Page(client.get(notes(content)).text)


# -- adding


def test_an_editor_adds_a_note_about_a_passage(eds, draft, ed):
    answer = eds.submit(notes(draft), {"note": "Name the source.\n\nPlease.", "quote": "Not yet *ready*."})
    assert (answer.status_code, answer.location) == (303, notes(draft))
    one = db.session.scalars(Note.on(draft)).one()
    assert (one.body, one.quote, one.author) == ("Name the source.\n\nPlease.", "Not yet *ready*.", ed)
    assert one.version == draft.version
    item = shown(eds, draft).one("li", class_="note").text
    assert "Ed Editor" in item
    assert "Name the source." in item
    assert "Not yet *ready*." in item


def test_the_note_stands_beside_the_text_in_the_editor(anns, draft, note):
    page = Page(anns.get(f"/desk/posts/{draft.id}/edit").text)
    part = page.one("details", id="part-notes")
    assert "Is this true?" in part.text
    assert "open" in part.attributes
    assert part.one("summary").text == "Notes (1)"


def test_a_form_of_notes_never_stands_in_the_form_of_the_text_and_opens_its_own_window(anns, draft, note):
    page = Page(anns.get(f"/desk/posts/{draft.id}/edit").text)
    assert not page.one("form", class_="editor-form").all("form")
    forms = page.one("details", id="part-notes").all("form")
    assert forms
    assert {form.get("target") for form in forms} == {"notes"}


def test_a_note_needs_words_and_keeps_what_was_quoted(eds, draft):
    answer = eds.submit(notes(draft), {"note": " ", "quote": "Not yet"})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "Please fill this in." in page.one("p", id="note-error").text
    assert page.one("input", name="quote").value == "Not yet"


def test_a_note_is_not_longer_than_a_page(eds, draft):
    assert eds.submit(notes(draft), {"note": "x" * 4001}).status_code == 422
    assert eds.submit(notes(draft), {"note": "x", "quote": "x" * 501}).status_code == 422
    assert db.session.scalar(Note.on(draft)) is None


def test_markup_in_a_note_is_shown_as_it_was_typed(eds, draft):
    eds.submit(notes(draft), {"note": "<b>bold</b> & <script>alert(1)</script>", "quote": "<i>x</i>"})
    page = eds.get(notes(draft)).text
    assert "<script>alert" not in page
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; " in page


def test_only_who_may_edit_the_text_reads_and_writes_notes(sign_in, ben, client, draft, note):
    bens = sign_in(ben)
    assert bens.get(notes(draft)).status_code == 404
    assert bens.submit(notes(draft), {"note": "x"}).status_code == 404
    for deed in ("resolution", "resolution/delete", "delete"):
        assert bens.submit(f"{notes(draft)}/{note.id}/{deed}").status_code == 404
    assert client.submit(notes(draft), {"note": "x"}).status_code == 401
    assert note.is_open


def test_a_note_is_found_under_its_own_text_alone(eds, draft, post, note):
    assert eds.submit(f"{notes(post)}/{note.id}/resolution").status_code == 404
    assert note.is_open


def test_a_page_has_notes_too(eds, page):
    eds.submit(notes(page), {"note": "Add the telephone number."})
    assert "Add the telephone number." in shown(eds, page).one("li", class_="note").text


# -- resolving


def test_a_note_is_resolved_and_opened_again(anns, draft, note, ann):
    anns.submit(f"{notes(draft)}/{note.id}/resolution")
    assert not note.is_open
    assert note.resolved_by == ann
    page = shown(anns, draft)
    assert page.one("details", class_="notes-resolved").one("summary").text == "1 resolved note"
    assert "Resolved by Ann Author" in page.one("li", class_="note").text
    anns.submit(f"{notes(draft)}/{note.id}/resolution/delete")
    assert note.is_open
    assert note.resolved_by is None


def test_open_notes_come_first(draft, ed, ann, note):
    second = Note.leave(draft, body="Second", by=ed)
    db.session.flush()
    note.resolve(by=ann)
    db.session.commit()
    assert list(db.session.scalars(Note.on(draft))) == [second, note]


def test_resolving_twice_changes_nothing(draft, note, ann, ed):
    note.resolve(by=ann)
    note.resolve(by=ed)
    assert note.resolved_by == ann
    actions = list(db.session.scalars(db.select(Event.action)))
    assert actions.count("post_note_resolved") == 1


def test_one_deletes_ones_own_note_alone(anns, eds, draft, note):
    anns.submit(f"{notes(draft)}/{note.id}/delete")
    assert db.session.scalar(Note.on(draft)) == note
    assert "Only who wrote a note deletes it" in anns.get(notes(draft)).text
    eds.submit(f"{notes(draft)}/{note.id}/delete")
    assert db.session.scalar(Note.on(draft)) is None


def test_the_note_of_a_guest_is_deleted_by_whoever_may_edit_the_text(anns, draft):
    guests = Note.leave(draft, body="Buy now!", name="Gus")
    db.session.commit()
    anns.submit(f"{notes(draft)}/{guests.id}/delete")
    assert db.session.scalar(Note.on(draft)) is None


def test_a_note_outlives_the_account_of_who_wrote_it(draft, note, ed, anns):
    note.author_id = None
    assert "Ed Editor" in shown(anns, draft).one("li", class_="note").text


# -- elsewhere


def test_the_list_counts_the_open_notes(anns, draft, note, ed):
    Note.leave(draft, body="Another", by=ed)
    page = Page(anns.get("/desk/posts").text)
    link = page.one("a", href=notes(draft))
    assert link.text == "2 open notes"


def test_counting_asks_once_however_long_the_list(eds, publish_many, queries, draft, note):
    eds.get("/desk/posts")
    with queries() as few:
        eds.get("/desk/posts")
    publish_many(20)
    with queries() as many:
        eds.get("/desk/posts")
    assert len(many) <= len(few)


def test_the_authors_are_mailed_but_not_who_wrote_it(eds, anns, draft, mails):
    eds.submit(notes(draft), {"note": "Is this true?", "quote": "Not yet"})
    ((to, subject, text),) = mails
    assert "ann@example.com" in to
    assert subject == "Note: A draft"
    assert "Ed Editor leaves a note" in text
    assert "> Not yet" in text
    assert "Is this true?" in text
    assert notes(draft) in text
    mails.clear()
    anns.submit(notes(draft), {"note": "It is."})
    assert mails == []
