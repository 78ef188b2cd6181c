"""What readers get: what a text needs beyond the style of every page, what the ids of feeds are made of,
the search; translations, corrections, related posts

Revision ID: 0003
Revises: 0002
"""

import html
import re
import uuid
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from broadsheet.migrations import mariadb

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SETTINGS = sa.table("settings", sa.column("name", sa.String), sa.column("value", sa.JSON))


def upgrade() -> None:
    for name in ("posts", "pages"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(sa.Column("needs", sa.JSON(), nullable=False, server_default="[]"))
            batch_op.add_column(sa.Column("frames", sa.JSON(), nullable=False, server_default="[]"))
        # Until the text is rendered anew, its code keeps its colours.
        table = sa.table(name, sa.column("needs", sa.JSON), sa.column("html", sa.Text))
        op.execute(table.update().where(table.c.html.like('%<pre class="code"%')).values(needs=["code"]))
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin", sa.String(length=500), nullable=True))
        batch_op.create_index(batch_op.f("ix_uploads_origin"), ["origin"], unique=False)
    op.bulk_insert(SETTINGS, [{"name": "identity", "value": str(uuid.uuid4())}])

    # Last: a table that is made anew loses its triggers.
    _add_translations_corrections_and_related_posts()
    _keep_what_is_searched()


def downgrade() -> None:
    _forget_what_is_searched()  # first, for the same reason

    _drop_translations_corrections_and_related_posts()
    op.execute(SETTINGS.delete().where(SETTINGS.c.name == "identity"))
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_uploads_origin"))
        batch_op.drop_column("origin")
    for name in ("posts", "pages"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_column("frames")
            batch_op.drop_column("needs")


# -- translations, corrections, related posts: docs/decisions/0032


def _add_translations_corrections_and_related_posts() -> None:
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("translation_of_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("related_with", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(batch_op.f("ix_posts_translation_of_id"), ["translation_of_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posts_related_with"), ["related_with"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_posts_translation_of_id_posts"),
            "posts",
            ["translation_of_id"],
            ["id"],
            ondelete="SET NULL",
        )

    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_corrections_author_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_corrections_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_author_id"), "corrections", ["author_id"])
    op.create_index(op.f("ix_corrections_post_id"), "corrections", ["post_id"])

    op.create_table(
        "related_posts",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("related_id", sa.Integer(), nullable=False),
        sa.Column("nearness", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_related_posts_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["related_id"], ["posts.id"], name=op.f("fk_related_posts_related_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "related_id", name=op.f("pk_related_posts")),
    )
    op.create_index("ix_related_posts_nearest", "related_posts", ["post_id", "nearness"])
    op.create_index("ix_related_posts_back", "related_posts", ["related_id", "nearness"])


def _drop_translations_corrections_and_related_posts() -> None:
    op.drop_table("related_posts")
    op.drop_table("corrections")
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posts_related_with"))
        batch_op.drop_index(batch_op.f("ix_posts_translation_of_id"))
        batch_op.drop_constraint(batch_op.f("fk_posts_translation_of_id_posts"), type_="foreignkey")
        batch_op.drop_column("related_with")
        batch_op.drop_column("translation_of_id")


# -- the search: docs/decisions/0028

SLICE = 500

# What is kept of a post beside its text; the names are those that readers see above it.
REFRESH = """
INSERT INTO search_texts (place, post_id, shown, title, summary, names, tags, keys)
SELECT {place}, posts.id, posts.status = 'published' AND posts.trashed_at IS NULL, posts.title, posts.summary,
  CASE WHEN posts.byline <> '' THEN posts.byline ELSE coalesce((
    SELECT {joined_names} FROM post_authors JOIN users ON users.id = post_authors.user_id
    WHERE post_authors.post_id = posts.id), '') END,
  coalesce((
    SELECT {joined_tags} FROM post_tags JOIN tags ON tags.id = post_tags.tag_id
    WHERE post_tags.post_id = posts.id), ''),
  coalesce((SELECT {joined_keys} FROM post_tags WHERE post_tags.post_id = posts.id), '')
FROM posts WHERE {which}
ON CONFLICT (post_id) DO UPDATE SET place = excluded.place, shown = excluded.shown, title = excluded.title,
  summary = excluded.summary, names = excluded.names, tags = excluded.tags,
  keys = excluded.keys
"""
DIALECTS = {
    "sqlite": {
        "place": "coalesce(CAST(strftime('%s', posts.published_at) AS INTEGER), 0) * 16777216"
        " + posts.id % 16777216",
        "joined_names": "group_concat(users.name || ' ' || users.username, ', ')",
        "joined_tags": "group_concat(tags.name, ', ')",
        "joined_keys": "group_concat('t' || post_tags.tag_id, ' ')",
    },
    "postgresql": {
        "place": "coalesce(floor(extract(epoch FROM posts.published_at)), 0)::bigint * 16777216"
        " + posts.id % 16777216",
        "joined_names": "string_agg(users.name || ' ' || users.username, ', ')",
        "joined_tags": "string_agg(tags.name, ', ')",
        "joined_keys": "string_agg('t' || post_tags.tag_id, ' ')",
    },
}
# (name, when, table, which posts)
TRIGGERS = (
    ("posts_new", "INSERT", "posts", "posts.id = new.id"),
    (
        "posts",
        "UPDATE OF title, summary, byline, status, published_at, trashed_at",
        "posts",
        "posts.id = new.id",
    ),
    ("authors_new", "INSERT", "post_authors", "posts.id = new.post_id"),
    ("authors", "UPDATE", "post_authors", "posts.id IN (old.post_id, new.post_id)"),
    ("authors_gone", "DELETE", "post_authors", "posts.id = old.post_id"),
    ("tags_new", "INSERT", "post_tags", "posts.id = new.post_id"),
    ("tags", "UPDATE", "post_tags", "posts.id IN (old.post_id, new.post_id)"),
    ("tags_gone", "DELETE", "post_tags", "posts.id = old.post_id"),
    (
        "people",
        "UPDATE OF name, username",
        "users",
        "posts.id IN (SELECT post_id FROM post_authors WHERE user_id = new.id)",
    ),
    (
        "tag_names",
        "UPDATE OF name",
        "tags",
        "posts.id IN (SELECT post_id FROM post_tags WHERE tag_id = new.id)",
    ),
)


def _keep_what_is_searched() -> None:
    op.create_table(
        "search_texts",
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False, server_default=""),
        sa.Column("summary", sa.Text(), nullable=False, server_default=""),
        sa.Column("names", sa.Text(), nullable=False, server_default=""),
        sa.Column("tags", sa.Text(), nullable=False, server_default=""),
        sa.Column("keys", sa.Text(), nullable=False, server_default=""),
        sa.Column("body", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_search_texts_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_search_texts")),
        sa.UniqueConstraint("post_id", name=op.f("uq_search_texts_post_id")),
    )
    dialect = op.get_bind().dialect.name
    do = _do
    if dialect == "mariadb":
        do(mariadb.REFRESH.format(which="true"))
    else:
        do(REFRESH.format(**DIALECTS[dialect], which="true"))
    _take_in_texts()
    if dialect == "sqlite":
        _make_words_for_sqlite()
    elif dialect == "postgresql":
        _make_words_for_postgresql()
    for statement in triggers(dialect):
        do(statement)


def triggers(dialect: str) -> Iterator[str]:
    """The statements that make them; on SQLite those that are missing, see env.py."""
    if dialect == "mariadb":
        yield from mariadb.search_triggers(TRIGGERS)
        return
    for name, when, table, which in TRIGGERS:
        refresh = REFRESH.format(**DIALECTS[dialect], which=which)
        if dialect == "sqlite":
            new = f"CREATE TRIGGER IF NOT EXISTS search_of_{name}"
            yield f"{new} AFTER {when} ON {table} BEGIN {refresh}; END"
        else:
            yield (
                f"CREATE FUNCTION search_of_{name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN {refresh}; RETURN NULL; END $$"
            )
            yield (
                f"CREATE TRIGGER search_of_{name} AFTER {when} ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION search_of_{name}()"
            )


def _do(statement: str) -> None:
    """As it is: neither a colon nor a sign of per cent in it stands for a parameter."""
    op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})


def _take_in_texts() -> None:
    """The words of what is there; from here on they come with each rendering."""
    bind, last = op.get_bind(), 0
    write = sa.text("UPDATE search_texts SET body = :body WHERE post_id = :id")
    read = sa.text("SELECT id, html FROM posts WHERE id > :last ORDER BY id LIMIT :slice")
    while rows := bind.execute(read, {"last": last, "slice": SLICE}).all():
        bind.execute(write, [{"id": id, "body": _plain(markup)} for id, markup in rows])
        last = rows[-1].id


def _plain(markup: str) -> str:
    text = re.sub(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""", " ", markup)
    return " ".join(html.unescape(text).replace("\0", "").split())[:200_000]


def _make_words_for_sqlite() -> None:
    """Two indexes without texts of their own (sqlite.org/fts5.html#external_content_tables)."""
    do = _do
    columns = {
        "search_words": "title, summary, names, tags, keys, body",
        "search_titles": "title, names, keys",
    }
    added, taken = [], []
    add = "INSERT INTO {index} (rowid, {names}) SELECT new.place, {new} WHERE new.shown;"
    take = "INSERT INTO {index} ({index}, rowid, {names}) SELECT 'delete', old.place, {old} WHERE old.shown;"
    for index, names in columns.items():
        do(
            f"CREATE VIRTUAL TABLE {index} USING fts5({names}, content='search_texts', content_rowid='place',"
            " tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
        )
        do(
            f"INSERT INTO {index} (rowid, {names}) SELECT place, {names} FROM search_texts WHERE shown"  # noqa: S608  our own names
        )
        new, old = (", ".join(f"{row}.{name}" for name in names.split(", ")) for row in ("new", "old"))
        added.append(add.format(index=index, names=names, new=new))
        taken.append(take.format(index=index, names=names, old=old))
    differs = " OR ".join(
        f"new.{name} IS NOT old.{name}"
        for name in ("place", "shown", "title", "summary", "names", "tags", "keys", "body")
    )
    do(f"CREATE TRIGGER search_texts_new AFTER INSERT ON search_texts BEGIN {' '.join(added)} END")
    do(f"CREATE TRIGGER search_texts_gone AFTER DELETE ON search_texts BEGIN {' '.join(taken)} END")
    do(
        f"CREATE TRIGGER search_texts_changed AFTER UPDATE ON search_texts WHEN {differs}"
        f" BEGIN {' '.join(taken + added)} END"
    )


def _make_words_for_postgresql() -> None:
    """Generated columns. Marks are folded by what every server has; `unaccent` would have to be installed.
    Punctuation goes first, or the parser would take `and/or` for a path, and `example.org` for a host."""

    def words(column: str, weight: str) -> str:
        folded = rf"regexp_replace(normalize({column}, NFD), '[\u0300-\u036f]', '', 'g')"
        spaced = f"translate(lower({folded}), $p$!\"#$%&'()*+,-./:;<=>?@[\\]^_`{{|}}~$p$, repeat(' ', 32))"
        return f"setweight(to_tsvector('simple', {spaced}), '{weight}')"

    everything = " || ".join(
        words(column, weight)
        for column, weight in zip(("title", "summary", "names", "tags", "body"), "ADCBD", strict=True)
    )
    for column, expression in (("words", everything), ("title_words", words("title", "A"))):
        _do(
            f"ALTER TABLE search_texts ADD COLUMN search_{column} tsvector"
            f" GENERATED ALWAYS AS ({expression}) STORED"
        )
        op.execute(
            f"CREATE INDEX ix_search_texts_{column} ON search_texts USING gin (search_{column}) WHERE shown"
        )


def _forget_what_is_searched() -> None:
    dialect = op.get_bind().dialect.name
    is_postgresql = dialect == "postgresql"
    for name, _when, table, _which in TRIGGERS:
        op.execute(f"DROP TRIGGER search_of_{name}" + (f" ON {table}" if is_postgresql else ""))
        if is_postgresql:
            op.execute(f"DROP FUNCTION search_of_{name}()")
    for name, _table, _does in mariadb.GONE if dialect == "mariadb" else ():
        op.execute(f"DROP TRIGGER {name}")
    op.drop_table("search_texts")
    if dialect == "sqlite":
        op.drop_table("search_words")
        op.drop_table("search_titles")
