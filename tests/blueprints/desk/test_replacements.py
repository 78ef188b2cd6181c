import io

import pytest

import films
from broadsheet import media
from broadsheet.extensions import db
from broadsheet.media import upkeep
from broadsheet.models import Post
from markup import Page
from pictures import picture, sent


@pytest.fixture
def upload(ann):
    upload = media.store(io.BytesIO(picture()), "harbour.png", by=ann)
    upload.describe("The harbour")
    db.session.commit()
    return upload


@pytest.fixture
def story(ann, upload):
    post = Post()
    post.revise(by=ann, title="A story", body=upload.markdown, authors=[ann])
    post.publish()
    db.session.commit()
    return post


def replace(browser, upload, data):
    return browser.submit(f"/desk/uploads/{upload.id}/replacement", {"file": sent(data, "anything.png")})


def test_new_file_is_shown_wherever_the_old_one_was(client, sign_in, ann, upload, story):
    old, body, version = upload.path, story.body, story.version
    answer = replace(sign_in(ann), upload, picture("WEBP", size=(90, 60)))
    assert (answer.status_code, answer.location) == (303, f"/desk/uploads/{upload.id}/edit")
    assert (upload.width, upload.media_type, upload.alt) == (90, "image/webp", "The harbour")
    image = Page(client.get(story.path).text).one("div", class_="prose").one("img")
    assert (image["src"], image["width"], image["alt"]) == (upload.path, "90", "The harbour")
    assert (story.body, story.version) == (body, version)  # nobody's text was touched
    with client.get(old) as redirected:
        assert (redirected.status_code, redirected.location) == (302, upload.path)
    assert [use.text for use in uses(sign_in(ann), upload)] == ["A story"]


def uses(browser, upload):
    page = Page(browser.get(f"/desk/uploads/{upload.id}/edit").text)
    return page.one("section", **{"aria-labelledby": "uses"}).all("a")


def test_replacement_is_taken_back_and_forth(client, sign_in, ann, upload, story):
    browser, old = sign_in(ann), upload.path
    replace(browser, upload, picture("WEBP", size=(90, 60)))
    new = upload.path
    assert browser.submit(f"/desk/uploads/{upload.id}/replacement/delete").status_code == 303
    assert upload.path == old
    with client.get(old) as answer:
        assert (answer.status_code, answer.content_type) == (200, "image/png")
    with client.get(new) as answer:
        assert answer.location == old
    assert Page(client.get(story.path).text).one("div", class_="prose").one("img")["src"] == old
    browser.submit(f"/desk/uploads/{upload.id}/replacement/delete")
    assert upload.path == new
    with client.get(new) as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (films.mp4(), "It is of another kind"),
        (b"MZ\x90\0", "It is no kind of file"),
        (picture(), "kept already, as “harbour.png”"),
        (b"", "The file is empty."),
    ],
)
def test_what_cannot_take_its_place_is_said(sign_in, ann, upload, data, reason):
    browser, key = sign_in(ann), upload.key
    before = sorted(media.folder().rglob("*/*"))
    page = browser.get(replace(browser, upload, data).location).text
    assert reason in page
    assert upload.key == key
    assert sorted(media.folder().rglob("*/*")) == before


def test_former_file_is_forgotten_after_a_month(sign_in, ann, upload):
    browser, old = sign_in(ann), upload.key
    replace(browser, upload, picture("WEBP"))
    assert (media.former() / old).is_file()
    alias = upload.last_replaced()
    assert upkeep.throw_away_leftovers(alias.created_at + upkeep.KEPT_ASIDE) == 0
    assert upkeep.throw_away_leftovers(alias.created_at + upkeep.KEPT_ASIDE * 2) == 1
    assert not (media.former() / old).exists()
    page = browser.get(browser.submit(f"/desk/uploads/{upload.id}/replacement/delete").location).text
    assert "no longer kept" in page
    assert upload.key != old


def test_former_file_that_is_sent_again_is_a_file_of_its_own(client, sign_in, ann, upload):
    browser, old = sign_in(ann), upload.path
    replace(browser, upload, picture("WEBP"))
    again = media.store(io.BytesIO(picture()), "harbour.png", by=ann)
    db.session.commit()
    assert again.path != old
    with client.get(old) as answer:
        assert answer.location == upload.path


def test_only_ones_own_are_replaced(sign_in, ben, ed, upload):
    assert replace(sign_in(ben), upload, picture("WEBP")).status_code == 404
    assert replace(sign_in(ed), upload, picture("WEBP")).status_code == 303
