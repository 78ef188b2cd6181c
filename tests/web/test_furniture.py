"""What stands on each page alike: kept for visitors, and never longer than it is right."""

from broadsheet.extensions import db
from broadsheet.models import Site
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
