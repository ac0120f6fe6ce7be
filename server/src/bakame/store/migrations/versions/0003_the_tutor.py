"""The tutor: households, review, ratings, points, classes, cases, notices and the ledger.

Revises 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "classes",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("challenge_points", sa.Integer(), nullable=True),
        sa.Column("challenge_from", INSTANT, nullable=True),
        sa.Column("challenge_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_classes"),
        sa.UniqueConstraint("code", name="uq_classes_code"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "skill_ratings",
        sa.Column("skill_id", sa.String(length=128), nullable=False),
        sa.Column("logit", sa.Double[float](), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("through_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("skill_id", name="pk_skill_ratings"),
    )
    op.create_table(
        "cases",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("line_id", ID, nullable=True),
        sa.Column("learner_id", ID, nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=True),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.Column("signs", sa.String(length=200), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("handled_by", sa.Text(), nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name="fk_cases_learner_id_learners", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name="fk_cases_line_id_lines", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cases_learner_id", "cases", ["learner_id"], unique=False)
    op.create_index("ix_cases_status_opened_at", "cases", ["status", "opened_at"], unique=False)
    op.create_table(
        "class_members",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("class_id", ID, nullable=False),
        sa.Column("learner_id", ID, nullable=False),
        sa.Column("joined_at", INSTANT, nullable=False),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name="fk_class_members_class_id_classes", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name="fk_class_members_learner_id_learners", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_class_members"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_class_members_learner_id", "class_members", ["learner_id"], unique=False)
    op.create_index("uq_class_members_class_id_learner_id", "class_members", ["class_id", "learner_id"], unique=True)
    op.create_table(
        "ledger",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("vendor", sa.String(length=32), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("learner_id", ID, nullable=True),
        sa.Column("call_id", sa.String(length=64), nullable=True),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name="fk_ledger_learner_id_learners", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ledger_at_kind", "ledger", ["at", "kind"], unique=False)
    op.create_index("ix_ledger_call_id", "ledger", ["call_id"], unique=False)
    op.create_index("ix_ledger_learner_id", "ledger", ["learner_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("learner_id", ID, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("cost_micros", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["learners.id"], name="fk_notices_learner_id_learners", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name="fk_notices_line_id_lines", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("key", name="uq_notices_key"),
        sa.UniqueConstraint("message_id", name="uq_notices_message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notices_line_id_created_at", "notices", ["line_id", "created_at"], unique=False)
    op.create_index("ix_notices_status_not_before", "notices", ["status", "not_before"], unique=False)
    op.add_column("attempts", sa.Column("points", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("attempts", sa.Column("ability", sa.Double[float](), nullable=True))
    op.add_column("learners", sa.Column("language_by", sa.String(length=16), nullable=True))
    op.add_column("learners", sa.Column("pin_hash", sa.String(length=200), nullable=True))
    op.add_column("learners", sa.Column("pin_misses", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("learners", sa.Column("pin_locked_until", INSTANT, nullable=True))
    op.add_column("lines", sa.Column("present_id", ID, nullable=True))
    op.add_column("messages", sa.Column("media", sa.String(length=200), nullable=True))
    op.add_column("skill_states", sa.Column("stability", sa.Double[float](), nullable=True))
    op.add_column("skill_states", sa.Column("ease", sa.Double[float](), nullable=True))
    op.add_column("skill_states", sa.Column("reviewed_at", INSTANT, nullable=True))
    op.add_column("skill_states", sa.Column("due_at", INSTANT, nullable=True))
    op.add_column("skill_states", sa.Column("stuck", sa.String(length=32), nullable=True))
    op.create_index("ix_skill_states_skill_id", "skill_states", ["skill_id"], unique=False)
