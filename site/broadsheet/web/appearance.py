"""The look that the owner chose: icons, logo, type, columns; and a look that an admin only tries.

A look that is tried travels in the address of the front page, signed, and counts for those alone who could
save it.
"""

from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, g, request
from flask_login import current_user
from itsdangerous import BadData
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from broadsheet.extensions import db
from broadsheet.media import icons
from broadsheet.models import Ability, Upload
from broadsheet.models.setting import LOOK, SITE_PICTURES
from broadsheet.web.current_site import current_site, site
from broadsheet.web.public_address import canonical_url
from broadsheet.web.signing import signer

TRIED_FOR = 3600  # seconds


@dataclass(frozen=True)
class SitePictures:
    icon: Upload | None = None
    logo: Upload | None = None
    logo_dark: Upload | None = None


def init_app(app: Flask) -> None:
    app.before_request(try_look)
    app.add_template_global(site_pictures)
    app.add_template_global(site_icons)
    app.add_template_global(icon_url)


def site_pictures() -> SitePictures:
    """In one query a request, and none where nothing was chosen."""
    if "site_pictures" not in g:
        ids = {name.removesuffix("_id"): getattr(site, name) for name in SITE_PICTURES}
        g.site_pictures = SitePictures()
        if any(ids.values()):
            try:
                query = select(Upload).where(Upload.id.in_([id for id in ids.values() if id]))
                found = {upload.id: upload for upload in db.session.scalars(query)}
            except SQLAlchemyError:  # an error page must come out all the same
                db.session.rollback()
                found = {}
            g.site_pictures = SitePictures(**{name: found.get(id) for name, id in ids.items()})
    pictures: SitePictures = g.site_pictures
    return pictures


def site_icons() -> icons.Icons:
    return icons.of(site_pictures().icon, site.accent)


def icon_url(size: str) -> str:
    """For those who read it elsewhere: feeds, search engines. One of media.icons.SIZES."""
    return canonical_url("icons.show", size=size, digest=site_icons().digest)


# -- a look that is tried


def signed_look(look: dict[str, Any]) -> str:
    return str(signer("look").dumps([look[name] for name in LOOK]))


def look_of(token: str) -> dict[str, Any] | None:
    try:
        values = signer("look").loads(token, max_age=TRIED_FOR)
    except BadData:
        return None
    return dict(zip(LOOK, values, strict=False)) if len(values) == len(LOOK) else None


def try_look() -> None:
    token = request.args.get("look", "")
    if not token or request.endpoint != "home.index" or not current_user.can(Ability.CHANGE_SETTINGS):
        return
    if look := look_of(token):
        g.site = replace(current_site(), **look)
        g.tried_look = token
