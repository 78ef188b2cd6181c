import pytest
from sqlalchemy import func, select

from broadsheet.blueprints.desk import submissions
from broadsheet.extensions import db
from broadsheet.models import Post, Submission, User
from broadsheet.models.content import State
from broadsheet.models.submission import SubmissionState
from markup import Page


@pytest.fixture
def submission(app):
    return offered("On rivers", "They *flow*.\n\n<script>alert(1)</script>")


def offered(title="A piece", body="Words.", name="Sue Sender", email="sue@example.org"):
    submission = Submission.receive(name=name, email=email, title=title, body=body)
    db.session.commit()
    return submission


def titles(answer):
    return [one.text for one in Page(answer.text).all("a", class_="listing-title")]


def test_empty_queue_says_where_pieces_come_from(sign_in, ed):
    page = Page(sign_in(ed).get("/desk/submissions").text)
    assert page.one("p", class_="empty-heading").text == "No piece waits for an answer"


def test_lists_by_state_what_waits_first(sign_in, ed, submission):
    offered("Declined").decline()
    browser = sign_in(ed)
    assert titles(browser.get("/desk/submissions")) == ["On rivers"]
    assert titles(browser.get("/desk/submissions?state=declined")) == ["Declined"]
    assert titles(browser.get("/desk/submissions?state=accepted")) == []


def test_shows_the_piece_as_readers_would_see_it(sign_in, ed, submission):
    answer = sign_in(ed).get(f"/desk/submissions/{submission.id}")
    page = Page(answer.text)
    assert page.one("article").one("em").text == "flow"
    assert "alert(1)" not in "".join(element.text for element in page.all("script"))
    assert page.one("select", name="author").all("option")[0].text == "A new byline: Sue Sender"


def test_shows_the_plain_text_of_what_cannot_be_rendered(sign_in, ed, submission, monkeypatch):
    monkeypatch.setattr(submissions, "rendered", lambda text: 1 / 0)
    answer = sign_in(ed).get(f"/desk/submissions/{submission.id}")
    page = Page(answer.text)
    assert answer.status_code == 200
    assert page.one("div", class_="letter").text == "They *flow*. <script>alert(1)</script>"
    assert page.one("select", name="author")


def test_is_accepted_under_a_new_byline(sign_in, ed, submission):
    answer = sign_in(ed).submit(f"/desk/submissions/{submission.id}/acceptance", {"author": "0"})
    post = db.session.scalars(select(Post)).one()
    assert (answer.status_code, answer.location) == (303, f"/desk/posts/{post.id}/edit")
    assert (post.title, post.state) == ("On rivers", State.DRAFT)
    assert [(author.name, author.is_byline) for author in post.authors] == [("Sue Sender", True)]
    assert submission.state == SubmissionState.ACCEPTED


def test_is_accepted_under_the_byline_of_somebody_here(sign_in, ed, ann, submission):
    sign_in(ed).submit(f"/desk/submissions/{submission.id}/acceptance", {"author": str(ann.id)})
    assert list(db.session.scalars(select(Post)).one().authors) == [ann]


def test_sender_who_is_here_already_is_proposed(sign_in, ed, ann):
    submission = offered(name="A. Author", email="Ann@Example.com")
    page = Page(sign_in(ed).get(f"/desk/submissions/{submission.id}").text)
    (chosen,) = (
        one for one in page.one("select", name="author").all("option") if "selected" in one.attributes
    )
    assert chosen["value"] == str(ann.id)


def test_accepted_twice_is_one_post(sign_in, ed, submission):
    browser = sign_in(ed)
    first = browser.submit(f"/desk/submissions/{submission.id}/acceptance", {"author": "0"})
    people = db.session.scalar(select(func.count()).select_from(User))
    second = browser.submit(f"/desk/submissions/{submission.id}/acceptance", {"author": "0"})
    assert first.location == second.location
    assert db.session.scalar(select(func.count()).select_from(User)) == people


def test_unknown_byline_is_explained(sign_in, ed, submission):
    answer = sign_in(ed).submit(f"/desk/submissions/{submission.id}/acceptance", {"author": "4711"})
    assert answer.status_code == 422
    assert Page(answer.text).one("p", class_="field-error").text
    assert submission.state == SubmissionState.WAITING


def test_is_declined_and_put_back(sign_in, ed, submission):
    browser = sign_in(ed)
    answer = browser.submit(f"/desk/submissions/{submission.id}/refusal")
    assert answer.status_code == 303
    assert submission.state == SubmissionState.DECLINED
    flash = Page(browser.get(answer.location).text).one("div", class_="flash")
    undo = flash.one("form")["action"]
    browser.submit(undo)
    assert submission.state == SubmissionState.WAITING


def test_is_deleted_and_its_post_stays(sign_in, ed, submission):
    browser = sign_in(ed)
    browser.submit(f"/desk/submissions/{submission.id}/acceptance", {"author": "0"})
    answer = browser.submit(f"/desk/submissions/{submission.id}/delete")
    assert answer.location == "/desk/submissions?state=accepted"
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 0
    assert db.session.scalar(select(func.count()).select_from(Post)) == 1


def test_lost_draft_can_be_made_again(sign_in, ed, submission):
    browser = sign_in(ed)
    browser.submit(f"/desk/submissions/{submission.id}/acceptance", {"author": "0"})
    db.session.scalars(select(Post)).one().delete()
    assert "its draft is deleted" in browser.get(f"/desk/submissions/{submission.id}").text
    assert browser.submit(f"/desk/submissions/{submission.id}/acceptance", {"author": "0"}).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Post)) == 1


def test_queue_leaves_out_spam_and_trash(sign_in, ed, submission):
    offered("Casino", "[url=https://x.example]online casino[/url]")
    offered("Old news").trash()
    browser = sign_in(ed)
    assert titles(browser.get("/desk/submissions")) == ["On rivers"]
    assert titles(browser.get("/desk/submissions?state=spam")) == ["Casino"]
    assert titles(browser.get("/desk/submissions?state=trash")) == ["Old news"]
    tabs = Page(browser.get("/desk/submissions").text).one("nav", class_="tabs")
    assert [tab.text for tab in tabs.all("a")] == [
        "Waiting 1",
        "Accepted 0",
        "Declined 0",
        "Spam 1",
        "Trash 1",
    ]


def test_search_looks_at_sender_title_and_text(sign_in, ed, submission):
    offered("Something else", name="Zoe", email="zoe@example.org")
    browser = sign_in(ed)
    for words in ("RIVERS", "flow", "sue@"):
        assert titles(browser.get("/desk/submissions", query_string={"q": words})) == ["On rivers"]
    page = Page(browser.get("/desk/submissions?q=nothing").text)
    assert page.one("p", class_="empty-heading").text == "No piece says that"


def test_accepting_teaches_the_filter_that_it_is_no_spam(sign_in, ed):
    piece = offered("Guest post", "With a dofollow link. https://x.example/1")
    assert piece.learned_as_spam is None
    sign_in(ed).submit(f"/desk/submissions/{piece.id}/acceptance", {"author": "0"})
    assert (piece.is_spam, piece.judged_by_person, piece.learned_as_spam) == (False, True, False)


def test_many_are_judged_at_once(sign_in, ed, submission):
    second = offered("Second")
    ids = [str(submission.id), str(second.id)]
    browser = sign_in(ed)
    browser.submit("/desk/submissions/selection", {"deed": "spam", "ids": ids})
    assert titles(browser.get("/desk/submissions?state=spam")) == ["Second", "On rivers"]
    browser.submit("/desk/submissions/selection?state=spam", {"deed": "ham", "ids": ids})
    assert titles(browser.get("/desk/submissions")) == ["Second", "On rivers"]
    assert "Mark as read" not in browser.get("/desk/submissions").text


def test_requires_sign_in_and_the_role(client, sign_in, ann, submission):
    for address in ("/desk/submissions", f"/desk/submissions/{submission.id}"):
        assert client.get(address).location.startswith("/login?")
        assert sign_in(ann).get(address).status_code == 403
    assert (
        sign_in(ann).submit(f"/desk/submissions/{submission.id}/acceptance", {"author": "0"}).status_code
        == 403
    )


def test_refuses_the_wrong_method(sign_in, ed, submission):
    for verb in ("acceptance", "refusal", "delete"):
        assert sign_in(ed).get(f"/desk/submissions/{submission.id}/{verb}").status_code == 405


def test_number_of_queries_does_not_grow(sign_in, ed, queries, submission):
    browser = sign_in(ed)
    browser.get("/desk/submissions")
    with queries() as few:
        browser.get("/desk/submissions")
    for number in range(25):
        offered(f"Number {number}")
    with queries() as many:
        browser.get("/desk/submissions")
    assert len(few) == len(many) <= 8


def test_view_that_does_not_exist_is_said_and_lists_nothing(sign_in, ed):
    answer = sign_in(ed).get("/desk/submissions?state=nonsense")
    assert answer.status_code == 422
    assert "There is no view “nonsense”." in Page(answer.text).one("div", class_="empty").text


def test_piece_that_comes_out_of_the_spam_is_mailed_to_the_editors(app, sign_in, ed, submission):
    folder = app.extensions["broadsheet_outbox"].folder
    submission.is_spam, submission.spam_score = True, 0.99
    before = len(list(folder.glob("*.eml")))
    sign_in(ed).submit(f"/desk/submissions/{submission.id}/judgement", {"spam": "no"})
    *_, last = sorted(folder.glob("*.eml"))
    assert len(list(folder.glob("*.eml"))) == before + 1
    assert f"Subject: Submission: {submission.title}" in last.read_text()
