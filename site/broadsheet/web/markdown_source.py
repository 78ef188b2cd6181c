"""A post or page as the Markdown that was written: for programs, and for taking it along."""

from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Response
from werkzeug.urls import iri_to_uri

from broadsheet.lib.lazy import lazily
from broadsheet.lib.markdown import without_comments
from broadsheet.models import Correction, Page, Post
from broadsheet.web.current_site import site
from broadsheet.web.public_address import absolute_url

if TYPE_CHECKING:
    import yaml
else:
    yaml = lazily("yaml")

MEDIA_TYPE = "text/markdown; charset=utf-8"  # RFC 7763


def source_address(content: Post | Page) -> str:
    return f"{content.path}.md"


def source(content: Post | Page) -> Response:
    """What readers see of it, below a front matter that generators and our own importer understand."""
    address = content.canonical_url or absolute_url(content.path)
    said = {name: value for name, value in front_matter(content, address).items() if value}
    head = yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=1000)
    answer = Response(f"---\n{head}---\n\n{without_comments(content.body)}\n", content_type=MEDIA_TYPE)
    answer.headers["Link"] = f'<{as_uri(address)}>; rel="canonical"'
    return answer


def as_uri(address: str) -> str:
    """As a header takes it: ASCII, and nothing that would end it there (RFC 3986; RFC 8288, section 3)."""
    try:
        return iri_to_uri(address)
    except ValueError:  # a host or a port that cannot be
        return quote(address, safe="%:/?#[]@!$&'()*+,;=")


def front_matter(content: Post | Page, address: str) -> dict[str, Any]:
    said: dict[str, Any] = {"title": content.title, "description": content.summary}
    if content.published_at is not None:
        said["date"] = content.published_at.astimezone(UTC)
        if content.revised_at is not None and content.revised_at > content.published_at:
            said["updated"] = content.revised_at.astimezone(UTC)
    if isinstance(content, Post):
        said["authors"] = [content.byline] if content.byline else [person.name for person in content.authors]
        said["tags"] = [tag.name for tag in content.tags]
        said["series"] = content.series.name if content.series is not None else ""
        said["series_order"] = content.series_position
        said["image"] = absolute_url(content.cover.path) if content.cover is not None else ""
        said["corrections"] = [
            {"date": one.created_at.astimezone(UTC), "text": one.body}
            for one in reversed(Correction.told_with(content))
        ]
    if content.expires_at is not None:
        said["expires"] = content.expires_at.astimezone(UTC)
    return said | {"language": content.language or site.language, "canonical": address}
