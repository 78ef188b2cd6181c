import errno
import io
import tempfile

import pytest
from sqlalchemy import func, insert, select

import films
from broadsheet import media
from broadsheet.extensions import db
from broadsheet.models import Post, Role, Series, Site, Upload
from markup import Page
from pictures import picture, sent


@pytest.fixture
def upload(ann):
    upload = media.store(io.BytesIO(picture()), "red and blue.png", by=ann)
    db.session.commit()
    return upload


def count():
    return db.session.scalar(select(func.count()).select_from(Upload))


def test_empty_library_says_what_to_do(sign_in, ann):
    page = Page(sign_in(ann).get("/desk/uploads").text)
    assert page.one("p", class_="empty-heading").text == "Nothing is uploaded yet"
    assert (
        page.one("input", type="file").get("multiple") == ""
        or "multiple" in page.one("input", type="file").attributes
    )


def test_one_picture_is_kept_and_its_description_asked_for(sign_in, ann):
    browser = sign_in(ann)
    answer = browser.submit("/desk/uploads", {"files": sent(picture())})
    upload = db.session.scalars(select(Upload)).one()
    assert (answer.status_code, answer.location) == (303, f"/desk/uploads/{upload.id}/edit")
    assert upload.uploaded_by == ann
    page = Page(browser.get(answer.location).text)
    assert page.one("textarea", name="alt")
    assert page.one(id="snippet")["value"] == f"![]({upload.path})"


def test_several_pictures_at_once(sign_in, ann):
    browser = sign_in(ann)
    answer = browser.submit(
        "/desk/uploads", {"files": [sent(picture()), sent(picture("JPEG"), "second.jpg")]}
    )
    assert (answer.status_code, answer.location) == (303, "/desk/uploads")
    assert count() == 2
    page = Page(browser.get("/desk/uploads").text)
    images = page.one("ul", class_="library").all("img")
    assert [(image["width"], image["height"]) for image in images] == [("60", "40"), ("60", "40")]


def test_bad_file_is_named_and_takes_no_other_with_it(sign_in, ann):
    files = [sent(picture()), sent(b"\0\1\2 no picture", "words.txt"), sent(b"", "empty.png")]
    answer = sign_in(ann).submit("/desk/uploads", {"files": files})
    assert answer.status_code == 422
    complaint = Page(answer.text).one("div", class_="error-summary").text
    assert "“words.txt” was not kept. It is no kind of file" in complaint
    assert "“empty.png” was not kept. The file is empty." in complaint
    assert count() == 1


def test_no_file_is_said(sign_in, ann):
    answer = sign_in(ann).submit("/desk/uploads", {"files": sent(b"", "")})
    assert answer.status_code == 422
    assert "Choose a file first." in answer.text


def test_same_picture_twice_is_one(sign_in, ann):
    browser = sign_in(ann)
    browser.submit("/desk/uploads", {"files": [sent(picture(), "one.png"), sent(picture(), "two.png")]})
    assert count() == 1


def test_writers_are_not_kept_waiting_while_a_picture_is_worked_on(sign_in, ann, monkeypatch):
    """Another connection can write at that moment."""
    made = media.pictures.harmless

    def slow(data):
        with db.engine.begin() as other:
            other.exec_driver_sql("UPDATE users SET bio = 'written meanwhile'")
        return made(data)

    monkeypatch.setattr(media.pictures, "harmless", slow)
    assert sign_in(ann).submit("/desk/uploads", {"files": sent(picture())}).status_code == 303


def test_too_much_is_refused_in_words_before_it_is_read(sign_in, ann):
    class Unread(io.BytesIO):
        def read(self, *_):
            raise AssertionError("a file that is too large was read")

    browser = sign_in(ann)
    token = Page(browser.get("/desk/uploads").text).all("input", name="csrf_token")[0]["value"]
    answer = browser.post(
        "/desk/uploads",
        headers={"X-CSRFToken": token},
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": "10000000000", "wsgi.input": Unread()},
    )
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_describes_a_picture(sign_in, ann, upload):
    browser = sign_in(ann)
    answer = browser.submit(f"/desk/uploads/{upload.id}/edit", {"alt": "Red [left],\nblue right"})
    assert answer.status_code == 303
    assert upload.alt == "Red [left], blue right"
    page = Page(browser.get(answer.location).text)
    assert page.one(id="snippet")["value"] == f"![Red \\[left\\], blue right]({upload.path})"


def test_too_long_a_description_is_kept_and_explained(sign_in, ann, upload):
    answer = sign_in(ann).submit(f"/desk/uploads/{upload.id}/edit", {"alt": "x" * 1001})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.one("textarea", name="alt").value == "x" * 1001
    assert "1 character too long" in page.one("p", class_="field-error").text
    assert upload.alt == ""


def test_authors_describe_only_their_own(sign_in, ben, ed, upload):
    address = f"/desk/uploads/{upload.id}/edit"
    assert 'name="alt"' not in sign_in(ben).get(address).text
    assert sign_in(ben).submit(address, {"alt": "Mine"}).status_code == 404
    assert sign_in(ed).submit(address, {"alt": "Edited"}).status_code == 303


def test_search_finds_by_name_and_description(sign_in, ann, upload):
    browser = sign_in(ann)
    assert "red and blue.png" in browser.get("/desk/uploads?q=AND+blue").text
    page = Page(browser.get("/desk/uploads?q=100%25").text)
    assert page.one("p", class_="empty-heading").text == "Nothing is called that"
    assert page.one("input", name="q")["value"] == "100%"


def test_unused_picture_is_deleted_with_its_file(sign_in, ed, upload):
    path = media.path_of(upload)
    answer = sign_in(ed).submit(f"/desk/uploads/{upload.id}/delete")
    assert (answer.status_code, answer.location) == (303, "/desk/uploads")
    assert count() == 0
    assert not path.exists()


def test_used_picture_is_not_deleted_and_says_where(sign_in, ann, ed, upload):
    draft = Post()
    draft.revise(by=ann, title="With a picture", body=f"![]({upload.path})", authors=[ann])
    draft.trash()
    ann.avatar = upload
    site = Site.load()
    site.change(footer=f"![]({upload.path})")
    answer = sign_in(ed).submit(f"/desk/uploads/{upload.id}/delete")
    assert answer.status_code == 409
    page = Page(answer.text)
    uses = page.one("section", **{"aria-labelledby": "uses"}).one("ul")
    assert [use.text for use in uses.all("a")] == ["With a picture", "Ann Author", "The footer of every page"]
    assert uses.all("a")[0]["href"] == f"/desk/posts/{draft.id}/edit"
    assert count() == 1
    assert media.path_of(upload).exists()


def test_where_used_does_not_tell_of_others_drafts(sign_in, ann, ben, upload):
    draft = Post()
    draft.revise(by=ann, title="A secret", body=f"![]({upload.path})", authors=[ann])
    address = f"/desk/uploads/{upload.id}/edit"
    assert "A secret" in sign_in(ann).get(address).text
    assert "A secret" not in sign_in(ben).get(address).text


def test_deletion_is_for_editors(sign_in, ann, upload):
    browser = sign_in(ann)
    assert "Delete for good" not in browser.get(f"/desk/uploads/{upload.id}/edit").text
    assert browser.submit(f"/desk/uploads/{upload.id}/delete").status_code == 403
    assert count() == 1


def test_requires_sign_in_and_the_role(client, sign_in, rea, upload):
    for address in ("/desk/uploads", f"/desk/uploads/{upload.id}/edit"):
        assert client.get(address).location.startswith("/login?")
        assert sign_in(rea).get(address).status_code == 403
    assert sign_in(rea).submit("/desk/uploads", {"files": sent(picture("GIF"))}).status_code == 403
    assert count() == 1


def test_refuses_the_wrong_method_and_a_form_without_token(sign_in, ed, upload):
    browser = sign_in(ed)
    assert browser.get(f"/desk/uploads/{upload.id}/delete").status_code == 405
    assert browser.post(f"/desk/uploads/{upload.id}/delete").status_code in (400, 403)
    assert browser.get("/desk/uploads/4711/edit").status_code == 404
    assert count() == 1


def test_number_of_queries_does_not_grow(sign_in, ann, queries):
    browser = sign_in(ann)
    for number in range(3):
        media.store(io.BytesIO(picture(size=(10 + number, 10))), f"{number}.png", by=ann)
    browser.get("/desk/uploads")
    with queries() as few:
        browser.get("/desk/uploads")
    for number in range(20):
        media.store(io.BytesIO(picture(size=(100 + number, 10))), f"{number}.png", by=ann)
    db.session.commit()
    with queries() as many:
        browser.get("/desk/uploads")
    assert len(few) == len(many) <= 7
    assert ann.role == Role.AUTHOR


def test_editor_is_told_in_json_what_was_kept(sign_in, ann):
    answer = sign_in(ann).submit(
        "/desk/uploads", {"files": sent(picture())}, headers={"Accept": "application/json"}
    )
    upload = db.session.scalars(select(Upload)).one()
    assert answer.status_code == 201
    assert answer.json == {
        "id": upload.id,
        "name": "red and blue.png",
        "path": upload.path,
        "markdown": f"![]({upload.path})",
        "width": 60,
        "height": 40,
        "sort": "picture",
        "markdown_if_decorative": f"![]({upload.path}#decorative)",
        "alt": "",
        "thumbnail": upload.path,
    }


def test_editor_is_told_in_json_why_not(sign_in, ann):
    browser, accept = sign_in(ann), {"Accept": "application/json"}
    answer = browser.submit(
        "/desk/uploads", {"files": sent(b"MZ\x90\0\3 a program", "words.exe")}, headers=accept
    )
    assert answer.status_code == 422
    assert answer.json["errors"][0].startswith("“words.exe” was not kept.")
    nothing = browser.submit("/desk/uploads", {"files": sent(b"", "")}, headers=accept)
    assert (nothing.status_code, nothing.json) == (
        422,
        {"again": False, "errors": ["Choose a file first."]},
    )


def test_choices_can_be_picked_by_keyboard_searched_and_paged(sign_in, ann):
    for number in range(30):
        media.store(io.BytesIO(picture(size=(10 + number, 10))), f"picture {number}.png", by=ann)
    browser = sign_in(ann)
    first = Page(browser.get("/desk/uploads/choices").text)
    radios = first.all("input", type="radio")
    assert len(radios) == 24
    assert radios[0]["data-name"] == "picture 29.png"
    assert {one["name"] for one in radios} == {"upload"}
    second = Page(browser.get(first.one("a", rel="next")["href"]).text)
    assert len(second.all("input", type="radio")) == 6
    found = browser.get("/desk/uploads/choices?q=picture+29", headers={"Accept": "application/json"}).json
    assert [one["name"] for one in found["uploads"]] == ["picture 29.png"]
    assert found["next"] is None
    assert "Nothing is called that." in browser.get("/desk/uploads/choices?q=nothing").text


# -- the library


@pytest.fixture
def media_of_each_kind(ann):
    kept = {"red and blue.png": picture(), "harbour.mp4": films.mp4(), "minutes.pdf": films.OTHERS[".pdf"]}
    for name, data in kept.items():
        media.store(io.BytesIO(data), name, by=ann)
    db.session.commit()


def shown(page):
    return [name.text for name in page.all("span", class_="library-name")]


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("", ["minutes.pdf", "harbour.mp4", "red and blue.png"]),
        ("pictures", ["red and blue.png"]),
        ("sound-and-film", ["harbour.mp4"]),
        ("documents", ["minutes.pdf"]),
        ("undescribed", ["red and blue.png"]),
        ("unused", ["minutes.pdf", "harbour.mp4"]),
    ],
)
def test_library_is_filtered(sign_in, ann, media_of_each_kind, show, names):
    used = db.session.scalars(select(Upload).where(Upload.name == "red and blue.png")).one()
    Post().revise(by=ann, title="A", body=used.markdown, authors=[ann])
    page = Page(sign_in(ann).get(f"/desk/uploads?show={show}" if show else "/desk/uploads").text)
    assert shown(page) == names
    assert page.one("nav", class_="tabs").one("a", **{"aria-current": "page"}).text.endswith(str(len(names)))


def test_library_is_sorted_and_shown_as_a_list(sign_in, ann, media_of_each_kind):
    browser = sign_in(ann)
    assert shown(Page(browser.get("/desk/uploads?order=name").text))[0] == "harbour.mp4"
    page = Page(browser.get("/desk/uploads?layout=list&order=oldest").text)
    rows = page.one("table", class_="media-list").all("th", scope="row")
    assert [row.text for row in rows] == ["red and blue.png", "harbour.mp4", "minutes.pdf"]
    assert "640 × 360, 0:02" in page.one("table", class_="media-list").text


@pytest.mark.parametrize("wanted", ["show=nonsense", "order=nonsense", "layout=nonsense"])
def test_view_that_does_not_exist_is_said_and_lists_nothing(sign_in, ann, upload, wanted):
    answer = sign_in(ann).get(f"/desk/uploads?{wanted}")
    assert answer.status_code == 422
    assert "There is no view “nonsense”. Show all media" in Page(answer.text).one("div", class_="empty").text
    assert upload.name not in answer.text


def test_film_sound_and_document_are_shown_for_what_they_are(sign_in, ann, media_of_each_kind):
    browser = sign_in(ann)
    pages = {
        one.name: Page(browser.get(f"/desk/uploads/{one.id}/edit").text)
        for one in db.session.scalars(select(Upload))
    }
    assert pages["harbour.mp4"].one("video")["preload"] == "metadata"
    assert pages["minutes.pdf"].one("span", class_="thumbnail-document").text == "pdf"


def test_library_of_thousands_asks_as_little_as_one_of_few(sign_in, ann, queries):
    browser = sign_in(ann)
    browser.get("/desk/uploads")
    with queries() as few:
        browser.get("/desk/uploads?show=unused")
    add_many(5000, ann)
    with queries() as many:
        answer = browser.get("/desk/uploads?show=unused")
    assert answer.status_code == 200
    assert len(many) <= len(few) + 1
    assert not any("body" in statement and "LIKE" in statement for statement in many)


def add_many(number, by):
    rows = [
        {
            "name": f"{one}.png",
            "key": f"{one:016x}/{one}.png",
            "sha256": f"{one:064x}",
            "media_type": "image/png",
            "size": one,
            "width": 10,
            "height": 10,
            "uploaded_by_id": by.id,
        }
        for one in range(number)
    ]
    db.session.execute(insert(Upload), rows)
    db.session.commit()


# -- where it is used


def uses_of(browser, upload):
    page = Page(browser.get(f"/desk/uploads/{upload.id}/edit").text)
    return [use.text for use in page.one("section", **{"aria-labelledby": "uses"}).all("a")]


def test_uses_follow_what_the_text_says(sign_in, ann, ed, upload):
    browser, post = sign_in(ed), Post()
    post.revise(by=ann, title="A story", body=f"![]({upload.path})", authors=[ann])
    assert uses_of(browser, upload) == ["A story"]
    post.revise(by=ann, body=f"[as a link]({upload.path}) and again ![]({upload.path})")
    assert uses_of(browser, upload) == ["A story"]
    post.revise(by=ann, body="No picture.")
    assert uses_of(browser, upload) == []


def test_what_is_held_back_or_only_autosaved_is_a_use(sign_in, ann, ben, ed, post, upload):
    cover = media.store(io.BytesIO(picture("GIF")), "cover.gif", by=ann)
    typed = media.store(io.BytesIO(picture("WEBP")), "typed.webp", by=ann)
    post.hold(by=ann, based_on=post.version, body=f"New: {upload.markdown}", cover_id=cover.id)
    words = {name: getattr(post, name) for name in ("title", "slug", "summary", "language")}
    post.autosave(by=ben, based_on=post.version, typed={}, body=typed.markdown, **words)
    db.session.commit()
    for one in (upload, cover, typed):
        assert uses_of(sign_in(ed), one) == ["A published post"]
    post.give_up_held_changes()
    assert uses_of(sign_in(ed), upload) == []
    assert uses_of(sign_in(ed), typed) == ["A published post"]


def test_cover_avatar_and_pictures_of_tags_and_series_are_uses(sign_in, ann, ed, post, upload):
    series = Series(name="Harbours", slug="harbours", picture=upload)
    db.session.add(series)
    post.cover, ann.avatar = upload, upload
    post.tags[0].picture = upload
    assert uses_of(sign_in(ed), upload) == ["A published post", "Ann Author", "Notes", "Harbours"]
    assert sign_in(ed).submit(f"/desk/uploads/{upload.id}/delete").status_code == 409


def test_use_that_one_may_not_see_still_guards_the_file(sign_in, ann, ben, upload):
    Post().revise(by=ann, title="A secret", body=f"![]({upload.path})", authors=[ann])
    page = sign_in(ben).get(f"/desk/uploads/{upload.id}/edit").text
    assert "Only in texts that you may not see." in page


def test_full_disk_is_said_while_a_form_comes_in_and_leaves_nothing(sign_in, ann, monkeypatch):
    class Full(tempfile.SpooledTemporaryFile):
        def write(self, _data):
            self.close()
            raise OSError(errno.ENOSPC, "No space left on device")

    browser = sign_in(ann)
    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", Full)
    answer = browser.submit("/desk/uploads", {"files": sent(picture(size=(900, 900)))})
    assert answer.status_code == 507
    assert "The server has no room left" in answer.text
    assert count() == 0
    assert not [path for path in media.folder().rglob("*") if path.is_file()]


def test_unused_is_always_a_view_and_says_when_nothing_is(sign_in, ann, upload):
    Post().revise(by=ann, title="A", body=upload.markdown, authors=[ann])
    db.session.commit()
    browser = sign_in(ann)
    views = [one.text for one in Page(browser.get("/desk/uploads").text).one("nav", class_="tabs").all("a")]
    assert "Unused 0" in views
    page = Page(browser.get("/desk/uploads?show=unused").text)
    assert page.one("p", class_="empty-heading").text == "Nothing is unused"


def test_program_is_told_whether_to_send_it_again(sign_in, ann, monkeypatch):
    browser, json = sign_in(ann), {"Accept": "application/json"}
    sent = {"files": (io.BytesIO(b"MZ\x90\0 "), "a.exe")}
    answer = browser.submit("/desk/uploads", sent, headers=json)
    assert (answer.status_code, answer.json["again"]) == (422, False)

    def full(*_args):
        raise media.no_room()

    monkeypatch.setattr(media, "prepare", full)
    sent = {"files": (io.BytesIO(picture()), "a.png")}
    answer = browser.submit("/desk/uploads", sent, headers=json)
    assert (answer.status_code, answer.json["again"]) == (422, True)
