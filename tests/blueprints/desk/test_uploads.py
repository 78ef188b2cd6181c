import io

import pytest
from sqlalchemy import func, select

from broadsheet import media
from broadsheet.extensions import db
from broadsheet.models import Post, Role, Site, Upload
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
    assert page.one("p", class_="empty-heading").text == "No pictures yet"
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
    files = [sent(picture()), sent(b"just words", "words.txt"), sent(b"", "empty.png")]
    answer = sign_in(ann).submit("/desk/uploads", {"files": files})
    assert answer.status_code == 422
    complaint = Page(answer.text).one("div", class_="error-summary").text
    assert "“words.txt” was not kept. It is no picture" in complaint
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


def test_too_much_is_refused_in_words(make_app, sign_in, ann, monkeypatch):
    browser = sign_in(ann)
    monkeypatch.setitem(browser.application.config, "MAX_CONTENT_LENGTH", 1000)
    answer = browser.submit("/desk/uploads", {"files": sent(picture(size=(300, 300)) + b"\0" * 2000)})
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
    assert page.one("p", class_="empty-heading").text == "No picture is called that"
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
    assert len(few) == len(many) <= 6
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
        "alt": "",
        "thumbnail": upload.path,
    }


def test_editor_is_told_in_json_why_not(sign_in, ann):
    browser, accept = sign_in(ann), {"Accept": "application/json"}
    answer = browser.submit("/desk/uploads", {"files": sent(b"just words", "words.exe")}, headers=accept)
    assert answer.status_code == 422
    assert answer.json["errors"][0].startswith("“words.exe” was not kept.")
    nothing = browser.submit("/desk/uploads", {"files": sent(b"", "")}, headers=accept)
    assert (nothing.status_code, nothing.json) == (422, {"errors": ["Choose a file first."]})


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
