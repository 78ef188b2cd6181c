"""Lists that are counted: which posts stand in which list, and how many, kept by the database

Revision ID: 0007
Revises: 0006
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from broadsheet.migrations import mariadb

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# The kinds of lists, as models/post_list.py names them: docs/decisions/0047.
# What stands in them: published, not in the trash; its time may still be to come, or be over.
SETTLED = "posts.status = 'published' AND posts.trashed_at IS NULL AND posts.published_at IS NOT NULL"
IN_A_PART = 9_000  # ids of a part of the sitemap, as models/sitemap.py has them
# (kind, subject, by which it is ordered, from, and)
LISTS = (
    (1, "0", "posts.published_at", "posts", "true"),
    (2, "0", "posts.published_at", "posts", "NOT posts.unlisted"),
    (
        3,
        "post_tags.tag_id",
        "posts.published_at",
        "posts JOIN post_tags ON post_tags.post_id = posts.id",
        "true",
    ),
    (
        4,
        "post_authors.user_id",
        "posts.published_at",
        "posts JOIN post_authors ON post_authors.post_id = posts.id",
        "true",
    ),
    (5, "posts.series_id", "posts.published_at", "posts", "posts.series_id IS NOT NULL"),
    (6, f"(posts.id - 1) / {IN_A_PART} + 1", "posts.updated_at", "posts", "NOT posts.unlisted"),
)
TAG, AUTHOR, PART = 3, 4, 6
SHOWN_BY = ("status", "published_at", "expires_at", "trashed_at", "unlisted", "series_id")

MONTHS = {
    "sqlite": "CAST(strftime('%Y', {at}) AS INTEGER) * 12 + CAST(strftime('%m', {at}) AS INTEGER)",
    "postgresql": "(extract(year FROM {at}) * 12 + extract(month FROM {at}))::integer",
    "mariadb": mariadb.MONTH,
}


def upgrade() -> None:
    op.create_table(
        "list_entries",
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_list_entries_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "subject_id", "at", "post_id", name=op.f("pk_list_entries")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "list_counts",
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject_id", "month", name=op.f("pk_list_counts")),
        sqlite_with_rowid=False,
    )
    dialect = op.get_bind().dialect.name
    _do(_fill(dialect, "true"))
    _do(
        "INSERT INTO list_counts (kind, subject_id, month, many)"  # noqa: S608  our own names
        " SELECT kind, subject_id, 0, count(*) FROM list_entries GROUP BY kind, subject_id"
        f" UNION ALL SELECT kind, subject_id, {_month(dialect, 'at')}, count(*)"
        " FROM list_entries GROUP BY 1, 2, 3"
    )
    op.create_index(op.f("ix_list_entries_post_id"), "list_entries", ["post_id"])
    over = sa.text("expires_at IS NOT NULL")
    op.create_index(
        "ix_list_entries_expiring",
        "list_entries",
        ["kind", "subject_id", "expires_at"],
        sqlite_where=over,
        postgresql_where=over,
    )
    op.create_index(
        "ix_list_entries_unlisted",
        "list_entries",
        ["kind", "subject_id", "listed", "at", "expires_at"],
        sqlite_where=sa.text("listed = 0"),
        postgresql_where=sa.text("NOT listed"),
    )
    # What is being written, the latest first, however much is published.
    op.create_index(
        "ix_posts_in_work", "posts", ["status", "trashed_at", "updated_at", "review_requested_at"]
    )
    # A series is walked in its own order, without a look at the posts themselves.
    op.create_index(
        "ix_posts_in_series",
        "posts",
        ["series_id", "status", "trashed_at", "series_position", "published_at", "id", "expires_at"],
    )
    op.create_index(
        "ix_posts_pinned",
        "posts",
        ["pinned"],
        sqlite_where=sa.text("pinned = 1"),
        postgresql_where=sa.text("pinned"),
    )
    for statement in triggers(dialect):
        _do(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    is_postgresql = dialect == "postgresql"
    for name, _when, table, _does in _triggers("sqlite"):
        _do(f"DROP TRIGGER {name}" + (f" ON {table}" if is_postgresql else ""))
        if is_postgresql:
            _do(f"DROP FUNCTION {name}()")
    for name, _table, _does in mariadb.EMPTIED if dialect == "mariadb" else ():
        _do(f"DROP TRIGGER {name}")
    op.drop_index("ix_posts_pinned", "posts")
    op.drop_index("ix_posts_in_work", "posts")
    op.drop_index("ix_posts_in_series", "posts")
    op.drop_table("list_counts")
    op.drop_table("list_entries")


def triggers(dialect: str) -> Iterator[str]:
    """The statements that make them; on SQLite those that are missing, see env.py."""
    if dialect == "mariadb":
        yield from mariadb.list_triggers(_triggers(dialect))
        return
    for name, when, table, does in _triggers(dialect):
        if dialect == "sqlite":
            yield f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {when[0]} ON {table} {when[1]} BEGIN {does} END"
            continue
        # Counts are locked until the end of the transaction: so late that it waits for nothing else then, and
        # behind the one lock that the edition takes too, so that no two wait for each other.
        late = table == "list_entries"
        first = "PERFORM 1 FROM edition FOR UPDATE;" if late else ""
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {first} {does} RETURN NULL; END $$"
        )
        yield (
            f"CREATE {'CONSTRAINT ' if late else ''}TRIGGER {name} AFTER {when[0]} ON {table}"
            f" {'DEFERRABLE INITIALLY DEFERRED' if late else ''}"
            f" FOR EACH ROW {when[1]} EXECUTE FUNCTION {name}()"
        )


def _triggers(dialect: str) -> Iterator[tuple[str, tuple[str, str], str, str]]:
    """(name, when and if, table, what it does)"""
    distinct = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"

    def differs(*columns: str) -> str:
        if dialect == "mariadb":
            return mariadb.differs(columns)
        return f"WHEN ({' OR '.join(f'new.{name} {distinct} old.{name}' for name in columns)})"

    empty = "DELETE FROM list_entries WHERE post_id = {post};"
    yield "lists_of_posts_new", ("INSERT", ""), "posts", f"{_fill(dialect, 'posts.id = new.id')};"
    yield (
        "lists_of_posts",
        (f"UPDATE OF {', '.join(SHOWN_BY)}", differs(*SHOWN_BY)),
        "posts",
        f"{empty.format(post='old.id')} {_fill(dialect, 'posts.id = new.id')};",
    )
    yield (
        "lists_of_edits",
        ("UPDATE OF updated_at", differs("updated_at")),
        "posts",
        f"{empty.format(post=f'new.id AND kind = {PART}')} {_fill(dialect, 'posts.id = new.id', PART)};",
    )
    for table, column, kind in (("post_tags", "tag_id", TAG), ("post_authors", "user_id", AUTHOR)):
        add = f"{_fill(dialect, f'posts.id = new.post_id AND {table}.{column} = new.{column}', kind)};"
        take = empty.format(post=f"old.post_id AND kind = {kind} AND subject_id = old.{column}")
        yield f"lists_of_{table}_new", ("INSERT", ""), table, add
        yield f"lists_of_{table}_gone", ("DELETE", ""), table, take
        keys = ("post_id", column)
        yield f"lists_of_{table}", (f"UPDATE OF {', '.join(keys)}", differs(*keys)), table, f"{take} {add}"

    month = {row: _month(dialect, f"{row}.at") for row in ("new", "old")}
    old = "kind = old.kind AND subject_id = old.subject_id"
    one_more = (
        "ON DUPLICATE KEY UPDATE many = list_counts.many + 1"
        if dialect == "mariadb"
        else "ON CONFLICT (kind, subject_id, month) DO UPDATE SET many = list_counts.many + 1"
    )
    yield (
        "list_counts_more",
        ("INSERT", ""),
        "list_entries",
        "INSERT INTO list_counts (kind, subject_id, month, many) VALUES"  # noqa: S608
        f" (new.kind, new.subject_id, 0, 1), (new.kind, new.subject_id, {month['new']}, 1)"
        f" {one_more};",
    )
    yield (
        "list_counts_less",
        ("DELETE", ""),
        "list_entries",
        f"UPDATE list_counts SET many = many - 1 WHERE {old} AND month IN (0, {month['old']});"  # noqa: S608
        f" DELETE FROM list_counts WHERE {old} AND month IN (0, {month['old']}) AND many = 0;",
    )


def _fill(dialect: str, which: str, only: int | None = None) -> str:
    """What makes the entries of these posts, of all kinds or of one."""
    rows = " UNION ALL ".join(
        f"SELECT {kind}, {subject}, {at}, posts.id, posts.expires_at, NOT posts.unlisted"  # noqa: S608
        f" FROM {source} WHERE {SETTLED} AND {more} AND {which}"
        for kind, subject, at, source, more in LISTS
        if only in (None, kind)
    )
    insert = "INSERT INTO list_entries (kind, subject_id, at, post_id, expires_at, listed)"
    if dialect == "mariadb":  # whose sign for a division leaves a fraction
        rows = rows.replace(f" / {IN_A_PART} ", f" DIV {IN_A_PART} ")
        keep = "ON DUPLICATE KEY UPDATE kind = list_entries.kind"
        return f"{insert} SELECT * FROM ({rows}) AS wanted {keep}"  # noqa: S608  our own names
    return f"{insert} {rows} ON CONFLICT DO NOTHING"


def _month(dialect: str, at: str) -> str:
    return MONTHS[dialect].format(at=at)


def _do(statement: str) -> None:
    """As it is: neither a colon nor a sign of per cent in it stands for a parameter."""
    op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})
