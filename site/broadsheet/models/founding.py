"""How an empty database becomes a site: its first admin, its settings, and something to read."""

import re
from pathlib import Path
from typing import Any

from broadsheet.models.base import db
from broadsheet.models.page import Page
from broadsheet.models.post import Post
from broadsheet.models.role import Role
from broadsheet.models.setting import Site
from broadsheet.models.tag import Tag
from broadsheet.models.user import User

FIRST_CONTENT = Path(__file__).resolve().parents[1] / "first_content"


def found(
    *,
    name: str,
    email: str,
    password: str,
    username: str | None = None,
    title: str = "",
    tagline: str = "",
    language: str = "",
    timezone: str = "UTC",
) -> User:
    """Makes the first admin, who owns a welcome post, an About and a Contact page, all of them public.

    What is there already (after an import, say) stays as it is. Returns the admin, not yet committed.
    """
    admin = User.create(
        name=name, email=email, password=password, role=Role.ADMIN, username=username, timezone=timezone
    )
    site = Site.load()
    site.change(
        title=title or site.title,
        tagline=tagline or site.tagline,
        language=language or site.language,
        timezone=timezone,
    )
    if not db.session.scalar(db.select(Post.id).limit(1)):
        _publish(Post(), "welcome", admin, site, authors=[admin])
    for slug in ("about", "contact"):
        if not db.session.scalar(db.select(Page.id).where(Page.slug == slug)):
            _publish(Page(), slug, admin, site, slug=slug)
    return admin


def _publish(content: Post | Page, file: str, admin: User, site: Site, **more: Any) -> None:
    content.revise(by=admin, **_read(file, site), **more)
    content.publish()


def _read(file: str, site: Site) -> dict[str, Any]:
    """What a file says, in the site's language if it is there.

    It begins with `# title`, `> summary`, and `Tags: one, another` if it has any.
    """
    own = FIRST_CONTENT / site.language.split("-")[0] / f"{file}.md"
    english = FIRST_CONTENT / "en" / f"{file}.md"
    text = (own if own.exists() else english).read_text(encoding="utf-8")
    title, summary, body = text.split("\n\n", 2)
    read: dict[str, Any] = {"title": title.removeprefix("# "), "summary": summary.removeprefix("> ")}
    if body.startswith("Tags: "):
        tags, body = body.removeprefix("Tags: ").split("\n\n", 1)
        read["tags"] = Tag.named(tags.split(", "))
    return read | {"body": body.replace("{title}", _as_plain_words(site.title))}


def _as_plain_words(title: str) -> str:
    """A title in which Markdown finds no marks (CommonMark 0.31, section 2.4)."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", title)
