"""What programs read about a page: schema.org's words as JSON-LD, in a block of data that no browser runs.

What search engines ask of each kind: developers.google.com/search/docs/appearance/structured-data.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import Flask, url_for
from markupsafe import Markup

from broadsheet.models import Correction, Page, User
from broadsheet.models.topic import Topic
from broadsheet.web.appearance import icon_url
from broadsheet.web.current_site import site
from broadsheet.web.filters import timestamp
from broadsheet.web.public_address import absolute_url, canonical_url
from broadsheet.web.sharing import SharedPicture

Thing = dict[str, Any]

# What would end the element, and what ended a line in scripts until ECMAScript 2019.
ESCAPED = str.maketrans({"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def init_app(app: Flask) -> None:
    for described in (site_data, post_data, page_data, person_data, list_data):
        app.add_template_global(described)


def script(*things: Thing) -> Markup:
    text = json.dumps(
        {"@context": "https://schema.org", "@graph": things}, ensure_ascii=False, separators=(",", ":")
    )
    return Markup('<script type="application/ld+json">{}</script>\n').format(
        Markup(text.translate(ESCAPED))  # noqa: S704  no "<" is left in it
    )


# -- one for each kind of page


def site_data() -> Markup:
    """Of the front page: the site by its name, and how it is searched."""
    search = canonical_url("home.index").rstrip("/") + "/search?q={search_term_string}"
    website = {
        "@type": "WebSite",
        "@id": _home("website"),
        "url": _home(),
        "name": site.title,
        "description": site.tagline,
        "inLanguage": site.language,
        "publisher": {"@id": _home("publisher")},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search},
            "query-input": "required name=search_term_string",
        },
    }
    return script(_said(website), _publisher())


def post_data(
    post: Any,
    url: str,
    description: str,
    picture: SharedPicture | None,
    corrections: Sequence[Correction] = (),
) -> Markup:
    tags = [tag.name for tag in post.tags]
    article = {
        "@type": "BlogPosting",
        "headline": post.headline,
        "description": _plain(description),
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": _moment(post.published_at),
        "dateModified": _moment(post.changed_at),
        "author": _authors(post),
        "publisher": _publisher(),
        "image": picture and picture.url,
        "inLanguage": post.language or site.language,
        "articleSection": tags[0] if tags else "",
        "keywords": tags,
        "wordCount": post.word_count,
        "correction": [_correction(one) for one in corrections],
    }
    above = [(tag.name, url_for("topics.tag", slug=tag.slug)) for tag in list(post.tags)[:1]]
    return script(_said(article), _way(*above, (post.headline, "")))


def page_data(
    kind: str, name: str, url: str, description: str, page: Page | None = None, picture: Any = None
) -> Markup:
    """`kind` is one of schema.org's: WebPage, AboutPage, ContactPage."""
    described = {
        "@type": kind,
        "name": name,
        "description": _plain(description),
        "url": url,
        "datePublished": _moment(page.published_at) if page else "",
        "dateModified": _moment(page.changed_at) if page else "",
        "inLanguage": (page.language if page else "") or site.language,
        "primaryImageOfPage": picture and {"@type": "ImageObject", "url": picture.url},
        "isPartOf": {"@type": "WebSite", "@id": _home("website"), "name": site.title, "url": _home()},
        "publisher": _publisher(),
    }
    return script(_said(described), _way((name, "")))


def person_data(person: User, description: str) -> Markup:
    profile = {
        "@type": "ProfilePage",
        "url": canonical_url("people.show", username=person.username),
        "dateCreated": _moment(person.created_at),
        "mainEntity": _said(
            {
                "@type": "Person",
                "name": person.name or person.username,
                "alternateName": person.username,
                "url": canonical_url("people.show", username=person.username),
                "description": _plain(description) if person.bio_html else "",
                "image": absolute_url(person.avatar.shown_at) if person.avatar else "",
                "sameAs": [link["url"] for link in person.links if link["url"].startswith("http")],
            }
        ),
    }
    return script(_said(profile), _way((person.name or person.username, "")))


def list_data(
    name: str,
    url: str,
    description: str,
    posts: Iterable[Any],
    topic: Topic | None = None,
    kind: str = "CollectionPage",
) -> Markup:
    """Of a tag, a series, the archive, a search: a list of posts, in the order in which they stand."""
    listed = [
        {
            "@type": "ListItem",
            "position": number,
            "url": canonical_url("posts.show", id=post.id, slug=post.slug),
        }
        for number, post in enumerate(posts, 1)
    ]
    described = {
        "@type": kind,
        "name": name,
        "description": _plain(description),
        "url": url,
        "inLanguage": site.language,
        "about": topic and {"@type": "Thing", "name": topic.name},
        "isPartOf": {"@type": "WebSite", "@id": _home("website"), "name": site.title, "url": _home()},
        "mainEntity": listed and {"@type": "ItemList", "itemListElement": listed},
    }
    return script(_said(described), _way((name, "")))


# -- what they are made of


def _publisher() -> Thing:
    return _said(
        {
            "@type": "Organization",
            "@id": _home("publisher"),
            "name": site.title,
            "url": _home(),
            "logo": {
                "@type": "ImageObject",
                "url": icon_url("512"),
            },
            "sameAs": [link["url"] for link in site.social_links or [] if link["url"].startswith("http")],
        }
    )


def _authors(post: Any) -> list[Thing]:
    """A byline of its own stands in the place of the authors' names."""
    if post.byline:
        return [{"@type": "Person", "name": post.byline}]
    return [
        {
            "@type": "Person",
            "name": person.name,
            "url": canonical_url("people.show", username=person.username),
        }
        for person in post.authors
    ] or [{"@type": "Organization", "name": site.title, "url": _home()}]


def _correction(correction: Correction) -> Thing:
    return {
        "@type": "CorrectionComment",
        "text": Markup(correction.html).striptags(),  # noqa: S704  it becomes text
        "datePublished": _moment(correction.created_at),
    }


def _way(*steps: tuple[str, str]) -> Thing:
    """From the front page to here: names and paths; the last is this page, which needs no address."""
    items = [
        _said({"@type": "ListItem", "position": number, "name": name, "item": path and absolute_url(path)})
        for number, (name, path) in enumerate([(site.title, "/"), *steps], 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _home(part: str = "") -> str:
    return canonical_url("home.index") + (f"#{part}" if part else "")


def _plain(description: str) -> str:
    """What a template's block says, without its markup's escapes."""
    return Markup(description).unescape().strip()  # noqa: S704  it becomes text


def _moment(at: datetime | None) -> str:
    return timestamp(at) if at else ""


def _said(thing: Thing) -> Thing:
    """Without what is not known."""
    return {name: value for name, value in thing.items() if value not in (None, "", [], 0)}
