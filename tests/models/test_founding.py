"""An empty database becomes a site."""

import re

import pytest

from broadsheet.extensions import db
from broadsheet.models import Page, Post, Role, Site
from broadsheet.models.founding import FIRST_CONTENT, found

WHO = {"name": "Lois Lane", "email": "lois@example.com", "password": "a long enough secret"}


def founded(empty_app, **more):
    admin = found(**WHO, **more)
    db.session.commit()
    return admin


def test_makes_an_admin_and_something_to_read(empty_app):
    with empty_app.app_context():
        admin = founded(empty_app, title="The Planet")
        assert admin.role == Role.ADMIN
        post = db.session.scalars(Post.published()).one()
        assert list(post.authors) == [admin]
        assert [tag.name for tag in post.tags] == ["Welcome"]
        assert post.summary
        assert post.word_count > 200
        assert {page.slug for page in db.session.scalars(Page.published())} == {"about", "contact"}
        assert Site.load().title == "The Planet"


def test_leaves_alone_what_is_there(empty_app):
    with empty_app.app_context():
        imported = Post()
        imported.revise(by=None, title="Imported", body="Words.", authors=[], tags=[])
        about = Page()
        about.revise(by=None, title="Who we are", body="Us.", slug="about")
        db.session.commit()
        founded(empty_app)
        assert db.session.scalars(db.select(Post)).all() == [imported]
        assert {page.title for page in db.session.scalars(db.select(Page))} == {"Who we are", "Contact"}


def test_without_a_title_it_has_the_default_one(empty_app):
    with empty_app.app_context():
        founded(empty_app)
        assert Site.load().title == "Broadsheet"


def test_no_placeholder_is_left(empty_app):
    with empty_app.app_context():
        founded(empty_app, title="Stars * and [links]")
        texts = [post.html for post in db.session.scalars(db.select(Post))]
        texts += [page.html for page in db.session.scalars(db.select(Page))]
        assert all("{title}" not in text for text in texts)
        assert any("Stars * and [links]" in text for text in texts)


def test_each_language_has_the_same_first_content():
    languages = {"ar", "de", "en", "es", "fr"}
    assert {folder.name for folder in FIRST_CONTENT.iterdir()} == languages
    for name in ("welcome", "about", "contact"):
        texts = [(FIRST_CONTENT / each / f"{name}.md").read_text(encoding="utf-8") for each in languages]
        assert len({tuple(sorted(re.findall(r"\]\((/[a-z/]+)\)", text))) for text in texts}) == 1


@pytest.mark.parametrize(
    ("language", "tag"), [("de-CH", "Willkommen"), ("es", "Bienvenida"), ("it", "Welcome")]
)
def test_first_content_is_in_the_site_s_language_where_it_is_there(empty_app, language, tag):
    with empty_app.app_context():
        founded(empty_app, language=language)
        assert [each.name for each in db.session.scalars(Post.published()).one().tags] == [tag]


def test_each_file_begins_with_title_and_summary():
    for file in FIRST_CONTENT.glob("*/*.md"):
        lines = file.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("# ")
        assert lines[2].startswith("> ")
