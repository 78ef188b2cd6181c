"""Pieces of pages are kept for visitors, and never longer than they are right."""

from datetime import UTC, datetime

import time_machine

from broadsheet.extensions import db
from broadsheet.models import Site, Tag
from markup import Page


def footer(client) -> str:
    return Page(client.get("/about").text).one("footer", class_="footer").text


def change(**settings) -> None:
    Site.load().change(**settings)
    db.session.commit()


def test_changed_settings_stand_in_the_footer_at_once(client):
    footer(client)
    change(tagline="All that is new", social_links=[{"label": "Mastodon", "url": "https://example.org/@us"}])
    assert "All that is new" in footer(client)
    assert "Mastodon" in footer(client)
    change(language="de")
    assert "Anmelden" in footer(client)


def test_whoever_is_signed_in_has_a_footer_of_their_own(client, sign_in, ann, rea):
    assert "Sign in" in footer(client)
    assert "Desk" in footer(sign_in(ann))
    assert "Your account" in footer(sign_in(rea))
    assert "Sign in" in footer(client)


def test_the_section_in_which_one_is_is_marked(client):
    def here(path: str) -> list[str]:
        links = Page(client.get(path).text).one("nav", class_="sections").all("a")
        return [link.text for link in links if link.get("aria-current")]

    assert here("/") == ["Home"]
    assert here("/archive") == ["Archive"]
    assert here("/tags") == []
    assert here("/") == ["Home"]


def test_a_story_in_a_list_is_never_older_than_what_it_tells(client, post, ann):
    def story() -> str:
        return Page(client.get("/").text).one("article").text

    tag = Tag.named(["Sea"])
    post.revise(by=None, title="Waves", summary="How they break.", tags=tag)
    db.session.commit()
    assert "Waves" in story()
    for change_it, now in (
        (lambda: post.revise(by=None, title="Tides"), "Tides"),
        (lambda: post.revise(by=None, summary="How they turn."), "How they turn."),
        (lambda: setattr(ann, "name", "Anna Lind"), "Anna Lind"),
        (lambda: setattr(tag[0], "name", "Ocean"), "Ocean"),
    ):
        assert now not in story()
        change_it()
        db.session.commit()
        assert now in story()


def test_a_story_of_last_year_bears_its_year(client, post):
    def date() -> str:
        return Page(client.get("/tag/sea").text).one("time").text

    year = str(post.published_at.year)
    post.revise(by=None, tags=Tag.named(["Sea"]))
    db.session.commit()
    assert year not in date()
    with time_machine.travel(post.published_at.replace(year=post.published_at.year + 1)):
        assert year in date()


def test_a_story_is_written_in_the_language_and_the_zone_of_the_site(client, post):
    def date() -> str:
        return Page(client.get("/tag/sea").text).one("time").text

    post.revise(by=None, tags=Tag.named(["Sea"]), published_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    db.session.commit()
    assert date().startswith(("1 March", "March 1"))
    change(timezone="Europe/Berlin")
    assert date().startswith(("2 March", "March 2"))
    change(language="de")
    assert date().startswith("2. März")
