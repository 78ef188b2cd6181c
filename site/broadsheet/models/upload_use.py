"""Where uploads are used: read from what the texts say whenever one is saved.

Covers, avatars and the pictures of tags and series are columns of their own and need no row here; which
columns those are is read from the tables, so that a new one is known at once.
"""

import json
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    delete,
    event,
    exists,
    insert,
    inspect,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Mapped, UOWTransaction, mapped_column

from broadsheet.database import Session
from broadsheet.models.base import Identified, Model, db
from broadsheet.models.page import Page
from broadsheet.models.post import Post
from broadsheet.models.revision import Reason, Revision
from broadsheet.models.series import Series
from broadsheet.models.setting import SITE_PICTURES, Setting
from broadsheet.models.tag import Tag
from broadsheet.models.upload import Upload
from broadsheet.models.user import User

SUBJECTS = ("post_id", "page_id", "user_id", "tag_id", "series_id")
AT_MOST_ONE = " + ".join(f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END" for name in SUBJECTS) + " <= 1"

MOST_SHOWN = 50  # places of a kind in which one is used


class UploadUse(Identified, Model):
    """One upload in one text; without a subject in the site's own, the footer and the look."""

    __tablename__ = "upload_uses"
    __table_args__ = (CheckConstraint(AT_MOST_ONE, name="one_subject"),)

    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), index=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"), index=True)

    @classmethod
    def note(cls, texts: list[str], ids: Collection[int] = (), **subject: int) -> None:
        """From now on the subject (`post_id=7`; none for the site itself) uses what stands in the texts, and
        what is named by its id."""
        whose = [getattr(cls, name) == subject.get(name) for name in SUBJECTS]
        known = set(db.session.scalars(select(cls.upload_id).where(*whose)))
        used = Upload.ids_in(texts)
        if ids:
            used |= set(db.session.scalars(select(Upload.id).where(Upload.id.in_(ids))))
        if gone := known - used:
            db.session.execute(delete(cls).where(*whose, cls.upload_id.in_(gone)))
        if new := used - known:
            db.session.execute(insert(cls), [{"upload_id": id, **subject} for id in sorted(new)])


# Settings that name uploads, in a text or by their id.
OF_THE_SITE = ("footer", *SITE_PICTURES)
# Texts beside those of posts and pages: the model, its column, and the subject.
OTHER_TEXTS: dict[type[Any], tuple[str, str]] = {
    User: ("bio", "user_id"),
    Tag: ("description", "tag_id"),
    Series: ("description", "series_id"),
}


@event.listens_for(Session, "after_flush")
def read_what_was_said(session: Session, _context: UOWTransaction) -> None:
    """In the transaction that says it, whoever wrote the code that does: nothing has to remember this."""
    with session.no_autoflush:
        said = dict(each for one in (*session.new, *session.dirty) for each in _said(one))
        for (subject, id), (texts, ids) in said.items():
            UploadUse.note([text or "" for text in texts], ids, **({subject: id} if subject else {}))


Said = tuple[tuple[str, int], tuple[list[str], set[int]]]  # whose it is; its texts, and ids that it names


def _said(one: Any) -> Iterator[Said]:
    """What the subject of a changed row says now; nothing if the row says nothing new."""
    if isinstance(one, Post | Page) and (
        _has_changed(one, "body") or ("embed" in (one.needs or ()) and _has_changed(one, "html"))
    ):
        yield _said_by(one)
    elif isinstance(one, Revision) and (_has_changed(one, "body") or _has_changed(one, "particulars")):
        kind: Any = Post if one.post_id else Page
        if content := db.session.get(kind, one.post_id or one.page_id):
            yield _said_by(content)
    elif isinstance(one, Setting) and one.name in OF_THE_SITE:
        yield _said_by_the_site()
    for model, (column, subject) in OTHER_TEXTS.items():
        if isinstance(one, model) and _has_changed(one, column):
            yield (subject, one.id), ([getattr(one, column)], set())


def _said_by_the_site() -> Said:
    said: dict[str, Any] = dict(
        db.session.execute(select(Setting.name, Setting.value).where(Setting.name.in_(OF_THE_SITE))).all()
    )
    footer = str(said.pop("footer", ""))
    return ("", 0), ([footer], {id for id in said.values() if id})


def _said_by(content: Post | Page) -> Said:
    """What readers see, what is held back, and what was typed and only autosaved."""
    subject = f"{content.kind}_id"
    is_newest = or_(Revision.version == content.version, Revision.reason == Reason.AUTOSAVED)
    newest = select(Revision.body, Revision.particulars).where(
        getattr(Revision, subject) == content.id, is_newest
    )
    # The stills of films stand in no text, only in what was made of it.
    texts: list[str] = [content.body, content.html if "embed" in (content.needs or ()) else ""]
    ids: set[Any] = set()
    for body, particulars in db.session.execute(newest):
        # Covers and the like are held back among the particulars; an autosave has them as they were typed.
        texts += [body, json.dumps(particulars or {})]
        ids |= {(particulars or {}).get(column.name) for column in columns()}
    return (subject, content.id), (texts, ids - {None})


def _has_changed(one: Any, column: str) -> bool:
    return bool(inspect(one).attrs[column].history.has_changes())


def is_used() -> ColumnElement[bool]:
    """Whether an upload stands in a text, or in a column of any table."""
    # One set for all rows: asked of each row, thousands of uploads would take a look into every table each.
    used = [select(column).where(column.is_not(None)) for column in (UploadUse.upload_id, *columns())]
    return Upload.id.in_(union(*used))


def uses(model: type[Any], upload: Upload) -> ColumnElement[bool]:
    """Whether one of the model's rows uses the upload: in its text, or in a column of its own."""
    subject = getattr(UploadUse, f"{model.__name__.lower()}_id")
    in_text = model.id.in_(select(subject).where(UploadUse.upload_id == upload.id, subject.is_not(None)))
    own = (column for column in columns() if column.table is model.__table__)
    return or_(in_text, *(column == upload.id for column in own))


def what_uses(upload: Upload, reader: Any) -> Iterator[Any]:
    """Each in which it stands, as far as the reader may know, of a kind no more than MOST_SHOWN. Earlier
    versions of a text do not count."""
    for kind in (Post, Page):
        texts = kind.visible_to(reader).where(uses(kind, upload)).options(*kind.for_a_list())
        yield from db.session.scalars(texts.limit(MOST_SHOWN))
    for model in (User, Tag, Series):
        yield from db.session.scalars(select(model).where(uses(model, upload)).limit(MOST_SHOWN))


def is_used_anywhere(upload: Upload) -> bool:
    """Also where nobody may look."""
    return db.session.scalar(select(Upload.id).where(Upload.id == upload.id, is_used())) is not None


def is_used_by_the_site(upload: Upload) -> bool:
    """In its footer or its look."""
    return bool(db.session.scalar(select(is_of_the_site(upload))))


def is_of_the_site(upload: Upload) -> ColumnElement[bool]:
    whole_site = [getattr(UploadUse, name).is_(None) for name in SUBJECTS]
    return exists().where(UploadUse.upload_id == upload.id, *whole_site)


def columns() -> list[Any]:
    """Every column that names an upload as a picture of its own."""
    own = (UploadUse.__tablename__, "upload_aliases")
    return [
        key.parent
        for table in db.metadata.sorted_tables
        if table.name not in own
        for key in table.foreign_keys
        if key.column.table.name == Upload.__tablename__
    ]
