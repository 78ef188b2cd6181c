"""The sitemap: every public address, for search engines (sitemaps.org). A long one is sent while written."""

from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine

from broadsheet.database import reading
from broadsheet.extensions import db
from broadsheet.models import Page, sitemap
from broadsheet.models.archive import years
from broadsheet.models.sitemap import Place
from broadsheet.models.translated import for_search_engines
from broadsheet.web.addresses import moved
from broadsheet.web.current_site import site
from broadsheet.web.filters import timestamp, zone
from broadsheet.web.public_address import absolute_url, canonical_url
from broadsheet.web.translations import translations_of

blueprint = Blueprint("sitemap", __name__)

AT_ONCE = 10_000  # addresses, some two megabytes, that are written before they are sent

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)


@blueprint.get("/sitemap.xml")
def index() -> Response:
    """All of it, as long as one file may hold it; then a list of its parts."""
    parts = sitemap.sizes() or {1: 0}
    if sum(parts.values()) + len(own := own_places()) <= sitemap.MOST:
        return answer(own, parts)
    edits = sitemap.edits()
    found = [(canonical_url("sitemap.part", number=number), edits.get(number)) for number in parts | {1: 0}]
    return Response(render_template("sitemap/index.xml", parts=sorted(found)), mimetype="application/xml")


@blueprint.get("/sitemap-<int:number>.xml")
def part(number: int) -> ResponseReturnValue:
    sizes = {1: 0} | sitemap.sizes()
    if number not in sizes:
        abort(404)
    address = url_for("sitemap.part", number=number)
    if request.path != address:
        return moved(address)
    return answer(own_places() if number == 1 else [], {number: sizes[number]})


def own_places() -> list[Place]:
    """Those that are there without a row."""
    found = [Place("/", sitemap.newest()), contact(), Place("/submit"), Place("/archive")]
    found += [Place("/tags"), Place("/series"), Place("/authors")]
    for year in years(zone(), listed=True):
        found.append(Place(f"/archive/{year.number}"))
        found += [Place(f"/archive/{year.number}/{month.number}") for month in year.months]
    return found


def contact() -> Place:
    """It is there without a page of words, but a page may translate these."""
    words = db.session.scalar(Page.at("contact"))
    told = for_search_engines(words, translations_of(words)) if words else []
    return Place("/contact", languages=tuple((language, one.path) for language, one in told))


def answer(own: list[Place], parts: dict[int, int]) -> Response:
    """`parts`: the number of each, and how many addresses it has at the most."""
    text = written(own, list(parts), absolute_url(""), site.language, db.engine)
    # Only of what is whole it can be told whether somebody has it already.
    return Response("".join(text) if sum(parts.values()) <= AT_ONCE else text, mimetype="application/xml")


def written(own: list[Place], numbers: list[int], root: str, language: str, engine: Engine) -> Iterator[str]:
    """Some thousand addresses at a time, each time in a transaction of its own: whoever loads slowly holds up
    nobody who writes."""
    yield HEAD
    yield "".join(lines(own, root))
    for number in numbers:
        translated: sitemap.Languages = {}
        with reading(), engine.connect() as connection:
            for kind in sitemap.TRANSLATED:
                rows = connection.execute(sitemap.translations(kind, number)).all()
                translated |= sitemap.languages(kind, rows, language)
        for query, made in sitemap.queries(number):
            with reading(), engine.connect() as connection:
                rows = connection.execute(query).all()
            places = map(made, rows)
            yield "".join(
                lines((one._replace(languages=translated.get(one.path, ())) for one in places), root)
            )
    yield "</urlset>\n"


def lines(places: Iterable[Place], root: str) -> Iterator[str]:
    for place in places:
        said = [f"<loc>{whole(root, place.path)}</loc>"]
        if place.changed:
            said.append(f"<lastmod>{timestamp(place.changed)}</lastmod>")
        if place.picture:
            said.append(f"<image:image><image:loc>{whole(root, place.picture)}</image:loc></image:image>")
        said += [
            f'<xhtml:link rel="alternate" hreflang="{escape(language)}" href="{whole(root, path)}"/>'
            for language, path in place.languages
        ]
        yield f"<url>{''.join(said)}</url>\n"


def whole(root: str, path: str) -> str:
    return escape(root + quote(path, safe="!$&'()*+,/:;=@"))
