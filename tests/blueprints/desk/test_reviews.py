from datetime import timedelta

import pytest

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, Post, Review, Site
from broadsheet.models.review import Outcome
from markup import Page


@pytest.fixture
def anns(sign_in, ann):
    return sign_in(ann)


@pytest.fixture
def eds(sign_in, ed):
    return sign_in(ed)


@pytest.fixture
def editors_publish(app):
    """The site on which authors may only send for review."""
    Site.load().change(authors_publish=False)
    db.session.commit()


@pytest.fixture
def waiting(draft, ann) -> Review:
    review = draft.request_review(by=ann, question="Is the second half clear?")
    db.session.commit()
    return review


@pytest.fixture
def mails(app, monkeypatch):
    """Who got what: (recipients, subject, text)."""
    sent: list[tuple[str, str, str]] = []

    def send(to, subject, template, **context):
        from flask import render_template

        sent.append((str(to), str(subject), render_template(f"mail/{template}.txt", **context)))

    monkeypatch.setattr("broadsheet.mail.send", send)
    monkeypatch.setattr("broadsheet.mail.send_to_each", send)
    return sent


def reviews(content) -> str:
    return f"/desk/{content.kind}s/{content.id}/reviews"


def editor_of(client, post) -> Page:
    return Page(client.get(f"/desk/posts/{post.id}/edit").text)


def deeds() -> list[str]:
    return list(db.session.scalars(db.select(Event.action).order_by(Event.id)))


# -- sending


def test_an_author_sends_what_stands_in_the_editor(anns, draft):
    answer = anns.submit(
        reviews(draft), {"title": "Better", "body": "All *ready*.", "question": "Is the end too long?"}
    )
    assert (answer.status_code, answer.location) == (303, f"/desk/posts/{draft.id}/edit")
    assert (draft.title, draft.state) == ("Better", "in_review")
    review = db.session.scalars(draft.reviews.select()).one()
    assert (review.version, review.question) == (draft.version, "Is the end too long?")
    assert "post_review_requested" in deeds()


def test_a_new_text_is_sent_with_one_press(anns, ann):
    answer = anns.submit("/desk/posts/new/reviews", {"title": "Brand new", "body": "Text."})
    assert answer.status_code == 303
    post = db.session.scalars(db.select(Post)).one()
    assert post.state == "in_review"
    assert list(post.authors) == [ann]


def test_what_cannot_be_saved_is_not_sent_and_comes_back(anns, draft):
    answer = anns.submit(reviews(draft), {"title": "x" * 400, "question": "Kept?"})
    assert answer.status_code == 422
    assert "Kept?" in answer.text
    assert draft.state == "draft"


def test_a_conflict_keeps_the_question(anns, draft, ed):
    draft.revise(by=ed, body="Eds words.")
    answer = anns.submit(reviews(draft), {"version": "1", "body": "Anns words.", "question": "Kept?"})
    assert answer.status_code == 409
    assert Page(answer.text).one("input", name="question").value == "Kept?"
    assert draft.state == "draft"


def test_sending_again_asks_anew_without_a_second_review(anns, draft, waiting):
    anns.submit(reviews(draft), {"body": "Changed.", "question": "And now?"})
    assert [one.question for one in db.session.scalars(draft.reviews.select())] == ["And now?"]
    assert waiting.version == draft.version


def test_a_text_in_review_is_hidden_from_readers(client, draft, waiting):
    assert client.get(draft.path).status_code == 404


def test_only_who_may_edit_it_sends_it(sign_in, ben, draft, client):
    assert sign_in(ben).submit(reviews(draft)).status_code == 404
    assert client.submit(reviews(draft)).status_code in (401, 403)
    assert draft.state == "draft"


def test_the_editors_are_mailed_and_asked_the_question(anns, draft, ed, ada, mails):
    anns.submit(reviews(draft), {"question": "Is it fair?"})
    ((to, subject, text),) = mails
    assert "ed@example.com" in to
    assert "ada@example.com" in to
    assert subject == "For review: A draft"
    assert "Is it fair?" in text
    assert f"/desk/posts/{draft.id}/edit" in text


def test_an_editor_who_asks_another_is_not_mailed(eds, draft, ada, mails):
    eds.submit(reviews(draft))
    assert ["ed@example.com" in to for to, _, _ in mails] == [False]


# -- the list


def test_the_list_has_a_tab_with_a_count(eds, draft, waiting):
    page = Page(eds.get("/desk/posts").text)
    tab = next(one for one in page.all("a") if one.text.startswith("In review"))
    assert tab.text == "In review 1"
    found = Page(eds.get(tab["href"]).text)
    assert [one.text for one in found.all("a", class_="listing-title")] == ["A draft"]
    assert found.one("span", class_="state-in_review").text == "In review"


def test_all_counts_each_post_once(eds, draft, post, ann):
    post.request_review(by=ann)
    page = Page(eds.get("/desk/posts").text)
    assert next(one for one in page.all("a") if one.text.startswith("All")).text == "All 2"


# -- the answer


def test_an_editor_returns_it_with_a_note(eds, anns, draft, waiting, ed, mails):
    answer = eds.submit(f"{reviews(draft)}/return", {"answer": "Please name the source."})
    assert answer.status_code == 303
    assert draft.state == "draft"
    assert (waiting.outcome, waiting.decided_by) == (Outcome.RETURNED, ed)
    ((to, subject, text),) = mails
    assert ("ann@example.com" in to, subject) == (True, "Returned: A draft")
    assert "Please name the source." in text
    box = editor_of(anns, draft).one("div", class_="review-box").text
    assert "Ed Editor returned it" in box
    assert "Please name the source." in box


def test_what_the_editor_corrected_is_saved_as_it_is_returned(eds, draft, waiting):
    eds.submit(f"{reviews(draft)}/return", {"title": "A headline that fits", "answer": "See the title."})
    assert (draft.title, draft.state) == ("A headline that fits", "draft")


def test_returning_needs_a_note(eds, draft, waiting):
    answer = eds.submit(f"{reviews(draft)}/return", {"body": "Typed by Ed."})
    assert answer.status_code == 422
    assert "Say what is to be done" in answer.text
    assert "Typed by Ed." in answer.text
    assert draft.state == "in_review"


def test_only_editors_return(anns, draft, waiting):
    assert anns.submit(f"{reviews(draft)}/return", {"answer": "x"}).status_code == 403
    assert draft.state == "in_review"


def test_the_second_of_two_editors_is_told_that_it_was_answered(eds, draft, waiting, ada):
    waiting.return_(by=ada, note="Mine.")
    eds.submit(f"{reviews(draft)}/return", {"body": "Corrected.", "answer": "Also mine."})
    assert "Somebody has answered this review meanwhile" in editor_of(eds, draft).text
    assert (draft.body, waiting.answer) == ("Corrected.", "Mine.")


def test_publishing_is_the_other_answer(eds, anns, draft, waiting, ed, mails, client):
    eds.submit(f"/desk/posts/{draft.id}/publication")
    assert draft.is_published
    assert (waiting.outcome, waiting.decided_by) == (Outcome.PUBLISHED, ed)
    ((to, subject, text),) = mails
    assert ("ann@example.com" in to, subject) == (True, "Published: A draft")
    assert draft.path in text


def test_scheduling_answers_it_too(eds, draft, waiting, mails):
    eds.submit(f"/desk/posts/{draft.id}/publication", {"published_at": "2999-01-01T09:00"})
    assert (draft.state, waiting.outcome) == ("scheduled", Outcome.PUBLISHED)
    assert mails[0][1] == "Scheduled: A draft"
    assert "will be published on" in mails[0][2]


def test_whoever_sent_it_takes_it_back(anns, draft, waiting, mails):
    anns.submit(f"{reviews(draft)}/withdrawal", {"body": "Better wait."})
    assert (draft.state, draft.body, waiting.outcome) == ("draft", "Better wait.", Outcome.WITHDRAWN)
    assert mails == []


def test_the_history_shows_each_review(anns, draft, waiting, ed, ann):
    waiting.return_(by=ed, note="Shorter, please.")
    draft.request_review(by=ann, question="Like this?")
    page = Page(anns.get(reviews(draft)).text)
    first, second = page.all("li", class_="review")
    assert "Waiting" in first.text
    assert "Like this?" in first.text
    assert "Returned" in second.text
    assert "Shorter, please." in second.text
    assert "Is the second half clear?" in second.text


def test_the_history_is_hidden_from_others(sign_in, ben, draft, waiting):
    assert sign_in(ben).get(reviews(draft)).status_code == 404


def test_a_review_without_its_people_is_still_told(eds, draft, waiting, ann):
    waiting.requested_by_id = None
    assert "Somebody who has left asked for review" in Page(eds.get(reviews(draft)).text).text


def test_a_page_is_reviewed_like_a_post(eds, sign_in, ada, page):
    page.unpublish()
    eds.submit(reviews(page), {"question": "May this go out?"})
    assert page.state == "in_review"
    sign_in(ada).submit(f"/desk/pages/{page.id}/publication")
    assert page.is_published


# -- who publishes


def test_authors_publish_unless_the_site_says_otherwise(anns, draft):
    anns.submit(f"/desk/posts/{draft.id}/publication")
    assert draft.is_published


@pytest.mark.usefixtures("editors_publish")
class TestEditorsPublish:
    def test_an_author_is_offered_the_review_instead(self, anns, draft):
        buttons = [one.text for one in editor_of(anns, draft).all("button")]
        assert "Publish" not in buttons
        assert "Send for review" in buttons

    def test_a_program_is_refused_in_its_own_words(self, anns, draft):
        answer = anns.submit(f"/desk/posts/{draft.id}/publication", headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json["status"]) == (403, 403)
        assert answer.json["detail"] == "On this site an editor publishes. Send it for review."

    def test_an_author_who_publishes_is_refused_and_loses_no_word(self, anns, draft):
        answer = anns.submit(f"/desk/posts/{draft.id}/publication", {"title": "Mine", "body": "Every word."})
        assert answer.status_code == 403
        assert "an editor publishes" in answer.text
        assert "Every word." in answer.text
        assert draft.state == "draft"

    def test_nor_a_new_post(self, anns):
        assert anns.submit("/desk/posts/new/publication", {"title": "T", "body": "B"}).status_code == 403
        assert db.session.scalar(db.select(Post)) is None

    def test_nor_at_a_time(self, anns, draft):
        data = {"published_at": "2999-01-01T09:00"}
        assert anns.submit(f"/desk/posts/{draft.id}/publication", data).status_code == 403
        assert draft.state == "draft"

    def test_an_author_moves_no_scheduled_post(self, anns, draft):
        at = clock.now() + timedelta(days=3)
        draft.schedule(at)
        data = {"published_at": "2000-01-01T09:00", "expires_at": "2999-01-01T09:00"}
        anns.submit(f"/desk/posts/{draft.id}/edit", data)
        assert (draft.state, draft.published_at, draft.expires_at) == ("scheduled", at, None)

    def test_an_author_sets_no_end_of_what_readers_see(self, anns, post):
        data = {"expires_at": "2999-01-01T09:00"}
        assert anns.submit(f"/desk/posts/{post.id}/publication/end", data).status_code == 403
        anns.submit(f"/desk/posts/{post.id}/edit", data)
        assert post.expires_at is None

    def test_changes_of_a_live_post_go_to_review_and_the_editor_publishes_them(self, anns, eds, post):
        before = post.body
        anns.submit(reviews(post), {"body": "Better words.", "question": "Now?"})
        assert (post.body, post.state) == (before, "published")
        assert "Changes in review" in eds.get("/desk/posts?state=in_review").text
        eds.submit(f"/desk/posts/{post.id}/publication")
        assert (post.body, post.review_requested_at) == ("Better words.", None)

    @pytest.mark.parametrize("deed", ["publication/delete", "trash"])
    def test_an_author_takes_nothing_away_from_readers(self, anns, post, deed):
        assert anns.submit(f"/desk/posts/{post.id}/{deed}").status_code == 403
        assert post.is_published

    def test_an_author_brings_nothing_back_before_readers(self, anns, post):
        post.trash()
        assert anns.submit(f"/desk/posts/{post.id}/trash/delete").status_code == 403
        assert post.state == "trashed"

    def test_a_draft_is_trashed_and_taken_back_all_the_same(self, anns, draft):
        anns.submit(f"/desk/posts/{draft.id}/trash")
        assert draft.state == "trashed"
        anns.submit(f"/desk/posts/{draft.id}/trash/delete")
        assert draft.state == "draft"

    @pytest.mark.parametrize("deed", ["publish", "trash", "unpublish"])
    def test_nor_many_at_once(self, anns, draft, post, deed):
        anns.submit("/desk/posts/selection", {"deed": deed, "ids": [draft.id, post.id]})
        assert draft.status == "draft"
        assert post.is_published

    def test_nor_are_tags_of_what_readers_see_changed_at_once(self, anns, draft, post):
        ids = [draft.id, post.id]
        anns.submit("/desk/posts/selection", {"deed": "tag", "tag": "Fresh", "ids": ids})
        assert [tag.name for tag in draft.tags] == ["Fresh"]
        assert [tag.name for tag in post.tags] == ["Notes"]

    def test_nor_by_a_made_up_undo(self, anns, draft, post):
        public = f"published|{clock.now().isoformat()}||"
        anns.submit("/desk/posts/selection/undo", {"deed": "publish", "was": [f"{draft.id}:{public}"]})
        anns.submit("/desk/posts/selection/undo", {"deed": "publish", "was": [f"{post.id}:draft|||"]})
        assert draft.state == "draft"
        assert post.is_published

    def test_editors_publish(self, eds, draft, waiting):
        assert "Publish" in [one.text for one in editor_of(eds, draft).all("button")]
        eds.submit(f"/desk/posts/{draft.id}/publication")
        assert draft.is_published


def test_the_setting_is_changed_at_the_desk(sign_in, ada):
    adas = sign_in(ada)
    page = Page(adas.get("/desk/settings").text)
    assert page.one("select", name="authors_publish").one("option", selected="")["value"] == "True"
    adas.submit("/desk/settings", {"authors_publish": "False"})
    assert Site.load().authors_publish is False
    adas.submit("/desk/settings", {"title": "A form that leaves it out"})
    assert Site.load().authors_publish is False


def test_a_person_shown_out_is_not_mailed(eds, draft, waiting, ann, mails):
    ann.suspend()
    eds.submit(f"{reviews(draft)}/return", {"answer": "Never read."})
    assert mails == []


def test_the_editor_asks_the_database_little_more(eds, draft, waiting, queries):
    with queries() as asked:
        eds.get(f"/desk/posts/{draft.id}/edit")
    assert len(asked) <= 25


def test_what_readers_see_already_is_not_sent_for_review(anns, post, ann):
    assert not editor_of(anns, post).all("textarea", name="question")
    answer = anns.submit(reviews(post), {"question": "And?"})
    assert answer.status_code == 303
    assert post.waiting_review() is None
    assert "there is nothing to review" in anns.get(answer.location).text
    post.hold(by=ann, body="Changed.")
    db.session.commit()
    assert editor_of(anns, post).all("textarea", name="question")
    anns.submit(reviews(post), {"question": "And?"})
    assert post.waiting_review() is not None


def test_who_may_not_publish_is_told_how_changes_of_a_live_post_are_sent(anns, post, editors_publish):
    assert (
        "Save what you change, and you can send it for review."
        in anns.get(f"/desk/posts/{post.id}/edit").text
    )


def test_with_the_changes_goes_the_review_of_them(anns, post, ann):
    post.hold(by=ann, body="Changed.")
    review = post.request_review(by=ann)
    db.session.commit()
    anns.submit(f"/desk/posts/{post.id}/held-changes/delete")
    assert (review.outcome, review.decided_by, post.waiting_review()) == (Outcome.WITHDRAWN, ann, None)
