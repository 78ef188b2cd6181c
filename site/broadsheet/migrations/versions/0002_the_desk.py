"""What the desk needs: held changes, notes, reviews, presence, links, media, the inbox, visits

Revision ID: 0002
Revises: 0001
"""

import re
from collections import defaultdict
from urllib.parse import unquote

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ONE_OF_FOUR = (
    "CASE WHEN post_id IS NULL THEN 0 ELSE 1 END + CASE WHEN page_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN tag_id IS NULL THEN 0 ELSE 1 END + CASE WHEN series_id IS NULL THEN 0 ELSE 1 END = 1"
)
AT_MOST_ONE_OF_FIVE = (
    "CASE WHEN post_id IS NULL THEN 0 ELSE 1 END + CASE WHEN page_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN user_id IS NULL THEN 0 ELSE 1 END + CASE WHEN tag_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN series_id IS NULL THEN 0 ELSE 1 END <= 1"
)
ONE_OF_TWO = "(post_id IS NULL) <> (page_id IS NULL)"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    op.create_index("ix_events_latest", "events", ["subject_kind", "at", "id"])
    op.create_index("ix_posts_length", "posts", ["trashed_at", "word_count"])
    op.create_index("ix_posts_titles", "posts", ["trashed_at", "title", "slug"])
    op.create_index("ix_posts_dated", "posts", ["trashed_at", "published_at"])
    # The indexes above and below begin with it; left alone, SQLite would take it in their place.
    op.drop_index("ix_posts_trashed_at", "posts")
    op.drop_index("ix_pages_trashed_at", "pages")
    op.drop_index("ix_messages_read_at", "messages")
    op.drop_index("ix_submissions_state", "submissions")
    op.create_table(
        "outgoing_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("checked_at", sa.DateTime(), nullable=True),
        sa.Column("check_at", sa.DateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(), nullable=True),
        sa.Column("dead_since", sa.DateTime(), nullable=True),
        sa.Column("ignored", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_addresses")),
        sa.UniqueConstraint("digest", name=op.f("uq_outgoing_addresses_digest")),
    )
    with op.batch_alter_table("outgoing_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_addresses_check_at"), ["check_at"], unique=False)
        batch_op.create_index(
            "ix_outgoing_addresses_standing", ["ignored", "dead_since", "failures"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_outgoing_addresses_host"), ["host"], unique=False)

    op.create_table(
        "spam_words",
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("spam", sa.Integer(), nullable=False),
        sa.Column("ham", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_spam_words")),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("description_html", sa.Text(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["uploads.id"], name=op.f("fk_series_picture_id_uploads"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("slug", name=op.f("uq_series_slug")),
    )
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_series_picture_id"), ["picture_id"], unique=False)

    op.create_table(
        "upload_aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=250), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("former", sa.JSON(), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"],
            ["uploads.id"],
            name=op.f("fk_upload_aliases_upload_id_uploads"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_aliases")),
        sa.UniqueConstraint("key", name=op.f("uq_upload_aliases_key")),
    )
    with op.batch_alter_table("upload_aliases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_aliases_upload_id"), ["upload_id"], unique=False)

    op.create_table(
        "chore_runs",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chore_runs")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(length=200), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("run_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(), nullable=True),
        sa.Column("failed_at", sa.DateTime(), nullable=True),
        sa.Column("problem", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_digest"), ["digest"], unique=False)
        batch_op.create_index("ix_jobs_due", ["failed_at", "run_at"], unique=False)

    op.create_table(
        "links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("fragment", sa.String(length=200), nullable=False),
        sa.Column("outgoing_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name=op.f("ck_links_one_subject")),
        sa.ForeignKeyConstraint(
            ["outgoing_id"],
            ["outgoing_addresses.id"],
            name=op.f("fk_links_outgoing_id_outgoing_addresses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_links_page_id_pages"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_links_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_links_outgoing_id"), ["outgoing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_links_page_id"), ["page_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_links_path"), ["path"], unique=False)
        batch_op.create_index(batch_op.f("ix_links_post_id"), ["post_id"], unique=False)

    op.create_table(
        "presences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name=op.f("ck_presences_one_subject")),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_presences_page_id_pages"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_presences_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_presences_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presences")),
        sa.UniqueConstraint("user_id", "page_id", name=op.f("uq_presences_user_page")),
        sa.UniqueConstraint("user_id", "post_id", name=op.f("uq_presences_user_post")),
    )
    with op.batch_alter_table("presences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presences_page_id"), ["page_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_presences_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_presences_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("published", "returned", "withdrawn", name="outcome", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name=op.f("ck_reviews_one_subject")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_reviews_decided_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_reviews_page_id_pages"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_reviews_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"],
            ["users.id"],
            name=op.f("fk_reviews_requested_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviews_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reviews_page_id"), ["page_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reviews_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reviews_requested_by_id"), ["requested_by_id"], unique=False)

    op.create_table(
        "upload_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(AT_MOST_ONE_OF_FIVE, name=op.f("ck_upload_uses_one_subject")),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_upload_uses_page_id_pages"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_upload_uses_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_upload_uses_series_id_series"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_upload_uses_tag_id_tags"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.id"], name=op.f("fk_upload_uses_upload_id_uploads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_upload_uses_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_uses")),
    )
    with op.batch_alter_table("upload_uses", schema=None) as batch_op:
        for name in ("page_id", "post_id", "series_id", "tag_id", "upload_id", "user_id"):
            batch_op.create_index(batch_op.f(f"ix_upload_uses_{name}"), [name], unique=False)

    op.create_table(
        "visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("referrer", sa.String(length=200), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("arrivals", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_visits_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("day", "path", "referrer", name=op.f("uq_visits_day")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visits_post_id"), ["post_id"], unique=False)
        batch_op.create_index("ix_visits_read", ["day", "post_id", "views"], unique=False)

    op.create_table(
        "visit_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("arrivals", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_visit_hours_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_hours")),
        sa.UniqueConstraint("day", "hour", "path", name=op.f("uq_visit_hours_day")),
    )
    with op.batch_alter_table("visit_hours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_hours_post_id"), ["post_id"], unique=False)

    op.create_table(
        "preview_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("may_note", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(post_id IS NULL) <> (page_id IS NULL)", name=op.f("ck_preview_links_one_subject")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_preview_links_created_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_preview_links_page_id_pages"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_preview_links_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revisions.id"],
            name=op.f("fk_preview_links_revision_id_revisions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preview_links")),
    )
    with op.batch_alter_table("preview_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_preview_links_created_by_id"), ["created_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_preview_links_page_id"), ["page_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_preview_links_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_preview_links_revision_id"), ["revision_id"], unique=False)

    op.create_table(
        "replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("answers_to", sa.String(length=254), nullable=False),
        sa.Column("mail_id", sa.String(length=250), nullable=False),
        sa.Column("mail_file", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(message_id IS NULL) <> (submission_id IS NULL)", name=op.f("ck_replies_one_subject")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_replies_author_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_replies_message_id_messages"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_replies_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
    )
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replies_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_replies_message_id"), ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_replies_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("quote", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("preview_link_id", sa.Integer(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("(post_id IS NULL) <> (page_id IS NULL)", name=op.f("ck_notes_one_subject")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_notes_author_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_notes_page_id_pages"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_notes_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["preview_link_id"],
            ["preview_links.id"],
            name=op.f("fk_notes_preview_link_id_preview_links"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["users.id"], name=op.f("fk_notes_resolved_by_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notes_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notes_page_id"), ["page_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notes_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notes_preview_link_id"), ["preview_link_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notes_resolved_by_id"), ["resolved_by_id"], unique=False)

    # On SQLite the table is made anew, and its check is not carried over; elsewhere it must go first.
    if not _is_sqlite():
        op.drop_constraint(op.f("ck_aliases_one_target"), "aliases", type_="check")
    with op.batch_alter_table(
        "aliases", schema=None, recreate="always" if _is_sqlite() else "never"
    ) as batch_op:
        batch_op.add_column(sa.Column("tag_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("series_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_aliases_series_id"), ["series_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_aliases_tag_id"), ["tag_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_aliases_series_id_series"), "series", ["series_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_aliases_tag_id_tags"), "tags", ["tag_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_check_constraint(batch_op.f("ck_aliases_one_target"), ONE_OF_FOUR)

    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_spam", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("spam_score", sa.Double(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("spam_reasons", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column("judged_by_person", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("learned_as_spam", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("trashed_at", sa.DateTime(), nullable=True))
        batch_op.create_index(
            "ix_messages_boxes", ["trashed_at", "is_spam", "created_at", "id", "read_at"], unique=False
        )

    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pages_rendered_with"), ["rendered_with"], unique=False)
        batch_op.add_column(sa.Column("review_requested_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("shown_version", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("revised_at", sa.DateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("canonical_url", sa.String(length=500), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("search_title", sa.String(length=300), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("search_description", sa.String(length=500), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("social_picture_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_pages_social_picture_id"), ["social_picture_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_pages_social_picture_id_uploads"),
            "uploads",
            ["social_picture_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posts_rendered_with"), ["rendered_with"], unique=False)
        batch_op.add_column(sa.Column("unlisted", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(
            sa.Column("allow_comments", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.add_column(sa.Column("byline", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("series_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("series_position", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cover_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cover_alt", sa.String(length=1000), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("cover_focus_x", sa.Integer(), nullable=False, server_default="50"))
        batch_op.add_column(sa.Column("cover_focus_y", sa.Integer(), nullable=False, server_default="50"))
        batch_op.add_column(sa.Column("review_requested_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("shown_version", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("revised_at", sa.DateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("canonical_url", sa.String(length=500), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("search_title", sa.String(length=300), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("search_description", sa.String(length=500), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("social_picture_id", sa.Integer(), nullable=True))
        batch_op.drop_index("ix_posts_by_date")
        batch_op.create_index(
            "ix_posts_by_date",
            ["status", "trashed_at", "published_at", "id", "expires_at", "unlisted", "review_requested_at"],
            unique=False,
        )
        batch_op.drop_index("ix_posts_front")
        batch_op.create_index(
            "ix_posts_front",
            ["status", "trashed_at", "unlisted", "pinned", "published_at", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_posts_cover_id"), ["cover_id"], unique=False)
        batch_op.create_index("ix_posts_in_review", ["trashed_at", "review_requested_at"], unique=False)
        batch_op.create_index(
            "ix_posts_in_language",
            [
                *("language", "trashed_at", "updated_at"),
                *("status", "published_at", "expires_at", "review_requested_at"),
            ],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_posts_series_id"), ["series_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posts_social_picture_id"), ["social_picture_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_posts_cover_id_uploads"), "uploads", ["cover_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_posts_series_id_series"), "series", ["series_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_posts_social_picture_id_uploads"),
            "uploads",
            ["social_picture_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("particulars", sa.JSON(), nullable=False, server_default="{}"))

    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_spam", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("spam_score", sa.Double(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("spam_reasons", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column("judged_by_person", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("learned_as_spam", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("trashed_at", sa.DateTime(), nullable=True))
        batch_op.create_index(
            "ix_submissions_boxes", ["trashed_at", "is_spam", "state", "created_at", "id"], unique=False
        )

    with op.batch_alter_table("tags", schema=None) as batch_op:
        batch_op.add_column(sa.Column("description_html", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("picture_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_tags_picture_id"), ["picture_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_tags_picture_id_uploads"), "uploads", ["picture_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seconds", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("scales", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("sized_with", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(batch_op.f("ix_uploads_sized_with"), ["sized_with"], unique=False)
    _find_uses()

    for table in ("posts", "pages"):  # nothing is held back yet
        op.execute(f"UPDATE {table} SET shown_version = version, revised_at = updated_at")  # noqa: S608  our own two names


def _find_uses() -> None:
    """Where uploads stand in the texts of today; from here on each save notes its own."""
    connection = op.get_bind()
    uploads = sa.table("uploads", sa.column("id"), sa.column("key"))
    ids = {key: id for id, key in connection.execute(sa.select(uploads.c.id, uploads.c.key))}
    if not ids:
        return
    found: dict[tuple[str, int | None], set[int]] = defaultdict(set)
    texts = [("posts", "body", "post_id"), ("pages", "body", "page_id"), ("users", "bio", "user_id")]
    for table, column, subject in texts:
        rows = sa.text(f"SELECT id, {column} FROM {table} WHERE {column} LIKE '%/uploads/%'")  # noqa: S608  our own
        for id, text in connection.execute(rows):
            found[subject, id] |= {ids[key] for key in _keys_in(text) if key in ids}
    for (footer,) in connection.execute(sa.text("SELECT value FROM settings WHERE name = 'footer'")):
        found["", None] |= {ids[key] for key in _keys_in(str(footer)) if key in ids}
    table = sa.table(
        "upload_uses", sa.column("upload_id"), *map(sa.column, ("post_id", "page_id", "user_id"))
    )
    for (subject, id), uploads in found.items():
        for upload_id in sorted(uploads):
            connection.execute(
                table.insert().values(upload_id=upload_id, **({subject: id} if subject else {}))
            )


def _keys_in(text: str) -> set[str]:
    return set(re.findall(r"/uploads/([0-9a-f]{16}/[a-z0-9][a-z0-9.-]*\.[a-z0-9]+)", unquote(text)))


def downgrade() -> None:
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_uploads_sized_with"))
        batch_op.drop_column("sized_with")
        batch_op.drop_column("scales")
        batch_op.drop_column("seconds")

    op.create_index("ix_submissions_state", "submissions", ["state"])
    op.create_index("ix_messages_read_at", "messages", ["read_at"])
    op.create_index("ix_pages_trashed_at", "pages", ["trashed_at"])
    op.create_index("ix_posts_trashed_at", "posts", ["trashed_at"])
    op.drop_index("ix_posts_dated", "posts")
    op.drop_index("ix_posts_titles", "posts")
    op.drop_index("ix_posts_length", "posts")
    op.drop_index("ix_events_latest", "events")
    with op.batch_alter_table("tags", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_tags_picture_id_uploads"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_tags_picture_id"))
        batch_op.drop_column("picture_id")
        batch_op.drop_column("description_html")

    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.drop_index("ix_submissions_boxes")
        batch_op.drop_column("trashed_at")
        batch_op.drop_column("answered_at")
        batch_op.drop_column("learned_as_spam")
        batch_op.drop_column("judged_by_person")
        batch_op.drop_column("spam_reasons")
        batch_op.drop_column("spam_score")
        batch_op.drop_column("is_spam")

    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.drop_column("particulars")
        batch_op.drop_column("name")

    with op.batch_alter_table("posts", schema=None) as batch_op:
        # First: PostgreSQL drops an index with any of its columns.
        batch_op.drop_index("ix_posts_by_date")
        batch_op.create_index(
            "ix_posts_by_date",
            ["status", "trashed_at", "published_at", "id", "expires_at"],
            unique=False,
        )
        batch_op.drop_index("ix_posts_front")
        batch_op.create_index(
            "ix_posts_front", ["status", "trashed_at", "pinned", "published_at", "id"], unique=False
        )
        batch_op.drop_index(batch_op.f("ix_posts_rendered_with"))
        batch_op.drop_constraint(batch_op.f("fk_posts_social_picture_id_uploads"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_posts_series_id_series"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_posts_cover_id_uploads"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_posts_social_picture_id"))
        batch_op.drop_index(batch_op.f("ix_posts_series_id"))
        batch_op.drop_index("ix_posts_in_language")
        batch_op.drop_index("ix_posts_in_review")
        batch_op.drop_index(batch_op.f("ix_posts_cover_id"))
        batch_op.drop_column("social_picture_id")
        batch_op.drop_column("search_description")
        batch_op.drop_column("search_title")
        batch_op.drop_column("canonical_url")
        batch_op.drop_column("revised_at")
        batch_op.drop_column("shown_version")
        batch_op.drop_column("review_requested_at")
        batch_op.drop_column("cover_focus_y")
        batch_op.drop_column("cover_focus_x")
        batch_op.drop_column("cover_alt")
        batch_op.drop_column("cover_id")
        batch_op.drop_column("series_position")
        batch_op.drop_column("series_id")
        batch_op.drop_column("byline")
        batch_op.drop_column("allow_comments")
        batch_op.drop_column("unlisted")

    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pages_rendered_with"))
        batch_op.drop_constraint(batch_op.f("fk_pages_social_picture_id_uploads"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_pages_social_picture_id"))
        batch_op.drop_column("social_picture_id")
        batch_op.drop_column("search_description")
        batch_op.drop_column("search_title")
        batch_op.drop_column("canonical_url")
        batch_op.drop_column("revised_at")
        batch_op.drop_column("shown_version")
        batch_op.drop_column("review_requested_at")

    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_boxes")
        batch_op.drop_column("trashed_at")
        batch_op.drop_column("answered_at")
        batch_op.drop_column("learned_as_spam")
        batch_op.drop_column("judged_by_person")
        batch_op.drop_column("spam_reasons")
        batch_op.drop_column("spam_score")
        batch_op.drop_column("is_spam")

    op.execute("DELETE FROM aliases WHERE tag_id IS NOT NULL OR series_id IS NOT NULL")
    if not _is_sqlite():
        op.drop_constraint(op.f("ck_aliases_one_target"), "aliases", type_="check")
    with op.batch_alter_table(
        "aliases", schema=None, recreate="always" if _is_sqlite() else "never"
    ) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_aliases_tag_id_tags"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_aliases_series_id_series"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_aliases_tag_id"))
        batch_op.drop_index(batch_op.f("ix_aliases_series_id"))
        batch_op.drop_column("series_id")
        batch_op.drop_column("tag_id")
        batch_op.create_check_constraint(batch_op.f("ck_aliases_one_target"), ONE_OF_TWO)

    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notes_resolved_by_id"))
        batch_op.drop_index(batch_op.f("ix_notes_preview_link_id"))
        batch_op.drop_index(batch_op.f("ix_notes_post_id"))
        batch_op.drop_index(batch_op.f("ix_notes_page_id"))
        batch_op.drop_index(batch_op.f("ix_notes_author_id"))

    op.drop_table("notes")
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_replies_submission_id"))
        batch_op.drop_index(batch_op.f("ix_replies_message_id"))
        batch_op.drop_index(batch_op.f("ix_replies_author_id"))

    op.drop_table("replies")
    with op.batch_alter_table("preview_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_preview_links_revision_id"))
        batch_op.drop_index(batch_op.f("ix_preview_links_post_id"))
        batch_op.drop_index(batch_op.f("ix_preview_links_page_id"))
        batch_op.drop_index(batch_op.f("ix_preview_links_created_by_id"))

    op.drop_table("preview_links")
    with op.batch_alter_table("visit_hours", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_hours_post_id"))

    op.drop_table("visit_hours")
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_index("ix_visits_read")
        batch_op.drop_index(batch_op.f("ix_visits_post_id"))

    op.drop_table("visits")
    with op.batch_alter_table("upload_uses", schema=None) as batch_op:
        for name in ("page_id", "post_id", "series_id", "tag_id", "upload_id", "user_id"):
            batch_op.drop_index(batch_op.f(f"ix_upload_uses_{name}"))

    op.drop_table("upload_uses")
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reviews_requested_by_id"))
        batch_op.drop_index(batch_op.f("ix_reviews_post_id"))
        batch_op.drop_index(batch_op.f("ix_reviews_page_id"))
        batch_op.drop_index(batch_op.f("ix_reviews_decided_by_id"))

    op.drop_table("reviews")
    with op.batch_alter_table("presences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_presences_seen_at"))
        batch_op.drop_index(batch_op.f("ix_presences_post_id"))
        batch_op.drop_index(batch_op.f("ix_presences_page_id"))

    op.drop_table("presences")
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_links_post_id"))
        batch_op.drop_index(batch_op.f("ix_links_path"))
        batch_op.drop_index(batch_op.f("ix_links_page_id"))
        batch_op.drop_index(batch_op.f("ix_links_outgoing_id"))

    op.drop_table("links")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_due")
        batch_op.drop_index(batch_op.f("ix_jobs_digest"))

    op.drop_table("jobs")
    op.drop_table("chore_runs")
    with op.batch_alter_table("upload_aliases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_aliases_upload_id"))

    op.drop_table("upload_aliases")
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_series_picture_id"))

    op.drop_table("series")
    op.drop_table("spam_words")
    with op.batch_alter_table("outgoing_addresses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outgoing_addresses_host"))
        batch_op.drop_index("ix_outgoing_addresses_standing")
        batch_op.drop_index(batch_op.f("ix_outgoing_addresses_check_at"))

    op.drop_table("outgoing_addresses")
