import io

import pytest
from sqlalchemy import select

from broadsheet import media
from broadsheet.extensions import db
from broadsheet.models import Post, Upload
from markup import Page
from pictures import picture


@pytest.fixture
def unused(ann):
    kept = [media.store(io.BytesIO(picture(size=(10 + one, 10))), f"{one}.png", by=ann) for one in range(3)]
    db.session.commit()
    return kept


def names():
    return sorted(db.session.scalars(select(Upload.name)))


def test_list_of_unused_files_is_seen_and_then_deleted(sign_in, ed, unused):
    browser, paths = sign_in(ed), [media.path_of(one) for one in unused]
    page = Page(browser.get("/desk/uploads?show=unused").text)
    ticks = page.all("input", name="ids")
    assert {tick["form"] for tick in ticks} == {page.one("form", class_="purge")["id"]}
    assert all("checked" in tick.attributes for tick in ticks)
    answer = browser.submit("/desk/uploads/purges", {"ids": [tick["value"] for tick in ticks][:2]})
    assert (answer.status_code, answer.location) == (303, "/desk/uploads?show=unused")
    assert "2 files are deleted." in browser.get(answer.location).text
    assert names() == ["0.png"]
    assert [path.exists() for path in paths] == [True, False, False]


def test_what_was_used_meanwhile_is_spared(sign_in, ann, ed, unused):
    browser = sign_in(ed)
    Post().revise(by=ann, title="A story", body=unused[1].markdown, authors=[ann])
    answer = browser.submit("/desk/uploads/purges", {"ids": [one.id for one in unused]})
    page = browser.get(answer.location).text
    assert "2 files are deleted." in page
    assert "Used by now, and therefore kept: “1.png”" in page
    assert names() == ["1.png"]


def test_nothing_that_was_not_shown_is_deleted(sign_in, ed, unused):
    browser = sign_in(ed)
    answer = browser.submit("/desk/uploads/purges", {"ids": ["nonsense", "4711"]})
    assert answer.status_code == 303
    assert len(names()) == 3
    assert "Tick something first." in browser.get(browser.submit("/desk/uploads/purges").location).text


def test_purge_is_for_editors(sign_in, ann, unused):
    browser = sign_in(ann)
    assert "Delete what is ticked" not in browser.get("/desk/uploads?show=unused").text
    assert browser.submit("/desk/uploads/purges", {"ids": [unused[0].id]}).status_code == 403
    assert len(names()) == 3


def test_number_that_no_file_can_have_is_passed_over(sign_in, ed, unused):
    answer = sign_in(ed).submit("/desk/uploads/purges", {"ids": ["9" * 25, "²"]})
    assert answer.status_code == 303
    assert len(names()) == 3
