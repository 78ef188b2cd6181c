"""robots.txt and security.txt."""

from datetime import timedelta
from urllib.robotparser import RobotFileParser

import pytest

from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models import Site


@pytest.fixture
def change(sign_in, ada):
    """Sends the settings as an admin does, with these changes."""
    browser = sign_in(ada)

    def change(**changes):
        kept = {"title": "The Daily Test", "language": "en", "timezone": "UTC", "accent": "#0055aa"}
        return browser.submit("/desk/settings", kept | {"posts_per_page": "12", **changes})

    return change


def in_days(days):
    return (clock.now() + timedelta(days=days)).date().isoformat()


def rules(client):
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    parser = RobotFileParser()
    parser.parse(answer.text.splitlines())
    return parser


def test_crawlers_are_shown_the_site_and_not_its_doors(client):
    parser = rules(client)
    for path in ("/", "/post/1/a", "/tag/notes", "/feed.atom", "/static/css/base.css", "/uploads/a/b.jpg"):
        assert parser.can_fetch("Anybot", path), path
    for path in ("/desk", "/desk/posts", "/account", "/login", "/preview/x"):
        assert not parser.can_fetch("Anybot", path), path
    assert parser.site_maps() == ["http://localhost/sitemap.xml"]


def test_owner_adds_rules_for_crawlers(client, change):
    assert change(robots="User-agent: GPTBot\nDisallow: /\n# no thanks").status_code == 303
    parser = rules(client)
    assert not parser.can_fetch("GPTBot", "/post/1/a")
    assert parser.can_fetch("Anybot", "/post/1/a")


def test_what_is_no_rule_is_refused(client, change):
    answer = change(robots="User-agent: GPTBot\n\nkeep out")
    assert answer.status_code == 422
    assert "Line 3 is no rule" in answer.text
    assert "keep out" in answer.text
    assert "keep out" not in client.get("/robots.txt").text


def test_there_is_no_contact_until_somebody_is_named(client):
    assert client.get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize(
    ("contact", "written"),
    [
        ("security@example.org", "mailto:security@example.org"),
        ("mailto:security@example.org", "mailto:security@example.org"),
        ("MAILTO:security@example.org", "mailto:security@example.org"),
        ("https://example.org/@report", "https://example.org/@report"),
    ],
)
def test_tells_whom_to_tell_of_a_hole(client, change, contact, written):
    until = in_days(90)
    assert change(security_contact=contact, security_expires=until).status_code == 303
    answer = client.get("/.well-known/security.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        f"Contact: {written}",
        f"Expires: {until}T00:00:00Z",
        "Preferred-Languages: en",
        "Canonical: http://localhost/.well-known/security.txt",
    ]


@pytest.mark.parametrize(
    ("contact", "days", "complaint"),
    [
        ("nobody", 90, "does not look like an e-mail address"),
        ("javascript:alert(1)", 90, "does not look like an e-mail address"),
        ("security@example.org", None, "until when"),
        ("security@example.org", 0, "after today"),
        ("security@example.org", 400, "within a year"),
    ],
)
def test_says_what_is_wrong_with_a_contact(client, change, contact, days, complaint):
    answer = change(security_contact=contact, security_expires="" if days is None else in_days(days))
    assert answer.status_code == 422
    assert complaint in answer.text
    assert client.get("/.well-known/security.txt").status_code == 404


def test_day_that_is_none_is_refused(change):
    assert "such as 2027-06-30" in change(security_contact="a@example.org", security_expires="soon").text


def test_contact_that_ran_out_hinders_no_other_change(change):
    Site.load().change(security_contact="security@example.org", security_expires="2020-01-01")
    db.session.commit()
    answer = change(security_contact="security@example.org", security_expires="2020-01-01")
    assert answer.status_code == 303


@pytest.mark.parametrize("path", ["/robots.txt", "/.well-known/security.txt"])
def test_refuses_other_methods(client, path):
    assert client.post(path).status_code == 405
