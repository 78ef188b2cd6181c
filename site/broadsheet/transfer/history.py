"""What earlier runs of an import brought."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import load_only

from broadsheet.extensions import db
from broadsheet.models import Alias, ImportedFile, Post
from broadsheet.transfer.entry import Entry
from broadsheet.transfer.places import Target


@dataclass(frozen=True, slots=True)
class Known:
    """A post that came before."""

    target: Target
    fingerprint: str
    version: int  # the post's, when it came
    version_now: int
    title: str
    date: datetime | None
    is_trashed: bool

    @property
    def is_complete(self) -> bool:
        """Whether its text came too, before that run ended."""
        return bool(self.fingerprint)

    def why_not(self, entry: Entry) -> str:
        """Why the changed file must not change the post; empty if it may."""
        if self.title != entry.title and self.date != entry.date:
            return _("Another text came under this name before. Give this site its own name by --source.")
        if self.is_trashed:
            return _("The file changed, but its post is in the trash. It was left there.")
        if self.version_now != self.version:
            return _("The file changed, but its post was edited here since. It was left as it is.")
        return ""


def of(source: str) -> Iterator[tuple[str, Known]]:
    """All that came from the source, by the files' paths."""
    rows = db.session.execute(
        select(ImportedFile.path, ImportedFile.fingerprint, ImportedFile.version, Post)
        .join(ImportedFile.post)
        .where(ImportedFile.source == source)
        .options(load_only(Post.slug, Post.version, Post.title, Post.published_at, Post.trashed_at))
    )
    for path, fingerprint, version, post in rows:
        yield (
            path,
            Known(
                Target(post.id, post.slug),
                fingerprint,
                version,
                post.version,
                post.title,
                post.published_at,
                post.trashed_at is not None,
            ),
        )


def behind(addresses: list[str]) -> Target | None:
    """The post to which one of the addresses leads since some import."""
    found = Alias.targets(addresses) if addresses else {}
    post_id = next(filter(None, found.values()), None)
    slug = db.session.scalar(select(Post.slug).where(Post.id == post_id)) if post_id else None
    return Target(post_id, slug) if post_id and slug else None
