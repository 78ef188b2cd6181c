"""The edition, raised by whatever changes something that a visitor can see

Revision ID: 0006
Revises: 0005
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from broadsheet.migrations import mariadb

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What is watched: the table, its columns that no visitor sees, and when a row is anything to a visitor.
OF_CONTENT = ("once_public", "review_requested_at", "updated_at", "version", "shown_version", "rendered_with")
WATCHED: dict[str, tuple[tuple[str, ...], str]] = {
    "posts": ((*OF_CONTENT, "related_with"), "{row}.status = 'published'"),
    "pages": (OF_CONTENT, "{row}.status = 'published'"),
    "users": (("email", "password_hash", "timezone", "last_signed_in_at"), ""),
    "post_authors": ((), ""),
    "post_tags": ((), ""),
    "tags": ((), ""),
    "series": ((), ""),
    "related_posts": ((), ""),
    "corrections": ((), ""),
    "settings": ((), ""),
    "uploads": ((), ""),
    "upload_aliases": ((), ""),
    "aliases": ((), ""),
}
ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def upgrade() -> None:
    # MariaDB checks no number that it gives itself.
    given = op.get_bind().dialect.name == "mariadb"
    edition = op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False if given else "auto"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_edition_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
    )
    op.bulk_insert(edition, [{"id": 1, "number": 1}])
    for table in ("posts", "pages"):
        op.create_index(op.f(f"ix_{table}_expires_at"), table, ["expires_at"], unique=False)
    if _is_postgresql():
        op.execute(RAISE)
    for statement in triggers(op.get_bind()):
        op.execute(statement)


def downgrade() -> None:
    for table in WATCHED:
        for event in ROWS:
            of_table = f" ON {table}" if _is_postgresql() else ""
            op.execute(f"DROP TRIGGER edition_{table}_{event.lower()}{of_table}")
    if _is_postgresql():
        op.execute("DROP FUNCTION raise_edition()")
    for table in ("posts", "pages"):
        op.drop_index(op.f(f"ix_{table}_expires_at"), table_name=table)
    op.drop_table("edition")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


# Once a transaction, and not before its end: the row of the edition is locked from then on, and whoever else
# changes something public would wait.
RAISE = """
CREATE FUNCTION raise_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('broadsheet.raised', true) IS DISTINCT FROM txid_current()::text THEN
        PERFORM set_config('broadsheet.raised', txid_current()::text, true);
        UPDATE edition SET number = number + 1;
    END IF;
    RETURN NULL;
END $$
"""


def triggers(connection: sa.Connection) -> Iterator[str]:
    """They watch the columns that the tables have now, whatever they had when this was done before."""
    inspector = sa.inspect(connection)
    for table, (private, condition) in WATCHED.items():
        public = [column["name"] for column in inspector.get_columns(table) if column["name"] not in private]
        for event, rows in ROWS.items():
            what = f"UPDATE OF {', '.join(public)}" if event == "UPDATE" else event
            matters = " OR ".join(condition.format(row=row) for row in rows)
            when = f" WHEN ({matters})" if condition else ""
            if connection.dialect.name == "mariadb":
                yield mariadb.edition_trigger(table, event, public, condition and matters)
                continue
            name = f"edition_{table}_{event.lower()}"
            of_table = f" ON {table}" if connection.dialect.name == "postgresql" else ""
            yield f"DROP TRIGGER IF EXISTS {name}{of_table}"
            if connection.dialect.name == "postgresql":
                yield (
                    f"CREATE CONSTRAINT TRIGGER {name} AFTER {what} ON {table}"
                    f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW{when} EXECUTE FUNCTION raise_edition()"
                )
            else:
                raising = "BEGIN UPDATE edition SET number = number + 1; END"
                yield f"CREATE TRIGGER {name} AFTER {what} ON {table}{when} {raising}"
