"""Corrections at the desk; what readers see of them: ../test_posts.py."""

from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.models import Correction, Event, Site
from markup import Page


def address(post):
    return f"/desk/posts/{post.id}/corrections"


def corrections(post):
    return list(db.session.scalars(Correction.of(post)))


def test_a_correction_is_added_and_readers_see_it(sign_in, ann, post, client):
    author = sign_in(ann)
    before = post.revised_at
    answer = author.submit(address(post), {"correction": "It was *1879*, not 1897."})
    assert answer.status_code == 303
    assert answer.location == address(post)
    assert "It was *1879*" in Page(author.get(address(post)).text).one("main").text
    assert "It was 1879, not 1897." in Page(client.get(post.path).text).one("main").text
    assert post.revised_at > before
    assert db.session.scalars(select(Event.action).order_by(Event.id.desc())).first() == "post_corrected"


def test_the_editor_leads_there(sign_in, ann, post):
    editor = Page(sign_in(ann).get(f"/desk/posts/{post.id}/edit").text)
    assert [link for link in editor.all("a") if link.get("href") == address(post)]


def test_an_empty_correction_is_refused(sign_in, ann, post):
    answer = sign_in(ann).submit(address(post), {"correction": "  "})
    assert answer.status_code == 422
    assert corrections(post) == []


def test_a_correction_is_deleted(sign_in, ann, post):
    correction = Correction.make(post, body="A mistake itself.", by=ann)
    db.session.commit()
    assert sign_in(ann).submit(f"{address(post)}/{correction.id}/delete").status_code == 303
    assert corrections(post) == []


def test_others_posts_are_out_of_reach(sign_in, ben, post):
    other = sign_in(ben)
    assert other.get(address(post)).status_code == 404
    assert other.submit(address(post), {"correction": "No."}).status_code == 404


def test_one_who_may_not_publish_adds_none(sign_in, ann, post):
    Site.load().change(authors_publish=False)
    db.session.commit()
    author = sign_in(ann)
    assert author.submit(address(post), {"correction": "No."}).status_code == 403
    assert author.get(address(post)).status_code == 200


def test_a_correction_of_another_post_is_not_found(sign_in, ann, post, draft):
    correction = Correction.make(draft, body="Elsewhere.", by=ann)
    db.session.commit()
    assert sign_in(ann).submit(f"{address(post)}/{correction.id}/delete").status_code == 404
