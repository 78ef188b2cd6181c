"""The site's icons, and the manifest by which a telephone puts it among its apps (w3.org/TR/appmanifest)."""

from flask import Blueprint, Response, jsonify, make_response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from broadsheet.extensions import db
from broadsheet.lib.colour import LIGHT_GROUNDS
from broadsheet.lib.short_titles import short_title
from broadsheet.media import icons
from broadsheet.web.appearance import site_icons
from broadsheet.web.current_site import site
from broadsheet.web.filters import text_direction
from broadsheet.web.headers import PUBLIC

blueprint = Blueprint("icons", __name__)

FOR_EVER = 365 * 24 * 3600  # an address with a digest never gets other bytes
SHORT_NAME = 12  # letters that a telephone shows below an icon; Google recommends no more


@blueprint.get("/icon/<any('32', '180', '192', '512', maskable):size>-<string(length=16):digest>.png")
def show(size: str, digest: str) -> ResponseReturnValue:
    chosen = site_icons()
    if digest != chosen.digest:
        return redirect(url_for("icons.show", size=size, digest=chosen.digest), 302)
    db.session.rollback()  # nobody waits for this transaction while it is drawn
    return kept(send_file(icons.made(chosen, size), mimetype="image/png"))


@blueprint.get("/icon/drawing-<string(length=16):digest>.svg")
def drawing(digest: str) -> ResponseReturnValue:
    chosen = site_icons()
    if digest != chosen.digest:
        return redirect(url_for("icons.drawing", digest=chosen.digest), 302)
    return kept(Response(icons.svg(chosen), mimetype="image/svg+xml"))


@blueprint.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    chosen = site_icons()
    db.session.rollback()
    return asked_again(send_file(icons.ico(chosen), mimetype="image/x-icon"))


@blueprint.get("/apple-touch-icon.png")
@blueprint.get("/apple-touch-icon-precomposed.png")
def touch_icon() -> ResponseReturnValue:
    """Where iOS and crawlers look for it, whatever a page names."""
    return redirect(url_for("icons.show", size="180", digest=site_icons().digest), 302)


@blueprint.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    chosen = site_icons()

    def icon(name: str, purpose: str = "any") -> dict[str, str]:
        pixels = icons.SIZES[name]
        src = url_for("icons.show", size=name, digest=chosen.digest)
        return {"src": src, "sizes": f"{pixels}x{pixels}", "type": "image/png", "purpose": purpose}

    said = {
        "id": "/",
        "name": site.title,
        "short_name": short_title(site.title, SHORT_NAME),
        "description": site.tagline,
        "lang": site.language,
        "dir": text_direction(),
        "start_url": "/",
        "scope": "/",
        "display": "browser",
        "background_color": LIGHT_GROUNDS[0],
        "theme_color": chosen.accent,
        "icons": [icon("192"), icon("512"), icon("maskable", "maskable")],
    }
    response = make_response(jsonify({name: value for name, value in said.items() if value}))
    response.mimetype = "application/manifest+json"
    return asked_again(response)


def kept(response: Response) -> Response:
    response.cache_control.no_cache = None
    response.cache_control.public = True
    response.cache_control.max_age = FOR_EVER
    response.cache_control.immutable = True
    return response


def asked_again(response: Response) -> Response:
    """At an address that stays when the owner chooses another title or icon."""
    response.headers["Cache-Control"] = PUBLIC
    if not response.direct_passthrough:  # else it has a tag already
        response.add_etag()
    response.make_conditional(request)
    return response
