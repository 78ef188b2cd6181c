"""A post or page in other languages, as a reader and a search engine are told of it."""

from collections.abc import Sequence
from typing import Any

from flask import Flask

from broadsheet.extensions import db
from broadsheet.models.translated import Translation, for_search_engines, in_each_language
from broadsheet.web.current_site import site
from broadsheet.web.public_address import address_of

Text = Any  # a post or a page, or a row of one


def init_app(app: Flask) -> None:
    app.add_template_global(alternates)


def translations_of(content: Text, others: Sequence[Text] | None = None) -> list[Translation]:
    """The text itself among them, by the names of their languages; nothing if it stands in one only. Who has
    asked for the others already hands them in."""
    if not content.is_published:
        return []
    if others is None:
        others = list(db.session.scalars(content.translations()))
    found = in_each_language(content, others, language_of)
    return sorted(found, key=lambda one: one.name.casefold())


def alternates(content: Text, translations: list[Translation]) -> list[tuple[str, str]]:
    """Language and whole address of each, for `hreflang`."""
    return [(language, address_of(one)) for language, one in for_search_engines(content, translations)]


def language_of(content: Text) -> str:
    return content.language or site.language
