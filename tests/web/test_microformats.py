"""What readers of microformats2 find (microformats.org/wiki/h-entry), by a parser that nobody here wrote."""

import mf2py
import pytest

from broadsheet.extensions import db
from broadsheet.lib import clock


def test_post_is_an_entry_with_author_text_and_date(client, post):
    entry = parsed(client, post.path)["items"][0]
    said = entry["properties"]
    assert entry["type"] == ["h-entry"]
    assert said["name"] == ["A published post"]
    assert said["summary"] == ["What it is about."]
    assert said["url"] == [f"http://localhost{post.path}"]
    assert said["category"] == ["Notes"]
    assert abs(moment(said["published"][0]) - post.published_at).total_seconds() < 1
    assert "Some <em>text</em>" in said["content"][0]["html"]
    (author,) = said["author"]
    assert author["type"] == ["h-card"]
    assert author["properties"] == {"name": ["Ann Author"], "url": ["http://localhost/user/ann"]}


def test_byline_of_its_own_is_the_author(client, post):
    post.byline = "The Editors"
    db.session.commit()
    (author,) = parsed(client, post.path)["items"][0]["properties"]["author"]
    assert author["properties"] == {"name": ["The Editors"]}


@pytest.mark.parametrize(
    ("path", "name"), [("/", "Broadsheet"), ("/tag/notes", "Notes"), ("/archive/{year}", "{year}")]
)
def test_list_is_a_feed_of_entries(client, post, publish_many, path, name):
    publish_many(5)
    year = post.published_at.year
    feed = parsed(client, path.format(year=year))["items"][0]
    assert feed["type"] == ["h-feed"]
    assert feed["properties"]["name"] == [name.format(year=year)]
    entries = feed["children"]
    assert len(entries) == 6
    for entry in entries:
        assert entry["type"] == ["h-entry"]
        assert {"name", "url", "published", "author"} <= set(entry["properties"])
        assert entry["properties"]["url"][0].startswith("http://localhost/post/")
    assert f"http://localhost{post.path}" in [entry["properties"]["url"][0] for entry in entries]


def test_person_has_a_card(client, post, ann):
    ann.describe(
        name="Ann Author",
        bio="Writes about *tides*.",
        links=[{"label": "Site", "url": "https://ann.example/"}],
        timezone="",
    )
    db.session.commit()
    card, feed = parsed(client, "/user/ann")["items"]
    assert card["type"] == ["h-card"]
    assert card["properties"]["name"] == ["Ann Author"]
    assert card["properties"]["url"] == ["https://ann.example/"]
    assert card["properties"]["note"] == ["Writes about tides."]
    assert (feed["type"], len(feed["children"])) == (["h-feed"], 1)


def parsed(client, path):
    return mf2py.parse(doc=client.get(path).text, url=f"http://localhost{path}")


def moment(text):
    return clock.datetime.fromisoformat(text)
