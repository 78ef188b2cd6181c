"""What readers get: what a text needs beyond the style of every page, what the ids of feeds are made of

Revision ID: 0003
Revises: 0002
"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SETTINGS = sa.table("settings", sa.column("name", sa.String), sa.column("value", sa.JSON))


def upgrade():
    for name in ("posts", "pages"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(sa.Column("needs", sa.JSON(), nullable=False, server_default="[]"))
        # Until the text is rendered anew, its code keeps its colours.
        table = sa.table(name, sa.column("needs", sa.JSON), sa.column("html", sa.Text))
        op.execute(table.update().where(table.c.html.like('%<pre class="code"%')).values(needs=["code"]))
    op.bulk_insert(SETTINGS, [{"name": "identity", "value": str(uuid.uuid4())}])


def downgrade():
    op.execute(SETTINGS.delete().where(SETTINGS.c.name == "identity"))
    for name in ("posts", "pages"):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_column("needs")
