from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Event, PreviewLink
from markup import Page


@pytest.fixture
def anns(sign_in, ann):
    ann.timezone = "Europe/Berlin"
    return sign_in(ann)


@pytest.fixture
def link(draft, ann) -> PreviewLink:
    link = PreviewLink.create(draft, by=ann, label="Lea", expires_at=clock.now() + timedelta(days=7))
    db.session.commit()
    return link


def links(content) -> str:
    return f"/desk/{content.kind}s/{content.id}/preview-links"


def the_link(content) -> PreviewLink:
    return db.session.scalars(PreviewLink.to(content)).one()


def error(answer, name: str) -> str:
    assert answer.status_code == 422
    return Page(answer.text).one("p", id=f"{name}-error").text


def test_a_link_is_made_and_shown_to_be_copied(anns, client, draft, ann):
    answer = anns.submit(links(draft), {"label": "Lea, for the facts", "lifetime": "7", "may_note": "y"})
    assert (answer.status_code, answer.location) == (303, links(draft))
    link = the_link(draft)
    assert (link.label, link.may_note, link.created_by, link.revision) == (
        "Lea, for the facts", True, ann, None,
    )  # fmt: skip
    assert timedelta(days=6, hours=23) < link.expires_at - clock.now() <= timedelta(days=7)
    page = Page(anns.get(links(draft)).text)
    address = page.one("input", class_="copy-text").value
    assert address.startswith("http://localhost/preview/")
    assert "Not yet" in client.get(address.removeprefix("http://localhost")).text


@pytest.mark.parametrize(("chosen", "days"), [("1", 1), ("7", 7), ("30", 30)])
def test_a_link_works_for_a_while(anns, draft, chosen, days):
    anns.submit(links(draft), {"lifetime": chosen})
    assert abs(the_link(draft).expires_at - clock.now() - timedelta(days=days)) < timedelta(minutes=1)


def test_or_until_a_date_by_ones_own_clock(anns, draft):
    year = clock.now().year + 1
    at = f"{year}-01-20T09:00"
    anns.submit(links(draft), {"lifetime": "until", "expires_at": at})
    assert the_link(draft).expires_at == datetime(year, 1, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("", "Write the date"),
        ("2020-01-01T09:00", "over already"),
        ("2999-01-01T09:00", "a year at most"),
        ("soon", "Write it as"),
    ],
)
def test_a_date_that_cannot_be_is_explained(anns, draft, at, words):
    answer = anns.submit(links(draft), {"label": "Kept", "lifetime": "until", "expires_at": at})
    assert words in error(answer, "expires_at")
    assert Page(answer.text).one("input", name="label").value == "Kept"
    assert db.session.scalar(PreviewLink.to(draft)) is None


def test_a_link_is_pinned_to_a_version(anns, client, draft, ann):
    first = draft.latest_revision()
    draft.revise(by=ann, body="Newer words.")
    db.session.commit()
    anns.submit(links(draft), {"lifetime": "7", "revision": str(first.id)})
    assert the_link(draft).revision == first
    assert "shows version 1" in anns.get(links(draft)).text


def test_not_to_a_version_of_something_else(anns, draft, post):
    answer = anns.submit(links(draft), {"lifetime": "7", "revision": str(post.latest_revision().id)})
    assert "Choose a version" in error(answer, "revision")


def test_a_link_is_revoked_and_the_undo_lets_it_work_again(anns, draft, link):
    anns.submit(f"{links(draft)}/{link.id}/revocation")
    assert link.state == "revoked"
    page = Page(anns.get(links(draft)).text)
    undo = f"{links(draft)}/{link.id}/revocation/delete"
    assert page.one("div", class_="flash").one("form", action=undo)
    anns.submit(undo)
    assert link.state == "open"
    actions = list(db.session.scalars(db.select(Event.action).order_by(Event.id)))
    assert actions[-3:] == [
        "post_preview_link_created", "post_preview_link_revoked", "post_preview_link_reinstated",
    ]  # fmt: skip


def test_only_who_may_edit_the_text_makes_and_revokes_links(sign_in, ben, client, draft, link):
    bens = sign_in(ben)
    assert bens.get(links(draft)).status_code == 404
    assert bens.submit(links(draft), {"lifetime": "7"}).status_code == 404
    assert bens.submit(f"{links(draft)}/{link.id}/revocation").status_code == 404
    assert client.submit(links(draft), {"lifetime": "7"}).status_code == 401
    assert link.state == "open"


def test_a_link_is_revoked_under_its_own_text_alone(anns, draft, post, link):
    assert anns.submit(f"{links(post)}/{link.id}/revocation").status_code == 404
    assert link.state == "open"


def test_the_list_says_how_each_link_stands(anns, draft, link, ann, ed):
    PreviewLink.create(draft, by=ann, label="Old", expires_at=clock.now() - timedelta(days=1))
    PreviewLink.create(draft, by=ed, label="Eds", expires_at=clock.now() + timedelta(days=1))
    ed.suspend()
    items = {
        item.one("h2").text: item.text
        for item in Page(anns.get(links(draft)).text).all("li", class_="preview-link")
    }
    assert "Open" in items["Lea"]
    assert "not seen yet" in items["Lea"]
    assert "Expired" in items["Old"]
    assert "may not see the text any more" in items["Eds"]


def test_links_long_ended_are_forgotten_by_a_chore(draft, ann, link):
    def made(**times):
        return PreviewLink.create(draft, by=ann, **times)

    now = clock.now()
    old = made(expires_at=now - timedelta(days=91)).id
    fresh = made(expires_at=now - timedelta(days=89)).id
    revoked = made(expires_at=now + timedelta(days=300))
    revoked.revoked_at = now - timedelta(days=91)
    db.session.flush()
    assert PreviewLink.forget_ended(now) == 2
    left = set(db.session.scalars(db.select(PreviewLink.id)))
    assert left == {link.id, fresh}
    assert old not in left
