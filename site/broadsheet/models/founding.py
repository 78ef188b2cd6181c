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
    timezone: str = "UTC",
) -> User:
    """Makes the first admin, who owns a welcome post, an About and a Contact page, all of them public.

    What is there already (after an import, say) stays as it is. Returns the admin, not yet committed.
    """
    admin = User.create(
        name=name, email=email, password=password, role=Role.ADMIN, username=username, timezone=timezone
    )
    site = Site.load()
    site.change(title=title or site.title, tagline=tagline or site.tagline, timezone=timezone)
    if not db.session.scalar(db.select(Post.id).limit(1)):
        _publish(Post(), "welcome", admin, site, authors=[admin], tags=Tag.named(["Welcome"]))
    for slug in ("about", "contact"):
        if not db.session.scalar(db.select(Page.id).where(Page.slug == slug)):
            _publish(Page(), slug, admin, site, slug=slug)
    return admin


def _publish(content: Post | Page, file: str, admin: User, site: Site, **more: Any) -> None:
    title, summary, body = _read(file, site)
    content.revise(by=admin, title=title, summary=summary, body=body, **more)
    content.publish()


def _read(file: str, site: Site) -> tuple[str, str, str]:
    """Title, summary and body of a file that begins with `# title` and `> summary`."""
    text = (FIRST_CONTENT / f"{file}.md").read_text(encoding="utf-8")
    title, summary, body = text.split("\n\n", 2)
    return (
        title.removeprefix("# "),
        summary.removeprefix("> "),
        body.replace("{title}", _as_plain_words(site.title)),
    )


def _as_plain_words(title: str) -> str:
    """A title in which Markdown finds no marks (CommonMark 0.31, section 2.4)."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", title)
