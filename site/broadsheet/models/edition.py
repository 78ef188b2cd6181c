"""The edition: one number, raised by whatever changes something that a visitor can see.

Triggers raise it, in the transaction of the change itself: no bulk statement, no cascade and no program
beside the site can leave it behind. Which tables and columns they watch, the migrations say (from 0006 on);
what is named here as private is left out, and a test finds what is neither watched nor private.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Connection, Select, select, union_all
from sqlalchemy.orm import Mapped, mapped_column

from broadsheet.models.base import Model
from broadsheet.models.content import Content, Status
from broadsheet.models.page import Page
from broadsheet.models.post import Post

# What no visitor sees, or what follows from another table that is watched.
PRIVATE_TABLES = frozenset(
    {
        *("alembic_version", "edition", "events", "imported_files", "invitations", "user_sessions"),
        *("authenticator_apps", "passkeys", "passkey_challenges", "recovery_codes"),
        *("jobs", "chore_runs", "presences", "notes", "reviews", "revisions", "preview_links"),
        *("messages", "submissions", "replies", "spam_words", "visits", "visit_hours"),
        *("links", "outgoing_addresses", "upload_uses", "search_texts", "list_entries", "list_counts"),
    }
)
_OF_CONTENT = frozenset(
    {"once_public", "review_requested_at", "updated_at", "version", "shown_version", "rendered_with"}
)
PRIVATE_COLUMNS = {
    "posts": _OF_CONTENT | {"related_with"},
    "pages": _OF_CONTENT,
    "users": frozenset({"email", "password_hash", "timezone", "last_signed_in_at"}),
}


class Edition(Model):
    """One row."""

    __tablename__ = "edition"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, default=0)


def next_change(connection: Connection, now: datetime) -> datetime | None:
    """When time alone changes what is public: the next text appears, or one expires. None: never."""
    moments = union_all(*(query for kind in (Post, Page) for query in _next_changes(kind, now)))
    return min(connection.scalars(moments), default=None)


def _next_changes(kind: type[Content], now: datetime) -> list[Select[datetime]]:
    def next_(column: Any) -> Any:
        within = kind.status == Status.PUBLISHED, kind.trashed_at.is_(None), column > now
        return select(select(column).where(*within).order_by(column).limit(1).subquery().c[0])

    return [next_(kind.published_at), next_(kind.expires_at)]
