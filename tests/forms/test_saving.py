import pytest
from flask_login import login_user
from werkzeug.datastructures import MultiDict

from broadsheet.extensions import db
from broadsheet.forms.content import form_for
from broadsheet.forms.saving import store
from broadsheet.models import Reason

FIRST, SECOND = "The first paragraph.", "The second one."


@pytest.fixture
def draft(draft, ann):
    draft.save(by=ann, body=f"{FIRST}\n\n{SECOND}")
    db.session.commit()
    return draft


@pytest.fixture
def sent_by(app):
    """A form as its person's program fills it."""

    def sent_by(person, content, **typed):
        login_user(person)
        form = form_for(content, MultiDict(typed), meta={"csrf": False})
        assert form.validate(), form.errors
        return form

    with app.test_request_context(method="POST"):
        yield sent_by


def test_what_is_left_out_stays(sent_by, ann, draft):
    merged = store(draft, sent_by(ann, draft, title="Another title", version=str(draft.version)))
    db.session.commit()
    assert (merged.conflicts, merged.brought) == ([], [])
    assert (draft.title, draft.body) == ("Another title", f"{FIRST}\n\n{SECOND}")


def test_what_others_saved_meanwhile_is_kept_and_rendered(sent_by, ann, ed, draft):
    form = sent_by(ann, draft, body=f"Anew.\n\n{SECOND}", version=str(draft.version))
    draft.save(by=ed, body=f"{FIRST}\n\nBy *Ed*.")
    db.session.commit()
    merged = store(draft, form)
    db.session.commit()
    assert (merged.conflicts, merged.brought) == ([], ["body"])
    assert draft.body == "Anew.\n\nBy *Ed*."
    assert "<p>Anew.</p>" in draft.html
    assert "<em>Ed</em>" in draft.html
    assert draft.latest_revision().reason == Reason.MERGED


def test_of_a_contradiction_nothing_is_stored(sent_by, ann, ed, draft):
    form = sent_by(ann, draft, title="Ann's", version=str(draft.version))
    draft.save(by=ed, title="Ed's")
    db.session.commit()
    version = draft.version
    merged = store(draft, form)
    db.session.commit()
    assert merged.conflicts == ["title"]
    assert (draft.title, draft.version) == ("Ed's", version)


def test_is_released_to_readers(sent_by, ann, post):
    form = sent_by(ann, post, title="Held back", version=str(post.version))
    store(post, form)
    assert (post.title, post.working()["title"]) == ("A published post", "Held back")
    store(post, sent_by(ann, post, title="For readers", version=str(post.version)), to_publish=True)
    assert post.title == "For readers"
