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
from broadsheet.models.content import Status
from broadsheet.models.list_entry import ListEntry, ListKind
from broadsheet.models.page import Page

# What no visitor sees, or what follows from another table that is watched.
PRIVATE_TABLES = frozenset(
    {
        *("alembic_version", "edition", "events", "imported_files", "invitations", "user_sessions"),
        *("authenticator_apps", "passkeys", "passkey_challenges", "recovery_codes", "email_changes"),
        *("api_tokens", "idempotency_keys"),
        *("jobs", "chore_runs", "presences", "notes", "reviews", "revisions", "preview_links"),
        *("messages", "submissions", "replies", "spam_words", "visits", "visit_hours"),
        *("webhooks", "webhook_deliveries", "webhook_attempts"),
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

_OF_PAGES = (Page.status == Status.PUBLISHED, Page.trashed_at.is_(None))


class Edition(Model):
    """One row."""

    __tablename__ = "edition"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, default=0)


def next_change(connection: Connection, now: datetime) -> datetime | None:
    """When time alone changes what is public: the next text appears, or one expires. None: never."""
    entry, of_site = ListEntry, (ListEntry.kind == ListKind.SITE, ListEntry.subject_id == 0)
    # Of posts by the list that the database keeps: its indexes begin where the present ends.
    moments = union_all(
        _next(entry.at, now, *of_site),
        _next(entry.expires_at, now, *of_site),
        *(_next(column, now, *_OF_PAGES) for column in (Page.published_at, Page.expires_at)),
    )
    return min(connection.scalars(moments), default=None)


def _next(column: Any, now: datetime, *which: Any) -> Select[datetime]:
    return select(select(column).where(*which, column > now).order_by(column).limit(1).subquery().c[0])
