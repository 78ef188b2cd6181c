"""Posts and pages share their verbs: /desk/posts/7/publication, /desk/pages/7/publication.

A rule says `<kind:kind>` and its view gets the model, Post or Page. `url_for(…, kind=post.kind)` goes back.
"""

from typing import Any

from flask import Flask, abort
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.routing import BaseConverter

from broadsheet.extensions import db
from broadsheet.models import Page, Post, Revision
from broadsheet.models.content import Status
from broadsheet.web.addresses import LARGEST

Content = Post | Page
Kind = type[Post] | type[Page]

KINDS: dict[str, Kind] = {"posts": Post, "pages": Page}


def init_app(app: Flask) -> None:
    app.url_map.converters["kind"] = KindConverter


class KindConverter(BaseConverter):
    regex = "|".join(KINDS)

    def to_python(self, value: str) -> Kind:
        return KINDS[value]

    def to_url(self, value: Any) -> str:
        return f"{getattr(value, 'kind', value)}s"


def editable_or_404(kind: Kind, id: int) -> Content:
    """The post or page of this number, if the signed-in person may edit it."""
    return db.one_or_404(kind.editable_by(current_user).where(kind.id == id))


def held_or_404(kind: Kind, id: int) -> Content:
    """The same, held until the commit: whoever else wants to change it waits, then sees the newer version.

    What the session knew of it is read anew: others may have saved since it was let go."""
    query = kind.editable_by(current_user).where(kind.id == id).with_for_update()
    return db.one_or_404(query.execution_options(populate_existing=True))


def revision_or_404(content: Content, id: int) -> Revision:
    """One of its saves, or of the autosaves of the signed-in person."""
    if not 0 < id <= LARGEST:
        abort(404)
    return db.one_or_404(content.revisions_open_to(current_user).where(Revision.id == id))


def held_or_new(kind: Kind, id: int | None) -> Content:
    if id is not None:
        return held_or_404(kind, id)
    if not current_user.can(kind.written_with):
        abort(404)
    return kind()


def require_publisher(content: Content) -> None:
    """Refuses whoever may write it but not decide what readers see."""
    if not current_user.can_publish(content):
        abort(403, only_editors_publish())


def require_publisher_if_published(content: Content) -> None:
    """What readers see, or will see, only a publisher moves to the trash and takes back from it."""
    if content.status == Status.PUBLISHED:
        require_publisher(content)


def only_editors_publish() -> str:
    return _("On this site an editor publishes. Send it for review.")
