"""What a call's line was like, and which engines conversed on it.

Revises 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("engines", sa.Text(), nullable=True))
    op.add_column("calls", sa.Column("quality", sa.Double[float](), nullable=True))
    op.add_column("calls", sa.Column("line", sa.JSON(), nullable=True))
