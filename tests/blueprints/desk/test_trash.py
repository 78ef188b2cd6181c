from datetime import timedelta

from broadsheet import jobs
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, Post
from broadsheet.models import Page as PageModel
from markup import Page


def test_a_post_goes_to_the_trash_and_back(sign_in, client, ann, post):
    browser = sign_in(ann)
    answer = browser.submit(f"/desk/posts/{post.id}/trash")
    assert (answer.status_code, answer.location) == (303, "/desk/posts")
    assert client.get(post.path).status_code == 404
    flash = Page(browser.get("/desk/posts").text).one("div", class_="flash")
    assert "“A published post” is in the trash." in flash.text
    undo = flash.one("form")["action"]
    answer = browser.submit(undo)
    assert (answer.status_code, answer.location) == (303, f"/desk/posts/{post.id}/edit")
    assert client.get(post.path).status_code == 200


def test_a_page_goes_to_the_trash_and_back(sign_in, client, ed, page):
    browser = sign_in(ed)
    assert browser.submit(f"/desk/pages/{page.id}/trash").location == "/desk/pages"
    assert client.get("/imprint").status_code == 404
    browser.submit(f"/desk/pages/{page.id}/trash/delete")
    assert client.get("/imprint").status_code == 200


def test_the_editor_says_that_it_is_in_the_trash(sign_in, ann, draft):
    draft.trash()
    page = Page(sign_in(ann).get(f"/desk/posts/{draft.id}/edit").text)
    assert "It is in the trash" in page.one("p", class_="form-bar-note").text
    assert page.one("form", action=f"/desk/posts/{draft.id}/trash/delete")


def test_trashing_requires_sign_in(client, post):
    assert client.submit(f"/desk/posts/{post.id}/trash").status_code in (401, 403)
    assert post.is_published


def test_the_trash_says_how_long_it_keeps(sign_in, ann, draft):
    draft.trash()
    page = Page(sign_in(ann).get("/desk/posts?state=trashed").text)
    assert "for 30 days" in page.one("div", class_="trash-note").text
    assert "deleted for good on" in page.one("tbody").text
    assert not page.all("form", action="/desk/posts/trash/empty")  # an author deletes nothing for good


def test_an_editor_empties_the_trash(sign_in, ed, ann, post, draft):
    draft.trash()
    browser = sign_in(ed)
    page = Page(browser.get("/desk/posts?state=trashed").text)
    form = page.one("details", class_="disclosure").one("form")  # one looks before one leaps
    answer = browser.submit(form["action"])
    assert (answer.status_code, answer.location) == (303, "/desk/posts?state=trashed")
    assert "1 deleted for good." in browser.get(answer.location).text
    assert list(db.session.scalars(db.select(Post))) == [post]
    assert sign_in(ann).submit("/desk/posts/trash/empty").status_code == 403


def test_what_has_lain_there_for_thirty_days_goes_for_good(ann, post, draft, page):
    for content in (post, draft, page):
        content.trash()
    now = clock.now()
    post.trashed_at = page.trashed_at = now - timedelta(days=30)
    draft.trashed_at = now - timedelta(days=29, hours=23)
    assert (Post.purge_trash(now), PageModel.purge_trash(now)) == (1, 1)
    db.session.commit()
    assert list(db.session.scalars(db.select(Post))) == [draft]
    assert db.session.scalars(db.select(PageModel)).first() is None
    gone = db.session.scalars(db.select(Event).where(Event.action == "post_deleted")).one()
    assert (gone.subject_label, gone.actor_name) == ("A published post", "")
    assert Post.purge_trash(now) == 0


def test_a_chore_empties_the_trash_when_its_time_has_come(app, post):
    post.trash()
    post.trashed_at = clock.now() - timedelta(days=31)
    db.session.commit()
    assert {"purge_trash", "thin_out_visits"} <= {chore.name for chore in jobs.CHORES}
    for chore in jobs.CHORES:
        if chore.name in ("purge_trash", "thin_out_visits"):
            jobs.do(chore, at_once=True)
    db.session.expire_all()
    assert db.session.scalars(db.select(Post)).all() == []
