"""One bad text, one bad value in the database: the rest of the site goes on, and somebody is told which."""

import pytest
from sqlalchemy import update

from broadsheet.doctor import examine
from broadsheet.extensions import db
from broadsheet.jobs import chores
from broadsheet.lib import clock, markdown
from broadsheet.models import Post, Setting, Site
from stage import on_sqlite

UNFIT = {
    "timezone": "Europe/Atlantis",
    "language": ["de"],
    "accent": "red; } body { display: none",
    "posts_per_page": "many",
    "navigation": [{"label": "Home"}, 7],
    "columns": None,
    "title": 5,
    "authors_publish": "no",
    "theme_since": "yesterday",
    "social_links": {"label": "x"},
}


@pytest.fixture
def unfit(app):
    for name, value in UNFIT.items():
        db.session.merge(Setting(name=name, value=value))
    db.session.commit()


def test_values_that_no_page_can_be_made_with_take_no_page_down(client, unfit, post):
    for path in ("/", post.path, "/archive", "/feed.atom", "/sitemap.xml", "/contact", "/login"):
        assert client.get(path).status_code == 200, path


def test_the_desk_says_which_and_saving_mends_them(unfit, sign_in, ada):
    browser = sign_in(ada)
    today = browser.get("/desk").text
    for name in Site.load().unfit:
        assert f"what is stored as {name} cannot be used" in today
    assert set(Site.load().unfit) == set(UNFIT)
    Site.load().change(timezone="UTC", title="The Review")
    db.session.commit()
    assert not {"timezone", "title"} & set(Site.load().unfit)
    assert db.session.get(Setting, "timezone").value == "UTC"


def test_the_doctor_says_which(app, unfit):
    said = [one.words for one in examine(app.config["BROADSHEET"], offline=True) if one.what == "Settings"]
    assert "what the database holds as timezone cannot be used; the default stands for it" in said


def test_a_text_that_cannot_be_rendered_anew_keeps_nobody_waiting(app, post, draft, monkeypatch, caplog):
    db.session.execute(update(Post).values(rendered_with=0, html="<p>as it was</p>"))
    db.session.commit()
    rendered = markdown.render

    def render(text, **more):
        if "ready" in text:
            raise RecursionError("too deep")
        return rendered(text, **more)

    monkeypatch.setattr(markdown, "render", render)
    assert chores.render_anew(clock.now()) == 2
    db.session.commit()
    assert (draft.html, post.html == "<p>as it was</p>") == ("<p>as it was</p>", False)
    assert f"The post {draft.id} (A draft) cannot be rendered anew" in caplog.text
    assert chores.render_anew(clock.now()) == 0


@on_sqlite
def test_a_damaged_row_hurts_no_other_and_the_doctor_names_it(app, client, post, draft):
    draft.publish()
    db.session.commit()
    db.session.execute(
        db.text("UPDATE posts SET toc = '{oops', picture = '[', needs = '\"', frames = '{' WHERE id = :id"),
        {"id": draft.id},
    )
    db.session.commit()
    for path in ("/", post.path, "/archive", "/feed.atom", "/feed.json", "/sitemap.xml", "/search?q=text"):
        assert client.get(path).status_code == 200, path
    said = [one.words for one in examine(app.config["BROADSHEET"], offline=True) if one.what == "Database"]
    assert said[0] == (
        f"values that cannot be read: toc of posts {draft.id}, picture of posts {draft.id},"
        f" needs of posts {draft.id} and 1 more"
    )
    draft.revise(by=draft.authors[0], body="Written once more.")
    db.session.commit()
    assert client.get(draft.path).status_code == 200
