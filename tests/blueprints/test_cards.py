"""The pictures of shared links that the site draws itself."""

import io
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from pathlib import Path
from threading import Event

import pytest
from PIL import Image

from broadsheet import jobs
from broadsheet.blueprints import cards as blueprint
from broadsheet.extensions import db
from broadsheet.media import cards, drawn
from broadsheet.models import Series, Site
from markup import Page

PATHS = ["/", "/post/{id}/{slug}", "/imprint", "/tag/notes", "/series/letters", "/user/ann", "/archive"]


@pytest.fixture
def content(post, page):
    post.series = Series.create(name="Letters")
    db.session.commit()
    return lambda path: path.format(id=post.id, slug=post.slug)


@pytest.mark.parametrize("path", PATHS)
def test_what_has_no_picture_gets_one(client, content, path):
    page = Page(client.get(content(path)).text)
    assert said(page, "width", "height", "type") == ["1200", "630", "image/png"]
    assert page.one("meta", name="twitter:card")["content"] == "summary_large_image"
    with client.get(address(page)) as answer:
        data = answer.data
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(data) < 60_000


def test_address_changes_with_what_the_picture_shows(client, post, ann):
    first = address(Page(client.get(post.path).text))
    assert status(client, first) == 200
    post.revise(by=ann, title="Another title")
    db.session.commit()
    second = address(Page(client.get(post.path).text))
    Site.load().change(accent="#0055aa")
    db.session.commit()
    third = address(Page(client.get(post.path).text))
    assert len({first, second, third}) == 3
    moved = client.get(first)
    assert (moved.status_code, moved.location) == (302, f"http://localhost{third}")
    assert status(client, third) == 200
    assert [file.name for file in folder(client).iterdir()] == [f"post-{post.id}-{third[-20:]}"]


def test_nobody_can_have_another_picture_drawn(client, post, draft):
    for path in (f"/post/{post.id}/card-{'0' * 16}.png", f"/post/{post.id}/card-{'z' * 16}.png"):
        assert client.get(path).status_code == 302
    for path in (
        f"/post/{draft.id}/card-{cards.of(draft, Site.load()).digest}.png",
        f"/post/999/card-{'0' * 16}.png",
        f"/tag/nothing/card-{'0' * 16}.png",
        f"/user/nobody/card-{'0' * 16}.png",
        f"/nothing/card-{'0' * 16}.png",
    ):
        assert client.get(path).status_code == 404, path
    assert not folder(client).exists()


def test_only_so_many_are_drawn_at_once(client, post, monkeypatch):
    monkeypatch.setattr(drawn, "PATIENCE", 0.01)
    with drawn._drawing:
        for path in (address(Page(client.get(post.path).text)), "/favicon.ico"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert status(client, address(Page(client.get(post.path).text))) == 200


def test_few_wait_for_a_picture_and_the_rest_hear_at_once(app):
    """Who waits holds a thread, and without threads the site answers nobody."""
    go_on = Event()

    def ask(number):
        with app.app_context():
            try:
                drawn.made(f"tag-{number}", "0" * 16, ".png", lambda: b"a picture" if go_on.wait(60) else b"")
            except drawn.Busy:
                return "busy"
            return "drawn"

    with ThreadPoolExecutor(20) as visitors:
        asked = [visitors.submit(ask, number) for number in range(20)]
        try:
            sent_away = [one.result() for one in islice(as_completed(asked, timeout=5), 16)]
        finally:
            go_on.set()
    assert sent_away == ["busy"] * 16
    assert sorted(one.result() for one in asked)[16:] == ["drawn"] * 4


def test_a_stranger_has_only_so_many_drawn_a_minute(limited_client, monkeypatch):
    monkeypatch.setattr(blueprint, "NEW_ONES", "1 per minute")
    first = address(Page(limited_client.get("/").text))
    assert [status(limited_client, first) for _ in range(3)] == [200, 200, 200]
    Site.load().change(accent="#0055aa")
    answer = limited_client.get(address(Page(limited_client.get("/").text)))
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_page_itself_draws_nothing(client, post):
    client.get(post.path)
    assert not folder(client).exists()


def test_it_lies_ready_once_the_post_is_published(app, client, draft, monkeypatch):
    app.config["CARDS_AHEAD"] = True
    draft.publish()
    db.session.commit()
    jobs.perform_due()
    (file,) = folder(client).iterdir()
    assert file.name == f"post-{draft.id}-{address(Page(client.get(draft.path).text))[-20:]}"
    draft.delete()
    db.session.commit()
    assert not list(folder(client).iterdir())


def test_picture_shows_the_site_s_colour_and_no_boxes(app):
    def colours(card):
        image = Image.open(io.BytesIO(cards.picture(card))).convert("RGB")
        return image, {colour for _count, colour in image.getcolors(100_000)}

    latin = cards.Card("x", "A title", "Notes", "Ann", "The Site", "#0055aa")
    assert (0, 0x55, 0xAA) in colours(latin)[1]
    # Private letters are in no font: the card shows what the site's own would.
    unknown = cards.Card("x", "\U000f0000鿿\u1970", "Notes", "Ann", "The Site", "#0055aa")
    front = cards.Card("x", "", "", "", "The Site", "#0055aa")
    if cards.lettering.showable(unknown.title) is None:
        assert cards.picture(unknown) == cards.picture(front)


def status(client, path):
    with client.get(path) as answer:
        return answer.status_code


def address(page):
    return page.one("meta", property="og:image")["content"].removeprefix("http://localhost")


def said(page, *names):
    return [page.one("meta", property=f"og:image:{name}")["content"] for name in names]


def folder(client):
    return Path(client.application.instance_path) / "drawn"
