"""Pages name the page that they translate, as posts do

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("translation_of_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_pages_translation_of_id"), ["translation_of_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_pages_translation_of_id_pages"),
            "pages",
            ["translation_of_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pages_translation_of_id"))
        batch_op.drop_constraint(batch_op.f("fk_pages_translation_of_id_pages"), type_="foreignkey")
        batch_op.drop_column("translation_of_id")
