"""A post or page in other languages, as a reader and a search engine are told of it."""

from flask import Flask

from broadsheet.extensions import db
from broadsheet.models import Page, Post
from broadsheet.models.translated import Translation, for_search_engines, in_each_language
from broadsheet.web.current_site import site
from broadsheet.web.public_address import address_of


def init_app(app: Flask) -> None:
    app.add_template_global(alternates)


def translations_of(content: Post | Page) -> list[Translation]:
    """The text itself among them, by the names of their languages; nothing if it stands in one only."""
    if not content.is_published:
        return []
    found = in_each_language(content, list(db.session.scalars(content.translations())), language_of)
    return sorted(found, key=lambda one: one.name.casefold())


def alternates(content: Post | Page, translations: list[Translation]) -> list[tuple[str, str]]:
    """Language and whole address of each, for `hreflang`."""
    return [(language, address_of(one)) for language, one in for_search_engines(content, translations)]


def language_of(content: Post | Page) -> str:
    return content.language or site.language
