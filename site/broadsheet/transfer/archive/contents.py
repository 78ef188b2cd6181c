"""What is in an archive. Every table is, with all its columns, unless it is named here, with the reason."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

# Tables that are left out.
LEFT_OUT = {
    "alembic_version": "the manifest names the revision",
    "edition": "counts the changes of one site's life; a restored one counts on from a higher number",
    "list_entries": "made by the database's triggers from posts, tags and authors",
    "list_counts": "made by the database's triggers from posts, tags and authors",
    "search_texts": "made from the posts when they are restored",
    "user_sessions": "whoever was signed in signs in again: no session that was ended since comes back",
    "email_changes": "links that are under way; whoever waits for one asks again",
    "passkey_challenges": "what a browser is being asked at the moment",
    "idempotency_keys": "what programs were answered within the last day",
    "presences": "who has which text open at the moment",
    "chore_runs": "when which chore is due; they begin anew",
}
# What full text makes of search_texts: two tables, each with its shadows (sqlite.org/fts5.html).
LEFT_OUT_BEGINNING = ("search_words", "search_titles", "sqlite_")

# Columns that are left out, and what they hold after a restore.
LEFT_OUT_COLUMNS: dict[str, dict[str, Any]] = {
    "uploads": {"sized_with": 0},  # the sizes of pictures are made anew
}

# What an export leaves out: with it one could sign in, or find out how.
SECRET_TABLES = {
    "invitations": "who has such a link becomes a member",
    "authenticator_apps": "what codes are made from",
    "passkeys": "who could sign in wherever the export is restored",
    "recovery_codes": "digests of short codes",
    "api_tokens": "what programs come in with, wherever the export is restored",
    "webhooks": "addresses of other programs, which may open them, and what messages to them are signed with",
    "webhook_deliveries": "what those programs were told",
    "webhook_attempts": "what those programs answered",
}
SECRET_COLUMNS: dict[str, frozenset[str]] = {
    "users": frozenset({"password_hash"}),
}

# Files beside the database, by the folder in the archive.
UPLOADS = "uploads/"  # below it the keys of uploads
FORMER = "former/"  # files that were replaced, as long as that can be taken back
THEMES = "themes/"
FILES = "files/"
SECRET_KEY, SETTINGS = "secret_key", "broadsheet.toml"  # in FILES of a backup


class Kind(StrEnum):
    BACKUP = "backup"  # everything
    EXPORT = "export"  # without what is secret


def is_left_out(table: str) -> bool:
    return table in LEFT_OUT or table.startswith(LEFT_OUT_BEGINNING)


def tables(names: Iterable[str], kind: Kind) -> list[str]:
    """Those of a database that an archive has, in its order."""
    secret = SECRET_TABLES if kind is Kind.EXPORT else {}
    return sorted(name for name in names if not is_left_out(name) and name not in secret)


def left_out_columns(table: str, kind: Kind) -> frozenset[str]:
    secret = SECRET_COLUMNS.get(table, frozenset()) if kind is Kind.EXPORT else frozenset()
    return secret | frozenset(LEFT_OUT_COLUMNS.get(table, {}))
