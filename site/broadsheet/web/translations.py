"""The post in other languages, as a reader and a search engine are told of it."""

from typing import NamedTuple

from broadsheet.extensions import db
from broadsheet.lib import languages
from broadsheet.models import Post
from broadsheet.web.current_site import site


class Translation(NamedTuple):
    language: str  # its tag (BCP 47)
    name: str  # of the language, in itself
    post: Post
    is_default: bool  # for whoever reads none of the languages: what was there first


def translations_of(post: Post) -> list[Translation]:
    """The post itself among them, by the names of their languages; nothing if it stands in one language only.

    Of two posts in the same language, the one that was there first counts: `hreflang` names each once.
    """
    others = list(db.session.scalars(post.translations()))
    if post.translation_of_id is None or all(one.id != post.translation_of_id for one in others):
        everyone = [post, *others]
    else:
        everyone = [*others[:1], post, *others[1:]]
    of_language = {language_of(post): post}
    for one in everyone:
        of_language.setdefault(language_of(one), one)
    if len(of_language) == 1 or not post.is_published:
        return []
    first = next(one for one in everyone if one in of_language.values())
    found = [Translation(tag, languages.name(tag), one, one is first) for tag, one in of_language.items()]
    return sorted(found, key=lambda one: one.name.casefold())


def language_of(post: Post) -> str:
    return post.language or site.language
