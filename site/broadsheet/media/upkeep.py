"""What is done for uploads in the background: jobs for one of them, chores for all."""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from broadsheet import media
from broadsheet.extensions import db
from broadsheet.lib import renditions
from broadsheet.models import Page, Post, Series, Tag, Upload, UploadAlias, User
from broadsheet.models.rendering import rendered
from broadsheet.models.upload_use import uses

log = logging.getLogger(__name__)

AT_ONCE = 20  # pictures that a chore works on before it gives way
KEPT_ASIDE = timedelta(days=30)  # how long a replaced file can be brought back


def make_sizes(upload_id: int) -> None:
    """What is dear to make of a new picture, and what is missing of an old one."""
    if upload := db.session.get(Upload, upload_id):
        _make_sizes(upload)


def show_anew(upload_id: int) -> None:
    """The texts that show an upload, rendered with what it is now."""
    upload = db.session.get(Upload, upload_id)
    if upload is None:
        return
    texts: tuple[type[Any], ...] = (Post, Page)
    for kind in texts:
        for content in db.session.scalars(select(kind).where(uses(kind, upload))):
            content.render_if_possible()
    for person in db.session.scalars(select(User).where(uses(User, upload))):
        person.bio_html = rendered(person.bio).html
    topics: tuple[type[Any], ...] = (Tag, Series)
    for model in topics:
        for one in db.session.scalars(select(model).where(uses(model, upload))):
            one.description_html = rendered(one.description).html


def make_missing_sizes(now: datetime) -> int:
    """Of pictures that were here before there were sizes, came with an import, or met a crash."""
    wanted = select(Upload.id).where(Upload.sized_with < renditions.VERSION, Upload.is_a_picture())
    ids = list(db.session.scalars(wanted.order_by(Upload.id.desc()).limit(AT_ONCE)))
    db.session.commit()
    for id in ids:
        make_sizes(id)
        db.session.commit()
    return len(ids)


def throw_away_leftovers(now: datetime) -> int:
    """What nobody finished sending, and files that were replaced a month ago."""
    old = select(UploadAlias).where(UploadAlias.created_at < now - KEPT_ASIDE, UploadAlias.is_kept)
    count = 0
    for alias in db.session.scalars(old):
        media.forget_former(alias.key)
        alias.is_kept = False
        count += 1
    return count + media.sweep(now.timestamp())


def _make_sizes(upload: Upload) -> None:
    id, scaled = upload.id, upload.scales
    db.session.commit()  # nobody waits for the lock while pictures are worked on
    try:
        scales, _count = media.resize(upload)
    except Exception:
        log.exception("the sizes of the upload %s could not be made", id)
        scales = False  # it stays as it is: readers get the original
    upload = db.session.get_one(Upload, id, populate_existing=True)
    upload.scales, upload.sized_with = scales, renditions.VERSION
    if scales != scaled:
        db.session.flush()
        show_anew(id)
