import pytest
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.lib import markdown
from broadsheet.models import Post, Upload, User
from broadsheet.models.upload_use import uses


@pytest.fixture
def upload(ann):
    upload = Upload(
        name="A figure.png",
        key="0123456789abcdef/a-figure.png",
        sha256="0123456789abcdef" * 4,
        media_type="image/png",
        size=100,
        width=60,
        height=40,
        alt="",
        uploaded_by=ann,
    )
    db.session.add(upload)
    db.session.commit()
    return upload


def test_is_known_to_the_pipeline_by_its_address(upload):
    resource = Upload.resource("/uploads/0123456789abcdef/a-figure.png")
    assert (resource.src, resource.width, resource.height) == (upload.path, 60, 40)
    assert Upload.resource("/uploads/0123456789abcdef/another.png") is None
    assert Upload.resource("https://example.org/uploads/0123456789abcdef/a-figure.png") is None


def test_markdown_shows_it_with_its_description(upload):
    upload.describe("Brackets [and\nbackslashes \\] too")
    document = markdown.render(upload.markdown, resolve=Upload.resource)
    assert document.picture == {
        "src": upload.path,
        "width": 60,
        "height": 40,
        "alt": "Brackets [and backslashes \\] too",
    }


def test_texts_that_show_it_are_found(upload, ann):
    post, other = Post(), Post()
    post.revise(by=ann, title="With", body=f"Words.\n\n{upload.markdown}", authors=[ann])
    other.revise(by=ann, title="Without", body="/uploads/0123456789abcdeX/a-figure.png", authors=[ann])
    assert db.session.scalars(select(Post).where(uses(Post, upload))).all() == [post]


def test_people_who_show_it_are_found(upload, ann, ben, ada):
    ann.avatar = upload
    ben.bio = f"Me: {upload.markdown}"
    db.session.flush()
    assert set(db.session.scalars(select(User).where(uses(User, upload)))) == {ann, ben}


def test_outlives_who_uploaded_it(upload, ann):
    db.session.delete(ann)
    db.session.commit()
    db.session.refresh(upload)
    assert upload.uploaded_by is None


def test_is_edited_by_who_sent_it_and_by_editors(upload, ann, ben, ed):
    assert db.session.scalars(Upload.editable_by(ann)).all() == [upload]
    assert db.session.scalars(Upload.editable_by(ben)).all() == []
    assert db.session.scalars(Upload.editable_by(ed)).all() == [upload]
