"""The site's settings, navigation and look for programs."""

from pathlib import Path

import pytest

from broadsheet.blueprints.api.appearance import APPEARANCE
from broadsheet.blueprints.api.fields import kinds_of
from broadsheet.blueprints.api.navigation import NAVIGATION
from broadsheet.blueprints.api.settings import SETTINGS
from broadsheet.extensions import db
from broadsheet.forms.appearance import AppearanceForm
from broadsheet.forms.navigation import NavigationForm
from broadsheet.forms.settings import SettingsForm
from broadsheet.models import Site
from stage import PASSWORD

LINKS = [{"label": "Mastodon", "url": "https://social.example/@us"}]


def pointers(answer):
    assert answer.status_code == 422, answer.text
    return [error["pointer"] for error in answer.json["errors"]]


def test_readers_know_what_the_site_is(stranger, adas):
    before = stranger.get("/site")
    assert (before.json["title"], before.json["url"]) == ("Broadsheet", "http://localhost/")
    assert before.json["navigation"][0] == {"label": "Home", "url": "/"}
    assert "public" in before.headers["Cache-Control"]
    adas.patch("/settings", json={"title": "The Gazette", "social_links": LINKS})
    after = stranger.get("/site").json
    assert (after["title"], after["social_links"]) == ("The Gazette", LINKS)


def test_one_setting_is_changed_and_the_others_stay(adas):
    adas.patch("/settings", json={"social_links": LINKS, "footer": "*Us*", "authors_publish": False})
    said = adas.patch("/settings", json={"tagline": "News"}).json
    assert said == adas.get("/settings").json
    assert (said["tagline"], said["footer"], said["social_links"], said["authors_publish"]) == (
        "News",
        "*Us*",
        LINKS,
        False,
    )
    assert Site.load().footer_html == "<p><em>Us</em></p>\n"
    other = [{"label": "Other", "url": "https://other.example"}, *LINKS]
    assert adas.patch("/settings", json={"social_links": other}).json["social_links"] == other
    assert adas.patch("/settings", json={"social_links": []}).json["social_links"] == []


def test_settings_are_replaced_as_a_whole(adas):
    adas.patch("/settings", json={"tagline": "News", "social_links": LINKS})
    assert pointers(adas.put("/settings", json={"title": "X"})) == [
        "/language",
        "/timezone",
        "/posts_per_page",
        "/second_factor_of",
    ]
    whole = {"title": "X", "language": "de", "timezone": "Europe/Berlin", "posts_per_page": 5}
    said = adas.put("/settings", json=whole | {"second_factor_of": "nobody"}).json
    assert (said["language"], said["tagline"], said["social_links"]) == ("de", "", [])


def test_whatever_is_written_can_be_read():
    for form, shape in ((SettingsForm, SETTINGS), (AppearanceForm, APPEARANCE), (NavigationForm, NAVIGATION)):
        assert set(shape.names) == set(kinds_of(form)) - {"own_password"}


def test_who_has_seen_other_settings_is_told(adas):
    seen = {"If-Match": adas.get("/settings").headers["ETag"]}
    assert adas.patch("/settings", json={"tagline": "First"}, headers=seen).status_code == 200
    assert adas.patch("/settings", json={"tagline": "Second"}, headers=seen).status_code == 412
    assert Site.load().tagline == "First"


@pytest.mark.parametrize("opened", [{"authors_publish": True}, {"second_factor_of": "nobody"}])
def test_what_opens_doors_asks_for_the_own_password(adas, ada, passkey, opened):
    Site.load().change(authors_publish=False, second_factor_of="editors")
    ada.add_passkey(passkey)
    db.session.commit()
    assert pointers(adas.patch("/settings", json=opened)) == ["/own_password"]
    assert adas.patch("/settings", json={"tagline": "x"}).status_code == 200
    assert adas.patch("/settings", json=opened | {"own_password": PASSWORD}).status_code == 200


def test_the_navigation_is_put_in_another_order(eds, anns):
    links = [{"label": "Zoo", "url": "/zoo"}, {"label": "Elsewhere", "url": "https://a.example/"}]
    assert eds.put("/navigation", json={"links": links}).json == {"links": links}
    assert eds.put("/navigation", json={"links": links[::-1]}).json == {"links": links[::-1]}
    assert eds.get("/navigation").json == {"links": links[::-1]}
    assert pointers(eds.put("/navigation", json={"links": [*links, {"label": "No address"}]})) == [
        "/links/2/url"
    ]
    assert pointers(eds.put("/navigation", json={"links": links * 16})) == ["/links"]
    assert eds.put("/navigation", json={}).json == {"links": []}
    assert anns.get("/navigation").status_code == 403


def test_the_look_is_changed_and_keeps_what_is_left_out(adas):
    assert adas.patch("/appearance", json={"columns": 2}).json["columns"] == 2
    said = adas.patch("/appearance", json={"accent": "#1F4E79"}).json
    assert (said["accent"], said["columns"], said["typeface"]) == ("#1f4e79", 2, "serif")
    assert pointers(adas.patch("/appearance", json={"accent": "red", "header": "odd", "columns": 9})) == [
        "/accent",
        "/header",
        "/columns",
    ]


def test_a_theme_is_chosen(app, adas):
    for name, manifest in (("good", 'name = "Good"\n'), ("broken", "name = \n")):
        folder = Path(app.instance_path) / "themes" / name
        folder.mkdir(parents=True)
        (folder / "theme.toml").write_text(manifest)
    listed = {one["name"]: one for one in adas.get("/themes").json["items"]}
    assert (listed["good"]["is_usable"], listed["broken"]["is_usable"]) == (True, False)
    assert listed["broken"]["problems"]
    assert adas.put("/themes/chosen", json={"theme": "good"}).json == {"theme": "good"}
    assert [one["name"] for one in adas.get("/themes").json["items"] if one["is_chosen"]] == ["good"]
    assert pointers(adas.put("/themes/chosen", json={"theme": "broken"})) == ["/theme"]
    assert adas.put("/themes/chosen", json={}).json == adas.get("/themes/chosen").json == {"theme": ""}
