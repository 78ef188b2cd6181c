"""What is shown of other sites, and from where."""

import pytest

from broadsheet.lib.embeds import PROVIDERS, find
from broadsheet.lib.links import is_web_address
from broadsheet.lib.markdown import render
from broadsheet.web.headers import HOST
from markup import Page

FILM = "https://www.youtube.com/watch?v=aqz-KE-bpKQ"
PLAYER = "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ"
SHOWN = {
    FILM: PLAYER,
    "https://youtu.be/aqz-KE-bpKQ?t=42": f"{PLAYER}?start=42",
    "https://www.youtube.com/watch?list=x&v=aqz-KE-bpKQ&t=42s": f"{PLAYER}?start=42",
    "https://www.youtube.com/embed/aqz-KE-bpKQ?rel=0": PLAYER,
    "https://vimeo.com/76979871": "https://player.vimeo.com/video/76979871?dnt=1",
    "https://vimeo.com/76979871/abcdef1234": "https://player.vimeo.com/video/76979871?dnt=1&h=abcdef1234",
    "https://www.dailymotion.com/video/x8abcde_a-title": "https://geo.dailymotion.com/player.html?video=x8abcde",
    "https://media.ccc.de/v/37c3-1-talk": "https://media.ccc.de/v/37c3-1-talk/oembed",
    "https://archive.org/details/night_of_the": "https://archive.org/embed/night_of_the",
    "https://www.ted.com/talks/some_body_a_talk": "https://embed.ted.com/talks/some_body_a_talk",
    "https://soundcloud.com/forss/flickermood": (
        "https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/forss/flickermood"
    ),
    "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC": (
        "https://open.spotify.com/embed/track/4uLU6hMCjMI75M1A2tKUQC"
    ),
    "https://bsky.app/profile/bsky.app/post/3l6oveex3ii2l": (
        "https://embed.bsky.app/embed/bsky.app/app.bsky.feed.post/3l6oveex3ii2l"
    ),
    "https://bsky.app/profile/did:plc:z72i7hdynmk6r22z27h6tvur/post/3l6oveex3ii2l?ref=x": (
        "https://embed.bsky.app/embed/did:plc:z72i7hdynmk6r22z27h6tvur/app.bsky.feed.post/3l6oveex3ii2l"
    ),
    "https://codepen.io/ann/pen/abCDef": "https://codepen.io/ann/embed/abCDef?default-tab=result",
    "https://framatube.org/w/kkGMgK9ZtnKfYAgnEtQxbv": (
        "https://framatube.org/videos/embed/kkGMgK9ZtnKfYAgnEtQxbv"
    ),
    "https://mastodon.social/@Gargron/100254678717223630": (
        "https://mastodon.social/@Gargron/100254678717223630/embed"
    ),
}
OEMBED = {
    "https://vimeo.com/76979871": "https://vimeo.com/api/oembed.json?width=1280&url=https%3A//vimeo.com/76979871",
    "https://vimeo.com/76979871/abcdef1234": (
        "https://vimeo.com/api/oembed.json?width=1280&url=https%3A//vimeo.com/76979871/abcdef1234"
    ),
    "https://framatube.org/w/kkGMgK9ZtnKfYAgnEtQxbv": (
        "https://framatube.org/services/oembed?url=https%3A//framatube.org/w/kkGMgK9ZtnKfYAgnEtQxbv"
    ),
    "https://open.spotify.com/intl-de/track/4uLU6hMCjMI75M1A2tKUQC?si=1": (
        "https://open.spotify.com/oembed?url=https%3A//open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC"
    ),
}
NOT_SHOWN = [
    "https://bsky.app/profile/bsky.app",
    "https://bsky.app/profile/../post/3l6oveex3ii2l",
    "https://example.org/",
    "https://www.youtube.com/@channel",
    "https://youtube.com.evil.example/watch?v=aqz-KE-bpKQ",
    "https://evil.example/w/;script-src *",
    "https://evil.example:8080/w/kkGMgK9ZtnKfYAgnEtQxbv",
    "https://vimeo.com/٧٦٩٧٩٨٧١",
    "https://youtu.be/äqz-KE-bpKQ",
    "https://localhost/w/kkGMgK9ZtnKfYAgnEtQxbv",
    "javascript://youtu.be/aqz-KE-bpKQ",
    "https://youtu.be/aqz-KE-bpKQ" + "x" * 600,
]


@pytest.mark.parametrize("address", SHOWN)
def test_each_provider_is_known_by_its_addresses(address):
    found = find(address)
    assert found is not None
    assert found.frame == SHOWN[address]
    assert HOST.fullmatch(found.host)


def test_every_provider_is_tried():
    assert {found.provider for address in SHOWN if (found := find(address))} == set(PROVIDERS)


@pytest.mark.parametrize("address", OEMBED)
def test_a_description_is_asked_for_what_is_shown_and_nothing_else(address):
    found = find(address)
    assert found is not None
    assert found.still == OEMBED[address]


@pytest.mark.parametrize("address", SHOWN)
def test_what_has_no_post_to_show_has_a_still(address):
    found = find(address)
    assert found is not None
    assert bool(found.still) == (found.provider.shape != "post")
    assert found.still == "" or is_web_address(found.still)


def test_an_address_that_is_too_long_to_be_kept_is_not_asked_for():
    host = ".".join(["a" * 60] * 5)
    found = find(f"https://{host}.org/w/kkGMgK9ZtnKfYAgnEtQxbv")
    assert found is not None
    assert found.still == ""


@pytest.mark.parametrize("address", NOT_SHOWN)
def test_any_other_address_is_none(address):
    assert find(address) is None


@pytest.mark.parametrize("written", [FILM, f"<{FILM}>"])
def test_a_lone_address_is_a_panel_and_asks_nobody(written):
    document = render(f"Before.\n\n{written}\n\nAfter.")
    page = Page(document.html)
    figure = page.one("figure", class_="embed")
    assert figure["data-frame"] == PLAYER
    assert figure.one("a")["href"] == FILM
    assert figure.text == "YouTube: youtube.com/watch?v=aqz-KE-bpKQ"
    assert not page.all("iframe")
    assert document.needs == ["embed"]
    assert document.frames == ["www.youtube-nocookie.com"]
    assert document.links == [FILM]


def test_as_a_picture_it_has_a_caption():
    figure = Page(render(f"![Big <Buck> Bunny]({FILM})").html).one("figure")
    assert figure.text.startswith("Big <Buck> Bunny YouTube:")


@pytest.mark.parametrize("text", [f"See {FILM} there.", f"[words]({FILM})", "https://example.org/"])
def test_within_words_it_stays_a_link(text):
    document = render(text)
    assert "<figure" not in document.html
    assert document.frames == []


def test_a_frame_in_html_waits_to_be_asked_for():
    document = render(f'<div class="video"><iframe src="{PLAYER}"></iframe></div>')
    assert Page(document.html).one("figure").text.startswith("YouTube:")
    assert document.frames == ["www.youtube-nocookie.com"]
    assert "<figure" not in render(f'<p><iframe src="{PLAYER}"></iframe></p>').html


def test_a_lone_address_in_a_note_keeps_the_way_back():
    page = Page(render(f"A.[^1]\n\n[^1]: {FILM}\n\nB.").html)
    assert page.one("li", id="fn-1").one("a", role="doc-backlink")["href"] == "#fnref-1"


def test_a_lone_picture_in_a_note_keeps_the_way_back():
    page = Page(render('A.[^1]\n\n[^1]: ![x](a.png "Caption")\n\nB.').html)
    assert page.one("li", id="fn-1").one("a", role="doc-backlink")["href"] == "#fnref-1"
