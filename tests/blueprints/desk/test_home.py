from datetime import timedelta

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Message, Post, Submission
from markup import Page


def section(page, name):
    return page.one("section", **{"aria-labelledby": name})


def titles(page, name):
    return [one.text for one in section(page, name).all("a", class_="brief-title")]


def test_first_day_offers_first_steps(sign_in, ann, ada):
    page = Page(sign_in(ann).get("/desk").text)
    steps = [one["href"] for one in page.one("section", class_="welcome").all("a")]
    assert steps == ["/desk/posts/new", "/account"]
    steps = [
        one["href"] for one in Page(sign_in(ada).get("/desk").text).one("section", class_="welcome").all("a")
    ]
    assert steps == ["/desk/posts/new", "/account", "/desk/settings", "/desk/invitations"]


def test_shows_what_waits(sign_in, ed, ann, draft):
    scheduled = Post()
    scheduled.revise(by=ann, title="Tomorrow", body="", authors=[ann])
    scheduled.schedule(clock.now() + timedelta(days=1))
    Message.receive(name="Vic", email="vic@example.org", subject="A question", body="")
    Message.receive(name="Vic", email="vic@example.org", subject="Read", body="").mark_read()
    Submission.receive(name="Sue", email="sue@example.org", title="A piece", body="")
    page = Page(sign_in(ed).get("/desk").text)
    assert titles(page, "drafts") == ["A draft"]
    assert titles(page, "scheduled") == ["Tomorrow"]
    assert titles(page, "messages") == ["A question"]
    assert titles(page, "submissions") == ["A piece"]
    assert not page.all("section", class_="welcome")


def test_author_sees_own_texts_and_nothing_that_came_in(sign_in, ben, draft):
    Message.receive(name="Vic", email="vic@example.org", subject="A question", body="")
    page = Page(sign_in(ben).get("/desk").text)
    assert "No drafts" in section(page, "drafts").text
    assert "A draft" not in page.one("main").text
    assert "A question" not in page.one("main").text


def test_tells_what_was_lately_done_to_ones_posts(sign_in, ann, ed, draft):
    sign_in(ed).submit(f"/desk/posts/{draft.id}/publication")
    lately = section(Page(sign_in(ann).get("/desk").text), "lately")
    assert lately.all("li")[0].text.startswith("Ed Editor published a post: A draft")


def test_requires_sign_in_and_the_role(client, sign_in, rea):
    assert client.get("/desk").location.startswith("/login?")
    assert sign_in(rea).get("/desk").status_code == 403
    assert client.post("/desk").status_code in (400, 401, 403, 405)


def test_number_of_queries_does_not_grow(sign_in, ed, ann, draft, queries):
    browser = sign_in(ed)
    Message.receive(name="Vic", email="vic@example.org", subject="A question", body="")
    browser.get("/desk")
    with queries() as few:
        browser.get("/desk")
    for number in range(20):
        Post().revise(by=ann, title=f"Draft {number}", body="", authors=[ann])
    db.session.commit()
    with queries() as many:
        browser.get("/desk")
    assert len(few) == len(many) <= 15
